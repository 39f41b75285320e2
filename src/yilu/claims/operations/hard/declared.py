"""A missing person whom a court declared dead, and one who came back (宣告死亡、重新出现)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from yilu.claims import events
from yilu.claims.models import ClaimType, DeclaredDeath, Recovery
from yilu.claims.operations.assess import BY_MACHINE, recalculate
from yilu.claims.operations.hand_in import Paper
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.refusals import NotForOneself, need_reason
from yilu.claims.operations.sharing import benefit_payouts
from yilu.claims.rules import vanished
from yilu.claims.rules.facts import Passing
from yilu.claims.rules.lifecycle import Action, State
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.payments import queries as payments
from yilu.people.queries import Access
from yilu.policies import operations as changing
from yilu.policies import queries as policies
from yilu.work import operations as work

from .evidence import keep_evidence
from .recovering import propose_for_everybody, recoverable
from .returned import tell_holder


class NotADeath(Invalid):
    """Only death claims know a declared death."""

    code = "not_a_death"
    message = "只有身故赔案可以登记宣告死亡"


class DeclaredAlready(Refusal):
    """A judgment is on the file."""

    code = "declared_already"
    message = "这件赔案已经登记过宣告死亡判决"


class MoneyNotBack(Refusal):
    """The contract goes on only once everything that was paid on it is back."""

    code = "money_not_back"
    message = "已付的身故保险金还没有全部返还，不能恢复保单"
    hint = "请先在“先行给付与追回”批准追回；款项返还或核销后再办理。"


class ReturnedPolicyDone(Refusal):
    """What becomes of the contract was decided."""

    code = "returned_policy_done"
    message = "这张保单的处理已经决定"


class NobodyReturned(Refusal):
    """There is no declared death to undo, or it was undone."""

    code = "nobody_returned"
    message = "这件赔案没有可以撤销的宣告死亡登记"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtSays:
    """The judgment as it reads."""

    judgment: vanished.Judgment
    court: str
    case_number: str
    evidence: Paper | None = None


@tx.use_case
def record_declared_death(
    *, claim_id: int, says: CourtSays, access: Access, actor: Ref, at: datetime
) -> vanished.DeathDay:
    """
    Write a court's declaration of death down; the day of death follows the law.

    By 民法典 48 it is the day of the accident, else of the judgment. Where that day lies outside
    the cover but the person vanished within it, cover is asked about for the day of vanishing
    (解释三 24). Doubts are shown to whoever decides; the claim is calculated anew.

    :raises NotADeath: another type of claim. :raises DeclaredAlready: the second time.
    :raises NotPossibleNow: decided. :raises Invalid: days out of order, no court or number.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    if held.claim_type != ClaimType.DEATH:
        raise NotADeath
    early = held.state in BY_MACHINE
    held.require(Action.HAND_IN if early else Action.CALCULATE)
    judgment = says.judgment
    if not judgment.missing_on <= judgment.judged_on <= day_of(at):
        raise Invalid("下落不明之日、判决之日的先后有误")
    if not says.court.strip() or not says.case_number.strip():
        raise Invalid("请填写作出判决的法院和案号")
    if DeclaredDeath.objects.filter(claim_id=held.id).exists():
        raise DeclaredAlready
    contract = policies.get_policy(held.policy_id, held.loss_date, without_cover=True).contract
    day = vanished.weigh(judgment, from_on=contract.effective_on, to_on=contract.ends_on)
    DeclaredDeath.objects.create(
        claim_id=held.id, missing_on=judgment.missing_on, by_accident=judgment.by_accident,
        impossible=judgment.impossible, court=says.court.strip()[:80],
        case_number=says.case_number.strip()[:60], judged_on=judgment.judged_on, died_on=day.died_on,
        covered_on=day.covered_on, doubts=list(day.doubts), recorded_by=str(actor), recorded_at=at,
    )  # fmt: skip
    keep_evidence(held, says.evidence, actor=actor, at=at)
    before = held.loss.passing
    passing = Passing(
        died_on=day.died_on, transport=before.transport if before else "", declared=True
    )
    event_on = judgment.missing_on if judgment.by_accident else None
    loss = replace(held.loss, passing=passing, event_on=event_on or held.loss.event_on)
    tx.changed(
        "update claims_claim set loss_date = %s::date where id = %s::bigint",
        [day.covered_on, held.id],
    )
    write(held, at=at, loss=loss.as_json())
    journal.record(
        events.DeathDeclared(
            missing_on=judgment.missing_on.isoformat(), judged_on=judgment.judged_on.isoformat(),
            died_on=day.died_on.isoformat(),
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if not early:
        recalculate(hold(held.id), at=at, actor=actor)
    return day


@tx.use_case
def record_return(
    *, claim_id: int, returned_on: date, revoked_number: str, access: Access, actor: Ref,
    at: datetime,
) -> tuple[int, ...]:  # fmt: skip
    """
    The person came back and the judgment was revoked (民法典 50, 53): what was paid is asked back.

    A recovery is proposed for everybody who was paid; another person approves each. An undecided
    claim is left to its handler, who declines it. Returns the recoveries' ids.

    :raises NobodyReturned: no declared death, or undone before. :raises Invalid: a day before the
        vanishing or in the future, or no judgment named.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    declared = DeclaredDeath.objects.filter(claim_id=held.id, returned_on=None).first()
    if declared is None:
        raise NobodyReturned
    if not declared.missing_on <= returned_on <= day_of(at):
        raise Invalid("重新出现的日期有误")
    if not revoked_number.strip():
        raise Invalid("请填写撤销宣告死亡判决的案号")
    declared.returned_on, declared.revoked_number = returned_on, revoked_number.strip()[:60]
    declared.returned_by = str(actor)
    declared.save(update_fields=["returned_on", "revoked_number", "returned_by"])
    write(held, at=at)
    journal.record(
        events.DeclaredPersonReturned(returned_on=returned_on.isoformat()),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if held.state not in (State.PAID, State.CLOSED, State.PAYING, State.APPROVED):
        work.open_item(
            "claims.review", about=held.ref, office_id=held.office_id, at=at, priority=20,
            title="被宣告死亡人重新出现，请核定", party_id=held.claimant_id,
        )  # fmt: skip
        return ()
    return propose_for_everybody(
        held, cause="RETURNED", reason=f"宣告死亡判决已撤销（{declared.revoked_number}）",
        actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def decide_returned_policy(
    *, claim_id: int, revive: bool, reason: str, access: Access, actor: Ref, at: datetime
) -> str:
    """
    Decide what becomes of the contract of somebody who came back (保单恢复效力): REVIVED or ENDED.

    It goes on as if nothing had been paid: what the benefit had used up is taken back, premiums fall
    due again where they stood. Where it had not ended, only the use is taken back.

    :raises NobodyReturned: nobody came back. :raises ReturnedPolicyDone: decided before.
    :raises NotForOneself: whoever recorded the return. :raises MoneyNotBack: something paid is
        neither repaid nor given up. :raises PolicyStateStale: its term is over, or it ended otherwise.
    """
    held = hold(claim_id)
    access.require("claims.review", office_id=held.office_id)
    declared = (
        DeclaredDeath.objects.select_for_update(of=("self",))
        .filter(claim_id=held.id, returned_on__isnull=False)
        .first()
    )
    if declared is None:
        raise NobodyReturned
    if declared.policy_outcome:
        raise ReturnedPolicyDone
    if declared.returned_by == str(actor):
        raise NotForOneself
    outcome = "REVIVED" if revive else "ENDED"
    revived = _revive(held, actor, at) if revive else None
    declared.policy_outcome, declared.policy_reason = outcome, need_reason(reason)
    declared.policy_decided_by, declared.policy_decided_at = str(actor), at
    declared.save(
        update_fields=["policy_outcome", "policy_reason", "policy_decided_by", "policy_decided_at"]
    )
    write(held, at=at)
    journal.record(
        events.ReturnedPolicyDecided(outcome=outcome),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    tell_holder(held, outcome, revived=revived, reason=declared.policy_reason, actor=actor, at=at)
    return outcome


def _revive(held: Held, actor: Ref, at: datetime) -> changing.Revived | None:
    owed = [r.state for r in payments.list_receivables_about(held.ref)]
    paid = {p.to_party for p in benefit_payouts(held.ref) if p.state == "SETTLED"}
    asked_for_all = all(recoverable(held.ref, party) <= ZERO for party in paid)
    if not asked_for_all or any(state not in ("REPAID", "WRITTEN_OFF") for state in owed):
        raise MoneyNotBack
    if Recovery.objects.filter(claim_id=held.id, state="PROPOSED").exists():
        raise MoneyNotBack
    changing.take_back_benefit_use(policy_id=held.policy_id, claim_ref=held.ref, at=at)
    state = policies.get_policy(held.policy_id, held.loss_date, without_cover=True).state
    if state == "TERMINATED":
        return changing.revive_paid_out(
            policy_id=held.policy_id, about=held.ref, actor=actor, at=at
        )
    return None
