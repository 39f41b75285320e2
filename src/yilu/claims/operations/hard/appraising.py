"""
Have disabilities graded by the ten-grade standard (伤残鉴定): order, opinion, a second look at it.

The opinion is checked against the standard's items, the rule on several disabilities and the terms;
what does not fit is said in words, and a person accepts the opinion or has it done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from yilu.claims import events
from yilu.claims.models import Appraisal, ClaimType
from yilu.claims.operations.assess import recalculate
from yilu.claims.operations.hand_in import Paper
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.refusals import NotForOneself, need_reason
from yilu.claims.rules import appraisal as rules
from yilu.claims.rules.appraisal_items import STANDARD
from yilu.claims.rules.lifecycle import Action
from yilu.claims.rules.loss import Loss
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.products.terms import Disability
from yilu.work import operations as work

from .evidence import keep_evidence

APPRAISED_DAYS = 30
FINDINGS_MAX = 20


class NotAnAppraisal(Invalid):
    """Only claims for disability are appraised."""

    code = "not_an_appraisal"
    message = "只有伤残类赔案需要伤残鉴定"


class AppraisalOpen(Refusal):
    """One at a time."""

    code = "appraisal_open"
    message = "已有一项进行中的伤残鉴定"
    hint = "请等待鉴定意见，或先作出未采纳的结论再重新委托。"


class AppraisalNotFound(NotFound):
    """No such appraisal, or it is settled."""

    code = "appraisal_not_found"
    message = "没有找到这项待办的伤残鉴定"


@tx.use_case
def order_appraisal(
    *, claim_id: int, institution: str, licence: str, question: str, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Ask an institution to grade the disabilities (委托鉴定, 服务规定 25); the appraisal's id.

    :raises NotAnAppraisal: another type of claim. :raises AppraisalOpen: one is under way.
    :raises NotPossibleNow: decided. :raises Invalid, ReasonMissing: no institution or question.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    if held.claim_type != ClaimType.DISABILITY:
        raise NotAnAppraisal
    held.require(Action.CALCULATE)
    if not institution.strip():
        raise Invalid("请填写鉴定机构名称")
    if Appraisal.objects.filter(claim_id=held.id, state__in=["ORDERED", "REPORTED"]).exists():
        raise AppraisalOpen
    due_on = day_of(at) + timedelta(days=APPRAISED_DAYS)
    made = Appraisal.objects.create(
        claim_id=held.id, institution=institution.strip()[:80], licence=licence.strip()[:40],
        standard=STANDARD, question=need_reason(question, what=_("委托事项")), due_on=due_on, ordered_by=str(actor),
        ordered_at=at,
    )  # fmt: skip
    write(held, at=at)
    journal.record(
        events.AppraisalOrdered(appraisal_id=made.pk, due_on=due_on.isoformat()),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    return made.pk


@tx.use_case
def record_appraisal(
    *, claim_id: int, appraisal_id: int, assessed_on: date, findings: Sequence[rules.Finding],
    report_number: str, evidence: Paper | None, access: Access, actor: Ref, at: datetime,
) -> rules.Outcome:  # fmt: skip
    """
    Write down the institution's opinion, item by item; what it comes to, with objections.

    :raises AppraisalNotFound: none is awaited. :raises Invalid: no items, a grade or code that is
        none, a day in the future.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    appraisal = _find(held, appraisal_id, "ORDERED")
    if not 1 <= len(findings) <= FINDINGS_MAX:
        raise Invalid("请至少填写一处伤残")
    for finding in findings:
        if not 1 <= finding.grade <= 10 or not rules.is_code(finding.code):
            raise Invalid("伤残条目或等级有误", hint="条目如 7.6-12，等级为 1 至 10。")
        if not finding.part.strip():
            raise Invalid("请填写每处伤残的部位")
    if assessed_on > day_of(at):
        raise Invalid("评定日期不能晚于今天")
    outcome = _weigh(held, findings, assessed_on)
    appraisal.state, appraisal.assessed_on = "REPORTED", assessed_on
    appraisal.findings = [[f.code, f.part.strip()[:40], f.grade] for f in findings]
    appraisal.grade, appraisal.report_number = outcome.grade, report_number.strip()[:60]
    appraisal.report_upload_id = keep_evidence(held, evidence, actor=actor, at=at)
    appraisal.recorded_by, appraisal.recorded_at = str(actor), at
    appraisal.save()
    write(held, at=at)
    journal.record(
        events.AppraisalReported(appraisal_id=appraisal.pk, grade=outcome.grade),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.open_item(
        "claims.second_review", about=held.ref, office_id=held.office_id, at=at, priority=40,
        title=f"伤残鉴定意见待核对：{outcome.grade} 级", party_id=held.claimant_id,
    )  # fmt: skip
    return outcome


@tx.use_case
def settle_appraisal(
    *, claim_id: int, appraisal_id: int, accept: bool, reason: str, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Another person accepts the opinion, and the claim is calculated with it; or it is done again.

    :raises AppraisalNotFound: none to check. :raises NotForOneself: whoever wrote it down.
    :raises ReasonMissing: not accepted, or accepted against objections, without a reason.
    """
    held = hold(claim_id)
    access.require("claims.review", office_id=held.office_id)
    appraisal = _find(held, appraisal_id, "REPORTED")
    if appraisal.recorded_by == str(actor):
        raise NotForOneself
    assert appraisal.assessed_on is not None
    findings = [rules.Finding(code=c, part=p, grade=g) for c, p, g in appraisal.findings]
    outcome = _weigh(held, findings, appraisal.assessed_on)
    words = reason.strip()
    if not accept or outcome.objections:
        words = need_reason(reason)
    appraisal.state = "ACCEPTED" if accept else "REJECTED"
    appraisal.checked_by, appraisal.checked_at, appraisal.reason = str(actor), at, words
    appraisal.save()
    journal.record(
        events.AppraisalSettled(appraisal_id=appraisal.pk, accepted=accept),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.second_review")
    if not accept:
        write(held, at=at)
        return
    held.require(Action.CALCULATE)
    loss = Loss.from_json(held.loss.as_json() | {"injuries": _kept(outcome)})
    write(held, at=at, loss=loss.as_json())
    journal.record(
        events.FactsEstablished(cause=loss.cause),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    recalculate(hold(held.id), at=at, actor=actor)


def _find(held: Held, appraisal_id: int, state: str) -> Appraisal:
    found = (
        Appraisal.objects.select_for_update(of=("self",))
        .filter(pk=appraisal_id, claim_id=held.id, state=state)
        .first()
    )
    if found is None:
        raise AppraisalNotFound
    return found


def weigh(
    findings: Sequence[rules.Finding], assessed_on: date, *, policy_id: int, loss_date: date, loss: Loss
) -> rules.Outcome:  # fmt: skip
    """What an opinion comes to under the standard and the terms of a claim's contract."""
    terms = policies.get_policy(policy_id, loss_date, without_cover=True).terms
    days = [b.within_days for b in terms.for_claim("DISABILITY") if isinstance(b, Disability)]
    return rules.combine(
        findings,
        assessed_on=assessed_on,
        event_on=loss.event_on or loss_date,
        within_days=min(days, default=None),
        by_accident=loss.cause == "ACCIDENT",
    )


def _weigh(held: Held, findings: Sequence[rules.Finding], assessed_on: date) -> rules.Outcome:
    return weigh(
        findings, assessed_on, policy_id=held.policy_id, loss_date=held.loss_date, loss=held.loss
    )


def _kept(outcome: rules.Outcome) -> list[list[object]]:
    return [
        [i.part, i.grade, i.assessed_on and i.assessed_on.isoformat()] for i in outcome.injuries
    ]
