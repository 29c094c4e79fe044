// Looks for new comments while the thread is looked at, and offers them with a button: nothing
// ever moves under the reader's eyes.

import { button, h, icon } from "./dom.js";

const OFTEN = 15_000;
const SELDOM = 60_000;

/** The notice "3 new comments" of a box. Asks every 15 s, down to once a minute without change. */
export class News {
  #box;
  #timer;
  #pause = OFTEN;
  #version;
  #seen = false;
  #observer;
  #wake = () => this.#schedule();

  constructor(box) {
    this.#box = box;
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
    try {
      const page = await this.#box.page();
      const { version } = page.article;
      this.#pause = version === this.#version ? Math.min(2 * this.#pause, SELDOM) : OFTEN;
      this.#version = version;
      this.#show(this.#box.thread.unseen(page));
    } catch {
      this.#pause = SELDOM;
    }
    this.#schedule();
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
    notice.replaceChildren(button(".btn.wide.news", attributes, icon("arrow"), words));
    this.#box.whisper(words);
  }
}
