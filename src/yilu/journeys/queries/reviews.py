"""Weekly reviews (周复盘): those of one's offices, and one with its points and decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from yilu.journal import queries as journal
from yilu.journeys.book import the_book
from yilu.journeys.models import Problem, ReviewDecision, ReviewMinutes, ReviewPoint, WeeklyReview
from yilu.journeys.operations.refusals import NoMinutes, ReviewNotFound
from yilu.journeys.queries.cases import step_name
from yilu.journeys.rules.names import BREAKS
from yilu.kernel import sealing
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.people.queries import Access

RIGHT = "journeys.view"
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A review in a list; ``until`` is the last day of its week."""

    id: int
    office_id: int
    office: str
    week: date
    until: date
    meet_by: date
    state: str
    state_label: str
    points: int
    decisions: int
    open_decisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What was decided, by whom it is done, and how far it is."""

    id: int
    review_id: int
    text: str
    owner: str
    owner_id: int
    due_on: date
    late: bool
    carried: int
    state: str
    state_label: str
    outcome: str
    ended_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """
    One thing to look at, as it stood when the review was drawn up.

    ``facts`` are its counts, ``longest`` what waits longest; ``earlier`` the decision that was carried over.
    """

    id: int
    kind: str
    kind_label: str
    title: str
    title_en: str
    parts: tuple[str, ...]
    code: str
    subject: str
    facts: dict[str, Any]
    longest: tuple[str, ...]
    earlier: DecisionRow | None
    note: str
    decisions: tuple[DecisionRow, ...]

    @property
    def is_settled(self) -> bool:
        """Whether it was talked about: a decision or a note."""
        return bool(self.note or self.decisions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """One review with everything."""

    row: ReviewRow
    points: tuple[PointRow, ...]
    present: tuple[str, ...]
    minutes: str
    held_by: str
    held_at: datetime | None
    drawn_at: datetime
    left: int
    clock: obligations.ClockView | None
    events: tuple[journal.EventRow, ...]
    sha256: str
    """Of the minutes as a file; empty until they are printed."""


def list_reviews(access: Access, *, before: int | None = None) -> list[ReviewRow]:
    """Those of one's offices, newest first: a keyset page and one more where there are more."""
    wanted = Q(office_id__in=access.offices_for(RIGHT))
    if before:
        wanted &= Q(pk__lt=before)
    return _rows(list(WeeklyReview.objects.filter(wanted).order_by("-pk")[: PAGE + 1]))


def list_open_decisions(access: Access, at: datetime) -> list[DecisionRow]:
    """What was decided and is not done, of one's offices, the first due on top: up to a hundred."""
    mine = Q(state="OPEN", office_id__in=access.offices_for(RIGHT))
    rows = ReviewDecision.objects.filter(mine).select_related("point").order_by("due_on", "pk")
    return _decisions(list(rows[:100]), at)


def review_of_decision(decision_id: int, access: Access) -> int:
    """The review a decision was made in. :raises ReviewNotFound: none of one's offices."""
    mine = Q(pk=decision_id, office_id__in=access.offices_for(RIGHT))
    found = ReviewDecision.objects.filter(mine).values_list("point__review_id", flat=True).first()
    if found is None:
        raise ReviewNotFound
    return found


def get_review(review_id: int, access: Access, at: datetime) -> ReviewView:
    """:raises ReviewNotFound: none, or one of another office."""
    return _view(_seen(review_id, access), at)


def held_review(review_id: int, at: datetime) -> ReviewView:
    """One that was held, for whoever prints its minutes; the right is the caller's."""
    return _view(WeeklyReview.objects.get(pk=review_id, state="HELD"), at)


def minutes_of(review_id: int, access: Access) -> bytes:
    """
    The minutes as they were printed, a PDF/A.

    :raises ReviewNotFound: none, or one of another office. :raises NoMinutes: not printed yet.
    """
    row = _seen(review_id, access)
    kept = ReviewMinutes.objects.filter(review=row).values_list("content", flat=True).first()
    if kept is None:
        raise NoMinutes
    return sealing.unseal_bytes(kept, ReviewMinutes.PLACE)


def _seen(review_id: int, access: Access) -> WeeklyReview:
    mine = Q(pk=review_id, office_id__in=access.offices_for(RIGHT))
    row = WeeklyReview.objects.filter(mine).first()
    if row is None:
        raise ReviewNotFound
    return row


def _view(row: WeeklyReview, at: datetime) -> ReviewView:
    points = _points(row, at)
    printed = ReviewMinutes.objects.filter(review=row).values_list("sha256", flat=True).first()
    who = [Ref("staff", staff_id) for staff_id in row.present]
    names = people.names_of([*who, *([Ref.parse(row.held_by)] if row.held_by else [])])
    clocks = obligations.list_clocks(row.ref, at)
    return ReviewView(
        row=_rows([row])[0], points=points, present=tuple(names.get(ref, "") for ref in who),
        minutes=row.minutes, held_by=names.get(Ref.parse(row.held_by), "") if row.held_by else "",
        held_at=row.held_at, drawn_at=row.drawn_at,
        left=sum(not point.is_settled for point in points),
        clock=clocks[0] if clocks else None, events=tuple(journal.timeline(row.ref, 30)),
        sha256=printed or "",
    )  # fmt: skip


def _rows(rows: Sequence[WeeklyReview]) -> list[ReviewRow]:
    offices = {each.id: each.name for each in people.list_offices()}
    points = dict(
        ReviewPoint.objects.filter(review__in=rows).values_list("review").annotate(n=Count("pk"))
    )
    decided = {
        review: (every, waiting)
        for review, every, waiting in ReviewDecision.objects.filter(point__review__in=rows)
        .values_list("point__review")
        .annotate(every=Count("pk"), waiting=Count("pk", filter=Q(state="OPEN")))
    }
    return [
        ReviewRow(
            id=row.pk, office_id=row.office_id, office=offices.get(row.office_id, ""), week=row.week,
            until=row.week + timedelta(days=6), meet_by=row.meet_by, state=row.state,
            state_label=WeeklyReview.State(row.state).label, points=points.get(row.pk, 0),
            decisions=decided.get(row.pk, (0, 0))[0], open_decisions=decided.get(row.pk, (0, 0))[1],
        )
        for row in rows
    ]  # fmt: skip


def _decisions(rows: Sequence[ReviewDecision], at: datetime) -> list[DecisionRow]:
    today = day_of(at)
    who = {Ref("staff", row.owner_id) for row in rows}
    who |= {Ref.parse(row.ended_by) for row in rows if row.ended_by}
    names = people.names_of(who)
    return [
        DecisionRow(
            id=row.pk, review_id=row.point.review_id, text=row.text,
            owner=names.get(Ref("staff", row.owner_id), ""), owner_id=row.owner_id, due_on=row.due_on,
            late=row.state == "OPEN" and row.due_on < today, carried=row.carried, state=row.state,
            state_label=ReviewDecision.State(row.state).label, outcome=row.outcome,
            ended_by=names.get(Ref.parse(row.ended_by), "") if row.ended_by else "",
            ended_at=row.ended_at,
        )
        for row in rows
    ]  # fmt: skip


def _points(review: WeeklyReview, at: datetime) -> tuple[PointRow, ...]:
    points = list(ReviewPoint.objects.filter(review=review).order_by("position"))
    carried = _ids(points, "CARRIED")
    wanted = Q(point__in=points) | Q(pk__in=carried)
    found = list(ReviewDecision.objects.filter(wanted).select_related("point").order_by("pk"))
    told = {row.id: row for row in _decisions(found, at)}
    made: dict[int, list[DecisionRow]] = {}
    for each in found:
        if each.point.review_id == review.pk:
            made.setdefault(each.point_id, []).append(told[each.pk])
    problems = Problem.objects.in_bulk(_ids(points, "PROBLEM"))
    titles = {each.code: each for each in obligations.list_definitions(at)}
    return tuple(
        PointRow(
            id=point.pk, kind=point.kind, kind_label=ReviewPoint.Kind(point.kind).label,
            **_title(point, told, problems, titles), code=point.code, subject=point.subject,
            facts=point.facts, longest=tuple(point.facts.get("longest", ())),
            earlier=told.get(Ref.parse(point.subject).id) if point.kind == "CARRIED" else None,
            note=point.note, decisions=tuple(made.get(point.pk, ())),
        )
        for point in points
    )  # fmt: skip


def _ids(points: Iterable[ReviewPoint], kind: str) -> Collection[int]:
    return [Ref.parse(point.subject).id for point in points if point.kind == kind]


def _title(
    point: ReviewPoint, decisions: dict[int, DecisionRow], problems: dict[int, Problem],
    titles: dict[str, obligations.DefinitionView],
) -> dict[str, Any]:  # fmt: skip
    """What people call it: one title, or names that stand side by side."""
    title, english, parts = point.code, "", ()
    if point.kind == "CARRIED":
        title = decisions[Ref.parse(point.subject).id].text
    elif point.kind == "PROBLEM":
        title = problems[Ref.parse(point.subject).id].title
    elif point.kind == "LATE" and point.code in titles:
        title, english = titles[point.code].title, titles[point.code].title_en
    elif point.kind == "BREAKS":
        book, facts = the_book(), point.facts
        family = book.newest(str(facts["journey"]).partition(".")[0])
        names = (book.named(facts["journey"]), step_name(family, facts["step"]))
        return {
            "title": "", "title_en": "",
            "parts": (*names, BREAKS.get(facts["kind"], facts["kind"])),
        }  # fmt: skip
    return {"title": title, "title_en": english, "parts": parts}
