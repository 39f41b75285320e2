"""Papers a customer hands in, with what the machine will read from them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from demo import papers as own

from tests import make
from yilu.claims import operations
from yilu.documents import jobs as reading
from yilu.documents import queries as documents
from yilu.journal import operations as journal
from yilu.kernel.refs import Ref


def e_invoice(
    name: str = "林客户", seed: int | None = None, *, large: bool = False
) -> operations.Paper:
    """
    An electronic invoice in XML, within the list, paid in part by the fund. A small one excuses
    the diagnosis; a ``large`` one does not.
    """
    from demo.claims import within_the_list

    while True:
        bill = within_the_list(
            own.make_bill(
                name, seed or next(make._count), issued_on=date(2026, 3, 2),
                largest=None if large else Decimal(700),
            )
        )  # fmt: skip
        if not large or bill.total > 1000:
            return operations.Paper("INVOICE", "电子票据.xml", own.xml(bill))


def picture(kind: str = "ACCIDENT_PROOF", text: str = "") -> operations.Paper:
    """A photograph of something only people read."""
    from tests.documents import papers

    return operations.Paper(kind, "照片.png", papers.picture(text=text or kind))


def read_all(at=make.NOON) -> None:
    """Let the reader, the registry and the reactions do their work."""
    from yilu.documents.models import Upload

    for upload_id in Upload.objects.filter(state="RECEIVED").values_list("pk", flat=True):
        reading.recognise(upload_id=upload_id)
    later = at + timedelta(minutes=1)
    for _ in range(5):
        moved = react(later) + reading.verify_due(later)
        if not moved:
            return


def react(at=make.NOON) -> int:
    """Run the reactions that are due; how many."""
    done = 0
    while count := journal.run_reactions(at + timedelta(days=400), 200):
        done += count
    return done


def hand_in(claim_id: int, *papers: operations.Paper, actor: Ref, at=make.NOON, **given):
    """Hand papers in."""
    return operations.hand_in_documents(
        claim_id=claim_id, papers=list(papers), actor=actor, at=at, **given
    )


def uploads(claim_id: int):
    """What is here."""
    return documents.list_uploads(Ref("claim", claim_id))
