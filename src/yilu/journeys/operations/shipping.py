"""Bring the shipped journeys and the texts of our standards into the database."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from yilu.journeys.book import EDITION, known
from yilu.journeys.models import JourneyVersion, StandardText
from yilu.journeys.operations.versions import automatic
from yilu.journeys.rules.reading import read_journey
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.standards import operations as standards
from yilu.standards.terms import CHECKS, Result

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""First shipped versions are in force from here, so that older events find their journey."""
FOLDER = Path(__file__).parents[1] / "catalogue"
CATALOGUES = ("three", "seven", "nine")
SHIPPED_EVIDENCE = "随系统交付：由自动测试与性能测试覆盖；接入本公司后请重新核对。"


@cache
def shipped() -> tuple[tuple[str, str, str], ...]:
    """Every shipped journey: code, text, digest."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        if path.stem != "standards":
            text = path.read_text(encoding="utf-8")
            found.append((path.stem, text, hashlib.sha256(text.encode()).hexdigest()))
    return tuple(found)


@cache
def _texts() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((FOLDER / "standards.toml").read_text(encoding="utf-8"))


@tx.use_case
def load_catalogue(at: datetime) -> int:
    """
    Bring in the shipped journeys and standards; how many journeys were new or changed.

    Safe at every start: a journey whose text changed gets a new version from ``at``, unless the
    insurer has written its own since. Decision tables must be loaded first.
    """
    _load_texts()
    newest = {row.code: row for row in JourneyVersion.objects.order_by("number")}
    names, count = known(), 0
    for code, text, digest in shipped():
        before = newest.get(code)
        if before is not None and before.shipped in ("", digest):
            continue
        journey = read_journey(text, f"{code}.toml", names)
        if before is not None:
            before.state, before.effective_to = JourneyVersion.State.RETIRED, at
            before.save(update_fields=["state", "effective_to"])
        row = JourneyVersion.objects.create(
            code=code, number=before.number + 1 if before else 1, text=text, shipped=digest,
            state=JourneyVersion.State.ON, author=str(SYSTEM), publisher=str(SYSTEM), drafted_at=at,
            effective_from=at if before else BEGINNING,
        )  # fmt: skip
        said = {
            each.check: each for each in automatic(journey, before is not None, max(at, BEGINNING))
        }
        results = [said.get(check) or Result(check, True, SHIPPED_EVIDENCE) for check in CHECKS]
        standards.keep_results(
            subject=Ref("journey_version", row.pk), results=results, at=max(at, BEGINNING)
        )
        count += 1
    if count:
        standards.touch(EDITION)
    return count


def _load_texts() -> None:
    StandardText.objects.bulk_create(
        [
            StandardText(
                catalogue=catalogue, code=row["code"], position=position, title=row["title"],
                text=row["text"],
            )
            for catalogue in CATALOGUES
            for position, row in enumerate(_texts()[catalogue])
        ],
        ignore_conflicts=True,
    )  # fmt: skip
