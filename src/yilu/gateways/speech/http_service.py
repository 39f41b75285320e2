"""
A service with OpenAI-compatible audio endpoints: ``/audio/transcriptions`` and ``/audio/speech``.

What customers said leaves us here: the address should be one of the insurer's own, or a vendor's under
contract. Redirects are not followed; what comes back is taken as words, never as anything else.
"""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from yilu.gateways.speech.seam import Heard, NoSpeech

HEAR_SECONDS, SPEAK_SECONDS = 300.0, 20.0
JSON_MAX: Final = 4 * 1024 * 1024
SOUND_MAX: Final = 20 * 1024 * 1024
SEGMENTS_MAX: Final = 5_000


class HttpSpeech:
    """The service behind ``YILU_SPEECH_URL`` (``https://…/v1``)."""

    def __init__(
        self, url: str, key: str, *, hear: str = "whisper-1", voice: str = "tts-1/alloy"
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("YILU_SPEECH_URL must be http or https")
        self._parts, self._key, self._hear = parts, key, hear
        self._model, _slash, self._voice = voice.partition("/")

    def transcribe(self, wav: bytes) -> Sequence[Heard]:
        """:raises NoSpeech: no answer, another than 200, or none of its kind."""
        fields = {"model": self._hear, "language": "zh", "response_format": "verbose_json"}
        body, kind = _form(fields, wav)
        answer = self._post("/audio/transcriptions", body, kind, HEAR_SECONDS, JSON_MAX)
        try:
            rows = json.loads(answer)["segments"][:SEGMENTS_MAX]
            return [
                Heard(float(row["start"]), float(row["end"]), str(row["text"]).strip())
                for row in rows
                if str(row["text"]).strip()
            ]
        except (ValueError, KeyError, TypeError, RecursionError) as fault:
            raise NoSpeech(type(fault).__name__) from None

    def speak(self, text: str, language: str) -> bytes:
        """:raises NoSpeech: no answer, another than 200, or no WAV."""
        body = json.dumps({
            "model": self._model, "voice": self._voice, "input": text, "response_format": "wav",
        }).encode()  # fmt: skip
        wav = self._post("/audio/speech", body, "application/json", SPEAK_SECONDS, SOUND_MAX)
        if wav[:4] != b"RIFF":
            raise NoSpeech("no WAV")
        return wav

    def _post(self, path: str, body: bytes, kind: str, seconds: float, most: int) -> bytes:
        secure = self._parts.scheme == "https"
        maker = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        line = maker(self._parts.hostname or "", self._parts.port, timeout=seconds)
        headers = {"Content-Type": kind} | (
            {"Authorization": f"Bearer {self._key}"} if self._key else {}
        )
        try:
            line.request("POST", self._parts.path.rstrip("/") + path, body, headers)
            response = line.getresponse()
            answer, status = response.read(most + 1), response.status
        except (OSError, http.client.HTTPException) as fault:
            raise NoSpeech(type(fault).__name__) from None
        finally:
            line.close()
        if status != 200 or len(answer) > most:
            raise NoSpeech(f"answered {status}")
        return answer


def _form(fields: Mapping[str, Any], wav: bytes) -> tuple[bytes, str]:
    edge = secrets.token_hex(16)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="call.wav"\r\n'
    parts += [
        head.encode(),
        b"Content-Type: audio/wav\r\n\r\n",
        wav,
        f"\r\n--{edge}--\r\n".encode(),
    ]
    return b"".join(parts), f"multipart/form-data; boundary={edge}"
