"""Drills: begun, spoken line by line, ended and scored; a trainer may put a score right."""

from __future__ import annotations

import dataclasses
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from yilu.contact import queries as contact
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality import events
from yilu.quality.books import drills, phrases, versions
from yilu.quality.models import Drill, DrillLine, ScenarioVersion
from yilu.quality.operations.scenario_versions import load
from yilu.quality.queries.in_force import manner_of, scenario_of, scenario_version
from yilu.quality.rules import books, drill_scoring, drilling, scenarios
from yilu.quality.rules.drilling import Sign, State
from yilu.quality.training_refusals import (
    BadCorrection,
    DrillGoingOn,
    DrillNotFound,
    DrillOver,
    NothingSaid,
    OwnScore,
)

AT_ONCE = 100


@tx.use_case
def start_drill(
    *, scenario: str, staff_id: int, actor: Ref, at: datetime, seed: str | None = None
) -> int:
    """
    Begin, or go on with the one that is open: two tabs are one drill. Its id.

    :raises DrillNotFound: no such scenario.
    """
    version = _version(scenario, at)
    key = f"quality.drill.{scenario}"
    tx.rows("select pg_advisory_xact_lock(hashtextextended(%s, %s::bigint))", [key, staff_id])
    open_one = Drill.objects.filter(staff_id=staff_id, scenario=scenario, ended_at=None).first()
    if open_one is not None and at <= open_one.due_at:
        return open_one.pk
    if open_one is not None:
        _end(open_one, drilling.over_time(_state(open_one)), open_one.due_at, SYSTEM)
    seed, found = seed or secrets.token_hex(8), scenarios.read(version.text, scenario)
    state, line = drilling.begin(found, seed)
    row = Drill.objects.create(
        scenario=scenario, version=version, manner=versions.in_force(books.MANNER, day_of(at)),
        staff_id=staff_id, office_id=people.get_staff(staff_id).office_id,
        seed=seed, state=dataclasses.asdict(state), started_at=at,
        due_at=at + timedelta(minutes=found.minutes),
    )  # fmt: skip
    _line(row, 1, mine=False, text=line, state=state, at=at)
    fact = events.DrillStarted(scenario=scenario, staff_id=staff_id)
    journal.record(fact, about=Ref("drill", row.pk), actor=actor, at=at)
    return row.pk


@tx.use_case
def say(
    *, drill_id: int, text: str, key: str, staff_id: int, actor: Ref, at: datetime
) -> int | None:
    """
    Say a line to the customer; the id of the answer's line. The same ``key`` twice is said once.

    :raises NothingSaid: no words. :raises DrillOver: it has ended. After its time the drill ends instead.
    """
    row = _own(drill_id, staff_id)
    if key and (before := DrillLine.objects.filter(drill=row, key=key).first()):
        answer = DrillLine.objects.filter(drill=row, number=before.number + 1).first()
        return answer.pk if answer else None
    if row.ended_at is not None:
        raise DrillOver
    if at > row.due_at:
        _end(row, drilling.over_time(_state(row)), row.due_at, SYSTEM)
        return None
    text = contact.clean(text)
    if not text:
        raise NothingSaid
    tidy = phrases.tidy(text)
    reply = drilling.respond(
        scenario_of(row), manner_of(row), _state(row), text,
        forbidden=[tidy[hit.start : hit.end] for hit in _phrases(at).scan(tidy)],
        company=settings.INSURER_SHORT_NAME, seed=row.seed,
    )  # fmt: skip
    number = DrillLine.objects.filter(drill=row).count() + 1
    _line(row, number, mine=True, text=text, state=reply.state, at=at, signs=reply.signs, key=key)
    answered = _line(row, number + 1, mine=False, text=reply.line, state=reply.state, at=at)
    row.state = dataclasses.asdict(reply.state)
    if reply.state.outcome:
        _end(row, reply.state, at, actor)
    else:
        row.save(update_fields=["state"])
    return answered.pk


@tx.use_case
def reword(*, line_id: int, text: str) -> bool:
    """
    Put a customer's newest line in other words, once; whether it was. How the customer stands stays.

    Only wording changes: whoever calls has checked that it says the same.
    """
    row = DrillLine.objects.select_for_update().filter(pk=line_id, mine=False).first()
    if row is None or row.reworded or not 0 < len(text.strip()) <= 600:
        return False
    row.text, row.reworded = text.strip(), True
    row.save(update_fields=["text", "reworded"])
    return True


@tx.use_case
def hand_in(*, drill_id: int, staff_id: int, actor: Ref, at: datetime) -> None:
    """End it now; a second time changes nothing."""
    row = _own(drill_id, staff_id)
    if row.ended_at is None:
        _end(row, drilling.left(_state(row)), min(at, row.due_at), actor)


@tx.use_case
def end_late_drills(*, at: datetime) -> int:
    """Drills whose time is over are scored by what was said; how many."""
    rows = list(
        Drill.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("version")
        .filter(ended_at=None, due_at__lt=at)
        .order_by("pk")[:AT_ONCE]
    )
    for row in rows:
        _end(row, drilling.over_time(_state(row)), row.due_at, SYSTEM)
    return len(rows)


@tx.use_case
def correct_score(
    *, drill_id: int, score: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Put a score right after reading what was said. The rules' own score stays beside it.

    :raises DrillGoingOn. :raises OwnScore. :raises BadCorrection: no such score, or no reason.
    """
    row = Drill.objects.select_for_update().filter(pk=drill_id).first()
    if row is None:
        raise DrillNotFound
    access.require("quality.train", office_id=row.office_id)
    if row.staff_id == access.staff_id:
        raise OwnScore
    if row.ended_at is None or row.score is None:
        raise DrillGoingOn
    reason = reason.strip()
    if not (0 <= score <= 100 and 10 <= len(reason) <= 300):
        raise BadCorrection
    if row.corrected == score and row.correction == reason:
        return
    was = row.corrected if row.corrected is not None else row.score
    row.corrected, row.correction = score, reason
    row.corrected_by, row.corrected_at = str(actor), at
    row.passed = score >= scenario_of(row).pass_mark
    row.save()
    fact = events.DrillScoreCorrected(
        scenario=row.scenario, staff_id=row.staff_id, was=was, score=score, passed=row.passed
    )
    journal.record(fact, about=Ref("drill", row.pk), actor=actor, at=at)


def _version(code: str, at: datetime) -> ScenarioVersion:
    """What a drill that begins now is played by. :raises DrillNotFound: no such situation."""
    found = scenario_version(code)
    if found is None and code in drills.shipped():
        load(at)
        found = scenario_version(code)
    if found is None:
        raise DrillNotFound
    return found


def _own(drill_id: int, staff_id: int) -> Drill:
    """One's own drill under a lock; another's reads like none."""
    row = Drill.objects.select_for_update().filter(pk=drill_id, staff_id=staff_id).first()
    if row is None:
        raise DrillNotFound
    return row


def _phrases(at: datetime) -> phrases.Phrases:
    """What nobody says on that day."""
    return versions.phrases_on(day_of(at)).phrases


def _state(row: Drill) -> State:
    kept: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.state.items()
    }
    return State(**kept)


def _line(
    row: Drill, number: int, *, mine: bool, text: str, state: State, at: datetime,
    signs: tuple[Sign, ...] = (), key: str = "",
) -> DrillLine:  # fmt: skip
    return DrillLine.objects.create(
        drill=row, number=number, mine=mine, text=text, key=key, said_at=at,
        signs=[[sign.code, sign.words, sign.sentence] for sign in signs], patience=state.patience,
        mood=manner_of(row).mood_of(state.patience),
    )  # fmt: skip


def _end(row: Drill, state: State, at: datetime, actor: Ref) -> None:
    """Score what was said by the script, once for ever."""
    said, found = (
        DrillLine.objects.filter(drill=row, mine=True).order_by("number"),
        scenario_of(row),
    )
    moments = [
        drill_scoring.Moment(n, line.text, tuple(Sign(*each) for each in line.signs))
        for n, line in enumerate(said, 1)
    ]
    parts = drill_scoring.judge(found, moments)
    row.state, row.outcome, row.ended_at = dataclasses.asdict(state), state.outcome, at
    row.parts = [dataclasses.asdict(part) for part in parts]
    row.score = drill_scoring.total(parts)
    row.passed = row.score >= found.pass_mark and state.outcome == "RESOLVED"
    row.save()
    fact = events.DrillEnded(
        scenario=row.scenario, staff_id=row.staff_id, outcome=row.outcome, score=row.score,
        passed=row.passed,
    )  # fmt: skip
    journal.record(fact, about=Ref("drill", row.pk), actor=actor, at=at)
