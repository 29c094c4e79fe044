// What a reader who is logged in can do about a comment, and what the service says to it.

import { ask } from "./dialog.js";
import { button, h, hidden, icon } from "./dom.js";
import { Editor } from "./editor.js";
import { clock, now } from "./time.js";

/** Problems that have words already, where the box says the same. */
const SAID = { "account-suspended": "suspended", "article-closed": "closed" };
const REASONS = ["abuse", "hate", "obscene", "spam", "privacy", "false", "other"];

/**
 * The deeds of one reader in one box; most take the view of a comment.
 *
 * writing.js, its only subclass, has `session`, `overlay`, `post(fields, key)`, and `suspension`
 * ({until, reason}, or null) with `suspend(suspension)`, which shows it.
 */
export class Deeds {
  #form = null;
  #turn = Promise.resolve();
  /** What was being written in forms that are closed, and in appeals that failed. */
  #texts = new Map();

  constructor(box) {
    this.box = box;
  }

  /** As session.js's request, answered in the reader's language. */
  request(path, options) {
    const headers = { "Accept-Language": this.box.language, ...options?.headers };
    return this.session.request(path, { ...options, headers });
  }

  /** What to tell the reader about a problem. */
  sentence({ code, seconds, until }) {
    const { t, language } = this.box;
    const values = { n: seconds, until: until && clock(until, language) };
    return t(SAID[code] ?? `problem.${code}`, values) ?? t("problem.unknown");
  }

  /** What stands in the place of a comment this reader does not want to see. */
  veil(view) {
    const { t } = this.box;
    if (view.vanished) return view.vanished;
    const { id, name } = view.comment.author;
    if (!this.overlay.muted.includes(id)) return null;
    const onclick = () => this.mute(view, false);
    const again = button(".link", { part: "mute-button", onclick }, t("unmute"));
    return h("span", null, t("muted", { name }), " ", again);
  }

  /** The buttons under a comment. */
  actions(view) {
    const { t, open } = this.box;
    const { status, author, likes, dislikes, appealed } = view.comment;
    const published = status === "published";
    const act = (deed, drawing, name = "") => {
      const word = t(deed);
      const label = `${word}, ${author.name}`;
      const onclick = () => this[deed](view);
      const attributes = { part: `${deed}-button`, "aria-label": label, onclick };
      const inside = drawing ? [icon(drawing), h("span.label", null, word)] : word;
      return button(`.quiet${name}`, attributes, inside);
    };
    const mute = () => act("mute", "mute", ".push");
    const free = !this.suspension;
    if (!this.box.user) return view.buttons();
    if (!view.own && free) {
      const buttons = view.buttons();
      buttons.at(-1).classList.remove("push");
      return buttons.toSpliced(-1, 0, mute());
    }
    const votes = (word, n, down) =>
      published && h("span.quiet.still", null, icon("like", down), hidden(t(word)), String(n));
    const counts = [votes("likes", likes), votes("dislikes", dislikes, true)];
    const own = () => [
      free && published && open && act("reply", "reply"),
      free && this.#editable(view) && act("edit"),
      status === "rejected" && !appealed && act("appeal"),
      act("delete"),
    ];
    return [...counts, ...(view.own ? own() : [mute()])].filter(Boolean);
  }

  /** Does something that may fail, and says so where it does; true when it worked. */
  async act(work) {
    this.alarm("");
    try {
      await work();
      return true;
    } catch (problem) {
      if (!problem.code) reportError(problem);
      if (problem.code === "account-suspended") this.suspend(problem);
      if (problem.name !== "AbortError") this.alarm(this.sentence(problem));
      return false;
    }
  }

  /** Says to everybody that something failed. */
  alarm(text) {
    const note = text && h("p.note.bad", null, icon("warn"), h("span", null, text));
    this.box.alert.replaceChildren(note);
  }

  /** Whether nobody is logged in; who then has asked for something is shown where to do so. */
  stranger() {
    const { box } = this;
    const { user, place } = box;
    if (user) return false;
    this.session.check();
    box.whisper(box.t("login.hint"));
    place.scrollIntoView({ block: "center", behavior: box.motion });
    place.querySelector("button").focus({ preventScroll: true });
    return true;
  }

  /** Likes or dislikes; pressing the same again takes it back. */
  async vote(view, value) {
    if (this.stranger()) return;
    const { overlay } = this;
    const { id, likes, dislikes } = view.comment;
    const before = overlay.votes[id] ?? 0;
    const after = before === value ? 0 : value;
    const show = (vote, counts) => {
      overlay.votes[id] = vote;
      this.#change(view, counts);
    };
    const send = async () => {
      const options = after ? { method: "PUT", body: { value } } : { method: "DELETE" };
      const path = `/api/v1/comments/${id}/vote`;
      // A reader who leaves at once has voted all the same.
      const counts = await this.request(path, { ...options, keepalive: true });
      if (overlay.votes[id] === after) show(after, counts);
    };
    show(after, {
      likes: likes + (after > 0) - (before > 0),
      dislikes: dislikes + (after < 0) - (before < 0),
    });
    const turn = (this.#turn = this.#turn.then(() => this.act(send)));
    if (!(await turn) && overlay.votes[id] === after) show(before, { likes, dislikes });
  }

  reply(view) {
    if (this.stranger()) return;
    const { t } = this.box;
    const { id: parent_id, author } = view.comment;
    this.#open(view, "reply", {
      label: t("reply.to", { name: author.name }),
      submit: t("reply.send"),
      parentId: parent_id,
      send: async (body, key, close) => {
        const reply = await this.post({ body, parent_id }, key);
        if (close()) reply.focus();
      },
    });
  }

  edit(view) {
    const { t } = this.box;
    const { id, body: text } = view.comment;
    this.#open(view, "edit", {
      label: t("edit.label"),
      submit: t("edit.save"),
      text,
      send: async (body, key, close) => {
        const options = { method: "PATCH", body: { body } };
        const answer = await this.request(`/api/v1/comments/${id}`, options);
        const left = !close();
        const shown = this.#change(view, { findings: [], ...answer });
        if (!left) shown.focus();
        this.announce(answer.status, "edited.done");
      },
    });
  }

  async delete(view) {
    const { box } = this;
    const { t } = box;
    const words = { title: t("delete.title"), text: t("delete.text"), action: t("delete") };
    if (!(await ask(box, { ...words, danger: true }))) return;
    await this.act(async () => {
      await this.request(`/api/v1/comments/${view.comment.id}`, { method: "DELETE" });
      this.#remove(this.#now(view));
      box.whisper(t("delete.done"));
    });
  }

  async report(view) {
    if (this.stranger()) return;
    const { box } = this;
    const { t } = box;
    const { id, author } = view.comment;
    const choices = REASONS.map((value, index) => {
      const radio = h("input", { type: "radio", name: "reason", value, checked: !index });
      return h("label.choice", null, radio, t(`report.reason-${value}`));
    });
    const field = h("textarea.field", { name: "note", rows: 2, dir: "auto" });
    const note = h("label", null, t("report.note"), field);
    const answer = await ask(box, {
      title: t("report.title", { name: author.name }),
      fields: [h("fieldset", null, h("legend", null, t("report.why")), choices), note],
      action: t("report"),
    });
    if (!answer) return;
    const body = answer.note ? answer : { reason: answer.reason };
    await this.act(async () => {
      await this.request(`/api/v1/comments/${id}/reports`, { method: "POST", body });
      box.say(t("report.done"));
      box.emit("report", { id });
    });
  }

  async appeal(view) {
    if (!(await this.askAgain(view.comment.id))) return;
    this.#change(view, { appealed: true }).focus();
  }

  /** Hides an author's comments from this reader, or shows them again. */
  mute(view, on = true) {
    const { box, overlay } = this;
    const { id, name } = view.comment.author;
    return this.act(async () => {
      await this.request(`/api/v1/me/mutes/${id}`, { method: on ? "PUT" : "DELETE" });
      const others = overlay.muted.filter((user) => user !== id);
      overlay.muted = on ? [...others, id] : others;
      await box.thread.refresh();
      this.#now(view).main.querySelector("button")?.focus();
      if (on) box.whisper(box.t("muted", { name }));
    });
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
    const text = t("appeal.why");
    const attributes = { name: "text", rows: 4, dir: "auto", required: true, "aria-label": text };
    const fields = h("textarea.field", attributes, this.#texts.get(id));
    const body = await ask(box, { title: t("appeal"), text, fields, action: t("appeal.send") });
    const send = async () => {
      this.#texts.set(id, body.text);
      await this.request(`/api/v1/me/comments/${id}/appeal`, { method: "POST", body });
      this.#texts.delete(id);
      box.say(t("appeal.done"));
    };
    return body ? this.act(send) : false;
  }

  #editable({ comment: { status, created_at } }) {
    const { edit_window_seconds: most } = this.box.settings;
    const young = now() - Date.parse(created_at) < most * 1000;
    return young && (status === "published" || status === "held");
  }

  /** Puts an open form under its comment again, when the thread was loaded anew. */
  placeForm() {
    this.#form?.place();
  }

  /** Closes the form, and forgets what was written in any: somebody else is there now. */
  forgetForms() {
    this.#form?.close();
    this.#texts.clear();
  }

  /** Opens a form under a comment, one at a time, and gives the focus back when it closes. */
  #open(view, deed, options) {
    const key = `${deed} ${view.comment.id}`;
    const texts = this.#texts;
    if (this.#form?.key === key) return this.#form.focus();
    this.#form?.close(true);
    const close = (keep) => {
      if (keep !== true) texts.delete(key);
      if (this.#form !== form) return false;
      const { main } = this.#now(view);
      this.#form = null;
      editor.element.remove();
      main.hidden = false;
      main.querySelector(`[part=${deed}-button]`)?.focus();
      return true;
    };
    const editor = new Editor(this, {
      ...options,
      text: texts.get(key) ?? options.text,
      changed: (text) => texts.set(key, text),
      send: (text, attempt) => options.send(text, attempt, close),
      cancel: close,
    });
    editor.element.className = "below";
    const place = () => {
      const { main } = this.#now(view);
      if (main.nextElementSibling === editor.element) return;
      main.hidden = deed === "edit";
      main.after(editor.element);
    };
    const form = { key, close, place, focus: () => editor.focus() };
    this.#form = form;
    place();
    editor.focus();
  }

  /** The view of a comment in the thread as it is now, which may have been loaded since. */
  #now(view) {
    return this.box.thread.views.get(view.comment.id) ?? view;
  }

  /** Draws a comment with what is new about it. */
  #change(view, news) {
    const shown = this.#now(view);
    shown.comment = { ...shown.comment, ...news };
    this.track(shown.comment);
    shown.refresh();
    return shown;
  }

  /** Takes a deleted comment away and puts the focus on the next one, else on the heading. */
  #remove(view) {
    const { thread, title } = this.box;
    const { element, comment } = view;
    if (thread.views.get(comment.id) !== view) return; // Asked for twice.
    this.track({ ...comment, status: "deleted" });
    const near = thread.viewOf(element.nextElementSibling ?? element.previousElementSibling);
    if (comment.status === "published") thread.count(-1);
    if (comment.reply_count)
      return this.#change(view, { status: "deleted", author: null, body: null }).focus();
    thread.views.delete(comment.id);
    element.remove();
    const root = comment.parent_id && thread.views.get(comment.root_id);
    if (root && comment.status === "published") root.comment.reply_count -= 1;
    thread.finish();
    (near ?? root ?? { focus: () => title.focus() }).focus();
  }
}
