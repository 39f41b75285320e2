/* A telephone on a page: key tones, keys into a number, and prompts read out by the browser's own voice. */
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const PAD = "123456789*0#";
let sound = null;
let voice = "speechSynthesis" in window;
let said = Math.max(0, ...[...document.querySelectorAll("[data-say]")].map((each) => Number(each.dataset.say)).slice(0, -1));

const tone = (key) => {
  const place = PAD.indexOf(key);
  if (place < 0 || !("AudioContext" in window)) return;
  sound ??= new AudioContext();
  const volume = sound.createGain();
  volume.gain.value = 0.08;
  volume.connect(sound.destination);
  for (const pitch of [ROWS[Math.floor(place / 3)], COLUMNS[place % 3]]) {
    const wave = sound.createOscillator();
    wave.frequency.value = pitch;
    wave.connect(volume);
    wave.start();
    wave.stop(sound.currentTime + 0.12);
  }
};

const speak = () => {
  for (const line of document.querySelectorAll("[data-say]")) {
    const number = Number(line.dataset.say);
    if (number <= said) continue;
    said = number;
    if (!voice) continue;
    const words = new SpeechSynthesisUtterance(line.textContent.trim());
    words.lang = /[\u4e00-\u9fff]/.test(words.text) ? "zh-CN" : "en-US";
    window.speechSynthesis.speak(words);
  }
};

const toEnd = () => {
  const lines = document.querySelector(".y-call-lines");
  if (lines) lines.scrollTop = lines.scrollHeight;
};

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-digit], [data-tone]");
  if (key) {
    /* Whoever presses a key has heard enough. */
    if (voice) window.speechSynthesis.cancel();
    tone(key.dataset.digit ?? key.dataset.tone);
    const box = document.querySelector("#digits");
    if (key.dataset.digit && box) box.value += key.dataset.digit;
  }
  const toggle = event.target.closest("[data-voice]");
  if (toggle) {
    voice = !voice;
    toggle.setAttribute("aria-pressed", String(voice));
    if (!voice) window.speechSynthesis.cancel();
  }
});

/* What is being typed outlives an exchange of the part that moves. */
let kept = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const box = event.detail.target?.querySelector?.("#words, #digits");
  const sent = event.detail.requestConfig?.verb === "post";
  kept = box && !sent ? { id: box.id, text: box.value, focused: document.activeElement === box } : null;
});
document.addEventListener("htmx:afterSwap", () => {
  const box = kept && document.getElementById(kept.id);
  if (box) {
    box.value = kept.text;
    if (kept.focused) box.focus({ preventScroll: true });
  }
  kept = null;
  toEnd();
  speak();
});

const toggle = document.querySelector("[data-voice]");
if (toggle && voice) {
  toggle.hidden = false;
  toggle.setAttribute("aria-pressed", "true");
}
toEnd();
speak();
