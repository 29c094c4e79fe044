// The comment box: its frame, what it knows of site, article and reader, and its conversation
// with the service. element.js is its public face, writing.js its second half.

import { request, Problem, SERVICE } from "./api.js";
import { button, h, hidden, icon } from "./dom.js";
import { translator } from "./i18n.js";
import { News } from "./news.js";
import { loadWriting } from "./second.js";
import { Session } from "./session.js";
import { Thread } from "./thread.js";

const SLOW = 5000;

/** What only one reader sees, as long as nobody is known. */
const nobody = () => ({ votes: {}, held: [], rejected: [], muted: [], can: [] });

/**
 * One box in a shadow root.
 *
 * options: `site`, `article` (its key), `url`, `title`, `language`, `level` (of the heading),
 * `sort`, `limit` (comments a page), `readonly`, `avatars`, `persist`, and
 * `emit(name, detail, cancelable)`, which tells the host page and returns false where it objected.
 */
export class Box {
  state = "idle";
  settings = { sorts: ["newest", "oldest", "popular"], providers: [] };
  limit = Infinity;
  overlay = nobody();
  article = null;
  writing = null;
  place = h("div");
  #shadow;
  #status = h("div", { part: "status", role: "status" });
  #alert = h("div", { role: "alert" });
  #news = new News(this);
  #loading;
  #coming;
  #life = new AbortController();

  constructor(shadow, options) {
    const { signal } = this.#life;
    const { language, level } = options;
    this.#shadow = shadow;
    this.options = options;
    this.emit = options.emit;
    this.language = language;
    this.avatars = options.avatars;
    this.t = translator(language);
    this.heading = (below) => `h${Math.min(6, level + below)}`;
    this.session = Session.of(options.site, options.persist);
    this.thread = new Thread(this);
    this.title = h(`${this.heading(0)}.count`, { part: "count", tabindex: -1 }, this.t("comments"));
    this.root = h(
      "div.root",
      { part: "root", lang: language },
      h("div.header", { part: "header" }, this.title, this.#sorter()),
      this.place,
      this.#status,
      this.#alert,
      this.#news.element,
      this.thread.list,
      this.thread.tail,
    );
    this.session.addEventListener("change", ({ detail }) => this.#changed(detail), { signal });
    addEventListener("online", () => this.state === "error" && this.reload(), { signal });
    this.thread.wait();
    this.draw();
  }

  /** Whether comments may be written. */
  get open() {
    return !this.options.readonly && this.article?.status !== "closed";
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
    this.#news.stop();
  }

  /** Loads the first page, or the page around a comment; `state` tells how it went. */
  async load(around) {
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    const slow = setTimeout(() => this.say(this.t("slow")), SLOW);
    this.state = "loading";
    this.#news.stop();
    this.thread.wait();
    try {
      const page = await this.page(around && { around }, { signal });
      this.whisper("");
      this.#learn(page);
      await this.thread.show(page, signal);
      this.state = "ready";
      const { site, article } = this.options;
      this.emit("ready", { site, article, count: this.article.comment_count });
      this.#news.start();
      this.writing?.personalise(this.session.warm);
      if (around) await this.thread.reveal(around);
    } catch (problem) {
      if (signal.aborted) return;
      if (around && problem.code === "not-found") return this.load();
      const { code, status } = this.#expected(problem);
      this.state = "error";
      this.whisper("");
      this.thread.fail(code === "offline");
      this.emit("error", { code, retryable: !(status < 500) });
    } finally {
      clearTimeout(slow);
    }
  }

  async reload() {
    await this.load();
    if (this.state === "ready") this.title.focus();
  }

  /** Shows a comment, from whatever page; false where there is none of that id. */
  async reveal(id) {
    if (this.state === "ready" && (await this.thread.reveal(id).catch(() => false))) return true;
    await this.load(id);
    return this.thread.views.has(id);
  }

  /** A page of the article's comments. */
  page(query, options) {
    const { site, article, sort, limit } = this.options;
    return this.read("/api/v1/comments", { site, article, sort, limit, ...query }, options);
  }

  read(path, query, options) {
    return request(path, { query, signal: this.#life.signal, ...options });
  }

  /** Does something that may fail, and says so where it does; true when it worked. */
  async act(work) {
    this.#alert.replaceChildren();
    try {
      await work();
      return true;
    } catch (problem) {
      if (problem.name !== "AbortError")
        this.alarm(this.writing?.sentence(this.#expected(problem)) ?? this.t("problem.unknown"));
      return false;
    }
  }

  /** Does one of deeds.js's deeds for a reader who is logged in; asks others to log in. */
  async do(deed, ...subject) {
    if (!this.session.user) return this.needLogin();
    const writing = await this.#write();
    writing?.[deed](...subject);
  }

  needLogin() {
    this.whisper(this.t("login.hint"));
    this.place.scrollIntoView({ block: "center", behavior: this.motion });
    this.place.querySelector("button")?.focus({ preventScroll: true });
  }

  focusEditor() {
    return this.do("focus");
  }

  login(provider = this.settings.providers[0]) {
    if (this.emit("beforelogin", { provider }, true)) this.session.login(provider);
  }

  /** Says something to screen readers alone. */
  whisper(text) {
    this.#status.replaceChildren(hidden(text));
  }

  /** Says something to everybody. */
  say(...words) {
    this.#status.replaceChildren(h("p.note", null, ...words));
    return this.#status.firstChild;
  }

  /** Says to everybody that something failed. */
  alarm(text) {
    this.#alert.replaceChildren(h("p.note.bad", null, icon("warn"), h("span", null, text)));
  }

  /** Where the policy, or one clause of it, can be read. */
  policy(clause) {
    const address = `${SERVICE}/policy/${encodeURIComponent(this.options.site)}?lang=${this.language}`;
    return clause ? `${address}#clause-${clause}` : address;
  }

  showCount(n) {
    this.article.comment_count = n;
    this.title.textContent = this.t(n ? "comments.count" : "comments", { n });
    this.emit("count", { count: n });
  }

  /** Draws the place where one writes, logs in, or reads why neither. */
  draw() {
    const { user } = this.session;
    if (user) this.#write();
    const content =
      this.article && !this.open
        ? this.frame(h("p.closed", null, icon("lock"), h("span", null, this.t("closed"))))
        : this.writing && user
          ? this.writing.place()
          : this.#loginBox(user);
    this.place.replaceChildren(content);
  }

  /** The box: its upper part, and the foot with help and policy in the same place in every state. */
  frame(top, part, ...end) {
    return h("div.box", { part }, h("div.top", null, top), h("div.foot", null, this.links(), ...end));
  }

  links() {
    const { t } = this;
    const panel = h("p.help", { hidden: true }, t("help.text"));
    const help = button(".link", { part: "help", "aria-expanded": "false" }, icon("help"), t("help"));
    help.onclick = () => {
      help.parentElement.after(panel);
      panel.hidden = !panel.hidden;
      help.ariaExpanded = String(!panel.hidden);
    };
    const policy = { part: "policy-link", href: this.policy(), target: "_blank", rel: "noopener" };
    return [help, h("a", policy, t("policy"))];
  }

  #expected(problem) {
    if (problem instanceof Problem) return problem;
    reportError(problem);
    return new Problem("unknown");
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

  /** The second file, which only those who write need. */
  #write() {
    this.#coming ??= loadWriting().then(
      ({ Writing }) => {
        this.writing = new Writing(this);
        this.draw();
        this.thread.refresh();
        this.writing.personalise(this.session.warm);
        return this.writing;
      },
      () => {
        this.#coming = null;
        this.alarm(this.t("problem.unknown"));
      },
    );
    return this.#coming;
  }

  async #changed({ code, detail, provider }) {
    const { t } = this;
    const name = provider && t(`login.${provider}`);
    if (code === "close-window") this.say(t("login.close"));
    else if (code === "access_denied") this.say(t("login.cancelled"));
    else if (code !== "login" && code !== "logout")
      this.alarm(t(`login.failed.${detail ?? code}`, { name }) ?? t("login.failed"));
    else {
      this.overlay = nobody();
      this.#alert.replaceChildren();
      this.whisper("");
      this.writing?.forget();
      this.draw();
      this.writing?.clearOwn();
      this.thread.refresh();
      this.emit(code, code === "login" ? { user: this.session.user } : {});
      if (this.session.arriving) this.root.scrollIntoView();
      if (document.hasFocus()) await (code === "login" ? this.focusEditor() : this.place.querySelector("button")?.focus());
    }
  }

  #loginBox(user) {
    const { t, settings, article } = this;
    const choose = (provider) => {
      const part = `login-button login-${provider === "twitter" ? "x" : provider}`;
      const onclick = () => this.login(provider);
      return button(`.btn.${provider}`, { part, onclick }, icon(provider), t(`login.${provider}`));
    };
    const top =
      article && !user
        ? [
            h(`${this.heading(1)}.call`, null, icon("lock"), h("span", null, t("login.title", { publisher: settings.name }))),
            h("p", null, t("login.hint")),
            h("div.providers", null, settings.providers.map(choose)),
          ]
        : [h("div.sk"), h("div.sk"), h("div.sk")];
    const counter = article && t("counter", { count: 0, limit: this.limit });
    return this.frame(h("div.login", null, top), "login", h("span.end", null, h("span.counter", { part: "counter" }, counter)));
  }

  #sorter() {
    const { t, options } = this;
    const choice = (sort) => h("option", { value: sort, selected: sort === options.sort }, t(`sort.${sort}`));
    const onchange = () => {
      options.sort = select.value;
      this.load();
    };
    const select = h("select", { part: "sort", onchange }, this.settings.sorts.map(choice));
    return h("label.sort", null, hidden(t("sort")), select, icon("down"));
  }
}
