"""Many reports compared at once, as ``compare`` compares one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.risk import rules

from .comparing import (
    COMPARED_DAYS,
    COMPARED_MAX,
    KEY_MAX,
    Compared,
    Thresholds,
    facts_of,
    measure_bills,
    measured_in,
)

_SIGHTS = """
    select g.n, g.kind, t.subject, t.party_id, t.happened_at
      from json_to_recordset(%(traits)s::json) as g(n int, kind text, key text, at timestamptz)
     cross join lateral (
           select subject, party_id, happened_at from risk_trace
            where kind = g.kind and key = g.key
              and happened_at > g.at - %(days)s::int * interval '1 day' and happened_at <= g.at
            order by happened_at desc limit %(most)s::int) t
"""


@tx.step
def would_raise(compared: Sequence[Compared], at: datetime) -> list[bool]:
    """
    Whether ``compare`` would raise anything for each of many new reports, by the same rules.

    One SQL statement, and nothing is kept: what is clean is kept afterwards by ``keep_traces``;
    what is not goes through ``compare`` itself.
    """
    given = [
        {"n": n, "kind": t.kind.value, "key": t.key[:KEY_MAX], "at": c.reported_at}
        for n, c in enumerate(compared)
        for t in dict.fromkeys(c.traits)
    ]
    asked = {"traits": orjson.dumps(given).decode(), "days": COMPARED_DAYS, "most": COMPARED_MAX}
    sights: dict[int, list[rules.Sight]] = {}
    for n, kind, *seen in tx.rows(_SIGHTS, asked):
        sights.setdefault(n, []).append(rules.Sight(rules.TraitKind(kind), *seen))
    thresholds = Thresholds(at)
    raised = []
    for n, c in enumerate(compared):
        in_bills = measure_bills(c)
        found = measured_in(c, sights.get(n, ()), in_bills, facts_of(c, in_bills), thresholds)
        raised.append(any(rules.passes(m, thresholds(m.signal)) for m in found))
    return raised


@tx.step
def keep_traces(kept: Sequence[tuple[Ref, Compared]]) -> None:
    """Keep the traits of many reports that raised nothing (no finding in a bill), in one statement."""
    rows = [
        {
            "kind": t.kind.value, "key": t.key[:KEY_MAX], "subject": str(about), "party": c.party_id,
            "at": c.reported_at,
        }
        for about, c in kept
        for t in dict.fromkeys(c.traits)
    ]  # fmt: skip
    known = [
        {"subject": str(about), "party": c.party_id, "at": c.reported_at, "facts": facts}
        for about, c in kept
        if (facts := facts_of(c, ())) is not None
    ]
    tx.changed(
        """
        with known as (
            insert into risk_reported (subject, party_id, reported_at, facts)
            select subject, party, at, facts from jsonb_to_recordset(%s::jsonb)
                   as r(subject text, party bigint, at timestamptz, facts jsonb)
            on conflict (subject) do nothing
        )
        insert into risk_trace (kind, key, subject, party_id, happened_at)
        select kind, key, subject, party, at from json_to_recordset(%s::json)
               as r(kind text, key text, subject text, party bigint, at timestamptz)
        on conflict (subject, kind, key) do nothing
        """,
        [orjson.dumps(known).decode(), orjson.dumps(rows).decode()],
    )
