"""Audits, what they found, third parties' files; a standard's checklist beside a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yilu.documents import queries as documents
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.quality.inspection_refusals import AuditNotFound, CorrectionNotFound
from yilu.quality.models import Audit, AuditFile, AuditItem, Correction, StandardVersion, Tick
from yilu.quality.queries.standards import VersionView, get_version, standards_now
from yilu.quality.rules.auditing import KINDS, RESULTS
from yilu.quality.rules.standards import TOUCHPOINTS

__all__ = ["KINDS", "RESULTS"]
SHOWN = 50
BESIDE_A_CLAIM = ("survey", "loss_assessment", "document_intake")
"""The standards whose checklists stand beside a claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One line of the list as it was found."""

    position: int
    ask: str
    result: str
    result_label: str
    note: str
    photo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """An audit; ``items`` only where one is opened."""

    id: int
    kind: str
    kind_label: str
    touchpoint_label: str
    version: int | None
    office_id: int
    firm: str
    state: str
    state_label: str
    auditor: str
    begun_at: datetime
    done_at: datetime | None
    score: int | None
    items: tuple[ItemView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """Something to be put right."""

    id: int
    audit_id: int
    office_id: int
    what: str
    owner_id: int
    due_on: date
    late: bool
    state: str
    state_label: str
    evidence: str
    photo: bool
    corrected_at: datetime | None
    sent_back: str
    confirmed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A third party's file, with the rows that could not be loaded."""

    id: int
    name: str
    firm: str
    loaded: int
    problems: tuple[tuple[int, str], ...]
    imported_by: str
    imported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistView:
    """A standard's checklist for one case: each line, and whether it was ticked."""

    version: VersionView
    lines: tuple[tuple[int, str, bool], ...]
    done: int


def list_audits(access: Access) -> list[AuditView]:
    """Of the offices one may look at, the latest first."""
    access.require("quality.view")
    rows = Audit.objects.filter(office_id__in=access.offices_for("quality.view"))
    return [_audit(r) for r in rows.select_related("file", "version").order_by("-pk")[:SHOWN]]


def get_audit(audit_id: int, access: Access) -> AuditView:
    """One with its list. :raises AuditNotFound: none, or not theirs to see."""
    row = Audit.objects.select_related("file", "version").filter(pk=audit_id).first()
    if row is None or not (
        access.may("quality.view", row.office_id) or row.auditor == f"staff:{access.staff_id}"
    ):
        raise AuditNotFound
    return _audit(row, [_item(each) for each in row.items.order_by("position")])


def list_corrections(
    access: Access, *, on: date, mine: bool = False, audit_id: int | None = None
) -> list[CorrectionView]:
    """One's own open ones, or those of the offices one looks at; what is open and due first."""
    rows = Correction.objects.all()
    if mine:
        rows = rows.filter(owner_id=access.staff_id).exclude(state="CONFIRMED")
    else:
        rows = rows.filter(office_id__in=access.offices_for("quality.view"))
    if audit_id is not None:
        rows = rows.filter(audit_id=audit_id)
    found = [_correction(row, on) for row in rows.order_by("due_on", "pk")[: SHOWN * 2]]
    return sorted(found, key=lambda each: each.state == "CONFIRMED")


def list_files(access: Access) -> list[FileView]:
    """Third parties' files, the latest first."""
    access.require("quality.manage")
    return [
        FileView(
            id=row.pk, name=row.name, firm=row.firm, loaded=row.loaded,
            problems=tuple((line, why) for line, why in row.problems),
            imported_by=row.imported_by, imported_at=row.imported_at,
        )
        for row in AuditFile.objects.order_by("-pk")[:SHOWN]
    ]  # fmt: skip


def photo_of_item(audit_id: int, position: int, access: Access) -> bytes:
    """A photograph of a line as a picture. :raises AuditNotFound: none, or not theirs to see."""
    get_audit(audit_id, access)
    item = AuditItem.objects.filter(audit_id=audit_id, position=position).first()
    if item is None or item.upload_id is None:
        raise AuditNotFound
    return documents.preview(item.upload_id)


def photo_of_correction(correction_id: int, access: Access) -> bytes:
    """The photograph that shows it put right. :raises CorrectionNotFound: none, or not theirs."""
    row = Correction.objects.filter(pk=correction_id).first()
    if (
        row is None
        or row.upload_id is None
        or not (access.may("quality.view", row.office_id) or row.owner_id == access.staff_id)
    ):
        raise CorrectionNotFound
    return documents.preview(row.upload_id)


def checklists_beside(subject: Ref, *, office_id: int, on: date) -> list[ChecklistView]:
    """
    The checklists that stand beside a claim, ticked as far as they were kept to.

    A version that was ticked before stays beside the claim though another counts by now.
    """
    ticked: dict[int, set[int]] = {}
    for version, position in Tick.objects.filter(subject=str(subject)).values_list(
        "version_id", "position"
    ):
        ticked.setdefault(version, set()).add(position)
    now = standards_now(office_id=office_id, on=on)
    found = []
    for touchpoint in BESIDE_A_CLAIM:
        view = _begun_or(now.get(touchpoint), touchpoint, ticked)
        if view is None:
            continue
        kept = ticked.get(view.id, set())
        lines = tuple((n, line, n in kept) for n, line in enumerate(view.standard.checklist, 1))
        found.append(
            ChecklistView(version=view, lines=lines, done=sum(done for *_line, done in lines))
        )
    return found


def _begun_or(
    now: VersionView | None, touchpoint: str, ticked: dict[int, set[int]]
) -> VersionView | None:
    begun = (
        StandardVersion.objects.filter(pk__in=list(ticked), touchpoint=touchpoint)
        .order_by("-number").values_list("pk", flat=True).first()
    ) if ticked else None  # fmt: skip
    return get_version(begun) if begun and (now is None or begun != now.id) else now


def _audit(row: Audit, items: list[ItemView] | None = None) -> AuditView:
    return AuditView(
        id=row.pk, kind=row.kind, kind_label=row.get_kind_display(),
        touchpoint_label=TOUCHPOINTS[row.touchpoint],
        version=row.version.number if row.version else None, office_id=row.office_id,
        firm=row.file.firm if row.file else "", state=row.state,
        state_label=row.get_state_display(), auditor=row.auditor, begun_at=row.begun_at,
        done_at=row.done_at, score=row.score, items=tuple(items or ()),
    )  # fmt: skip


def _item(row: AuditItem) -> ItemView:
    return ItemView(
        position=row.position, ask=row.ask, result=row.result,
        result_label=RESULTS.get(row.result, ""), note=row.note, photo=row.upload_id is not None,
    )  # fmt: skip


def _correction(row: Correction, on: date) -> CorrectionView:
    return CorrectionView(
        id=row.pk, audit_id=row.audit_id, office_id=row.office_id, what=row.what,
        owner_id=row.owner_id, due_on=row.due_on, late=row.state == "OPEN" and row.due_on < on,
        state=row.state, state_label=row.get_state_display(), evidence=row.evidence,
        photo=row.upload_id is not None, corrected_at=row.corrected_at, sent_back=row.sent_back,
        confirmed_by=row.confirmed_by,
    )  # fmt: skip
