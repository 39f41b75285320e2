/* What every page does a little better with JavaScript. Without it everything still works. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("y-js");

  /* A form goes once: the second tap finds its button busy. The server's key guards it as well. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.dataset.many !== undefined) return;
    const sure = event.submitter?.dataset.sure || form.dataset.sure;
    if (sure && !window.confirm(sure)) {
      event.preventDefault();
      return;
    }
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    const button = event.submitter;
    if (button) window.setTimeout(() => button.setAttribute("aria-busy", "true"), 0);
  });
  const rest = (scope) => {
    for (const busy of scope.querySelectorAll('[aria-busy="true"]')) busy.removeAttribute("aria-busy");
  };
  window.addEventListener("pageshow", () => rest(document));
  document.addEventListener("htmx:afterRequest", (event) => {
    event.target.removeAttribute("aria-busy");
    rest(event.target);
  });

  const toasts = () => document.getElementById("toasts");
  const say = (text, bad) => {
    const box = toasts();
    if (!box || !text) return;
    const toast = document.createElement("div");
    toast.className = bad ? "y-toast y-toast-bad" : "y-toast";
    toast.dataset.toast = "";
    toast.textContent = text;
    box.append(toast);
    fade(toast);
  };
  const fade = (toast) => {
    window.setTimeout(() => toast.classList.add("y-toast-gone"), 6000);
    window.setTimeout(() => toast.remove(), 6500);
  };
  window.yilu = { say };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-close], [data-print], [data-copy], [data-opens]");
    if (!target) return;
    if (target.dataset.close !== undefined) target.closest("[data-toast], dialog")?.remove();
    if (target.dataset.print !== undefined) window.print();
    if (target.dataset.copy !== undefined) {
      navigator.clipboard?.writeText(target.dataset.copy).then(() => say(target.dataset.done || "✓"));
    }
    if (target.dataset.opens) {
      const dialog = document.getElementById(target.dataset.opens);
      if (dialog?.dataset.keys) listKeys(dialog);
      dialog?.showModal?.();
    }
  });

  /* "?" lists the keys of this page: each control that has one says what it does. */
  const listKeys = (dialog) => {
    const list = dialog.querySelector("dl");
    for (const old of list.querySelectorAll("[data-listed]")) old.remove();
    const seen = new Set(["/"]);
    for (const control of document.querySelectorAll("[data-hotkey]")) {
      const key = control.dataset.hotkey;
      if (seen.has(key) || !control.checkVisibility?.()) continue;
      seen.add(key);
      const name = document.createElement("dt");
      const says = document.createElement("dd");
      const letter = document.createElement("kbd");
      letter.textContent = key;
      says.textContent = control.dataset.says || control.getAttribute("aria-label") || control.firstChild?.textContent || control.textContent;
      name.append(letter);
      for (const part of [name, says]) {
        part.dataset.listed = "";
        list.append(part);
      }
    }
  };

  /* One key where a page names it: "/" goes to the search, a letter presses its button. */
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]")) return;
    const named = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
    if (!named || named.disabled) return;
    event.preventDefault();
    if (named.matches("input, textarea, select, [tabindex]:not(a, button)")) named.focus();
    else if (named.matches("summary")) {
      named.parentElement.open = true;
      (named.parentElement.querySelector("input:not([type=hidden]), select, textarea") || named).focus();
    }
    else named.click();
  });

  /* A choice that only needs to be made is sent when it is made. Arrow keys only pass over the others:
     then Enter sends it, or the button that shows from now on. */
  const CHOICE = 'input[type="radio"], select';
  let byKeys = false;
  document.addEventListener("pointerdown", () => { byKeys = false; }, true);
  document.addEventListener("keydown", (event) => {
    byKeys = true;
    const form = event.target.closest?.("form.y-by-keys");
    if (!form || event.key !== "Enter" || !event.target.matches(CHOICE)) return;
    event.preventDefault();
    form.requestSubmit();
  }, true);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-at-once]");
    if (!form) return;
    if (byKeys && event.target.matches(CHOICE)) form.classList.add("y-by-keys");
    else form.requestSubmit();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-toast]:not(.y-toast-bad)").forEach(fade);
    const wrong = document.querySelector('[aria-invalid="true"]');
    if (wrong) wrong.focus();
  });

  const failed = () => say(document.body.dataset.failed, true);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", (event) => {
    const words = event.detail.xhr.getResponseHeader("Yilu-Says");
    if (words) say(decodeURIComponent(words), true);
    else failed();
  });

  /* A part that has not changed is not put in again: nothing jumps, nothing is read aloud twice. Nor one in
     which somebody reads what lies over it: the next look puts it in. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (target.dataset.version && xhr.getResponseHeader("Yilu-Version") === target.dataset.version) {
      event.detail.shouldSwap = false;
    }
    if (target.dataset.version && target.querySelector(":popover-open, dialog[open]")) {
      event.detail.shouldSwap = false;
    }
    kept = event.detail.shouldSwap ? keep(target) : null;
  });

  /* A part that is put in anew keeps one's place: what had the focus has it again, what was open stays open.
     Things are known again by their address or words, or else by their place among their like. */
  const FOCUSABLE = "a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex]";
  const nameOf = (one) => `${one.tagName} ${one.getAttribute("href") || one.name || one.textContent.trim().replace(/\d+/g, "")}`;
  const among = (scope, one) => [...scope.querySelectorAll(FOCUSABLE)].filter((other) => nameOf(other) === nameOf(one)).indexOf(one);
  const again = (scope, [name, place]) => [...scope.querySelectorAll(FOCUSABLE)].filter((other) => nameOf(other) === name)[place];
  let kept = null;
  const keep = (target) => {
    if (!target.id) return null;
    const marked = (one) => [nameOf(one), among(target, one)];
    const active = document.activeElement;
    return {
      id: target.id,
      focus: target.contains(active) && active.matches(FOCUSABLE) ? marked(active) : null,
      open: [...target.querySelectorAll("details[open] > summary")].map(marked),
    };
  };
  document.addEventListener("htmx:afterSettle", () => {
    const there = kept && document.getElementById(kept.id);
    if (!there) return;
    for (const each of kept.open) {
      const summary = again(there, each);
      if (summary) summary.parentElement.open = true;
    }
    if (kept.focus && !there.contains(document.activeElement)) again(there, kept.focus)?.focus({ preventScroll: true });
    kept = null;
  });
})();
