// <social-comments-count>: the number of comments, on pages that list articles. However many
// there are, one request asks for up to a hundred of them.

const SERVICE = new URL(import.meta.url).origin;
const MOST = 100;

/** Room for a number, so that the line keeps its place; whatever the page says of it goes first. */
const sheet = new CSSStyleSheet();
sheet.replaceSync(":where(social-comments-count){display:inline-block;min-inline-size:3ch}");
document.adoptedStyleSheets.push(sheet);

const waiting = new Set();

const words = (element, n) => {
  const language = element.closest("[lang]")?.lang.startsWith("ko") ? "ko" : "en";
  const [one, other] = BADGES[language];
  const number = new Intl.NumberFormat(language, { notation: "compact" }).format(n);
  return ((n === 1 && one) || other).replace("{n}", number);
};

/** Fills the badges of one site; where the service does not answer, the page's text stays. */
const fill = async (site, badges) => {
  const keys = [...new Set(badges.map((badge) => badge.getAttribute("article")))].sort();
  for (let from = 0; from < keys.length; from += MOST) {
    const query = new URLSearchParams({ site });
    for (const key of keys.slice(from, from + MOST)) query.append("article", key);
    const response = await fetch(`${SERVICE}/api/v1/articles?${query}`, { credentials: "omit" });
    if (!response.ok) return;
    const counts = new Map((await response.json()).articles.map((a) => [a.key, a.comment_count]));
    for (const badge of badges) {
      const n = counts.get(badge.getAttribute("article"));
      if (n !== undefined) badge.textContent = words(badge, n);
    }
  }
};

const flush = () => {
  const sites = Map.groupBy(waiting, (badge) => badge.getAttribute("site"));
  waiting.clear();
  for (const [site, badges] of sites) fill(site, badges).catch(() => {});
};

/** Badges that come near the window together are asked for together. */
const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      if (!waiting.size) queueMicrotask(flush);
      waiting.add(target);
    }
  },
  { rootMargin: "600px 0px" },
);

class SocialCommentsCount extends HTMLElement {
  static observedAttributes = ["site", "article"];

  connectedCallback() {
    this.attributeChangedCallback();
  }

  disconnectedCallback() {
    observer.unobserve(this);
  }

  attributeChangedCallback() {
    observer.unobserve(this);
    if (this.isConnected) observer.observe(this);
  }
}

if (!customElements.get("social-comments-count"))
  customElements.define("social-comments-count", SocialCommentsCount);
