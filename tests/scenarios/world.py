"""A working insurer in one test: time passes, and everything that runs by itself runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests import make
from yilu.claims import queries
from yilu.documents import jobs as reading
from yilu.documents.models import Upload
from yilu.journal import operations as journal
from yilu.kernel.refs import Ref
from yilu.messaging import jobs as messaging
from yilu.messaging.models import Message
from yilu.obligations import operations as obligations
from yilu.obligations import queries as promises
from yilu.payments import jobs as paying
from yilu.payments import operations as payments


class World:
    """The clock of a story; ``pass_`` moves it on and lets the worker work."""

    def __init__(self, bank, start: datetime = make.NOON) -> None:
        self.now, self.bank = start, bank

    def pass_(self, **time: float) -> datetime:
        """Let time go by, in steps of at most an hour near the end, and do what is due."""
        self.now += timedelta(**time)
        self.work()
        return self.now

    def work(self) -> None:
        """Reader, registry, reactions, clocks, bank, messages: until nothing is left to do now."""
        self.bank.now = self.now.timestamp()
        for _ in range(12):
            done = self._read() + reading.verify_due(self.now)
            done += journal.run_reactions(self.now, 200)
            obligations.tick(self.now, 200)
            done += paying.send_due(self.now)
            done += self._hear()
            done += messaging.send_due(self.now)
            if not done:
                return

    def _read(self) -> int:
        waiting = list(Upload.objects.filter(state="RECEIVED").values_list("pk", flat=True))
        for upload_id in waiting:
            reading.recognise(upload_id=upload_id)
        return len(waiting)

    def _hear(self) -> int:
        notices = self.bank.notices()
        for body, signature, timestamp in notices:
            payments.receive_bank_notice(
                body=body, signature=signature, timestamp=timestamp, at=self.now
            )
        return len(notices)

    def progress(self, claim, party_id: int):
        """The customer's page."""
        return queries.get_progress(claim.claim_id, Ref("party", party_id), self.now)

    def desk(self, claim, who):
        """The desk of a member of staff."""
        return queries.desk(claim.claim_id, who[0], self.now)

    def messages(self, claim) -> list[str]:
        """What the customer was told about a claim, in order."""
        told = Message.objects.filter(
            about=f"claim:{claim.claim_id}", recipient__startswith="party:"
        )
        return list(told.order_by("id").values_list("template", flat=True))

    def clock(self, claim, code: str):
        """One of the claim's promises."""
        return next(c for c in promises.list_clocks(claim.ref, self.now) if c.code == code)
