// One comment as everybody sees it: who, when, what, and its replies. What a logged-in reader can
// do about it comes from deeds.js.

import { button, h, hidden, icon } from "./dom.js";
import { ago, clock } from "./time.js";

/** The picture beside a name: its first letter, or the reader's own where the page allows. */
export const avatar = (box, { name, avatar_url: src, badges = [] }, size = "") =>
  src && box.options.avatars
    ? h(`img.ava${size}`, { src, alt: "", loading: "lazy", referrerpolicy: "no-referrer" })
    : h(`span.ava${size}${badges.length ? ".desk" : ""}`, { "aria-hidden": "true" }, [...name][0]);

/** The mark of the provider that vouches for a name. */
export const providerMark = ({ t }, provider) =>
  provider && [icon(provider), hidden(t(`provider.${provider}`))];

/** A comment in its list item; its `replies` below, and the `cursor` to more of them. */
export class CommentView {
  main = h("div");
  element;
  replies;
  cursor;
  #thread;
  #article;
  #time;
  #more;

  constructor(thread, comment) {
    const { id, replies = [] } = comment;
    this.#thread = thread;
    this.box = thread.box;
    this.comment = comment;
    this.#article = h("article", { tabindex: -1, id: `comment-${id}` }, this.main);
    this.element = h("li", null, this.#article);
    this.refresh();
    for (const reply of replies) this.addReply(reply);
  }

  get own() {
    const { user } = this.box;
    return Boolean(user) && user.id === this.comment.author?.id;
  }

  /** Unless the reader has begun to write meanwhile. */
  focus() {
    const { focused } = this.box;
    if (focused?.localName === "textarea" && focused.value) return;
    this.#article.scrollIntoView({ block: "nearest", behavior: this.box.motion });
    this.#article.focus({ preventScroll: true });
  }

  /** Draws the comment again, its replies and an open form untouched, the focus kept in place. */
  refresh() {
    const { comment, main, own } = this;
    const focused = main.contains(this.box.focused) && this.box.focused.getAttribute("part");
    const kind = own ? comment.status : "";
    this.#article.className = `comment ${kind}`;
    this.#article.setAttribute("part", own ? `comment comment-own comment-${kind}` : "comment");
    this.#article.setAttribute("aria-labelledby", `by-${comment.id} at-${comment.id}`);
    main.replaceChildren(...this.#content().filter(Boolean));
    if (focused !== false) (main.querySelector(`[part="${focused}"]`) ?? this.#article).focus();
  }

  /** Sets the time right. */
  tick() {
    if (this.#time) this.#time.textContent = this.#ago();
  }

  /** Puts a reply below, where it is not there already. */
  addReply(reply) {
    const { box } = this;
    const { t } = box;
    if (this.#thread.views.has(reply.id)) return;
    if (!this.replies) {
      this.replies = h("ul.replies", { role: "list" });
      this.#more = button(".link", { part: "more", onclick: () => box.do("moreReplies", this) });
      this.#article.append(h("div.thread", { part: "replies" }, this.replies, this.#more));
    }
    this.replies.append(this.#thread.view(reply).element);
    this.countReplies();
  }

  /** Says how many replies are not shown yet, and returns how many. */
  countReplies() {
    const shown = [...(this.replies?.children ?? [])].filter(
      (item) => this.#thread.viewOf(item)?.comment.status === "published",
    );
    const n = this.cursor === null ? 0 : Math.max(0, this.comment.reply_count - shown.length);
    if (!this.#more) return n;
    const { author, reply_count } = this.comment;
    const all = Math.max(reply_count, this.replies.children.length);
    this.replies.ariaLabel = this.box.t(author ? "replies.to" : "replies", { ...author, n: all });
    this.#more.hidden = !n;
    this.#more.textContent = this.box.t("replies.more", { n });
    return n;
  }

  #content() {
    const { box, comment } = this;
    const { author, pinned, status } = comment;
    const { t, writing } = box;
    const note = author ? writing?.veil(this) : t(`gone.${status}`);
    this.#time = null;
    const nobody = () => h("span.ava", { "aria-hidden": "true" }, "–");
    if (note) return [nobody(), h("p.body.gone", null, note)];
    return [
      pinned && h("p.pin", null, icon("pin"), t("pinned")),
      avatar(box, author),
      this.#byline(),
      writing?.body(this) ?? this.text(comment.body),
      h("div.actions", { part: "actions" }, writing?.actions(this) ?? this.buttons()),
    ];
  }

  #byline() {
    const { box, comment, own } = this;
    const { t, language } = box;
    const { id, author, created_at, edited_at, depth, permalink } = comment;
    const title = clock(created_at, language);
    this.#time = h("time", { datetime: created_at, title }, this.#ago());
    return h(
      "div.by",
      null,
      h(box.heading(depth + 1), { part: "author", id: `by-${id}` }, h("bdi", null, author.name)),
      own && h("span.tag", null, t("you")),
      author.badges?.length > 0 && h("span.tag.staff", null, t("staff")),
      own && box.writing?.tag(this),
      providerMark(box, author.provider),
      h("a", { part: "time", id: `at-${id}`, href: permalink }, this.#time),
      edited_at && h("span.meta", null, t("edited", { time: clock(edited_at, language, true) })),
    );
  }

  #ago() {
    return ago(this.comment.created_at, this.box.language, this.box.t("now"));
  }

  /** The text, after the name of whom it answers where that is not the comment it stands under. */
  text(nodes) {
    const { parent_id, root_id } = this.comment;
    const name = parent_id !== root_id && this.#thread.views.get(parent_id)?.comment.author?.name;
    const to = name && h("span.to", null, `@${name} `);
    return h("p.body", { part: "body", dir: "auto" }, to, nodes);
  }

  /** The buttons every reader sees under another's comment. */
  buttons() {
    const { box } = this;
    const { t, open } = box;
    const act = (deed, drawing, name = "") => {
      const label = `${t(deed)}, ${this.comment.author.name}`;
      const onclick = () => box.do(deed, this);
      const attributes = { part: `${deed}-button`, "aria-label": label, onclick };
      return button(`.quiet${name}`, attributes, icon(drawing), h("span.label", null, t(deed)));
    };
    return [
      this.#vote("like", 1),
      this.#vote("dislike", -1),
      open && act("reply", "reply"),
      act("report", "flag", ".push"),
    ].filter(Boolean);
  }

  #vote(deed, value) {
    const { author, id, [`${deed}s`]: n } = this.comment;
    const { t, writing, language } = this.box;
    return button(
      ".quiet",
      {
        part: `${deed}-button`,
        "aria-pressed": String(writing?.overlay.votes[id] === value),
        "aria-label": t(`${deed}.of`, { name: author.name, n }),
        onclick: () => this.box.do("vote", this, value),
      },
      icon("like", value < 0),
      n.toLocaleString(language),
    );
  }
}
