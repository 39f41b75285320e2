/*
  News. <div data-push="TICKET" data-push-url="URL" data-poll="5"> … </div>: whenever something it
  waits for has happened, the element gets an event "push", and HTMX reads again
  (hx-trigger="push from:closest [data-push]"). While there is no stream (no push process, a blocked
  port, no ticket any more) the same event comes every data-poll seconds; with one, once a minute,
  because clocks go down. A [data-poll] further inside says otherwise; 0 means: nothing moves.

  Nothing is read while something is on its way: news from inside an element waits until the element's
  own request has been answered. Else a page would be read half done, and the answer to what was
  pressed would find its place exchanged, and be lost.
*/
(() => {
  "use strict";
  const MINUTE = 60;
  const streams = new Map(); // element → its stream

  class Stream {
    constructor(element) {
      this.element = element;
      this.ticket = element.dataset.push;
      this.url = element.dataset.pushUrl;
      this.alive = false;
      this.last = "";
      this.busy = new Map(); // requests on their way → whether they only read
      this.owed = null;
      this.wait = 2;
      this.looked = Date.now();
      this.open();
    }

    open() {
      if (!this.url || !this.ticket || !("EventSource" in window)) return;
      const after = this.last ? `&after=${encodeURIComponent(this.last)}` : "";
      this.source = new EventSource(`${this.url}?ticket=${encodeURIComponent(this.ticket)}${after}`);
      this.source.onopen = () => {
        this.alive = true;
        this.wait = 2;
        this.element.dataset.pushed = "";
      };
      this.source.onmessage = (message) => {
        this.last = message.lastEventId || this.last;
        this.tell(message.data);
      };
      this.source.onerror = () => {
        this.alive = false;
        delete this.element.dataset.pushed;
        /* The browser comes back by itself after a lost line, not after a refusal. */
        if (this.source.readyState === EventSource.CLOSED) {
          window.setTimeout(() => this.renew(), 1000 * this.wait);
          this.wait = Math.min(this.wait * 2, 300);
        }
      };
    }

    async renew() {
      if (!this.element.isConnected) return;
      try {
        const answer = await fetch(`/push/ticket?ticket=${encodeURIComponent(this.ticket)}`, { headers: { Accept: "application/json" } });
        if (answer.ok) {
          this.ticket = (await answer.json()).ticket;
          this.open();
        }
      } catch { /* it goes on looking by itself */ }
    }

    tell(topics) {
      if (this.busy.size) {
        this.owed = topics;
        return;
      }
      this.owed = null;
      this.looked = Date.now();
      this.element.dispatchEvent(new CustomEvent("push", { detail: { topics: (topics || "").split(" ") } }));
    }

    /* Who presses something need not wait for what is being read: it is read again afterwards. */
    sends(xhr, reads) {
      for (const [other, only] of reads ? [] : [...this.busy]) {
        if (!only) continue;
        this.owed ??= "";
        other.abort();
      }
      this.busy.set(xhr, reads);
      xhr.addEventListener("loadend", () => this.answered(xhr));
    }

    answered(xhr) {
      this.busy.delete(xhr);
      if (!this.busy.size && this.owed !== null) window.setTimeout(() => this.tell(this.owed ?? ""), 0);
    }

    look() {
      const inner = this.element.querySelector("[data-poll]");
      const every = Number((inner || this.element).dataset.poll || 0);
      if (!every || document.hidden) return;
      const due = this.alive ? Math.max(every, MINUTE) : every;
      if (Date.now() - this.looked >= due * 1000 - 500) this.tell("");
    }

    close() {
      this.source?.close();
    }
  }

  const find = () => {
    for (const [element, stream] of streams) {
      if (element.isConnected) continue;
      stream.close();
      streams.delete(element);
    }
    for (const element of document.querySelectorAll("[data-push]")) {
      if (!streams.has(element)) streams.set(element, new Stream(element));
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    find();
    window.setInterval(() => streams.forEach((stream) => stream.look()), 1000);
  });
  document.addEventListener("htmx:load", find);
  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    const inside = detail.elt.closest?.("[data-push]");
    if (inside) streams.get(inside)?.sends(detail.xhr, detail.requestConfig.verb === "get");
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) streams.forEach((stream) => stream.look());
  });
  window.addEventListener("pagehide", () => streams.forEach((stream) => stream.close()));
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    streams.forEach((stream) => stream.close());
    streams.clear();
    find();
  });
})();
