// What taking part needs: logging in, the editor, one's own unpublished comments, and why
// something may not be written.

import { Deeds } from "./deeds.js";
import { avatar, providerMark } from "./comment.js";
import { button, h, icon, OUTLINES, RING } from "./dom.js";
import { Editor } from "./editor.js";
import { findingList, marked } from "./findings.js";
import { addWords } from "./i18n.js";
import { News } from "./news.js";
import { Notices } from "./notices.js";
import { Session } from "./session.js";
import { local } from "./storage.js";
import { clock } from "./time.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(WRITING_STYLES);
addWords(WRITING_WORDS);
Object.assign(OUTLINES, {
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.7 14.5h2.6",
  arrow: "M8 13V3M4 7l4-4 4 4",
  clock: RING + "M8 4.5V8l2.3 1.6",
  mute: "M2 8s2-4 6-4 6 4 6 4-2 4-6 4-6-4-6-4zM3 13 13 3",
});

/** What only one reader sees, as long as nobody is known. */
const nobody = () => ({ votes: {}, held: [], rejected: [], muted: [], can: [] });

/** A box's second half. */
export class Writing extends Deeds {
  #editor = null;
  #known = null;
  /** Who was there last: a login that ran out keeps the forms for them. */
  #last;
  #news;
  #notices = new Notices(this);

  overlay = nobody();
  suspension = null;

  constructor(box) {
    const { site, persist } = box.options;
    const { signal } = box;
    super(box);
    this.#news = new News(box);
    signal.addEventListener("abort", () => this.#news.stop());
    this.session = Session.of(site, persist);
    this.#last = this.session.user?.id;
    this.session.addEventListener("change", ({ detail }) => this.#changed(detail), { signal });
    box.root.addEventListener("focusin", () => this.personalise(true));
    box.root.getRootNode().adoptedStyleSheets.push(sheet);
  }

  /** Shows what only this reader may see, and from then on what is new. */
  follow() {
    this.#news.start();
    return this.personalise();
  }

  /** Shows a comment, from whatever page; false where there is none of that id. */
  async reveal(id) {
    const { box } = this;
    const { thread } = box;
    const there = () => box.state === "ready" && thread.views.has(id);
    if (!there()) await box.load({ around: id });
    if (box.state === "error") await box.load();
    if (box.state === "ready" && !there()) await this.#unfold(id).catch(() => {});
    if (thread.earlier) thread.list.prepend(this.#earlier(thread.earlier));
    thread.earlier = null;
    thread.views.get(id)?.focus();
    return there();
  }

  /** The next page, the focus on its first comment. */
  more() {
    const { box } = this;
    const { list, cursor, views } = box.thread;
    return this.act(async () => {
      const last = list.lastElementChild;
      const page = await box.page({ cursor });
      if (box.thread.views !== views) return; // Loaded anew meanwhile.
      await box.thread.append(page);
      box.thread.viewOf(last.nextElementSibling)?.focus();
    });
  }

  /** The next replies to a comment, the focus on the first. */
  moreReplies(view) {
    const before = view.replies.children.length;
    return this.act(async () => {
      await this.#loadReplies(view);
      (this.box.thread.viewOf(view.replies.children[before]) ?? view).focus();
    });
  }

  /** Opens or closes the words about social comments, below the box. */
  explain(help) {
    const open = help.ariaExpanded !== "true";
    const foot = help.parentElement;
    help.ariaExpanded = String(open);
    if (open) foot.after(h("p.help", null, this.box.t("help.text")));
    else foot.nextElementSibling.remove();
  }

  login(provider = this.box.settings.providers[0]) {
    if (!this.box.emit("beforelogin", { provider }, true)) return;
    this.session.asker = this;
    this.session.login(provider);
  }

  logout() {
    this.session.asker = this;
    this.session.logout();
  }

  focusEditor() {
    if (!this.stranger()) (this.#editor ?? this.box.title).focus();
  }

  recount() {
    this.#editor?.count();
  }

  /** The editor, or why there is none. */
  place() {
    const { box } = this;
    const { until, reason } = this.suspension ?? {};
    if (!this.suspension) return (this.#editor ??= this.#write()).element;
    const values = { until: until && clock(until, box.language) };
    const sentence = box.t(until ? "suspended.until" : "suspended", values);
    const words = h("span", null, reason ? `${sentence} ${reason}` : sentence);
    return box.frame([this.#me(), h("p.closed", null, icon("warn"), words)]);
  }

  /**
   * Fetches what only this reader may see: votes, own unpublished comments, muted authors.
   *
   * Once, and on mere reading only where it costs no refresh token.
   */
  async personalise(wanted) {
    const { box, session } = this;
    const { user, warm } = session;
    if (!(wanted || warm) || box.state !== "ready" || !user || this.#known === user.id) return;
    this.#known = user.id;
    const { overlay } = this;
    try {
      const { site, article } = box.options;
      const told = await this.request("/api/v1/me/overlay", { query: { site, article } });
      const { suspension } = told.can.includes("comment") ? {} : await this.request("/api/v1/me");
      if (overlay !== this.overlay) return; // Told to a reader who has left meanwhile.
      // What the reader did while the answer was on its way, it may not know.
      const muted = [...told.muted, ...overlay.muted];
      const own = [...overlay.held, ...overlay.rejected];
      Object.assign(overlay, told, { votes: { ...told.votes, ...overlay.votes }, muted });
      for (const comment of own) this.track(comment);
      this.#notices.load();
      this.placeOwn();
      if (suspension) this.suspend(suspension);
      else box.thread.refresh();
    } catch {
      if (overlay === this.overlay) this.#known = null;
    }
  }

  /** Puts a comment just written, or one's own unpublished one, where the reader expects it. */
  add(comment) {
    const { box } = this;
    const { thread } = box;
    if (thread.views.has(comment.id)) return thread.views.get(comment.id);
    const shown = { likes: 0, dislikes: 0, reply_count: 0, findings: [], ...comment };
    const published = comment.status === "published";
    const root = comment.parent_id && thread.views.get(comment.root_id);
    if (root && published) root.comment.reply_count += 1;
    this.track(shown);
    if (comment.parent_id && !root) return box.title;
    if (root) root.addReply(shown);
    else {
      const { firstElementChild: first } = thread.list;
      const { element } = thread.view(shown);
      if (thread.viewOf(first)?.comment.pinned) first.after(element);
      else thread.list.prepend(element);
    }
    if (published) thread.count(1);
    thread.finish();
    return thread.views.get(comment.id);
  }

  /** Shows one's own held and refused comments, those whose thread is on the page. */
  placeOwn() {
    const { overlay } = this;
    const { thread } = this.box;
    for (const comment of [...overlay.rejected, ...overlay.held]) {
      const ready = !comment.parent_id || thread.views.has(comment.root_id);
      if (ready) this.add(comment);
    }
    this.placeForm();
  }

  /** Keeps among one's own unpublished comments what is new about one. */
  track(comment) {
    for (const status of ["held", "rejected"]) {
      const others = this.overlay[status].filter(({ id }) => id !== comment.id);
      this.overlay[status] = comment.status === status ? [...others, comment] : others;
    }
  }

  /** Takes away what only the reader who left may see. */
  #clearOwn() {
    const { views } = this.box.thread;
    for (const [id, { comment, element }] of views) {
      if (comment.status !== "held" && comment.status !== "rejected") continue;
      element.remove();
      views.delete(id);
    }
  }

  /** A comment's text, the findings marked. */
  body(view) {
    const { body, findings = [] } = view.comment;
    const list = findings.length > 0 && findingList(this.box, body, findings);
    return h("div", null, view.text(marked(body, findings)), list);
  }

  /** The word beside one's own unpublished comment. */
  tag({ comment: { status } }) {
    const { t } = this.box;
    if (status === "held") return h("span.tag.wait", null, icon("clock"), t("held.tag"));
    return status === "rejected" && h("span.tag.bad", null, icon("warn"), t("rejected.tag"));
  }

  /** Posts a comment or a reply, and says how it went. Returns what shows it. */
  async post(fields, key) {
    const { box } = this;
    const { site, article, url, title } = box.options;
    const body = { site, article: { key: article, url, title }, lang: box.language, ...fields };
    const { overlay } = this;
    try {
      const headers = { "Idempotency-Key": key };
      const comment = await this.request("/api/v1/comments", { method: "POST", body, headers });
      if (overlay !== this.overlay) return { focus() {} }; // Who wrote it has left meanwhile.
      this.#emit(comment);
      // The thread may still be on its way to a fast writer, or never have come.
      while (box.state === "loading" && !box.signal.aborted) await box.loaded;
      if (box.signal.aborted) return box.title;
      if (box.state !== "ready") await box.load();
      this.announce(comment.status, "posted");
      return box.article ? this.add(comment) : box.title;
    } catch (problem) {
      this.#note(problem, fields);
      throw problem;
    }
  }

  /** Somebody logged in or out, here or in another tab; or could not. */
  #changed({ code, why, detail, provider }) {
    const { box, session } = this;
    const { t } = box;
    const name = provider && t(`provider.${provider}`);
    // Of several boxes on a page one speaks and takes the focus: the one that asked, or is in use.
    const { asker } = session;
    const gone = asker?.box.signal.aborted; // Its article was left: whoever hears of it first speaks.
    const mine = gone || (asker ? asker === this : box.focused || session.arriving);
    if (mine) session.asker = this;
    if (code === "login" || code === "logout") this.#switch(code, why, mine);
    else if (!mine) return;
    else if (code === "close-window") box.say(t("login.close"));
    else if (code === "access_denied") box.say(t("login.cancelled"));
    else this.alarm(t(`login.failed.${detail ?? code}`, { name }) ?? t("login.failed"));
  }

  #switch(code, why, mine) {
    const { box, session } = this;
    const { id, name, provider } = session.user ?? {};
    if (id ? this.#last && this.#last !== id : why !== "expired") this.forgetForms();
    this.#last = id ?? this.#last;
    this.overlay = nobody();
    this.#editor = this.suspension = this.#known = null;
    this.#notices = new Notices(this);
    this.alarm(mine && why === "expired" ? box.t("problem.unauthenticated") : "");
    box.whisper("");
    this.#clearOwn();
    box.draw();
    box.thread.refresh();
    this.personalise();
    box.emit(code, code === "login" ? { user: { id, name, provider } } : {});
    if (!mine) return;
    if (session.arriving) box.root.scrollIntoView();
    if (!document.hasFocus()) return;
    if (session.user) this.focusEditor();
    else box.place.querySelector("button")?.focus({ preventScroll: true });
  }

  /** Loads the replies that a reply is among. */
  async #unfold(id) {
    const { views } = this.box.thread;
    const { root_id } = await this.box.read(`/api/v1/comments/${id}`);
    const root = views.get(root_id);
    const same = () => this.box.thread.views === views;
    while (same() && root?.countReplies() && !views.has(id)) await this.#loadReplies(root);
  }

  async #loadReplies(view) {
    const { views } = this.box.thread;
    const query = { limit: 100, ...(view.cursor && { cursor: view.cursor }) };
    const page = await this.box.read(`/api/v1/comments/${view.comment.id}/replies`, query);
    if (this.box.thread.views !== views) return; // Loaded anew meanwhile.
    view.cursor = page.next_cursor;
    for (const reply of page.items) view.addReply(reply);
    view.countReplies();
    this.placeForm();
  }

  /** A button before the first comment, where a thread was opened in its middle. */
  #earlier(cursor) {
    const { box } = this;
    const { thread } = box;
    const load = () =>
      this.act(async () => {
        const { views } = thread;
        const page = await box.page({ cursor });
        if (thread.views !== views) return;
        const first = item.nextElementSibling;
        await thread.append(page, first);
        thread.viewOf(item.nextElementSibling)?.focus();
        item.replaceWith(...(page.previous_cursor ? [this.#earlier(page.previous_cursor)] : []));
      });
    const wide = button(".btn.wide", { part: "more", onclick: load }, box.t("earlier"));
    const item = h("li", null, wide);
    return item;
  }

  #emit({ id, parent_id: parentId = null, status }) {
    this.box.emit("comment", { id, parentId, status });
  }

  /** Keeps what a refusal says of the article or the reader, beyond the text that was refused. */
  #note(problem, { parent_id }) {
    const { code, comment_id: id } = problem;
    if (code === "policy-violation") this.#emit({ id, parent_id, status: "rejected" });
    if (code === "article-closed") this.box.article.status = "closed";
    if (code === "account-suspended") this.suspend(problem);
    if (code === "article-closed") this.box.draw();
  }

  /** Says that this reader may not write, until when and why, and leaves what they still may do. */
  suspend(suspension) {
    this.suspension = suspension;
    this.box.draw();
    this.box.thread.refresh();
  }

  #me() {
    const { box } = this;
    const { user } = this.session;
    const leave = button(".link.out", { onclick: () => this.logout() }, box.t("logout"));
    const name = h("strong", null, h("bdi", null, user.name));
    const mark = providerMark(box, user.provider);
    const notices = this.#notices.place;
    return h("div.me", null, avatar(box, user, ".mini"), name, mark, notices, leave);
  }

  #write() {
    const { box } = this;
    const { t } = box;
    const { site, article } = box.options;
    const draft = `social-comments:draft:${site}:${article}`;
    const editor = new Editor(this, {
      label: t("write"),
      submit: t("write.send"),
      placeholder: t("write.placeholder"),
      text: local.get(draft) ?? "",
      head: this.#me(),
      foot: () => box.links(),
      changed: (text) => local.set(draft, text || null),
      send: async (text, key) => {
        const view = await this.post({ body: text }, key);
        editor.text = "";
        view.focus();
      },
    });
    return editor;
  }
}
