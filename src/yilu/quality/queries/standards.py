"""Standards as screens see them: the one that counts here today, and every version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from yilu.people.queries import Access
from yilu.quality.models import Deviation, StandardVersion
from yilu.quality.refusals import StandardNotFound
from yilu.quality.rules import standards
from yilu.quality.rules.standards import Placed, Standard


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version with its text read."""

    id: int
    touchpoint: str
    touchpoint_label: str
    number: int
    state: str
    state_label: str
    standard: Standard
    text: str
    revision: int
    author: str
    written_at: datetime
    approver: str
    approved_at: datetime | None
    since: date | None
    pilot: tuple[int, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationView:
    """An exception asked for, or allowed."""

    id: int
    version_id: int
    touchpoint_label: str
    office_id: int
    what: str
    why: str
    until: date
    state: str
    state_label: str
    asked_by: str
    decided_by: str
    answer: str


def standard_for(touchpoint: str, *, office_id: int | None, on: date) -> VersionView | None:
    """The version that counts at a touchpoint of an office on a day."""
    return standards_now(office_id=office_id, on=on, touchpoint=touchpoint).get(touchpoint)


def standards_now(
    *, office_id: int | None, on: date, touchpoint: str = ""
) -> Mapping[str, VersionView]:
    """What counts in an office on a day, by touchpoint in the catalogue's order."""
    rows = StandardVersion.objects.filter(state__in=["PILOT", "APPROVED"], since__lte=on)
    if touchpoint:
        rows = rows.filter(touchpoint=touchpoint)
    of: dict[str, list[StandardVersion]] = {}
    for row in rows:
        of.setdefault(row.touchpoint, []).append(row)
    found = {}
    for code in standards.TOUCHPOINTS:
        placed = [
            Placed(r.pk, r.number, r.since, frozenset(r.pilot) if r.pilot is not None else None)
            for r in of.get(code, ()) if r.since is not None
        ]  # fmt: skip
        chosen = standards.counting(placed, office_id=office_id, on=on)
        if chosen is not None:
            found[code] = _view(next(r for r in of[code] if r.pk == chosen))
    return found


def get_version(version_id: int) -> VersionView:
    """One version. :raises StandardNotFound: none."""
    row = StandardVersion.objects.filter(pk=version_id).first()
    if row is None:
        raise StandardNotFound
    return _view(row)


def list_versions(touchpoint: str) -> list[VersionView]:
    """Every version of a touchpoint, the newest first. :raises StandardNotFound: no such touchpoint."""
    if touchpoint not in standards.TOUCHPOINTS:
        raise StandardNotFound
    rows = StandardVersion.objects.filter(touchpoint=touchpoint).order_by("-number")
    return [_view(row) for row in rows]


def deviations_of(touchpoint: str, *, office_id: int, on: date) -> list[DeviationView]:
    """What an office may do otherwise on a day."""
    rows = Deviation.objects.filter(
        version__touchpoint=touchpoint, office_id=office_id, state="ALLOWED", until__gte=on
    )
    return [_deviation(row) for row in rows.select_related("version").order_by("pk")]


def list_deviations(access: Access, *, touchpoint: str) -> list[DeviationView]:
    """Those of the offices one decides for, and one's own office's; open ones first."""
    offices = access.offices_for("quality.manage") | {access.office_id}
    rows = Deviation.objects.filter(version__touchpoint=touchpoint, office_id__in=offices)
    views = [_deviation(row) for row in rows.select_related("version").order_by("-pk")[:50]]
    return sorted(views, key=lambda view: view.state != "ASKED")


def _view(row: StandardVersion) -> VersionView:
    return VersionView(
        id=row.pk, touchpoint=row.touchpoint, touchpoint_label=standards.TOUCHPOINTS[row.touchpoint],
        number=row.number, state=row.state, state_label=row.get_state_display(),
        standard=standards.read(row.text), text=row.text, revision=row.revision, author=row.author,
        written_at=row.written_at, approver=row.approver, approved_at=row.approved_at,
        since=row.since, pilot=tuple(row.pilot) if row.pilot is not None else None,
    )  # fmt: skip


def _deviation(row: Deviation) -> DeviationView:
    return DeviationView(
        id=row.pk, version_id=row.version_id,
        touchpoint_label=standards.TOUCHPOINTS[row.version.touchpoint], office_id=row.office_id,
        what=row.what, why=row.why, until=row.until, state=row.state,
        state_label=row.get_state_display(), asked_by=row.asked_by, decided_by=row.decided_by,
        answer=row.answer,
    )  # fmt: skip
