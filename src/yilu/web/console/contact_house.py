"""The contact room, as the processes that hold calls ask it (话务进程)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import close_old_connections

from yilu.contact import operations as contact
from yilu.contact import queries
from yilu.gateways.calls import CallEvent, Verb
from yilu.gateways.calls.builtin.digest import Secret
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.web.common import hotline

log = logging.getLogger(__name__)


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

    def telephone(self, seat: str) -> Secret | None:
        """What is kept of a seat's telephone's password; None where it has none."""
        close_old_connections()
        return queries.desk_phone_secret(int(seat))

    def picked_up(self, seat: str, conversation: int) -> bool:
        """The seat takes the call by its telephone; False where it cannot any more."""
        return self._as_seat(
            int(seat), lambda told: contact.accept(conversation_id=conversation, **told)
        )

    def pressed_away(self, seat: str, conversation: int) -> None:
        """The seat leaves it to a colleague, by its telephone."""
        self._as_seat(int(seat), lambda told: contact.decline(conversation_id=conversation, **told))

    def put_down(self, seat: str) -> None:
        """The seat ends its talk by putting the telephone down."""
        close_old_connections()
        talk = queries.talk_of_seat(int(seat))
        if talk is not None:
            contact.hang_up(
                conversation_id=talk, by="SEAT", actor=Ref("staff", int(seat)), at=datetime.now(UTC)
            )

    def _as_seat(self, staff_id: int, do: Callable[[dict[str, Any]], None]) -> bool:
        close_old_connections()
        try:
            access = people.staff_access(staff_id)
            do({"access": access, "actor": Ref("staff", staff_id), "at": datetime.now(UTC)})
        except Refusal as refused:
            log.info("a seat's telephone was refused: %s", refused.code)
            return False
        return True

    def living(self, calls: Sequence[str]) -> None:
        """These go on."""
        close_old_connections()
        for call in calls:
            contact.see_call(driver=self._driver, key=call, at=datetime.now(UTC))
