// A question that has to be answered first. The browser gives the focus back when it closes, but
// not to a button of a comment that was drawn again meanwhile.

import { button, h } from "./dom.js";

/** Asks in a modal dialog; gives the form's values as an object, or null where it was left. */
export const ask = (box, { title, text, fields, action, danger }) =>
  new Promise((resolve) => {
    const { t, focused } = box;
    const article = focused?.closest("article");
    const form = h(
      "form",
      { onsubmit: (event) => (event.preventDefault(), dialog.close("yes")) },
      h(box.heading(1), { id: "ask" }, title),
      text && h("p", null, text),
      fields,
      h(
        "div.row",
        null,
        h(`button.btn.${danger ? "danger" : "primary"}`, null, action),
        button(".btn", { onclick: () => dialog.close() }, t("cancel")),
      ),
    );
    const onclose = () => {
      dialog.remove();
      if (!focused?.isConnected) article?.querySelector(`[part="${focused.part}"]`)?.focus();
      resolve(dialog.returnValue ? Object.fromEntries(new FormData(form)) : null);
    };
    const dialog = h("dialog", { "aria-labelledby": "ask", onclose }, form);
    box.root.append(dialog);
    dialog.showModal();
  });
