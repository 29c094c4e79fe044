// What the service has to tell a reader: answers to their comments, and decisions about them.

import { button, h, icon } from "./dom.js";
import { ago } from "./time.js";

const MOST = 10;
const LONGEST = 60;

/** The button with the number of what is unread, and the list it opens below the box. */
export class Notices {
  place = h("span");
  #writing;
  #told;
  #list;

  constructor(writing) {
    this.#writing = writing;
  }

  /** Asks what there is; without an answer there is nothing to show. */
  async load() {
    const query = { limit: MOST };
    this.#told = await this.#writing
      .request("/api/v1/me/notifications", { query })
      .catch(() => null);
    this.#draw();
  }

  #draw() {
    const { t } = this.#writing.box;
    const { items = [], unread: n } = this.#told ?? {};
    const onclick = () => this.#toggle();
    const attributes = { part: "notifications-button", "aria-expanded": String(Boolean(this.#list)) };
    const words = n ? t("notices.unread", { n }) : t("notices");
    const again = this.place.contains(this.#writing.box.focused);
    this.place.replaceChildren();
    if (!items.length) return;
    this.place.append(button(".link", { ...attributes, onclick }, icon("bell"), words));
    if (again) this.place.firstChild.focus();
  }

  #toggle() {
    const { box } = this.#writing;
    if (this.#list) {
      this.#list.remove();
      this.#list = null;
      return this.#draw();
    }
    const { items } = this.#told;
    const all = items.map((each) => h("li", null, this.#item(each)));
    const label = box.t("notices");
    this.#list = h("ul.help.notices", { part: "notifications", role: "list", "aria-label": label }, all);
    box.place.append(this.#list);
    this.#draw();
    this.#read(items[0].id);
  }

  /** Says what happened, with the way to it, and to an appeal where one may be filed. */
  #item({ type, comment, decision, reason, agreed, created_at, read }) {
    const { box } = this.#writing;
    const { t, language } = box;
    const { id, author, body, permalink, status } = comment;
    const kinds = { reply: "reply", report: agreed ? "agreed" : "disagreed", decision };
    const words = t(`notice.${kinds[type] ?? "news"}`, { name: author?.name ?? "" });
    const points = Array.from(body ?? "");
    const quote = points.slice(0, LONGEST).join("") + (points.length > LONGEST ? "…" : "");
    // What is not a clause of the policy is "other".
    const policy = { href: box.policy(reason), target: "_blank", rel: "noopener" };
    const clause = /^\d/.test(reason ?? "") && h("a", policy, t("clause", { clause: reason }));
    const refused = type === "decision" && ["rejected", "removed"].includes(status);
    const appeal = button(".link", { part: "appeal-button" }, t("appeal"));
    appeal.onclick = async () => {
      if (!(await this.#writing.askAgain(id))) return;
      appeal.remove();
      this.place.firstChild.focus();
    };
    return [
      h(read ? "span" : "strong", null, words ?? t("notice.news")),
      clause && " · ",
      clause,
      h("span.meta", null, ` ${ago(created_at, language, t("now"))}`),
      quote && h("a.why", { href: permalink, dir: "auto" }, quote),
      refused && decision !== "uphold" && appeal,
    ];
  }

  async #read(until) {
    const body = { until };
    await this.#writing.act(async () => {
      await this.#writing.request("/api/v1/me/notifications/read", { method: "POST", body });
      this.#told.unread = 0;
      for (const each of this.#told.items) each.read = true;
    });
    this.#draw();
  }
}
