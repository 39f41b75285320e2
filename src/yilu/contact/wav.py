"""WAV files that people hand in (录音文件): read as they are, or not at all."""

from __future__ import annotations

import io
import sys
import wave
from array import array
from typing import Final

from yilu.contact.rules.prompts import RATES, SECONDS_MAX, NotPlayable

BYTES_MAX: Final = int(SECONDS_MAX * RATES[-1] * 2) + 4_096
"""The longest that may be, and room for what else a file's head says."""


def read_samples(content: bytes) -> tuple[array[int], int]:
    """
    The samples of a WAV file and how many make a second.

    :raises NotPlayable: ``format`` for any other file than PCM of 16 bit and one channel, whole; ``long``.
    """
    if not 0 < len(content) <= BYTES_MAX:
        raise NotPlayable("long" if content else "format")
    try:
        with wave.open(io.BytesIO(content)) as file:
            shape = (file.getnchannels(), file.getsampwidth(), file.getcomptype())
            rate, told = file.getframerate(), file.getnframes()
            raw = file.readframes(told)
    except (wave.Error, EOFError, OverflowError, MemoryError):
        raise NotPlayable("format") from None
    if shape != (1, 2, "NONE") or len(raw) != 2 * told:
        raise NotPlayable("format")
    samples = array("h", raw)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples, rate
