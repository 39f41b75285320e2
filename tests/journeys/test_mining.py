"""Mining: the fast way equals the plain loop; one expression says the same on two engines."""

from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.journeys.logs import by_hand
from yilu.journeys.mining import columns

EVENTS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("ABCD"), st.integers(0, 10**6)), max_size=60
)


@given(EVENTS)
@settings(max_examples=50)
def test_columns_equal_the_plain_loop(rows):
    rows = [(str(case), activity, at) for case, activity, at in rows]
    mined = columns.mine(columns.coded(rows))
    edges, ways = by_hand(rows)
    assert {(e.source, e.target): (e.count, e.median) for e in mined.edges} == {
        pair: (len(times), median(times) / 1000) for pair, times in edges.items()
    }
    assert {v.activities: v.count for v in mined.variants} == ways
    assert (mined.events, mined.cases) == (len(rows), len({row[0] for row in rows}))


def test_a_funnel_counts_stages_in_their_order():
    rows = [
        ("1", "A", 1),
        ("1", "B", 2),
        ("1", "C", 3),
        ("2", "B", 1),
        ("2", "A", 2),
        ("3", "A", 1),
        ("3", "C", 2),
    ]
    ordered = columns.Ordered(columns.coded(rows))
    assert ordered.funnel(["A", "B", "C"]) == (("A", 3), ("B", 1), ("C", 1))
    assert ordered.funnel(["nothing"]) == (("nothing", 0),)


def test_conformance_names_what_was_not_declared():
    ways = [columns.Variant(("A", "B"), 3), columns.Variant(("A", "C"), 1)]
    assert columns.conformance(ways, {("A", "B")}) == (0.75, {("A", "C"): 1})
    assert columns.conformance([], ()) == (1.0, {})


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
class TestTwoEngines:
    """The same expressions on DuckDB and on PostgreSQL, compared row for row with the columns."""

    ROWS = [
        (case, "ABCDE"[(case * 7 + n * n) % 5], 1000 * n * (case % 7 + 1) + case)
        for case in range(40)
        for n in range(case % 6 + 1)
    ]

    @pytest.fixture
    def engines(self, db):
        ibis = pytest.importorskip("ibis")
        from django.db import connection

        given = {
            "case_id": [r[0] for r in self.ROWS], "activity": [r[1] for r in self.ROWS],
            "at_ms": [r[2] for r in self.ROWS], "n": list(range(len(self.ROWS))),
        }  # fmt: skip
        duck = ibis.duckdb.connect()
        said = connection.get_connection_params()
        postgres = ibis.postgres.connect(
            host=said["host"], port=int(said["port"]), user=said["user"],
            password=said.get("password"), database=said["dbname"],
        )  # fmt: skip
        yield [
            engine.create_table("mined_events", ibis.memtable(given), temp=True)
            for engine in (duck, postgres)
        ]
        postgres.disconnect()

    def test_they_say_the_same(self, engines):
        from yilu.journeys.mining import expressions

        rows = [(str(case), activity, at) for case, activity, at in self.ROWS]
        mined = columns.mine(columns.coded(rows))
        expected = {(e.source, e.target): (e.count, e.median) for e in mined.edges}
        ways = {"\x1f".join(v.activities): v.count for v in mined.variants}
        staged = columns.Ordered(columns.coded(rows)).funnel(["A", "B"])
        for events in engines:
            found = expressions.directly_follows(events).execute()
            assert {
                (r.source, r.target): (r["count"], (r.lower + r.upper) / 2000)
                for _, r in found.iterrows()
            } == expected
            assert dict(expressions.variants(events).execute().itertuples(index=False)) == ways
            (funnel,) = expressions.funnel(events, ["A", "B"]).execute().itertuples(index=False)
            assert tuple(funnel) == tuple(count for _, count in staged)
