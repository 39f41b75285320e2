"""
A report for a customer who has not agreed to the use of health data is kept, not refused (待同意报案).

Whoever reported is told what happens instead, and the insured (a child's parent, the next of kin of the
dead, the guardian of who cannot act) is asked on their own phone. With their word the report files itself
through the ordinary step, once, and counts from its first day. Their no ends it; saying "I did not ask
for this" brings a lead. What was said beyond when, what and who goes with the no (个保法 13, 15, 29).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError

from yilu.claims import events
from yilu.claims.models import Claim, ClaimType, WaitingReport
from yilu.claims.rules import promises
from yilu.claims.rules.loss import Loss
from yilu.documents import operations as documents
from yilu.documents.operations import Receipt
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal, Stale
from yilu.kernel.money import yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.queries import AccountNotFound
from yilu.standards import queries as standards
from yilu.work import operations as work

from .assess import WITHOUT_CONSENT
from .holding import hold, write
from .promising import due
from .report import Report, Reported, find_policy, get_claimable, take_report
from .unreportable import SaidOtherwise
from .whose_consent import ConsentMissing

QUEUE, DISOWNED_QUEUE = "claims.waiting", "claims.disowned"
WAITING, FILED, REFUSED = (
    WaitingReport.State.WAITING,
    WaitingReport.State.FILED,
    WaitingReport.State.REFUSED,
)
ANSWERS = ("REFUSED", "DISOWNED")
RECEIPT_WHY = _("报案当日客户尚未单独同意处理健康信息，先行保留；收到日按首次报案日计")
WHO = {"agent": "服务代理人", "staff": "客服人员", "party": "申请人"}


class WaitingReportNotFound(NotFound):
    """There is none, or it is somebody else's."""

    code = "waiting_report_not_found"
    message = _("没有找到这份待同意的报案")
    hint = _("可能已经办结；请在理赔列表中查看。")


class WaitingReportOver(Stale):
    """Somebody answered or ended it meanwhile."""

    code = "waiting_report_over"
    message = _("这份报案已经有了结果")
    hint = _("请刷新页面查看现在的情况。")


class BadAnswer(Invalid):
    """Neither of the two ways to say no."""

    code = "bad_answer"
    message = _("请选择不同意的原因")


@dataclass(frozen=True, slots=True)
class Kept:
    """A report that waits for somebody's consent; ``is_new`` is false where it waited already."""

    waiting_id: int
    subject_id: int
    is_new: bool


@tx.use_case
def report_or_keep(
    *, report: Report, actor: Ref, at: datetime, access: people.Access | None = None
) -> Reported | Kept:
    """
    ``report_claim``; where the insured has not agreed to the use of health data it is kept and they are asked.

    The same tap, or the same loss while it waits, is the report that waits. A customer whose own
    consent is missing is not kept waiting for themselves: they are asked on the spot.

    :raises ConsentMissing: the actor's own. :raises: as ``report_claim``.
    """
    try:
        # A missing consent is found before anything is written or promised.
        return take_report(report=report, actor=actor, at=at, access=access)
    except ConsentMissing as missing:
        if actor == Ref("party", missing.of):
            raise
        return _keep(report, missing.of, actor=actor, at=at, access=access)


def _keep(
    report: Report, subject_id: int, *, actor: Ref, at: datetime, access: people.Access | None
) -> Kept:
    policy = find_policy(report, actor, access)
    came = None
    if actor.kind in ("staff", "agent"):
        came = documents.checked_receipt(report.receipt, not_before=report.loss_date, at=at)
    known = WaitingReport.objects.filter(
        claimant_id=report.claimant_id, request_key=report.request_key
    ).first()
    if known is not None:
        told = (policy.id, report.claim_type, report.loss_date)
        if (known.policy_id, known.claim_type, known.loss_date) != told:
            raise SaidOtherwise
        return Kept(known.pk, known.subject_id, False)
    same_loss = WaitingReport.objects.filter(
        policy_id=policy.id, claim_type=report.claim_type, loss_date=report.loss_date, state=WAITING
    )
    if (first := same_loss.first()) is not None:
        return Kept(first.pk, first.subject_id, False)
    days = standards.whole_figure("claims.consent_days", at)
    first_on = came.on if came is not None else day_of(at)
    try:
        with tx.savepoint():
            row = WaitingReport.objects.create(
                policy_id=policy.id, office_id=policy.office_id, claimant_id=report.claimant_id,
                subject_id=subject_id, claim_type=report.claim_type, loss_date=report.loss_date,
                channel=report.channel, request_key=report.request_key, said=_said(report),
                first_on=first_on, reported_by=str(actor), reported_at=at,
                look_at=next_look(at), decide_on=day_of(at) + timedelta(days=days),
            )  # fmt: skip
    except IntegrityError:  # the same loss from another device at the same moment
        first = same_loss.first()
        if first is None:
            raise WaitingReportOver from None
        return Kept(first.pk, first.subject_id, False)
    journal.record(
        events.ReportKeptWaiting(
            policy_id=policy.id, claim_type=row.claim_type, channel=row.channel,
            office_id=row.office_id, first_on=first_on.isoformat(), subject_id=subject_id,
        ),
        about=row.ref, actor=actor, at=at, party=row.claimant_id,
    )  # fmt: skip
    ask(row, "claims.consent_wanted", at=at)
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=subject_id, priority=30,
        title=f"{ClaimType(row.claim_type).label}报案：等客户同意，请联系说明",
        due_at=due(promises.SPOKEN, office_id=row.office_id, at=at),
    )  # fmt: skip
    return Kept(row.pk, subject_id, True)


def next_look(at: datetime) -> datetime:
    """When the customer is reminded next."""
    return at + timedelta(days=standards.whole_figure("claims.consent_remind_days", at))


def _said(report: Report) -> dict[str, Any]:
    amount = None if report.claimed_amount is None else str(yuan(report.claimed_amount))
    return {
        "loss": report.loss.as_json(), "amount": amount, "account": report.account_id,
        "came_by": report.came_by, "why": report.receipt.why if report.receipt else "",
    }  # fmt: skip


@tx.step
def ask(row: WaitingReport, template: str, *, at: datetime) -> None:
    """Tell the person whose consent is missing who reports what for them, and where to answer."""
    messaging.queue(
        template, to=Ref("party", row.subject_id), about=row.ref, at=at,
        facts={
            "who": who_reported(row), "kind": ClaimType(row.claim_type).label,
            "day": row.loss_date.isoformat(), "until": row.decide_on.isoformat(),
            "link": f"{settings.PUBLIC_URL}/c/waiting-reports/{row.pk}",
        },
    )  # fmt: skip


def who_reported(row: WaitingReport) -> str:
    """Who made the report, as the customer is told: an agent by name, a relative by their masked one."""
    reporter = Ref.parse(row.reported_by)
    if reporter.kind == "party":
        return f"{WHO['party']}{people.get_party(reporter.id).masked_name}"
    name = people.names_of([reporter]).get(reporter, "")
    return f"{WHO.get(reporter.kind, '')}{name}"


@tx.step
def hold_waiting(waiting_id: int) -> WaitingReport:
    """The row, locked until the use case ends. :raises WaitingReportNotFound: there is none."""
    row = WaitingReport.objects.select_for_update(of=("self",)).filter(pk=waiting_id).first()
    if row is None:
        raise WaitingReportNotFound
    return row


@tx.use_case
def agree_to_report(*, waiting_id: int, text_version: str, actor: Ref, at: datetime) -> int:
    """
    The customer gives the separate consent on their own phone: the report is filed; the claim's id.

    Who refused first may still agree, as long as nobody ended it. Twice is once.

    :raises WaitingReportNotFound: not theirs to agree to. :raises WaitingReportOver: it has ended.
    :raises ConsentTextChanged: they read an older text. :raises: what an ordinary report is refused for.
    """
    row = _asked_of(waiting_id, actor)
    if row.claim_id is not None:
        return row.claim_id
    if row.state not in (WAITING, REFUSED):
        raise WaitingReportOver
    people_operations.take_consent(
        party_id=row.subject_id, purpose="HEALTH_DATA", text_version=text_version, channel="APP",
        actor=actor, at=at,
    )  # fmt: skip
    return file_report(row, basis="CONSENT", actor=actor, at=at)


@tx.use_case
def refuse_report(
    *, waiting_id: int, answer: str, words: str = "", actor: Ref, at: datetime
) -> None:
    """
    The customer does not agree (REFUSED), or says that they asked nobody to report (DISOWNED). Twice is once.

    That a loss was reported stays, with its day; what else was said is forgotten. Whoever reported is
    told. After REFUSED somebody offers the counter; DISOWNED is looked into by a lead.

    :raises WaitingReportNotFound: not asked of them. :raises WaitingReportOver: filed or ended.
    :raises BadAnswer: another answer.
    """
    if answer not in ANSWERS:
        raise BadAnswer
    row = _asked_of(waiting_id, actor)
    if row.state == answer:
        return
    if row.state not in (WAITING, REFUSED):
        raise WaitingReportOver
    close(row, answer, reason=words.strip()[:500], actor=actor, at=at)
    journal.record(
        events.WaitingReportRefused(answer=answer, office_id=row.office_id),
        about=row.ref, actor=actor, at=at, party=row.claimant_id,
    )  # fmt: skip
    tell_reporter(row, "客户不同意" if answer == REFUSED else "客户表示没有委托报案", at=at)
    if answer == REFUSED:
        work.open_item(
            QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.subject_id,
            title="客户不同意处理健康信息：请联系，说明可到柜面当面办理",
            due_at=due(promises.SPOKEN, office_id=row.office_id, at=at),
        )  # fmt: skip
        return
    work.close_items(about=row.ref, at=at, queue=QUEUE)
    work.open_item(
        DISOWNED_QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.subject_id,
        title="客户说没有委托报案：请核实是谁、为什么代报", priority=10,
        due_at=due(promises.SPOKEN, office_id=row.office_id, at=at),
    )  # fmt: skip


def _asked_of(waiting_id: int, actor: Ref) -> WaitingReport:
    row = hold_waiting(waiting_id)
    if actor != Ref("party", row.subject_id):
        raise WaitingReportNotFound
    return row


@tx.use_case
def take_report_back(*, waiting_id: int, reason: str = "", actor: Ref, at: datetime) -> None:
    """
    Whoever reported takes it back while it waits; the customer is told that nothing was filed.

    :raises WaitingReportNotFound: somebody else's report. :raises WaitingReportOver: answered meanwhile.
    """
    row = hold_waiting(waiting_id)
    if str(actor) != row.reported_by:
        raise WaitingReportNotFound
    end(row, reason=reason, by_reporter=True, actor=actor, at=at)


@tx.step
def end(row: WaitingReport, *, reason: str, by_reporter: bool, actor: Ref, at: datetime) -> None:
    """Nothing comes of it; the customer is told so and may report any time. :raises WaitingReportOver."""
    if row.state not in (WAITING, REFUSED) or (by_reporter and row.state != WAITING):
        raise WaitingReportOver
    close(row, "ENDED", reason=reason.strip()[:500], actor=actor, at=at)
    journal.record(
        events.WaitingReportEnded(by_reporter=by_reporter),
        about=row.ref, actor=actor, at=at, party=row.claimant_id,
    )  # fmt: skip
    for party_id in {row.subject_id, row.claimant_id}:
        if actor != Ref("party", party_id):
            messaging.queue(
                "claims.waiting_ended", to=Ref("party", party_id), about=row.ref, at=at,
                facts={
                    "kind": ClaimType(row.claim_type).label, "day": row.loss_date.isoformat(),
                },
            )  # fmt: skip
    if str(actor) != row.reported_by:
        tell_reporter(row, "已结束，没有转为报案", at=at)
    work.close_items(about=row.ref, at=at)


@tx.step
def close(
    row: WaitingReport, state: str, *, reason: str, actor: Ref, at: datetime, **other: Any
) -> None:
    """Nobody waits for it any more; what was said beyond when, what and who is forgotten."""
    changed: Mapping[str, Any] = {
        "state": state, "said": {}, "look_at": None, "closed_by": str(actor), "closed_at": at,
        "reason": reason, "problem": "", **other,
    }  # fmt: skip
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))


@tx.step
def tell_reporter(row: WaitingReport, outcome: str, *, at: datetime) -> None:
    """Whoever reported hears what became of it; a relative in the words for customers."""
    reporter = Ref.parse(row.reported_by)
    facts = {
        "kind": ClaimType(row.claim_type).label, "day": row.loss_date.isoformat(),
        "outcome": outcome,
    }  # fmt: skip
    if reporter.kind == "party":
        messaging.queue("claims.waiting_answered", to=reporter, about=row.ref, at=at, facts=facts)
        return
    whose = people.get_party(row.claimant_id).masked_name
    messaging.queue(
        "claims.waiting_news", to=reporter, about=row.ref, at=at,
        facts={**facts, "customer": whose},
    )  # fmt: skip


@tx.step
def file_report(
    row: WaitingReport, *, basis: str, reason: str = "", actor: Ref, at: datetime
) -> int:
    """
    Make the claim of a held report, counting from its first day; the claim's id.

    Where the loss was reported by itself meanwhile, that claim is it.

    :raises: what an ordinary report is refused for; nothing is changed then.
    """
    again = Claim.objects.filter(
        policy_id=row.policy_id, claim_type=row.claim_type, loss_date=row.loss_date,
        reported_at__gte=row.reported_at,
    ).order_by("pk").first()  # fmt: skip
    if again is not None:
        claim_id, basis = again.merged_into_id or again.pk, "JOINED"
    else:
        made = _as_claim(row, unable=basis == "UNABLE", at=at)
        claim_id = made.claim_id
        if basis == "UNABLE" and made.is_new:
            held = hold(claim_id)
            write(held, at=at, reasons=[WITHOUT_CONSENT, *held.reasons])
    close(row, FILED, reason=reason, actor=actor, at=at, claim_id=claim_id, basis=basis)
    journal.record(
        events.WaitingReportFiled(claim_id=claim_id, basis=basis),
        about=row.ref, actor=actor, at=at, party=row.claimant_id,
    )  # fmt: skip
    tell_reporter(row, "已转为正式报案", at=at)
    work.close_items(about=row.ref, at=at)
    return claim_id


def _as_claim(row: WaitingReport, *, unable: bool, at: datetime) -> Reported:
    policy = get_claimable(row.policy_id, row.claimant_id, row.loss_date)
    said = row.said
    report = Report(
        policy_number=policy.number, claimant_id=row.claimant_id, claim_type=row.claim_type,
        loss_date=row.loss_date, channel=row.channel, request_key=f"waiting:{row.pk}",
        loss=Loss.from_json(said.get("loss", {})), account_id=said.get("account"),
        claimed_amount=Decimal(said["amount"]) if said.get("amount") else None,
        came_by=said.get("came_by", ""),
    )  # fmt: skip
    told: dict[str, Any] = {
        "actor": Ref.parse(row.reported_by), "at": at, "policy": policy, "unable": unable,
        "waited": Receipt(row.first_on, said.get("why") or RECEIPT_WHY),
    }  # fmt: skip
    try:
        return take_report(report=report, **told)
    except AccountNotFound:  # closed meanwhile: the customer names another one later
        return take_report(report=replace(report, account_id=None), **told)


@tx.step
def file_what_waited(party_id: int, *, at: datetime) -> int:
    """
    Somebody agreed to the use of health data, wherever they did: file what waited for that; how many.

    One that is refused now stays, with the reason, and a person gets it. Twice is once.
    """
    if not people.has_consent(party_id, "HEALTH_DATA"):
        return 0  # taken back before we came to it
    waiting = WaitingReport.objects.select_for_update(of=("self",))
    done = 0
    for row in waiting.filter(subject_id=party_id, state=WAITING).order_by("pk"):
        try:
            # Refusals of a report come before it promises anything: nothing is left to take back.
            with tx.savepoint():
                file_report(row, basis="CONSENT", actor=SYSTEM, at=at)
                done += 1
        except Refusal as refused:
            _stuck(row.pk, refused, at)
    return done


def _stuck(waiting_id: int, refused: Refusal, at: datetime) -> None:
    row = hold_waiting(waiting_id)
    row.problem = refused.code[:40]
    row.save(update_fields=["problem"])
    journal.record(
        events.WaitingReportStuck(refusal=row.problem),
        about=row.ref, actor=SYSTEM, at=at, party=row.claimant_id,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.subject_id, priority=20,
        title="客户已同意，但报案没有自动提交：请处理",
        due_at=due(promises.CONTACT, office_id=row.office_id, at=at),
    )  # fmt: skip
