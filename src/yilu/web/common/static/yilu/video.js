/*
  Two browsers and a mailbox. A Line asks the house what is new and leaves what is to be told; it
  hurries while the two find each other and is calm while they talk. Nothing here needs a socket.
*/
(() => {
  "use strict";
  const PART = 12_000, WORDS_MAX = 2_000_000;
  const wait = (ms) => new Promise((done) => window.setTimeout(done, ms));

  class Line {
    constructor(root, { onNews, onSignal }) {
      this.url = root.dataset.exchange;
      this.csrf = root.dataset.csrf;
      this.onNews = onNews;
      this.onSignal = onSignal;
      this.connection = 0;
      this.after = 0;
      this.out = [];
      this.connected = false;
      this.lost = 0;
      this.on = false;
      root.addEventListener("push", () => this.now());
    }

    tell(what) {
      this.out.push(JSON.stringify(what));
      this.now();
    }

    now() {
      this.wake?.();
    }

    headers(more = {}) {
      return { "X-CSRFToken": this.csrf, Accept: "application/json", ...more };
    }

    async post(url, body, headers = {}) {
      const answer = await fetch(url, { method: "POST", body, headers: this.headers(headers), credentials: "same-origin" });
      const said = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      return { ok: answer.ok, status: answer.status, said };
    }

    async start() {
      this.on = true;
      while (this.on) {
        await this.turn();
        const pause = this.lost ? Math.min(500 * 2 ** this.lost, 4000) : this.connected ? 1500 : 350;
        await Promise.race([wait(pause), new Promise((done) => { this.wake = done; })]);
        if (!this.lost) await wait(60); /* what comes together goes together */
      }
    }

    stop() {
      this.on = false;
      this.now();
    }

    async turn() {
      const send = this.out.splice(0, 30), connection = this.connection;
      try {
        const { ok, status, said } = await this.post(
          this.url,
          JSON.stringify({ connection, after: this.after, connected: this.connected, send }),
          { "Content-Type": "application/json" },
        );
        if (!ok) {
          if (status < 500) this.stop();
          throw Object.assign(new Error(String(status)), { status, said });
        }
        this.lost = 0;
        await this.onNews(said);
        for (const [number, body] of said.signals) {
          if (number <= this.after) continue;
          this.after = number;
          await this.onSignal(JSON.parse(body));
        }
      } catch (problem) {
        if (connection === this.connection) this.out.unshift(...send);
        this.lost += 1;
        await this.onNews({ lost: this.lost, status: problem.status || 0, message: problem.said?.message || "" });
      }
    }
  }

  /* One connection: candidates wait until the other side's description is there. */
  class Peer {
    constructor({ ice, stream, onTrack, onState, tell, onWord = () => {}, onOpen = () => {} }) {
      this.pc = new RTCPeerConnection({ iceServers: ice });
      this.channel = this.pc.createDataChannel("guide", { negotiated: true, id: 7 });
      this.parts = [];
      this.channel.onopen = onOpen;
      this.channel.onmessage = ({ data }) => this.word(data, onWord);
      this.waiting = [];
      this.tell = tell;
      for (const track of stream.getTracks()) this.pc.addTrack(track, stream);
      this.pc.ontrack = (event) => onTrack(event.streams[0]);
      this.pc.onicecandidate = (event) => event.candidate && tell({ ice: event.candidate.toJSON() });
      this.pc.onconnectionstatechange = () => onState(this.pc.connectionState);
    }

    async offer() {
      await this.pc.setLocalDescription(await this.pc.createOffer());
      this.tell({ sdp: this.pc.localDescription.toJSON() });
    }

    async hear(signal) {
      if (signal.sdp) {
        await this.pc.setRemoteDescription(signal.sdp);
        for (const each of this.waiting.splice(0)) await this.pc.addIceCandidate(each).catch(() => {});
        if (signal.sdp.type === "offer") {
          await this.pc.setLocalDescription(await this.pc.createAnswer());
          this.tell({ sdp: this.pc.localDescription.toJSON() });
        }
      } else if (signal.ice) {
        if (this.pc.remoteDescription) await this.pc.addIceCandidate(signal.ice).catch(() => {});
        else this.waiting.push(signal.ice);
      }
    }

    /* A word to the other browser, past the house; long ones in parts that every browser can carry. */
    say(what) {
      if (this.channel.readyState !== "open" || this.channel.bufferedAmount > WORDS_MAX) return false;
      const text = JSON.stringify(what);
      for (let at = 0; at < text.length; ) {
        let end = Math.min(at + PART, text.length);
        if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1])) end -= 1;
        this.channel.send((end < text.length ? "+" : ".") + text.slice(at, end));
        at = end;
      }
      return true;
    }

    word(data, onWord) {
      if (typeof data !== "string") return;
      this.parts.push(data.slice(1));
      if (this.parts.reduce((sum, part) => sum + part.length, 0) > WORDS_MAX) this.parts = [];
      if (data[0] !== ".") return;
      try {
        onWord(JSON.parse(this.parts.splice(0).join("")));
      } catch {
        this.parts = []; /* not a word of ours */
      }
    }

    close() {
      this.channel.onopen = null;
      this.channel.onmessage = null;
      this.pc.onconnectionstatechange = null;
      this.pc.close();
    }
  }

  const camera = () => navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" }, audio: { echoCancellation: true },
  });

  /* Who is speaking: an element gets .is-speaking while its stream is loud. */
  const watchVoice = (audio, stream, element) => {
    if (!stream.getAudioTracks().length) return () => {};
    const source = audio.createMediaStreamSource(stream);
    const meter = audio.createAnalyser();
    meter.fftSize = 256;
    source.connect(meter);
    const levels = new Uint8Array(meter.fftSize);
    const timer = window.setInterval(() => {
      meter.getByteTimeDomainData(levels);
      let loudest = 0;
      for (const level of levels) loudest = Math.max(loudest, Math.abs(level - 128));
      element.classList.toggle("is-speaking", loudest > 10);
    }, 200);
    return () => {
      window.clearInterval(timer);
      source.disconnect();
      element.classList.remove("is-speaking");
    };
  };

  window.yiluVideo = { Line, Peer, camera, watchVoice };
})();
