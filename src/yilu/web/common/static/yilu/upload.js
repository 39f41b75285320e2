/* Files go one by one as soon as they are chosen, each with its own progress. */
(() => {
  "use strict";
  const ENDINGS = /\.(jpe?g|png|webp|heic|heif|bmp|tiff?|pdf|ofd|xml)$/i;

  const line = (list, name) => {
    const item = document.createElement("li");
    item.className = "y-sending-one";
    const title = document.createElement("div");
    title.className = "y-file-name";
    title.textContent = name;
    const bar = document.createElement("progress");
    bar.className = "y-progress";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    const note = document.createElement("div");
    note.className = "y-small";
    item.append(title, bar, note);
    list.append(item);
    const fail = (words) => {
      bar.remove();
      note.className = "y-error";
      note.textContent = words;
    };
    return { item, bar, note, fail };
  };

  const check = (form, file) => {
    if (file.size === 0) return form.dataset.empty;
    if (file.size > Number(form.dataset.limit)) return form.dataset.tooLarge;
    if (!ENDINGS.test(file.name) && !file.type.startsWith("image/")) return form.dataset.wrong;
    return "";
  };

  const send = (form, file) =>
    new Promise((done) => {
      const shown = line(form.querySelector("[data-list]"), file.name);
      const wrong = check(form, file);
      if (wrong) {
        shown.fail(wrong);
        done(false);
        return;
      }
      const body = new FormData();
      body.append("kind", form.querySelector('[name="kind"]:checked')?.value || "");
      body.append("files", file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-CSRFToken", form.querySelector('[name="csrfmiddlewaretoken"]').value);
      request.setRequestHeader("Accept", "application/json");
      shown.note.textContent = form.dataset.sending;
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) shown.bar.value = (event.loaded / event.total) * 100;
      });
      request.addEventListener("load", () => {
        if (request.status < 300) {
          shown.item.remove();
          done(true);
          return;
        }
        let words = decodeURIComponent(request.getResponseHeader("Yilu-Says") || "");
        try {
          const said = JSON.parse(request.responseText);
          words = said.hint ? `${said.message}。${said.hint}` : said.message;
        } catch {
          /* not JSON: the header or the usual words */
        }
        shown.fail(words || form.dataset.failed);
        done(false);
      });
      request.addEventListener("error", () => {
        shown.fail(form.dataset.failed);
        done(false);
      });
      request.send(body);
    });

  const take = async (form, files) => {
    let any = false;
    for (const file of files) any = (await send(form, file)) || any;
    if (any && !form.querySelector(".y-sending-one")) {
      window.location.reload();
    } else if (any) {
      /* Some went through and some did not: show what is in, keep what is said about the rest. */
      const there = document.getElementById("uploads");
      if (there && form.dataset.uploads) window.htmx?.ajax("GET", form.dataset.uploads, { target: there, swap: "outerHTML" });
    }
  };

  /* Once everything is read the server asks for a fresh page. Not while a file is on its way, and not
     over what is said about one that was not taken: then the list alone is renewed. */
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    const there = document.getElementById("uploads");
    if (!there || !xhr.getResponseHeader("HX-Refresh") || !document.querySelector(".y-sending-one")) return;
    event.preventDefault();
    there.outerHTML = xhr.responseText;
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-upload]")) {
      const input = form.querySelector('input[type="file"]');
      const drop = form.querySelector(".y-drop");
      input.addEventListener("change", () => {
        const files = [...input.files];
        input.value = "";
        form.querySelectorAll(".y-sending-one").forEach((old) => old.remove());
        take(form, files);
      });
      form.addEventListener("submit", (event) => event.preventDefault());
      for (const name of ["dragover", "dragleave", "drop"]) {
        drop.addEventListener(name, () => drop.classList.toggle("y-drop-over", name === "dragover"));
      }
    }
  });
})();
