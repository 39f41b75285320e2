"""The standards that come with the platform, as files: what a new insurer starts from."""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from yilu.kernel.worktime import WorkTime

from .figures import Definition, define
from .rules import Hours, SpecialDay, compile_calendar

FOLDER = Path(__file__).parent / "catalogue"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""First shipped versions are in force from here, so that older losses find their rules."""


@cache
def calendar() -> dict[str, Any]:
    """The national calendar's name, zone, week and years."""
    return tomllib.loads((FOLDER / "calendar.toml").read_text(encoding="utf-8"))


@cache
def calendar_days() -> tuple[SpecialDay, ...]:
    """The days that differ from the week, all years."""
    with (FOLDER / "calendar_cn.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            SpecialDay(date.fromisoformat(line["day"]), line["kind"] == "WORK", (), line["name"])
            for line in csv.DictReader(lines)
        )


@cache
def working_time() -> WorkTime:
    """The national calendar as shipped: what counts while the database holds none."""
    given = calendar()
    hours = Hours(
        tuple(tuple(spells) for spells in given["week"]), given["zone"], given["follows_holidays"]
    )
    known = [y["year"] for y in given["year"]]
    return compile_calendar(
        hours,
        calendar_days(),
        (),
        confirmed_until=max(y["year"] for y in given["year"] if not y["provisional"]),
        years=(min(known), max(known)),
        edition="shipped",
    )


@cache
def tables() -> tuple[dict[str, Any], ...]:
    """Every shipped decision table, with the digest of its content."""
    return _files("tables")


@cache
def checklists() -> tuple[dict[str, Any], ...]:
    """Every shipped checklist, with the digest of its content."""
    return _files("checklists")


@cache
def programmes() -> tuple[dict[str, Any], ...]:
    """Every shipped programme, with the digest of its content."""
    return _files("programmes")


@cache
def books() -> dict[str, dict[str, Any]]:
    """Every shipped book of rules by its code: ``content`` and its ``digest``."""
    return {
        given["code"]: {
            "content": {name: given[name] for name in given.keys() - {"code", "digest"}},
            "digest": given["digest"],
        }
        for given in _files("books")
    }


@cache
def figures() -> dict[str, Definition]:
    """Every figure by its code."""
    every = [define(each) for given in _files("figures") for each in given["figure"]]
    found = {each.code: each for each in every}
    if len(found) < len(every):
        raise ValueError("a figure's code is there twice")
    return found


def _files(folder: str) -> tuple[dict[str, Any], ...]:
    """Read once; what it gives must not be changed."""
    found = []
    for path in sorted((FOLDER / folder).glob("*.toml")):
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        written = json.dumps(given, sort_keys=True, ensure_ascii=False, default=str)
        found.append(given | {"digest": hashlib.sha256(written.encode()).hexdigest()})
    return tuple(found)
