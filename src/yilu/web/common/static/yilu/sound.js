/*
  A browser as a telephone: microphone out, the other side in, through the house's switch. G.711, as
  every telephone; all our addresses in one offer, so that one request and one answer are enough.
*/
(() => {
  "use strict";
  const wait = (ms) => new Promise((done) => window.setTimeout(done, ms));
  const GATHERED_WITHIN = 1500;

  class Sound {
    constructor({ url, csrf, audio, ice = [], onState }) {
      Object.assign(this, { url, csrf, audio, ice, onState });
      this.state = "off";
      this.tries = 0;
    }

    say(state, told = {}) {
      this.state = state;
      this.onState(state, told);
    }

    /* states: off · asking · refused · connecting · on · lost · over · busy */
    async open() {
      if (this.mine) return;
      this.say("asking");
      try {
        this.mine = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
      } catch {
        this.say("refused");
        return;
      }
      this.mine.getAudioTracks()[0].onended = () => this.close("refused");
      await this.connect();
    }

    async connect() {
      if (!this.mine) return;
      this.say(this.tries ? "lost" : "connecting");
      this.drop();
      const pc = new RTCPeerConnection({ iceServers: this.ice });
      this.pc = pc;
      const [track] = this.mine.getAudioTracks();
      pc.addTrack(track, this.mine);
      const [line] = pc.getTransceivers();
      const known = RTCRtpReceiver.getCapabilities("audio").codecs;
      line.setCodecPreferences?.(known.filter((codec) => /\/PCM[UA]$/i.test(codec.mimeType)));
      pc.ontrack = (event) => {
        this.audio.srcObject = new MediaStream([event.track]);
        this.audio.play().catch(() => {});
      };
      pc.onconnectionstatechange = () => {
        if (this.pc !== pc) return;
        if (pc.connectionState === "connected") {
          this.tries = 0;
          this.say("on");
        } else if (["failed", "disconnected", "closed"].includes(pc.connectionState)) this.again();
      };
      try {
        await pc.setLocalDescription(await pc.createOffer());
        await Promise.race([wait(GATHERED_WITHIN), new Promise((done) => {
          const look = () => pc.iceGatheringState === "complete" && done();
          pc.onicegatheringstatechange = look;
          look();
        })]);
        const answer = await fetch(this.url, {
          method: "POST", credentials: "same-origin", body: JSON.stringify({ sdp: pc.localDescription.sdp }),
          headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.csrf },
        });
        const told = await answer.json().catch(() => ({}));
        if (answer.status === 404) this.close("over", told);
        else if (!answer.ok) throw new Error(String(answer.status));
        else if (this.pc === pc) await pc.setRemoteDescription({ type: "answer", sdp: told.sdp });
      } catch {
        this.again();
      }
    }

    async again() {
      if (!this.mine || this.waits) return;
      this.tries += 1;
      this.say(this.tries > 6 ? "busy" : "lost");
      this.waits = true;
      await wait(Math.min(600 * 2 ** this.tries, 15_000));
      this.waits = false;
      await this.connect();
    }

    /* Whether one is heard; the line stays. */
    mute(on) {
      for (const track of this.mine?.getAudioTracks() || []) track.enabled = !on;
    }

    drop() {
      if (!this.pc) return;
      this.pc.onconnectionstatechange = null;
      this.pc.close();
      this.pc = null;
    }

    close(state = "off", told = {}) {
      this.drop();
      this.mine?.getTracks().forEach((track) => track.stop());
      this.mine = null;
      this.audio.srcObject = null;
      this.say(state, told);
    }
  }

  window.YiluSound = Sound;
})();
