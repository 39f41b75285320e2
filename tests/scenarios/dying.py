"""Death at every commit: a process that ends just before, or just after, each kind of change."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction

from tests.scenarios.world import World
from yilu.documents import jobs as reading
from yilu.documents.models import Upload
from yilu.gateways import bank
from yilu.journal import operations as journal
from yilu.kernel import recall
from yilu.kernel.errors import Refusal
from yilu.messaging import jobs as messaging
from yilu.obligations import operations as obligations
from yilu.payments import jobs as paying
from yilu.payments import operations as payments

LEASES_END = timedelta(minutes=3)


class Killed(BaseException):
    """SIGKILL: no handler of ours hears of it."""


@contextmanager
def at_every_commit(monkeypatch):
    """
    Each kind of change dies twice: first with everything it wrote lost, the next time with
    everything written and nobody told. What died where, afterwards.
    """
    visits: Counter[str] = Counter()
    real = transaction.atomic

    class Dying:
        def __init__(self, what: str) -> None:
            self.what, self.inner = what, real(durable=True)

        def __enter__(self) -> None:
            self.inner.__enter__()

        def __exit__(self, kind, problem, trace) -> None:
            if kind is None:
                visits[self.what] += 1
            if kind is None and visits[self.what] == 1:
                self.inner.__exit__(Killed, Killed(), None)
                raise Killed
            self.inner.__exit__(kind, problem, trace)
            if kind is None and visits[self.what] == 2:
                raise Killed

    def atomic(*given: Any, durable: bool = False, **also: Any) -> Any:
        return Dying(_what()) if durable else real(*given, **also)

    with monkeypatch.context() as patch:
        patch.setattr(transaction, "atomic", atomic)
        yield visits


def _what() -> str:
    """The use case that opens a transaction; of a reaction, which."""
    frame = sys._getframe(2).f_locals
    name = frame["function"].__qualname__
    return f"{name} {frame['args'][0].subscriber}" if name == "_react" else name


class MortalWorld(World):
    """A world whose worker is started again whenever it dies, once the leases have run out."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.deaths = self.told = 0
        self.unheard: list[bytes] = []

    def work(self) -> None:
        ticks: tuple[Callable[[], int], ...] = (
            self._read,
            lambda: reading.verify_due(self.now),
            lambda: journal.run_reactions(self.now, 200),
            lambda: obligations.tick(self.now, 200),
            lambda: paying.send_due(self.now),
            self._hear,
            lambda: messaging.send_due(self.now),
        )
        for _ in range(400):
            self.bank.now = self.now.timestamp()
            before = self.deaths
            if not sum(self._survive(tick) for tick in ticks) and self.deaths == before:
                return
        raise AssertionError("the worker never comes to an end")

    def insist(self, act: Callable[[], Any]) -> Any:
        """A person tries again until there is an answer; a refusal then says it is done already."""
        tried = False
        while True:
            try:
                return act()
            except Killed:
                self._born_again()
                tried = True
            except Refusal:
                if not tried:
                    raise
                return None

    def _survive(self, tick: Callable[[], int]) -> int:
        try:
            return tick()
        except Killed:
            self._born_again()
            return 1

    def _born_again(self) -> None:
        self.deaths += 1
        recall.forget_all()
        self.now += LEASES_END

    def _read(self) -> int:
        """A job whose worker died is handed out again."""
        waiting = Upload.objects.filter(state__in=["RECEIVED", "READING"])
        for upload_id in waiting.values_list("pk", flat=True):
            reading.recognise(upload_id=upload_id)
        return len(waiting)

    def _hear(self) -> int:
        """The bank tells again, each time newly signed, until we have said that we heard."""
        self.unheard += [body for body, _, _ in self.bank.notices()]
        heard = 0
        while self.unheard:
            self.told += 1
            timestamp = str(int(self.now.timestamp()) + self.told % 60)
            payments.receive_bank_notice(
                body=self.unheard[0], timestamp=timestamp, at=self.now,
                signature=bank.sign(self.bank.secret, timestamp, self.unheard[0]),
            )  # fmt: skip
            self.unheard.pop(0)
            heard += 1
        return heard
