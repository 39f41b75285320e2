"""A working insurer in one test: time passes, and everything that runs by itself runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests import make
from tests.documents import papers as pictures
from yilu.claims import queries
from yilu.claims.operations import Paper
from yilu.documents import jobs as reading
from yilu.documents.models import Upload
from yilu.gateways.sandbox_bank import card_ending
from yilu.journal import operations as journal
from yilu.kernel.refs import Ref
from yilu.letters import jobs as making
from yilu.letters import operations as letters
from yilu.letters import queries as issued
from yilu.letters.queries import OpenedLetter
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

    def open_letter(self, claim, kind: str, party_id: int) -> OpenedLetter:
        """The letter is made, goes into the log, and the customer opens it."""
        making.render_due(self.now)
        journal.append_leaves(at=self.now)
        letter = next(n for n in issued.list_letters(claim.ref) if n.kind == kind)
        letters.mark_delivered(
            letter_id=letter.id, proof="APP", actor=Ref("party", party_id), at=self.now
        )
        self.work()
        return issued.open_letter(letter.id)

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


def card(party_id: int, ending: str = "1234") -> int:
    """An account whose last four digits choose how the bank treats it."""
    return make.account(party_id, number=card_ending(ending, seed=next(make._count)))


def photo(kind: str) -> Paper:
    """A photograph of a document; no two are the same."""
    return Paper(kind, f"{kind}.png", pictures.picture(text=f"{kind} {next(make._count)}"))


def confirmed(kind: str) -> None:
    """Somebody compared a photograph with what was read: no reader runs in these stories."""
    Upload.objects.filter(kind=kind, state__in=["RECEIVED", "NEEDS_PERSON"]).update(state="SETTLED")
