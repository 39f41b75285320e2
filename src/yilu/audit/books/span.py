"""The policies that one batch looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import day_of


@dataclass(frozen=True, slots=True)
class Span:
    """Policies with ids above ``after`` up to ``last``, judged as of a moment."""

    after: int
    last: int
    count: int
    at: datetime

    @property
    def day(self) -> date:
        """The insurer's day of judging."""
        return day_of(self.at)

    def given(self, **more: Any) -> dict[str, Any]:
        """The parameters of a statement over it."""
        return {"after": self.after, "last": self.last, "at": self.at, "day": self.day, **more}


@dataclass(frozen=True, slots=True)
class Found:
    """A figure or a state of a policy's books that is not confirmed; amounts written in yuan."""

    policy_id: int
    kind: str
    about: str
    place: str
    expected: str
    actual: str


def next_span(after: int, limit: int, at: datetime) -> Span | None:
    """The next policies, at most ``limit``; None where there are no more."""
    last, count = tx.rows(
        """
        select max(id), count(*) from (
            select id from policies_policy where id > %s::bigint order by id limit %s::int) as next
        """,
        [after, limit],
    )[0]
    return Span(after, last, count, at) if count else None


def money_moved(span: Span) -> Decimal:
    """What went in and out of these policies so far: the sums that were looked at."""
    return Decimal(
        tx.rows(
            """
            select coalesce(sum(abs(customer)), 0) from policies_ledgerentry
             where policy_id > %(after)s::bigint and policy_id <= %(last)s::bigint
            """,
            {"after": span.after, "last": span.last},
        )[0][0]
    )


def told(rows: list[tuple[Any, ...]]) -> Iterator[Found]:
    """Rows of (policy, kind, about, place, expected, actual) as what was found."""
    for policy_id, kind, about, place, expected, actual in rows:
        yield Found(policy_id, kind, about, place or "", _written(expected), _written(actual))


def _written(value: Decimal | str) -> str:
    """An amount in yuan with two places; a state or a name as it is."""
    return f"{value:.2f}" if isinstance(value, Decimal) else value
