/* The softphone: a window of its own, so that sound stays while the seat's other pages change. */
(() => {
  "use strict";
  for (const link of document.querySelectorAll("[data-phone-window]")) {
    link.addEventListener("click", (event) => {
      const opened = window.open(link.href, "yilu-phone", "width=430,height=720");
      if (opened) {
        event.preventDefault();
        opened.focus();
      }
    });
  }
  const root = document.querySelector("[data-softphone]");
  if (!root) return;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const words = root.dataset;
  let muted = false;

  /* The telephone on the desk rings and speaks: here is only what it is about. */
  const title = document.title;
  if (root.dataset.desk !== undefined) {
    const mark = () => { document.title = `${document.querySelector("[data-ringing]") ? "☎ " : ""}${title}`; };
    document.addEventListener("htmx:afterSwap", mark);
    mark();
    return;
  }
  const sound = new window.YiluSound({
    url: words.url, csrf: words.csrf, audio: part("theirs"), ice: JSON.parse(words.ice),
    onState: (state) => {
      root.dataset.state = state;
      part("says").textContent = words[`says${state[0].toUpperCase()}${state.slice(1)}`] || "";
      part("open").hidden = !["off", "refused", "over"].includes(state);
      part("mute").hidden = !part("open").hidden;
      if (state === "on") root.dispatchEvent(new CustomEvent("push", { bubbles: true }));
    },
  });
  part("open").addEventListener("click", () => sound.open());
  part("mute").addEventListener("click", () => {
    muted = !muted;
    part("mute").setAttribute("aria-pressed", String(muted));
    part("mute").classList.toggle("active", muted);
    sound.mute(muted);
  });
  navigator.permissions?.query({ name: "microphone" }).then((found) => {
    if (found.state === "granted") sound.open();
  }).catch(() => {});

  /* It rings until it is answered, passed on or taken back. */
  let bell = null;
  const ring = () => {
    const audio = ring.audio ??= new AudioContext();
    const volume = audio.createGain();
    volume.gain.value = 0.06;
    volume.connect(audio.destination);
    for (const [pitch, after] of [[440, 0], [480, 0.02], [440, 0.5], [480, 0.52]]) {
      const wave = audio.createOscillator();
      wave.frequency.value = pitch;
      wave.connect(volume);
      wave.start(audio.currentTime + after);
      wave.stop(audio.currentTime + after + 0.35);
    }
  };
  const look = () => {
    const rings = Boolean(document.querySelector("[data-ringing]"));
    document.title = rings ? `☎ ${title}` : title;
    if (rings && !bell) {
      ring();
      bell = window.setInterval(ring, 2500);
    } else if (!rings && bell) {
      window.clearInterval(bell);
      bell = null;
    }
  };
  document.addEventListener("htmx:afterSwap", look);
  look();
  window.addEventListener("pagehide", () => sound.drop());
})();
