"""Cases on their journeys, and one of them with everything a seat has to know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from yilu.journal import queries as journal
from yilu.journeys.book import the_book
from yilu.journeys.models import Breakpoint, JourneyCase, StepPassage
from yilu.journeys.operations.refusals import CaseNotFound
from yilu.journeys.rules.definition import Journey
from yilu.journeys.rules.names import BREAKS, TOUCHPOINTS
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access

RIGHT = "journeys.view"
PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list."""

    id: int
    code: str
    name: str
    subject: Ref
    step: str
    touchpoint: str
    party_id: int | None
    customer: str
    started_at: datetime
    entered_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    breaks: int


@dataclass(frozen=True, slots=True)
class PassageRow:
    """One step that a case went through, or is in."""

    step: str
    touchpoint: str
    entered_at: datetime
    left_at: datetime | None
    due_at: datetime | None
    attempts: int
    declared: bool
    late: bool


@dataclass(frozen=True, slots=True)
class CaseBreak:
    """A break on a case's way."""

    id: int
    kind: str
    step: str
    found_at: datetime
    state: str
    state_label: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case with its way, its breaks and what happened."""

    row: CaseRow
    passages: tuple[PassageRow, ...]
    breaks: tuple[CaseBreak, ...]
    events: tuple[journal.EventRow, ...]


def list_cases(
    access: Access, *, family: str = "", step: str = "", touchpoint: str = "", at: datetime,
    late: bool = False, before: int | None = None, within: Collection[int] | None = None,
) -> list[CaseRow]:  # fmt: skip
    """Open cases where somebody is (``within``: of these offices only), newest first; a keyset page."""
    wanted = Q(ended_at__isnull=True, office_id__in=access.offices_for(RIGHT))
    if within is not None:
        wanted &= Q(office_id__in=within)
    if family:
        wanted &= Q(family=family)
    if step:
        wanted &= Q(step=step)
    if touchpoint:
        wanted &= Q(touchpoint=touchpoint)
    if before:
        wanted &= Q(pk__lt=before)
    rows = list(JourneyCase.objects.filter(wanted).order_by("-pk")[: PAGE + 1])
    found = _rows(rows)
    return [each for each in found if not late or (each.due_at and each.due_at <= at)]


def _rows(rows: Collection[JourneyCase]) -> list[CaseRow]:
    book = the_book()
    names = people.list_parties({row.party_id for row in rows if row.party_id})
    due = dict(
        StepPassage.objects.filter(
            case_id__in=[row.pk for row in rows], left_at__isnull=True
        ).values_list("case_id", "due_at")
    )
    broken: dict[str, int] = {}
    for subject in Breakpoint.objects.filter(
        subject__in=[row.subject for row in rows], closed_at__isnull=True
    ).values_list("subject", flat=True):
        broken[subject] = broken.get(subject, 0) + 1
    return [
        CaseRow(
            id=row.pk, code=row.code, name=book.named(row.code), subject=Ref.parse(row.subject),
            step=step_name(book.newest(row.family), row.step),
            touchpoint=TOUCHPOINTS.get(row.touchpoint, row.touchpoint), party_id=row.party_id,
            customer=names[row.party_id].masked_name if row.party_id in names else "",
            started_at=row.started_at, entered_at=row.entered_at, due_at=due.get(row.pk),
            ended_at=row.ended_at, breaks=broken.get(row.subject, 0),
        )
        for row in rows
    ]  # fmt: skip


def step_name(journey: Journey | None, code: str) -> str:
    """What a step is called now; its code where no version knows it any more."""
    if journey is None or not journey.has_step(code):
        return code
    return journey.step(code).name


def get_case(case_id: int, access: Access) -> CaseView:
    """:raises CaseNotFound: none, or one of another office."""
    row = JourneyCase.objects.filter(pk=case_id, office_id__in=access.offices_for(RIGHT)).first()
    if row is None:
        raise CaseNotFound
    journey = the_book().newest(row.family)
    passages = StepPassage.objects.filter(case=row).order_by("ordinal")
    breaks = Breakpoint.objects.filter(subject=row.subject, family=row.family).order_by("-pk")[:50]
    told, strange = journal.timeline(Ref.parse(row.subject), 60), _strange_rooms(journey)
    return CaseView(
        row=_rows([row])[0],
        passages=tuple(
            PassageRow(
                step_name(journey, p.step), TOUCHPOINTS.get(p.touchpoint, p.touchpoint),
                p.entered_at, p.left_at, p.due_at, p.attempts, p.declared,
                p.late_found_at is not None
                or bool(p.due_at and p.left_at and p.left_at > p.due_at),
            )
            for p in passages
        ),
        breaks=tuple(
            CaseBreak(
                b.pk, BREAKS[b.kind], step_name(journey, b.step), b.found_at, b.state,
                b.get_state_display(),
            )
            for b in breaks
        ),
        events=tuple(e for e in told if e.kind.split(".")[0] not in strange),
    )  # fmt: skip


def _strange_rooms(journey: Journey | None) -> frozenset[str]:
    """Rooms that call something of theirs as this journey's subjects are called, and follow it by another."""
    if journey is None:
        return frozenset()
    alike = [each for each in the_book().journeys() if each.subject == journey.subject]
    return frozenset[str]().union(*map(_rooms_of, alike)) - _rooms_of(journey)


def _rooms_of(journey: Journey) -> frozenset[str]:
    return frozenset(on.on.split(".")[0] for step in journey.steps for on in step.enter)


def find_case(subject: Ref, access: Access) -> int | None:
    """The case about something, where the asker may see it."""
    return (
        JourneyCase.objects.filter(subject=str(subject), office_id__in=access.offices_for(RIGHT))
        .values_list("pk", flat=True)
        .first()
    )
