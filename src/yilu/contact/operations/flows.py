"""The hotline's flow: written by one person, checked seven times, approved by another, in force from a day (A120)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db.models import Max
from django.utils.text import normalize_newlines

from yilu.contact import events
from yilu.contact.models import FlowVersion
from yilu.contact.queries.flows import EDITION, shipped_text, text_in_force
from yilu.contact.refusals import (
    BadFlowDay,
    FlowNoNews,
    FlowNotADraft,
    FlowNoteNeeded,
    FlowNotFound,
    NoEarlierFlow,
    OwnFlow,
    WrongFlow,
)
from yilu.contact.rules import flow_checks
from yilu.contact.rules.ivr import Flow
from yilu.contact.rules.ivr_reading import BadFlow, read_flow
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.standards import operations as standards

WRITES, APPROVES = "contact.supervise", "knowledge.approve"
TEXT_MAX: Final = 60_000
BEGINNING: Final = date(2020, 1, 1)


@tx.use_case
def draft_flow(
    *, text: str, note: str, since: date | None, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Keep a new version of the flow as a draft, or change the draft there is; its id.

    The automatic checks run at once; a change makes people's answers void. Nobody hears it yet.

    :raises WrongFlow: naming each place where a caller could be lost. :raises FlowNoteNeeded.
    :raises BadFlowDay: no day, or one that is gone. :raises FlowNoNews: it is what is in force.
    """
    access.require(WRITES)
    text = normalize_newlines(text).strip() + "\n"
    flow = _read(text)
    if not note.strip():
        raise FlowNoteNeeded
    if since is None or since < day_of(at):
        raise BadFlowDay
    _alone()
    if text.strip() == text_in_force(day_of(at)).strip():
        raise FlowNoNews
    _keep_shipped(at)
    row = FlowVersion.objects.filter(state="DRAFT").first() or FlowVersion(number=_next())
    row.text, row.note, row.since = text, note.strip()[:200], since
    row.author, row.drafted_at = str(actor), at
    row.save()
    standards.keep_results(subject=row.ref, results=flow_checks.run(flow), at=at)
    fact = events.FlowDrafted(number=row.number, since=since.isoformat())
    journal.record(fact, about=row.ref, actor=actor, at=at)
    return row.pk


@tx.use_case
def answer_flow_check(
    *, version_id: int, check: str, passed: bool, evidence: str, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Answer one of the seven checks of the draft, with evidence (七必查).

    :raises FlowNotFound, FlowNotADraft. :raises UnknownCheck, EvidenceNeeded, ChecksMissing: see standards.
    """
    access.require(WRITES)
    row = _draft(version_id)
    standards.answer_check(
        subject=row.ref, check=check, passed=passed, evidence=evidence, actor=actor, at=at
    )
    fact = events.FlowChecked(number=row.number, check=check, passed=passed)
    journal.record(fact, about=row.ref, actor=actor, at=at)


@tx.use_case
def approve_flow(*, version_id: int, access: Access, actor: Ref, at: datetime) -> date:
    """
    Have calls follow a version from its day, or from today where that is gone; the day. Calls under way keep theirs.

    :raises FlowNotFound, FlowNotADraft. :raises OwnFlow: the author. :raises WrongFlow: a reason or fact it names is gone.
    :raises ChecksMissing: naming those of the seven checks that are not answered with yes.
    """
    access.require(APPROVES)
    row = _draft(version_id)
    if row.author == str(actor):
        raise OwnFlow
    standards.require_checks(subject=row.ref, results=flow_checks.run(_read(row.text)))
    row.state, row.approver, row.approved_at = FlowVersion.State.APPROVED, str(actor), at
    row.since = max(row.since, day_of(at))
    row.save(update_fields=["state", "approver", "approved_at", "since"])
    standards.touch(EDITION)
    fact = events.FlowApproved(number=row.number, since=row.since.isoformat())
    journal.record(fact, about=row.ref, actor=actor, at=at)
    return row.since


@tx.use_case
def withdraw_flow(*, version_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Give up a draft, or an approved version whose day has not come. Twice is once.

    :raises FlowNotFound. :raises FlowNotADraft: calls follow it, or did: roll back instead.
    """
    access.require(WRITES)
    row = _held(version_id)
    if row.state == FlowVersion.State.WITHDRAWN:
        return
    if row.state == FlowVersion.State.APPROVED and row.since <= day_of(at):
        raise FlowNotADraft
    row.state = FlowVersion.State.WITHDRAWN
    row.save(update_fields=["state"])
    standards.touch(EDITION)
    fact = events.FlowWithdrawn(number=row.number)
    journal.record(fact, about=row.ref, actor=actor, at=at)


@tx.use_case
def roll_back_flow(*, access: Access, actor: Ref, at: datetime) -> int:
    """
    Put the flow before in force again at once (回退), as a version of its own; its number. One person may.

    Calls under way keep theirs; a version whose day is to come keeps its day.

    :raises NoEarlierFlow: calls have always followed what they follow now.
    """
    access.require(WRITES)
    _alone()
    rows: Sequence[FlowVersion] = list(
        FlowVersion.objects.filter(state="APPROVED", since__lte=day_of(at))
        .order_by("is_shipped", "-since", "-number")
    )  # fmt: skip
    before = next((row for row in rows[1:] if row.text != rows[0].text), None)
    if before is None:
        raise NoEarlierFlow
    author = before.approver or before.author
    row = FlowVersion.objects.create(
        number=_next(), state=FlowVersion.State.APPROVED, text=before.text, since=day_of(at),
        note=Sentence(_("回退到第 {number} 版"), number=before.number), author=author, drafted_at=at,
        approver=str(actor) if str(actor) != author else str(SYSTEM), approved_at=at,
    )  # fmt: skip
    standards.copy_checks(source=before.ref, subject=row.ref)
    standards.touch(EDITION)
    fact = events.FlowRolledBack(number=row.number, to_number=before.number)
    journal.record(fact, about=row.ref, actor=actor, at=at)
    return row.number


def _read(text: str) -> Flow:
    if len(text) > TEXT_MAX:
        raise WrongFlow([_("整个流程太长，请精简")])
    try:
        return read_flow(text)
    except BadFlow as fault:
        raise WrongFlow(fault.problems) from None


def _keep_shipped(at: datetime) -> None:
    """What shipped as a version of its own, as long as the insurer has none: every call can be traced to its words."""
    text = shipped_text()
    approved = FlowVersion.objects.filter(state="APPROVED")
    if approved.filter(is_shipped=False).exists() or approved.filter(text=text).exists():
        return
    FlowVersion.objects.create(
        number=_next(), state=FlowVersion.State.APPROVED, text=text, note=_("随系统发布"),
        since=day_of(at) if approved.exists() else BEGINNING, is_shipped=True, author=str(SYSTEM),
        drafted_at=at, approver=str(SYSTEM), approved_at=at,
    )  # fmt: skip


def _next() -> int:
    return (FlowVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _alone() -> None:
    tx.rows("select pg_advisory_xact_lock(hashtextextended('contact.flow', 0))::text", [])


def _held(version_id: int) -> FlowVersion:
    _alone()
    row = FlowVersion.objects.select_for_update().filter(pk=version_id).first()
    if row is None:
        raise FlowNotFound
    return row


def _draft(version_id: int) -> FlowVersion:
    row = _held(version_id)
    if row.state != FlowVersion.State.DRAFT:
        raise FlowNotADraft
    return row
