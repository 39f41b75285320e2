/* Where am I: a button asks the browser and puts the answer into the form; without it one may type. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-locate]");
    if (!button || !navigator.geolocation) return;
    event.preventDefault();
    const form = button.form;
    const field = form.elements.point;
    button.disabled = true;
    const submit = () => {
      button.disabled = false;
      button.removeAttribute("data-locate");
      form.requestSubmit(button);
    };
    navigator.geolocation.getCurrentPosition(
      (found) => {
        field.value = `${found.coords.latitude.toFixed(6)},${found.coords.longitude.toFixed(6)}`;
        submit();
      },
      () => {
        button.disabled = false;
        button.removeAttribute("data-locate");
        field.hidden = false;
        field.closest("label")?.removeAttribute("hidden");
        field.focus();
        if (button.dataset.locate === "optional") form.requestSubmit(button);
      },
      { enableHighAccuracy: true, timeout: 8000, maximumAge: 10000 },
    );
  });
})();
