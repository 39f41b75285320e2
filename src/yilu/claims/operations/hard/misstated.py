"""
The insured's age had been misstated (年龄误告, 保险法 32): one person establishes, another confirms.

What it does to a claim follows from the true age: too little premium was paid, and the benefit is
paid in proportion; too much, and the excess goes back; an age the product does not offer may be a
ground for rescission within two years, and afterwards changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from yilu.claims import events
from yilu.claims.models import MisstatedAge
from yilu.claims.operations.assess import recalculate
from yilu.claims.operations.hand_in import Paper
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.refusals import need_reason
from yilu.claims.operations.second_pair import QUEUE, answer_finding
from yilu.claims.rules import misstated as rules
from yilu.claims.rules.lifecycle import Action
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.policies import operations as changing
from yilu.policies import queries as policies
from yilu.work import operations as work

from .evidence import keep_evidence


class AgeAsPriced(Invalid):
    """The true age is the one by which the contract was priced, or it was priced by none."""

    code = "age_as_priced"
    message = _("按这个出生日期，投保年龄与承保时相同，或该产品不按年龄定价，保险费没有差别")
    hint = _("请核对证件上的出生日期；没有差别的，按合同正常理算。")


class AgeStatedAlready(Refusal):
    """One finding a claim."""

    code = "age_stated_already"
    message = _("这件赔案的年龄误告已经认定，或正待复核")
    hint = _("请在“年龄误告”页查看；需要更改的，先由复核人退回。")


class NoAgeToConfirm(NotFound):
    """Nothing waits."""

    code = "no_age_to_confirm"
    message = _("没有待复核的年龄误告认定")
    hint = _("请刷新页面。")


@tx.use_case
def state_misstated_age(
    *, claim_id: int, true_birth: date, reason: str, evidence: Paper | None = None, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Write down the insured's true date of birth and what the law makes of it; another person confirms.

    Premiums paid and due are worked out by the contract's own price level. Nothing changes yet.

    :raises AgeAsPriced: no difference. :raises AgeStatedAlready: stated before.
    :raises NotPossibleNow: decided. :raises Invalid: a day in the future. :raises ReasonMissing: none.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    held.require(Action.CALCULATE)
    today = day_of(at)
    if true_birth > today:
        raise Invalid(_("出生日期不能晚于今天"))
    if MisstatedAge.objects.filter(claim_id=held.id, state__in=["PROPOSED", "STANDS"]).exists():
        raise AgeStatedAlready
    policy = policies.get_policy(held.policy_id, held.loss_date, without_cover=True)
    sex = policy.insured_sex or ""
    offer = changing.rerate_offer(policy_id=held.policy_id, born=true_birth, sex=sex)
    if offer is None or not offer.changes:
        raise AgeAsPriced
    way = rules.way_of(
        paid=offer.premium_before, due=None if offer.problem else offer.premium_after,
        formed_on=policy.contract.formed_on, today=today, contest_years=policy.terms.contest_years,
    )  # fmt: skip
    made = MisstatedAge.objects.create(
        claim_id=held.id, true_birth=true_birth, sex=sex, rated_age=offer.rated_age, way=way,
        premium_paid=offer.premium_before,
        premium_due=None if offer.problem else offer.premium_after,
        overpaid=max(-offer.difference, ZERO), reason=need_reason(reason), stated_by=str(actor),
        stated_at=at,
    )  # fmt: skip
    keep_evidence(held, evidence, actor=actor, at=at)
    journal.record(
        events.AgeMisstated(finding_id=made.pk, way=way),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=held.ref, office_id=held.office_id, at=at, priority=30,
        title="年龄误告的认定待复核", party_id=held.claimant_id,
    )  # fmt: skip
    return made.pk


@tx.use_case
def confirm_misstated_age(
    *, claim_id: int, finding_id: int, agrees: bool, answer: str = "", access: Access, actor: Ref,
    at: datetime,
) -> str:  # fmt: skip
    """
    The second pair of eyes: from now on the benefit is worked out in proportion, or the excess premium
    goes back. The way that was confirmed, or "" where it was sent back (with ``answer``).

    :raises NoAgeToConfirm: nothing waits. :raises NotForOneself: whoever stated it.
    :raises NotPossibleNow: decided meanwhile. :raises ReasonMissing: sent back without words.
    :raises ValueChanged: the premium is another one now.
    """
    held = hold(claim_id)
    access.require("claims.review", office_id=held.office_id)
    held.require(Action.CALCULATE)
    found = answer_finding(
        held, MisstatedAge.objects.filter(claim_id=held.id), finding_id=finding_id,
        finder="stated_by", none=NoAgeToConfirm, agrees=agrees, answer=answer, actor=actor, at=at,
    )  # fmt: skip
    journal.record(
        events.MisstatedAgeAnswered(finding_id=found.pk, stands=agrees, way=found.way),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if not agrees:
        return ""
    _carry_out(held, found, actor, at)
    return found.way


def _carry_out(held: Held, found: MisstatedAge, actor: Ref, at: datetime) -> None:
    if found.way == rules.REFUND:
        changing.refund_overpaid(
            policy_id=held.policy_id, rated_age=found.rated_age, rated_sex=found.sex,
            about=held.ref, expected=found.overpaid, actor=actor, at=at,
        )  # fmt: skip
    if found.way == rules.PROPORTION:
        assert found.premium_due is not None
        loss = replace(held.loss, premium_share=(found.premium_paid, found.premium_due))
        write(held, at=at, loss=loss.as_json())
        recalculate(hold(held.id), at=at, actor=actor)
