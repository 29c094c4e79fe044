// One way to ask the service. It is the origin this script came from; no page can name another.

import { setClock } from "./time.js";

export const SERVICE = new URL(import.meta.url).origin;

const PATIENCE = 20_000;

/** What went wrong: a problem's slug as `code`, "offline" where no answer came; its members. */
export class Problem extends Error {
  constructor(code, members) {
    super(code);
    Object.assign(this, members);
    this.code = code;
  }
}

/**
 * The JSON that `path` answers with. options: those of fetch, and `query` (an object).
 *
 * Throws a Problem, or an AbortError where `signal` was aborted.
 */
export const request = async (path, { query, signal, ...options } = {}) => {
  const deadline = AbortSignal.timeout(PATIENCE);
  let response, answer;
  try {
    response = await fetch(SERVICE + path + (query ? `?${new URLSearchParams(query)}` : ""), {
      credentials: "omit",
      ...options,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    setClock(response.headers.get("Date"));
    answer = JSON.parse((await response.text()) || "null");
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(response ? "unavailable" : "offline", { status: 503 });
  }
  if (response.ok) return answer;
  const seconds = Number(response.headers.get("Retry-After")) || 60;
  const { status } = response;
  const code = answer?.type?.split("/").pop() ?? answer?.error ?? "unavailable";
  throw new Problem(code, { status, ...answer, seconds });
};
