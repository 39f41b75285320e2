"""A real Asterisk of a test's own: its folders, its ports, our configuration from docs/exchanges.md."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import socket
import tempfile
from pathlib import Path

from yilu.gateways.calls.asterisk_ari.client import Asterisk
from yilu.gateways.calls.builtin import audio

BINARY = shutil.which("asterisk") or shutil.which("asterisk", path="/usr/sbin")
DATA = Path("/usr/share/asterisk")
MODULES = next(
    (
        p
        for p in map(Path, ("/usr/lib/asterisk/modules", "/usr/lib64/asterisk/modules"))
        if p.is_dir()
    ),
    None,
)
IS_HERE = bool(BINARY and MODULES and DATA.is_dir())
PASSWORD = "a password of its own"
SEAT_PASSWORD = "a-password-of-a-seat"

_LOADED = """
res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_pjsip res_pjsip_session res_pjsip_pubsub
res_pjsip_sdp_rtp res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_registrar
res_pjsip_authenticator_digest res_pjsip_caller_id res_pjsip_dtmf_info res_pjsip_nat chan_pjsip res_pjsip_refer res_rtp_asterisk
codec_ulaw codec_alaw codec_resample format_wav format_pcm pbx_config app_stasis app_dial app_playback
func_callerid func_logic res_http_websocket res_stasis res_stasis_answer res_stasis_playback
res_stasis_recording res_stasis_snoop res_ari res_ari_model res_ari_applications res_ari_bridges
res_ari_channels res_ari_events res_ari_playbacks res_ari_recordings bridge_simple bridge_softmix
bridge_builtin_features chan_bridge_media res_musiconhold res_timing_timerfd res_timing_pthread
"""


_TO_OUR_SWITCH = """
[from-carrier]
exten => hotline,1,Dial(PJSIP/hotline@yilu,60)
"""
_TO_US = """
[from-carrier]
exten => hotline,1,Stasis(yilu)
 same => n,GotoIf($["${STASISSTATUS}" = "FAILED"]?away)
 same => n,Hangup()
 same => n(away),Hangup(20)
"""
_PASSED_ON = """
[yilu-transfer]
exten => _1[3-9]XXXXXXXXX,1,Dial(PJSIP/${EXTEN}@carrier,60)
"""


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """None that the machine gives away by itself: it must still be free after a restart."""
    for port in random.sample(range(11_000, 20_000), 100):
        with socket.socket(socket.AF_INET, kind) as found, contextlib.suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


class RealAsterisk:
    """
    Runs while it is entered; ``sip`` takes calls, ``http`` is its REST interface.

    ``trunk``: the port of our own switch, which the hotline's calls are passed on to instead.
    """

    def __init__(self, trunk: int = 0) -> None:
        self.trunk = trunk
        self.folder = Path(tempfile.mkdtemp(prefix="yilu-asterisk-"))
        self.sip, self.http = free_port(socket.SOCK_DGRAM), free_port()
        self.elsewhere = free_port(socket.SOCK_DGRAM)
        """Where calls that are passed on come to: a test's telephone may listen there."""
        self.sounds = self.folder / "data" / "sounds" / "yilu"
        self.recordings = self.folder / "spool" / "recording"
        for each in (
            self.sounds,
            self.recordings,
            *map(self.folder.joinpath, ("etc", "run", "log", "db", "music")),
        ):
            each.mkdir(parents=True)
        for each in ("documentation", "rest-api", "static-http"):
            (self.folder / "data" / each).symlink_to(DATA / each)
        music = audio.as_wav(audio.tone(350, seconds=10, level=0.3), channels=1)
        (self.folder / "music" / "waiting.wav").write_bytes(music)
        for name, text in self._settings().items():
            (self.folder / "etc" / name).write_text(text)

    def pbx(self, password: str = PASSWORD) -> Asterisk:
        return Asterisk(f"http://127.0.0.1:{self.http}/ari", "yilu", password)

    async def __aenter__(self) -> RealAsterisk:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.die()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def start(self) -> None:
        """Until it takes calls."""
        log = (self.folder / "log" / "console").open("wb")
        self.process = await asyncio.create_subprocess_exec(
            str(BINARY), "-f", "-C", str(self.folder / "etc" / "asterisk.conf"),
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        for _n in range(600):
            if "Asterisk Ready" in self.said():
                return
            assert self.process.returncode is None, self.said()
            await asyncio.sleep(0.1)
        raise AssertionError(self.said())

    async def die(self) -> None:
        """Killed."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    def said(self) -> str:
        """The end of its log."""
        return (self.folder / "log" / "console").read_text(errors="replace")[-3000:]

    def _settings(self) -> dict[str, str]:
        f = self.folder
        loaded = "\n".join(
            f"load = {each}.so" for each in _LOADED.split() if (MODULES / f"{each}.so").exists()
        )
        return {
            "asterisk.conf": (
                f"[directories]\nastetcdir => {f}/etc\nastmoddir => {MODULES}\nastvarlibdir => {f}/data\n"
                f"astdbdir => {f}/db\nastkeydir => {f}/db\nastdatadir => {f}/data\nastagidir => {f}/data\n"
                f"astspooldir => {f}/spool\nastrundir => {f}/run\nastlogdir => {f}/log\n[options]\nverbose = 3\n"
            ),
            "modules.conf": f"[modules]\nautoload = no\n{loaded}\n",
            "logger.conf": "[general]\n[logfiles]\nconsole => notice,warning,error,verbose\n",
            "http.conf": f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {self.http}\n",
            "ari.conf": (
                f"[general]\nenabled = yes\n[yilu]\ntype = user\nread_only = no\npassword = {PASSWORD}\n"
            ),
            "rtp.conf": "[general]\nrtpstart = 21000\nrtpend = 21200\n",
            "musiconhold.conf": f"[default]\nmode = files\ndirectory = {self.folder}/music\n",
            "pjsip.conf": self._telephones(),
            "extensions.conf": _PASSED_ON + (_TO_OUR_SWITCH if self.trunk else _TO_US),
        }

    def _telephones(self) -> str:
        return f"""
[global]
type = global
endpoint_identifier_order = username,ip

[transport-udp]
type = transport
protocol = udp
bind = 127.0.0.1:{self.sip}

[carrier]
type = endpoint
context = from-carrier
disallow = all
allow = ulaw,alaw
dtmf_mode = rfc4733
direct_media = no
aors = carrier
[carrier]
type = aor
contact = sip:127.0.0.1:{self.elsewhere}
[carrier]
type = identify
endpoint = carrier
match = 127.0.0.1

[yilu]
type = endpoint
context = yilu-transfer
disallow = all
allow = alaw,ulaw
dtmf_mode = rfc4733
direct_media = no
aors = yilu
[yilu]
type = aor
contact = sip:127.0.0.1:{self.trunk or 9}

[7]
type = endpoint
context = nowhere
disallow = all
allow = ulaw,alaw
direct_media = no
auth = seven
aors = 7
[seven]
type = auth
auth_type = userpass
username = 7
password = {SEAT_PASSWORD}
[7]
type = aor
max_contacts = 1
remove_existing = yes
"""
