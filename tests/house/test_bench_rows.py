"""What the benchmarks write by SQL of their own names every column that a row must have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import NOT_PROVIDED

BENCH = Path(__file__).parents[2] / "bench"
_INSERT = re.compile(r"insert into (\w+)(?: as \w+)? \(([^()]*)\)", re.IGNORECASE)
MODELS = {model._meta.db_table: model for model in apps.get_models()}


def inserts() -> list[tuple[str, str, frozenset[str]]]:
    return [
        (path.name, table, frozenset(name.strip(' "\n') for name in columns.split(",")))
        for path in sorted(BENCH.glob("*.py"))
        for table, columns in _INSERT.findall(path.read_text(encoding="utf-8"))
        if table in MODELS
    ]


def test_there_are_some():
    assert len({table for _file, table, _columns in inserts()}) > 10


@pytest.mark.parametrize(("file", "table", "columns"), inserts())
def test_a_row_of_a_benchmark_is_whole(file, table, columns):
    """Django's defaults are not the database's: a column that came later breaks a benchmark, not a test."""
    needed = {
        field.column
        for field in MODELS[table]._meta.concrete_fields
        if not field.null and not field.primary_key and field.db_default is NOT_PROVIDED
        and getattr(field, "generated", False) is False
    }  # fmt: skip
    assert needed <= columns
