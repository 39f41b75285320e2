"""The demo's past: what the worker would have done, done at the time it would have been done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

from django.conf import settings

from demo import journeys, messages, renewals
from yilu.claims import jobs as claims_jobs
from yilu.documents import jobs as documents_jobs
from yilu.gateways import bank, collecting
from yilu.gateways.sandbox_bank import Counter, FakeBank
from yilu.gateways.sandbox_collecting import Counter as Collecting
from yilu.gateways.sandbox_collecting import FakeCollector
from yilu.journal import operations as journal
from yilu.letters import jobs as letters_jobs
from yilu.messaging import jobs as messaging_jobs
from yilu.obligations import operations as obligations
from yilu.payments import jobs as payments_jobs
from yilu.payments import operations as payments

CHINA = ZoneInfo("Asia/Shanghai")
ROUNDS_MAX = 8
MORNING_HOUR = 1
"""Half past nine in China, in UTC."""


class Past:
    """A clock that the seed moves, and the worker's rounds at its hours."""

    def __init__(self, start: datetime, latest: datetime) -> None:
        self.now, self.latest = start, latest
        self.bank = FakeBank(secret=settings.BANK_SECRET, now=start.timestamp())
        # The practice bank's own file: when it runs as a process it remembers what it paid.
        self.bank.counter = Counter(str(settings.VAR / "sandbox-bank.sqlite3"), delay=0.0)
        self.wallet = FakeCollector(secret=settings.BANK_SECRET, now=start.timestamp())
        self.wallet.counter = Collecting(str(settings.VAR / "sandbox-bank.sqlite3"), delay=0.0)
        self.unread: list[int] = []

    def go_to(self, at: datetime) -> None:
        """Move on; never back."""
        self.now = max(self.now, at)
        self.bank.now = self.wallet.now = self.now.timestamp()

    def reaches(self, at: datetime) -> bool:
        """Whether a moment still lies in the past: what nobody has come to yet stays on its desk."""
        return at <= self.latest

    def present(self) -> datetime:
        """The moment it is in the past we live in."""
        return self.now

    def settle(self, minutes: int = 3) -> None:
        """Let the worker do what is due now and in the next minutes, until it rests."""
        for upload_id in self.unread:
            documents_jobs.recognise(upload_id)
        self.unread.clear()
        self._drain()
        for _ in range(ROUNDS_MAX):
            done = journal.run_reactions(at=self.now, limit=200)
            done += self._tell()
            done += payments_jobs.send_due(self.now, limit=50)
            done += letters_jobs.render_due(self.now, limit=20)
            done += renewals.settle(self.now, self.wallet)
            self.go_to(self.now + timedelta(seconds=20 * minutes))
            for body, signature, timestamp in self.bank.notices():
                payments.receive_bank_notice(
                    body=body, signature=signature, timestamp=timestamp, at=self.now
                )
                done += 1
            done += self._tell()
            if not done:
                break

    def _drain(self) -> None:
        """What a morning's run left for thousands of customers: done at once, as many workers would."""
        while journal.run_reactions(at=self.now, limit=1000) + self._tell(1000):
            pass

    def _tell(self, limit: int = 200) -> int:
        """Send what is promised, at once: by text message in the last days."""
        with messages.texting(self.now, self.latest):
            return messaging_jobs.send_due(self.now, limit=limit)

    def advance(self, at: datetime, staff: Callable[[], None]) -> None:
        """Move on to ``at``; on the way, each morning and afternoon, the clocks and the staff have their round."""
        for moment in half_days(self.now, at):
            self.go_to(moment)
            while obligations.tick(self.now):
                pass
            if moment.hour == MORNING_HOUR:
                renewals.morning(self.now)
                journeys.look_ahead(self.now)
            claims_jobs.chase(self.now)
            claims_jobs.expire_offers(self.now)
            while documents_jobs.sum_settled(self.now):
                pass
            staff()
            self.settle()
        self.go_to(at)


def half_days(after: datetime, until: datetime) -> Iterator[datetime]:
    """Half past nine and half past two, Beijing time, of every day in between."""
    day = after.astimezone(CHINA).date()
    while day <= until.astimezone(CHINA).date():
        for hour in (9, 14):
            moment = datetime(day.year, day.month, day.day, hour, 30, tzinfo=CHINA).astimezone(UTC)
            if after < moment < until:
                yield moment
        day += timedelta(days=1)


@contextmanager
def past(start: datetime, latest: datetime) -> Iterator[Past]:
    """Live in the past, up to the latest moment: the bank inside the process, jobs by our clock."""
    made = Past(start, latest)
    with ExitStack() as stack:
        stack.enter_context(bank.use(made.bank))
        stack.enter_context(collecting.use(made.wallet))
        stack.enter_context(mock.patch.object(documents_jobs, "_now", made.present))
        yield made
