"""Loans and the interest on money left with us, worked out once more from the ledger's own movements."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from yilu.audit.books.span import Found, Span
from yilu.audit.rules import yuan_text
from yilu.audit.rules.lending import Account, Gap, Kept, Movement, Terms, credit_gaps, gaps
from yilu.kernel import tx
from yilu.standards import queries as standards

PUBLISHED = ("yilu.policies", "catalogue", "money.toml")
"""What left money bears, as it is published: read as data, as a wording is."""

# The day a sum was confirmed for is the request's; a repayment counts on the day it is booked. A policy
# loan is made on the day it is booked.
_ASKED = """
    left join servicing_request r
           on e.about like 'servicing_request:%%' and r.id = split_part(e.about, ':', 2)::bigint
          and r.kind not in ('loan_repayment', 'policy_loan')
"""
_LOANS = f"""
    with of as (
        select policy_id from policies_policyloan
         where policy_id > %(after)s::bigint and policy_id <= %(last)s::bigint
         union
        select policy_id from policies_ledgerentry
         where policy_id > %(after)s::bigint and policy_id <= %(last)s::bigint and loan <> 0
    )
    select of.policy_id,
           array(select array[e.kind, e.about, coalesce(r.effective_on, e."on")::text, e."on"::text,
                              e.customer::text, e.loan::text, e.loan_interest::text, e.survival::text]
                   from policies_ledgerentry e {_ASKED}
                  where e.policy_id = of.policy_id and (e.loan <> 0 or e.loan_interest <> 0)
                  order by e.id),
           array(select array[l.id::text, l.kind, l.principal::text, l.rate::text, l.carried::text,
                              l.since::text, l.due_on::text, l.opened_on::text, l.closed_on::text]
                   from policies_policyloan l where l.policy_id = of.policy_id order by l.id)
      from of order by of.policy_id
"""


def loans(span: Span) -> Iterator[Found]:
    """Principal and interest of every loan, and the interest of every booking, against a recomputation."""
    for policy_id, movements, accounts in tx.rows(_LOANS, span.given()):
        worked_out = gaps(
            [_movement(each) for each in movements], [_account(each) for each in accounts],
            _terms(), span.day,
        )  # fmt: skip
        yield from (_found(policy_id, gap) for gap in worked_out)


_LEFT = f"""
    select e.policy_id, place.name, e.about, coalesce(r.effective_on, e."on"), e."on", place.amount,
           e.kind = 'CREDITED'
      from policies_ledgerentry e {_ASKED}
     cross join lateral (values ('survival', e.survival), ('dividend', e.dividend)) as place(name, amount)
     where e.policy_id in (select policy_id from policies_ledgerentry
                            where policy_id > %(after)s::bigint and policy_id <= %(last)s::bigint
                              and kind = 'CREDITED')
       and place.amount <> 0
     order by e.policy_id, place.name, e.id
"""


def credits(span: Span) -> Iterator[Found]:
    """Interest that was added to survival benefits and dividends left with us."""
    rows = tx.rows(_LEFT, span.given())
    for (policy_id, _place), legs in groupby(rows, key=lambda row: row[:2]):
        kept = [Kept(row[2], row[3], row[4], Fraction(row[5]), row[6]) for row in legs]
        yield from (_found(policy_id, gap) for gap in credit_gaps(kept, _kept_rates()))


def _found(policy_id: int, gap: Gap) -> Found:
    about = gap.place if gap.place.startswith("servicing_request:") else f"policy:{policy_id}"
    return Found(
        policy_id, gap.kind, about, "" if about == gap.place else gap.place,
        yuan_text(gap.expected), yuan_text(gap.actual),
    )  # fmt: skip


def _movement(told: list[str]) -> Movement:
    kind, about, day, booked_on, customer, loan, interest, survival = told
    return Movement(
        kind, about, date.fromisoformat(day), date.fromisoformat(booked_on), Fraction(customer),
        Fraction(loan), Fraction(interest), Fraction(survival),
    )  # fmt: skip


def _account(told: list[Any]) -> Account:
    id, kind, principal, rate, carried, since, due_on, opened_on, closed_on = told
    return Account(
        int(id), kind, Fraction(principal), Fraction(rate), Fraction(carried),
        date.fromisoformat(since), date.fromisoformat(due_on), date.fromisoformat(opened_on),
        date.fromisoformat(closed_on) if closed_on else None,
    )  # fmt: skip


def _terms() -> list[Terms]:
    rates, months = (standards.figure_spans(f"policies.loan_{name}") for name in ("rate", "months"))
    return [
        Terms(day, Fraction(_last(rates, day)), int(_last(months, day)))
        for day in sorted({span.since for span in (*rates, *months)})
    ]


def _last(spans: Sequence[standards.Span], day: date) -> Decimal:
    """What counted on a day on which at least one of the figures changed."""
    return max((s for s in spans if s.since <= day), key=lambda s: s.since, default=spans[0]).value


def _kept_rates() -> dict[date, Fraction]:
    return {row["from"]: Fraction(row["yearly_rate"]) for row in _published()["accumulation"]}


@lru_cache(maxsize=1)
def _published() -> dict[str, Any]:
    room, folder, name = PUBLISHED
    text = files(room).joinpath(folder, name).read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)
