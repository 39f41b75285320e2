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

  /*
    Runs of digits that could be a phone, a card, a paper or a code, half hidden ones too, and mail
    addresses; a date is none. Marks are looked for in what a block says altogether, so that a number
    cut over several elements is one.
  */
  const RUN = /[0-9０-９*•](?:[ -]?[0-9０-９*•]){5,}[Xx]?/g;
  const DATE = /(?<![0-9*•-])(?:19|20)\d{2}-[01]\d-[0-3]\d(?![0-9*•-])/g;
  const MAIL = /[^\s@<>()，。；：]+@[^\s@<>()，。；：]+/g;
  const secrets = (text) => {
    const found = [...text.matchAll(MAIL)].map((hit) => [hit.index, hit.index + hit[0].length, `${DOTS}@${DOTS}`]);
    const undated = text.replace(DATE, (date) => "年".repeat(date.length));
    for (const hit of undated.matchAll(RUN)) found.push([hit.index, hit.index + hit[0].length, DOTS]);
    return found.sort((one, other) => one[0] - other[0]);
  };
  /* Several pieces of text that are read as one; each as it may leave. */
  const masked = (pieces) => {
    const [joined, from] = [[], []];
    pieces.forEach((piece, n) => {
      for (let at = 0; at < piece.length; at += 1) {
        const blank = /\s/.test(piece[at]);
        if (blank && joined[joined.length - 1] === " ") continue;
        joined.push(blank ? " " : piece[at]);
        from.push([n, at]);
      }
    });
    const cuts = pieces.map(() => []);
    let done = 0;
    for (const [begin, end, word] of secrets(joined.join(""))) {
      for (let at = Math.max(begin, done); at < end; at += 1) {
        const [n, place] = from[at];
        const last = cuts[n][cuts[n].length - 1];
        if (last && last.run === begin) last.end = place + 1;
        else cuts[n].push({ run: begin, start: place, end: place + 1, word: at === Math.max(begin, done) ? word : "" });
      }
      done = Math.max(done, end);
    }
    return pieces.map((piece, n) => cuts[n].reduceRight((text, { start, end, word }) => text.slice(0, start) + word + text.slice(end), piece));
  };
  const plain = (text) => masked([text.slice(0, TEXT_MAX)])[0];

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

  /* The element that says a text as one: the nearest block; boxes of a few digits each belong together. */
  const INLINE = new Set("span a b strong i em small sub sup u s mark code label output time".split(" "));
  const CELLS = new Set(["td", "th", "body", "html"]);
  const DIGITS = /^[\s0-9０-９*•Xx-]{0,9}$/;
  const fewDigits = (el) => {
    const texts = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
    let text = "";
    while (text.length < 10 && texts.nextNode()) text += texts.currentNode.data.trim();
    return DIGITS.test(text);
  };
  const scopeOf = (node) => {
    let el = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    while (el?.parentElement && (INLINE.has(tagOf(el)) || (!CELLS.has(tagOf(el)) && fewDigits(el)))) el = el.parentElement;
    return el;
  };
  const leaves = (el) => !GONE.has(tagOf(el)) && !BOXES.has(tagOf(el)) && !says(el, "hidden") && !editable(el) && tagOf(el) !== "select" && tagOf(el) !== "textarea";
  /* Each text of a block as it may leave, by its node. */
  const said = (scope) => {
    const [groups, open] = [[], { nodes: [] }];
    const close = () => {
      if (open.nodes.length) groups.push(open.nodes);
      open.nodes = [];
    };
    const walk = (el) => {
      for (const child of el.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) open.nodes.push(child);
        else if (child.nodeType === Node.ELEMENT_NODE && leaves(child) && scopeOf(child) === scope) walk(child);
        else if (child.nodeType === Node.ELEMENT_NODE && tagOf(child) !== "br") close();
      }
    };
    walk(scope);
    close();
    const found = new Map();
    for (const nodes of groups) {
      masked(nodes.map((each) => each.data.slice(0, TEXT_MAX))).forEach((text, n) => found.set(nodes[n], text));
    }
    return found;
  };

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

  /* A text as it may leave; its block is looked at once a reading. */
  const textOf = (node, left) => {
    const scope = scopeOf(node);
    if (!left.said.has(scope)) left.said.set(scope, said(scope));
    return left.said.get(scope).get(node) ?? plain(node.data);
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
        if (child.data.trim()) read.k.push(textOf(child, left));
        else if (read.k.length) read.k.push(" ");
      } else if (child.nodeType === Node.ELEMENT_NODE) {
        const kept = readElement(child, names, left);
        if (kept) read.k.push(kept);
      }
    }
    return read;
  };
  const read = (el, names = new Names()) => readElement(el, names, { nodes: NODES_MAX, said: new Map() });

  /* What has to be read again when `el` changed: its block, or the outermost ancestor that hides or hollows it. */
  const reach = (el) => {
    let from = scopeOf(el) || el;
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
