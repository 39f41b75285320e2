"""The ledger of problems (问题台账)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from yilu.journal import queries as journal
from yilu.journeys.book import the_book
from yilu.journeys.models import Breakpoint, Problem, ProblemNote
from yilu.journeys.operations.refusals import ProblemNotFound
from yilu.journeys.queries.breaks import BreakRow, break_rows
from yilu.journeys.queries.cases import step_name
from yilu.journeys.rules.names import BREAKS, SEVERITIES
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.people.queries import Access

RIGHT = "journeys.view"
UNSORTED = _("未归类")
CHANGES: tuple[tuple[str, str], ...] = tuple(Problem.Change.choices)
STILL_TO_GO_ON = Q(closed_at__isnull=True) & ~Q(state="PAST")
"""Breaks somebody is still to go on with: history troubles nobody."""


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem in the ledger."""

    id: int
    number: str
    title: str
    journey: str
    step: str
    kind_label: str
    severity: int
    severity_label: str
    common: bool
    owner: str
    owner_id: int
    state: str
    state_label: str
    opened_at: datetime
    review_on: date
    review_due: bool
    breaks: int
    open_breaks: int
    change: str
    change_label: str
    programme: str
    is_initiative: bool


@dataclass(frozen=True, slots=True)
class ChangeSum:
    """How many problems of one of the six changes there are (六大变革); ``code`` empty for those not sorted yet."""

    code: str
    label: str
    open: int
    closed: int


@dataclass(frozen=True, slots=True)
class ProgrammeSum:
    """What a programme of improvement has come to: its tasks and initiatives, done, and the breaks behind them."""

    name: str
    tasks: int
    initiatives: int
    closed: int
    breaks: int
    open_breaks: int

    @property
    def every(self) -> int:
        """Tasks and initiatives together."""
        return self.tasks + self.initiatives


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A look at its progress."""

    text: str
    breaks: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One problem with all that became of it."""

    row: ProblemRow
    text: str
    plan: str
    planned_at: datetime | None
    delivered: str
    delivered_at: datetime | None
    evidence: str
    closed_at: datetime | None
    closed_by: str
    closers: tuple[str, ...]
    """Who may close it: everybody with the right over its office but the owner, by name."""
    review_days: int
    notes: tuple[NoteRow, ...]
    breaks: tuple[BreakRow, ...]
    clocks: tuple[obligations.ClockView, ...]
    events: tuple[journal.EventRow, ...]


def list_problems(
    access: Access, at: datetime, *, state: str = "", only_open: bool = False, change: str = "",
    programme: str = "",
) -> list[ProblemRow]:  # fmt: skip
    """The ledger of one's offices: open ones by their review, then closed ones."""
    wanted = Q(office_id__in=access.offices_for(RIGHT))
    if state:
        wanted &= Q(state=state)
    if only_open:
        wanted &= ~Q(state="CLOSED")
    if change:
        wanted &= Q(change=change)
    if programme:
        wanted &= Q(programme=programme)
    rows = Problem.objects.filter(wanted).order_by("closed_at", "review_on", "-pk")[:200]
    return _rows(list(rows), at)


def by_change(access: Access) -> tuple[ChangeSum, ...]:
    """The ledger of one's offices by the six changes, in their order; those not sorted yet last."""
    found = {
        row["change"]: (row["open"], row["closed"])
        for row in Problem.objects.filter(office_id__in=access.offices_for(RIGHT))
        .values("change")
        .annotate(open=Count("pk", filter=~Q(state="CLOSED")), closed=Count("pk", filter=Q(state="CLOSED")))
    }  # fmt: skip
    sums = [
        ChangeSum(code, label, *found.get(code, (0, 0)))
        for code, label in (*Problem.Change.choices, ("", UNSORTED))
    ]
    return tuple(each for each in sums if each.code or each.open or each.closed)


def by_programme(access: Access) -> tuple[ProgrammeSum, ...]:
    """Every programme of improvement with tasks in one's offices, by name; the breaks are those of its tasks."""
    held = Problem.objects.filter(office_id__in=access.offices_for(RIGHT)).exclude(programme="")
    breaks = {
        row["problem__programme"]: (row["all"], row["open"])
        for row in Breakpoint.objects.filter(problem__in=held)
        .values("problem__programme")
        .annotate(all=Count("pk"), open=Count("pk", filter=STILL_TO_GO_ON))
    }
    return tuple(
        ProgrammeSum(
            row["programme"], row["all"] - row["initiatives"], row["initiatives"], row["closed"],
            *breaks.get(row["programme"], (0, 0)),
        )
        for row in held.values("programme").annotate(
            all=Count("pk"), initiatives=Count("pk", filter=Q(is_initiative=True)),
            closed=Count("pk", filter=Q(state="CLOSED")),
        ).order_by("programme")
    )  # fmt: skip


def _rows(rows: Sequence[Problem], at: datetime) -> list[ProblemRow]:
    book, today = the_book(), day_of(at)
    names = people.names_of(Ref("staff", row.owner_id) for row in rows)
    counts = {
        row["problem"]: (row["all"], row["open"])
        for row in Breakpoint.objects.filter(problem__in=rows)
        .values("problem")
        .annotate(all=Count("pk"), open=Count("pk", filter=STILL_TO_GO_ON))
    }
    return [
        ProblemRow(
            id=row.pk, number=str(row.number), title=row.title, journey=book.named(row.journey),
            step=step_name(book.newest(row.journey.partition(".")[0]), row.step) if row.step else "",
            kind_label=BREAKS.get(row.kind, ""), severity=row.severity,
            severity_label=SEVERITIES[row.severity], common=row.common,
            owner=names.get(Ref("staff", row.owner_id), ""), owner_id=row.owner_id, state=row.state,
            state_label=Problem.State(row.state).label, opened_at=row.opened_at,
            review_on=row.review_on,
            review_due=row.state != "CLOSED" and row.review_on <= today,
            breaks=counts.get(row.pk, (0, 0))[0], open_breaks=counts.get(row.pk, (0, 0))[1],
            change=row.change, change_label=Problem.Change(row.change).label if row.change else "",
            programme=row.programme, is_initiative=row.is_initiative,
        )
        for row in rows
    ]  # fmt: skip


def get_problem(problem_id: int, access: Access, at: datetime) -> ProblemView:
    """:raises ProblemNotFound: none, or one of another office."""
    row = Problem.objects.filter(pk=problem_id, office_id__in=access.offices_for(RIGHT)).first()
    if row is None:
        raise ProblemNotFound
    notes = list(ProblemNote.objects.filter(problem=row).order_by("-pk")[:50])
    who = {Ref.parse(by) for by in (*(n.by for n in notes), row.closed_by) if by}
    names = people.names_of(who)
    broken = list(Breakpoint.objects.filter(problem=row).order_by("-pk")[:30])
    return ProblemView(
        row=_rows([row], at)[0], text=row.text, plan=row.plan, planned_at=row.planned_at,
        delivered=row.delivered, delivered_at=row.delivered_at, evidence=row.evidence,
        closed_at=row.closed_at,
        closed_by=names.get(Ref.parse(row.closed_by), "") if row.closed_by else "",
        closers=tuple(
            name
            for staff_id, name in people.list_colleagues(row.office_id, "journeys.manage")
            if staff_id != row.owner_id
        ),
        review_days=row.review_days,
        notes=tuple(NoteRow(n.text, n.breaks, names.get(Ref.parse(n.by), ""), n.at) for n in notes),
        breaks=tuple(break_rows(broken)), clocks=tuple(obligations.list_clocks(row.ref, at)),
        events=tuple(journal.timeline(row.ref, 50)),
    )  # fmt: skip
