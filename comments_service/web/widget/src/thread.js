// The article's comments in order: pages of them, and what stands in their place when there are none.

import { button, h, hidden, icon } from "./dom.js";
import { CommentView } from "./comment.js";

const CHUNK = 25;

const breath = () => globalThis.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));

/** The list of comments of a box; `views` are the comments shown, by id. */
export class Thread {
  list = h("ul.list", { part: "list", role: "list" });
  tail = h("div");
  views = new Map();
  #cursor;
  #known;

  constructor(box) {
    this.box = box;
  }

  /** The view in a list item. */
  viewOf(item) {
    return this.views.get(item?.firstElementChild?.id.slice("comment-".length));
  }

  /** Makes the view of a comment and remembers it. */
  view(comment) {
    const view = new CommentView(this, comment);
    this.views.set(comment.id, view);
    return view;
  }

  /** Grey lines in the place of comments to come. */
  wait() {
    this.#clear();
    const lines = () => [h("span.ava.sk"), h("div", null, h("div.sk"), h("div.sk"), h("div.sk"))];
    this.list.ariaBusy = "true";
    this.list.append(
      h("li", null, hidden(this.box.t("loading"))),
      ...[1, 2, 3].map(() => h("li", null, h("div.comment.wait", null, ...lines()))),
    );
  }

  /** Shows a page in place of whatever was there. */
  async show(page, signal) {
    this.#clear();
    this.#known = page.article.comment_count;
    await this.#append(page, signal);
    if (page.previous_cursor) this.list.prepend(this.#earlier(page.previous_cursor));
  }

  /** Says that nothing could be loaded, and offers to try again. */
  fail(offline) {
    const { t } = this.box;
    this.#clear();
    this.tail.replaceChildren(
      h(
        "div.blank",
        { part: "error", role: "alert" },
        icon("warn"),
        h(this.box.heading(1), null, t("failed")),
        h("p", null, t(offline ? "failed.offline" : "problem.unknown")),
        button(".btn", { part: "retry-button", onclick: () => this.box.reload() }, t("retry")),
      ),
    );
  }

  refresh() {
    for (const view of this.views.values()) view.refresh();
    this.finish();
  }

  tick() {
    for (const view of this.views.values()) view.tick();
  }

  /** Counts a comment more or less. */
  count(change) {
    this.#known += change;
    this.box.showCount(this.#known);
  }

  /** How many comments a newer page tells of that this reader has not been shown. */
  unseen(page) {
    return page.article.comment_count - this.#known;
  }

  /** Focuses a comment, loading the replies it is among; false where it is not on this page. */
  async reveal(id) {
    if (!this.views.has(id)) {
      const { root_id } = await this.box.read(`/api/v1/comments/${id}`);
      await this.views.get(root_id)?.reveal(id);
    }
    this.views.get(id)?.focus();
    return this.views.has(id);
  }

  /** What stands below the list: more, or that there is nothing yet. */
  finish() {
    const { t, open, heading } = this.box;
    const shown = this.views.size;
    const all = Math.max(this.#known, shown);
    const blank = () =>
      h("div.blank", null, icon("talk"), h(heading(1), null, t("empty")), open && h("p", null, t("empty.first")));
    const more = () =>
      button(".btn.wide", { part: "more", onclick: () => this.#more() }, t("more", { shown, all }));
    this.tail.replaceChildren(...(!shown ? [blank()] : this.#cursor ? [more()] : []));
  }

  #clear() {
    this.views.clear();
    this.list.replaceChildren();
    this.tail.replaceChildren();
    this.list.ariaBusy = null;
  }

  /** Adds a page's comments, with pauses so that typing never stutters. */
  async #append({ comments, next_cursor }, signal, before = null) {
    for (const [index, comment] of comments.entries()) {
      if (index % CHUNK === CHUNK - 1) await breath();
      if (signal?.aborted) return;
      if (!this.views.has(comment.id)) this.list.insertBefore(this.view(comment).element, before);
    }
    if (!before) this.#cursor = next_cursor;
    this.box.writing?.placeOwn();
    this.finish();
  }

  #more() {
    return this.box.act(async () => {
      const last = this.list.lastElementChild;
      await this.#append(await this.box.page({ cursor: this.#cursor }));
      this.viewOf(last.nextElementSibling)?.focus();
    });
  }

  #earlier(cursor) {
    const load = () =>
      this.box.act(async () => {
        const page = await this.box.page({ cursor });
        const first = item.nextElementSibling;
        await this.#append(page, null, first);
        this.viewOf(item.nextElementSibling)?.focus();
        item.replaceWith(...(page.previous_cursor ? [this.#earlier(page.previous_cursor)] : []));
      });
    const words = this.box.t("earlier");
    const item = h("li", null, button(".btn.wide", { part: "more", onclick: load }, words));
    return item;
  }
}
