// The queue, a comment's page and a person's page: moving among rows, choosing a reason, the drawer, the selection, and
// telling colleagues what one looks at.

import { onKey, read, swapFrom } from "./mod.js";

const byId = (id) => document.getElementById(id);
const rows = () => [...document.querySelectorAll("[data-row]")];
const rowOf = (element) => element?.closest?.("[data-row]");

// Rows: one of them has the focus, and is remembered over a swap by its place.
let place = 0;
let kept = null;

// The first row asks for the focus when a list is replaced; it is wanted where it was.
addEventListener("submit", () => (kept = place), true);

function focusRow(index) {
  const all = rows();
  if (!all.length) return;
  place = Math.max(0, Math.min(index, all.length - 1));
  for (const row of all) row.tabIndex = row === all[place] ? 0 : -1;
  all[place].focus();
  all[place].scrollIntoView({ block: "nearest" });
}

function step(by) {
  const here = rows().indexOf(rowOf(document.activeElement));
  focusRow(here < 0 ? (by > 0 ? place : place) : here + by);
}

addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  for (const each of document.querySelectorAll(".card.on")) if (each !== row) each.classList.remove("on");
  if (!row) return;
  row.classList.add("on");
  place = rows().indexOf(row);
  look(row.dataset.row);
});

addEventListener("sc-mod:swapped", ({ detail: { ids, stayed } }) => {
  if (!ids.includes("queue")) return;
  const told = document.querySelector("#queue [role=alert]");
  if (told) told.focus();
  else if (stayed) focusRow(place);
  else if (document.activeElement === document.body || byId("queue").contains(document.activeElement)) focusRow(kept ?? place);
  kept = null;
  ready();
});

// That one looks at a comment, said once in a while.
const looked = new Map();

function look(id) {
  const form = byId("glance");
  if (!form || !id || Date.now() - (looked.get(id) ?? 0) < 30_000) return;
  looked.set(id, Date.now());
  const body = new URLSearchParams(new FormData(form));
  body.set("comment_id", id);
  fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => looked.delete(id));
}

// The selection.
const ticks = () => [...document.querySelectorAll("input[form=bulk][name=comment_id]")];

function count() {
  const chosen = ticks().filter((tick) => tick.checked).length;
  const told = document.querySelector("[data-count]");
  if (!told) return;
  told.textContent = told.dataset.text.replace("{count}", chosen);
  for (const button of byId("bulk").querySelectorAll(".btn")) button.disabled = chosen === 0;
  document.querySelector("[data-clear]").hidden = chosen === 0;
  const all = byId("all");
  all.checked = chosen > 0 && chosen === ticks().length;
  all.indeterminate = chosen > 0 && !all.checked;
}

function choose(on) {
  for (const tick of ticks()) tick.checked = on;
  count();
}

addEventListener("change", (event) => {
  if (event.target.id === "all") choose(event.target.checked);
  else if (event.target.matches("input[form=bulk]")) count();
});

// The reason, asked for in a dialog: a digit picks, Enter confirms.
function ask(comments, title, verb, clause) {
  const dialog = byId("why");
  if (!dialog || !comments.length) return;
  const fields = comments.flatMap(([id, seen]) => [["comment_id", id], [`seen-${id}`, seen]]);
  byId("why-whom").replaceChildren(
    ...fields.map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value })),
  );
  byId("why-title").textContent = title;
  byId("why-do").value = verb;
  const radios = [...dialog.querySelectorAll("[name=reason]")];
  const first = radios.find((radio) => radio.value === clause) ?? radios[0];
  first.checked = true;
  dialog.querySelector("[name=note]").value = "";
  dialog.showModal();
  first.focus();
}

const seenOf = (id) => document.querySelector(`[name="seen-${id}"]`).value;
const label = (button) => button.firstChild?.nodeType === Node.TEXT_NODE ? button.firstChild.textContent : button.textContent;

function askOne(row) {
  const button = row?.querySelector('[data-key="r"]');
  if (!button) return;
  if (!button.hasAttribute("data-why")) button.click();
  else ask([[row.dataset.row, seenOf(row.dataset.row)]], label(button).replace(/\s*R$/, "").trim(), button.value, button.dataset.why);
}

function askAll() {
  const button = document.querySelector('#bulk [data-key="R"]');
  if (!button) return;
  if (!button.hasAttribute("data-why-all")) return void button.click();
  const chosen = ticks().filter((tick) => tick.checked).map((tick) => [tick.value, seenOf(tick.value)]);
  ask(chosen, document.querySelector("[data-count]").textContent, "no");
}

byId("why")?.addEventListener("keydown", (event) => {
  if (event.target.matches("[name=note]") || event.ctrlKey || event.altKey || event.metaKey) return;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1] ?? /^[0-9]$/.exec(event.key)?.[0];
  if (!digit) return;
  const radios = [...event.currentTarget.querySelectorAll("[name=reason]")];
  const radio = digit === "0" ? radios.at(-1) : radios[digit - 1];
  if (!radio) return;
  radio.checked = true;
  (radio.value === "other" ? event.currentTarget.querySelector("[name=note]") : radio).focus();
  event.preventDefault();
});
byId("why")?.addEventListener("submit", (event) => {
  const form = event.target;
  const note = form.querySelector("[name=note]");
  note.setCustomValidity("");
  if (form.querySelector("[name=reason]:checked")?.value === "other" && !note.value.trim()) {
    event.preventDefault();
    note.focus();
    return;
  }
  event.currentTarget.close();
});

// The drawer: a comment's page has what goes in.
async function openDrawer(link) {
  const from = rowOf(link);
  try {
    const page = await read(await fetch(link.href, { headers: { Accept: "text/html" } }));
    if (!swapFrom(page, ["drawer"])) return location.assign(link.href);
    const part = byId(link.dataset.drawer);
    (part ?? byId("drawer")).focus();
    byId("drawer").dataset.from = from?.id ?? "";
  } catch {
    location.assign(link.href);
  }
}

addEventListener("click", (event) => {
  const link = event.target.closest("a[data-drawer], [data-dialog], [data-close], [data-clear]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.matches("a[data-drawer]") && byId("drawer")) openDrawer(link);
  else if (link.dataset.dialog) byId(link.dataset.dialog).showModal();
  else if (link.hasAttribute("data-close")) link.closest("dialog").close();
  else if (link.hasAttribute("data-clear")) choose(false);
  else return;
  event.preventDefault();
});

const act = (key) => () => rowOf(document.activeElement)?.querySelector(`[data-key="${key}"]`)?.click();
onKey("j", () => step(1));
onKey("k", () => step(-1));
onKey("r", () => askOne(rowOf(document.activeElement) ?? rows()[place]));
onKey("d", () => askOne(rowOf(document.activeElement) ?? rows()[place]));
onKey("f", act("a"));
onKey("R", askAll);
onKey("Escape", () => byId(byId("drawer")?.dataset.from || "")?.focus());

// What is there only with this file.
function ready() {
  for (const element of document.querySelectorAll("[data-all]")) element.hidden = false;
  count();
}
for (const dialog of document.querySelectorAll("dialog[open]")) {
  dialog.close();
  dialog.showModal();
}
ready();
