// Times as a reader says them, by the service's clock rather than the reader's own.

let skew = 0;

/** Learns how far this machine's clock is from the service's, from a response's Date. */
export const setClock = (date) => {
  const told = Date.parse(date);
  if (told) skew = told - Date.now();
};

/** The service's time, in milliseconds. */
export const now = () => Date.now() + skew;

/** Making a formatter takes as long as a hundred uses of it. */
const formatters = new Map();
const formatter = (kind, language, style) => {
  const key = kind + language + Object.keys(style);
  if (!formatters.has(key)) formatters.set(key, new Intl[kind](language, style));
  return formatters.get(key);
};

const STEPS = [
  ["minute", 60, 60],
  ["hour", 3600, 24],
  ["day", 86400, 7],
];

/** "just now", "3 minutes ago", "yesterday"; after a week the date. */
export const ago = (iso, language, justNow) => {
  const seconds = Math.max(0, (now() - Date.parse(iso)) / 1000);
  if (seconds < 60) return justNow;
  for (const [unit, size, most] of STEPS) {
    const units = Math.floor(seconds / size);
    if (units < most)
      return formatter("RelativeTimeFormat", language, { numeric: "auto" }).format(-units, unit);
  }
  return formatter("DateTimeFormat", language, { dateStyle: "medium" }).format(new Date(iso));
};

/** The date and time; the time alone where it is `short` and of the last day. */
export const clock = (iso, language, short) => {
  const today = short && now() - Date.parse(iso) < 864e5;
  const style = { timeStyle: "short", ...(!today && { dateStyle: "long" }) };
  return formatter("DateTimeFormat", language, style).format(new Date(iso));
};
