// Looks for what is new while the thread is looked at. New comments are offered with a button, and
// what was taken away leaves its place: nothing ever moves under the reader's eyes.

import { button, h, icon } from "./dom.js";

const OFTEN = 15_000;
const SELDOM = 60_000;
/**
 * What became of comments on show, by view, where a newer first page lets one know: their new
 * status, or "unknown" where they are just gone. The reader's own are left alone, since one just
 * written may not be in that page yet.
 */
const missing = async ({ sort, comments, next_cursor }, views, moreOf) => {
  const gone = new Map();
  const told = new Map(comments.map((root) => [root.id, root]));
  const edge = next_cursor && comments.at(-1).created_at;
  const within = { newest: (at) => at > edge, oldest: (at) => at < edge, popular: () => false };
  const shown = [...views.values()].filter(
    ({ own, vanished, comment }) => !own && !vanished && comment.status === "published",
  );
  for (const view of shown) {
    const { id, parent_id, created_at } = view.comment;
    const status = told.get(id)?.status;
    if (parent_id || status === "published") continue;
    if (status || !edge || within[sort](created_at)) gone.set(view, status ?? "unknown");
  }
  for (const [id, { reply_count }] of told) {
    if (!(reply_count < views.get(id)?.comment.reply_count)) continue;
    const { items, next_cursor: more } = await moreOf(id);
    const still = new Set(items.map((reply) => reply.id));
    const end = more && items.at(-1).created_at;
    for (const view of shown) {
      const { comment } = view;
      const known = comment.parent_id && comment.root_id === id;
      if (known && !still.has(comment.id) && (!end || comment.created_at <= end))
        gone.set(view, "unknown");
    }
  }
  return gone;
};

/** The notice "3 new comments" of a box. Asks every 15 s, down to once a minute without change. */
export class News {
  #box;
  #timer;
  #pause = OFTEN;
  #version;
  #seen = false;
  #observer;
  #rooms = new CSSStyleSheet();
  #wake = () => this.#schedule();

  constructor(box) {
    this.#box = box;
    box.root.getRootNode().adoptedStyleSheets.push(this.#rooms);
  }

  start() {
    this.stop();
    this.#pause = OFTEN;
    this.#observer = new IntersectionObserver((records) => {
      this.#seen = records.at(-1).isIntersecting;
      this.#schedule();
    });
    this.#observer.observe(this.#box.root);
    document.addEventListener("visibilitychange", this.#wake);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#seen = false;
    this.#observer?.disconnect();
    document.removeEventListener("visibilitychange", this.#wake);
    this.#box.notice.replaceChildren();
  }

  #schedule() {
    clearTimeout(this.#timer);
    if (this.#seen && !document.hidden) this.#timer = setTimeout(() => this.#ask(), this.#pause);
  }

  /** The first page again: the browser's cache makes the request conditional, with no preflight. */
  async #ask() {
    const { thread } = this.#box;
    try {
      const page = await this.#box.page();
      const { version } = page.article;
      this.#pause = version === this.#version ? Math.min(2 * this.#pause, SELDOM) : OFTEN;
      if (version !== this.#version) await this.#clear(page);
      this.#version = version;
      this.#show(thread.unseen(page));
    } catch {
      this.#pause = SELDOM;
    }
    this.#schedule();
  }

  /** Takes away the words of comments that are gone. */
  async #clear(page) {
    const { thread, article } = this.#box;
    const { views } = thread;
    if (page.article.version <= article.version) return;
    const replies = (id) => this.#box.read(`/api/v1/comments/${id}/replies`, { limit: 100 });
    const gone = await missing(page, views, replies);
    if (thread.views === views) for (const [view, status] of gone) this.#vanish(view, status);
  }

  /** Puts a sentence in the place of a comment, as high as the comment was. */
  #vanish(view, status) {
    const { t, thread, focused } = this.#box;
    const { element, main, comment } = view;
    const height = () => element.getBoundingClientRect().height;
    const before = height();
    const held = main.contains(focused);
    view.vanished = t(`gone.${status}`) ?? t("problem.gone");
    view.refresh();
    const note = main.querySelector(".gone");
    const room = note.getBoundingClientRect().height + before - height();
    const place = CSS.escape(element.firstElementChild.id);
    this.#rooms.insertRule(`#${place} > div > .gone { min-block-size: ${room}px }`);
    if (held) view.focus();
    thread.count(-1);
    if (comment.parent_id) thread.views.get(comment.root_id).comment.reply_count -= 1;
  }

  #show(n) {
    const words = this.#box.t("news", { n });
    const load = async () => {
      await this.#box.load();
      this.#box.thread.viewOf(this.#box.thread.list.firstElementChild)?.focus();
    };
    const { notice, title, focused } = this.#box;
    const held = notice.contains(focused);
    if (n <= 0) {
      if (held) title.focus();
      return notice.replaceChildren();
    }
    if (notice.textContent === words) return;
    const attributes = { part: "new-comments-button", onclick: load };
    notice.replaceChildren(button(".btn.news", attributes, icon("arrow"), words));
    if (held) notice.firstChild.focus();
    this.#box.whisper(words);
  }
}
