/* The customer's end: it answers, shows who speaks and what is recorded, takes a picture when asked. */
(() => {
  "use strict";
  const root = document.querySelector("[data-video-guest]");
  if (!root) return;
  const { Line, Peer, camera, watchVoice } = window.yiluVideo;
  const { Mirror } = window.yiluGuide;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const words = root.dataset;
  const ice = JSON.parse(document.getElementById("video-ice").textContent);
  const kinds = JSON.parse(document.getElementById("video-kinds").textContent);
  let mine, audio, peer, unwatch = () => {}, picture = null, wanted = "";

  const say = (text) => { part("says").textContent = text; };
  const show = (name, on) => { part(name).hidden = !on; };

  const line = new Line(root, {
    onSignal: (signal) => peer?.hear(signal),
    onNews: (news) => {
      if (news.lost) {
        say(news.status && news.status < 500 ? words.saysOver : words.saysOffline);
        if (news.status && news.status < 500) over({ forGood: true });
        return;
      }
      if (news.connection > line.connection) {
        line.connection = news.connection;
        line.connected = false;
        renew();
      }
      root.dataset.state = news.state;
      part("recording").classList.toggle("is-on", news.recording);
      part("recording-text").textContent = news.recording ? words.saysRecording : words.saysNotRecording;
      if (!line.connected) say(news.seatHere ? words.saysConnecting : words.saysWaiting);
      ask(news.wants);
      if (!news.guided && guiding && !answering) closePage();
    },
  });

  const renew = () => {
    peer?.close();
    line.out = []; /* an answer to an earlier offer would be taken for one to this */
    const connection = line.connection;
    peer = new Peer({
      ice, stream: mine, tell: (what) => connection === line.connection && line.tell(what),
      onTrack: (stream) => {
        part("theirs").srcObject = stream;
        part("theirs").play().catch(() => {});
        unwatch();
        unwatch = watchVoice(audio, stream, part("theirs-name"));
      },
      onState: (state) => {
        line.connected = state === "connected";
        root.dataset.peer = state;
        say(line.connected ? words.saysLive : words.saysDropped);
        line.now();
      },
      onWord: ({ look, again }) => {
        if (!guiding) return;
        if (again === true) mirror.whole(); /* the seat has just learnt that it may look */
        if (look) lookHere(look);
      },
      onOpen: () => guiding && mirror.whole(),
    });
  };

  /* -- the page the seat may see: opened by a word of the customer's, closed by one ----------- */
  let guiding = false, answering = false, fading = 0;
  const mirror = new Mirror(part("page"), (what) => guiding && peer?.say(what));
  const answerGuide = async (agreed) => {
    answering = true;
    const { ok, said } = await line.post(root.dataset.guideUrl, new URLSearchParams({ agreed: agreed ? "yes" : "no" })).catch(() => ({ ok: false, said: {} }));
    ask("");
    if (ok && agreed) {
      guiding = true;
      root.classList.add("is-guided");
      show("guide", true);
      part("page").src = said.opens;
      part("guide").scrollIntoView({ block: "start" });
      mirror.start();
    } else if (!ok) say(said.message || words.saysOffline);
    answering = false;
    line.now();
  };
  const closePage = () => {
    guiding = false;
    mirror.stop();
    root.classList.remove("is-guided");
    show("guide", false);
    part("page").src = "about:blank";
  };
  const stopGuide = async () => {
    closePage();
    await line.post(root.dataset.guideStop, "{}", { "Content-Type": "application/json" }).catch(() => {});
    line.now();
  };
  const lookHere = (look) => {
    const at = mirror.place(look);
    if (!at) return;
    const ring = part("ring");
    const above = at.y < 0, below = at.y > at.height;
    ring.hidden = false;
    ring.classList.toggle("is-away", above || below);
    ring.textContent = above ? words.saysAbove : below ? words.saysBelow : "";
    [ring.style.left, ring.style.top] = [above || below ? "50%" : `${at.x}px`, `${Math.min(Math.max(at.y, 24), at.height - 24)}px`];
    window.clearTimeout(fading);
    fading = window.setTimeout(() => { ring.hidden = true; }, 5000);
  };

  const ask = (what) => {
    if (what === wanted) return;
    wanted = what;
    if (what) show("thanks", false);
    const picture = Boolean(what) && what !== "SIGN" && what !== "GUIDE";
    show("ask-picture", picture);
    show("ask-sign", what === "SIGN");
    if (what === "SIGN") {
      line.post(root.dataset.sign, "{}", { "Content-Type": "application/json" })
        .then(({ ok, said }) => { if (ok && said.opens) part("sign").href = said.opens; }).catch(() => {});
    }
    show("ask-guide", what === "GUIDE");
    if (what) {
      const card = part(picture ? "ask-picture" : what === "SIGN" ? "ask-sign" : "ask-guide");
      card.scrollIntoView({ block: "center" });
    }
    if (picture) {
      part("ask-kind").textContent = kinds[what] || what;
      again();
    }
  };
  const again = () => {
    picture = null;
    show("preview", false);
    show("take", true);
    show("hand-in", false);
  };
  const take = () => {
    const video = part("mine");
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => {
      picture = blob;
      part("preview").src = URL.createObjectURL(blob);
      show("preview", true);
      show("take", false);
      show("hand-in", true);
    }, "image/jpeg", 0.92);
  };
  const handIn = async () => {
    part("send").disabled = true;
    const { ok, said } = await line.post(root.dataset.picture, picture, { "Content-Type": "image/jpeg" }).catch(() => ({ ok: false, said: {} }));
    part("send").disabled = false;
    if (ok) {
      ask("");
      show("thanks", true);
    } else part("picture-says").textContent = said.message ? `${said.message}。${said.hint || ""}` : words.saysOffline;
  };

  const start = async () => {
    part("start").disabled = true;
    try {
      mine = mine || (await camera());
    } catch {
      part("start").disabled = false;
      say(words.saysNoCamera);
      return;
    }
    audio = audio || new AudioContext();
    audio.resume().catch(() => {});
    part("mine").srcObject = mine;
    watchVoice(audio, mine, part("mine-name"));
    const arrived = await line.post(root.dataset.arrive, "{}", { "Content-Type": "application/json" }).catch(() => ({ ok: false }));
    if (!arrived.ok) {
      part("start").disabled = false;
      say(words.saysOffline);
      return;
    }
    show("begin", false);
    show("call", true);
    say(words.saysWaiting);
    line.start();
  };
  const over = ({ forGood = false } = {}) => {
    closePage();
    peer?.close();
    mine?.getTracks().forEach((track) => track.stop());
    mine = null;
    line.stop();
    show("call", false);
    show("ended", !forGood);
    show("gone", forGood);
  };
  const leave = async () => {
    line.stop();
    await line.post(root.dataset.leave, "{}", { "Content-Type": "application/json" }).catch(() => {});
    over();
    say(words.saysLeft);
  };

  part("start").addEventListener("click", start);
  part("leave").addEventListener("click", leave);
  part("take").addEventListener("click", take);
  part("again").addEventListener("click", again);
  part("send").addEventListener("click", handIn);
  part("return").addEventListener("click", () => window.location.reload());
  part("guide-yes").addEventListener("click", () => answerGuide(true));
  part("guide-no").addEventListener("click", () => answerGuide(false));
  part("guide-stop").addEventListener("click", stopGuide);
  part("mute").addEventListener("click", () => {
    const [track] = mine.getAudioTracks();
    track.enabled = !track.enabled;
    part("mute").setAttribute("aria-pressed", String(!track.enabled));
  });
})();
