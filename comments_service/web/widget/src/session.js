// Logging in: an OAuth 2.0 public client with PKCE, whose client id is the site's key. A popup
// brings the answer by message; where the provider severed it from this page, or it was blocked,
// the answer comes in the fragment of the article's own address. Either way it is claimed once.

import { Problem, request, SERVICE } from "./api.js";
import { arrival, PENDING, tokenKey } from "./arrival.js";
import { local, stores } from "./storage.js";

const PENDING_LIFE = 15 * 60_000;
const PENDING_MOST = 5;
const EARLY = 10_000;
const OFFER = 500;

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (c) => ({ "+": "-", "/": "_" })[c] ?? "");

const random = (size) => base64url(crypto.getRandomValues(new Uint8Array(size)));

const here = () => location.href.split("#")[0];

/** Forgets logins begun too long ago, and the oldest beyond a few. */
const purgePending = () => {
  const begun = local
    .keys(PENDING)
    .map((key) => [local.get(key)?.at ?? 0, key])
    .sort(([a], [b]) => b - a);
  for (const [index, [at, key]] of begun.entries())
    if (index >= PENDING_MOST || at < Date.now() - PENDING_LIFE) local.set(key, null);
};

/** Takes a login begun here out of the store: of several pages that try, one gets it. */
const claim = (state) =>
  navigator.locks.request(`social-comments:claim:${state}`, { ifAvailable: true }, (lock) => {
    const pending = lock && local.get(PENDING + state);
    if (pending) local.set(PENDING + state, null);
    return pending;
  });

/** One reader's login at one site, shared by all elements of the page. Dispatches "change". */
export class Session extends EventTarget {
  static #all = new Map();

  /** The page's one session at a site; `persist` (local, session, memory) is its first user's. */
  static of(site, persist) {
    if (!Session.#all.has(site)) Session.#all.set(site, new Session(site, persist));
    return Session.#all.get(site);
  }

  #site;
  #key;
  #stores;
  #channel;
  #prepared;
  #ready;
  #popup;
  #mine = new Set();
  #known;

  /** Who asked for the next change: the listener that is to show it. */
  asker = null;
  /** Whether a login is just coming back to this page, which should then show the box. */
  arriving;

  constructor(site, persist) {
    super();
    this.#site = site;
    this.#key = tokenKey(site);
    this.#stores = stores[persist] ?? stores.local;
    this.#known = this.user?.id;
    addEventListener("message", (event) => this.#hear(event));
    addEventListener("storage", ({ key }) => (key ?? this.#key) === this.#key && this.check());
    addEventListener("pageshow", () => this.check()); // It may have slept through a logout.
    if (this.#stores !== stores.local) this.#listen();
    this.arriving = arrival?.pending.site === site;
    if (this.arriving) this.#arrive();
    this.#ready = this.#prepare();
    purgePending();
  }

  /** {id, name, provider, avatar_url} of the reader, as last told; null when logged out. */
  get user() {
    return this.#stores.refresh.get(this.#key)?.user ?? null;
  }

  /** Whether the service can be asked in the reader's name without turning the refresh token. */
  get warm() {
    return Boolean(this.#access());
  }

  /** Logs in; to be called in a user gesture, since it opens a window. */
  login(provider) {
    if (!crypto.subtle) return this.#change({ code: "insecure" });
    if (!this.#prepared) return this.#ready.then(() => this.login(provider));
    const { verifier, challenge, state } = this.#prepared;
    const address = (mode) => {
      const query = {
        response_type: "code",
        client_id: this.#site,
        redirect_uri: here(),
        state,
        code_challenge: challenge,
        code_challenge_method: "S256",
        response_mode: mode,
        ...(provider && { provider }),
      };
      return `${SERVICE}/oauth/authorize?${new URLSearchParams(query)}`;
    };
    const begin = (popup) => {
      const { hash } = location;
      const pending = { code_verifier: verifier, provider, hash, at: Date.now() };
      local.set(PENDING + state, { ...pending, site: this.#site, redirect_uri: here(), popup });
      purgePending();
    };
    this.#mine.add(state);
    this.#ready = this.#prepare();
    begin(true);
    const features = "popup,width=520,height=680";
    this.#popup = open(address("web_message"), "social_comments_login", features);
    if (this.#popup) return;
    begin(false);
    location.assign(address("fragment"));
  }

  /** Logs out here and in the site's other tabs, and tells the service. */
  logout() {
    const token = this.#stores.refresh.get(this.#key)?.refresh_token;
    this.#forget();
    if (!token) return;
    const body = new URLSearchParams({ token, client_id: this.#site });
    request("/oauth/revoke", { method: "POST", body, keepalive: true }).catch(() => {
      // The token is gone from here; the service lets it lapse.
    });
  }

  /**
   * As api.js's request, in the reader's name; `body` is an object, sent as JSON.
   *
   * Throws `unauthenticated` when nobody is logged in any more.
   */
  async request(path, { body, headers, ...options } = {}) {
    const ask = (token) =>
      request(path, {
        ...options,
        headers: {
          ...headers,
          ...(body && { "Content-Type": "application/json" }),
          Authorization: `Bearer ${token}`,
        },
        body: body && JSON.stringify(body),
      });
    const token = await this.#token();
    try {
      return await ask(token);
    } catch (problem) {
      if (problem.code === "token-expired") return ask(await this.#token(token));
      // Another may have logged in while this was on its way.
      if (problem.code === "unauthenticated" && token === this.#access()) this.#forget("expired");
      throw problem;
    }
  }

  /** Makes the next login's secrets ahead, because a popup may only be opened synchronously. */
  async #prepare() {
    this.#prepared = null;
    if (!crypto.subtle) return;
    const verifier = random(32);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    this.#prepared = { verifier, challenge: base64url(new Uint8Array(digest)), state: random(16) };
  }

  #hear({ origin, source, data }) {
    const state = data?.response?.state;
    if (origin !== SERVICE || (this.#popup && source !== this.#popup)) return;
    if (data?.type !== "authorization_response") return;
    if (local.get(PENDING + state)?.site !== this.#site) return;
    source.postMessage({ type: "authorization_response_ack", state }, origin);
    // Had this page no time to hear it for long, the popup has gone on to the article.
    this.#popup?.close();
    this.#receive(data.response);
  }

  /** Pages that share no token store pass the answer on to the one that asked for it. */
  #listen() {
    this.#channel = new BroadcastChannel(this.#key);
    this.#channel.onmessage = ({ data }) => this.#mine.has(data.state) && this.#receive(data);
  }

  async #arrive() {
    const { answer, pending } = arrival;
    if (pending.popup && this.#channel) {
      this.#channel.postMessage(answer);
      await new Promise((resolve) => setTimeout(resolve, OFFER));
    }
    await this.#receive(answer);
    if (pending.popup) {
      this.#change({ code: "close-window" });
      close();
    }
    this.arriving = false;
  }

  async #receive({ code, state, iss, error, error_description: detail }) {
    const pending = await claim(state);
    if (!pending || (iss && new URL(iss).origin !== SERVICE)) return;
    const { provider, code_verifier, redirect_uri } = pending;
    if (error) return this.#change({ code: error, detail, provider });
    try {
      this.#keep(
        await this.#grant({ grant_type: "authorization_code", code, code_verifier, redirect_uri }),
      );
      this.check();
    } catch (problem) {
      this.#change({ code: problem.code, provider });
    }
  }

  #grant(fields) {
    const body = new URLSearchParams({ ...fields, client_id: this.#site });
    return request("/oauth/token", { method: "POST", body });
  }

  #keep({ access_token, expires_in, refresh_token, user }) {
    const { refresh, access } = this.#stores;
    refresh.set(this.#key, { refresh_token, user: user ?? this.user });
    const until = Date.now() + expires_in * 1000 - EARLY;
    access.set(`${this.#key}:access`, { access_token, until, of: this.user.id });
    return access_token;
  }

  #forget(why) {
    this.#stores.refresh.set(this.#key, null);
    this.check(why);
  }

  #access() {
    const kept = this.#stores.access.get(`${this.#key}:access`);
    return kept?.until > Date.now() && kept.of === this.user?.id ? kept.access_token : null;
  }

  /** A token other than `refused`; the tabs of a site take turns at making a new one. */
  #token(refused) {
    const current = () => {
      const token = this.#access();
      return token !== refused && token;
    };
    const renew = () => current() || this.#refresh();
    return current() || navigator.locks.request(`social-comments:refresh:${this.#site}`, renew);
  }

  async #refresh() {
    const kept = this.#stores.refresh.get(this.#key);
    if (!kept) this.check("expired");
    const { refresh_token } = kept ?? {};
    // Who has left, or another who came meanwhile, is not to be logged in or out by it.
    const still = () => this.#stores.refresh.get(this.#key)?.refresh_token === refresh_token;
    try {
      const granted = kept && (await this.#grant({ grant_type: "refresh_token", refresh_token }));
      if (granted && still()) return this.#keep(granted);
    } catch (problem) {
      if (problem.code !== "invalid_grant") throw problem;
      if (still()) this.#forget("expired");
    }
    throw new Problem("unauthenticated");
  }

  /** Tells the elements when somebody else is logged in than before, here or in another tab. */
  check(why) {
    const { user } = this;
    if (user?.id === this.#known) return;
    this.#known = user?.id;
    if (!user) this.#stores.access.set(`${this.#key}:access`, null);
    this.#change({ code: user ? "login" : "logout", why });
  }

  #change(detail) {
    this.dispatchEvent(new CustomEvent("change", { detail }));
    this.asker = null;
  }
}
