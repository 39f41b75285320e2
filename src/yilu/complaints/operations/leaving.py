"""When somebody leaves, or may no longer handle complaints: they answer for none of them."""

from __future__ import annotations

from datetime import datetime

from yilu.complaints.models import Complaint
from yilu.complaints.rules import handling as rules
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.people import queries as people
from yilu.people.queries import Succession

from .handling import hand_to
from .receiving import least_burdened
from .refusals import BadComplaint

HANDLE = "complaints.handle"
PASSED_ON = "原首问责任人离职或不再办理投诉，案件连同全部记录转交"


@tx.step
def pass_on(of: Succession, *, at: datetime) -> int:
    """
    Whoever left, or may no longer handle complaints, answers for none of their cases; how many there were.

    A case goes to the successor named where they may and are not concerned, else to the colleague with the
    fewest, as one taken on a phone does; to whoever decides reviews only where there is nobody else, since
    an owner decides none. The complainant is told. Where nobody has the right its item waits in its queue.
    """
    rows = (
        Complaint.objects.select_for_update(of=("self",))
        .filter(owner_id=of.staff_id, state__in=(rules.OPEN, rules.DECIDED, rules.REVIEWING))
        .order_by("pk")
    )
    passed = 0
    for row in rows:
        if of.keeps(HANDLE, row.office_id) or (heir := _heir(of, row)) is None:
            continue
        hand_to(row, heir, PASSED_ON, False, SYSTEM, at)
        passed += 1
    return passed


def _heir(of: Succession, row: Complaint) -> int | None:
    named = of.successor
    if named is not None and of.follows(HANDLE, row.office_id):
        if not rules.is_interested(named.staff_id, row.against):
            return named.staff_id
    reviewers = [who for who, _name in people.list_colleagues(row.office_id, "complaints.review")]
    for but in ({*row.against, *reviewers}, row.against):
        try:
            return least_burdened(row.office_id, but)
        except BadComplaint:
            continue
    return None
