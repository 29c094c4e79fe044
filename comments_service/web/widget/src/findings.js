// What the policy found in a text, shown to its author alone. Offsets are in code points.

import { h } from "./dom.js";

const QUOTE = 40;

/** The nodes of a body, the words to blame marked with the numbers of their findings. */
export const marked = (body, findings) => {
  const points = Array.from(body);
  const edges = new Set([0, points.length]);
  for (const { start, end } of findings) if (start !== null) edges.add(start).add(end);
  const stops = [...edges].sort((a, b) => a - b);
  return stops.slice(1).map((to, index) => {
    const from = stops[index];
    const text = points.slice(from, to).join("");
    const covers = findings.map((f) => f.start !== null && f.start <= from && to <= f.end);
    if (!covers.includes(true)) return text;
    const ending = findings.flatMap((f, n) => (covers[n] && f.end === to ? [n + 1] : []));
    return h("mark", null, text, ending.length > 0 && h("sup", null, ending.join(",")));
  });
};

const quoted = (body, { start, end }) => {
  const words = Array.from(body).slice(start, end);
  return `“${words.slice(0, QUOTE).join("")}${words.length > QUOTE ? "…" : ""}”`;
};

/** The findings as a numbered list: what is wrong, by which clause, in which words. */
export const findingList = (box, body, findings) =>
  h(
    "ol.findings",
    { role: "list" },
    findings.map((finding, index) => {
      const { clause, message, start } = finding;
      const policy = { href: box.policy(clause), target: "_blank", rel: "noopener" };
      const link = h("a", policy, box.t("clause", { clause }));
      const why = start !== null && h("span.why", null, quoted(body, finding));
      const text = h("span", null, h("strong", null, message), " · ", link, why);
      return h("li", null, h("b", null, `${index + 1}.`), text);
    }),
  );
