/* The desk: where on the picture a field was read, one paper after another by key, and what comes first. */
(() => {
  "use strict";
  const mark = (name) => {
    for (const rect of document.querySelectorAll("[data-mark]")) {
      const on = rect.dataset.mark === name;
      rect.classList.toggle("y-mark-on", on);
      if (on) rect.closest(".y-page")?.scrollIntoView({ block: "nearest" });
    }
  };
  const row = (event) => event.target.closest?.("[data-field]")?.dataset.field;
  document.addEventListener("focusin", (event) => mark(row(event)));
  document.addEventListener("mouseover", (event) => {
    const name = row(event);
    if (name) mark(name);
  });

  const tabs = () => [...document.querySelectorAll("[data-papers] a")];
  const show = (tab) => {
    for (const each of tabs()) {
      const on = each === tab;
      each.classList.toggle("y-tab-on", on);
      if (on) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-papers] a");
    if (tab) show(tab);
    const step = event.target.closest("[data-step]");
    if (!step) return;
    const all = tabs();
    const next = all[all.findIndex((each) => each.getAttribute("aria-current")) + Number(step.dataset.step)];
    if (next) {
      next.click();
      next.focus();
    }
  });

  /* After a correction the next field that waits for a person has the cursor. */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "document") return;
    if (event.detail.requestConfig?.verb !== "post") return;
    const open = event.target.querySelector("[data-open-field]") || event.target.querySelector("[data-hotkey='c']");
    open?.focus();
    if (open?.select) open.select();
  });
})();
