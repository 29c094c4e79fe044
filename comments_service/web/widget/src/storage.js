// What is kept on the page's own origin. Where storage is refused, it lasts as long as the page.

/** JSON values by key, in localStorage or sessionStorage; without an area, in memory. */
export class Store {
  #area;
  #memory = new Map();

  constructor(area) {
    try {
      this.#area = window[area];
    } catch {
      // Storage switched off by the reader: reading the property throws.
    }
  }

  get(key) {
    try {
      return JSON.parse(this.#memory.get(key) ?? this.#area?.getItem(key) ?? null);
    } catch {
      return null; // Not ours: the page wrote it.
    }
  }

  /** Keeps a value; null removes it. */
  set(key, value) {
    this.#memory.delete(key);
    if (value === null) return this.#area?.removeItem(key);
    try {
      if (this.#area) return this.#area.setItem(key, JSON.stringify(value));
    } catch {
      // Full: keep it for as long as the page lasts.
    }
    this.#memory.set(key, JSON.stringify(value));
  }

  /** The keys that begin with `prefix`. */
  keys(prefix) {
    const all = [...this.#memory.keys(), ...Object.keys(this.#area ?? {})];
    return all.filter((key) => key.startsWith(prefix));
  }
}

export const local = new Store("localStorage");
export const stores = {
  local: { refresh: local, access: new Store("sessionStorage") },
  session: { refresh: new Store("sessionStorage"), access: new Store("sessionStorage") },
  memory: { refresh: new Store(), access: new Store() },
};
