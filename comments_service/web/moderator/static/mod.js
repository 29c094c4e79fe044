// What moderators' pages do better with JavaScript. Each of them works without.
//
//   form[data-swap="id other"]   is sent in the background, and these elements replaced from the answer
//   [data-poll="20"]             an element with an id, asked for anew every so many seconds
//   form[data-submit]            is sent when a choice in it changes
//   [data-key="a"]               is pressed by that key; inside a row, by the row that has the focus
//   [data-row]                   a row that keys speak to
//   [data-search]                what "/" focuses
//   dialog#help, [data-help]     the list of shortcuts, and what opens it
//
// A page's own file imports `onKey`, `read` and `swapFrom` from here.

const root = document.body;
const byId = (id) => document.getElementById(id);

// The only way by which HTML gets into a page: an answer of our own origin, whole.
const policy = window.trustedTypes
  ? trustedTypes.createPolicy("sc-mod", { createHTML: (text) => text })
  : { createHTML: (text) => text };

/** An answer of our own as a page of elements. */
export async function read(answer) {
  if (new URL(answer.url).origin !== location.origin) throw new Error("another origin");
  if (!answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error("no page");
  return new DOMParser().parseFromString(policy.createHTML(await answer.text()), "text/html");
}

/** Put the elements with these ids as `page` has them; false where it has none of them. */
export function swapFrom(page, ids) {
  const focused = document.activeElement;
  let found = false;
  let stayed = false;
  for (const id of ids) {
    const old = byId(id);
    const fresh = page.getElementById(id);
    if (fresh) found = true;
    if (!old) continue;
    const had = old.contains(focused);
    if (old.matches("[role=status]")) old.replaceChildren(...(fresh?.childNodes ?? []));
    else if (fresh) old.replaceWith(fresh);
    else old.remove();
    if (had) stayed = refocus(id, focused);
  }
  dispatchEvent(new CustomEvent("sc-mod:swapped", { detail: { ids, stayed } }));
  return found;
}

// Never lose the focus to the body: the same row, what asks for the focus, the same control, or the element itself.
// True where it is still in the row that it was in.
function refocus(id, focused) {
  const row = byId(focused.closest("[data-row]")?.id);
  if (row) {
    row.focus();
    return true;
  }
  const now = byId(id) ?? byId("content");
  const same = focused.id && byId(focused.id);
  const next = now.querySelector("[data-focus]") ?? same ?? now;
  if (next === now && !now.hasAttribute("tabindex")) now.tabIndex = -1;
  next.focus();
  return false;
}

function say(wrong) {
  const place = byId("trouble");
  if (place) place.textContent = wrong ? place.dataset.text : "";
}

async function send(form, submitter, data) {
  const url = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location);
  const isGet = form.method === "get";
  if (isGet) url.search = new URLSearchParams(data);
  try {
    const answer = await fetch(url, {
      method: form.method,
      body: isGet ? undefined : new URLSearchParams(data),
      headers: { Accept: "text/html" },
    });
    const page = await read(answer);
    // A page without any of what was to be replaced is another page, such as the login.
    if (!swapFrom(page, form.dataset.swap.split(" "))) location.assign(answer.redirected ? answer.url : location.href);
    else if (isGet) history.replaceState(null, "", url);
    say(false);
  } catch {
    say(true);
  } finally {
    form.ariaBusy = "false";
  }
}

// One after the other, so that what is shown last, with its undo, is of what was done last.
let sent = Promise.resolve();

addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-swap]") || event.defaultPrevented) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const data = new FormData(form, event.submitter);
  sent = sent.then(() => send(form, event.submitter, data));
});

addEventListener("change", (event) => event.target.closest("form[data-submit]")?.requestSubmit());

async function poll(id) {
  try {
    if (!document.hidden) swapFrom(await read(await fetch(location, { headers: { Accept: "text/html" } })), [id]);
    say(false);
  } catch {
    say(true);
  }
  watch(byId(id));
}

function watch(element) {
  if (element?.dataset.poll) setTimeout(() => poll(element.id), element.dataset.poll * 1000);
}

// Shortcuts: by the letter, or by the key's place on the board where the letter is not Latin.
const keys = new Map();
let going = 0;

/** Call `act` with the event when `key` is pressed: "j", "A" for Shift+A, "/", "Escape". */
export function onKey(key, act) {
  keys.set(key, act);
}

function nameOf(event) {
  if (/^[!-~]$/.test(event.key)) return event.shiftKey ? event.key : event.key.toLowerCase();
  const place = /^Key([A-Z])$/.exec(event.code);
  if (place) return event.shiftKey ? place[1] : place[1].toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.key;
}

const shown = (element) => element.checkVisibility?.() ?? true;

function press(key) {
  const row = document.activeElement?.closest("[data-row]");
  const mine = row?.querySelector(`[data-key="${key}"]`);
  const any = [...document.querySelectorAll(`[data-key="${key}"]`)].filter((e) => !e.closest("[data-row]")).find(shown);
  const found = mine ?? any;
  found?.click();
  return Boolean(found);
}

addEventListener("keydown", (event) => {
  if (root.dataset.shortcuts !== "on" || event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]")) return;
  if (document.querySelector("dialog[open]")) return;
  const key = nameOf(event);
  if (going && Date.now() - going < 1500) {
    going = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(key.toUpperCase())}"]`);
    if (!link) return;
    link.click();
  } else if (key === "g") going = Date.now();
  else if (key === "?" && byId("help")) byId("help").showModal();
  else if (key === "/" && document.querySelector("[data-search]")) document.querySelector("[data-search]").focus();
  else if (keys.has(key)) keys.get(key)(event);
  else if (!/^[!-~]$/.test(key) || !press(key)) return;
  event.preventDefault();
});

for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => byId("help").showModal());
}
for (const button of document.querySelectorAll("form[data-submit] > button")) button.hidden = true;
for (const element of document.querySelectorAll("[data-poll]")) watch(element);
