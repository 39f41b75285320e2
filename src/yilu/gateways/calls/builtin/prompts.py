"""What the switch says (提示音): files made beforehand, named after their words; never a reason to keep a caller waiting."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.seam import Say

log = logging.getLogger(__name__)

KEPT: Final = 200
AT_ONCE_SECONDS: Final = 4.0
"""So long a caller waits for words that only their own call needs."""
Speak = Callable[[str, str], bytes]
"""(text, language) → a WAV file; may raise anything."""


def file_name(text: str, language: str) -> str:
    """The file of these words: other words, another file."""
    return hashlib.sha256(f"{language}\x1f{text}".encode()).hexdigest()[:32] + ".wav"


class Prompts:
    """Sound for words, from a folder; what is in no file is spoken at once where something can speak."""

    def __init__(self, folder: Path | None, speak: Speak | None = None) -> None:
        self._folder, self._speak = folder, speak
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._missing: set[str] = set()

    async def sound(self, say: Say) -> bytes:
        """The words as μ-law; a beep where nobody can speak them."""
        name = file_name(say.text, say.language)
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(None, self._from_file, name)
        if found is not None:
            self._kept[name] = found
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found
        if self._speak is not None:
            speak = self._speak
            try:
                async with asyncio.timeout(AT_ONCE_SECONDS):
                    spoken = await loop.run_in_executor(None, speak, say.text, say.language)
                return audio.from_wav(spoken)
            except Exception as fault:  # noqa: BLE001  (whatever it is: the call goes on)
                log.warning("prompt %s could not be spoken: %s", say.prompt, type(fault).__name__)
        if say.prompt not in self._missing:
            self._missing.add(say.prompt)
            log.warning("prompt %s has no sound: callers hear a tone (yilu prompts)", say.prompt)
        return audio.beep()

    def _from_file(self, name: str) -> bytes | None:
        if self._folder is None:
            return None
        try:
            return audio.from_wav((self._folder / name).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as fault:
            log.warning("a prompt's file cannot be read: %s", type(fault).__name__)
            return None
