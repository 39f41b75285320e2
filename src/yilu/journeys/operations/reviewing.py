"""The weekly review (周复盘): drawn up by itself, held by people, its decisions carried until they are done."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q

from yilu.journal import operations as journal
from yilu.journeys import events
from yilu.journeys.models import (
    Breakpoint,
    Problem,
    ReviewDecision,
    ReviewMinutes,
    ReviewPoint,
    WeeklyReview,
)
from yilu.journeys.operations.refusals import (
    DecisionEnded,
    NotTheOwner,
    OwnDecision,
    PointsLeft,
    ReviewNotFound,
    ReviewOver,
    WrongDecision,
)
from yilu.journeys.rules import weekly
from yilu.journeys.rules.weekly import Matter
from yilu.kernel import sealing, tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.obligations.queries.broken import broken_by_code
from yilu.people import queries as people
from yilu.people.queries import Access, Succession
from yilu.standards.operations import EvidenceNeeded
from yilu.work import operations as work

RIGHT = "journeys.manage"
VIEW = "journeys.view"
QUEUE = "journeys.problem"
State = WeeklyReview.State


@tx.use_case
def draw_reviews(at: datetime, *, after: int = 0, limit: int = 200) -> journal.Page:
    """
    Draw up last week's review for each office that has something to look back on, a page of offices by id.

    Once an office and week. What nobody held of an earlier week is missed; its decisions go on.
    """
    offices = sorted(each.id for each in people.list_offices() if each.id > after)[:limit]
    week = weekly.week_before(day_of(at))
    _miss(offices, week, at)
    held = WeeklyReview.objects.filter(week=week, office_id__in=offices)
    drawn = set(held.values_list("office_id", flat=True))
    wanting = [office for office in offices if office not in drawn]
    found = _matters(wanting, week, at) if wanting else {}
    made = _insert(sorted(found), week, at)
    for office, review_id in made.items():
        _write(review_id, office, week, weekly.agenda(found[office]), at)
    carried = Q(state="OPEN", office_id__in=list(made))
    ReviewDecision.objects.filter(carried).update(carried=F("carried") + 1)
    return journal.Page(len(made), offices[-1] if offices else 0)


def _insert(offices: Sequence[int], week: date, at: datetime) -> dict[int, int]:
    """New reviews by office; an office whose review somebody else has just drawn is left out."""
    rows = tx.rows(
        """
        insert into journeys_weeklyreview
               (office_id, week, state, present, minutes, drawn_at, meet_by, held_by)
        select o.id, %s::date, 'DRAWN', '{}', '', %s::timestamptz, %s::date, ''
          from unnest(%s::bigint[]) as o(id)
        on conflict (office_id, week) do nothing returning office_id, id
        """,
        [week, at, weekly.meet_by(week), list(offices)],
    )
    return dict(rows)


def _write(
    review_id: int, office: int, week: date, matters: Sequence[Matter], at: datetime
) -> None:
    ReviewPoint.objects.bulk_create(
        ReviewPoint(
            review_id=review_id, position=position, kind=each.kind, code=each.code,
            subject=each.subject, facts=each.facts,
        )
        for position, each in enumerate(matters)
    )  # fmt: skip
    about = Ref("weekly_review", review_id)
    fact = events.ReviewDrawn(
        office_id=office, week=week.isoformat(), points=len(matters),
        carried=sum(each.kind == "CARRIED" for each in matters),
        meet_by=weekly.meet_by(week).isoformat(),
    )  # fmt: skip
    journal.record(fact, about=about, actor=SYSTEM, at=at)
    work.open_item(
        QUEUE, about=about, office_id=office, at=at, title="周复盘：请召集复盘并写下纪要",
        due_at=_end_of(weekly.meet_by(week)),
    )  # fmt: skip


def _miss(offices: Sequence[int], week: date, at: datetime) -> None:
    late = WeeklyReview.objects.select_for_update().filter(
        state=State.DRAWN, week__lt=week, office_id__in=offices
    )
    for row in late.order_by("pk"):
        row.state = State.MISSED
        row.save(update_fields=["state"])
        fact = events.ReviewMissed(office_id=row.office_id, week=row.week.isoformat())
        journal.record(fact, about=row.ref, actor=SYSTEM, at=at)
        work.close_items(about=row.ref, at=at, queue=QUEUE, outcome="MISSED")


def _matters(offices: Sequence[int], week: date, at: datetime) -> dict[int, list[Matter]]:
    """What there is to look at, by office: a statement for each kind."""
    found: dict[int, list[Matter]] = defaultdict(list)
    today = day_of(at)
    for row in ReviewDecision.objects.filter(state="OPEN", office_id__in=offices):
        late = max(0, (today - row.due_on).days)
        found[row.office_id].append(
            Matter("CARRIED", "", str(row.ref), (late, row.carried), {"late": late})
        )
    due = Q(review_on__lte=today) | Q(state="DELIVERED") | Q(opened_at__gte=_start_of(week))
    for problem in Problem.objects.filter(due, office_id__in=offices).exclude(state="CLOSED"):
        weight = (problem.severity, problem.common)
        facts: dict[str, Any] = {"state": problem.state}
        found[problem.office_id].append(Matter("PROBLEM", "", str(problem.ref), weight, facts))
    for late_ones in broken_by_code(offices, _start_of(week)):
        facts = {
            "lately": late_ones.lately, "every": late_ones.every,
            "longest": [str(ref) for ref in late_ones.longest],
        }  # fmt: skip
        found[late_ones.office_id].append(
            Matter("LATE", late_ones.code, "", (late_ones.lately, late_ones.every), facts)
        )
    for office, code, step, kind, now, before in _breaks(offices, week):
        facts = {"journey": code, "step": step, "kind": kind, "now": now, "before": before}
        about = f"{code}/{step}/{kind}"
        found[office].append(Matter("BREAKS", about, "", (now, now - before), facts))
    return found


def _breaks(offices: Sequence[int], week: date) -> list[tuple[int, str, str, str, int, int]]:
    """Breaks of one kind at one step that no problem of the ledger looks after: a week's and those before."""
    return tx.rows(
        f"""
        select office_id, code, step, kind, count(*) filter (where found_at >= %s::timestamptz) as now,
               count(*) filter (where found_at < %s::timestamptz)
          from {Breakpoint._meta.db_table}
         where office_id = any(%s::bigint[]) and state <> 'PAST' and problem_id is null
           and found_at >= %s::timestamptz and found_at < %s::timestamptz
         group by 1, 2, 3, 4 having count(*) filter (where found_at >= %s::timestamptz) >= %s::int
        """,
        [
            _start_of(week), _start_of(week), list(offices), _start_of(week - timedelta(days=7)),
            _start_of(week + timedelta(days=7)), _start_of(week), weekly.LEAST_BREAKS,
        ],
    )  # fmt: skip


@tx.use_case
def note_point(
    *, review_id: int, point_id: int, text: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Write down what was said of a point that needs no decision. Again replaces the words.

    :raises ReviewOver: it was held or missed. :raises EvidenceNeeded: fewer than four characters.
    """
    row = _drawn(review_id, access)
    if len(text.strip()) < 4:
        raise EvidenceNeeded(_("请写明讨论情况"), hint=_("四个字以上，例如：已随系统升级解决。"))
    noted = ReviewPoint.objects.filter(pk=point_id, review=row)
    if not noted.update(note=text.strip()[:500], noted_by=str(actor)):
        raise ReviewNotFound


@tx.use_case
def decide_point(
    *, review_id: int, point_id: int, text: str, owner_id: int, due_on: date, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Decide what is done about a point, by whom and until when; the owner finds it in their work.

    The same decision again is the one there is. A clock runs to its day.

    :raises ReviewOver: it was held or missed. :raises WrongDecision: no words, an owner who may not, a day
        that is over or more than ninety days away.
    """
    row = _drawn(review_id, access)
    point = ReviewPoint.objects.filter(pk=point_id, review=row).first()
    if point is None:
        raise ReviewNotFound
    said = " ".join(text.split())
    if not 4 <= len(said) <= 300:
        raise WrongDecision(hint=_("决定写四到三百个字：做什么，做到什么样。"))
    if not timedelta(0) <= due_on - day_of(at) <= weekly.FURTHEST:
        raise WrongDecision(hint=_("期限请选今天起九十天之内的一天。"))
    holder = people.access_if_at_work(owner_id)
    if holder is None or not holder.may(RIGHT, office_id=row.office_id):
        raise WrongDecision(hint=_("请选择本机构有权限的责任人。"))
    same = ReviewDecision.objects.filter(point=point, text=said, owner_id=owner_id, due_on=due_on)
    if (known := same.values_list("pk", flat=True).first()) is not None:
        return known
    made = ReviewDecision.objects.create(
        point=point, office_id=row.office_id, text=said, owner_id=owner_id, due_on=due_on,
        decided_by=str(actor), decided_at=at,
    )  # fmt: skip
    fact = events.ReviewDecided(
        review_id=row.pk, office_id=row.office_id, owner_id=owner_id, due_on=due_on.isoformat()
    )
    journal.record(fact, about=made.ref, actor=actor, at=at)
    _ask(made, at)
    return made.pk


def _ask(row: ReviewDecision, at: datetime) -> None:
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, title=f"复盘决定：{row.text}"[:120],
        staff_id=row.owner_id, due_at=_end_of(row.due_on),
    )  # fmt: skip


@tx.use_case
def hold_review(
    *, review_id: int, present: Collection[int], minutes: str, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Say that it was held, by whom, and what came of it. What was written stays as it is from then on.

    :raises PointsLeft: a point has neither decision nor note. :raises WrongDecision: fewer than two people,
        or somebody who is none of this office's. :raises EvidenceNeeded: no minutes. :raises ReviewOver.
    """
    row = _drawn(review_id, access)
    known = {staff_id for staff_id, _name in people.list_colleagues(row.office_id, VIEW)}
    there = sorted(set(present))
    if len(there) < 2 or not known.issuperset(there):
        raise WrongDecision(_("请选择参加人"), hint=_("复盘至少两个人一起开，从名单中勾选。"))
    if len(minutes.strip()) < 10:
        raise EvidenceNeeded(_("请写明纪要"), hint=_("这一周的结论是什么，至少十个字。"))
    points = ReviewPoint.objects.filter(review=row)
    decisions = ReviewDecision.objects.filter(point__review=row)
    left = points.filter(note="").exclude(pk__in=decisions.values("point")).count()
    if left:
        raise PointsLeft(
            hint=Sentence(_("还有 {n} 个议题：每个都要作出决定，或写明讨论情况。"), n=left)
        )
    row.state, row.present, row.minutes = State.HELD, there, minutes.strip()[:2000]
    row.held_by, row.held_at = str(actor), at
    row.save(update_fields=["state", "present", "minutes", "held_by", "held_at"])
    fact = events.ReviewHeld(
        office_id=row.office_id, week=row.week.isoformat(), present=len(there),
        decisions=decisions.count(),
    )  # fmt: skip
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.close_items(about=row.ref, at=at, queue=QUEUE, outcome="HELD")
    journal.defer("journeys.print_minutes", review_id=row.pk)


@tx.use_case
def keep_minutes(*, review_id: int, content: bytes, at: datetime) -> None:
    """Keep the printed minutes of a held review; what was kept first stays."""
    row = WeeklyReview.objects.get(pk=review_id, state=State.HELD)
    digest = hashlib.sha256(content).hexdigest()
    sealed = sealing.seal_bytes(content, ReviewMinutes.PLACE)
    _kept, new = ReviewMinutes.objects.get_or_create(
        review=row, defaults={"content": sealed, "sha256": digest, "printed_at": at}
    )
    if new:
        fact = events.MinutesPrinted(sha256=digest)
        journal.record(fact, about=row.ref, actor=SYSTEM, at=at)


@tx.use_case
def finish_decision(
    *, decision_id: int, outcome: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Its owner did it and says what came of it. Twice is once.

    :raises NotTheOwner: somebody else. :raises DecisionEnded: it is over. :raises EvidenceNeeded.
    """
    row = _decision(decision_id, access)
    if row.state == "DONE" and row.ended_by == str(actor):
        return
    if actor != Ref("staff", row.owner_id):
        raise NotTheOwner
    _end(row, "DONE", outcome, actor, at)
    fact = events.ReviewDecisionDone(carried=row.carried)
    journal.record(fact, about=row.ref, actor=actor, at=at)


@tx.use_case
def drop_decision(
    *, decision_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    It is not done any more; somebody other than its owner says why. Twice is once.

    :raises OwnDecision: the owner. :raises DecisionEnded: it is over. :raises EvidenceNeeded.
    """
    row = _decision(decision_id, access)
    if row.state == "DROPPED" and row.ended_by == str(actor):
        return
    if actor == Ref("staff", row.owner_id):
        raise OwnDecision
    _end(row, "DROPPED", reason, actor, at)
    fact = events.ReviewDecisionDropped(carried=row.carried)
    journal.record(fact, about=row.ref, actor=actor, at=at)


def _end(row: ReviewDecision, state: str, words: str, actor: Ref, at: datetime) -> None:
    if row.state != "OPEN":
        raise DecisionEnded
    if len(words.strip()) < 4:
        raise EvidenceNeeded(_("请写明结果或原因"), hint=_("四个字以上，下次复盘会看到。"))
    row.state, row.outcome, row.ended_by, row.ended_at = state, words.strip()[:500], str(actor), at
    row.save(update_fields=["state", "outcome", "ended_by", "ended_at"])
    work.close_items(about=row.ref, at=at, queue=QUEUE, outcome=state)


@tx.step
def pass_on_decisions(of: Succession, *, at: datetime) -> int:
    """
    Whoever left, or may no longer do it, owns no decision; how many there were. Day and clock stay.

    Each goes to the successor named, where they may, or to the lead.
    """
    rows = ReviewDecision.objects.select_for_update().filter(owner_id=of.staff_id, state="OPEN")
    passed = 0
    for row in rows.order_by("pk"):
        if of.keeps(RIGHT, row.office_id) or (heir := of.heir(RIGHT, row.office_id)) is None:
            continue
        row.owner_id = heir
        row.save(update_fields=["owner_id"])
        fact = events.ReviewDecisionHandedOver(from_staff_id=of.staff_id, to_staff_id=heir)
        journal.record(fact, about=row.ref, actor=SYSTEM, at=at)
        work.close_items(about=row.ref, at=at, queue=QUEUE, outcome="HANDED_ON")
        _ask(row, at)
        passed += 1
    return passed


def _drawn(review_id: int, access: Access) -> WeeklyReview:
    access.require(RIGHT)
    rows = WeeklyReview.objects.select_for_update().filter(pk=review_id)
    row = rows.filter(office_id__in=access.offices_for(RIGHT)).first()
    if row is None:
        raise ReviewNotFound
    if row.state != State.DRAWN:
        raise ReviewOver
    return row


def _decision(decision_id: int, access: Access) -> ReviewDecision:
    access.require(RIGHT)
    rows = ReviewDecision.objects.select_for_update().filter(pk=decision_id)
    row = rows.filter(office_id__in=access.offices_for(RIGHT)).first()
    if row is None:
        raise ReviewNotFound
    return row


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _end_of(day: date) -> datetime:
    return _start_of(day + timedelta(days=1)) - timedelta(minutes=1)
