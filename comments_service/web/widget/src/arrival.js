// Whether somebody is, or is about to be, logged in here: only then the second file is needed.

export const PENDING = "social-comments:pending:";

/** Where a site's login is kept. */
export const tokenKey = (site) => `social-comments:${site}`;

const kept = (area, key) => {
  try {
    return window[area].getItem(key);
  } catch {
    return null; // Storage switched off by the reader.
  }
};

/**
 * The answer a login left in this page's address, and what was pending for it; taken off the
 * address before anything else runs. Any other fragment is the page's own, and left alone.
 */
export const arrival = (() => {
  const answer = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const pending = answer.state && kept("localStorage", PENDING + answer.state);
  if (!pending) return null;
  const begun = JSON.parse(pending);
  history.replaceState(history.state, "", location.pathname + location.search);
  if (begun.hash) location.replace(begun.hash); // A page may have routes of its own there.
  return { answer, pending: begun };
})();

/** Whether a login at the site is kept, or has just come back. */
export const expected = (site) =>
  arrival?.pending.site === site ||
  ["localStorage", "sessionStorage"].some((area) => kept(area, tokenKey(site)));
