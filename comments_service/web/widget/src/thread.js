// The article's comments in order: pages of them, or what stands there when there are none.

import { button, h, hidden, icon } from "./dom.js";
import { CommentView } from "./comment.js";

/** The usual first page is drawn at once; beyond, for so many ms between whatever else is to do. */
const AT_ONCE = 20;
const SLICE = 4;

const pause = () => new Promise((resolve) => setTimeout(resolve));

/**
 * The list of comments of a box. `views` are the comments shown, by id; `cursor` leads to the next
 * page, `earlier` to the one before the first shown.
 */
export class Thread {
  list = h("ul.list", { part: "list", role: "list" });
  tail = h("div");
  views = new Map();
  cursor;
  earlier;
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
    const lines = () => h("div", null, h("div.sk"), h("div.sk"), h("div.sk"));
    const grey = () => h("div.comment.wait", null, h("div", null, h("span.ava.sk"), lines()));
    this.list.ariaBusy = "true";
    this.list.append(
      h("li", null, hidden(this.box.t("loading"))),
      ...[1, 2, 3].map(() => h("li", null, grey())),
    );
  }

  /** Says that it takes long, in the place of the first grey lines, and offers to ask again. */
  slow() {
    const { t } = this.box;
    const retry = { part: "retry-button", onclick: () => this.box.reload() };
    const words = h("p.body.gone", null, `${t("slow")} `, button(".link", retry, t("retry")));
    this.list.querySelector("div > div > div").replaceWith(words);
    this.box.whisper(t("slow"));
  }

  /** Shows a page in place of whatever was there; on the first, what is pinned comes first. */
  show(page) {
    const { comments, article, previous_cursor } = page;
    this.#clear();
    this.#known = article.comment_count;
    this.earlier = previous_cursor;
    const sorted = comments.toSorted((a, b) => b.pinned - a.pinned);
    return this.append({ ...page, comments: previous_cursor ? comments : sorted });
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
        h(`${this.box.heading(1)}.said`, null, t("failed")),
        h("p", null, t(offline ? "failed.offline" : "problem.unknown")),
        button(".btn", { part: "retry-button", onclick: () => this.box.reload() }, t("retry")),
      ),
    );
  }

  /** Draws all comments again; what stands below only where it is known. */
  async refresh() {
    const drawn = await this.#inTurns([...this.views.values()], (view) => view.refresh());
    if (drawn && this.box.state === "ready") this.finish();
  }

  /** Does something for each, a few at a time; false where another thread has taken the place. */
  async #inTurns(all, work) {
    const { views } = this;
    let left = views.size ? 0 : AT_ONCE;
    let begun = performance.now();
    for (const each of all) {
      if (--left < 0 && performance.now() - begun > SLICE) {
        await pause();
        begun = performance.now();
      }
      if (this.views !== views) return false;
      work(each);
    }
    return true;
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

  /** What stands below the list: more, or that there is nothing yet. */
  finish() {
    const { t, open, heading } = this.box;
    const shown = this.views.size;
    const all = Math.max(this.#known, shown);
    const invitation = open && h("p", null, t("empty.first"));
    const blank = () =>
      h("div.blank", null, icon("talk"), h(`${heading(1)}.said`, null, t("empty")), invitation);
    const load = { part: "more", onclick: () => this.box.do("more") };
    const more = () => button(".btn.wide", load, t("more", { shown, all }));
    this.tail.replaceChildren(...(!shown ? [blank()] : this.cursor ? [more()] : []));
  }

  #clear() {
    this.views = new Map();
    this.list.replaceChildren();
    this.tail.replaceChildren();
    this.list.ariaBusy = null;
  }

  /** Adds a page's comments, those already here left out; before an item, else at the end. */
  async append({ comments, next_cursor }, before = null) {
    const add = (comment) => {
      if (!this.views.has(comment.id)) this.list.insertBefore(this.view(comment).element, before);
    };
    if (!(await this.#inTurns(comments, add))) return;
    if (!before) this.cursor = next_cursor;
    this.box.writing?.placeOwn();
    this.finish();
  }
}
