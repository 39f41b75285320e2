/*
  The seat's view of the customer's page. What comes is a stranger's: elements are built one by one from
  a list of our own, in a frame that runs no script, loads nothing but our own style sheets and cannot
  be clicked. All that goes back is where the seat points.
*/
(() => {
  "use strict";
  const TAGS = new Set(
    ("main header footer nav section article aside div span p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr th td caption " +
      "form fieldset legend label button output a b strong i em small sub sup u s mark code pre blockquote br hr time figure figcaption details summary dialog")
      .split(" "),
  );
  const LOOKS = new Set(["class", "colspan", "rowspan", "disabled", "open", "aria-current", "aria-expanded", "aria-invalid"]);
  const OURS = /^\/static\/(?!.*\.\.)[\w./-]+$/;
  const ICON = /^\/static\/(?!.*\.\.)[\w./-]+#[\w-]{1,40}$/;
  const SVG = "http://www.w3.org/2000/svg";
  const NODES_MAX = 8000;
  const px = (value) => `${Math.min(4000, Math.max(0, Number(value) || 0))}px`;

  class View {
    constructor({ frame, stage, tell, sheet }) {
      [this.frame, this.stage, this.tell, this.sheet] = [frame, stage, tell, sheet];
      stage.addEventListener("click", (event) => this.point(event));
      new ResizeObserver(() => this.fit()).observe(stage.parentElement);
    }

    get doc() {
      return this.frame.contentDocument;
    }

    hear(said) {
      if (said.page === null) this.clear();
      else if (said.page) this.whole(said.page);
      if (said.again) this.change(said.again);
      if (said.size) this.resize(said.size);
      if (Array.isArray(said.scroll)) this.doc.defaultView.scrollTo(Number(said.scroll[0]) || 0, Number(said.scroll[1]) || 0);
      if (said.focus) {
        this.doc.querySelector(".y-guide-focus")?.classList.remove("y-guide-focus");
        this.focus = Number(said.focus);
        this.at?.get(this.focus)?.classList.add("y-guide-focus");
      }
    }

    clear() {
      this.at = new Map();
      this.doc.body?.replaceChildren();
    }

    whole({ size, sheets, tree }) {
      [this.at, this.number, this.left, this.focus] = [new Map(), new WeakMap(), NODES_MAX, 0];
      const doc = this.doc;
      doc.head.replaceChildren();
      for (const href of [...(Array.isArray(sheets) ? sheets.slice(0, 20) : []), this.sheet]) {
        if (!OURS.test(href)) continue;
        const link = doc.createElement("link");
        [link.rel, link.href] = ["stylesheet", href];
        doc.head.append(link);
      }
      const body = (tree?.k || []).find((each) => each?.t === "body") || tree;
      if (tree?.a?.["data-type"] === "large") doc.documentElement.dataset.type = "large";
      else delete doc.documentElement.dataset.type;
      doc.body.className = this.classes(body?.a?.class);
      doc.body.dataset.weuiTheme = "light";
      this.known(doc.body, body?.n);
      doc.body.replaceChildren(...this.children(body?.k));
      this.resize(size);
    }

    change(tree) {
      const old = this.at?.get(Number(tree?.n));
      if (!old) return;
      this.left = NODES_MAX;
      if (old === this.doc.body) {
        old.className = this.classes(tree.a?.class);
        old.replaceChildren(...this.children(tree.k));
        return;
      }
      const made = this.build(tree);
      if (made) old.replaceWith(made);
    }

    classes(text) {
      return String(text || "").replace(/[^\w -]/g, "").slice(0, 400);
    }

    known(el, number) {
      if (!Number.isInteger(number)) return;
      this.at.set(number, el);
      this.number.set(el, number);
    }

    children(kids) {
      return (Array.isArray(kids) ? kids : []).map((kid) => (typeof kid === "string" ? this.doc.createTextNode(kid) : this.build(kid))).filter(Boolean);
    }

    build(tree) {
      if (!tree || typeof tree !== "object" || (this.left -= 1) < 0) return null;
      const doc = this.doc;
      let el;
      if (tree.t === "box" || tree.t === "gone") {
        el = doc.createElement("span");
        el.className = tree.t === "gone" ? "y-guide-gone" : "y-guide-box";
        if (tree.t === "box") [el.style.width, el.style.height] = [px(tree.box?.[0]), px(tree.box?.[1])];
      } else if (tree.t === "ours") {
        el = doc.createElement("img");
        if (OURS.test(tree.src)) el.src = tree.src;
        [el.style.width, el.style.height] = [px(tree.box?.[0]), px(tree.box?.[1])];
      } else if (tree.t === "icon") {
        el = doc.createElementNS(SVG, "svg");
        el.setAttribute("class", this.classes(tree.a?.class));
        if (ICON.test(tree.use)) {
          const use = doc.createElementNS(SVG, "use");
          use.setAttribute("href", tree.use);
          el.append(use);
        }
      } else if (["input", "textarea", "select"].includes(tree.t)) el = this.field(tree);
      else {
        el = doc.createElement(TAGS.has(tree.t) ? tree.t : "div");
        el.append(...this.children(tree.k));
      }
      for (const [name, value] of Object.entries(tree.t === "icon" ? {} : tree.a || {})) {
        if (LOOKS.has(name)) el.setAttribute(name, name === "class" ? this.classes(value) : String(value).slice(0, 10));
      }
      if (tree.masked) el.classList.add("y-guide-masked");
      if (tree.n && tree.n === this.focus) el.classList.add("y-guide-focus");
      this.known(el, tree.n);
      return el;
    }

    field(tree) {
      const doc = this.doc;
      if (tree.t === "select") {
        const el = doc.createElement("select"), option = doc.createElement("option");
        option.textContent = String(tree.v || "");
        el.append(option);
        return el;
      }
      const el = doc.createElement(tree.t);
      if (tree.t === "input") el.type = ["checkbox", "radio", "submit", "button", "reset"].includes(tree.type) ? tree.type : "text";
      if (el.type === "checkbox" || el.type === "radio") el.checked = tree.on === true;
      else el.value = String(tree.v || "");
      el.readOnly = true;
      return el;
    }

    resize(size) {
      if (!Array.isArray(size)) return;
      this.size = [Math.min(2000, Math.max(200, Number(size[0]) || 390)), Math.min(3000, Math.max(200, Number(size[1]) || 600))];
      [this.frame.style.width, this.frame.style.height] = [`${this.size[0]}px`, `${this.size[1]}px`];
      this.fit();
    }

    fit() {
      if (!this.size) return;
      const scale = Math.min(1, this.stage.parentElement.clientWidth / this.size[0] || 1);
      this.scale = scale;
      this.frame.style.transform = `scale(${scale})`;
      [this.stage.style.width, this.stage.style.height] = [`${this.size[0] * scale}px`, `${this.size[1] * scale}px`];
    }

    /* Look here: which element, and where in it. */
    point(event) {
      const at = this.stage.getBoundingClientRect();
      const [x, y] = [(event.clientX - at.left) / this.scale, (event.clientY - at.top) / this.scale];
      let el = this.doc.elementFromPoint(x, y);
      while (el && !this.number?.has(el)) el = el.parentElement;
      if (!el) return;
      const box = el.getBoundingClientRect();
      this.tell({ look: { n: this.number.get(el), x: (x - box.left) / (box.width || 1), y: (y - box.top) / (box.height || 1) } });
      const mark = document.createElement("span");
      mark.className = "y-guide-mark";
      [mark.style.left, mark.style.top] = [`${x * this.scale}px`, `${y * this.scale}px`];
      this.stage.append(mark);
      window.setTimeout(() => mark.remove(), 2500);
    }
  }

  window.yiluGuideView = View;
})();
