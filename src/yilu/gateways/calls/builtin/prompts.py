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
Recorded = Callable[[str], bytes | None]
"""Words → a person's approved recording of them as a WAV file; asked in a thread, may raise anything."""


def file_name(text: str, language: str) -> str:
    """The file of these words: other words, another file."""
    return hashlib.sha256(f"{language}\x1f{text}".encode()).hexdigest()[:32] + ".wav"


def by_a_person(recorded: Recorded | None, text: str) -> bytes | None:
    """What a person recorded of these words; nothing where nobody did, or nobody can say."""
    if recorded is None:
        return None
    try:
        return recorded(text)
    except Exception as fault:  # noqa: BLE001  (a machine's voice goes without the database)
        log.warning("recorded prompts cannot be read: %s", type(fault).__name__)
        return None


class Prompts:
    """
    Sound for words: a person's approved recording, else a file made beforehand, else spoken at once, else a beep.

    Words with a moment in them that nobody can speak are said without it.
    """

    def __init__(
        self, folder: Path | None, speak: Speak | None = None, recorded: Recorded | None = None
    ) -> None:
        self._folder, self._speak, self._recorded = folder, speak, recorded
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._missing: set[str] = set()

    async def sound(self, say: Say) -> bytes:
        """The words as μ-law; a beep where nobody can speak them."""
        found = await self._prepared(say.text, say.language)
        if found is None:
            found = await self._spoken(say)
        if found is None and say.plain:
            found = await self._prepared(say.plain, say.language)
        if found is None:
            if say.prompt not in self._missing:
                self._missing.add(say.prompt)
                log.warning("prompt %s has no sound: callers hear a tone", say.prompt)
            found = audio.beep()
        return found

    async def _prepared(self, text: str, language: str) -> bytes | None:
        """A person's recording of the words, or their file."""
        loop, name = asyncio.get_running_loop(), file_name(text, language)
        wav = await loop.run_in_executor(None, by_a_person, self._recorded, text)
        if (
            wav is not None
        ):  # a new version may be approved at any moment: only its samples are kept
            name = hashlib.sha256(wav).hexdigest()
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        found = await loop.run_in_executor(None, self._samples, wav, name)
        if found is not None:
            self._kept[name] = found
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    async def _spoken(self, say: Say) -> bytes | None:
        if self._speak is None:
            return None
        try:
            async with asyncio.timeout(AT_ONCE_SECONDS):
                wav = await asyncio.get_running_loop().run_in_executor(
                    None, self._speak, say.text, say.language
                )
            return audio.from_wav(wav)
        except Exception as fault:  # noqa: BLE001  (whatever it is: the call goes on)
            log.warning("prompt %s could not be spoken: %s", say.prompt, type(fault).__name__)
            return None

    def _samples(self, wav: bytes | None, name: str) -> bytes | None:
        return audio.from_wav(wav) if wav is not None else self._from_file(name)

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
