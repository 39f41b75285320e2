/* The caller's microphone on the page /call. Without one the keys and the words go on. */
(() => {
  "use strict";
  const root = document.querySelector("[data-call-sound]");
  if (!root || !window.RTCPeerConnection || !navigator.mediaDevices) return;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const words = root.dataset;
  root.hidden = false;

  const sound = new window.YiluSound({
    url: words.url, csrf: words.csrf, audio: part("theirs"), ice: JSON.parse(words.ice),
    onState: (state) => {
      root.dataset.state = state;
      part("says").textContent = words[`says${state[0].toUpperCase()}${state.slice(1)}`] || "";
      const open = !["off", "refused", "over"].includes(state);
      part("open").hidden = open || state === "over";
      part("mute").hidden = !open;
    },
  });
  part("open").addEventListener("click", () => sound.open());
  part("mute").addEventListener("click", () => {
    const muted = part("mute").getAttribute("aria-pressed") !== "true";
    part("mute").setAttribute("aria-pressed", String(muted));
    sound.mute(muted);
  });
  /* Whoever allowed it before need not press again. */
  navigator.permissions?.query({ name: "microphone" }).then((found) => {
    if (found.state === "granted" && document.querySelector("#call[data-living]")) sound.open();
  }).catch(() => {});
  document.addEventListener("htmx:afterSwap", () => {
    if (!document.querySelector("#call[data-living]")) sound.close("over");
  });
  window.addEventListener("pagehide", () => sound.drop());
})();
