"""A video session for tests: a branch, a customer, a seat, a way in; made by operations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests import make
from tests.make import NOON
from yilu.kernel.refs import Ref
from yilu.video import operations

PHONE = "13812340099"


@dataclass
class Scene:
    """Where a seat helps a customer by video."""

    office: int = field(default_factory=make.office)
    about: Ref = field(default_factory=lambda: Ref("claim", 4711))
    session: int = 0
    token: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        self.party = make.party(self.office, phone=PHONE)
        self.access, self.actor = make.colleague(self.office, "ASSESSOR")

    @property
    def told(self) -> dict[str, Any]:
        return {"access": self.access, "actor": self.actor, "at": NOON}

    def ask(self) -> int:
        self.session = operations.ask(
            about=self.about, party_id=self.party, case_number="LP1", **self.told
        )
        return self.session

    def invite(self) -> str:
        self.token = operations.invite(session_id=self.session, **self.told)
        return self.token

    def let_in(self) -> Scene:
        """Asked, invited, opened, agreed, arrived."""
        self.ask()
        self.invite()
        self.key = operations.open_invitation(token=self.token, digits=PHONE[-4:], at=NOON)
        operations.agree(token=self.token, key=self.key, agreed=True, at=NOON)
        operations.arrive(token=self.token, key=self.key, at=NOON)
        return self

    def live(self, at: datetime = NOON) -> Scene:
        """They see each other."""
        if not self.key:
            self.let_in()
        number = operations.connect(session_id=self.session, **{**self.told, "at": at})
        self.customer(at, connection=number)
        self.seat(at, connection=number, connected=True)
        return self

    def customer(
        self, at: datetime = NOON, *, connection: int = 1, **given: Any
    ) -> operations.News:
        return operations.exchange_as_customer(
            token=self.token, key=self.key, at=at,
            **{"after": 0, "send": (), "connection": connection, **given},
        )  # fmt: skip

    def seat(self, at: datetime = NOON, *, connection: int = 1, **given: Any) -> operations.News:
        return operations.exchange_as_seat(
            session_id=self.session, access=self.access, actor=self.actor, at=at,
            **{"after": 0, "send": (), "connected": False, "connection": connection, **given},
        )  # fmt: skip

    def record(
        self, number: int, content: bytes | None = None, *, take: int = 1, **given: Any
    ) -> int:
        content = f"piece {number}".encode() if content is None else content
        told = {"sha256": hashlib.sha256(content).hexdigest(), **self.told, **given}
        return operations.record_piece(
            session_id=self.session, number=number, take=take, content=content, **told
        )

    def end(self) -> None:
        operations.end(session_id=self.session, **self.told)


def later(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)
