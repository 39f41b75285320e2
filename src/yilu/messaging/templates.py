"""
The template catalogue: TOML files in ``catalogue/``, one a room, read once.

A template names its facts with their kinds, so that a time is told in the reader's language and
zone and an amount with its separators. ``{name}``, ``{insurer}`` and ``{hotline}`` are always there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from yilu.kernel import recall
from yilu.messaging import matrix, rules

FOLDER = Path(__file__).parent / "catalogue"


@dataclass(frozen=True, slots=True)
class Words:
    """A title and a text in one language, with ``{facts}`` in braces."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """
    A kind of message (通知模板).

    ``facts`` and ``secrets`` say which values a caller must give, by kind (text, money, time, date).
    Secret ones are sealed at rest and forgotten after sending. ``agent`` are the words of the copy
    to the customer's agent, which tell less; empty where agents get none. One that ``reminds`` of a
    premium goes first by the way its reader chose for reminders.
    """

    code: str
    version: int
    audience: str
    timing: str
    channels: tuple[str, ...]
    facts: Mapping[str, str]
    secrets: Mapping[str, str]
    words: Mapping[str, Words]
    agent: Mapping[str, Words]
    agent_facts: tuple[str, ...]
    purpose: str = "SERVICE"
    reminds: bool = False


class CatalogueBroken(Exception):
    """A catalogue file is wrong; the program does not start with it."""


@cache
def bodies() -> Mapping[str, Mapping[str, Any]]:
    """Every shipped template as its file has it, by code."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        with path.open("rb") as file:
            found |= {f"{path.stem}.{name}": row for name, row in tomllib.load(file).items()}
    return found


@cache
def catalogue() -> Mapping[str, Template]:
    """Every shipped template by code. :raises CatalogueBroken: naming file and fault."""
    made: dict[str, Template] = {}
    for code, row in bodies().items():
        try:
            made[code] = read(code, row)
        except (KeyError, ValueError, TypeError) as fault:
            raise CatalogueBroken(f"{code}: {fault}") from fault
    return made


def in_force(code: str, at: datetime) -> Template | None:
    """
    The words of a template at a moment: the version that two people of the insurer put in force, or
    else what shipped; None for a code that is none.
    """
    shipped = catalogue().get(code)
    if shipped is None:
        return None
    for effective_from, template in _approved(0).get(code, ()):
        if effective_from <= at:
            return template
    return shipped


def _load(_all: int) -> dict[str, list[tuple[datetime, Template]]]:
    """Every version put in force, the latest of each first: one statement for the whole matrix."""
    from yilu.messaging.models import TemplateVersion

    made: dict[str, list[tuple[datetime, Template]]] = {}
    rows = TemplateVersion.objects.filter(state="APPROVED").order_by("-effective_from", "-version")
    for row in rows:
        if row.effective_from is not None:
            template = read(row.template, {**row.body, "version": row.version})
            made.setdefault(row.template, []).append((row.effective_from, template))
    return made


_approved = recall.Recall("messaging.templates", _load)


def read(code: str, row: Mapping[str, Any]) -> Template:
    """Make a template of its TOML table. :raises ValueError: for a word that has no fact, and so on."""
    template = Template(
        code=code,
        version=int(row["version"]),
        audience=row["audience"],
        timing=row["timing"],
        channels=tuple(row["channels"]),
        facts=dict(row.get("facts", {})),
        secrets=dict(row.get("secrets", {})),
        words={tongue: Words(**row[tongue]) for tongue in rules.LANGUAGES},
        agent={tongue: Words(**row["agent"][tongue]) for tongue in rules.LANGUAGES}
        if "agent" in row
        else {},
        agent_facts=tuple(row["agent"]["facts"]) if "agent" in row else (),
        purpose=row.get("purpose") or matrix.purpose(code)
        or rules.purpose_of(row["timing"], tuple(row.get("secrets", {}))),
        reminds=bool(row.get("reminds", False)),
    )  # fmt: skip
    unknown = set(row) - {
        "version",
        "audience",
        "timing",
        "channels",
        "facts",
        "secrets",
        "agent",
        "purpose",
        "reminds",
        *rules.LANGUAGES,
    }
    if unknown:
        raise ValueError(f"unknown entries {sorted(unknown)}")
    if template.purpose not in rules.PURPOSES:
        raise ValueError(f"unknown purpose {template.purpose}")
    if template.audience not in rules.AUDIENCES or template.timing not in rules.TIMINGS:
        raise ValueError(f"unknown audience or timing: {template.audience}, {template.timing}")
    if not template.channels or set(template.channels) - set(rules.CHANNELS):
        raise ValueError(f"channels must be some of {rules.CHANNELS}")
    kinds = {**template.facts, **template.secrets}
    if set(kinds.values()) - set(rules.FACT_KINDS) or set(kinds) & set(rules.ALWAYS):
        raise ValueError("a fact has an unknown kind or a reserved name")
    for words in template.words.values():
        _must_use_exactly(words, set(kinds), all_used=True)
    for words in template.agent.values():
        _must_use_exactly(words, set(template.agent_facts), all_used=True)
    if set(template.agent_facts) - set(template.facts):
        raise ValueError(
            "the agent's copy tells a fact the customer's message does not, or a secret"
        )
    return template


def _must_use_exactly(words: Words, facts: set[str], *, all_used: bool) -> None:
    named = {
        field
        for part in (words.title, words.text)
        for _, field, spec, conversion in Formatter().parse(part)
        if field is not None and _plain(field, spec, conversion)
    }
    if strange := named - facts - set(rules.ALWAYS):
        raise ValueError(f"the words name {sorted(strange)}, which are no facts of it")
    if all_used and (idle := facts - named):
        raise ValueError(f"no word uses {sorted(idle)}")


def _plain(field: str, spec: str | None, conversion: str | None) -> bool:
    if not field.isidentifier() or spec or conversion:
        raise ValueError(f"{{{field}}} must be a bare name")
    return True
