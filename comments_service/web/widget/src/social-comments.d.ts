// What a page may rely on (semantic versioning): the elements, their events, CSS variables and
// parts. The DOM inside the shadow root is not part of it.

export type Provider = "twitter" | "facebook";

/** `<social-comments site="demo" article="2026112300123">`. Attributes are reflected; what a page sets to
 * something of no use has its usual value. */
export declare class SocialComments extends HTMLElement {
  static readonly version: string;

  /** The publisher's public key. Required. */
  site: string | null;
  /** The article's own key, 1 to 255 characters; without it the canonical address is taken. */
  article: string | null;
  articleUrl: string | null;
  articleTitle: string | null;
  /** "auto": the page's own `color-scheme`, and where it has none the reader's. */
  theme: "auto" | "light" | "dark";
  sort: "newest" | "oldest" | "popular";
  /** Comments a page, 20 unless said, at most 50. */
  pageSize: number;
  /** "1", the default, sets replies in under their comment; "0" puts them flush with it. */
  maxDepth: number;
  /** "lazy": when the element comes near the window; "manual": on `load()`. */
  loading: "lazy" | "eager" | "manual";
  /** 2 to 6, 3 unless said. */
  headingLevel: number;
  /** Closes writing on this page. */
  readonly: boolean;
  /** Shows readers' pictures, which the page's `img-src` must allow; otherwise initials. */
  avatars: boolean;

  readonly state: "idle" | "loading" | "ready" | "error";
  readonly count: number;
  readonly loggedIn: boolean;

  load(): Promise<void>;
  reload(): Promise<void>;
  focusEditor(): void;
  /** Whether there is such a comment; it is then focused. */
  scrollToComment(id: string): Promise<boolean>;
  /** To be called in a user gesture: it opens a window. */
  login(provider?: Provider): void;
  logout(): void;
}

/** `<social-comments-count site="demo" article="…">`, from count.js. */
export declare class SocialCommentsCount extends HTMLElement {}

interface SocialCommentsEvents {
  "social-comments:ready": CustomEvent<{ site: string; article: string; count: number }>;
  "social-comments:login": CustomEvent<{
    user: { id: string; name: string; provider: Provider };
  }>;
  "social-comments:logout": CustomEvent<Record<string, never>>;
  "social-comments:comment": CustomEvent<{
    id: string;
    parentId: string | null;
    status: "published" | "held" | "rejected";
  }>;
  "social-comments:report": CustomEvent<{ id: string }>;
  "social-comments:count": CustomEvent<{ count: number }>;
  "social-comments:error": CustomEvent<{ code: string; retryable: boolean }>;
  /** Cancelable. */
  "social-comments:beforelogin": CustomEvent<{ provider: Provider }>;
  /** Cancelable. */
  "social-comments:beforesubmit": CustomEvent<{ text: string; parentId: string | null }>;
}

declare global {
  interface HTMLElementTagNameMap {
    "social-comments": SocialComments;
    "social-comments-count": SocialCommentsCount;
  }
  interface GlobalEventHandlersEventMap extends SocialCommentsEvents {}
}
