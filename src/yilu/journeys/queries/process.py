"""What the journal shows of a journey as it is lived: edges, variants, funnel, where it waits, conformance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from yilu.journeys.book import the_book
from yilu.journeys.models import EventEdge
from yilu.journeys.rules.buckets import median_of
from yilu.journeys.rules.definition import Journey
from yilu.kernel import tx
from yilu.kernel.facts import REGISTRY


@dataclass(frozen=True, slots=True)
class Edge:
    """One event that directly followed another, how often, and its median time in seconds."""

    source: str
    target: str
    source_label: str
    target_label: str
    count: int
    median: float


@dataclass(frozen=True, slots=True)
class Variant:
    """A way that cases really took (路径变体)."""

    steps: tuple[str, ...]
    count: int
    share: float
    declared: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """How many cases came to a step, of all that began (漏斗)."""

    code: str
    name: str
    reached: int
    share: float


@dataclass(frozen=True, slots=True)
class Process:
    """A journey as lived over some months."""

    cases: int
    conforming: int
    variants: tuple[Variant, ...]
    funnel: tuple[Stage, ...]
    deviations: tuple[tuple[str, str, int], ...]

    @property
    def fit(self) -> float | None:
        """Cases that went only declared ways, in per cent (符合度)."""
        return 100 * self.conforming / self.cases if self.cases else None


def edges(family: str, since: date, offices: Collection[int] | None = None) -> tuple[Edge, ...]:
    """
    The directly-follows graph of a journey's events since a month, kept as they are read.

    One statement over the graph's own rows, however long the journal is. ``offices`` None: the whole company.
    """
    asked = [EventEdge.WHOLE_COMPANY] if offices is None else sorted(offices)
    buckets: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for source, target, bucket, count in tx.rows(
        """
        select source, target, bucket, sum(count)::bigint from journeys_eventedge
         where family = %s and office_id = any(%s::bigint[]) and month >= %s::date group by 1, 2, 3
        """,
        [family, asked, since.replace(day=1)],
    ):
        buckets[source, target][bucket] += count
    found = [
        Edge(source, target, _label(source), _label(target), c.total(), median_of(c) or 0.0)
        for (source, target), c in buckets.items()
    ]
    return tuple(sorted(found, key=lambda edge: (-edge.count, edge.source, edge.target)))


def _label(kind: str) -> str:
    return str(getattr(REGISTRY.get(kind), "fact_label", kind))


def process(family: str, since: date, offices: list[int], limit: int = 12) -> Process:
    """Variants, funnel and conformance of the cases that began since a day; three statements."""
    journey = the_book().newest(family)
    if journey is None:
        return Process(0, 0, (), (), ())
    given = {"family": family, "since": since, "offices": offices}
    trails = tx.rows(
        f"select c.trail, count(*)::int, min(c.deviations) from journeys_journeycase c where {_BEGAN}"
        " group by 1 order by 2 desc, 1",
        given,
    )
    cases = sum(count for _, count, _ in trails)
    return Process(
        cases=cases,
        conforming=sum(count for _, count, off in trails if not off),
        variants=tuple(
            Variant(_named(journey, trail), count, 100 * count / cases, not off)
            for trail, count, off in trails[:limit]
        ),
        funnel=_funnel(journey, given, cases),
        deviations=_deviations(journey, given),
    )


_BEGAN = """
    c.family = %(family)s and c.office_id = any(%(offices)s::bigint[])
    and c.started_at >= (%(since)s::date)::timestamp at time zone 'Asia/Shanghai'
"""


def _named(journey: Journey, trail: str) -> tuple[str, ...]:
    names = {step.code: step.name for step in journey.steps}
    return tuple(names.get(code, code) for code in trail.split(">"))


def _funnel(journey: Journey, given: dict[str, object], cases: int) -> tuple[Stage, ...]:
    reached = dict(
        tx.rows(
            f"""
            select p.step, count(distinct p.case_id)::int from journeys_steppassage p
              join journeys_journeycase c on c.id = p.case_id where {_BEGAN} group by 1
            """,
            given,
        )
    )
    return tuple(
        Stage(s.code, s.name, reached.get(s.code, 0), 100 * reached.get(s.code, 0) / max(cases, 1))
        for s in journey.steps
    )


def _deviations(journey: Journey, given: dict[str, object]) -> tuple[tuple[str, str, int], ...]:
    """The undeclared ways most often taken."""
    names = {step.code: step.name for step in journey.steps}
    found = tx.rows(
        f"""
        select b.step, p.step, count(*)::int from journeys_steppassage p
          join journeys_journeycase c on c.id = p.case_id
          join journeys_steppassage b on b.case_id = p.case_id and b.ordinal = p.ordinal - 1
         where not p.declared and {_BEGAN} group by 1, 2 order by 3 desc, 1, 2 limit 10
        """,
        given,
    )
    return tuple((names.get(a, a), names.get(b, b), count) for a, b, count in found)
