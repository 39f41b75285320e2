"""Bring the shipped promises into the database."""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from yilu.kernel import tx
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import SYSTEM
from yilu.obligations.book import EDITION
from yilu.obligations.models import Definition, DefinitionVersion
from yilu.obligations.rules.definitions import read_rule
from yilu.standards import operations as standards

FOLDER = Path(__file__).parents[1] / "catalogue"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_ZONE = ZoneInfo("Asia/Shanghai")
_ABOUT = ("code", "subject", "title", "title_en", "text", "citation", "grade", "effective_from")


def shipped() -> list[dict[str, Any]]:
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
    return found


@tx.use_case
def load_catalogue(at: datetime) -> int:
    """
    Bring in the shipped promises; return how many were new or changed.

    Safe to run at every start. A shipped promise whose content changed gets a new version from
    ``at``, unless the insurer has revised or ended that promise since. Standards must be loaded
    too, for the calendar.
    """
    newest: dict[str, DefinitionVersion] = {}
    for row in DefinitionVersion.objects.select_related("definition").order_by("number"):
        newest[row.definition.code] = row
    loaded = 0
    for given in shipped():
        before = newest.get(given["code"])
        if before and (before.shipped in ("", given["digest"]) or before.effective_to):
            continue
        read_rule(given["rule"], REGISTRY)
        if before:
            before.effective_to = at
            before.save(update_fields=["effective_to"])
            definition = before.definition
        else:
            definition = Definition.objects.create(
                code=given["code"], subject_kind=given["subject"]
            )
        DefinitionVersion.objects.create(
            definition=definition,
            number=before.number + 1 if before else 1,
            effective_from=at if before else _beginning(given.get("effective_from")),
            title=given["title"],
            title_en=given["title_en"],
            text=given["text"],
            citation=given["citation"],
            grade=given["grade"],
            rule=given["rule"],
            author=str(SYSTEM),
            shipped=given["digest"],
        )
        loaded += 1
    if loaded:
        standards.touch(EDITION)
    return loaded


def _beginning(day: date | None) -> datetime:
    """A rule counts from its own first day; one older than the platform's data from then."""
    if day is None:
        return BEGINNING
    return max(BEGINNING, datetime(day.year, day.month, day.day, tzinfo=_ZONE))
