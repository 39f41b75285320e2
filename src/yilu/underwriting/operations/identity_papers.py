"""An identity card handed in was read: hold it against the application, and go on."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.underwriting import events
from yilu.underwriting.queries.papers import needs_of
from yilu.underwriting.rules.identity_paper import Standing
from yilu.underwriting.rules.lifecycle import State
from yilu.work import operations as work

from .ending import go_on_if_complete
from .holding import read_locked
from .verdicts import QUEUE

BOUND = frozenset({State.ACCEPTED.value, State.AWAITING_PAYMENT.value, State.OFFERED.value})
"""Where a verdict stands already: a card that was brought though nobody needed it changes none by itself."""


@tx.step
def compare_papers(application_id: int, *, upload_id: int, at: datetime) -> None:
    """
    Say how an identity paper stands now that one of its files was read, and go on where all is in.

    A difference is a person's: it goes into the verdict that follows; beside a verdict that stands it
    becomes work of its own.
    """
    application = read_locked(application_id)
    if application is None:
        return
    need = next((n for n in needs_of(application) if upload_id in n.uploads), None)
    if need is None or need.compared is None or need.compared.standing is Standing.READING:
        return
    found = need.compared
    fact = events.IdentityPaperCompared(
        paper=need.code, standing=found.standing.value, doubts=tuple(d.value for d in found.doubts)
    )
    journal.record(fact, about=application.ref, actor=SYSTEM, at=at, party=application.holder_id)
    if found.doubts and application.state in BOUND:
        work.open_item(
            QUEUE, about=application.ref, office_id=application.office_id,
            title="证件照片与投保申请不一致，请核对", at=at, party_id=application.holder_id,
        )  # fmt: skip
    go_on_if_complete(application, SYSTEM, at)
