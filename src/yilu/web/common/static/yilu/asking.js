/* A field that hangs on another one's answer is shown, sent and wanted when it is asked. Without this all are shown. */
(() => {
  "use strict";
  const answer = (form, name) => {
    const found = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const box = found.find((each) => each.type === "checkbox");
    if (box) return box.checked ? "yes" : "";
    return (found.find((each) => each.type !== "radio" || each.checked) || {}).value || "";
  };
  const look = (form) => {
    for (const part of form.querySelectorAll("[data-only-if]")) {
      const [name, value] = part.dataset.onlyIf.split(/!?=/);
      part.hidden = (answer(form, name) !== value) !== part.dataset.onlyIf.includes("!=");
      // What is not shown must not keep the form from being sent.
      for (const each of part.querySelectorAll("input, select, textarea")) each.disabled = part.hidden;
    }
  };
  document.addEventListener("change", (event) => event.target.form && look(event.target.form));
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form").forEach(look));
})();
