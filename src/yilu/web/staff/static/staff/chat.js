/* An approved answer goes into the reply with one click; the reply is emptied once it is sent. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-puts]");
    const box = document.querySelector("#say textarea");
    if (!button || !box) return;
    box.value = box.value ? `${box.value}\n${button.dataset.puts}` : button.dataset.puts;
    box.focus();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("[data-clears]");
    if (!form || event.target !== form || !event.detail.successful) return;
    form.querySelector("textarea").value = "";
    const key = form.querySelector("[name=key]");
    if (key) key.value = `${Date.now()}${Math.floor(Math.random() * 1e6)}`;
    form.querySelector("textarea").focus();
  });
})();
