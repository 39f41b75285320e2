"""First review (机审): sort the claim, calculate, then approve it or hand it to a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson

from yilu.claims import events
from yilu.claims.models import Agreement, Calculation, Channel, Claim, ClaimType
from yilu.claims.rules import case as cases
from yilu.claims.rules import promises, triage
from yilu.claims.rules.lifecycle import Action, State, after
from yilu.claims.rules.loss import Loss
from yilu.documents.queries import InvoiceView
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.policies.queries import ClaimablePolicy
from yilu.risk import operations as risk
from yilu.risk import queries as risks
from yilu.standards import queries as standards
from yilu.work import operations as work

from . import granting, identifying
from .ahead import ADVANCED
from .case import NOTHING_CHOSEN, Case, Chosen, payee_of, read_case
from .holding import Held, write
from .promising import by, due

BY_MACHINE = (State.REPORTED, State.COLLECTING, State.READING, State.ASSESSING)
WITHOUT_CONSENT, CLAIMANT_DIED = "CONSENT_UNABLE", "CLAIMANT_DIED"
FOR_PEOPLE = (WITHOUT_CONSENT, CLAIMANT_DIED, "CONSENT_WITHDRAWN", "BILLED_BESIDE", ADVANCED)
"""
Why only people look at a claim from its first moment on: nobody could agree to the use of health data
(个保法 24), treatment on our word was followed by a death, a consent taken back, another claim, or
money went ahead of the bills.
"""
PRIORITY = {"ONE_DAY_CRITICAL": 10, "DISASTER": 10}
SMALL_FIRST, AS_IT_COMES = 25, 50
"""Small claims are taken first (小额抓服务, A50), also before those that come back to the desk."""


@tx.step
def assess(
    held: Held,
    *,
    at: datetime,
    policy: ClaimablePolicy | None = None,
    invoices: tuple[InvoiceView, ...] | None = None,
    by_hand: str = "",
) -> State:
    """
    First review of a claim whose papers are complete, or that goes to a person whatever the papers
    say: ``by_hand`` is the reason, a code of ``REASON_LABELS``. The machine may say yes; only a
    person may say no.
    """
    if held.state not in BY_MACHINE:
        if held.can(Action.CALCULATE):
            recalculate(held, at=at)
        return held.state
    case = read_case(held, at=at, policy=policy, invoices=invoices)
    signals = _look_for_signals(case, at)
    route = route_of(case, signals, at, by_hand or _for_a_person(held))
    say_registered(case, route, at)
    for signal in signals:
        journal.record(
            events.SignalRaised(signal=signal.signal, severity=signal.severity),
            about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
        )  # fmt: skip
    if route.straight_through and case.calculation.benefit > ZERO:
        return _approve(case, route, at)
    return hand_over(case, route, at=at)


def _for_a_person(held: Held) -> str:
    """Why the machine may not approve this whatever the papers say; empty where it may."""
    for reason in FOR_PEOPLE:
        if reason in held.reasons:
            return reason
    return "BY_HAND" if _is_settled(held) else ""


def _is_settled(held: Held) -> bool:
    """Both sides signed a sum: the machine must not approve another. Only what was calculated can be."""
    if held.benefit_amount is None:
        return False
    signed = Agreement.objects.filter(claim_id=held.id, kind="SETTLEMENT", state="SIGNED")
    return signed.exists()


@tx.step
def recalculate(
    held: Held, *, at: datetime, chosen: Chosen | None = None, actor: Ref = SYSTEM
) -> Case:
    """
    Calculate anew a claim that people have in hand, keep the result, and say so.

    Without ``chosen`` what a person established for the latest calculation goes on to hold.

    :raises NotPossibleNow: in a state without a desk.
    """
    held.require(Action.CALCULATE)
    if chosen is None:
        chosen = _chosen_before(held)
    case = read_case(held, at=at, chosen=chosen)
    calculation_id = keep(case, actor, at)
    write(
        held, at=at, benefit_amount=case.calculation.benefit,
        reasons=cases.refreshed(held.reasons, reasons_in(case)),
    )  # fmt: skip
    say_calculated(case, calculation_id, actor, at)
    return case


def _chosen_before(held: Held) -> Chosen:
    latest = Calculation.objects.filter(claim_id=held.id).order_by("-ordinal")
    kept = latest.values_list("chosen", flat=True).first()
    return Chosen.from_json(kept) if kept else NOTHING_CHOSEN


@tx.step
def hand_over(case: Case, route: triage.Route, *, at: datetime) -> State:
    """Give the claim to a person, with the reasons and the calculation so far."""
    held = case.held
    calculation_id = keep(case, SYSTEM, at)
    write(
        held, at=at, state=_over(held).value, lane=route.lane, programme=route.programme,
        band=promises.band_of(case.calculation.benefit), reasons=list(route.reasons),
        benefit_amount=case.calculation.benefit, registered_at=held.registered_at or at,
        claimed_amount=held.claimed_amount if held.claimed_amount is not None else case.billed,
    )  # fmt: skip
    say_calculated(case, calculation_id, SYSTEM, at)
    _send_to_desk(case, route, at)
    return State.REVIEW


def _over(held: Held) -> State:
    held.require(Action.SEND_TO_REVIEW)
    return State.REVIEW


def _send_to_desk(case: Case, route: triage.Route, at: datetime) -> None:
    held, amount = case.held, case.calculation.benefit
    asked = case.billed if held.claimed_amount is None else held.claimed_amount
    usual = SMALL_FIRST if promises.is_small(amount, asked) else AS_IT_COMES
    journal.record(
        events.ClaimSentToReview(lane=route.lane, reasons=route.reasons),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip
    promise = promises.DECIDED.get(route.programme, promises.DECIDED["STANDARD"])
    when = by(promise, office_id=held.office_id, at=at)
    plain = triage.PLAIN.issuperset(route.reasons)
    questions = [each for each in route.reasons if each in cases.ABOUT_COVER]
    template = "claims.cover_in_question" if questions else "claims.in_review"
    if CLAIMANT_DIED not in route.reasons:  # nobody writes to the dead
        messaging.queue(
            "claims.registered" if plain else template,
            to=Ref("party", held.claimant_id), about=held.ref, at=at, copy_agent=plain,
            facts={"claim": held.number, "by": when}
            | ({} if plain else {"reason": cases.said_to_customer(questions or route.reasons)}),
        )  # fmt: skip
    for queue in ("claims.intake", "claims.chase", "documents.verify"):
        work.close_items(about=held.ref, at=at, queue=queue)
    work.open_item(
        "claims.review", about=held.ref, office_id=held.office_id, at=at, amount=amount,
        title=f"{ClaimType(held.claim_type).label}：{cases.REASON_LABELS[route.reasons[0]]}",
        priority=PRIORITY.get(route.programme, usual), party_id=held.claimant_id,
        due_at=due(promise, office_id=held.office_id, at=at),
    )  # fmt: skip


def compared(case: Case) -> risk.Compared:
    """What of a case is compared with everything reported before."""
    held = case.held
    traits = [risks.Trait(risks.TraitKind.INSURED, str(held.insured_id))]
    if held.account_index:
        traits.append(risks.Trait(risks.TraitKind.ACCOUNT, held.account_index))
    if held.phone_index:
        traits.append(risks.Trait(risks.TraitKind.PHONE, held.phone_index))
    looks = cases.traits_of(case.invoices)
    traits += [risks.Trait(risks.TraitKind.INVOICE, key) for key in looks]
    measured = []
    if cost := cases.daily_cost(case.invoices):
        measured.append(risks.Measure("HIGH_DAILY_COST", cost))
    return risk.Compared(
        party_id=held.insured_id, traits=traits, measured=measured,
        effective_on=case.policy.contract.waits_from, loss_date=held.loss_date,
        reported_at=held.reported_at,
        told=risk.Told(
            bills=case.invoices, sex=case.policy.insured_sex,
            birth_date=case.policy.insured_birth_date, accident=held.claim_type == "ACCIDENT",
            facts=cases.told_to_risk(
                case.invoices, claim_type=held.claim_type, channel=held.channel,
                has_account=held.account_id is not None, payee_is_insured=case.payee_is_insured,
            ),
        ),
    )  # fmt: skip


def _look_for_signals(case: Case, at: datetime) -> tuple[risk.Raised, ...]:
    looked = compared(case)
    return risk.compare(
        about=case.held.ref, party_id=looked.party_id, traits=looked.traits,
        measured=looked.measured, effective_on=looked.effective_on, loss_date=looked.loss_date,
        reported_at=looked.reported_at, told=looked.told, at=at,
    )  # fmt: skip


def reasons_in(case: Case) -> tuple[str, ...]:
    """Reasons for a person that lie in the papers and the sum themselves."""
    calculation, found = case.calculation, list(case.doubts)
    if calculation.refusal_grounds:
        found.append("GROUND")
    if calculation.shortfalls:
        found.append("FACTS_MISSING")
    if calculation.benefit <= ZERO and calculation.waived_from is None:
        found.append("NOTHING_PAYABLE")
    return tuple(found)


def route_of(
    case: Case, signals: tuple[risk.Raised, ...], at: datetime, by_hand: str = ""
) -> triage.Route:
    """Where a case goes: the table's word, made more careful by every doubt."""
    held, calculation = case.held, case.calculation
    severities = [s.severity for s in signals]
    doubts = [by_hand] if by_hand else []
    doubts += reasons_in(case)
    if not case.payee_is_insured:
        doubts.append("HEIRS" if held.claim_type == ClaimType.DEATH else "PAYEE_IS_GUARDIAN")
    asked = triage.questions(
        amount=calculation.benefit, claim_type=held.claim_type, severities=severities,
        worst=risks.worst(severities), effective_on=case.policy.contract.waits_from,
        loss_date=held.loss_date, settled="DOCUMENT_TO_CONFIRM" not in doubts,
        payee_is_insured=case.payee_is_insured, channel=held.channel,
        is_disaster=held.programme == "DISASTER",
    )  # fmt: skip
    said = standards.decide("claims.triage", asked, at)
    return triage.route(
        lane=said.outputs["lane"], programme=said.outputs["programme"],
        rule=f"{said.table} v{said.version} 第 {said.rows[0]} 行：{said.outputs['reason']}",
        doubts=doubts, has_signals=bool(signals),
        over_limit=calculation.benefit > standards.figure("claims.fast_limit", at),
        is_disaster=held.programme == "DISASTER", first_illness=_is_first_illness(case),
    )  # fmt: skip


def _is_first_illness(case: Case) -> bool:
    held = case.held
    return is_first_illness(
        held.id, claim_type=held.claim_type, insured_id=held.insured_id, loss=held.loss,
        begun=case.policy.contract.waits_from, loss_date=held.loss_date,
    )  # fmt: skip


def is_first_illness(
    claim_id: int, *, claim_type: str, insured_id: int, loss: Loss, begun: date, loss_date: date
) -> bool:
    """Asked of critical illnesses only (重疾一日赔, A73): every other claim costs no statement."""
    if claim_type != ClaimType.CRITICAL_ILLNESS:
        return True
    before = Claim.objects.filter(
        insured_id=insured_id, claim_type=ClaimType.CRITICAL_ILLNESS, loss_date__lt=loss_date
    ).exclude(state__in=(State.WITHDRAWN, State.MERGED, State.DECLINED))
    return triage.is_first_illness(
        loss, effective_on=begun, loss_date=loss_date,
        claimed_before=before.exclude(pk=claim_id).exists(),
    )  # fmt: skip


@tx.step
def say_registered(case: Case, route: triage.Route, at: datetime) -> None:
    """Record that claim and papers are complete, and where it goes."""
    journal.record(
        events.ClaimRegistered(
            claim_type=case.held.claim_type, lane=route.lane, programme=route.programme,
            band=promises.band_of(case.calculation.benefit), straight_through=route.straight_through,
            complete_on=_before_today(case.held.complete_on, at),
        ),
        about=case.held.ref, actor=SYSTEM, at=at, party=case.held.claimant_id,
    )  # fmt: skip


def _before_today(day: date | None, at: datetime) -> str:
    return day.isoformat() if day is not None and day < day_of(at) else ""


@tx.step
def say_calculated(case: Case, calculation_id: int, actor: Ref, at: datetime) -> None:
    """Record what a kept calculation came to."""
    journal.record(
        events.ClaimCalculated(
            calculation_id=calculation_id, digest=case.digest, benefit=str(case.calculation.benefit)
        ),
        about=case.held.ref, actor=actor, at=at, party=case.held.claimant_id,
    )  # fmt: skip


_KEEP = """
    insert into claims_calculation (claim_id, ordinal, chosen, inputs, result, benefit, inputs_digest,
           digest, made_by, made_at)
    select %(claim)s::bigint,
           1 + coalesce((select max(ordinal) from claims_calculation where claim_id = %(claim)s::bigint), 0),
           %(chosen)s::jsonb, %(inputs)s::jsonb, %(result)s::jsonb, %(benefit)s::numeric,
           %(inputs_digest)s::text, %(digest)s::text, %(by)s::text, %(at)s::timestamptz
    returning id
"""
# One statement for the three rows of a straight-through approval.
_APPROVE = f"""
    with calculated as ({_KEEP}), decided as (
        insert into claims_decision (claim_id, calculation_id, kind, state, amount, digest,
               machine_verdict, machine_amount, overrides, override_reason, reason, clause, on_scene,
               decided_by, decided_at, approved_by, rule)
        select %(claim)s::bigint, id, 'APPROVE', 'STANDS', %(benefit)s::numeric, %(digest)s::text, 'PAY',
               %(benefit)s::numeric, false, '', '', '', false, %(by)s::text, %(at)s::timestamptz, '',
               %(rule)s::text
          from calculated
        returning id
    ), moved as (
        update claims_claim
           set state = %(to)s::text, lane = %(lane)s::text, programme = %(programme)s::text,
               band = %(band)s::text, reasons = '[]', benefit_amount = %(benefit)s::numeric,
               claimed_amount = coalesce(claimed_amount, %(billed)s::numeric),
               registered_at = coalesce(registered_at, %(at)s::timestamptz),
               documents_at = coalesce(documents_at, %(at)s::timestamptz),
               decided_at = %(at)s::timestamptz, changed_at = %(at)s::timestamptz, version = version + 1
         where id = %(claim)s::bigint and state = %(from)s::text
        returning id
    )
    select calculated.id, decided.id, moved.id from calculated, decided, moved
"""


def _kept(case: Case, by_whom: Ref, at: datetime, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "claim": case.held.id, "chosen": orjson.dumps(case.chosen.as_json()).decode(),
        "inputs": case.calculation.inputs_text, "result": orjson.dumps(result).decode(),
        "benefit": case.calculation.benefit, "inputs_digest": case.inputs_digest,
        "digest": case.digest, "by": str(by_whom), "at": at,
    }  # fmt: skip


@tx.step
def keep(case: Case, by_whom: Ref, at: datetime) -> int:
    """Keep a calculation as it was made; its id."""
    return int(tx.rows(_KEEP, _kept(case, by_whom, at, case.calculation.as_plain()))[0][0])


def _approve(case: Case, route: triage.Route, at: datetime) -> State:
    held, calculation = case.held, case.calculation
    whole = granting.Share(payee_of(held, case.policy), held.account_id, calculation.benefit)
    (share,) = identifying.marked(held, case.policy.holder_id, [whole], at=at)
    has_account = share.ready
    approved = held.require(Action.MACHINE_APPROVE)
    to = after(approved, Action.PAY) if has_account else approved
    assert to is not None
    result = calculation.as_plain()
    written = tx.rows(
        _APPROVE,
        _kept(case, SYSTEM, at, result)
        | {
            "rule": route.rule[:120], "to": to.value, "from": held.state.value, "lane": route.lane,
            "programme": route.programme, "band": promises.band_of(calculation.benefit),
            "billed": case.billed,
        },
    )  # fmt: skip
    if not written:
        raise RuntimeError(f"{held.number} changed while it was held")
    calculation_id, decision_id, _ = written[0]
    say_calculated(case, calculation_id, SYSTEM, at)
    granting.use_up(case, at=at)
    journal.record(
        events.ClaimApproved(
            decision_id=decision_id, benefit=str(calculation.benefit), decided_by=str(SYSTEM),
            programme=route.programme, pay_by=case.pay_by(at),
        ),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip
    granting.change_contract(case, actor=SYSTEM, at=at)
    granting.promise_money(
        case, [share], purpose="CLAIM", key="claim", programme=route.programme, actor=SYSTEM, at=at
    )
    identifying.wait_for(held, [share], at=at)
    granting.tell_approved(
        case, amount=calculation.benefit, result=result, programme=route.programme, in_words=False,
        has_account=has_account, actor=SYSTEM, at=at, shares=[share] if share.unidentified else (),
    )  # fmt: skip
    if held.channel in (Channel.PHONE, Channel.AGENT) or held.documents_at is not None:
        granting.close_work(case, at=at)
    return to
