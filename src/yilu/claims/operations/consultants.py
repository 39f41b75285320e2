"""A person of the customer's own in a grave loss, from the report to the money (专属理赔顾问)."""

from __future__ import annotations

from datetime import datetime

from yilu.claims import events
from yilu.claims.models import Claim
from yilu.claims.rules.lifecycle import State
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work
from yilu.work import queries as waiting

from .holding import Held, hold

QUEUE = "claims.consultant"
OVER = frozenset({State.CLOSED, State.WITHDRAWN, State.MERGED})


class NoConsultantNeeded(Refusal):
    """The claim has ended."""

    code = "no_consultant_needed"
    message = _("赔案已经结束，无须安排理赔顾问")


@tx.use_case
def assign_consultant(
    *, claim_id: int, staff_id: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Give the claim a person of its own, or another one; the first call to the customer becomes theirs.

    A lead names anybody who may, everybody else only themselves.

    :raises NoConsultantNeeded: the claim has ended. :raises NotAllowed: not one's office, or somebody
        else without being their lead. :raises Invalid: a colleague who may not work on this claim.
    """
    held = hold(claim_id)
    if not access.may("work.lead", office_id=held.office_id):
        access.require("claims.register", office_id=held.office_id)
        if staff_id != access.staff_id:
            raise NotAllowed(
                _("只有主管可以为他人安排"), hint=_("您可以把自己登记为这件赔案的理赔顾问。")
            )
    if held.state in OVER:
        raise NoConsultantNeeded
    if staff_id not in {
        id for id, _name in people.list_colleagues(held.office_id, "claims.register")
    }:
        raise Invalid(_("请选择能够办理这件赔案的在职同事"))
    _accompany(held, staff_id, actor=actor, at=at)
    work.give_item(
        QUEUE, about=held.ref, to=people.staff_access(staff_id), reason="安排为专属理赔顾问",
        actor=actor, at=at,
    )  # fmt: skip


@tx.step
def accompany(claim_id: int, *, staff_id: int, at: datetime) -> None:
    """
    Whoever took the consultant's work is the claim's consultant, as long as the claim lives.

    Heard of late, it changes nothing where the work has gone on to somebody else meanwhile.
    """
    held = hold(claim_id)
    holders = [item.staff_id for item in waiting.open_items(held.ref, at) if item.queue == QUEUE]
    if held.state not in OVER and holders in ([], [staff_id]):
        _accompany(held, staff_id, actor=Ref("staff", staff_id), at=at)


def _accompany(held: Held, staff_id: int, *, actor: Ref, at: datetime) -> None:
    if held.consultant_id == staff_id:
        return
    # Not by a new version: what somebody sees at the desk meanwhile stays true.
    Claim.objects.filter(pk=held.id).update(consultant_id=staff_id)
    journal.record(
        events.ConsultantAssigned(staff_id=staff_id),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
