// The comment box: its frame, what it knows of site and article, and its questions to the
// service. element.js is its public face; writing.js its second half, for those who take part.

import { request, SERVICE } from "./api.js";
import { expected, tokenKey } from "./arrival.js";
import { button, h, hidden, icon } from "./dom.js";
import { translator } from "./i18n.js";
import { begun, loadWriting } from "./second.js";
import { Thread } from "./thread.js";

const SLOW = 5000;
const LINGER = 15_000;
export const SORTS = ["newest", "oldest", "popular"];

/**
 * One box in a shadow root.
 *
 * options: `site`, `article` (its key), `url`, `title`, `language`, `level` (of the heading),
 * `sort`, `limit` (comments a page), `readonly`, `avatars`, `persist`, and
 * `emit(name, detail, cancelable)`, which tells the host page and returns false where it objected.
 */
export class Box {
  state = "idle";
  settings = { providers: [] };
  limit = Infinity;
  article = null;
  writing = null;
  place = h("div");
  loaded = null;
  alert = h("div", { role: "alert" });
  notice = h("div.notice");
  #shadow;
  #status = h("div", { part: "status", role: "status" });
  #loading;
  #coming;
  #patience;
  #life = new AbortController();

  constructor(shadow, options) {
    const { signal } = this;
    const { language, level, site } = options;
    const join = () => this.join();
    this.#shadow = shadow;
    this.options = options;
    this.emit = options.emit;
    this.language = language;
    this.t = translator(language);
    this.heading = (below) => `h${Math.min(6, level + below)}`;
    this.thread = new Thread(this);
    this.title = h(`${this.heading(0)}.count`, { part: "count", tabindex: -1 }, this.t("comments"));
    this.root = h(
      "div.root",
      { part: "root", lang: language },
      h("div.header", { part: "header" }, this.title, this.#sorter()),
      this.place,
      this.#status,
      this.alert,
      this.notice,
      this.thread.list,
      this.thread.tail,
    );
    for (const approach of ["pointerover", "focusin"])
      this.root.addEventListener(approach, join, { once: true });
    addEventListener("storage", ({ key }) => key === tokenKey(site) && join(), { signal });
    addEventListener("social-comments:login", join, { signal });
    addEventListener("online", () => this.state === "error" && this.load(), { signal });
    this.thread.wait();
    this.draw();
    if (expected(site) || begun()) join();
  }

  /** Ends when the box does. */
  get signal() {
    return this.#life.signal;
  }

  /** Whether comments may be written. */
  get open() {
    return !this.options.readonly && this.article?.status !== "closed";
  }

  /** {id, name, provider, avatar_url} of who is logged in. */
  get user() {
    return this.writing?.session.user;
  }

  get focused() {
    return this.#shadow.activeElement;
  }

  get motion() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  }

  /** Stops everything: requests, timers, listeners. */
  close() {
    this.#life.abort();
    this.#loading?.abort();
    clearTimeout(this.#patience);
  }

  /** Loads the first page, or the one that `query` says; `state` tells how it went. */
  load(query) {
    return (this.loaded = this.#load(query));
  }

  async #load(query) {
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    const slow = setTimeout(() => this.thread.slow(), SLOW);
    this.state = "loading";
    this.thread.wait();
    try {
      const page = await this.page(query, { signal }).finally(() => clearTimeout(slow));
      this.whisper("");
      this.#learn(page);
      await this.thread.show(page);
      await this.#coming;
      if (signal.aborted) return;
      this.state = "ready";
      const { site, article } = this.options;
      this.emit("ready", { site, article, count: this.article.comment_count });
      this.writing?.follow();
      this.#patience = setTimeout(() => this.join(), LINGER);
    } catch (problem) {
      if (signal.aborted) return;
      const { code = "unknown", status = 500 } = problem;
      if (!problem.code) reportError(problem);
      this.state = "error";
      this.whisper("");
      this.thread.fail(code === "offline");
      this.emit("error", { code, retryable: status >= 500 });
    }
  }

  /** Loads anew where the reader asked for it with a button that will not be there any more. */
  reload() {
    this.title.focus();
    return this.load();
  }

  /** A page of the article's comments. */
  page(query, options) {
    const { site, article, sort, limit } = this.options;
    return this.read("/api/v1/comments", { site, article, sort, limit, ...query }, options);
  }

  /** Asks anew: `stale-while-revalidate` would have a reload show less than the reader just saw. */
  read(path, query, options) {
    return request(path, { query, signal: this.signal, cache: "no-cache", ...options });
  }

  /** The second half, which only comes when somebody comes near, and is null where it cannot. */
  join() {
    this.#coming ??= loadWriting().then(
      ({ Writing }) => {
        if (this.signal.aborted) return null;
        this.writing = new Writing(this);
        // For a stranger nothing changes, and a button replaced under a finger loses its press.
        if (expected(this.options.site) || this.user) {
          this.draw();
          this.thread.refresh();
        }
        if (this.state === "ready") this.writing.follow();
        return this.writing;
      },
      () => {
        this.#coming = null;
        this.say(this.t("problem.unknown"));
      },
    );
    return this.#coming;
  }

  /** Does something of the second half's. */
  async do(deed, ...subject) {
    return (await this.join())?.[deed](...subject);
  }

  /** Opens a login: at once where it can, because a popup wants the reader's own press. */
  login(provider) {
    if (this.writing) this.writing.login(provider);
    else this.do("login", provider);
  }

  /** Says something to screen readers alone. */
  whisper(text) {
    this.#status.replaceChildren(hidden(text));
  }

  /** Says something to everybody, and returns where it stands. */
  say(...words) {
    const note = h("p.note", null, words);
    this.#status.replaceChildren(note);
    return note;
  }

  /** Where the policy, or one clause of it, can be read. */
  policy(clause) {
    const site = encodeURIComponent(this.options.site);
    return `${SERVICE}/policy/${site}?lang=${this.language}${clause ? `#clause-${clause}` : ""}`;
  }

  showCount(n) {
    this.article.comment_count = n;
    this.title.textContent = this.t(n ? "comments.count" : "comments", { n });
    this.emit("count", { count: n });
  }

  /** Draws the place where one writes, logs in, or reads why neither. */
  draw() {
    const { t, article, open, options, user } = this;
    const closed = () => h("p.closed", null, icon("lock"), h("span", null, t("closed")));
    const known = article && !user && !(expected(options.site) && !this.writing);
    const drawn =
      article && !open
        ? this.frame(closed())
        : user
          ? this.writing.place()
          : this.#loginBox(known);
    // Who writes already, before the thread has come, would lose the focus.
    if (drawn === this.place.firstChild) return;
    const held = this.place.contains(this.focused);
    this.place.replaceChildren(drawn);
    if (held) this.title.focus();
  }

  /** The box: an upper part, and the foot with help and policy in one place in every state. */
  frame(top, part, ...end) {
    const foot = h("div.foot", null, this.links(), end);
    return h("div.box", { part }, h("div.top", null, top), foot);
  }

  links() {
    const { t } = this;
    const onclick = () => this.do("explain", help);
    const attributes = { part: "help", "aria-expanded": "false", onclick };
    const help = button(".link", attributes, icon("help"), t("help"));
    const policy = { part: "policy-link", href: this.policy(), target: "_blank", rel: "noopener" };
    return [help, h("a", policy, t("policy"))];
  }

  #learn({ site, article }) {
    const drawn = this.article?.status;
    this.settings = site;
    this.limit = site.limit;
    this.article = article;
    this.showCount(article.comment_count);
    if (drawn !== article.status) this.draw();
    this.writing?.recount();
  }

  #loginBox(known) {
    const { t, limit } = this;
    const { name: publisher, providers } = this.settings;
    const choose = (provider) => {
      const part = `login-button login-${provider === "twitter" ? "x" : provider}`;
      const onclick = () => this.login(provider);
      const name = t(`provider.${provider}`);
      return button(`.btn.${provider}`, { part, onclick }, icon(provider), name);
    };
    const title = () => h("span", null, t("login.title", { publisher }));
    const call = () => [
      h(`${this.heading(1)}.call`, null, icon("lock"), title()),
      h("p", null, t("login.hint")),
      h("div.providers", null, providers.map(choose)),
    ];
    const wait = () => [h("div.sk"), h("div.sk"), h("div.sk")];
    const counter = known && t("counter", { count: 0, limit });
    return this.frame(
      h("div.login", null, known ? call() : wait()),
      "login",
      h("span.end", null, h("span.counter", { part: "counter" }, counter)),
    );
  }

  #sorter() {
    const { t, options } = this;
    const choice = (value) =>
      h("option", { value, selected: value === options.sort }, t(`sort.${value}`));
    const onchange = () => {
      options.sort = select.value;
      this.load();
    };
    const select = h("select", { part: "sort", onchange }, SORTS.map(choice));
    return h("label.sort", null, hidden(t("sort")), select, icon("down"));
  }
}
