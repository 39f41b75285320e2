"""The contact room, as the processes that hold calls ask it (话务进程)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import close_old_connections

from yilu.contact import operations as contact
from yilu.contact import queries
from yilu.gateways.calls import CallEvent, Verb
from yilu.kernel.errors import NotFound
from yilu.web.common import hotline


class ContactHouse:
    """The contact room as whoever holds calls asks it; called in threads, each with a connection of its own."""

    def __init__(self, driver: str) -> None:
        self._driver = driver

    def hear(self, event: CallEvent) -> Sequence[Verb]:
        """Tell what happened; what to do next. :raises LookupError: no such call any more."""
        close_old_connections()
        try:
            return contact.hear(
                driver=self._driver, event=event, tell=hotline.tell, at=datetime.now(UTC)
            ).verbs
        except NotFound as gone:
            raise LookupError from gone

    def standing(self, driver: str, call: str) -> tuple[int, int]:
        """How many pieces and takes are kept."""
        close_old_connections()
        return queries.standing(driver, call)

    def keep(
        self, driver: str, call: str, number: int, take: int, sha256: str, content: bytes
    ) -> None:
        """Keep a piece."""
        close_old_connections()
        try:
            contact.record_piece(
                driver=driver, key=call, number=number, take=take, sha256=sha256, content=content,
                at=datetime.now(UTC),
            )  # fmt: skip
        except NotFound as gone:
            raise LookupError from gone

    def recorded(self, words: str) -> bytes | None:
        """A person's approved recording of these words, as a WAV file."""
        close_old_connections()
        return queries.voice_of(words)

    def living(self, calls: Sequence[str]) -> None:
        """These go on."""
        close_old_connections()
        for call in calls:
            contact.see_call(driver=self._driver, key=call, at=datetime.now(UTC))
