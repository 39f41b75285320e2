/* A grid that is used like a spreadsheet. Each cell saves itself (HTMX); here are the keys and pasting. */
(() => {
  "use strict";
  const cells = (row) => [...row.querySelectorAll("input.y-cell")];
  const rowOf = (cell) => cell.closest("tr");
  const go = (cell) => {
    if (!cell) return;
    cell.focus();
    cell.select();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const beside = (cell, by) => {
    const all = [...cell.closest("[data-grid]").querySelectorAll("input.y-cell")];
    return all[all.indexOf(cell) + by];
  };
  const below = (cell, by) => {
    const rows = [...cell.closest("tbody").children];
    const row = rows[rows.indexOf(rowOf(cell)) + by];
    return row && cells(row)[cells(rowOf(cell)).indexOf(cell)];
  };

  document.addEventListener("focusin", (event) => {
    const cell = event.target;
    if (!cell.matches("input.y-cell")) return;
    cell.dataset.was = cell.value;
    cell.title = cell.value.length > 16 ? cell.value : "";
  });
  document.addEventListener("change", (event) => {
    const cell = event.target;
    if (cell.matches("input.y-cell")) cell.classList.toggle("y-any", cell.value.trim() === "-");
  });

  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches?.("input.y-cell") || event.isComposing || event.ctrlKey || event.metaKey) return;
    const { key, altKey } = event;
    const press = (act) => rowOf(cell).querySelector(`[data-act="${act}"]:not(:disabled)`)?.click();
    const start = cell.selectionStart === 0 && (cell.selectionEnd === 0 || cell.selectionEnd === cell.value.length);
    const end = cell.selectionEnd === cell.value.length && (cell.selectionStart === cell.selectionEnd || cell.selectionStart === 0);
    const moves = {
      ArrowUp: () => (altKey ? press("up") : go(below(cell, -1))),
      ArrowDown: () => (altKey ? press("down") : go(below(cell, 1))),
      Enter: () => (altKey ? press("add") : go(below(cell, event.shiftKey ? -1 : 1)) || cell.blur()),
    };
    if (moves[key]) {
      event.preventDefault();
      if (altKey) remember(cell);
      if (key === "Enter" && !altKey && !below(cell, event.shiftKey ? -1 : 1)) cell.blur();
      else moves[key]();
    } else if (key === "ArrowLeft" && start && !event.shiftKey) {
      event.preventDefault();
      go(beside(cell, -1));
    } else if (key === "ArrowRight" && end && !event.shiftKey) {
      event.preventDefault();
      go(beside(cell, 1));
    } else if (key === "Escape") {
      cell.value = cell.dataset.was ?? cell.value;
      cell.select();
    }
  });

  /* After a row was moved or added the grid is new: go back to the same column. */
  let column = -1;
  const remember = (cell) => {
    column = cells(rowOf(cell)).indexOf(cell);
  };
  document.addEventListener("htmx:afterSwap", () => {
    const grid = document.getElementById("grid");
    if (column < 0 || !grid?.dataset.focus) return;
    const row = document.getElementById(`row-${grid.dataset.focus}`);
    if (row) go(cells(row)[column]);
    column = -1;
  });

  /* A block copied from Excel goes into the cells from here on, in one request. */
  document.addEventListener("paste", (event) => {
    const cell = event.target;
    if (!cell.matches?.("input.y-cell")) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    const grid = cell.closest("[data-paste]");
    if (!grid || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const values = {};
    let row = rowOf(cell);
    const first = cells(row).indexOf(cell);
    for (const line of text.split("\n")) {
      if (!row) break;
      line.split("\t").forEach((part, i) => {
        const into = cells(row)[first + i];
        if (into) values[into.name] = part;
      });
      row = row.nextElementSibling;
    }
    remember(cell);
    window.htmx.ajax("POST", grid.dataset.paste, { source: grid, target: "#grid", swap: "outerHTML", values });
  });

  /* Forms beside the grid carry the revision that was saved last. */
  document.addEventListener("submit", (event) => {
    const kept = event.target.querySelector("[data-revision]");
    const now = document.getElementById("revision");
    if (kept && now) kept.value = now.value;
  }, true);
})();
