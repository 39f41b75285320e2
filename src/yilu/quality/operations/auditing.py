"""An office is looked at by a standard's list; what fails has an owner and a day, until somebody else confirms."""

from __future__ import annotations

from datetime import date, datetime, time

from yilu.documents import operations as documents
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality import inspection_events as events
from yilu.quality.inspection_refusals import (
    AuditDoneAlready,
    AuditNotFound,
    AuditUnfinished,
    BadAuditItem,
    BadCorrection,
    CorrectionNotFound,
    NoReason,
    OwnOffice,
    OwnWork,
)
from yilu.quality.models import Audit, AuditItem, Correction, StandardVersion
from yilu.quality.rules import auditing as rules
from yilu.quality.rules import standards
from yilu.work import operations as work

CORRECT, CONFIRM = "quality.correct", "quality.confirm"
NOBODYS = 0
"""Photographs of an office belong to no customer."""


@tx.use_case
def begin_audit(
    *, kind: str, touchpoint: str, office_id: int, version_id: int, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Begin to look at an office by the version of the standard that counts there; its id.

    :raises OwnOffice: one's own. :raises BadAuditItem: a kind or a standard that is none.
    """
    access.require("quality.inspect", office_id=office_id)
    if access.office_id == office_id:
        raise OwnOffice
    version = StandardVersion.objects.filter(pk=version_id, touchpoint=touchpoint).first()
    if kind not in ("SITE", "MYSTERY") or version is None or version.state == "DRAFT":
        raise BadAuditItem
    row = Audit.objects.create(
        kind=kind, touchpoint=touchpoint, version=version, office_id=office_id,
        auditor=str(actor), begun_at=at,
    )  # fmt: skip
    AuditItem.objects.bulk_create(
        AuditItem(audit=row, position=n, ask=ask[:200])
        for n, ask in enumerate(rules.asked(standards.read(version.text), kind), 1)
    )
    fact = events.AuditBegun(kind=kind, touchpoint=touchpoint, office_id=office_id)
    journal.record(fact, about=row.ref, actor=actor, at=at)
    return row.pk


@tx.use_case
def note_item(
    *, audit_id: int, position: int, result: str, note: str, photo: tuple[str, bytes] | None,
    access: Access, actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    What was seen at one line, with a photograph if there is one; said again, the latest counts.

    :raises AuditNotFound: not theirs. :raises AuditDoneAlready: it is handed in.
    :raises BadAuditItem: no result, or a failure without words.
    """
    row = _own(audit_id, actor)
    item = AuditItem.objects.filter(audit=row, position=position).first()
    note = note.strip()
    if item is None or result not in rules.RESULTS or len(note) > 300:
        raise BadAuditItem
    if result == "FAIL" and not note:
        raise BadAuditItem
    if photo is not None:
        item.upload_id = _keep_photo(row.ref, photo, actor, at)
    item.result, item.note = result, note
    item.save()


@tx.use_case
def finish_audit(
    *, audit_id: int, owner_id: int | None, due_on: date | None, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Hand the list in; each failed line becomes a correction with an owner and a day; the score.

    :raises AuditUnfinished: a line without a result. :raises BadCorrection: no owner there, or no day.
    """
    row = _own(audit_id, actor)
    items = list(row.items.order_by("position"))
    if not all(item.result for item in items):
        raise AuditUnfinished
    failed = [item for item in items if item.result == "FAIL"]
    if failed:
        if owner_id is None or due_on is None or due_on <= day_of(at):
            raise BadCorrection
        if people.staff_profiles([owner_id]).get(owner_id) is None or not _works_at(
            owner_id, row.office_id
        ):
            raise BadCorrection
    whole = rules.score(item.result for item in items)
    row.state, row.done_at, row.score = "DONE", at, whole if whole is not None else 100
    row.save()
    fact = events.AuditDone(
        kind=row.kind, touchpoint=row.touchpoint, office_id=row.office_id,
        kept=sum(item.result == "KEPT" for item in items), failed=len(failed), score=row.score,
    )  # fmt: skip
    journal.record(fact, about=row.ref, actor=actor, at=at)
    for item in failed:
        assert owner_id is not None
        assert due_on is not None
        ask_correction(
            row,
            what=f"{item.ask}：{item.note}",
            owner_id=owner_id,
            due_on=due_on,
            actor=actor,
            at=at,
        )
    return row.score


@tx.step
def ask_correction(
    row: Audit, *, what: str, owner_id: int, due_on: date, actor: Ref, at: datetime
) -> None:
    """Somebody has to put something right by a day."""
    asked = Correction.objects.create(
        audit=row, office_id=row.office_id, what=what[:300], owner_id=owner_id, due_on=due_on
    )
    fact = events.CorrectionAsked(
        audit_id=row.pk, office_id=row.office_id, owner_id=owner_id, due_on=due_on.isoformat()
    )
    journal.record(fact, about=asked.ref, actor=actor, at=at)
    give(asked, at)


@tx.use_case
def correct(
    *, correction_id: int, evidence: str, photo: tuple[str, bytes] | None, access: Access,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    The owner says what was done, with a photograph if there is one.

    :raises CorrectionNotFound: not theirs, or not open. :raises BadCorrection: no words.
    """
    row = _correction(correction_id)
    if row.owner_id != access.staff_id or row.state != "OPEN":
        raise CorrectionNotFound
    if not 4 <= len(evidence.strip()) <= 500:
        raise BadCorrection
    if photo is not None:
        row.upload_id = _keep_photo(row.ref, photo, actor, at)
    row.state, row.evidence = "CORRECTED", evidence.strip()
    row.corrected_by, row.corrected_at = str(actor), at
    row.save()
    fact = events.Corrected(audit_id=row.audit_id, office_id=row.office_id)
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.close_items(about=row.ref, at=at, queue=CORRECT)
    work.open_item(
        CONFIRM, about=row.ref, office_id=row.office_id, at=at, title="整改待确认", priority=50
    )


@tx.use_case
def confirm_correction(
    *, correction_id: int, confirmed: bool, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Somebody else looks: put right, or back to the owner with the reason.

    :raises OwnWork: the owner themselves. :raises CorrectionNotFound: nothing waits to be confirmed.
    :raises NoReason: sent back without one.
    """
    row = _correction(correction_id)
    access.require("quality.inspect", office_id=row.office_id)
    if row.state != "CORRECTED":
        raise CorrectionNotFound
    if access.staff_id == row.owner_id or row.corrected_by == str(actor):
        raise OwnWork
    if not confirmed and not 4 <= len(reason.strip()) <= 300:
        raise NoReason
    assert row.corrected_at is not None
    late = day_of(row.corrected_at) > row.due_on
    if confirmed:
        row.state, row.confirmed_by, row.confirmed_at = "CONFIRMED", str(actor), at
    else:
        row.state, row.sent_back = "OPEN", reason.strip()
    row.save()
    fact = events.CorrectionConfirmed(
        audit_id=row.audit_id, office_id=row.office_id, confirmed=confirmed, late=late
    )
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.close_items(about=row.ref, at=at, queue=CONFIRM)
    if not confirmed:
        give(row, at)


@tx.step
def give(row: Correction, at: datetime) -> None:
    """Have its owner put it right, by its day."""
    work.open_item(
        CORRECT, about=row.ref, office_id=row.office_id, at=at, title=f"整改：{row.what}"[:120],
        staff_id=row.owner_id, due_at=datetime.combine(row.due_on, time(18), CHINA),
    )  # fmt: skip


def _own(audit_id: int, actor: Ref) -> Audit:
    """One's own open audit, under a lock."""
    row = Audit.objects.select_for_update(of=("self",)).filter(pk=audit_id).first()
    if row is None or row.auditor != str(actor):
        raise AuditNotFound
    if row.state != "OPEN":
        raise AuditDoneAlready
    return row


def _correction(correction_id: int) -> Correction:
    row = Correction.objects.select_for_update(of=("self",)).filter(pk=correction_id).first()
    if row is None:
        raise CorrectionNotFound
    return row


def _works_at(staff_id: int, office_id: int) -> bool:
    """Whether somebody at work has a role over an office: who can put things right there."""
    return office_id in people.staff_access(staff_id).office_ids


def _keep_photo(about: Ref, photo: tuple[str, bytes], actor: Ref, at: datetime) -> int:
    name, content = photo
    return documents.take_in(
        about=about, party_id=NOBODYS, kind="OTHER", filename=name, content=content, actor=actor,
        at=at,
    )  # fmt: skip
