// Elements are made here and nowhere else. Strings become text nodes, so that no text of a
// reader can turn into markup, and no policy against inline script or style is ever met.

const SVG = "http://www.w3.org/2000/svg";
/** A circle, to draw something in. */
export const RING = "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0";

/** The drawings, as paths. */
export const OUTLINES = {
  lock: "M3 7h10v7H3zM5 7V4.8a3 3 0 0 1 6 0V7",
  like: "M5 7.2v6.3H2.5V7.2zM5 7.2 7.6 2c1 0 1.8.8 1.8 1.8L9 6.4h3.4c.9 0 1.5.8 1.3 1.6l-1.1 4.3c-.2.7-.8 1.2-1.5 1.2H5",
  reply: "M6.5 4 2.5 8l4 4M3 8h6.5a4 4 0 0 1 4 4",
  flag: "M3.5 14V2.5h8.5L10 5.7 12 9H3.5",
  down: "m4 6 4 4 4-4",
  pin: "M8 10v4.5M4.5 10h7L10 7V2.5H6V7z",
  talk: "M2.5 3.5h11v7.5H7.5l-2.8 2.5V11H2.5z",
  warn: RING + "M8 4.8v3.7M8 11v.1",
  help: RING + "M6.3 6.4c.1-1 .8-1.5 1.7-1.5s1.7.6 1.7 1.5C9.7 7.7 8 7.7 8 9M8 11.1v.1",
};
const SOLIDS = {
  twitter: "M9.3 6.8 14.6 1h-1.3L8.7 6 5.1 1H1l5.5 7.8L1 15h1.3l4.8-5.4L11 15h4zM7.6 8.7l-.6-.8-4.2-6h1.7l3.5 5 .6.8 4.6 6.4h-1.7z",
  facebook: "M9.3 15V8.7h2.1l.3-2.5H9.3V4.7c0-.7.2-1.2 1.2-1.2h1.3V1.3c-.3 0-1-.1-1.9-.1-1.9 0-3.2 1.2-3.2 3.3v1.7H4.5v2.5h2.2V15z",
};

/**
 * One element: `h("p.note.bad", { part: "error" }, "text", element, …)`.
 *
 * Functions among the attributes are event handlers; null, undefined and false are left out,
 * among the children too.
 */
export const h = (name, attributes, ...children) => {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element[key] = value;
    else if (value != null && value !== false)
      element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
};

/** A button that does nothing until it is pressed, and never sends a form. */
export const button = (name, attributes, ...children) =>
  h("button" + name, { type: "button", ...attributes }, ...children);

/** A drawing of 16 by 16 units that says nothing to a screen reader. */
export const icon = (name, flipped) => {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("class", `i${name in SOLIDS ? " solid" : ""}${flipped ? " flip" : ""}`);
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", OUTLINES[name] ?? SOLIDS[name]);
  svg.append(path);
  return svg;
};

/** Text for screen readers alone. */
export const hidden = (text) => h("span.vh", null, text);
