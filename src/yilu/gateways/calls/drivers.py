"""Which driver a call came by."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from yilu.gateways.calls.builtin.client import SwitchClient
from yilu.gateways.calls.seam import CallControl, Verb

EXCHANGES = ("asterisk_ari", "freeswitch_esl")
"""Exchanges whose connection `yilu exchange` holds; it takes our verbs as the switch does."""


class Page:
    """
    The driver of calls made on our own page: nothing is to be told, the page reads how things stand.

    It carries keys and words; the sound, where our switch is there, is the switch's (`builtin`).
    """

    name = "web"

    def tell(self, call: str, verbs: Sequence[Verb], *, key: str) -> None:
        """Nothing: the page asks."""


class Fake:
    """An exchange for tests: remembers what it was told, once for each key."""

    name = "fake"

    def __init__(self) -> None:
        self.told: dict[str, tuple[str, tuple[Verb, ...]]] = {}

    def tell(self, call: str, verbs: Sequence[Verb], *, key: str) -> None:
        """Keep it."""
        self.told.setdefault(key, (call, tuple(verbs)))


def switch(name: str = "builtin") -> SwitchClient:
    """Our own switch. :raises ValueError: it is not set up."""
    return SwitchClient(settings.SWITCH_URL, settings.SWITCH_SECRET, name)


def driver(name: str) -> CallControl | None:
    """The driver of that name; None where it is not set up."""
    if name in ("web", "builtin") and settings.SWITCH_URL:
        return switch(name)
    if name == "web":
        return Page()
    if name in EXCHANGES and settings.EXCHANGE_URL:
        return SwitchClient(
            settings.EXCHANGE_URL, settings.EXCHANGE_SECRET, name, settings="YILU_EXCHANGE"
        )
    if name == "webhook_verbs" and settings.CALLS_URL:
        from yilu.gateways.calls.webhook_verbs import WebhookVerbs

        return WebhookVerbs(settings.CALLS_URL, settings.CALLS_SECRET)
    return None
