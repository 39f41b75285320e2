/*
  The seat's end: it offers, shows the customer large and itself small with clock and case number
  burnt in, and records exactly that picture with both voices. Every second is a piece; pieces go in
  order, each with its digest, again until they have arrived.
*/
(() => {
  "use strict";
  const root = document.querySelector("[data-video-seat]");
  if (!root) return;
  const { Line, Peer, camera, watchVoice } = window.yiluVideo;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const words = root.dataset;
  const ice = JSON.parse(document.getElementById("video-ice").textContent);
  const canvas = part("picture"), pen = canvas.getContext("2d");
  const theirs = part("theirs"), own = part("own");
  let mine, audio, mix, peer, unwatch = () => {}, remote = null;
  let wanted = "", arrivals = 0, dialling = false, broken = true, brokenSince = 0;

  const say = (text) => { part("says").textContent = text; };
  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  /* -- the picture ------------------------------------------------------------------------- */
  const fit = (video, x, y, width, height) => {
    if (!video.videoWidth) return;
    const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
    const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
    pen.drawImage(video, x + (width - w) / 2, y + (height - h) / 2, w, h);
  };
  const draw = () => {
    pen.fillStyle = "#101715";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    fit(theirs, 0, 0, canvas.width, canvas.height);
    fit(own, canvas.width - 168, canvas.height - 156, 160, 120);
    pen.fillStyle = "rgba(0,0,0,.55)";
    pen.fillRect(0, canvas.height - 28, canvas.width, 28);
    pen.fillStyle = "#fff";
    pen.font = "16px sans-serif";
    pen.fillText(`${words.burnt}  ${new Date().toLocaleString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" })}`, 10, canvas.height - 9);
  };

  /* -- the recording ----------------------------------------------------------------------- */
  const pieces = { recorder: null, queue: [], next: 0, take: 0, busy: false, failed: false };
  const record = (news) => {
    if (pieces.recorder) return;
    [pieces.next, pieces.take] = [news.pieces + 1, news.takes + 1];
    const both = new MediaStream([...canvas.captureStream(12).getVideoTracks(), ...mix.stream.getAudioTracks()]);
    pieces.recorder = new MediaRecorder(both, { mimeType: "video/webm;codecs=vp8,opus", videoBitsPerSecond: 400_000 });
    pieces.recorder.ondataavailable = (event) => {
      if (event.data.size) pieces.queue.push(event.data);
      upload();
    };
    pieces.recorder.start(1000);
  };
  const upload = async () => {
    if (pieces.busy || pieces.failed) return;
    pieces.busy = true;
    while (pieces.queue.length && !pieces.failed) {
      const content = await pieces.queue[0].arrayBuffer();
      const sha256 = hex(await crypto.subtle.digest("SHA-256", content));
      try {
        const { ok, status, said } = await line.post(root.dataset.piece, content, {
          "Content-Type": "application/octet-stream", "X-Piece": pieces.next, "X-Take": pieces.take, "X-Sha256": sha256,
        });
        if (ok) {
          pieces.queue.shift();
          pieces.next += 1;
          root.dataset.kept = said.pieces;
        } else if (status < 500) {
          pieces.failed = true;
          alarm(said.message || words.saysNotKept);
        } else throw new Error(String(status));
      } catch {
        await new Promise((done) => window.setTimeout(done, 1000));
      }
      if (pieces.queue.length > 8) alarm(words.saysSlow);
      else if (!pieces.failed) alarm("");
      part("kept").textContent = root.dataset.kept || "0";
    }
    pieces.busy = false;
  };
  const alarm = (text) => {
    part("alarm").hidden = !text;
    part("alarm").textContent = text;
  };
  const closeRecording = async () => {
    if (pieces.recorder?.state === "recording") {
      await new Promise((done) => {
        pieces.recorder.onstop = done;
        pieces.recorder.stop();
      });
    }
    const until = Date.now() + 15_000;
    while ((pieces.queue.length || pieces.busy) && !pieces.failed && Date.now() < until) {
      upload();
      await new Promise((done) => window.setTimeout(done, 50));
    }
    return !pieces.queue.length;
  };

  /* -- the connection ---------------------------------------------------------------------- */
  const line = new Line(root, {
    onSignal: (signal) => peer?.hear(signal),
    onNews: async (news) => {
      if (news.lost) {
        say(news.message || words.saysOffline);
        return;
      }
      root.dataset.state = news.state;
      part("state").textContent = words[`state${news.state[0]}${news.state.slice(1).toLowerCase()}`] || "";
      if (news.state === "ENDED") {
        window.location.reload();
        return;
      }
      if (news.state === "LIVE" && line.connected) record(news);
      guide(news.guided);
      if (wanted === "SIGN" && !news.wants && part("signed")) part("signed").textContent = words.saysSigned;
      if (wanted && wanted !== "SIGN" && wanted !== "GUIDE" && !news.wants) part("taken").textContent = words.saysTaken;
      wanted = news.wants;
      if (!news.customerHere) say(news.arrivals ? words.saysGone : words.saysWaiting);
      const lost = broken && Date.now() - brokenSince > 1500;
      if (news.customerHere && !dialling && (news.arrivals !== arrivals || lost)) await dial(news.arrivals);
    },
  });
  /* -- the customer's page, while they let it be seen ----------------------------------------- */
  let guided = false;
  const view = new window.yiluGuideView({
    frame: part("page"), stage: part("stage"), sheet: root.dataset.guideSheet, tell: (what) => guided && peer?.say(what),
  });
  const guide = (on) => {
    if (on === guided) return;
    guided = on;
    part("guide").hidden = !on;
    part("unguide").hidden = !on;
    if (on) peer?.say({ again: true });
    else view.clear();
  };
  const dial = async (seen) => {
    dialling = true;
    [arrivals, broken, brokenSince] = [seen, true, Date.now() + 6000];
    const { ok, said } = await line.post(root.dataset.connect, "{}", { "Content-Type": "application/json" });
    if (ok) {
      line.connection = said.connection;
      root.dataset.connection = said.connection;
      root.dataset.peer = "new";
      line.connected = false;
      line.out = [];
      peer?.close();
      peer = new Peer({
        ice, stream: mine, onTrack: hearThem, onState: changed,
        tell: (what) => said.connection === line.connection && line.tell(what),
        onWord: (said) => guided && view.hear(said),
      });
      say(words.saysConnecting);
      await peer.offer();
    } else say(said.message || words.saysOffline);
    dialling = false;
  };
  const hearThem = (stream) => {
    theirs.srcObject = stream;
    theirs.play().catch(() => {});
    remote?.disconnect();
    remote = stream.getAudioTracks().length ? audio.createMediaStreamSource(stream) : null;
    remote?.connect(mix);
    unwatch();
    unwatch = watchVoice(audio, stream, part("theirs-name"));
  };
  const changed = (state) => {
    root.dataset.peer = state;
    line.connected = state === "connected";
    broken = !line.connected;
    /* Two that cannot find each other try again: some browsers never call that a failure. */
    brokenSince = Date.now() + ({ disconnected: 3000, connecting: 13000, new: 13000 }[state] || 0);
    say(line.connected ? words.saysLive : words.saysDropped);
    line.now();
  };

  /* -- the seat's hands -------------------------------------------------------------------- */
  const start = async () => {
    part("start").disabled = true;
    const sat = await line.post(root.dataset.sit, "{}", { "Content-Type": "application/json" }).catch(() => ({ ok: false, said: {} }));
    if (!sat.ok) {
      part("start").disabled = false;
      say(sat.said.message || words.saysOffline);
      return;
    }
    try {
      mine = mine || (await camera());
    } catch {
      part("start").disabled = false;
      say(words.saysNoCamera);
      return;
    }
    audio = new AudioContext();
    audio.resume().catch(() => {});
    mix = audio.createMediaStreamDestination();
    audio.createMediaStreamSource(mine).connect(mix);
    own.srcObject = mine;
    own.play().catch(() => {});
    watchVoice(audio, mine, part("own-name"));
    window.setInterval(draw, 83);
    part("start").hidden = true;
    line.start();
  };
  part("start").addEventListener("click", start);
  for (const form of root.querySelectorAll("form[data-call]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.sure && !window.confirm(form.dataset.sure)) return;
      const button = event.submitter;
      const given = new FormData(form, button); /* before it is disabled: then it would not count */
      if (button) button.disabled = true;
      if (form.dataset.call === "end" && !(await closeRecording())) alarm(words.saysNotKept);
      const { ok, said } = await line.post(form.action, given).catch(() => ({ ok: false, said: { message: words.saysOffline } }));
      if (button) button.disabled = false;
      const told = form.querySelector("[data-told]") || part("says");
      told.textContent = ok ? said.says || "" : `${said.message || ""}。${said.hint || ""}`;
      if (ok && said.link) {
        const link = document.createElement("a");
        [link.href, link.textContent, link.target, link.rel] = [said.link, said.link, "_blank", "noopener"];
        link.dataset.invitation = "";
        told.append(document.createElement("br"), link);
      }
      if (ok && said.over) window.location.reload();
    });
  }
})();
