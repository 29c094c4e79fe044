// The same judgement of a text as the server's (comments_service/text/), so that the counter is
// right while the reader types. tests/data/text_vectors.json holds both to the same answers.

const MAX_CODE_POINTS = 2500;
const MAX_CLUSTER = 32;
const MAX_RAW = 4 * MAX_CODE_POINTS;

const LONE_SURROGATE = /\p{Surrogate}/u;
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]/u;

const segmenter = new Intl.Segmenter("en");

const codePoints = (text) => [...text].length;

const clusters = (text) => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** One kind of line end, nothing that hides or reorders text, NFC, no blank space in excess. */
export const normalise = (raw) =>
  raw
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]/g, "")
    .normalize("NFC")
    .replace(/\n{3,}/g, "\n\n")
    .trim();

/** The number of characters as a reader counts them (UAX #29). */
export const count = (body) => clusters(body).length;

/**
 * {body, length, fault} of what was typed; fault is "malformed", "empty", "too_long" or null.
 * A malformed text has an empty body, and its length is its number of code points.
 */
export const check = (raw, limit) => {
  const malformed = { body: "", length: codePoints(raw), fault: "malformed" };
  if (malformed.length > MAX_RAW || LONE_SURROGATE.test(raw)) return malformed;
  const body = normalise(raw);
  if (codePoints(body) > MAX_CODE_POINTS) return malformed;
  const characters = clusters(body);
  if (characters.some((character) => codePoints(character) > MAX_CLUSTER)) return malformed;
  const { length } = characters;
  const fault = !VISIBLE.test(body) ? "empty" : length > limit ? "too_long" : null;
  return { body, length, fault };
};
