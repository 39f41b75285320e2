"""The ledger (问题台账): found, owned, planned, delivered, closed with evidence by somebody else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from yilu.journal import operations as journal
from yilu.journeys import events
from yilu.journeys.book import the_book
from yilu.journeys.models import Breakpoint, Problem, ProblemNote
from yilu.journeys.operations.refusals import (
    OwnProblem,
    ProblemNotFound,
    ProblemNotThere,
    WrongProblem,
)
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access, Succession
from yilu.standards.operations import EvidenceNeeded
from yilu.work import operations as work

RIGHT = "journeys.manage"
QUEUE = "journeys.problem"
CLOSE_OUT = "journeys.close_out"
LEAST = 10
PROGRAMME_MAX = 40
State = Problem.State


@tx.use_case
def open_problem(
    *, title: str, text: str, journey: str, owner_id: int, office_id: int, access: Access, actor: Ref,
    at: datetime, step: str = "", kind: str = "", severity: int = 1, common: bool = False,
    review_days: int = 7, breaks: Collection[int] = (), change: str = "", programme: str = "",
    is_initiative: bool = False,
) -> int:  # fmt: skip
    """
    Put a problem into the ledger with its owner; a common one has the clocks of 24 and 72 hours.

    ``breaks`` are the breaks it was seen by; those of the same journey, step and kind that are not
    yet of another problem join it.

    :raises WrongProblem: no words, no owner with the right, no such journey.
    """
    access.require(RIGHT, office_id=office_id)
    if not 4 <= len(title.strip()) <= 80 or not LEAST <= len(text.strip()) <= 1000:
        raise WrongProblem(hint=_("问题四到八十个字，说明十到一千个字。"))
    family = journey.partition(".")[0]
    declared = the_book().newest(family)
    if declared is None or (step and not declared.has_step(step)):
        raise WrongProblem(hint=_("请选择旅程和环节。"))
    if severity not in (1, 2, 3) or not 1 <= review_days <= 90:
        raise WrongProblem(hint=_("轻重为一到三，跟踪周期为一到九十天。"))
    if not _may_own(owner_id, office_id):
        raise WrongProblem(hint=_("请选择本机构有权限的责任人。"))
    _fits(change, programme)
    row = Problem.objects.create(
        title=title.strip(), text=text.strip(), journey=journey, step=step, kind=kind,
        severity=severity, common=common, office_id=office_id, owner_id=owner_id,
        review_days=review_days, review_on=day_of(at) + timedelta(days=review_days),
        opened_by=str(actor), opened_at=at, change=change, programme=programme.strip(),
        is_initiative=is_initiative,
    )  # fmt: skip
    row.number = f"T{day_of(at):%Y%m%d}{row.pk:05d}"
    row.save(update_fields=["number"])
    _join(row, breaks, access)
    fact = events.ProblemOpened(
        number=row.number, journey=journey, severity=severity, common=common, office_id=office_id
    )
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.open_item(
        QUEUE, about=row.ref, office_id=office_id, at=at, title=f"{row.number} {row.title}"[:120],
        staff_id=owner_id, due_at=at + timedelta(hours=24 if common else 24 * review_days),
    )  # fmt: skip
    return row.pk


def _may_own(staff_id: int, office_id: int) -> bool:
    access = people.access_if_at_work(staff_id)
    return access is not None and access.may(RIGHT, office_id=office_id)


def _join(row: Problem, breaks: Collection[int], access: Access) -> None:
    held = Breakpoint.objects.filter(
        problem__isnull=True, office_id__in=access.offices_for("journeys.view")
    )
    held.filter(pk__in=list(breaks)[:1000]).update(problem=row)
    if row.step and row.kind:
        held.filter(code=row.journey, step=row.step, kind=row.kind).update(problem=row)


@tx.use_case
def plan(*, problem_id: int, text: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Say what will be done (优化方案). Again replaces the words, not the time.

    :raises EvidenceNeeded: too few words. :raises ProblemNotThere: delivered already.
    """
    row = _held(problem_id, access)
    _enough(text)
    if row.state not in (State.OPEN, State.PLANNED):
        raise ProblemNotThere
    first = row.state == State.OPEN
    row.plan, row.state, row.planned_at = text.strip()[:1000], State.PLANNED, row.planned_at or at
    row.save(update_fields=["plan", "state", "planned_at"])
    if first:
        fact = events.ProblemPlanned(number=str(row.number))
        journal.record(fact, about=row.ref, actor=actor, at=at)


@tx.use_case
def sort_problem(
    *, problem_id: int, change: str, programme: str, is_initiative: bool, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Say which of the six changes it takes and which programme of improvement it belongs to (归类). Again replaces it.

    At any time, a closed one too: what it was is seen best at the end.
    :raises WrongProblem: no such change, or too long a name. :raises ProblemNotFound.
    """
    row = _held(problem_id, access)
    _fits(change, programme)
    row.change, row.programme, row.is_initiative = change, programme.strip(), is_initiative
    row.save(update_fields=["change", "programme", "is_initiative"])
    fact = events.ProblemSorted(number=str(row.number), change=change, is_initiative=is_initiative)
    journal.record(fact, about=row.ref, actor=actor, at=at)


def _fits(change: str, programme: str) -> None:
    if change not in ("", *Problem.Change.values) or len(programme.strip()) > PROGRAMME_MAX:
        raise WrongProblem(hint=_("请从六大变革中选一类，计划名称不超过四十个字。"))


@tx.use_case
def deliver(*, problem_id: int, text: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Say that the improvement is in place, and where it can be seen (落地); a colleague is to check it.

    :raises ProblemNotThere: there is no plan, or it is over. :raises EvidenceNeeded.
    """
    row = _held(problem_id, access)
    _enough(text)
    if row.state != State.PLANNED:
        raise ProblemNotThere
    row.delivered, row.state, row.delivered_at = text.strip()[:1000], State.DELIVERED, at
    row.save(update_fields=["delivered", "state", "delivered_at"])
    fact = events.ProblemDelivered(number=str(row.number))
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.open_item(
        CLOSE_OUT, about=row.ref, office_id=row.office_id, at=at,
        title=f"{row.number} {row.title}"[:120],
    )  # fmt: skip


@tx.use_case
def close_problem(
    *, problem_id: int, evidence: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Close it with evidence (销号): by somebody other than its owner, after delivery. Twice is once.

    :raises EvidenceNeeded, OwnProblem, ProblemNotThere.
    """
    row = _held(problem_id, access)
    if row.state == State.CLOSED and row.closed_by == str(actor):
        return
    _enough(evidence)
    if row.state != State.DELIVERED:
        raise ProblemNotThere
    if actor == Ref("staff", row.owner_id):
        raise OwnProblem
    row.evidence, row.state = evidence.strip()[:1000], State.CLOSED
    row.closed_at, row.closed_by = at, str(actor)
    row.save(update_fields=["evidence", "state", "closed_at", "closed_by"])
    count = Breakpoint.objects.filter(problem=row).count()
    fact = events.ProblemClosed(number=str(row.number), breaks=count)
    journal.record(fact, about=row.ref, actor=actor, at=at)
    for queue in (QUEUE, CLOSE_OUT):
        work.close_items(about=row.ref, at=at, queue=queue, outcome="CLOSED")


@tx.use_case
def reopen(*, problem_id: int, text: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Take it up again: the evidence did not hold, or it came back. The owner keeps it.

    :raises ProblemNotThere: it is open. :raises EvidenceNeeded: it is not said why.
    """
    row = _held(problem_id, access)
    _enough(text)
    if row.state not in (State.DELIVERED, State.CLOSED):
        raise ProblemNotThere
    row.state, row.evidence, row.closed_at, row.closed_by = State.PLANNED, "", None, ""
    row.delivered_at, row.review_on = None, day_of(at) + timedelta(days=row.review_days)
    row.save()
    _note(row, text, actor, at)
    journal.record(
        events.ProblemReopened(number=str(row.number)), about=row.ref, actor=actor, at=at
    )
    work.close_items(about=row.ref, at=at, queue=CLOSE_OUT, outcome="REOPENED")
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, staff_id=row.owner_id,
        title=f"{row.number} {row.title}"[:120],
    )  # fmt: skip


@tx.use_case
def review(*, problem_id: int, text: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Look at its progress and write down what is seen (定期跟踪); the next look is a cadence away.

    :raises ProblemNotThere: it is closed. :raises EvidenceNeeded: nothing is said.
    """
    row = _held(problem_id, access)
    if len(text.strip()) < 4:
        raise EvidenceNeeded(_("请写明跟踪情况"))
    if row.state == State.CLOSED:
        raise ProblemNotThere
    row.review_on = day_of(at) + timedelta(days=row.review_days)
    row.save(update_fields=["review_on"])
    _note(row, text, actor, at)
    fact = events.ProblemReviewed(number=str(row.number), next_on=row.review_on.isoformat())
    journal.record(fact, about=row.ref, actor=actor, at=at)


@tx.use_case
def remind_reviews(at: datetime, *, after: int = 0, limit: int = 200) -> journal.Page:
    """Bring the problems whose review is due before their owners, a page of them by id."""
    due = Problem.objects.filter(review_on__lte=day_of(at), pk__gt=after)
    rows = list(due.exclude(state=State.CLOSED).order_by("pk")[:limit])
    for row in rows:
        work.open_item(
            QUEUE, about=row.ref, office_id=row.office_id, at=at, staff_id=row.owner_id,
            title=f"{row.number} {row.title}"[:120],
        )  # fmt: skip
    return journal.Page(len(rows), rows[-1].pk if rows else 0)


PASSED_ON = "原责任人离职或不再有权限，由新的责任人接着办"


@tx.step
def pass_on(of: Succession, *, at: datetime) -> int:
    """
    Whoever left, or may no longer look after the ledger, owns none of its problems; how many there were.

    Each goes to the successor named, where they may, or to the lead, with a note; state, plan and clocks stay.
    """
    rows = Problem.objects.select_for_update().filter(owner_id=of.staff_id)
    passed = 0
    for row in rows.exclude(state=State.CLOSED).order_by("pk"):
        if of.keeps(RIGHT, row.office_id) or (heir := of.heir(RIGHT, row.office_id)) is None:
            continue
        row.owner_id = heir
        row.save(update_fields=["owner_id"])
        _note(row, PASSED_ON, SYSTEM, at)
        fact = events.ProblemHandedOver(
            number=str(row.number), from_staff_id=of.staff_id, to_staff_id=heir
        )
        journal.record(fact, about=row.ref, actor=SYSTEM, at=at)
        work.close_items(about=row.ref, at=at, queue=QUEUE, outcome="HANDED_ON")
        work.open_item(
            QUEUE, about=row.ref, office_id=row.office_id, at=at, staff_id=heir,
            title=f"{row.number} {row.title}"[:120],
        )  # fmt: skip
        passed += 1
    return passed


def _note(row: Problem, text: str, actor: Ref, at: datetime) -> None:
    held = Breakpoint.objects.filter(problem=row, closed_at__isnull=True)
    count = held.exclude(state=Breakpoint.State.PAST).count()
    ProblemNote.objects.create(
        problem=row, text=text.strip()[:500], breaks=count, by=str(actor), at=at
    )


def _enough(text: str) -> None:
    if len(text.strip()) < LEAST:
        raise EvidenceNeeded


def _held(problem_id: int, access: Access) -> Problem:
    access.require(RIGHT)
    row = (
        Problem.objects.select_for_update()
        .filter(pk=problem_id, office_id__in=access.offices_for(RIGHT))
        .first()
    )
    if row is None:
        raise ProblemNotFound
    return row
