"""Mining: the fast way equals the plain loop; one expression says the same on every engine."""

import shutil
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


ROWS = [
    (case, "ABCDE"[(case * 7 + n * n) % 5], 1000 * n * (case % 7 + 1) + case)
    for case in range(40)
    for n in range(case % 6 + 1)
]
TABLE = {
    "case_id": [r[0] for r in ROWS], "activity": [r[1] for r in ROWS],
    "at_ms": [r[2] for r in ROWS], "n": list(range(len(ROWS))),
}  # fmt: skip


def says_what_the_columns_say(events):
    from yilu.journeys.mining import expressions

    rows = [(str(case), activity, at) for case, activity, at in ROWS]
    mined = columns.mine(columns.coded(rows))
    found = expressions.directly_follows(events).execute()
    assert {
        (r.source, r.target): (r["count"], (r.lower + r.upper) / 2000) for _, r in found.iterrows()
    } == {(e.source, e.target): (e.count, e.median) for e in mined.edges}
    ways = {"\x1f".join(v.activities): v.count for v in mined.variants}
    assert dict(expressions.variants(events).execute().itertuples(index=False)) == ways
    staged = columns.Ordered(columns.coded(rows)).funnel(["A", "B"])
    (funnel,) = expressions.funnel(events, ["A", "B"]).execute().itertuples(index=False)
    assert tuple(funnel) == tuple(count for _, count in staged)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
class TestEngines:
    """The same expressions on each engine, compared row for row with the columns."""

    def test_duckdb(self):
        ibis = pytest.importorskip("ibis")
        duck = ibis.duckdb.connect()
        says_what_the_columns_say(
            duck.create_table("mined_events", ibis.memtable(TABLE), temp=True)
        )

    def test_postgresql(self, db):
        ibis = pytest.importorskip("ibis")
        from django.db import connection

        said = connection.get_connection_params()
        postgres = ibis.postgres.connect(
            host=said["host"], port=int(said["port"]), user=said["user"],
            password=said.get("password"), database=said["dbname"],
        )  # fmt: skip
        try:
            says_what_the_columns_say(
                postgres.create_table("mined_events", ibis.memtable(TABLE), temp=True)
            )
        finally:
            postgres.disconnect()

    @pytest.mark.filterwarnings("ignore")
    def test_spark(self, monkeypatch):
        ibis = pytest.importorskip("ibis")
        sql = pytest.importorskip("pyspark.sql", reason="no Spark here: pip install '.[spark]'")
        if shutil.which("java") is None:
            pytest.skip("Spark needs a Java runtime")
        monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        spark = (
            sql.SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "1")
            .getOrCreate()
        )
        try:
            rows = list(zip(*TABLE.values(), strict=True))
            spark.createDataFrame(rows, list(TABLE)).createOrReplaceTempView("mined_events")
            says_what_the_columns_say(ibis.pyspark.connect(spark).table("mined_events"))
        finally:
            spark.stop()
