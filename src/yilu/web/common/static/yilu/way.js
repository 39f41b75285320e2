/* On the way: once somebody shares where they are, the phone tells it again about every half minute, quietly. */
(() => {
  "use strict";
  const EVERY = 30000;
  const form = document.querySelector("form[data-way]");
  if (!form || !navigator.geolocation || !form.elements.end) return;
  const status = form.querySelector("[role=status]");
  let last = 0;
  const tell = async (found) => {
    if (Date.now() - last < EVERY) return;
    last = Date.now();
    const told = new FormData(form);
    told.delete("end");
    told.set("quietly", "1");
    told.set("point", `${found.coords.latitude.toFixed(6)},${found.coords.longitude.toFixed(6)}`);
    try {
      const answer = await fetch(form.action, { method: "POST", body: told });
      status.textContent = answer.ok ? form.dataset.wayOn : form.dataset.wayLost;
    } catch {
      status.textContent = form.dataset.wayLost;
    }
  };
  const lost = () => {
    status.textContent = form.dataset.wayLost;
  };
  navigator.geolocation.watchPosition(tell, lost, { enableHighAccuracy: true, maximumAge: 15000 });
})();
