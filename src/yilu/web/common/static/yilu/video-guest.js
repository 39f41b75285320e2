/* The customer's end: it answers, shows who speaks and what is recorded, takes a picture when asked. */
(() => {
  "use strict";
  const root = document.querySelector("[data-video-guest]");
  if (!root) return;
  const { Line, Peer, camera, watchVoice } = window.yiluVideo;
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
    },
  });

  const renew = () => {
    peer?.close();
    peer = new Peer({
      ice, stream: mine, tell: (what) => line.tell(what),
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
    });
  };

  const ask = (what) => {
    if (what === wanted) return;
    wanted = what;
    show("ask-picture", Boolean(what) && what !== "SIGN");
    show("ask-sign", what === "SIGN");
    if (what && what !== "SIGN") {
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
    if (ok) ask("");
    else part("picture-says").textContent = said.message ? `${said.message}。${said.hint || ""}` : words.saysOffline;
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
    peer?.close();
    mine?.getTracks().forEach((track) => track.stop());
    mine = null;
    line.stop();
    show("call", false);
    show("ended", !forGood);
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
  part("mute").addEventListener("click", () => {
    const [track] = mine.getAudioTracks();
    track.enabled = !track.enabled;
    part("mute").setAttribute("aria-pressed", String(!track.enabled));
  });
})();
