"""``yilu prompts``: says the hotline's prompts beforehand, into files that the switch plays."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yilu.contact import queries
from yilu.gateways import speech
from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.builtin.prompts import file_name


class Command(BaseCommand):
    """Say what is not said yet; words that changed are other files."""

    help = "Speaks the hotline's prompts into YILU_CALL_PROMPTS, by the service in YILU_SPEECH_URL."

    def handle(self, *args: Any, **options: Any) -> None:
        voice = speech.synthesizer()
        if voice is None:
            raise CommandError("YILU_SPEECH_URL names nobody who could speak")
        settings.CALL_PROMPTS.mkdir(parents=True, exist_ok=True)
        made = kept = 0
        for each in queries.prompts_to_speak(timezone.localdate()):
            path = settings.CALL_PROMPTS / file_name(each.words, each.language)
            if path.exists():
                kept += 1
                continue
            try:
                wav = voice.speak(each.words, each.language)
                audio.from_wav(wav)
            except (speech.NoSpeech, ValueError) as fault:
                raise CommandError(f"stopped after {made} prompts: {fault}") from None
            beside = path.with_suffix(".new")
            beside.write_bytes(wav)
            beside.replace(path)
            made += 1
        self.stdout.write(f"{made} prompts spoken, {kept} were there")
