"""The first opinion of whoever saw the case on the spot (现场查勘意见): below 3,000 yuan it stands."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import Decision
from yilu.claims.rules.lifecycle import Action, State
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access

from .holding import hold, write
from .refusals import need_reason, read_amount

RIGHTS = ("claims.assess", "claims.investigate")
"""Surveyors investigate, assessors assess: either may say what they saw."""
KINDS = (Decision.Kind.APPROVE, Decision.Kind.PARTIAL, Decision.Kind.DECLINE)


class OpinionGivenAlready(Refusal):
    """One opinion from the spot: a second one would be another one."""

    code = "opinion_given_already"
    message = _("这件赔案已经有现场意见")
    hint = _("现场意见只写一次；有不同看法，请在沟通记录中写明，由审核人员和主管考虑。")


@tx.step
def write_opinion(
    *, claim_id: int, kind: str, amount: Decimal, reason: str, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Write the opinion down; its id. ``kind`` APPROVE, PARTIAL or DECLINE, ``amount`` in yuan: what was
    estimated on the spot (ignored for a DECLINE).

    :raises NotPossibleNow: decided already. :raises OpinionGivenAlready: there is one.
    :raises NotAllowed: neither surveyor nor assessor here. :raises BadAmount, ReasonMissing: incomplete.
    :raises Invalid: an opinion that is none.
    """
    held = hold(claim_id)
    if not any(access.may(right, office_id=held.office_id) for right in RIGHTS):
        access.require(RIGHTS[0], office_id=held.office_id)
    held.require(Action.REQUEST_SUPPLEMENT if held.state is not State.REVIEW else Action.CALCULATE)
    declines = kind == Decision.Kind.DECLINE
    if kind not in KINDS:
        raise Invalid(_("没有这种结论"))
    if Decision.objects.filter(claim_id=held.id, state=Decision.State.OPINION).exists():
        raise OpinionGivenAlready
    opinion = Decision.objects.create(
        claim_id=held.id, kind=kind, state=Decision.State.OPINION,
        amount=ZERO if declines else read_amount(amount), reason=need_reason(reason),
        clause="现场意见" if declines else "", on_scene=True, decided_by=str(actor), decided_at=at,
    )  # fmt: skip
    write(held, at=at)
    journal.record(
        events.OpinionGivenOnScene(
            decision_id=opinion.pk, verdict=kind, amount=f"{opinion.amount:.2f}"
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    return opinion.pk


give_opinion_on_scene = tx.use_case(write_opinion)
"""The same as a use case of its own: for whoever saw the case without a visit of ours."""
