"""What callers hear (提示音), as files that the exchange reads: 8 kHz, 16 bit, named after their words."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.builtin.prompts import Recorded, by_a_person, file_name
from yilu.gateways.calls.seam import Say

log = logging.getLogger(__name__)

AT_ONCE_SECONDS: Final = 4.0
BEEP: Final = "beep"
ONCE: Final = "once-"
Speak = Callable[[str, str], bytes]


class Sounds:
    """
    A folder that we write and the exchange reads; ``prompts`` is where `yilu prompts` keeps the fixed ones.

    What a person has recorded goes before what a machine speaks. Words of one caller's own claims are a
    file only while they are played.
    """

    def __init__(
        self, folder: Path, prompts: Path | None = None, speak: Speak | None = None,
        recorded: Recorded | None = None,
    ) -> None:  # fmt: skip
        self._folder, self._prompts, self._speak = folder, prompts, speak
        self._recorded = recorded

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
        found = self._prepared(say.text, say.language)
        if found is None and self._speak is not None:
            try:
                spoken = audio.from_wav(self._speak(say.text, say.language))
                return self._write(f"{ONCE}{secrets.token_hex(12)}", spoken)
            except Exception as fault:  # noqa: BLE001  (its voice is away: without the moment, or a tone)
                log.warning("prompt %s could not be spoken: %s", say.prompt, type(fault).__name__)
        if found is None and say.plain:
            found = self._prepared(say.plain, say.language)
        if found is None:
            raise FileNotFoundError
        return found

    def _prepared(self, text: str, language: str) -> str | None:
        """The name of the words' file, by a person or made beforehand; None where there is none."""
        wav = by_a_person(self._recorded, text)
        if wav is not None:  # another version is another file
            return self._there(hashlib.sha256(wav).hexdigest()[:32], wav)
        file = file_name(text, language)
        if (self._folder / file).exists():
            return file.removesuffix(".wav")
        spoken = self._prompts / file if self._prompts else None
        if spoken is not None and spoken.exists():
            return self._there(file.removesuffix(".wav"), spoken.read_bytes())
        return None

    def _there(self, name: str, wav: bytes) -> str:
        if not (self._folder / f"{name}.wav").exists():
            self._write(name, audio.from_wav(wav))
        return name

    def _write(self, name: str, ulaw: bytes) -> str:
        beside = (
            self._folder / f"{ONCE}{secrets.token_hex(8)}.new"
        )  # two calls may want the same words
        beside.write_bytes(audio.as_wav(ulaw, channels=1))
        beside.replace(self._folder / f"{name}.wav")
        return name
