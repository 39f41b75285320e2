"""A person decides: on what they saw, within their authority, with reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from yilu.claims import events
from yilu.claims.models import Calculation, ClaimType, Decision, Reopening
from yilu.claims.rules import authority, promises
from yilu.claims.rules.agreed import wording_of
from yilu.claims.rules.agreements import SETTLED
from yilu.claims.rules.digest import desk_digest
from yilu.claims.rules.lifecycle import Action, State
from yilu.documents import queries as files
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed, Sentence
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.policies.queries import PolicyNotInForce
from yilu.risk import queries as risks
from yilu.standards import queries as standards
from yilu.work import operations as work

from .appeals import somebody_else_after_appeal
from .assess import recalculate
from .authorities import at_stake_in, authority_over, roles_in, waived_by
from .carrying_out import carry_out
from .case import Case, Chosen, read_case
from .hard.agreeing import beside_agreement
from .holding import Held, hold, write
from .promising import due
from .proving import keep_to_medicine, keep_to_proof
from .refusals import (
    BadAmount,
    NotForOneself,
    ReasonMissing,
    RoleTooLow,
    StaleDecision,
    need_reason,
    read_amount,
)
from .refusing import Refuses
from .undisclosed import keep_to_rescission


class OverrideNeedsReason(Invalid):
    """Departing from the machine's verdict must be explained; both values are kept."""

    code = "override_needs_reason"
    message = "结论与系统意见不同，请写明理由"
    hint = "请说明为什么不采用系统理算的结果（至少 5 个字）。"


class ClauseMissing(Invalid):
    """A decline names the clause it rests on (保险法 24)."""

    code = "clause_missing"
    message = "不予赔付必须写明依据的条款"
    hint = "请从本保单条款或法律条文中选择依据。"


class FirstOpinionStands(NotAllowed):
    """Below claims.first_opinion_limit the first opinion on the scene stands (以首次查勘意见为准)."""

    code = "first_opinion_stands"
    message = "小额案件以首次意见为准，不能改变"
    hint = "如确有必要改变，请由主管办理并写明理由。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What a person decided. ``digest`` is of the desk they saw.

    ``kind``: APPROVE (the calculated benefit), PARTIAL (``amount``, less than that) or DECLINE.
    ``clauses``: numbers of the product's clauses or keys of ``authority.LAW``. ``fraud``: with 保险法 27,
    which kind. ``medical_reason``: why an illness that the wording does not list by name is none of its.
    """

    digest: str
    kind: str
    amount: Decimal | None = None
    reason: str = ""
    clauses: tuple[str, ...] = ()
    override_reason: str = ""
    fraud: str = ""
    medical_reason: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of it: the decision and the claim's state; ``second`` where another must confirm."""

    decision_id: int
    state: str
    second: bool


@tx.use_case
def calculate_claim(
    *, claim_id: int, chosen: Chosen, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Calculate anew with what a person established, and keep it; the calculation's ordinal.

    :raises NotPossibleNow: in a state without a desk. :raises BadAmount: a sum that is none.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    for amount in (chosen.paid_elsewhere, chosen.other_death_cover):
        read_amount(amount, zero_is_fine=True)
    recalculate(held, at=at, chosen=chosen, actor=actor)
    return Calculation.objects.filter(claim_id=held.id).count()


@tx.use_case
def decide(*, claim_id: int, verdict: Verdict, access: Access, actor: Ref, at: datetime) -> Decided:
    """
    Decide a claim in review: pay, pay in part, or decline.

    The decision is bound to what the person saw: were a document, the calculation, a signal or the
    policy's used benefits to change meanwhile, it is refused. Above the person's amount, or where
    the table ``claims.authority`` wants four eyes, or it calls somebody a deceiver, it becomes a proposal that another confirms. A sum
    that both sides signed needs no other reason; any other sum goes to a second person.

    :raises StaleDecision: something changed. :raises NotPossibleNow: not in review.
    :raises OverrideNeedsReason, ReasonMissing, ClauseMissing, BadAmount: the verdict is incomplete.
    :raises DepartsFromAgreement: another sum than both sides signed, without a reason of its own.
    :raises GroundUnproved: it rests on fraud, intent, suicide or crime, and nothing was found.
    :raises FraudUnnamed: it rests on 保险法 27 without saying which kind, or goes further than that allows.
    :raises MedicalReasonMissing: an illness refused for its name without a medical reason (健康保险办法 23).
    :raises RescissionMissing: it rests on non-disclosure, and the contract was not rescinded.
    :raises FirstOpinionStands, RoleTooLow, NotAllowed: somebody else must decide.
    :raises SomebodyElseDecides: an appeal against one's own decision.
    """
    held = hold(claim_id)
    declines = verdict.kind == Decision.Kind.DECLINE
    held.require(Action.DECLINE if declines else Action.APPROVE)
    if held.state is not State.REVIEW:
        raise StaleDecision("赔案正在复核，不能重新核定")
    right = "claims.decline" if declines else "claims.decide"
    access.require(right, office_id=held.office_id)
    somebody_else_after_appeal(held.id, actor)
    case, calculation = _seen(held, verdict.digest, at)
    amount = _amount_of(verdict, case)
    agreed, departs = beside_agreement(held.id, amount, verdict.override_reason)
    if agreed:
        verdict = _grounded_on_agreement(verdict, agreed)
    machine = _machine_says(case)
    overridden = authority.overrides(machine, case.calculation.benefit, verdict.kind, amount)
    _complete(verdict, machine, overridden, case, (SETTLED,) if agreed else ())
    refusal = Refuses(verdict.kind, verdict.clauses, agreed=bool(agreed))
    keep_to_rescission(case, refusal)
    proved = keep_to_proof(case, refusal, fraud=verdict.fraud)
    medical = keep_to_medicine(case, refusal, verdict.medical_reason)
    second = _needs_second(case, verdict.kind, amount, right, access, at) or departs
    second = second or bool(proved.fraud)
    decision = Decision.objects.create(
        claim_id=held.id, calculation=calculation, kind=verdict.kind, amount=amount,
        state=Decision.State.PROPOSED if second else Decision.State.STANDS,
        digest=case.digest, machine_verdict=machine, machine_amount=case.calculation.benefit,
        overrides=overridden, override_reason=verdict.override_reason.strip(),
        reason=verdict.reason.strip(), clause="、".join(verdict.clauses)[:200],
        meets_deductible=(met := declines and _meets_deductible(case, verdict.clauses)),
        nothing_due=met and _is_covered(case),
        decided_by=str(actor), decided_at=at, rule="claims.authority", fraud=proved.fraud,
        finding_id=proved.finding_id, medical_reason=medical,
    )  # fmt: skip
    if second:
        _ask_second(held, decision, at)
        return Decided(decision.pk, State.SECOND_REVIEW.value, True)
    state = carry_out(case, decision, actor=actor, at=at)
    return Decided(decision.pk, state.value, False)


def _grounded_on_agreement(verdict: Verdict, agreed: str) -> Verdict:
    """What both sides signed is the reason and the ground, where the person gave none of their own."""
    return replace(
        verdict,
        reason=verdict.reason or agreed,
        clauses=verdict.clauses or (SETTLED,),
        override_reason=verdict.override_reason or agreed,
    )


def _needs_second(
    case: Case, kind: str, amount: Decimal, right: str, access: Access, at: datetime
) -> bool:
    """
    Whether another must confirm: the table wants four eyes, or it is above the person's own amount.

    :raises RoleTooLow, FirstOpinionStands: somebody else must decide.
    """
    held, calculation = case.held, case.calculation
    at_stake = at_stake_in(held, amount, calculation.benefit, calculation.waived_from)
    asked = authority_over(held, at_stake, at)
    if not authority.holds(roles_in(access, held.office_id), asked.role):
        raise RoleTooLow
    _keep_first_opinion(held, kind, amount, asked, access, at)
    return asked.four_eyes or not access.may(right, office_id=held.office_id, amount=at_stake)


@tx.use_case
def confirm_decision(
    *,
    claim_id: int,
    digest: str,
    agrees: bool,
    reason: str,
    access: Access,
    actor: Ref,
    at: datetime,
) -> Decided:
    """
    The second pair of eyes: confirm a proposal, or send it back with a reason.

    :raises NotForOneself: the one who proposed it. :raises StaleDecision: something changed since.
    :raises NotPossibleNow: nothing is proposed. :raises RoleTooLow, NotAllowed: a higher authority
        is needed. :raises ReasonMissing: sending back without a reason.
    """
    held = hold(claim_id)
    held.require(Action.SEND_BACK)
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("calculation")
        .get(claim_id=held.id, state=Decision.State.PROPOSED)
    )
    if decision.decided_by == str(actor):
        raise NotForOneself
    somebody_else_after_appeal(held.id, actor)
    at_stake = at_stake_in(
        held, decision.amount, decision.machine_amount or ZERO, waived_by(decision)
    )
    access.require("claims.review", office_id=held.office_id, amount=at_stake)
    asked = authority_over(held, at_stake, at)
    if not authority.holds(roles_in(access, held.office_id), asked.second_role):
        raise RoleTooLow
    if not agrees:  # whatever has changed since: its desk is where that is looked at
        return _send_back(held, decision, need_reason(reason), actor, at)
    case, _ = _seen(held, digest, at)
    if case.digest != decision.digest:
        raise StaleDecision
    decision.state, decision.approved_by, decision.approved_at = "STANDS", str(actor), at
    decision.save(update_fields=["state", "approved_by", "approved_at"])
    state = carry_out(case, decision, actor=actor, at=at)
    return Decided(decision.pk, state.value, False)


def _meets_deductible(case: Case, clauses: tuple[str, ...]) -> bool:
    return authority.meets_deductible(
        benefit=case.calculation.benefit, has_grounds=bool(case.calculation.refusal_grounds),
        covered=case.policy.cover.state != "NONE", clauses=clauses,
        exclusions=[e.clause for e in case.policy.terms.exclusions],
    )  # fmt: skip


def _is_covered(case: Case) -> bool:
    """Whether all is known and the wording covers the event: then nothing is refused, it comes to nothing."""
    benefits = case.policy.terms.for_claim(case.held.claim_type)
    return bool(benefits and case.calculation.lines) and not case.calculation.shortfalls


def _seen(held: Held, digest: str, at: datetime) -> tuple[Case, Calculation]:
    """The case as it is now, if it is what the person saw. :raises StaleDecision: if not."""
    calculation = Calculation.objects.filter(claim_id=held.id).order_by("-ordinal").first()
    if calculation is None:
        raise StaleDecision("赔案还没有理算结果，请先理算")
    uploads = [(u.id, u.state, u.version) for u in files.list_uploads(held.ref)]
    signals = [
        (s.signal, s.severity, s.measure, s.cleared_at is not None)
        for s in risks.claim_signals(held.ref)
    ]
    now = desk_digest(
        claim_id=held.id, version=held.version, calculation=calculation.digest, uploads=uploads,
        signals=signals,
    )  # fmt: skip
    if now != digest:
        raise StaleDecision
    case = read_case(held, at=at, chosen=Chosen.from_json(calculation.chosen))
    if case.digest != calculation.digest:
        raise StaleDecision("理算所依据的内容已有变化，请重新理算")
    return case, calculation


def _machine_says(case: Case) -> str:
    calculation = case.calculation
    return authority.verdict(
        benefit=calculation.benefit, has_grounds=bool(calculation.refusal_grounds),
        has_shortfalls=bool(calculation.shortfalls) or case.policy.cover.state == "NONE",
    )  # fmt: skip


def _amount_of(verdict: Verdict, case: Case) -> Decimal:
    benefit = case.calculation.benefit
    if verdict.kind == Decision.Kind.DECLINE:
        return ZERO
    if case.policy.cover.state == "NONE":
        raise PolicyNotInForce("保单对出险当日不提供保障，不能核定赔付")
    if verdict.kind == Decision.Kind.APPROVE:
        if benefit <= ZERO and case.calculation.waived_from is None:
            lacks = case.calculation.shortfalls
            hint = (
                "理算还缺资料或事实：先补齐，或在“认定事实”里写明，再核定。"
                if lacks
                else "请选“不予赔付”：属于保险责任、只是没有超过免赔额等的，系统会按“应付金额为零”通知客户；也可以通融赔付。"
            )
            raise BadAmount("理算金额为零，不能核定赔付", hint=hint)
        if verdict.amount is not None and read_amount(verdict.amount) != benefit:
            raise BadAmount("金额与理算结果不同", hint="请选择“部分赔付”并写明理由。")
        return benefit
    if verdict.kind == Decision.Kind.PARTIAL:
        amount = read_amount(verdict.amount)
        if amount >= benefit:
            raise BadAmount("部分赔付应小于理算金额", hint="超出理算的部分请按通融赔付办理。")
        return amount
    raise Invalid("没有这种结论")


def _complete(
    verdict: Verdict, machine: str, overridden: bool, case: Case, agreed: tuple[str, ...]
) -> None:
    if overridden and len(verdict.override_reason.strip()) < 5:
        raise OverrideNeedsReason
    if verdict.kind in (Decision.Kind.DECLINE, Decision.Kind.PARTIAL):
        need_reason(verdict.reason)
        terms = case.policy.terms
        if not verdict.clauses or any(
            c not in (*authority.LAW, *agreed)
            and c not in terms.by_clause
            and not wording_of(c, case.policy.agreed)
            for c in verdict.clauses
        ):
            raise ClauseMissing
    elif machine == "LOOK" and len((verdict.reason or verdict.override_reason).strip()) < 5:
        raise ReasonMissing("系统提示了须人工判断的事由，请写明核定赔付的理由")


def _keep_first_opinion(
    held: Held, kind: str, amount: Decimal, asked: authority.Authority, access: Access, at: datetime
) -> None:
    latest = Reopening.objects.filter(claim_id=held.id).order_by("-pk").values("opened_at")[:1]
    earlier = list(
        Decision.objects.filter(claim_id=held.id, decided_by__startswith="staff:")
        .exclude(kind__in=["ADVANCE", "EX_GRATIA"])
        # What is judged anew binds nobody: whoever looks again may also say yes.
        .filter(decided_at__gt=Coalesce(Subquery(latest), datetime.min.replace(tzinfo=UTC)))
        .select_related("calculation")
        .order_by("id")
    )
    opinions = [authority.Opinion(d.kind, d.amount, d.decided_by) for d in earlier]
    if opinions and earlier[0].on_scene and opinions[0].kind == kind == Decision.Kind.APPROVE:
        opinions[0] = replace(opinions[0], amount=amount)  # covered: the rules say how much
    differs = authority.departs(opinions, kind, amount)
    if differs is None or access.may("work.lead", office_id=held.office_id):
        return
    was_about = at_stake_in(held, differs.amount, ZERO, waived_by(earlier[0]))
    limit = standards.figure("claims.first_opinion_limit", at)
    if asked.first_opinion_stands and was_about < limit:
        words = _("{limit} 元以下以首次意见为准，不能改变")
        raise FirstOpinionStands(Sentence(words, limit=f"{limit:,.0f}"))


def _ask_second(held: Held, decision: Decision, at: datetime) -> None:
    to = held.require(Action.PROPOSE)
    write(held, at=at, state=to.value)
    journal.record(
        events.DecisionProposed(decision_id=decision.pk, verdict=decision.kind),
        about=held.ref, actor=Ref.parse(decision.decided_by), at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.review", outcome="PROPOSED")
    work.open_item(
        "claims.second_review", about=held.ref, office_id=held.office_id, at=at,
        title=f"{ClaimType(held.claim_type).label}：{decision.get_kind_display()}待复核",
        amount=decision.amount, priority=30, party_id=held.claimant_id,
        due_at=due(promises.CHECKED, office_id=held.office_id, at=at),
    )  # fmt: skip


def _send_back(held: Held, decision: Decision, reason: str, actor: Ref, at: datetime) -> Decided:
    decision.state, decision.approved_by, decision.approved_at = "SENT_BACK", str(actor), at
    decision.override_reason = f"{decision.override_reason}\n复核退回：{reason}".strip()
    decision.save(update_fields=["state", "approved_by", "approved_at", "override_reason"])
    to = held.require(Action.SEND_BACK)
    write(held, at=at, state=to.value)
    journal.record(
        events.DecisionSentBack(decision_id=decision.pk),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.second_review", outcome="SENT_BACK")
    work.open_item(
        "claims.review", about=held.ref, office_id=held.office_id, at=at, priority=30,
        title=f"{ClaimType(held.claim_type).label}：复核退回", party_id=held.claimant_id,
        amount=decision.amount,
    )  # fmt: skip
    return Decided(decision.pk, to.value, False)
