/*
  A telephone on a page: key tones, keys into a number, and prompts read out: as a person recorded them,
  else by the browser's own voice.
*/
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

/* One after another; whoever presses a key has heard enough. */
const SECONDS_A_SIGN = 0.6;
const waiting = [];
let hushed = null;

const hush = () => {
  waiting.length = 0;
  hushed?.();
};

const read = (text, done) => {
  const words = new SpeechSynthesisUtterance(text);
  words.lang = /[\u4e00-\u9fff]/.test(text) ? "zh-CN" : "en-US";
  /* Some browsers without a voice never say that they are done. */
  const late = window.setTimeout(done, 1000 * (3 + SECONDS_A_SIGN * text.length));
  words.onend = words.onerror = () => {
    window.clearTimeout(late);
    done();
  };
  hushed = () => {
    window.clearTimeout(late);
    window.speechSynthesis.cancel();
    done();
  };
  window.speechSynthesis.speak(words);
};

const next = () => {
  if (hushed || !waiting.length) return;
  const { text, url } = waiting.shift();
  let over = false;
  const done = () => {
    if (over) return;
    over = true;
    hushed = null;
    next();
  };
  if (!url) {
    read(text, done);
    return;
  }
  const recorded = new Audio(url);
  hushed = () => {
    recorded.pause();
    done();
  };
  recorded.onended = done;
  recorded.play().catch(() => over || read(text, done));
};

const speak = () => {
  for (const line of document.querySelectorAll("[data-say]")) {
    const number = Number(line.dataset.say);
    if (number <= said) continue;
    said = number;
    if (voice) waiting.push({ text: line.textContent.trim(), url: line.dataset.sound });
  }
  next();
};

const toEnd = () => {
  const lines = document.querySelector(".y-call-lines");
  if (lines) lines.scrollTop = lines.scrollHeight;
};

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-digit], [data-tone]");
  if (key) {
    hush();
    tone(key.dataset.digit ?? key.dataset.tone);
    const box = document.querySelector("#digits");
    if (key.dataset.digit && box) box.value += key.dataset.digit;
  }
  const toggle = event.target.closest("[data-voice]");
  if (toggle) {
    voice = !voice;
    toggle.setAttribute("aria-pressed", String(voice));
    if (!voice) hush();
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
