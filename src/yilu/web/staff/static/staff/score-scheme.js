/* While a scheme is written: what the weights come to, and what the customer's figures weigh. */
(() => {
  "use strict";
  const add = (form) => {
    let sum = 0;
    let core = 0;
    form.querySelectorAll("tbody tr").forEach((row) => {
      const chosen = row.querySelector("select").selectedOptions[0];
      const weight = Number(row.querySelector("[name=weight]").value);
      if (!chosen?.value || !Number.isFinite(weight)) return;
      sum += weight;
      if (chosen.dataset.core) core += weight;
    });
    const say = (place, value, right) => {
      const box = form.querySelector(place);
      box.textContent = String(Math.round(value * 100) / 100);
      box.classList.toggle("y-late", !right);
      box.classList.toggle("y-good", right);
    };
    say("[data-sum]", sum, Math.abs(sum - 100) < 1e-9);
    say("[data-core-sum]", core, core >= 30);
  };
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-scheme]").forEach((form) => {
      form.addEventListener("input", () => add(form));
      add(form);
    });
  });
})();
