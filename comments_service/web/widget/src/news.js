// Looks for what is new while the thread is looked at. New comments are offered with a button, and
// what was taken away leaves its place: nothing ever moves under the reader's eyes.

import { button, h, icon } from "./dom.js";

const OFTEN = 15_000;
const SELDOM = 60_000;
/** Comments that are asked for by themselves at a time. */
const DOUBTS = 10;

const GONE = ["not-found", "gone"];

/** Comments on show that a newer first page should tell of and does not. */
const missing = ({ sort, comments, next_cursor }, views, fewer) => {
  const told = new Map();
  for (const root of comments) for (const each of [root, ...root.replies]) told.set(each.id, each);
  const edge = next_cursor && comments.at(-1).created_at;
  const within = { newest: (at) => at > edge, oldest: (at) => at < edge, popular: () => fewer };
  return [...views.values()].filter(({ comment, vanished }) => {
    const { id, root_id, parent_id, status, created_at } = comment;
    if (vanished || status !== "published") return false;
    if (told.has(id)) return told.get(id).status !== "published";
    if (!parent_id) return !edge || within[sort](created_at);
    return told.get(root_id)?.reply_count < views.get(root_id)?.comment.reply_count;
  });
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
    this.#observer = new IntersectionObserver(([{ isIntersecting }]) => {
      this.#seen = isIntersecting;
      this.#schedule();
    });
    this.#observer.observe(this.#box.root);
    document.addEventListener("visibilitychange", this.#wake);
  }

  stop() {
    clearTimeout(this.#timer);
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

  /** Takes away the words of comments that are gone, one of those a newer page misses at a time. */
  async #clear(page) {
    const { thread, article } = this.#box;
    const fewer = page.article.comment_count < article.comment_count;
    for (const view of missing(page, thread.views, fewer).slice(0, DOUBTS)) {
      const { id } = view.comment;
      const { status } = await this.#box
        .read(`/api/v1/comments/${id}`)
        .catch(({ code }) => ({ status: GONE.includes(code) ? "unknown" : "published" }));
      if (status !== "published" && thread.views.get(id) === view) this.#vanish(view, status);
    }
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
    const { notice } = this.#box;
    if (n <= 0) return notice.replaceChildren();
    if (notice.textContent === words) return;
    const attributes = { part: "new-comments-button", onclick: load };
    notice.replaceChildren(button(".btn.news", attributes, icon("arrow"), words));
    this.#box.whisper(words);
  }
}
