/* The plan of a scene: signs put on the board with a finger, a mouse or keys. The rows of the form are the truth. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-sketch]");
  if (!form) return;
  const SVG = "http://www.w3.org/2000/svg";
  const board = form.querySelector(".y-board");
  const note = form.querySelector("[data-note]");
  const said = form.querySelector("[data-said]");
  const rows = [...form.querySelectorAll("[data-row]")];
  const paths = {};
  let sign = "";
  let chosen = null;
  form.querySelector("[data-drawing]").hidden = false;
  const field = (row, name) => row.querySelector(`[name=${name}]`);
  const number = (row, name) => Number(field(row, name).value) || 0;
  const label = (row) => field(row, "sign").selectedOptions[0].textContent.trim();

  const make = (name, given, within) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
    within.append(made);
    return made;
  };
  const draw = () => {
    board.replaceChildren();
    rows.forEach((row, n) => {
      const kind = field(row, "sign").value;
      row.hidden = row.hasAttribute("data-spare") && !kind;
      if (!kind) return;
      const place = `translate(${number(row, "x")} ${number(row, "y")})`;
      const group = make("g", { transform: place, "data-n": n, class: row === chosen ? "y-chosen" : "" }, board);
      const { d, solid } = paths[kind];
      make("path", { d, class: solid, transform: `rotate(${number(row, "turn")})` }, group);
      make("circle", { r: 6, class: "y-grip" }, group);
      if (field(row, "note").value) make("text", { x: 4, y: 4.5 }, group).textContent = field(row, "note").value;
    });
    note.value = chosen ? field(chosen, "note").value : "";
    note.disabled = !chosen;
    form.querySelectorAll("[data-tools] button").forEach((button) => {
      button.disabled = !chosen;
    });
    said.textContent = chosen ? `${label(chosen)} ${number(chosen, "x")}, ${number(chosen, "y")}` : "";
  };
  const put = (row, x, y) => {
    field(row, "x").value = Math.round(Math.min(100, Math.max(0, x)));
    field(row, "y").value = Math.round(Math.min(70, Math.max(0, y)));
  };
  const at = (event) => {
    const box = board.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 70];
  };
  const arm = (code) => {
    sign = code;
    form.querySelectorAll("[data-sign]").forEach((each) => {
      each.setAttribute("aria-pressed", String(each.dataset.sign === code));
    });
  };
  const add = (x, y) => {
    const row = rows.find((each) => !field(each, "sign").value);
    if (!row) return;
    field(row, "sign").value = sign;
    arm("");
    field(row, "turn").value = "0";
    field(row, "note").value = "";
    put(row, x, y);
    chosen = row;
    draw();
  };

  form.querySelectorAll("[data-sign]").forEach((button) => {
    const path = button.querySelector("path");
    paths[button.dataset.sign] = { d: path.getAttribute("d"), solid: path.getAttribute("class") || "" };
    button.addEventListener("click", (event) => {
      arm(sign === button.dataset.sign ? "" : button.dataset.sign);
      if (sign && event.detail === 0) add(50, 35); // by the keyboard: into the middle, then moved by the rows
    });
  });
  board.addEventListener("pointerdown", (event) => {
    const group = event.target.closest("g");
    if (sign) {
      add(...at(event)); // beside or upon whatever lies there
    } else {
      chosen = group ? rows[Number(group.dataset.n)] : null;
      draw();
    }
    if (chosen) board.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  board.addEventListener("pointermove", (event) => {
    if (!chosen || !board.hasPointerCapture(event.pointerId)) return;
    put(chosen, ...at(event));
    draw();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-turn], [data-remove]");
    if (!button || !chosen) return;
    if (button.dataset.turn) {
      field(chosen, "turn").value = (number(chosen, "turn") + Number(button.dataset.turn) + 360) % 360;
    } else {
      field(chosen, "sign").value = "";
      chosen = null;
    }
    draw();
  });
  note.addEventListener("input", () => {
    if (!chosen) return;
    field(chosen, "note").value = note.value;
    const text = note.value;
    draw();
    note.value = text;
  });
  note.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  rows.forEach((row) => row.addEventListener("input", draw));
  draw();
})();
