"""Which speech is set up."""

from __future__ import annotations

from django.conf import settings

from yilu.gateways.speech.http_service import HttpSpeech
from yilu.gateways.speech.local import LocalSpeech
from yilu.gateways.speech.seam import Synthesizer, Transcriber


def transcriber() -> Transcriber | None:
    """Whoever writes down calls; None where nobody does. A model on this machine goes before a service."""
    if settings.SPEECH_MODEL:
        return LocalSpeech(settings.SPEECH_MODEL)
    return _service()


def synthesizer() -> Synthesizer | None:
    """Whoever speaks prompts; None where nobody does."""
    return _service()


def _service() -> HttpSpeech | None:
    if not settings.SPEECH_URL:
        return None
    return HttpSpeech(
        settings.SPEECH_URL, settings.SPEECH_KEY, hear=settings.SPEECH_HEAR,
        voice=settings.SPEECH_VOICE,
    )  # fmt: skip
