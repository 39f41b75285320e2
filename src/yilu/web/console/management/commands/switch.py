"""``yilu switch``: our own telephone switch (内置软交换). SIP and browsers in, the contact room behind."""

from __future__ import annotations

import ipaddress
import ssl
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from yilu.contact import operations as contact
from yilu.gateways import speech
from yilu.gateways.calls.builtin.control import Control
from yilu.gateways.calls.builtin.prompts import Prompts
from yilu.gateways.calls.builtin.switch import Switch
from yilu.web.console.contact_house import ContactHouse

DRIVER = "builtin"
SECRET_MIN = 24


class Command(BaseCommand):
    """Take calls until told to stop."""

    help = "Takes calls by SIP and from browsers, and joins them with the seats (YILU_SWITCH_…)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sip", default=settings.SWITCH_SIP, help="address:port of SIP over UDP and TCP"
        )

    def handle(self, *args: Any, sip: str = "", **options: Any) -> None:
        import uvicorn

        parts = urlsplit(settings.SWITCH_URL)
        if not parts.port or len(settings.SWITCH_SECRET) < SECRET_MIN:
            raise CommandError(
                "YILU_SWITCH_URL (http://127.0.0.1:8004) and YILU_SWITCH_SECRET (24 signs) are needed"
            )
        host, _colon, port = sip.rpartition(":")
        try:
            peers = [ipaddress.ip_network(each) for each in settings.SWITCH_PEERS]
            phones = [ipaddress.ip_network(each) for each in settings.SWITCH_PHONES]
            open_to_all = not ipaddress.ip_address(host).is_loopback and not (peers or phones)
            number = int(port)
        except ValueError as fault:
            raise CommandError(
                f"YILU_SWITCH_SIP, YILU_SWITCH_PEERS or YILU_SWITCH_PHONES: {fault}"
            ) from None
        if open_to_all:
            raise CommandError(
                "anybody could call: YILU_SWITCH_PEERS must name the networks of your PBX,"
                " YILU_SWITCH_PHONES those of the seats' telephones"
            )
        secure = _secured(settings.SWITCH_TLS, settings.SWITCH_TLS_CERT)
        lost = contact.release_lost(driver=DRIVER, at=datetime.now(UTC))
        if lost:
            self.stdout.write(f"{lost} calls ended while the switch was away")

        voice = speech.synthesizer()

        def make() -> Switch:
            house = ContactHouse(DRIVER)
            prompts = Prompts(settings.CALL_PROMPTS, voice.speak if voice else None, house.recorded)
            return Switch(
                house, prompts, host=host, port=number, peers=peers, phones=phones, tls=secure,
                media=settings.SWITCH_MEDIA, advertised=settings.SWITCH_PUBLIC,
            )  # fmt: skip

        uvicorn.run(
            Control(make, settings.SWITCH_SECRET), host=parts.hostname or "127.0.0.1",
            port=parts.port, loop="uvloop", http="httptools", ws="none", lifespan="on",
            log_config=None, access_log=False, server_header=False, timeout_keep_alive=5,
        )  # fmt: skip


def _secured(where: str, certificate: str) -> tuple[tuple[str, int], ssl.SSLContext] | None:
    """Where SIP over TLS is taken; None where nobody set it up. :raises CommandError: it cannot be."""
    if not where:
        return None
    host, _colon, port = where.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate)
        return (host, int(port)), context
    except (OSError, ValueError) as fault:
        raise CommandError(f"YILU_SWITCH_TLS or YILU_SWITCH_TLS_CERT: {fault}") from None
