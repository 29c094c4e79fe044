// What a reader who is logged in sees besides: the editor, own unpublished comments, and why
// something may not be written. It comes in a second file, since most readers only read.

import { Deeds } from "./deeds.js";
import { ask } from "./dialog.js";
import { avatar, providerMark } from "./comment.js";
import { button, h, icon } from "./dom.js";
import { Editor } from "./editor.js";
import { findingList, marked } from "./findings.js";
import { addWords } from "./i18n.js";
import { local } from "./storage.js";
import { fullTime } from "./time.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(WRITING_STYLES);
addWords(WRITING_CATALOGUES);

/** A box's second half. */
export class Writing extends Deeds {
  #editor = null;
  #suspension = null;
  #known = null;

  constructor(box) {
    super(box);
    box.root.getRootNode().adoptedStyleSheets.push(sheet);
    box.root.addEventListener("focusin", () => this.personalise(true));
  }

  /** Forgets one reader, for the next. */
  forget() {
    this.#editor = this.#suspension = this.#known = null;
  }

  focus() {
    (this.#editor ?? this.box.title).focus();
  }

  recount() {
    this.#editor?.count();
  }

  /** The editor, or why there is none. */
  place() {
    const { box } = this;
    const { until, reason } = this.#suspension ?? {};
    if (!this.#suspension) return (this.#editor ??= this.#write()).element;
    const values = { until: until && fullTime(until, box.language) };
    const words = [box.t(until ? "suspended.until" : "suspended", values), reason];
    const notice = h("p.closed", null, icon("warn"), h("span", null, words.filter(Boolean).join(" ")));
    return box.frame([this.#me(), notice]);
  }

  /**
   * Fetches what only this reader may see: votes, own unpublished comments, muted authors.
   *
   * Once, and only where it is `worth` it: an unused refresh token is left alone on mere reading.
   */
  async personalise(worth) {
    const { box } = this;
    const { user } = box.session;
    if (!worth || box.state !== "ready" || !user || this.#known === user.id) return;
    this.#known = user.id;
    try {
      const { site, article } = box.options;
      const overlay = await this.request("/api/v1/me/overlay", { query: { site, article } });
      Object.assign(box.overlay, overlay);
      this.placeOwn();
      box.thread.refresh();
      if (!overlay.can.includes("comment")) {
        this.#suspension = (await this.request("/api/v1/me")).suspension;
        if (this.#suspension) box.draw();
      }
    } catch {
      this.#known = null;
    }
  }

  /** Puts a comment just written, or one's own unpublished one, where the reader expects it. */
  add(comment) {
    const { thread } = this.box;
    const shown = { likes: 0, dislikes: 0, reply_count: 0, findings: [], ...comment };
    const published = comment.status === "published";
    const root = comment.parent_id && thread.views.get(comment.root_id);
    if (root && published) root.comment.reply_count += 1;
    if (root) root.addReply(shown);
    else thread.list.prepend(thread.view(shown).element);
    if (published) thread.count(1);
    thread.finish();
    return thread.views.get(comment.id);
  }

  /** Shows one's own held and refused comments, those whose thread is on the page. */
  placeOwn() {
    const { overlay, thread } = this.box;
    for (const comment of [...overlay.rejected, ...overlay.held]) {
      const ready = !comment.parent_id || thread.views.has(comment.root_id);
      if (ready && !thread.views.has(comment.id)) this.add(comment);
    }
  }

  /** Takes away what only the reader who left may see. */
  clearOwn() {
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
    const text = h("p.body", { part: "body", dir: "auto" }, view.addressee(), marked(body, findings));
    return h("div", null, text, findings.length > 0 && findingList(this.box, body, findings));
  }

  /** The word beside one's own unpublished comment. */
  tag({ comment: { status } }) {
    const { t } = this.box;
    if (status === "held") return h("span.tag.wait", null, icon("clock"), t("held.tag"));
    return status === "rejected" && h("span.tag.bad", null, icon("warn"), t("rejected.tag"));
  }

  /** Posts a comment or a reply, and says how it went. Returns its view. */
  async post(fields, key) {
    const { box } = this;
    const { site, article, url, title } = box.options;
    const body = { site, article: { key: article, url, title }, lang: box.language, ...fields };
    try {
      const headers = { "Idempotency-Key": key };
      const comment = await this.request("/api/v1/comments", { method: "POST", body, headers });
      this.announce(comment.status, "posted");
      this.#emit(comment);
      return this.add(comment);
    } catch (problem) {
      this.#note(problem, fields);
      throw problem;
    }
  }

  /** Says what became of a text just sent. */
  announce(status, done) {
    const { box } = this;
    const { t } = box;
    if (status !== "held") return box.whisper(t(done));
    const words = h("span", null, h("strong", null, t("held")), " ", t("held.next"));
    box.say(icon("clock"), words).classList.add("wait");
  }

  /** Asks for a second look at a refused comment; true when the request is on its way. */
  async askAgain(id) {
    const { box } = this;
    const { t } = box;
    const attributes = { name: "text", rows: 4, dir: "auto", required: true, "aria-label": t("appeal.why") };
    const fields = h("textarea.field", attributes);
    const body = await ask(box, { title: t("appeal"), text: t("appeal.why"), fields, action: t("appeal.send") });
    const send = async () => {
      await this.request(`/api/v1/me/comments/${id}/appeal`, { method: "POST", body });
      box.say(t("appeal.done"));
    };
    return body ? box.act(send) : false;
  }

  #emit({ id, parent_id: parentId = null, status }) {
    this.box.emit("comment", { id, parentId, status });
  }

  /** Keeps what a refusal says of the article or the reader, beyond the text that was refused. */
  #note(problem, { parent_id }) {
    const { code, comment_id: id } = problem;
    if (code === "policy-violation") this.#emit({ id, parent_id, status: "rejected" });
    if (code === "article-closed") this.box.article.status = "closed";
    if (code === "account-suspended") this.#suspension = problem;
    if (code === "article-closed" || code === "account-suspended") this.box.draw();
  }

  #me() {
    const { box } = this;
    const { user } = box.session;
    const leave = button(".link.out", { onclick: () => box.session.logout() }, box.t("logout"));
    const name = h("strong", null, h("bdi", null, user.name));
    return h("div.me", null, avatar(box, user, ".mini"), name, providerMark(box, user.provider), leave);
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
