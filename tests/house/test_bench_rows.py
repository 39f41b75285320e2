"""What the benchmarks write by hand, past the operations, still fits the tables: `make bench` runs too seldom to say."""

import re
from pathlib import Path

import pytest

from yilu.kernel import tx

BENCH = Path(__file__).parents[2] / "bench"
INSERT = re.compile(
    r'insert\s+into\s+(\w+)\s*\(([\w\s,"]+?)\)\s*(?:select|values|overriding)', re.IGNORECASE
)
COLUMNS = """
    select table_name, column_name, is_nullable = 'NO' and column_default is null and is_identity = 'NO'
      from information_schema.columns where table_schema = current_schema()
"""


def written():
    """Each table the benchmarks fill, with the columns they name, by file."""
    for path in sorted(BENCH.glob("*.py")):
        for table, columns in INSERT.findall(path.read_text()):
            named = {each.strip().strip('"') for each in columns.split(",")}
            yield path.name, table, named


@pytest.mark.django_db
def test_every_row_names_the_columns_that_must_be_there_and_no_other():
    known: dict[str, dict[str, bool]] = {}
    for table, column, needed in tx.rows(COLUMNS, []):
        known.setdefault(table, {})[column] = needed
    seen, wrong = set(), []
    for file, table, named in written():
        if table not in known:  # a table of the benchmark's own making
            continue
        seen.add(table)
        missing = {column for column, needed in known[table].items() if needed} - named
        if missing or named - known[table].keys():
            wrong.append((file, table, sorted(missing), sorted(named - known[table].keys())))
    assert wrong == []
    assert {"payments_payout", "policies_policy", "policies_ledgerentry"} <= seen
