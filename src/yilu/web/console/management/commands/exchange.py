"""``yilu exchange``: holds the connection to an exchange (外部交换机), with the contact room behind it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from yilu.contact import operations as contact
from yilu.gateways import speech
from yilu.gateways.calls.asterisk_ari.client import Asterisk
from yilu.gateways.calls.drivers import EXCHANGES
from yilu.gateways.calls.exchange.exchange import Exchange, ExchangeControl
from yilu.gateways.calls.exchange.pbx import Pbx
from yilu.gateways.calls.exchange.sounds import Sounds
from yilu.gateways.calls.freeswitch_esl.client import FreeSwitch
from yilu.web.console.contact_house import ContactHouse

SECRET_MIN = 24


class Command(BaseCommand):
    """Stay connected until told to stop; a wrong password is said and ends it."""

    help = "Holds the connection to Asterisk or FreeSWITCH, and asks contact what calls do next."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--driver", required=True, choices=EXCHANGES)

    def handle(self, *args: Any, driver: str = "", **options: Any) -> None:
        import uvicorn

        parts = urlsplit(settings.EXCHANGE_URL)
        if not parts.port or len(settings.EXCHANGE_SECRET) < SECRET_MIN:
            raise CommandError(
                "YILU_EXCHANGE_URL (http://127.0.0.1:8006) and YILU_EXCHANGE_SECRET (24 signs) are needed"
            )
        try:
            pbx = exchange_of(driver)
        except ValueError as fault:
            raise CommandError(str(fault)) from None
        voice = speech.synthesizer()
        house = ContactHouse(driver)
        sounds = Sounds(
            settings.EXCHANGE_SOUNDS, settings.CALL_PROMPTS, voice.speak if voice else None,
            house.recorded,
        )  # fmt: skip
        try:
            sounds.prepare()
        except OSError as fault:
            raise CommandError(f"YILU_EXCHANGE_SOUNDS: {fault.strerror}") from None
        lost = contact.release_lost(driver=driver, at=datetime.now(UTC))
        if lost:
            self.stdout.write(f"{lost} calls ended while nobody held the exchange")
        refused = []

        def stop() -> None:
            refused.append(driver)
            server.should_exit = True

        control = ExchangeControl(
            lambda: Exchange(pbx, house, sounds), settings.EXCHANGE_SECRET, stop
        )
        server = uvicorn.Server(uvicorn.Config(
            control, host=parts.hostname or "127.0.0.1", port=parts.port, loop="uvloop",
            http="httptools", ws="none", lifespan="on", log_config=None, access_log=False,
            server_header=False, timeout_keep_alive=5,
        ))  # fmt: skip
        server.run()
        if refused:
            raise CommandError(
                "the exchange does not let us in: look at its user, password and address list"
            )


def exchange_of(driver: str) -> Pbx:
    """The exchange of that driver as it is set up. :raises ValueError: it is not."""
    seats, there = settings.EXCHANGE_SEATS, settings.EXCHANGE_SOUNDS_THERE
    if driver == "asterisk_ari":
        return Asterisk(
            settings.ARI_URL, settings.ARI_USER, settings.ARI_PASSWORD, app=settings.ARI_APP,
            endpoint=seats or "PJSIP/{seat}", sounds=there or "yilu",
            context=settings.EXCHANGE_TRANSFER,
        )  # fmt: skip
    return FreeSwitch(
        settings.ESL_ADDRESS, settings.ESL_PASSWORD, endpoint=seats or "user/{seat}",
        sounds=there or str(settings.EXCHANGE_SOUNDS),
        recordings=settings.EXCHANGE_RECORDINGS or "/var/lib/yilu/recordings",
        context=settings.EXCHANGE_TRANSFER,
    )  # fmt: skip
