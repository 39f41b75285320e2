"""
Help before somebody breaks off (提前帮忙, A97): foretold, helped in time, held against what happened.

Two things are foretold: that a premium will not be paid a week after its day, and that a customer stops at a
step where it is their turn. What law and contract owe goes out to everybody all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Max

from yilu.journal import operations as journal
from yilu.journeys import events
from yilu.journeys.book import the_book
from yilu.journeys.models import Forecast, ForecastStop
from yilu.journeys.rules import foretelling as rules
from yilu.journeys.rules.foretelling import Rates, Seen
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.renewals import queries as renewals
from yilu.work import operations as work

QUEUE: Final = "journeys.ahead"
BATCH: Final = 500
RENEWAL: Final = "renewal"
DUE: Final = "due"
"""A premium, which is on no journey yet: nobody has begun to pay."""
PASSAGE: Final = "passage"
LEARN_FROM: Final = timedelta(days=365)
PASSAGES_READ: Final = 200_000
"""So many of the newest passages at most say how likely a step breaks off."""
HELP_BEFORE_DUE: Final = timedelta(days=20)
LISTED_LATELY: Final = timedelta(days=3)
CALL_WITHIN: Final = timedelta(days=2)
HELPED_LATELY: Final = timedelta(days=14)
"""Nobody is helped ahead twice within these days, whatever it is about."""
THEIR_TURN: Final = frozenset({"ABANDONED_FORM", "UNREAD_NOTICE", "FAILED_PAYMENT"})
"""A step that breaks off in one of these ways waits for the customer."""


@tx.use_case
def foretell_premiums(at: datetime) -> int:
    """
    Foretell of premiums listed in the last days that nobody has foretold yet; how many.

    Nothing of who does not want it. Where too few premiums were ever due nothing is foretold.
    """
    today, after, made = day_of(at), 0, 0
    rates = Rates(premiums_seen(today))
    while dues := renewals.dues_ahead(
        today, listed_since=today - LISTED_LATELY, after=after, limit=BATCH
    ):
        after = dues[-1].id
        made += _keep(filter(None, (_of_premium(due, rates, at) for due in dues)))
    return made


def premiums_seen(today: date) -> list[Seen]:
    """The premiums of the last year that were paid or not, by signs: what the next ones are foretold from."""
    return [
        Seen(DUE, signs, count, broke)
        for signs, count, broke in renewals.paid_or_late(today, since=today - LEARN_FROM)
    ]


def _of_premium(due: renewals.DueAhead, rates: Rates, at: datetime) -> Forecast | None:
    chance = rates.chance(DUE, due.signs)
    day = datetime.combine(due.due_on, time(), CHINA)
    if chance is None:
        return None
    return Forecast(
        kind=DUE, number=due.id, family=RENEWAL, code=RENEWAL, step=DUE,
        subject=f"premium_due:{due.id}", party_id=due.holder_id, office_id=due.office_id,
        signs=[sign for sign in rules.SIGNS if sign in due.signs], chance=chance.value,
        alike=chance.alike, broke=chance.broke, left=rules.is_left_alone(DUE, due.id), made_at=at,
        help_at=max(at, day - HELP_BEFORE_DUE), known_by=day + timedelta(days=renewals.SLOW_DAYS + 1),
    )  # fmt: skip


def _keep(rows: Iterable[Forecast]) -> int:
    """Write down forecasts that are new and wanted; how many."""
    given = list(rows)
    known = set(
        Forecast.objects.filter(
            kind__in={row.kind for row in given}, number__in=[row.number for row in given]
        ).values_list("kind", "number")
    )
    stopped = _stopped({row.party_id for row in given})
    new = [
        row for row in given if (row.kind, row.number) not in known and row.party_id not in stopped
    ]
    Forecast.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


_SIGNS = """
    exists (select from journeys_breakpoint b where b.subject = c.subject and b.found_at < p.entered_at),
    exists (select from journeys_steppassage e where e.case_id = p.case_id and e.ordinal < p.ordinal
               and e.step = p.step),
    exists (select from journeys_steppassage e where e.case_id = p.case_id and e.ordinal < p.ordinal
               and e.late_found_at is not null)
"""
_BROKE = """exists (select from journeys_breakpoint b where b.subject = c.subject and b.step = p.step
                       and b.found_at >= p.entered_at
                       and (p.left_at is null or b.found_at <= p.left_at))"""
_STEP_SIGNS: Final = ("broke_before", "back_again", "late_before")


@tx.use_case
def foretell_steps(at: datetime, limit: int = BATCH) -> int:
    """Foretell of cases that came to a step where it is the customer's turn; how many were looked at."""
    turns = [f"{family}/{step}" for family, step in their_turns()]
    found = tx.rows(
        f"""
        select p.id, c.family, c.code, p.step, c.subject, c.party_id, c.office_id, p.entered_at, p.due_at,
               {_SIGNS}
          from journeys_steppassage p join journeys_journeycase c on c.id = p.case_id
         where p.left_at is null and p.late_found_at is null and p.due_at > %(at)s::timestamptz
           and c.ended_at is null and c.party_id is not null
           and c.family || '/' || p.step = any(%(turns)s::text[]) and p.id > %(after)s::bigint
         order by p.id limit %(limit)s::int
        """,
        {"at": at, "turns": turns, "after": _newest(), "limit": limit},
    )
    if not found:
        return 0
    made: list[Forecast] = []
    rates = Rates(steps_seen(at, turns))
    for id, family, code, step, subject, party, office, entered, due, *held in found:
        signs = [sign for sign, is_so in zip(_STEP_SIGNS, held, strict=True) if is_so]
        chance = rates.chance(f"{family}/{step}", signs)
        if chance is not None:
            made.append(
                Forecast(
                    kind=PASSAGE, number=id, family=family, code=code, step=step, subject=subject,
                    party_id=party, office_id=office, signs=signs, chance=chance.value,
                    alike=chance.alike, broke=chance.broke, left=rules.is_left_alone(PASSAGE, id),
                    made_at=at, help_at=max(at, entered + (due - entered) / 2), known_by=due + timedelta(days=1),
                )
            )  # fmt: skip
    _keep(made)
    return len(found)


def steps_seen(at: datetime, turns: list[str]) -> list[Seen]:
    """How often cases broke off at each of these steps, of the newest that are over."""
    rows = tx.rows(
        f"""
        select turn, one, two, three, count(*), count(*) filter (where broke) from (
            select c.family || '/' || p.step, {_SIGNS}, {_BROKE} or p.late_found_at is not null
              from (select * from journeys_steppassage where entered_at <= %(at)s::timestamptz
                     order by id desc limit %(most)s::int) p
              join journeys_journeycase c on c.id = p.case_id
             where (p.left_at <= %(at)s::timestamptz or p.late_found_at <= %(at)s::timestamptz)
               and c.family || '/' || p.step = any(%(turns)s::text[])
        ) as over (turn, one, two, three, broke)
        group by turn, one, two, three
        """,
        {"at": at, "most": PASSAGES_READ, "turns": turns},
    )
    return [
        Seen(
            turn,
            frozenset(s for s, is_so in zip(_STEP_SIGNS, held, strict=True) if is_so),
            n,
            broke,
        )
        for turn, *held, n, broke in rows
    ]


def their_turns() -> list[tuple[str, str]]:
    """Every step, by journey, at which the customer has to do something."""
    book = the_book()
    return [
        (family, step.code)
        for family in book.versions
        if (journey := book.newest(family)) is not None
        for step in journey.steps
        if step.late in THEIR_TURN and not step.final
    ]


@tx.use_case
def help_ahead(at: datetime, limit: int = BATCH) -> int:
    """
    Help those whose time has come and of whom nothing is known yet; how many were looked at.

    Whoever is likely to break off is told of ways on, or called; one of ten is left alone to compare with.
    """
    due = list(
        Forecast.objects.select_for_update(skip_locked=True)
        .filter(help="", help_at__lte=at)
        .order_by("help_at", "pk")[:limit]
    )
    parties = {row.party_id for row in due}
    stopped, lately = _stopped(parties), _helped_since(parties, at - HELPED_LATELY)
    waiting = _still_waiting(due)
    for row in due:
        row.help = rules.help_for(
            row.chance, over=(row.kind, row.number) not in waiting, left=row.left,
            stopped=row.party_id in stopped, helped_lately=row.party_id in lately,
        )  # fmt: skip
        row.helped_at = at
        if row.help in ("TOLD", "CALL"):
            lately.add(row.party_id)
            _help(row, at)
    Forecast.objects.bulk_update(due, ["help", "helped_at"])
    return len(due)


def _help(row: Forecast, at: datetime) -> None:
    """Tell the customer of the ways on; whoever is likelier still is called."""
    name = the_book().named(row.code)
    template = "journeys.premium_ahead" if row.step == DUE else "journeys.step_ahead"
    facts = {} if row.step == DUE else {"what": name}
    messaging.queue(template, to=Ref("party", row.party_id), about=row.ref, at=at, facts=facts)
    if row.help == "CALL":
        work.open_item(
            QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.party_id,
            title=f"提前帮忙：{name}，约{row.chance:.0%}可能中断", due_at=at + CALL_WITHIN, priority=60,
        )  # fmt: skip
    fact = events.HelpedAhead(
        journey=row.family, step=row.step, help=row.help, chance=round(100 * row.chance)
    )
    journal.record(fact, about=row.ref, actor=SYSTEM, at=at, party=row.party_id)


def _still_waiting(rows: Sequence[Forecast]) -> set[tuple[str, int]]:
    """Those that neither went on nor broke off yet."""
    passages = tx.rows(
        """
        select id from journeys_steppassage
         where id = any(%s::bigint[]) and left_at is null and late_found_at is null
        """,
        [[row.number for row in rows if row.kind == PASSAGE]],
    )
    unpaid = renewals.still_unpaid([row.number for row in rows if row.kind == DUE])
    return {(DUE, id) for id in unpaid} | {(PASSAGE, id) for (id,) in passages}


@tx.use_case
def settle_forecasts(at: datetime, limit: int = BATCH) -> int:
    """Write down what came of forecasts that are known by now; how many."""
    rows = list(
        Forecast.objects.select_for_update(skip_locked=True)
        .filter(outcome="", known_by__lte=at)
        .order_by("known_by", "pk")[:limit]
    )
    broke = _what_happened(rows, day_of(at))
    for row in rows:
        found = broke.get((row.kind, row.number))
        row.outcome = "VOID" if found is None else "BROKE" if found else "WENT_ON"
        row.settled_at = at
        work.close_items(about=row.ref, at=at)
    Forecast.objects.bulk_update(rows, ["outcome", "settled_at"])
    return len(rows)


def _what_happened(rows: Sequence[Forecast], today: date) -> dict[tuple[str, int], bool]:
    """Of each whether it broke off; a premium that was waived, or whose contract ended, is not among them."""
    late = renewals.were_late([row.number for row in rows if row.kind == DUE], today)
    passages = tx.rows(
        f"""
        select p.id, {_BROKE} or p.late_found_at is not null
          from journeys_steppassage p join journeys_journeycase c on c.id = p.case_id
         where p.id = any(%s::bigint[])
        """,
        [[row.number for row in rows if row.kind == PASSAGE]],
    )
    return {
        **{(DUE, id): broke for id, broke in late.items()},
        **{(PASSAGE, id): broke for id, broke in passages},
    }


@tx.use_case
def stop_foretelling(*, party_id: int, actor: Ref, at: datetime) -> None:
    """Foretell nothing of this customer any more, and help with nothing foretold before (个保法 24). Twice is once."""
    _row, made = ForecastStop.objects.get_or_create(party_id=party_id, defaults={"at": at})
    if made:
        fact = events.ForetellingStopped()
        journal.record(fact, about=Ref("party", party_id), actor=actor, at=at, party=party_id)


@tx.use_case
def allow_foretelling(*, party_id: int, actor: Ref, at: datetime) -> None:
    """The customer wants help before anything breaks, again. Twice is once."""
    gone, _rows = ForecastStop.objects.filter(party_id=party_id).delete()
    if gone:
        fact = events.ForetellingAllowed()
        journal.record(fact, about=Ref("party", party_id), actor=actor, at=at, party=party_id)


def _newest() -> int:
    """The newest step passage foretold; the one reader of the journal numbers them as it commits them."""
    newest = Forecast.objects.filter(kind=PASSAGE).aggregate(most=Max("number"))["most"]
    return int(newest or 0)


def _stopped(parties: Iterable[int]) -> set[int]:
    found = ForecastStop.objects.filter(party_id__in=list(parties))
    return set(found.values_list("party_id", flat=True))


def _helped_since(parties: Iterable[int], since: datetime) -> set[int]:
    found = Forecast.objects.filter(
        party_id__in=list(parties), helped_at__gt=since, help__in=["TOLD", "CALL"]
    )
    return set(found.values_list("party_id", flat=True))
