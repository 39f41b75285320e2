/* A chat stays at its last line, keeps what is being typed, and sends with Enter (Shift+Enter: a new line). */
(() => {
  "use strict";
  const lines = () => document.querySelector(".y-chat-lines");
  const toEnd = () => {
    const list = lines();
    if (list) list.scrollTop = list.scrollHeight;
  };
  document.addEventListener("DOMContentLoaded", toEnd);

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-say]");
    if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (event.target.value.trim()) form.requestSubmit();
  });

  /* What is typed while the lines are exchanged is put back, with the cursor where it was. */
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = document.querySelector("[data-say] textarea");
    if (!box || !event.detail.target.contains(box)) return;
    const sent = event.detail.requestConfig?.elt?.matches?.("[data-say]");
    kept = {
      text: sent ? "" : box.value,
      focused: sent || document.activeElement === box,
      from: box.selectionStart, to: box.selectionEnd,
      leave: document.querySelector("#leave-text")?.value, open: document.querySelector(".y-leave")?.open,
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const box = document.querySelector("[data-say] textarea");
    toEnd();
    if (!box || !kept) return;
    box.value = kept.text;
    const word = document.querySelector("#leave-text");
    if (word && kept.leave) word.value = kept.leave;
    if (kept.open) document.querySelector(".y-leave")?.setAttribute("open", "");
    if (kept.focused) {
      box.focus({ preventScroll: true });
      if (kept.text) box.setSelectionRange(kept.from, kept.to);
    }
    kept = null;
  });
})();
