"""Speech for tests: hears what it was told it hears, says a tone as long as the words."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.gateways.calls.builtin import audio
from yilu.gateways.speech.seam import Heard


class FakeSpeech:
    """``hears`` is given out one list a call; what it was asked is kept."""

    def __init__(self, *hears: Sequence[Heard]) -> None:
        self.hears = list(hears)
        self.asked: list[bytes] = []
        self.said: list[tuple[str, str]] = []

    def transcribe(self, wav: bytes) -> Sequence[Heard]:
        """The next list."""
        self.asked.append(wav)
        return self.hears.pop(0) if self.hears else ()

    def speak(self, text: str, language: str) -> bytes:
        """A tone, a tenth of a second a sign."""
        self.said.append((text, language))
        return audio.as_wav(audio.tone(300, seconds=0.1 * len(text)), channels=1)
