// The text field with its counter. It never cuts what was written, and never touches the field
// while an input method composes a syllable: it only counts, and refuses to send.

import { button, h, icon } from "./dom.js";
import { findingList, marked } from "./findings.js";
import { check } from "./text.js";

const QUIET = 1000;
const MILESTONES = [50, 20, 10, 0];

let serial = 0;

/**
 * An editor of one text.
 *
 * options: `label`, `submit` (words of the button), `send(text, key)` (async, throws Problems),
 * and where wanted `text`, `placeholder`, `parentId`, `head`, `foot()` (nodes), `cancel()`,
 * `changed(text)`. `element` is where it lives.
 */
export class Editor {
  element = h("div");
  #writing;
  #box;
  #options;
  #form;
  #field;
  #counter;
  #hint;
  #fault;
  #busy = false;
  #attempt = {};
  #timer;
  #spoken;

  constructor(writing, options) {
    this.#writing = writing;
    this.#box = writing.box;
    this.#options = options;
    this.#form = this.#build();
    this.element.append(this.#form);
    this.#show("");
    this.count();
  }

  get text() {
    return this.#field.value;
  }

  set text(text) {
    this.#field.value = text;
    this.#changed();
  }

  focus() {
    this.element.replaceChildren(this.#form);
    this.#field.focus();
  }

  /** Shows how much is written; `length` is the service's own count where it has spoken. */
  count(length = check(this.text, this.#box.limit).length) {
    const { t, limit } = this.#box;
    const over = length - limit;
    const sum = t("counter", { count: length, limit });
    this.#counter.classList.toggle("over", over > 0);
    if (over > 0) this.#counter.replaceChildren(icon("warn"), t("counter.over", { over, sum }));
    else this.#counter.textContent = limit < Infinity ? sum : "";
    this.#hint.textContent = limit < Infinity ? t("hint", { limit }) : "";
    if (over > 0) this.#show(t("too-long", { n: over }));
    return -over;
  }

  #build() {
    const { t } = this.#box;
    const { label, submit, text = "", placeholder, head, foot, cancel } = this.#options;
    const id = `field-${(serial += 1)}`;
    this.#field = h("textarea", {
      id,
      part: "textarea",
      rows: 3,
      dir: "auto",
      autocapitalize: "sentences",
      enterkeyhint: "enter",
      placeholder,
      "aria-describedby": `${id}-hint ${id}-fault`,
      oninput: () => this.#changed(),
      oncompositionend: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
    });
    this.#field.value = text;
    this.#counter = h("span.counter", { part: "counter" });
    this.#hint = h("span.vh", { id: `${id}-hint` });
    this.#fault = h("p.note.inline", { id: `${id}-fault`, tabindex: -1, hidden: true });
    return h(
      "form.box.editor",
      { part: "editor", onsubmit: (event) => (event.preventDefault(), this.#submit()) },
      h(
        "div.top",
        null,
        head,
        h(`label${head ? ".vh" : ""}`, { for: id }, label),
        this.#field,
        this.#hint,
        this.#fault,
      ),
      h(
        "div.foot",
        null,
        foot?.(),
        h(
          "span.end",
          null,
          this.#counter,
          cancel && button(".btn", { onclick: cancel }, t("cancel")),
          h("button.btn.primary", { part: "submit" }, submit),
        ),
      ),
    );
  }

  #changed() {
    this.#show("");
    const left = this.count();
    this.#options.changed?.(this.text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#announce(left), QUIET);
  }

  /** Says how much is left, once, when a milestone is passed or the text is too long. */
  #announce(left) {
    const milestone = left < 0 ? left : MILESTONES.findLast((most) => left <= most);
    if (milestone !== undefined && milestone !== this.#spoken) {
      const key = left < 0 ? "counter.exceeded" : "counter.left";
      this.#box.whisper(this.#box.t(key, { n: Math.abs(left) }));
    }
    this.#spoken = milestone;
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#options.cancel) {
      event.stopPropagation();
      this.#options.cancel();
    }
  }

  async #submit() {
    const { text } = this;
    const { fault } = check(text, this.#box.limit);
    if (this.#busy) return;
    if (fault === "too_long") return this.#fault.focus();
    if (fault) return this.#refuse(this.#box.t(`problem.comment-${fault}`));
    const { parentId = null } = this.#options;
    if (!this.#box.emit("beforesubmit", { text, parentId }, true)) return;
    if (this.#attempt.text !== text) this.#attempt = { text, key: crypto.randomUUID() };
    this.#box.whisper("");
    this.#setBusy(true);
    try {
      await this.#options.send(text, this.#attempt.key);
    } catch (problem) {
      this.#fail(problem);
    } finally {
      this.#setBusy(false);
    }
  }

  #setBusy(busy) {
    this.#busy = this.#field.readOnly = busy;
    this.#form.querySelector(".primary").setAttribute("aria-disabled", busy);
  }

  #fail(problem) {
    const { code, length, limit, status } = problem;
    // It may have been done all the same: then the same key is answered with what was done.
    if (!(status >= 500) && code !== "request-in-progress") this.#attempt = {};
    if (code === "policy-violation") this.#reject(problem);
    else if (code === "comment-too-long") {
      this.#box.limit = limit;
      this.count(length);
      this.#fault.focus();
    } else if (this.element.isConnected) this.#refuse(this.#writing.sentence(problem));
    else this.#writing.alarm(this.#writing.sentence(problem));
  }

  #show(message) {
    this.#fault.hidden = !message;
    this.#field.setAttribute("aria-invalid", Boolean(message));
    this.#form.classList.toggle("invalid", Boolean(message));
    this.#fault.replaceChildren(...(message ? [icon("warn"), h("span", null, message)] : []));
  }

  #refuse(message) {
    this.#show(message);
    this.#fault.focus();
  }

  /** What is wrong with the text and where, in place of the field; the text is kept. */
  #reject({ body, findings, comment_id: id }) {
    const { t } = this.#box;
    const { foot, cancel } = this.#options;
    const edit = { part: "edit-button", onclick: () => this.focus() };
    const title = h(`${this.#box.heading(1)}.said`, { tabindex: -1 }, t("rejected", { n: findings.length }));
    const appeal = button(".btn", { part: "appeal-button" }, t("appeal"));
    appeal.onclick = async () => {
      if (!(await this.#writing.askAgain(id))) return;
      appeal.previousSibling.focus();
      appeal.remove();
    };
    this.element.replaceChildren(
      h(
        "div.box.rejected.invalid",
        { part: "comment-rejected" },
        h(
          "div.note.bad",
          null,
          icon("warn"),
          title,
          h("p", null, t("rejected.next")),
          findingList(this.#box, body, findings),
        ),
        h(
          "div.top",
          null,
          h("blockquote.body", { part: "body", dir: "auto" }, marked(body, findings)),
          h(
            "div.row",
            null,
            button(".btn.primary", edit, t("rejected.edit")),
            id && appeal,
            cancel && button(".btn", { onclick: cancel }, t("cancel")),
          ),
        ),
        h("div.foot", null, foot?.(), h("span.end", null, this.#counter.cloneNode(true))),
      ),
    );
    title.focus();
  }
}
