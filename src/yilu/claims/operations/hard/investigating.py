"""
The plan of an investigation (调查计划): steps with an owner and a time, a report, a conclusion.

The investigator reports; somebody else concludes. An outside firm is asked by a job, its answer
waits for the step's owner. Only a reviewer or lead refers a case to the police.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yilu.claims import events
from yilu.claims.models import ClaimType, Investigation, InvestigationStep
from yilu.claims.operations.hand_in import Paper
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.investigate import UnknownReason, end_investigation
from yilu.claims.operations.promising import due
from yilu.claims.operations.refusals import NotForOneself, NotPossibleNow, need_reason
from yilu.claims.rules import promises
from yilu.claims.rules.lifecycle import Action, State
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work

from .evidence import keep_evidence

STEP_DAYS = 5
STEPS_MAX = 30
QUEUE = "claims.investigation_step"


class StepNotFound(NotFound):
    """No such step in this claim's open investigation."""

    code = "step_not_found"
    message = "没有找到这项调查步骤"
    hint = "请刷新页面查看最新的调查计划。"


class StepSettled(Refusal):
    """The step has its result already."""

    code = "step_settled"
    message = "这项调查步骤已经有结果"
    hint = "需要继续核实的，请另外安排一项步骤。"


class NotTheOwner(Refusal):
    """A step is done by whom it was given to."""

    code = "not_the_owner"
    message = "这项步骤由另一位同事负责"
    hint = "请由负责人填写结果；确需改派的，由主管重新安排。"
    status = 403


class StepsOpen(Refusal):
    """A report comes after the plan's steps."""

    code = "steps_open"
    message = "还有未完成的调查步骤，不能提交报告"
    hint = "请完成各项步骤，或写明不再需要的理由。"


class NoReport(Refusal):
    """Nothing to conclude on yet."""

    code = "no_report"
    message = "调查人还没有提交报告，不能作结论"
    hint = "请先由调查人提交调查报告。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is to be done, by whom; ``due_at`` None: five working days from now."""

    kind: str
    task: str
    owner_id: int
    due_at: datetime | None = None


@tx.use_case
def plan_step(*, claim_id: int, step: Step, access: Access, actor: Ref, at: datetime) -> int:
    """
    Add a step to the open investigation's plan; the step's id.

    :raises NotPossibleNow: nothing is being investigated. :raises UnknownReason: no such kind.
    :raises NotAllowed: without the right; a referral to the police needs a reviewer or lead.
    :raises Invalid: a time in the past or beyond the whole investigation's, an owner without the right.
    """
    held, looking = _open(claim_id)
    access.require("claims.investigate", office_id=held.office_id)
    if step.kind not in InvestigationStep.Kind.values:
        raise UnknownReason
    if step.kind == InvestigationStep.Kind.POLICE:
        access.require("claims.review", office_id=held.office_id)
    owner = people.staff_access(step.owner_id)
    if not owner.may("claims.investigate", office_id=held.office_id):
        raise Invalid("负责人没有这个机构的调查权限", hint="请选择有调查权限的同事。")
    until = step.due_at or due(
        promises.Promise(working_days=STEP_DAYS), office_id=held.office_id, at=at
    )
    if until <= at or until > at + timedelta(days=promises.INVESTIGATED_DAYS):
        raise Invalid("完成时间应在今天之后、调查总期限之内")
    count = looking.steps.count()
    if count >= STEPS_MAX:
        raise Invalid("一次调查最多安排 30 项步骤")
    made = InvestigationStep.objects.create(
        investigation=looking, ordinal=count + 1, kind=step.kind, task=need_reason(step.task, what=_("要做什么")),
        owner_id=step.owner_id, due_at=until, planned_by=str(actor), planned_at=at,
    )  # fmt: skip
    write(held, at=at)
    journal.record(
        events.InvestigationStepPlanned(
            step_id=made.pk, step=step.kind, owner_id=step.owner_id, due_on=until.isoformat()
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=Ref("investigation_step", made.pk), office_id=held.office_id, at=at,
        title=f"{made.get_kind_display()}：{held.number}", party_id=held.claimant_id,
        due_at=until, priority=40, staff_id=step.owner_id,
    )  # fmt: skip
    return made.pk


@tx.use_case
def settle_step(
    *, claim_id: int, step_id: int, result: str, finding: str, receipt: str = "",
    evidence: Paper | None = None, access: Access, actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Write down what a step found, with the file that proves it.

    A referral to the police carries their receipt number, and an interview or visit that
    contradicts the claim carries evidence.

    :raises StepNotFound, StepSettled, NotTheOwner, UnknownReason, ReasonMissing: as they say.
    :raises Invalid: the receipt or the evidence is missing.
    """
    held, looking = _open(claim_id)
    access.require("claims.investigate", office_id=held.office_id)
    step = _step(looking, step_id)
    _let_owner_or_lead(step, held, access)
    if result not in InvestigationStep.Result.values:
        raise UnknownReason
    if step.kind == InvestigationStep.Kind.POLICE and not receipt.strip():
        raise Invalid("移送公安须填写受案回执编号")
    if result == InvestigationStep.Result.CONTRADICTS and evidence is None:
        raise Invalid("与申请不一致的发现须附凭据", hint="请上传照片、笔录或调阅到的记录。")
    step.evidence_upload_id = keep_evidence(held, evidence, actor=actor, at=at)
    step.state, step.result, step.finding = (
        "DONE",
        result,
        need_reason(finding, what=_("经过与发现")),
    )
    step.receipt = receipt.strip()[:64] or step.receipt
    step.done_by, step.done_at = str(actor), at
    step.save()
    if step.kind == InvestigationStep.Kind.POLICE:
        journal.record(
            events.ReferredToPolice(step_id=step.pk),
            about=held.ref, actor=actor, at=at, party=held.claimant_id,
        )  # fmt: skip
    _done(held, step, result, actor, at)


def _let_owner_or_lead(step: InvestigationStep, held: Held, access: Access) -> None:
    if step.owner_id != access.staff_id and not access.may("work.lead", office_id=held.office_id):
        raise NotTheOwner


@tx.use_case
def drop_step(
    *, claim_id: int, step_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A step is not needed any more, with a reason: its owner says so, or a lead.

    :raises StepNotFound, StepSettled, NotTheOwner, ReasonMissing: as they say.
    """
    held, looking = _open(claim_id)
    access.require("claims.investigate", office_id=held.office_id)
    step = _step(looking, step_id)
    _let_owner_or_lead(step, held, access)
    step.state, step.finding = "DROPPED", need_reason(reason)
    step.done_by, step.done_at = str(actor), at
    step.save(update_fields=["state", "finding", "done_by", "done_at"])
    _done(held, step, "DROPPED", actor, at)


@tx.use_case
def report_investigation(
    *, claim_id: int, finding: str, report: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    The investigator's report, once every step has its result: another person concludes.

    :raises StepsOpen: a step is neither done nor dropped. :raises UnknownReason: no such finding.
    """
    held, looking = _open(claim_id)
    access.require("claims.investigate", office_id=held.office_id)
    if finding not in Investigation.Finding.values:
        raise UnknownReason
    if looking.steps.exclude(state__in=["DONE", "DROPPED"]).exists():
        raise StepsOpen
    Investigation.objects.filter(pk=looking.pk).update(
        report=need_reason(report, what=_("调查报告")),
        proposed_finding=finding,
        reported_by=str(actor),
        reported_at=at,
    )
    write(held, at=at)
    journal.record(
        events.InvestigationReported(finding=finding),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.investigation")
    work.open_item(
        "claims.second_review", about=held.ref, office_id=held.office_id, at=at, priority=30,
        title=f"{ClaimType(held.claim_type).label}：调查报告待结论", party_id=held.claimant_id,
        due_at=due(promises.CHECKED, office_id=held.office_id, at=at),
    )  # fmt: skip


@tx.use_case
def conclude_investigation(
    *, claim_id: int, finding: str, conclusion: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Another person's conclusion on the investigator's report; the claim goes back to its desk.

    :raises NoReport: there is none. :raises NotForOneself: whoever reported or did a step.
    """
    held, looking = _open(claim_id)
    access.require("claims.review", office_id=held.office_id)
    if finding not in Investigation.Finding.values:
        raise UnknownReason
    if not looking.reported_by:
        raise NoReport
    if looking.reported_by == str(actor) or looking.steps.filter(done_by=str(actor)).exists():
        raise NotForOneself
    end_investigation(
        held,
        looking,
        finding=finding,
        conclusion=need_reason(conclusion, what=_("结论")),
        actor=actor,
        at=at,
    )
    work.close_items(about=held.ref, at=at, queue="claims.second_review")


@tx.use_case
def record_order_placed(*, step_id: int, receipt: str, at: datetime) -> bool:
    """The outside firm took the order (called by the job); twice is once."""
    done = InvestigationStep.objects.filter(pk=step_id, state="PLANNED", kind="THIRD_PARTY").update(
        state="ASKED", receipt=receipt[:64], asked_at=at
    )
    if done:
        held = _held_of(step_id)
        journal.record(
            events.ThirdPartyAsked(step_id=step_id, receipt=receipt[:64]),
            about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
        )  # fmt: skip
    return bool(done)


@tx.use_case
def record_third_party_answer(*, step_id: int, found: str, words: str, at: datetime) -> bool:
    """The outside firm answered (called by the job); its owner still says what it means. Twice is once."""
    done = InvestigationStep.objects.filter(pk=step_id, state="ASKED").update(
        state="ANSWERED", answer=f"{found}：{words}"[:2000]
    )
    if done:
        held = _held_of(step_id)
        journal.record(
            events.ThirdPartyAnswered(step_id=step_id, answer=found),
            about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
        )  # fmt: skip
    return bool(done)


def _open(claim_id: int) -> tuple[Held, Investigation]:
    held = hold(claim_id)
    looking = Investigation.objects.filter(claim_id=held.id, closed_at=None).first()
    if looking is None or held.state is not State.INVESTIGATING:
        raise NotPossibleNow(held.state, Action.END_INVESTIGATION)
    return held, looking


def _step(looking: Investigation, step_id: int) -> InvestigationStep:
    step = looking.steps.select_for_update(of=("self",)).filter(pk=step_id).first()
    if step is None:
        raise StepNotFound
    if step.state in ("DONE", "DROPPED"):
        raise StepSettled
    return step


def _held_of(step_id: int) -> Held:
    claim_id = InvestigationStep.objects.values_list("investigation__claim_id", flat=True)
    return hold(claim_id.get(pk=step_id))


def _done(held: Held, step: InvestigationStep, result: str, actor: Ref, at: datetime) -> None:
    write(held, at=at)
    journal.record(
        events.InvestigationStepDone(step_id=step.pk, step=step.kind, result=result),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=Ref("investigation_step", step.pk), at=at)
