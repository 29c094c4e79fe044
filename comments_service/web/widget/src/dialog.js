// A question that has to be answered first. The browser gives the focus back when it closes.

import { button, h } from "./dom.js";

/** Asks in a modal dialog; gives the form's values as an object, or null where it was left. */
export const ask = (box, { title, text, fields, action, danger }) =>
  new Promise((resolve) => {
    const { t } = box;
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
      resolve(dialog.returnValue ? Object.fromEntries(new FormData(form)) : null);
    };
    const dialog = h("dialog", { "aria-labelledby": "ask", onclose }, form);
    box.root.append(dialog);
    dialog.showModal();
  });
