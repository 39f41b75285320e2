"""Verify facts outside the file (调查), and keep the days of rescission (解除权)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yilu.claims import events
from yilu.claims.models import ClaimType, Investigation, KnowledgeEvent
from yilu.claims.rules import promises, rescission
from yilu.claims.rules.case import INVESTIGATION_REASONS
from yilu.claims.rules.lifecycle import Action
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people.queries import Access
from yilu.policies import operations as policies
from yilu.policies import queries as contracts
from yilu.work import operations as work

from .deceit import keep_to_fraud, tell_rescinded
from .holding import Held, hold, move, write
from .promising import by, due
from .refusals import NotForOneself, need_reason

FAULTS = {"": "", "INTENT": _("故意"), "NEGLIGENCE": _("重大过失")}
HELPERS = {"": "", "THIRD_PARTY": _("第三方核实"), "POLICE": _("经侦介入")}


class UnknownReason(Invalid):
    """The reason, finding or ground is none of those we know."""

    code = "unknown_reason"
    message = "请从列出的选项中选择"
    hint = "刷新页面后重新选择。"


class GroundKnownAlready(Refusal):
    """The ground was written down before: its days run from then."""

    code = "ground_known"
    message = "这项解除事由已经登记过"
    hint = "三十日自首次知悉之日起算，请查看已登记的记录。"


class PlanNeedsReport(Refusal):
    """An investigation with a plan ends by a report and another person's conclusion."""

    code = "plan_needs_report"
    message = "这次调查有计划，须由调查人提交报告、另一人作结论"
    hint = "请到调查页提交报告。"


class RightForfeited(Refusal):
    """A premium was taken after the ground was known: the right is gone (解释二 7)."""

    code = "right_forfeited"
    message = "知悉解除事由后仍收取了保险费，不能再解除合同"
    hint = "保险人知道未如实告知后仍收取保险费的，不得解除合同（司法解释二第七条）。"


class FaultMissing(Invalid):
    """Whether premiums go back depends on it."""

    code = "fault_missing"
    message = "解除合同须写明投保人是故意还是重大过失"
    hint = "故意未告知的不退还保险费，因重大过失的退还保险费（保险法第十六条）。"


class RescissionTooLate(Refusal):
    """Thirty days from knowledge, or two years from formation, have passed."""

    code = "rescission_too_late"
    message = "解除权已经消灭，不能再解除合同"
    hint = "知悉解除事由超过三十日，或合同成立超过二年，不得解除（保险法第十六条）。"


@tx.use_case
def open_investigation(
    *,
    claim_id: int,
    reason: str,
    question: str,
    helper: str = "",
    access: Access,
    actor: Ref,
    at: datetime,
) -> int:
    """
    Have facts verified outside the file; the claim waits with the investigators.

    :raises NotPossibleNow: not in review. :raises UnknownReason: a reason nobody knows.
    """
    held = hold(claim_id)
    if not access.may("claims.assess", office_id=held.office_id):
        access.require("claims.investigate", office_id=held.office_id)
    if reason not in INVESTIGATION_REASONS or helper not in HELPERS:
        raise UnknownReason
    move(held, Action.INVESTIGATE, at=at, programme="COMPLEX", lane="RED")
    made = Investigation.objects.create(
        claim_id=held.id, reason=reason, question=need_reason(question, what=_("要核实什么")), helper=helper,
        opened_by=str(actor), opened_at=at, due_at=at + timedelta(days=promises.INVESTIGATED_DAYS),
    )  # fmt: skip
    journal.record(
        events.InvestigationOpened(reason=reason),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    promise = promises.DECIDED["COMPLEX"]
    messaging.queue(
        "claims.progress", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        facts={
            "claim": held.number, "step": "正在核实有关情况，需要时会联系您",
            "by": by(promise, office_id=held.office_id, at=at),
        },
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.review", outcome="INVESTIGATION")
    work.open_item(
        "claims.investigation", about=held.ref, office_id=held.office_id, at=at, priority=40,
        title=f"{ClaimType(held.claim_type).label}：{INVESTIGATION_REASONS[reason]}",
        party_id=held.claimant_id,
    )  # fmt: skip
    return made.pk


@tx.use_case
def close_investigation(
    *, claim_id: int, finding: str, report: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Write down what was found in an investigation without a plan; the claim goes back to its desk.

    One with a plan ends by ``report_investigation`` and another person's ``conclude_investigation``.

    :raises NotPossibleNow: nothing is being investigated. :raises UnknownReason: no such finding.
    :raises PlanNeedsReport: it has a plan. :raises NotForOneself: whoever asked the question.
    """
    held = hold(claim_id)
    access.require("claims.investigate", office_id=held.office_id)
    if finding not in Investigation.Finding.values:
        raise UnknownReason
    held.require(Action.END_INVESTIGATION)
    looking = Investigation.objects.filter(claim_id=held.id, closed_at=None).get()
    if looking.reported_by or looking.steps.exists():
        raise PlanNeedsReport
    if looking.opened_by == str(actor):
        raise NotForOneself
    looking.report = need_reason(report, what=_("调查报告"))
    end_investigation(held, looking, finding=finding, conclusion="", actor=actor, at=at)


@tx.step
def end_investigation(
    held: Held, looking: Investigation, *, finding: str, conclusion: str, actor: Ref, at: datetime
) -> None:
    """The finding stands and the claim goes back to its desk."""
    move(held, Action.END_INVESTIGATION, at=at)
    looking.finding, looking.conclusion = finding, conclusion
    looking.closed_by, looking.closed_at = str(actor), at
    looking.save(update_fields=["report", "finding", "conclusion", "closed_by", "closed_at"])
    journal.record(
        events.InvestigationClosed(finding=finding),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.investigation")
    work.open_item(
        "claims.review", about=held.ref, office_id=held.office_id, at=at, priority=30,
        title=f"{ClaimType(held.claim_type).label}：调查完成", party_id=held.claimant_id,
        due_at=due(promises.CHECKED, office_id=held.office_id, at=at),
    )  # fmt: skip


@tx.use_case
def note_ground_for_rescission(
    *, claim_id: int, ground: str, note: str, known_on: date | None = None, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Write down that we know of a non-disclosure: the thirty days of 保险法 16 run from now.

    ``known_on``: an earlier day, where somebody here knew before it was written down.

    :raises NotPossibleNow: the claim is not in hand. :raises GroundKnownAlready: it was noted before.
    :raises Invalid: a day in the future.
    """
    held = hold(claim_id)
    if not access.may("claims.assess", office_id=held.office_id):
        access.require("claims.investigate", office_id=held.office_id)
    held.require(Action.NOTE_GROUND)
    today = day_of(at)
    known = known_on or today
    if known > today:
        raise Invalid("知悉日期不能晚于今天")
    if not ground or KnowledgeEvent.objects.filter(claim_id=held.id, ground=ground).exists():
        raise GroundKnownAlready
    made = KnowledgeEvent.objects.create(
        claim_id=held.id, policy_id=held.policy_id, ground=ground[:40], note=need_reason(note, what=_("怎么知道的")),
        known_by=str(actor), known_at=at, last_day=rescission.last_day(known),
    )  # fmt: skip
    write(held, at=at)
    policies.hold_premiums(
        policy_id=held.policy_id, about=held.ref, reason="RESCISSION", actor=actor, at=at
    )
    policy = contracts.get_policy(held.policy_id, held.loss_date, without_cover=True)
    journal.record(
        events.GroundForRescissionKnown(
            policy_id=held.policy_id, ground=ground[:40], knowledge_id=made.pk,
            known_on=known.isoformat(), formed_on=policy.contract.formed_on.isoformat(),
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    return made.pk


@tx.use_case
def decide_rescission(
    *,
    claim_id: int,
    knowledge_id: int,
    rescind: bool,
    reason: str,
    fault: str = "",
    access: Access,
    actor: Ref,
    at: datetime,
) -> None:
    """
    Rescind the contract, or let the right go; for what was not disclosed within the thirty days (解释二 8).

    Whoever rescinds still decides the claim: refusing to pay without rescinding fails. ``fault``:
    INTENT or NEGLIGENCE; after gross negligence the premiums are given back (保险法 16).
    Premiums may be collected again once the question is settled. Fraud that was decided (保险法 27) knows
    neither days nor fault. The holder gets the letter.

    :raises NoFraudDecided: the decision it rested on stands no more. :raises RescissionTooLate: thirty days or two years have passed. :raises RightForfeited: a premium
        was taken since. :raises FaultMissing: rescinded without saying whose fault. :raises NotForOneself: whoever
        noted the ground. :raises NotAllowed: not a
        reviewer of the office. :raises UnknownReason: no such ground, or settled already.
    """
    held = hold(claim_id)
    access.require("claims.review", office_id=held.office_id)
    known = (
        KnowledgeEvent.objects.select_for_update(of=("self",))
        .filter(pk=knowledge_id, claim_id=held.id, outcome="")
        .first()
    )
    if known is None:
        raise UnknownReason("这项解除事由已经处理或不存在")
    if fault not in FAULTS:
        raise UnknownReason
    today = day_of(at)
    if known.article != rescission.UNDISCLOSED:
        fault = ""  # premiums stay with us whatever the fault (保险法 27)
    if rescind:
        if known.known_by == str(actor):
            raise NotForOneself
        _check_right(held, known, today)
        if not fault and known.article == rescission.UNDISCLOSED:
            raise FaultMissing
        back = policies.rescind(
            policy_id=held.policy_id, premiums_back=fault == "NEGLIGENCE",
            about=Ref("rescission", known.pk), actor=actor, at=at,
        )  # fmt: skip
        tell_rescinded(
            held, known, fault=fault, back=back, reason=need_reason(reason), actor=actor, at=at
        )
    outcome = "RESCINDED" if rescind else "WAIVED"
    KnowledgeEvent.objects.filter(pk=known.pk).update(
        outcome=outcome, decided_by=str(actor), decided_at=at, reason=need_reason(reason),
        fault=fault if rescind else "",
    )  # fmt: skip
    write(held, at=at)
    release_if_settled(held.id, held.policy_id, actor=actor, at=at)
    journal.record(
        events.RescissionDecided(outcome=outcome, knowledge_id=known.pk),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip


@tx.step
def release_if_settled(claim_id: int, policy_id: int, *, actor: Ref, at: datetime) -> None:
    """Premiums may be collected again once no ground of the claim is open."""
    if not KnowledgeEvent.objects.filter(claim_id=claim_id, outcome="").exists():
        about = Ref("claim", claim_id)
        policies.release_premiums(policy_id=policy_id, about=about, actor=actor, at=at)


@tx.use_case
def let_rights_lapse(*, today: date, at: datetime, limit: int = 100) -> int:
    """
    Rights of rescission that nobody used in thirty days are gone; how many (called by the clock).

    From then on premiums are collected again and the claim is decided as if nothing were known.
    """
    over = KnowledgeEvent.objects.select_for_update(of=("self",), skip_locked=True).filter(
        outcome="", last_day__lt=today
    )[:limit]
    lapsed = list(over)
    for known in lapsed:
        known.outcome, known.decided_at = "LAPSED", at
        known.save(update_fields=["outcome", "decided_at"])
        held = hold(known.claim_id)
        journal.record(
            events.RescissionDecided(outcome="LAPSED", knowledge_id=known.pk),
            about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
        )  # fmt: skip
        release_if_settled(known.claim_id, known.policy_id, actor=SYSTEM, at=at)
    return len(lapsed)


def _check_right(held: Held, known: KnowledgeEvent, today: date) -> None:
    if known.last_day is None:
        keep_to_fraud(held.id)
        return
    if today > known.last_day:
        raise RescissionTooLate
    since = rescission.forfeited_from(known.last_day)
    if contracts.premium_received_since(held.policy_id, since) is not None:
        raise RightForfeited
    policy = contracts.get_policy(held.policy_id, held.loss_date, without_cover=True)
    if today >= rescission.barred_from(policy.contract.formed_on, policy.terms.contest_years):
        raise RescissionTooLate
