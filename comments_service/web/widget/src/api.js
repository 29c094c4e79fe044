// One way to ask the service. It is the origin this script came from; no page can name another.

import { setClock } from "./time.js";

export const SERVICE = new URL(import.meta.url).origin;

const PATIENCE = 20_000;

/** What went wrong: the problem's slug as `code` ("offline" where no answer came) and its members. */
export class Problem extends Error {
  constructor(code, members) {
    super(code);
    Object.assign(this, members);
    this.code = code;
  }
}

/**
 * The JSON that `path` answers with.
 *
 * options: those of fetch, and `query` (an object), `token` (a bearer's), `body` (an object, sent
 * as JSON, or URLSearchParams). Throws a Problem, or an AbortError where `signal` was aborted.
 */
export const request = async (path, { query, token, body, headers, signal, ...options } = {}) => {
  const json = body && !(body instanceof URLSearchParams);
  const deadline = AbortSignal.timeout(PATIENCE);
  let response, answer;
  try {
    response = await fetch(SERVICE + path + (query ? "?" + new URLSearchParams(query) : ""), {
      credentials: "omit",
      referrerPolicy: "strict-origin-when-cross-origin",
      ...options,
      headers: {
        ...headers,
        ...(json && { "Content-Type": "application/json" }),
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      body: json ? JSON.stringify(body) : body,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    setClock(response.headers.get("Date"));
    answer = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem("offline");
  }
  try {
    answer = answer && JSON.parse(answer);
  } catch {
    throw new Problem("unavailable");
  }
  if (response.ok) return answer;
  throw new Problem(answer.type?.split("/").pop() ?? answer.error, {
    ...answer,
    seconds: Number(response.headers.get("Retry-After")) || 60,
  });
};
