/* The document never leaves the machine: only its SHA-256 is asked for. */
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form[data-verify]");
    if (!form) return;
    const input = form.querySelector('input[type="file"]');
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      if (!window.crypto?.subtle) {
        form.submit(); /* an old browser or plain http: the server computes it and forgets the file */
        return;
      }
      form.querySelector("[data-said]").textContent = form.dataset.working;
      const digest = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      window.location.assign(`${form.dataset.url}?sha256=${hex}`);
    });
  });
})();
