/*
  Screen guidance: what of a page may leave the phone, decided here, before anything is sent.

  By allow-list: a tag, an attribute, a field's content leaves only where this file says so. What is
  typed, chosen or ticked stays on the phone unless the field says data-guide="shown"; an element that
  says data-guide="hidden" leaves as an empty box. Addresses, titles, hidden and one-time fields,
  placeholders, labels for screen readers and data-* never leave at all. Pages are sent over the
  browsers' own channel; the house neither sees nor keeps them.
*/
(() => {
  "use strict";
  const DOTS = "••••";
  const GONE = new Set("script style link meta title head base noscript template iframe frame object embed datalist param source track".split(" "));
  const BOXES = new Set("img picture canvas video audio map progress meter".split(" "));
  const KEPT = new Set(
    ("html body main header footer nav section article aside div span p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr th td caption " +
      "form fieldset legend label button input textarea select output a b strong i em small sub sup u s mark code pre blockquote br hr time figure figcaption details summary dialog")
      .split(" "),
  );
  const PLAIN_FIELDS = new Set("text search tel url email number date month week time datetime-local range color".split(" "));
  const BUTTONS = new Set(["submit", "button", "reset"]);
  const STATES = new Set(["true", "false", "page", "step", "location", "date", "mixed"]);
  const SECRET = /one-time-code|password|cc-/;
  const NODES_MAX = 6000, TEXT_MAX = 2000;

  /* Runs of digits that could be a phone, a card, a paper or a code, half hidden ones too; a date is none. */
  const RUN = /[0-9０-９*•](?:[ -]?[0-9０-９*•]){5,}[Xx]?/g;
  const DATE = /^\d{4}-\d{2}-\d{2}$/;
  const MAIL = /[^\s@<>()，。；：]+@[^\s@<>()，。；：]+/g;
  const plain = (text) =>
    text.slice(0, TEXT_MAX).replace(MAIL, `${DOTS}@${DOTS}`).replace(RUN, (run) => (DATE.test(run) ? run : DOTS));

  const tagOf = (el) => el.localName || "";
  const says = (el, word) => el.getAttribute?.("data-guide") === word;
  const seen = (el) => !el.hidden && (typeof el.checkVisibility !== "function" || el.checkVisibility());
  const editable = (el) => el.hasAttribute?.("contenteditable") && el.getAttribute("contenteditable") !== "false";
  const own = (address, base) => {
    try {
      const url = new URL(address, base);
      return url.origin === window.location.origin && url.pathname.startsWith("/static/") && !url.search ? url.pathname : "";
    } catch {
      return "";
    }
  };
  const maySay = (el) =>
    says(el, "shown") && el.type !== "password" && el.type !== "hidden" && !SECRET.test(el.getAttribute("autocomplete") || "");

  /* Numbers for elements, so that later changes and pointers can name them. */
  class Names {
    constructor() {
      this.of = new WeakMap();
      this.at = new Map();
      this.last = 0;
    }

    name(el) {
      let number = this.of.get(el);
      if (!number) {
        this.last += 1;
        number = this.last;
        this.of.set(el, number);
        this.at.set(number, new WeakRef(el));
      }
      return number;
    }

    find(number) {
      return this.at.get(number)?.deref() || null;
    }
  }

  const looks = (el) => {
    const kept = {};
    const classes = [...(el.classList || [])].filter((each) => /^[A-Za-z][\w-]{0,60}$/.test(each));
    if (classes.length) kept.class = classes.join(" ");
    for (const name of ["colspan", "rowspan"]) if (/^\d{1,2}$/.test(el.getAttribute(name) || "")) kept[name] = el.getAttribute(name);
    for (const name of ["disabled", "open"]) if (el.hasAttribute(name)) kept[name] = "";
    for (const name of ["aria-current", "aria-expanded", "aria-invalid"]) {
      if (STATES.has(el.getAttribute(name))) kept[name] = el.getAttribute(name);
    }
    if (tagOf(el) === "html" && el.dataset.type === "large") kept["data-type"] = "large";
    if (tagOf(el) === "body") kept["data-weui-theme"] = "light";
    return kept;
  };
  const box = (el, names, why) => {
    const { width, height } = el.getBoundingClientRect?.() || {};
    return { n: names.name(el), t: "box", why, box: [Math.round(width || 0), Math.round(height || 0)] };
  };
  const field = (el, names) => {
    const read = { n: names.name(el), t: tagOf(el), a: looks(el) };
    const shown = maySay(el);
    if (read.t === "select") {
      const chosen = [...el.selectedOptions].map((each) => each.label).join("、");
      return { ...read, v: shown ? chosen.slice(0, TEXT_MAX) : el.value ? DOTS : "" };
    }
    if (read.t === "textarea") return { ...read, v: shown ? el.value.slice(0, TEXT_MAX) : el.value ? DOTS : "" };
    const type = (el.getAttribute("type") || "text").toLowerCase();
    if (type === "checkbox" || type === "radio") return { ...read, type, ...(shown ? { on: el.checked } : { masked: true }) };
    if (BUTTONS.has(type)) return { ...read, type, v: plain(el.value) };
    if (PLAIN_FIELDS.has(type)) return { ...read, type: "text", v: shown ? el.value.slice(0, TEXT_MAX) : el.value ? DOTS : "" };
    return { ...read, type: "text", v: el.value ? DOTS : "" };
  };

  /* One element as it may leave, or null. `left` counts down: a page without end is cut off. */
  const readElement = (el, names, left) => {
    const tag = tagOf(el);
    if (GONE.has(tag) || left.nodes <= 0 || (tag === "input" && el.type === "hidden")) return null;
    left.nodes -= 1;
    if (says(el, "hidden")) return box(el, names, "hidden");
    if (!seen(el)) return { n: names.name(el), t: "gone" };
    if (tag === "svg") {
      const use = el.firstElementChild;
      const sheet = use && tagOf(use) === "use" ? (use.getAttribute("href") || "").split("#") : [];
      const path = sheet.length === 2 && /^[\w-]{1,40}$/.test(sheet[1]) ? own(sheet[0], el.baseURI) : "";
      return path ? { n: names.name(el), t: "icon", a: looks(el), use: `${path}#${sheet[1]}` } : box(el, names, "picture");
    }
    const picture = tag === "img" ? own(el.getAttribute("src") || "", el.baseURI) : "";
    if (picture) return { ...box(el, names, "ours"), t: "ours", src: picture };
    if (BOXES.has(tag)) return box(el, names, "picture");
    if (tag === "input" || tag === "textarea" || tag === "select") return field(el, names);
    const read = { n: names.name(el), t: KEPT.has(tag) ? tag : "div", a: looks(el) };
    if (editable(el)) {
      const text = el.textContent.trim();
      return { ...read, k: [says(el, "shown") ? text.slice(0, TEXT_MAX) : text ? DOTS : ""] };
    }
    read.k = [];
    for (const child of el.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        if (child.data.trim()) read.k.push(plain(child.data));
        else if (read.k.length) read.k.push(" ");
      } else if (child.nodeType === Node.ELEMENT_NODE) {
        const kept = readElement(child, names, left);
        if (kept) read.k.push(kept);
      }
    }
    return read;
  };
  const read = (el, names = new Names()) => readElement(el, names, { nodes: NODES_MAX });

  /* What has to be read again when `el` changed: the outermost ancestor that hides or hollows it. */
  const reach = (el) => {
    let from = el;
    for (let up = el; up; up = up.parentElement) {
      if (GONE.has(tagOf(up)) || BOXES.has(tagOf(up)) || tagOf(up) === "svg" || tagOf(up) === "select" || tagOf(up) === "textarea") from = up;
      if (says(up, "hidden") || editable(up) || !seen(up)) from = up;
    }
    return GONE.has(tagOf(from)) ? null : from;
  };

  /* The customer's page in its frame, told to the seat as it changes. */
  class Mirror {
    constructor(frame, tell) {
      [this.frame, this.tell, this.on] = [frame, tell, false];
      frame.addEventListener("load", () => this.on && this.whole());
    }

    start() {
      this.on = true;
      this.whole();
    }

    stop() {
      this.on = false;
      this.leave?.abort();
      this.observer?.disconnect();
      window.clearTimeout(this.soon);
    }

    get doc() {
      try {
        return this.frame.contentDocument;
      } catch {
        return null;
      }
    }

    whole() {
      const doc = this.doc;
      this.observer?.disconnect();
      this.leave?.abort();
      if (!this.on) return;
      if (!doc?.body || doc.URL === "about:blank") {
        this.tell({ page: null });
        return;
      }
      this.names = new Names();
      this.dirty = new Set();
      const view = doc.defaultView;
      const sheets = [...doc.querySelectorAll('link[rel~="stylesheet"]')].map((each) => own(each.getAttribute("href") || "", doc.baseURI)).filter(Boolean);
      this.tell({ page: { size: [view.innerWidth, view.innerHeight], sheets, tree: read(doc.documentElement, this.names) } });
      this.scrolled();
      this.observer = new MutationObserver((changes) => {
        for (const change of changes) this.mark(change.target.nodeType === Node.ELEMENT_NODE ? change.target : change.target.parentElement);
      });
      this.observer.observe(doc.documentElement, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["class", "hidden", "disabled", "open", "type", "value", "checked", "data-guide", "aria-current", "aria-expanded"] });
      this.leave = new AbortController();
      const heard = { capture: true, passive: true, signal: this.leave.signal };
      for (const name of ["input", "change"]) {
        doc.addEventListener(name, ({ target }) => {
          if (target.type === "radio" && target.name) for (const each of doc.getElementsByName(target.name)) this.mark(each);
          else this.mark(target);
        }, heard);
      }
      doc.addEventListener("focusin", ({ target }) => this.tell({ focus: this.names.name(target) }), heard);
      view.addEventListener("scroll", () => this.scrolled(), heard);
      view.addEventListener("resize", () => this.tell({ size: [view.innerWidth, view.innerHeight] }), heard);
      view.addEventListener("pagehide", () => this.observer?.disconnect(), heard);
    }

    scrolled() {
      const view = this.doc?.defaultView;
      if (view) this.tell({ scroll: [Math.round(view.scrollX), Math.round(view.scrollY)] });
    }

    mark(el) {
      const from = el && el.isConnected ? reach(el) : null;
      if (!from) return;
      this.dirty.add(from);
      this.soon = this.soon || window.setTimeout(() => this.flush(), 120);
    }

    flush() {
      this.soon = 0;
      const known = [...this.dirty].filter((el) => el.isConnected);
      this.dirty.clear();
      for (const el of known) {
        if (known.some((other) => other !== el && other.contains(el))) continue;
        const tree = read(el, this.names);
        if (tree) this.tell({ again: tree });
      }
    }

    /* Where the seat points: four numbers, nothing else is heard. */
    place({ n, x, y }) {
      const el = [n, x, y].every(Number.isFinite) ? this.names?.find(n) : null;
      if (!el || !el.isConnected) return null;
      const at = el.getBoundingClientRect();
      const share = (part) => Math.min(1, Math.max(0, part));
      return { x: at.left + share(x) * at.width, y: at.top + share(y) * at.height, height: this.doc.defaultView.innerHeight };
    }
  }

  window.yiluGuide = { plain, read, reach, Names, Mirror };
})();
