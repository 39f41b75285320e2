"""What is asked of whatever hears or speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


class NoSpeech(Exception):
    """It did not surely work this time; asking again is harmless."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Some words, and when they began and ended, in seconds of the sound."""

    begins: float
    ends: float
    text: str = field(repr=False)


class Transcriber(Protocol):
    """Writes down what is said."""

    def transcribe(self, wav: bytes) -> Sequence[Heard]:
        """What is said in a WAV file of one voice; nothing for silence. :raises NoSpeech:"""


class Synthesizer(Protocol):
    """Says what is written."""

    def speak(self, text: str, language: str) -> bytes:
        """A WAV file of 16 bit samples. :raises NoSpeech:"""
