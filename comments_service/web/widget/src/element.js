// <social-comments>: attributes, properties, methods and events that a page may rely on.

import { arrival } from "./arrival.js";
import { Box, SORTS } from "./box.js";
import { languageOf } from "./i18n.js";

const MINUTE = 60_000;

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLES);

const hashId = () => /^#comment-(.+)$/.exec(location.hash)?.[1];

const canonical = () => document.querySelector("link[rel=canonical]")?.href;

/** The values of an attribute, the first where the page says nothing, or something else. */
const CHOICES = {
  theme: ["auto", "light", "dark"],
  sort: SORTS,
  loading: ["lazy", "eager", "manual"],
};
/** The usual number of an attribute, the least and the most. */
const NUMBERS = { "page-size": [20, 1, 50], "heading-level": [3, 2, 6], "max-depth": [1, 0, 1] };
const FLAGS = ["readonly", "avatars"];

/** The key of an article whose page names none. */
const addressKey = () =>
  canonical() || location.href.replace(/[?#].*$/, "").replace(/\/index\.html?$/, "/");

/** Where the article can be read: on this origin, as the service will only take such a one. */
const articleUrl = () => {
  const address = canonical() ?? "";
  return address.startsWith(`${location.origin}/`) ? address : location.href.split("#")[0];
};

/** The comment box under an article. docs/embedding describes what a page can set and hear. */
export class SocialComments extends HTMLElement {
  static version = VERSION;
  static observedAttributes = [
    "site",
    "article",
    "article-url",
    "article-title",
    "lang",
    "theme",
    "sort",
    "page-size",
    "max-depth",
    "loading",
    "heading-level",
    "readonly",
    "avatars",
  ];

  #shadow = this.attachShadow({ mode: "open" });
  #box = null;
  #life = null;
  #stale = false;

  constructor() {
    super();
    this.#shadow.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    if (this.isConnected && !this.#box) this.#open();
  }

  disconnectedCallback() {
    this.#close();
  }

  attributeChangedCallback(name, before, after) {
    if (!this.#box || before === after) return;
    if (name === "theme" || name === "max-depth") return this.#setLook();
    if (name === "loading" || this.#stale) return;
    // Several attributes are often set in one go: start again once, when all are there.
    this.#stale = true;
    queueMicrotask(() => {
      this.#stale = false;
      if (this.#box) this.#reopen();
    });
  }

  get state() {
    return this.#box?.state ?? "idle";
  }

  get count() {
    return this.#box?.article?.comment_count ?? 0;
  }

  get loggedIn() {
    return Boolean(this.#box?.user);
  }

  load() {
    return this.state === "idle" ? this.#load() : Promise.resolve();
  }

  reload() {
    return this.#box?.load();
  }

  focusEditor() {
    this.#box?.do("focusEditor");
  }

  /** Shows and focuses a comment; false where the thread has none of that id. */
  async scrollToComment(id) {
    return Boolean(await this.#box?.do("reveal", id));
  }

  /** Opens the login of a provider, the site's first unless named. Only in a user gesture. */
  login(provider) {
    this.#box?.login(provider);
  }

  logout() {
    this.#box?.do("logout");
  }

  #reopen() {
    const wasLoaded = this.state !== "idle";
    this.#close();
    this.#open();
    if (wasLoaded) this.#load();
  }

  #open() {
    this.#life = new AbortController();
    this.#box = new Box(this.#shadow, {
      site: this.site,
      article: this.article || addressKey(),
      url: this.articleUrl || articleUrl(),
      title: this.articleTitle || document.title || undefined,
      language: languageOf(this),
      level: this.headingLevel,
      sort: this.sort,
      limit: this.pageSize,
      readonly: this.readonly,
      avatars: this.avatars,
      persist: this.getAttribute("persist"),
      emit: (name, detail, cancelable) => this.#emit(name, detail, cancelable),
    });
    this.#shadow.replaceChildren(this.#box.root);
    this.#setLook();
    this.#watch();
  }

  #close() {
    this.#life?.abort();
    this.#box?.close();
    this.#box = null;
    this.#shadow.replaceChildren();
    this.#shadow.adoptedStyleSheets = [sheet];
  }

  #watch() {
    const { signal } = this.#life;
    const follow = () => hashId() && this.#box.do("reveal", hashId());
    const timer = setInterval(() => !document.hidden && this.#box.thread.tick(), MINUTE);
    signal.addEventListener("abort", () => clearInterval(timer));
    addEventListener("hashchange", follow, { signal });
    if (this.loading === "eager" || hashId() || arrival) this.#load();
    else if (this.loading === "lazy") this.#loadWhenNear(signal);
  }

  #loadWhenNear(signal) {
    const observer = new IntersectionObserver(
      (records) => {
        // A busy page is told of several changes at once: the last is how it stands.
        if (!records.at(-1).isIntersecting) return;
        observer.disconnect();
        this.load();
      },
      { rootMargin: "600px 0px" },
    );
    observer.observe(this);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  async #load() {
    if (hashId()) return this.#box?.do("reveal", hashId());
    return this.#box?.load();
  }

  /** The page's own colour scheme is inherited; where it has none, the reader's preference. */
  #setLook() {
    const { root } = this.#box;
    const inherited = getComputedStyle(this).colorScheme !== "normal" ? "page" : "reader";
    root.classList.toggle("flat", !this.maxDepth);
    root.dataset.theme = this.theme === "auto" ? inherited : this.theme;
  }

  #emit(name, detail, cancelable = false) {
    const options = { bubbles: true, composed: true, cancelable, detail: Object.freeze(detail) };
    return this.dispatchEvent(new CustomEvent(`social-comments:${name}`, options));
  }
}

/** Attributes as properties, of their own type: `element.pageSize = 50`. */
for (const attribute of SocialComments.observedAttributes) {
  const property = attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  if (property === "lang") continue;
  Object.defineProperty(SocialComments.prototype, property, {
    get() {
      const value = this.getAttribute(attribute);
      const choices = CHOICES[attribute];
      if (FLAGS.includes(attribute)) return value !== null;
      if (choices) return choices.includes(value) ? value : choices[0];
      if (!NUMBERS[attribute]) return value;
      const [usual, least, most] = NUMBERS[attribute];
      const number = parseInt(value);
      return isNaN(number) ? usual : Math.max(least, Math.min(most, number));
    },
    set(value) {
      if (value == null || value === false) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value === true ? "" : value);
    },
  });
}

if (!customElements.get("social-comments"))
  customElements.define("social-comments", SocialComments);
