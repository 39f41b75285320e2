"""The figures a process knows: the catalogue, read once and held against every declared fact."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from yilu.kernel.facts import REGISTRY
from yilu.obligations import operations as obligations
from yilu.scorecards.rules.definition import Book
from yilu.scorecards.rules.reading import Known, read_book

CATALOGUE = Path(__file__).parent / "catalogue" / "kpis.toml"
LOOK_UPS = frozenset({"message_seconds"})
"""Values that no fact tells, by name: read for all events of a batch at once."""


def known() -> Known:
    """What a definition may name."""
    return Known(REGISTRY, {row["code"] for row in obligations.shipped()}, LOOK_UPS)


@cache
def the_book() -> Book:
    """Every figure. :raises DefinitionError: with every mistake in the catalogue."""
    return read_book(CATALOGUE.read_text(encoding="utf-8"), CATALOGUE.name, known())
