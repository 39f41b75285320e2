"""Bring the shipped promises into the database."""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import CHINA
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import SYSTEM
from yilu.obligations.book import EDITION
from yilu.obligations.models import Definition, DefinitionVersion
from yilu.obligations.rules.definitions import read_rule
from yilu.standards import operations as standards

FOLDER = Path(__file__).parents[1] / "catalogue"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""From when our own promises count, where they name no day."""
_TOLD = ("title", "title_en", "text", "citation", "grade", "rule")
_ABOUT = ("code", "subject", "title", "title_en", "text", "citation", "grade", "effective_from")


@cache
def shipped() -> tuple[dict[str, Any], ...]:
    """Every promise the platform comes with, pauses spelt out, with the digest of its content."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        pauses = given.get("pauses", {})
        for row in given["obligation"]:
            row = dict(row)
            row["pause"] = [pauses[name] for name in row.get("pause", ())]
            written = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)
            about = {name: row.pop(name) for name in _ABOUT if name in row}
            digest = hashlib.sha256(written.encode()).hexdigest()
            found.append({**about, "rule": row, "digest": digest})
    return tuple(found)


@tx.use_case
def load_catalogue(at: datetime) -> int:
    """
    Bring in the shipped promises; return how many were new or changed.

    Safe to run at every start. A row of law counts from its law's own day. A shipped promise whose
    content changed gets a new version from ``at``, or from the day of a law that is newer than the
    version before; unless the insurer has revised or ended that promise since. Standards must be loaded
    too, for the calendar.
    """
    newest: dict[str, DefinitionVersion] = {}
    mended = 0
    for row in DefinitionVersion.objects.select_related("definition").order_by("number"):
        newest[row.definition.code] = row
    wanted = []
    for given in shipped():
        before = newest.get(given["code"])
        if before and _mend_day(given, before):
            mended += 1
            continue
        if before and (before.shipped in ("", given["digest"]) or before.effective_to):
            continue
        read_rule(given["rule"], REGISTRY)
        wanted.append((given, before))
    if mended:
        standards.touch(EDITION)
    if not wanted:
        return mended
    made = Definition.objects.bulk_create(
        Definition(code=given["code"], subject_kind=given["subject"])
        for given, before in wanted
        if before is None
    )
    definitions = {definition.code: definition for definition in made}
    for given, before in wanted:
        if before:
            definitions[before.definition.code] = before.definition
            before.effective_to = _starts(given, before, at)
            before.save(update_fields=["effective_to"])
    DefinitionVersion.objects.bulk_create(
        _version(definitions[given["code"]], given, before, at) for given, before in wanted
    )
    standards.touch(EDITION)
    return len(wanted) + mended


def _version(
    definition: Definition, given: dict[str, Any], before: DefinitionVersion | None, at: datetime
) -> DefinitionVersion:
    told = {name: given[name] for name in _TOLD}
    return DefinitionVersion(
        definition=definition,
        number=before.number + 1 if before else 1,
        effective_from=_starts(given, before, at),
        author=str(SYSTEM),
        shipped=given["digest"],
        **told,
    )


@tx.step
def _mend_day(given: dict[str, Any], before: DefinitionVersion) -> bool:
    """
    The first version of a row of law that says the same, but was brought in with another day: it counts
    from its law's own day. Whether it did not.
    """
    own = _own_day(given)
    first = before.number == 1 and before.shipped != "" and before.effective_to is None
    if own is None or not first or before.effective_from == own:
        return False
    if any(getattr(before, name) != given[name] for name in _TOLD):
        return False
    before.effective_from, before.shipped = own, given["digest"]
    before.save(update_fields=["effective_from", "shipped"])
    return True


def _own_day(given: dict[str, Any]) -> datetime | None:
    day: date | None = given.get("effective_from")
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) if day else None


def _starts(given: dict[str, Any], before: DefinitionVersion | None, at: datetime) -> datetime:
    """The law's own day, though it is over or still to come; what it already counts from is not moved."""
    own = _own_day(given)
    if before is None:
        return own or BEGINNING
    return own if own and own > before.effective_from else at
