// Brings about every state of the comment box: answers what the box would ask the service, and
// presses what a reader would press. Nothing of it leaves the page.

const MINUTE = 60_000;
const SERVICE = new URL(document.querySelector("script[src*='/widget/']").src).origin;
const { people, thread, texts, findings } = JSON.parse(
  document.querySelector(".gallery").dataset.material,
);

const ago = (minutes) => new Date(Date.now() - minutes * MINUTE).toISOString();
const never = () => new Promise(() => {});
const fails = () => problem(503, "overloaded");

const json = (body, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { Date: new Date().toUTCString() } });

const problem = (status, code, more) =>
  json({ type: `/problems/${code}`, title: code, status, ...more }, status);

let serial = 0;

const person = (name) => {
  const { text, provider, badges = [] } = people[name];
  return { id: name, name: text, provider, badges, avatar_url: null };
};

/** A comment as the service would tell it. */
const comment = (by, text, more) => {
  const id = `c${(serial += 1)}`;
  return {
    id,
    parent_id: null,
    root_id: id,
    depth: 0,
    author: by && person(by),
    body: text,
    status: "published",
    pinned: false,
    created_at: ago(0),
    edited_at: null,
    likes: 0,
    dislikes: 0,
    reply_count: 0,
    permalink: `#comment-${id}`,
    replies: [],
    ...more,
  };
};

const told = ({ by, text = null, ago: minutes, edited, gone, answers, replies = [], ...rest }) => {
  const root = comment(by, text, {
    created_at: ago(minutes),
    edited_at: edited ? ago(edited) : null,
    status: gone ?? "published",
    author: gone ? null : person(by),
    reply_count: replies.length + (rest.more ?? 0),
    ...rest,
  });
  for (const reply of replies) {
    const { answers: to, ...said } = reply;
    const parent = to === undefined ? root : root.replies[to];
    const made = told(said);
    root.replies.push({ ...made, parent_id: parent.id, root_id: root.id, depth: 1 });
  }
  return root;
};

/** Where the words of a finding stand in a text, in code points. */
const finding = (name, body) => {
  const { words, clause, text: message } = findings[name];
  const at = words ? body.indexOf(words) : -1;
  const start = words ? Array.from(body.slice(0, at)).length : null;
  const end = words ? start + Array.from(words).length : null;
  return { filter: "words", rule: name, clause, message, start, end };
};

const refusal = (body) => ({
  body,
  comment_id: "refused",
  findings: [finding("abuse", body), finding("privacy", body)],
});

const held = () =>
  comment("me", texts.held.text, {
    status: "held",
    findings: [finding("tone", texts.held.text)],
  });

const refused = (more) => {
  const { body, findings: found } = refusal(texts.rejected.text);
  return comment("me", body, { status: "rejected", findings: found, ...more });
};

const noticesOf = () => {
  const notice = (type, about, more) => ({
    type,
    comment: about,
    decision: null,
    reason: null,
    agreed: null,
    created_at: ago(12),
    read: false,
    ...more,
  });
  const removed = comment("me", texts.held.text, { status: "removed" });
  const items = [
    notice("reply", comment("sora", texts.newer.text)),
    notice("decision", removed, { decision: "remove", reason: "3.1" }),
    notice("report", comment(null, null), { agreed: true, created_at: ago(3000), read: true }),
  ];
  return { items, unread: 2, next_cursor: null };
};

const part = (box, name) => box.shadowRoot.querySelector(`[part~="${name}"]`);

/** The element, once it is there. */
const sight = async (find) => {
  for (;;) {
    const found = find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const press = async (box, name) => (await sight(() => part(box, name))).click();

const write = async (box, text) => {
  const field = await sight(() => part(box, "textarea"));
  field.value = text;
  field.dispatchEvent(new Event("input"));
};

const send = async (box, text) => {
  await write(box, text);
  await press(box, "submit");
};

const mine = (box) => sight(() => part(box, "comment-own"));
const other = async (box, name) => (await mine(box), press(box, name));

/**
 * The states. `page`: the answer for the thread, the usual one unless given; `post`: to a comment;
 * `overlay`: what the reader alone sees; `user`: whether somebody is logged in; `act`: what is done;
 * `see`: a part that is there in the end.
 */
const STATES = {
  "logged-out": { page: () => page(talk(9)), see: "login-button" },
  "logged-in": { user: true, page: () => page(talk(9)), see: "edit-button" },
  help: { act: (box) => press(box, "help"), find: (box) => box.shadowRoot.querySelector(".help") },
  notices: {
    user: true,
    act: (box) => press(box, "notifications-button"),
    see: "notifications",
  },
  typing: { user: true, act: (box) => write(box, texts.typing.text), see: "submit" },
  "over-limit": { user: true, act: (box) => write(box, texts.long.text.repeat(12)), see: "submit" },
  posted: {
    user: true,
    post: ({ body }) => json(comment("me", body), 201),
    act: (box) => send(box, texts.posted.text),
    find: (box) => box.shadowRoot.activeElement ?? part(box, "status").textContent,
  },
  held: { user: true, post: () => json(held(), 202), act: (box) => send(box, texts.held.text), see: "comment-held" },
  rejected: {
    user: true,
    post: ({ body }) => problem(422, "policy-violation", refusal(body)),
    act: (box) => send(box, texts.rejected.text),
    see: "comment-rejected",
  },
  own: {
    user: true,
    overlay: () => ({ held: [held()], rejected: [refused()] }),
    see: "comment-held",
  },
  reply: { user: true, act: (box) => other(box, "reply-button"), find: (box) => box.shadowRoot.querySelector(".below") },
  edit: { user: true, act: (box) => press(box, "edit-button"), find: (box) => box.shadowRoot.querySelector(".below") },
  muted: { user: true, overlay: () => ({ muted: ["hana"] }), see: "mute-button" },
  "new-comments": {
    page: (n) => page(n ? [comment("eunchae", texts.newer.text), ...talk()] : talk(), { version: n }),
    see: "new-comments-button",
  },
  gone: {
    page: (n) => page(talk(6).filter(({ id }) => !n || id !== "noor"), { version: n }),
    find: (box) => box.shadowRoot.querySelectorAll(".gone").length > 1,
  },
  linked: { act: (box) => box.scrollToComment(talk()[2].id), see: "comment" },
  "no-answer": {
    act: async (box) => {
      const login = { error: "temporarily_unavailable", error_description: "provider_unavailable" };
      await answerLogin(box, login);
    },
    find: (box) => box.shadowRoot.querySelector("[role=alert] p"),
  },
  "too-fast": {
    user: true,
    post: () => problem(429, "too-many-requests"),
    act: (box) => send(box, texts.posted.text),
    find: (box) => box.shadowRoot.querySelector(".invalid"),
  },
  suspended: {
    user: true,
    overlay: () => ({ can: [] }),
    find: (box) => box.shadowRoot.querySelector(".closed"),
  },
  closed: { page: () => page(talk(), { status: "closed" }), see: "comment" },
  empty: { page: () => page([]), find: (box) => box.shadowRoot.querySelector(".blank") },
  loading: { page: never, see: "list" },
  slow: { page: never, see: "retry-button" },
  error: { page: fails, see: "error" },
  offline: { page: () => Promise.reject(new TypeError()), see: "error" },
  report: { user: true, act: (box) => other(box, "report-button"), find: (box) => box.shadowRoot.querySelector("dialog") },
  delete: { user: true, act: (box) => press(box, "delete-button"), find: (box) => box.shadowRoot.querySelector("dialog") },
  appeal: {
    user: true,
    overlay: () => ({ rejected: [refused()] }),
    act: (box) => press(box, "appeal-button"),
    find: (box) => box.shadowRoot.querySelector("dialog"),
  },
};

/** The usual thread, or the top of it; the same ids each time it is asked for. */
const talk = (most = 3) => {
  serial = 0;
  return thread.slice(0, most).map((each) => {
    const made = told(each);
    return each.by === "noor" ? { ...made, id: "noor", root_id: "noor" } : made;
  });
};

const page = (comments, article) => ({
  comments,
  next_cursor: comments.length ? "next" : null,
  ...(article && { change: article }),
});

const thePage = (state, { comments, next_cursor, change }, settings) => ({
  site: settings,
  article: {
    site: settings.key,
    key: state,
    url: null,
    title: null,
    comment_count: comments.length && 119 + comments.length,
    status: "open",
    version: 1,
    ...change,
  },
  sort: "newest",
  comments,
  next_cursor,
});

const times = {};

const answer = async (method, url, { body, headers }) => {
  const token = new Headers(headers).get("Authorization")?.slice("Bearer ".length);
  const site = token ?? url.searchParams.get("site");
  const state = site.replace("gallery-", "");
  const { page: pages = () => page(talk()), post, overlay } = STATES[state];
  if (url.pathname.endsWith("/me/overlay")) {
    const votes = Object.fromEntries(talk().map(({ id, voted }) => [id, voted]));
    return json({ votes, held: [], rejected: [], muted: [], can: ["comment"], ...overlay?.() });
  }
  if (url.pathname.endsWith("/me/notifications")) return json(state === "notices" ? noticesOf() : {});
  if (url.pathname.endsWith("/notifications/read")) return json(null);
  if (url.pathname.endsWith("/me"))
    return json({ suspension: { until: ago(-3 * 24 * 60), reason: texts.suspension.text } });
  if (method === "POST") return post(JSON.parse(body));
  const settings = {
    key: site,
    name: document.querySelector(".masthead .title").textContent,
    limit: 250,
    providers: ["twitter", "facebook"],
    sorts: ["newest", "oldest", "popular"],
    languages: ["ko", "en"],
    edit_window_seconds: 7200,
    policy_version: 1,
  };
  times[state] ??= 0;
  const made = await pages(times[state]);
  times[state] += 1;
  return made instanceof Response ? made : json(thePage(state, made, settings));
};

/** The answer of a login, as the service's window would post it. */
const answerLogin = async (box, response) => {
  const site = box.getAttribute("site");
  const state = "gallery";
  const pending = { site, provider: "facebook", at: Date.now() };
  box.focusEditor();
  await sight(() => box.shadowRoot.activeElement);
  localStorage.setItem(`social-comments:pending:${state}`, JSON.stringify(pending));
  const data = { type: "authorization_response", response: { ...response, state } };
  const event = new MessageEvent("message", { origin: SERVICE, data });
  Object.defineProperty(event, "source", { value: { postMessage: () => {} } });
  dispatchEvent(event);
};

const fetchElsewhere = window.fetch;
window.fetch = (address, options = {}) => {
  const url = new URL(address, location.href);
  const ours = url.origin === SERVICE && url.pathname.startsWith("/api/");
  if (!ours) return fetchElsewhere(address, options);
  return answer(options.method ?? "GET", url, options);
};

// The box looks for new comments after 15 s, and takes 5 s for slow: nobody wants to wait here.
const later = window.setTimeout;
window.setTimeout = (work, time, ...more) =>
  later(work, time === 15_000 || time === 5000 ? 300 : time, ...more);

const show = async (section) => {
  const box = section.querySelector("social-comments");
  const { act, see, find } = STATES[box.dataset.state];
  await customElements.whenDefined("social-comments");
  section.scrollIntoView();
  await sight(() => part(box, "list"));
  if (act) await sight(() => part(box, "comment"));
  await act?.(box);
  await sight(() => (find ? find(box) : part(box, see)));
  const all = [...box.shadowRoot.querySelectorAll("[part]")].flatMap(({ part: p }) => [...p]);
  section.querySelector("code").textContent = [...new Set(all)].join(" ");
  section.dataset.shown = "";
};

const sections = [...document.querySelectorAll("section:has(social-comments)")];
for (const section of sections) {
  const { state } = section.querySelector("social-comments").dataset;
  const key = `social-comments:gallery-${state}`;
  const user = STATES[state].user ? person("me") : null;
  sessionStorage.removeItem(key);
  localStorage.removeItem(`social-comments:draft:gallery-${state}:${state}`);
  if (!user) continue;
  sessionStorage.setItem(key, JSON.stringify({ refresh_token: "", user }));
  const access = { access_token: `gallery-${state}`, until: Date.now() + 6e8, of: user.id };
  sessionStorage.setItem(`${key}:access`, JSON.stringify(access));
}
// One after the other, since what is pressed may take the focus.
for (const section of sections) await show(section);
scrollTo(0, 0);
document.activeElement?.blur();
