/*
  Read a text of the hotline out: the microphone's sound becomes a WAV file (one channel, 16 bit, 16 kHz)
  in the form's own file field, without the silence at either end. A file chosen by hand goes the same way.
*/
(() => {
  "use strict";
  const RATE = 16000;
  const STILL = 0.012;
  const AROUND = 0.25;
  const SECONDS_MAX = 59;
  const root = document.querySelector("[data-recorder]");
  const field = document.querySelector("#sound");
  if (!root || !field || !navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
  root.hidden = false;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const say = (what) => { part("says").textContent = root.dataset[`says${what}`] || ""; };
  let stop = null;

  const running = (on) => {
    part("start").hidden = on;
    part("stop").hidden = !on;
    part("level").hidden = !on;
    if (on) part("heard").hidden = true;
    else part("time").textContent = "";
  };

  part("start").addEventListener("click", async () => {
    say("Asking");
    let mine;
    try {
      mine = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true } });
    } catch {
      say("Refused");
      return;
    }
    const ear = new AudioContext();
    const looks = ear.createAnalyser();
    ear.createMediaStreamSource(mine).connect(looks);
    const heard = new Float32Array(looks.fftSize);
    const recorder = new MediaRecorder(mine);
    const pieces = [];
    const began = performance.now();
    const clock = window.setInterval(() => {
      const seconds = (performance.now() - began) / 1000;
      part("time").textContent = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
      looks.getFloatTimeDomainData(heard);
      part("level").value = heard.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      if (seconds >= SECONDS_MAX) stop?.();
    }, 100);
    stop = () => {
      stop = null;
      window.clearInterval(clock);
      recorder.stop();
      mine.getTracks().forEach((track) => track.stop());
      ear.close();
    };
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = async () => {
      running(false);
      try {
        hand(await asWav(await new Blob(pieces, { type: recorder.mimeType }).arrayBuffer()));
        say("Done");
      } catch {
        say("Failed");
      }
    };
    recorder.start();
    running(true);
    say("On");
  });
  part("stop").addEventListener("click", () => stop?.());
  window.addEventListener("pagehide", () => stop?.());

  /* What was recorded takes the place of a file somebody chose. */
  const hand = (wav) => {
    const all = new DataTransfer();
    all.items.add(new File([wav], "recorded.wav", { type: "audio/wav" }));
    field.files = all.files;
    URL.revokeObjectURL(part("heard").src);
    part("heard").src = URL.createObjectURL(wav);
    part("heard").hidden = false;
  };
  field.addEventListener("change", () => {
    if (field.files[0]) {
      URL.revokeObjectURL(part("heard").src);
      part("heard").src = URL.createObjectURL(field.files[0]);
      part("heard").hidden = false;
    }
  });

  const asWav = async (content) => {
    const reader = new AudioContext();
    const full = await reader.decodeAudioData(content);
    reader.close();
    const brought = new OfflineAudioContext(1, Math.ceil(full.duration * RATE), RATE);
    const source = brought.createBufferSource();
    source.buffer = full;
    source.connect(brought.destination);
    source.start();
    const samples = trimmed((await brought.startRendering()).getChannelData(0));
    const file = new DataView(new ArrayBuffer(44 + 2 * samples.length));
    const words = (at, text) => [...text].forEach((sign, n) => file.setUint8(at + n, sign.charCodeAt(0)));
    words(0, "RIFF");
    file.setUint32(4, 36 + 2 * samples.length, true);
    words(8, "WAVEfmt ");
    file.setUint32(16, 16, true);
    file.setUint16(20, 1, true);
    file.setUint16(22, 1, true);
    file.setUint32(24, RATE, true);
    file.setUint32(28, 2 * RATE, true);
    file.setUint16(32, 2, true);
    file.setUint16(34, 16, true);
    words(36, "data");
    file.setUint32(40, 2 * samples.length, true);
    samples.forEach((each, n) => file.setInt16(44 + 2 * n, Math.max(-1, Math.min(1, each)) * 32767, true));
    return new Blob([file.buffer], { type: "audio/wav" });
  };

  const trimmed = (samples) => {
    const around = AROUND * RATE;
    const first = samples.findIndex((each) => Math.abs(each) > STILL);
    const last = samples.findLastIndex((each) => Math.abs(each) > STILL);
    return first < 0 ? samples : samples.subarray(Math.max(0, first - around), Math.min(samples.length, last + around));
  };
})();
