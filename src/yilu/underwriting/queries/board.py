"""How applications are decided: how many straight through, why not, and how fast (核保概况)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from yilu.kernel import tx
from yilu.underwriting import catalogue
from yilu.underwriting.queries.desk import SUBJECTS
from yilu.underwriting.terms import OUTCOME_LABELS, Outcome

CONDITIONS_MAX = 12
NEWEST_MAX = 10_000
"""So many of the newest verdicts are looked at: an hour or a month of them, the page costs the same."""


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """What kept applications from the standard: a condition, by what followed."""

    code: str
    name: str
    changed: int
    examined: int
    referred: int

    @property
    def total(self) -> int:
        """How many applications it concerned."""
        return self.changed + self.examined + self.referred


@dataclass(frozen=True, slots=True)
class Board:
    """
    The first verdicts of a span of time, all by the machine, and what people made of the referred:
    the newest ``NEWEST_MAX`` of each where there are more, which ``bounded`` says.

    ``p50`` and ``p99`` are milliseconds from submission to verdict, as recorded; ``person_p50`` and
    ``person_p90`` hours until a person's. None where there is nothing to measure.
    """

    submitted: int
    first: dict[str, int]
    by_people: dict[str, int]
    conditions: tuple[ConditionRow, ...]
    p50: int | None
    p99: int | None
    slowest: int | None
    person_p50: float | None
    person_p90: float | None
    departed: int
    issued_p50: int | None

    @property
    def straight(self) -> int:
        """Accepted by the machine as applied for."""
        return self.first.get("ACCEPT", 0)

    @property
    def bounded(self) -> bool:
        """Whether there were more than are counted here."""
        return self.submitted >= NEWEST_MAX

    @property
    def share(self) -> float | None:
        """The straight-through share in percent."""
        return round(100 * self.straight / self.submitted, 1) if self.submitted else None

    @property
    def outcomes(self) -> list[tuple[str, str, int]]:
        """Every outcome of a first verdict: code, label, how many."""
        return [
            (o.value, OUTCOME_LABELS[o], self.first.get(o, 0)) for o in Outcome if o in self.first
        ]


_SPAN = """
    with span as materialized (
        select d.outcome, d.reasons, a.decided_in, a.issued_at, a.complete_at
          from underwriting_decision d join underwriting_application a on a.id = d.application_id
         where d.ordinal = 1 and d.decided_at >= %(since)s::timestamptz
           and d.decided_at < %(until)s::timestamptz and a.office_id = any(%(offices)s::bigint[])
         order by d.decided_at desc limit %(newest)s::int)
"""
_FIRST = f"{_SPAN} select outcome, count(*) from span group by 1"
_PEOPLE = """
    with span as materialized (
        select d.outcome, d.override_reason, d.decided_at - a.submitted_at as took
          from underwriting_decision d join underwriting_application a on a.id = d.application_id
         where d.decided_by like 'staff:%%' and d.decided_at >= %(since)s::timestamptz
           and d.decided_at < %(until)s::timestamptz and a.office_id = any(%(offices)s::bigint[])
         order by d.decided_at desc limit %(newest)s::int)
    select outcome, count(*), count(*) filter (where override_reason <> ''),
           percentile_cont(0.5) within group (order by extract(epoch from took)),
           percentile_cont(0.9) within group (order by extract(epoch from took)),
           grouping(outcome)
      from span group by grouping sets ((outcome), ())
"""
_TIMES = f"""
    {_SPAN}
    select percentile_disc(0.5) within group (order by decided_in),
           percentile_disc(0.99) within group (order by decided_in), max(decided_in),
           percentile_disc(0.5) within group (order by extract(epoch from issued_at - complete_at)::int)
             filter (where issued_at is not null and complete_at is not null)
      from span where decided_in is not null
"""
_WHY = f"""
    {_SPAN}
    select r ->> 'condition',
           count(*) filter (where r ->> 'outcome' in ('LOADING', 'EXCLUSION')),
           count(*) filter (where r ->> 'outcome' = 'EXAMINE'),
           count(*) filter (where r ->> 'outcome' in ('REFER', 'POSTPONE', 'DECLINE'))
      from span cross join jsonb_array_elements(reasons) r
     where outcome <> 'ACCEPT' and r ->> 'outcome' <> 'ACCEPT' and r ->> 'condition' <> 'combined'
     group by 1 order by count(*) desc, 1 limit %(most)s::int
"""


def board(offices: Collection[int], since: datetime, until: datetime) -> Board:
    """The figures of some offices, in four statements."""
    asked = {
        "offices": sorted(offices), "since": since, "until": until, "most": CONDITIONS_MAX, "newest": NEWEST_MAX,
    }  # fmt: skip
    first = {str(code): int(n) for code, n in tx.rows(_FIRST, asked)}
    people, departed, p50, p90 = {}, 0, None, None
    for outcome, count, overridden, half, most, whole in tx.rows(_PEOPLE, asked):
        if whole:
            departed, p50, p90 = overridden, half, most
        else:
            people[str(outcome)] = int(count)
    fast = tx.rows(_TIMES, asked)[0]
    known = catalogue.conditions()
    return Board(
        submitted=sum(first.values()),
        first=first,
        by_people=people,
        conditions=tuple(
            ConditionRow(code, known[code].name if code in known else SUBJECTS.get(code, code), *n)
            for code, *n in tx.rows(_WHY, asked)
        ),
        p50=fast[0],
        p99=fast[1],
        slowest=fast[2],
        person_p50=round(float(p50) / 3600, 1) if p50 is not None else None,
        person_p90=round(float(p90) / 3600, 1) if p90 is not None else None,
        departed=departed,
        issued_p50=fast[3],
    )
