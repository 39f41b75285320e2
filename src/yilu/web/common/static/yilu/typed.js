/*
 * After a refusal the page comes back with the forms as they were first drawn. This puts what was typed
 * into the form that was sent, and the reason beside it; without it the reason still stands on top.
 */
(() => {
  "use strict";
  const typed = JSON.parse(document.getElementById("typed").textContent);
  const TOKEN = "csrfmiddlewaretoken";
  const sentTo = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;

  /* Several forms may go to one address: the one sent has the same hidden values (which row, which kind). */
  const wasSent = (form) =>
    form.method === "post" &&
    sentTo(form) === location.pathname &&
    [...form.querySelectorAll('input[type="hidden"]')].every(
      (field) => field.name === TOKEN || !field.name || (typed[field.name] || []).includes(field.value),
    );
  const known = (form) => [...form.elements].filter((field) => field.name in typed && field.type !== "hidden").length;
  const form = [...document.forms].filter(wasSent).sort((a, b) => known(b) - known(a))[0];
  if (!form) return;

  const nth = {};
  for (const field of form.elements) {
    const given = typed[field.name];
    if (!field.name || ["hidden", "file", "password", "submit", "button"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type)) {
      field.checked = (given || []).includes(field.value);
    } else if (field.type === "select-multiple") {
      for (const option of field.options) option.selected = (given || []).includes(option.value);
    } else if (given) {
      const place = (nth[field.name] = (nth[field.name] ?? -1) + 1);
      if (place < given.length) field.value = given[place];
      /* A day of receipt behind its summary: what was typed is seen again, not only kept. */
      if (field.value.trim() && field.tagName !== "SELECT") field.closest("details")?.setAttribute("open", "");
    }
  }
  for (let around = form.parentElement; around; around = around.parentElement) {
    if (around.tagName === "DETAILS") around.open = true;
    if (around.tagName === "DIALOG" && !around.open) around.showModal();
  }
  const reason = document.querySelector('main .y-note-bad[role="alert"]');
  if (!reason) return;
  if (!form.contains(reason)) form.prepend(reason);
  reason.scrollIntoView({ block: "center" });
})();
