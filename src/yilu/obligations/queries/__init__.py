"""What doors and higher rooms may read of promises and clocks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yilu.kernel import tx
from yilu.kernel.errors import Sentence
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.obligations.book import the_book
from yilu.obligations.models import Clock as ClockRow
from yilu.obligations.models import DefinitionVersion
from yilu.obligations.operations.editing import UnknownDefinition
from yilu.obligations.operations.rows import load
from yilu.obligations.queries.drafting import (
    EventChoice,
    PreviewPoint,
    PreviewRow,
    event_choices,
    preview,
    read_condition,
    write_condition,
)
from yilu.obligations.queries.ended import EndedClock, codes_ever, ended_by
from yilu.obligations.queries.waiting import ChangeView, Difference, codes_waiting, waiting_change
from yilu.obligations.rules.clocks import BREACHED, MET_LATE, OPEN, PAUSED, Clock
from yilu.obligations.rules.definitions import Limit, Rule, Version, read_rule
from yilu.obligations.rules.reckoning import UNIT_LABELS, WORKING, Unit
from yilu.people.queries import ROLE_LABELS

__all__ = [
    "GRADES", "OWNER_LABELS", "UNITS", "BreachRow", "ChangeView", "ClockView", "DefinitionVersionView",
    "DefinitionView", "Difference", "EndedClock", "EventChoice", "OpenClocks", "PauseView", "PreviewPoint",
    "PreviewRow", "Promise", "UnknownDefinition", "breached_by_office", "breaches", "codes_ever", "codes_waiting",
    "definition", "definition_versions", "due_next", "ended_by", "event_choices", "list_clocks",
    "list_definitions", "next_promise", "open_clocks", "open_of", "open_promises", "preview",
    "punctuality", "read_condition", "waiting_change", "write_condition",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PauseView:
    """A stretch that did not count, with its two proofs."""

    cause: str
    label: str
    paused_at: datetime | None
    paused_proof: str
    resumed_at: datetime | None
    resumed_proof: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """
    A promise as a screen shows it: what is left and the absolute deadline, with the rule behind it.

    ``working_left`` is whole working minutes of the office (negative when overdue), None where the limit
    counts plain time; ``natural_left`` the plain time; both None when it is over. ``due_at`` (UTC) and ``due_local`` (the office's zone)
    are, for a paused clock, when it would be due if it went on now. ``provisional``: the deadline
    lies in a year whose holidays are not announced. ``owner`` is the role that must act. ``about`` is the subject as text; ``says`` what
    the customer is told will happen, empty where nothing is promised to them.
    """

    id: int
    code: str
    title: str
    title_en: str
    text: str
    citation: str
    grade: str
    grade_label: str
    version: int
    state: str
    state_label: str
    limit: str
    limit_amount: int
    unit_label: str
    started_at: datetime
    due_at: datetime
    due_local: datetime
    working_left: int | None
    natural_left: timedelta | None
    owner: str
    owner_queue: str
    office_id: int
    met_at: datetime | None
    breached: bool
    provisional: bool
    for_customer: bool
    ordinal: int
    pauses: tuple[PauseView, ...]
    about: str
    says: str


def list_clocks(about: Ref, at: datetime) -> list[ClockView]:
    """Every clock of a subject, open ones first, the most pressing on top; one statement."""
    clocks = load("where c.subject = %s order by c.due_at, c.id", [str(about)])
    clocks.sort(key=lambda c: (c.state not in OPEN, c.due_at if c.state in OPEN else c.met_at))
    return [_view(clock, at) for clock in clocks]


def open_promises(about: Collection[Ref], at: datetime) -> list[ClockView]:
    """What is promised to the customer and still open on any of these, soonest first; one statement."""
    return [view for view in (_view(clock, at) for clock in _open_on(about)) if view.for_customer]


def open_of(code: str, about: Collection[Ref], at: datetime) -> dict[Ref, ClockView]:
    """The open clock of one promise on each of these that has one, the most pressing; one statement."""
    found = [clock for clock in _open_on(about) if clock.version.code == code]
    return {Ref.parse(clock.subject): _view(clock, at) for clock in reversed(found)}


def _open_on(about: Collection[Ref]) -> list[Clock]:
    return load(
        "where c.subject = any(%s) and c.state in ('RUNNING', 'PAUSED', 'BREACHED') "
        "order by c.due_at, c.id",
        [sorted(str(each) for each in about)],
    )


@dataclass(frozen=True, slots=True)
class Promise:
    """What a customer is told: by when what happens, and by which rule; ``says`` in Chinese."""

    code: str
    title: str
    title_en: str
    says: str
    due_at: datetime
    due_local: datetime
    citation: str
    state: str
    working_left: int | None
    natural_left: timedelta | None
    breached: bool


def next_promise(about: Ref, at: datetime) -> Promise | None:
    """
    The nearest promise to the customer that is still open; None when nothing is promised.

    One that still runs comes before one already broken, and both before one that waits for the
    customer.
    """
    views = {v.id: v for v in list_clocks(about, at) if v.for_customer and v.state in OPEN}
    if not views:
        return None
    rank = {"RUNNING": 0, BREACHED: 1, PAUSED: 2}
    view = min(views.values(), key=lambda v: (rank[v.state], v.due_at))
    words = the_book().by_code[view.code][-1].rule.customer_words or view.title
    for version in the_book().by_code[view.code]:
        if version.number == view.version:
            words = version.rule.customer_words or words
    return Promise(
        view.code, view.title, view.title_en, words, view.due_at, view.due_local, view.citation,
        view.state, view.working_left, view.natural_left, view.breached,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BreachRow:
    """A promise that is broken and still open."""

    clock_id: int
    about: Ref
    code: str
    title: str
    citation: str
    grade: str
    office_id: int
    due_at: datetime
    overdue: timedelta
    owner: str


def breaches(
    office_ids: Collection[int],
    at: datetime,
    *,
    after: int | None = None,
    limit: int = 50,
    code: str | None = None,
) -> list[BreachRow]:
    """
    Broken promises of some offices that are still open, newest first; ``after`` is the last id seen,
    ``code`` names one promise.

    Doors pass the offices a person sees (``access.office_ids``); 0 holds what has no office.
    """
    rows = tx.rows(
        """
        select c.id, c.subject, c.version_id, c.office_id, c.due_at
          from obligations_clock c
         where c.state = 'BREACHED' and c.office_id = any(%s::bigint[])
           and (%s::text is null or c.code = %s::text)
           and (%s::bigint is null or (c.breached_at, -c.id) <
                (select b.breached_at, -b.id from obligations_clock b where b.id = %s::bigint))
         order by c.breached_at desc, c.id limit %s::int
        """,
        [sorted(office_ids), code, code, after, after, max(1, min(limit, 200))],
    )
    versions = the_book().versions
    return [
        BreachRow(
            clock_id, Ref.parse(subject), v.code, v.title, v.citation, v.grade, office_id, due_at,
            at - due_at, OWNER_LABELS.get(v.rule.owner_role, v.rule.owner_role),
        )
        for clock_id, subject, version_id, office_id, due_at in rows
        if (v := versions.get(version_id)) is not None
    ]  # fmt: skip


COUNTED_UP_TO = 10_000
"""Open clocks are counted to here: a report does not read what a backlog left behind."""


@dataclass(frozen=True, slots=True)
class OpenClocks:
    """How many clocks of a promise run and how many are broken and still open."""

    running: int = 0
    breached: int = 0


def open_clocks(office_ids: Collection[int]) -> dict[str, OpenClocks]:
    """Open clocks of some offices by promise, each kind counted to ``COUNTED_UP_TO``; indexes only."""
    offices = sorted(office_ids)
    rows = tx.rows(
        """
        select code, count(*) filter (where state = 'RUNNING'),
               count(*) filter (where state = 'BREACHED')
          from ((select code, state from obligations_clock
                  where next_check_at is not null and state = 'RUNNING'
                    and office_id = any(%s::bigint[]) limit %s::int)
                union all
                (select code, state from obligations_clock
                  where state = 'BREACHED' and office_id = any(%s::bigint[]) limit %s::int)) as c
         group by code
        """,
        [offices, COUNTED_UP_TO, offices, COUNTED_UP_TO],
    )
    return {code: OpenClocks(running, breached) for code, running, breached in rows}


def breached_by_office(office_ids: Collection[int], since: datetime) -> dict[int, tuple[int, int]]:
    """For each office its broken and open promises: those broken ``since``, and all; to 1,000 each."""
    rows = tx.rows(
        """
        select o.id, found.late, found.every
          from unnest(%s::bigint[]) as o(id) cross join lateral (
               select count(*) filter (where breached_at >= %s::timestamptz) as late,
                      count(*) as every
                 from (select breached_at from obligations_clock
                        where state = 'BREACHED' and office_id = o.id
                        order by breached_at desc limit 1000) as b) as found
         where found.every > 0
        """,
        [sorted(office_ids), since],
    )
    return {office: (late, every) for office, late, every in rows}


def due_next(code: str, office_ids: Collection[int], limit: int = 20) -> list[tuple[Ref, datetime]]:
    """The subjects whose clocks on a promise run, the first due on top, with the deadline."""
    rows = tx.rows(
        """
        select subject, due_at from obligations_clock
         where next_check_at is not null and state = 'RUNNING' and code = %s
           and office_id = any(%s::bigint[])
         order by due_at limit %s::int
        """,
        [code, sorted(office_ids), max(1, min(limit, 200))],
    )
    return [(Ref.parse(subject), due_at) for subject, due_at in rows]


def punctuality(
    since: datetime, until: datetime, office_ids: Collection[int] | None = None
) -> dict[str, tuple[int, int]]:
    """
    For each promise, how many clocks that started in a period ended in time, of how many ended.

    A report, not a list: it reads the period's clocks once, in the database.
    """
    rows = tx.rows(
        """
        select code, count(*) filter (where state = 'MET'), count(*)
          from obligations_clock
         where started_at >= %s::timestamptz and started_at < %s::timestamptz
           and state in ('MET', 'MET_LATE', 'BREACHED')
           and (%s::bigint[] is null or office_id = any(%s::bigint[]))
         group by code order by code
        """,
        [since, until, *([None if office_ids is None else sorted(office_ids)] * 2)],
    )
    return {code: (met, ended) for code, met, ended in rows}


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """A promise to look up from any screen: its words, its source, its limits, who answers for it."""

    code: str
    version: int
    title: str
    title_en: str
    text: str
    citation: str
    grade: str
    grade_label: str
    effective_from: datetime
    effective_to: datetime | None
    limits: tuple[str, ...]
    unit: str
    owner: str
    owner_queue: str
    for_customer: bool
    customer_words: str
    starts_on: tuple[str, ...]
    stops_on: tuple[str, ...]
    pause_labels: tuple[str, ...]


def definition(code: str, at: datetime | None = None) -> DefinitionView:
    """
    A promise as it stood ``at`` (as written last, if none).

    :raises UnknownDefinition: if there is none, or it was not in force.
    """
    versions = the_book().by_code.get(code, [])
    found = [v for v in versions if at is None or v.covers(at)]
    if not found:
        raise UnknownDefinition
    return _definition_view(found[-1])


def is_pledged(code: str, at: datetime) -> bool:
    """Whether this is a promise of the insurer's own that stands at a moment."""
    return any(v.grade == "PLEDGE" and v.covers(at) for v in the_book().by_code.get(code, ()))


@dataclass(frozen=True, slots=True)
class DefinitionVersionView:
    """
    One version of a promise as its editor needs it: ``rule`` as ``revise_definition`` takes it.

    ``planned`` where it is not in force yet.
    """

    number: int
    effective_from: datetime
    effective_to: datetime | None
    title: str
    title_en: str
    text: str
    citation: str
    grade: str
    grade_label: str
    limits: tuple[str, ...]
    rule: dict[str, Any]
    author: Ref
    agreed_by: Ref | None
    reason: str
    planned: bool


def definition_versions(code: str, at: datetime) -> list[DefinitionVersionView]:
    """
    Every version of a promise, newest first.

    :raises UnknownDefinition: if there is none.
    """
    rows = DefinitionVersion.objects.filter(definition__code=code).order_by("-number")
    found = [
        DefinitionVersionView(
            row.number, row.effective_from, row.effective_to, row.title, row.title_en, row.text,
            row.citation, row.grade, str(DefinitionVersion.Grade(row.grade).label),
            _limit_labels(read_rule(row.rule)), row.rule, Ref.parse(row.author),
            Ref.parse(row.agreed_by) if row.agreed_by else None, row.reason, row.effective_from > at,
        )
        for row in rows
    ]  # fmt: skip
    if not found:
        raise UnknownDefinition
    return found


GRADES = tuple((value, str(label)) for value, label in DefinitionVersion.Grade.choices)
UNITS = tuple((unit.value, label) for unit, label in UNIT_LABELS.items())


def list_definitions(at: datetime) -> list[DefinitionView]:
    """Every promise in force, the law's before our own."""
    current = [v for v in the_book().versions.values() if v.covers(at)]
    current.sort(key=lambda v: (v.grade != DefinitionVersion.Grade.LAW, v.code))
    return [_definition_view(v) for v in current]


OWNER_LABELS = ROLE_LABELS | {"SYSTEM": _("系统")}
"""Who may own a promise: a role, or the platform itself."""


def _view(clock: Clock, at: datetime) -> ClockView:
    version, is_open = clock.version, clock.state in OPEN
    due_at = clock.due_if_resumed(at)
    return ClockView(
        id=clock.id or 0, code=version.code, title=version.title, title_en=version.title_en,
        text=version.text, citation=version.citation, grade=version.grade,
        grade_label=str(DefinitionVersion.Grade(version.grade).label), version=version.number,
        state=clock.state, state_label=str(ClockRow.State(clock.state).label),
        limit=_limit_label(clock.limit),
        limit_amount=clock.limit.amount,
        unit_label=UNIT_LABELS[clock.limit.unit],
        started_at=clock.started_at,
        due_at=due_at,
        due_local=due_at.astimezone(clock.time.zone),
        working_left=clock.time.between(at, due_at)
        if is_open and clock.limit.unit in WORKING
        else None,
        natural_left=due_at - at if is_open else None,
        owner=OWNER_LABELS.get(version.rule.owner_role, version.rule.owner_role),
        owner_queue=version.rule.owner_queue,
        office_id=clock.office_id,
        met_at=clock.met_at,
        breached=clock.state in (BREACHED, MET_LATE)
        or (clock.state == "RUNNING" and clock.due_at < at),
        provisional=clock.time.is_provisional(due_at),
        for_customer=bool(version.rule.customer_words),
        ordinal=clock.ordinal,
        pauses=tuple(
            PauseView(
                pause.cause, _pause_label(version, pause.cause), pause.paused_at,
                pause.paused_proof, pause.resumed_at, pause.resumed_proof,
            )
            for pause in clock.pauses.values()
            if pause.paused_at is not None
        ),
        about=clock.subject,
        says=version.rule.customer_words,
    )  # fmt: skip


def _pause_label(version: Version, cause: str) -> str:
    return next((p.label for p in version.rule.pauses if p.cause == cause), cause)


def _definition_view(version: Version) -> DefinitionView:
    rule = version.rule
    kinds = _labels()
    return DefinitionView(
        code=version.code,
        version=version.number,
        title=version.title,
        title_en=version.title_en,
        text=version.text,
        citation=version.citation,
        grade=version.grade,
        grade_label=str(DefinitionVersion.Grade(version.grade).label),
        effective_from=version.effective_from,
        effective_to=version.effective_to,
        limits=_limit_labels(rule),
        unit=rule.limits[-1].unit.value,
        owner=OWNER_LABELS.get(rule.owner_role, rule.owner_role),
        owner_queue=rule.owner_queue,
        for_customer=bool(rule.customer_words),
        customer_words=rule.customer_words,
        starts_on=tuple(dict.fromkeys(kinds.get(t.on, t.on) for t in rule.start)),
        stops_on=tuple(dict.fromkeys(kinds.get(t.on, t.on) for t in rule.stop)),
        pause_labels=tuple(p.label for p in rule.pauses),
    )


def _limit_labels(rule: Rule) -> tuple[str, ...]:
    return tuple(_limit_label(limit) for limit in rule.limits)


def _limit_label(limit: Limit) -> Sentence:
    return Sentence("{amount} {unit}", amount=limit.amount, unit=UNIT_LABELS[Unit(limit.unit)])


def _labels() -> dict[str, Any]:
    return {kind: fact.fact_label for kind, fact in REGISTRY.items()}
