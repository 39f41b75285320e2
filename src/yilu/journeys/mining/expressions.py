"""
The same questions as Ibis expressions: one text that runs on DuckDB, PostgreSQL, Spark.

``events`` is a table with case_id, activity, at_ms (whole milliseconds) and n (the order of writing).
Ibis is taken where it is installed (``pip install 'ibis-framework[duckdb]'``); nothing else needs it.
"""

from __future__ import annotations

from typing import Any

Table = Any


def directly_follows(events: Table) -> Table:
    """source, target, count, lower and upper middle of the times between, in milliseconds."""
    import ibis

    window = ibis.window(group_by=events.case_id, order_by=[events.at_ms, events.n])
    pairs = events.mutate(
        target=events.activity.lead().over(window), until_ms=events.at_ms.lead().over(window)
    )
    pairs = pairs.filter(pairs.target.notnull())
    pairs = pairs.select(
        source=pairs.activity, target=pairs.target, wait=pairs.until_ms - pairs.at_ms
    )
    ranks = ibis.window(group_by=[pairs.source, pairs.target], order_by=pairs.wait)
    whole = ibis.window(group_by=[pairs.source, pairs.target])
    ranked = pairs.mutate(place=ibis.row_number().over(ranks), many=pairs.wait.count().over(whole))
    # The middle ones by their place, not a median of the engine's: those differ between engines.
    lower = ranked.wait.max(where=ranked.place == (ranked.many - 1) // 2)
    upper = ranked.wait.max(where=ranked.place == ranked.many // 2)
    return ranked.group_by(["source", "target"]).aggregate(
        count=ranked.count(), lower=lower, upper=upper
    )


def variants(events: Table, separator: str = "\x1f") -> Table:
    """Way (activities joined), count."""
    import ibis

    so_far = ibis.cumulative_window(group_by=events.case_id, order_by=[events.at_ms, events.n])
    whole = ibis.window(group_by=events.case_id)
    # An ordered join of texts is not known to every engine; a list that grows event by event is.
    grown = events.mutate(
        list=events.activity.collect().over(so_far),
        place=events.activity.count().over(so_far),
        many=events.activity.count().over(whole),
    )
    ways = grown.filter(grown.place == grown.many)
    ways = ways.select(way=ways.list.join(separator))
    return ways.group_by("way").aggregate(count=ways.count())


def funnel(events: Table, stages: list[str]) -> Table:
    """One row with a column for each stage: cases that came to it after those before it."""
    import ibis

    reached = events.select("case_id").distinct().mutate(since=ibis.literal(-1, type="int64"))
    counts = {}
    for place, stage in enumerate(stages):
        here = events.filter(events.activity == stage)
        joined = here.join(reached, here.case_id == reached.case_id)
        joined = joined.select(case_id=here.case_id, n=here.n, since=reached.since)
        joined = joined.filter(joined.n > joined.since)
        reached = joined.group_by("case_id").aggregate(since=joined.n.min())
        counts[f"stage_{place}"] = reached.count().as_scalar()
    return ibis.literal(1).name("one").as_table().mutate(**counts).drop("one")


def deviations(edges: Table, declared: Table) -> Table:
    """The edges of a graph that a declared journey (source, target) does not know."""
    return edges.anti_join(declared, ["source", "target"])
