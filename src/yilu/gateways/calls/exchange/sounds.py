"""What callers hear (提示音), as files that the exchange reads: 8 kHz, 16 bit, named after their words."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.builtin.prompts import file_name
from yilu.gateways.calls.seam import Say

log = logging.getLogger(__name__)

AT_ONCE_SECONDS: Final = 4.0
BEEP: Final = "beep"
ONCE: Final = "once-"
Speak = Callable[[str, str], bytes]


class Sounds:
    """
    A folder that we write and the exchange reads; ``prompts`` is where `yilu prompts` keeps the fixed ones.

    Words of one caller's own claims are a file only while they are played.
    """

    def __init__(
        self, folder: Path, prompts: Path | None = None, speak: Speak | None = None
    ) -> None:
        self._folder, self._prompts, self._speak = folder, prompts, speak

    def prepare(self) -> None:
        """Make the folder, the tone; what a process before left of somebody's words goes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob(f"{ONCE}*"):
            left.unlink(missing_ok=True)
        self._write(BEEP, audio.beep())

    async def find(self, say: Say) -> str:
        """The name of these words' file, without its ending; a tone where nobody can speak them."""
        making = asyncio.get_running_loop().run_in_executor(None, self._made, say)
        try:
            async with asyncio.timeout(AT_ONCE_SECONDS):
                return await asyncio.shield(making)
        except asyncio.CancelledError:
            making.add_done_callback(self._unwanted)
            raise
        except Exception as fault:  # noqa: BLE001  (whatever it is: the call goes on)
            making.add_done_callback(self._unwanted)
            log.warning("prompt %s has no sound: %s", say.prompt, type(fault).__name__)
            return BEEP

    def played(self, name: str) -> None:
        """It was heard, or is not wanted any more: one caller's words go."""
        if name.startswith(ONCE):
            (self._folder / f"{name}.wav").unlink(missing_ok=True)

    def _unwanted(self, making: asyncio.Future[str]) -> None:
        """The caller went on before the words were spoken."""
        if not making.cancelled() and making.exception() is None:
            self.played(making.result())

    def _made(self, say: Say) -> str:
        name = file_name(say.text, say.language).removesuffix(".wav")
        if (self._folder / f"{name}.wav").exists():
            return name
        spoken = self._prompts / f"{name}.wav" if self._prompts else None
        if spoken is not None and spoken.exists():
            return self._write(name, audio.from_wav(spoken.read_bytes()))
        if self._speak is None:
            raise FileNotFoundError
        return self._write(
            f"{ONCE}{secrets.token_hex(12)}", audio.from_wav(self._speak(say.text, say.language))
        )

    def _write(self, name: str, ulaw: bytes) -> str:
        beside = (
            self._folder / f"{ONCE}{secrets.token_hex(8)}.new"
        )  # two calls may want the same words
        beside.write_bytes(audio.as_wav(ulaw, channels=1))
        beside.replace(self._folder / f"{name}.wav")
        return name
