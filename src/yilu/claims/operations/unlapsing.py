"""
The contract was suspended by a mistake, and the claim shows it: one person finds, another confirms.

Then the contract stands as if it had never been suspended (``policies.undo_lapse``), and the claim is
worked out anew with its cover. Whether a loss is covered stays a decision of its own.
"""

from __future__ import annotations

from datetime import datetime

from yilu.claims import hard_events as events
from yilu.claims.models import MistakenLapse
from yilu.claims.rules.lifecycle import Action
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.policies import operations as contracts
from yilu.work import operations as work

from .assess import recalculate
from .holding import Held, hold, write
from .refusals import need_reason
from .second_pair import QUEUE, answer_finding


class LapseStatedAlready(Refusal):
    """One finding at a time."""

    code = "lapse_stated_already"
    message = _("这件赔案的中止更正正待复核")
    hint = _("请另一位有复核权限的同事在“保单效力”页办理。")


class NoLapseToConfirm(NotFound):
    """Nothing waits."""

    code = "no_lapse_to_confirm"
    message = _("没有待复核的中止更正")
    hint = _("请刷新页面。")


@tx.use_case
def state_mistaken_lapse(
    *, claim_id: int, ground: str, reason: str, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Say that the contract was suspended by a mistake of ours; another person confirms. Nothing changes yet.

    :raises NotLapsed: it is not suspended for an unpaid premium. :raises LapseStatedAlready: one waits.
    :raises NotPossibleNow: the claim is not in hand. :raises Invalid: no such mistake.
    :raises ReasonMissing: no words.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    held.require(Action.CALCULATE)
    if ground not in MistakenLapse.Ground.values:
        raise Invalid(_("请选择是什么差错"))
    since = contracts.require_lapsed(held.policy_id)
    if MistakenLapse.objects.filter(claim_id=held.id, state="PROPOSED").exists():
        raise LapseStatedAlready
    made = MistakenLapse.objects.create(
        claim_id=held.id, ground=ground, suspended_on=since,
        reason=need_reason(reason, what=_("事实与依据")), found_by=str(actor), found_at=at,
    )  # fmt: skip
    journal.record(
        events.LapseFoundMistaken(finding_id=made.pk, ground=ground),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=held.ref, office_id=held.office_id, at=at, priority=30,
        title="保单中止有误的认定待复核", party_id=held.claimant_id,
    )  # fmt: skip
    return made.pk


@tx.use_case
def confirm_mistaken_lapse(
    *, claim_id: int, finding_id: int, agrees: bool, answer: str = "", access: Access, actor: Ref,
    at: datetime,
) -> bool:  # fmt: skip
    """
    The second pair of eyes: the contract was never suspended, and the claim is worked out with its cover.

    Whether it was confirmed; sent back needs words.

    :raises NoLapseToConfirm: nothing waits. :raises NotForOneself: whoever found it.
    :raises NotLapsed: it goes on or has ended meanwhile. :raises NotPossibleNow: the claim was decided.
    :raises ReasonMissing: sent back without words.
    """
    held = hold(claim_id)
    access.require("claims.review", office_id=held.office_id)
    found = answer_finding(
        held, MistakenLapse.objects.filter(claim_id=held.id), finding_id=finding_id,
        finder="found_by", none=NoLapseToConfirm, agrees=agrees, answer=answer, actor=actor, at=at,
    )  # fmt: skip
    journal.record(
        events.MistakenLapseAnswered(finding_id=found.pk, stands=agrees),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if agrees:
        held.require(Action.CALCULATE)
        contracts.undo_lapse(policy_id=held.policy_id, about=held.ref, actor=actor, at=at)
        _with_its_cover(held, actor, at)
    return agrees


def _with_its_cover(held: Held, actor: Ref, at: datetime) -> None:
    write(held, at=at, reasons=[code for code in held.reasons if code != "NO_COVER"])
    recalculate(hold(held.id), at=at, actor=actor)
