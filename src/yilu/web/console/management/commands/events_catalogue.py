"""``yilu events_catalogue``: write docs/events.md from the declared facts."""

from __future__ import annotations

import inspect
from argparse import ArgumentParser
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import autodiscover_modules

from yilu.kernel.facts import REGISTRY

PAGE = settings.ROOT / "docs" / "events.md"
HEAD = """\
# Events catalogue 事件目录

Everything the platform says happened, by the room that says it. Written by `yilu events_catalogue`;
a test fails when it is out of date. An event also has its subject (`about`), the customer on whose
timeline it stands (`party`), who did it (`actor`) and when (`at`). Facts hold ids, codes and amounts
as text, never a name, a number of an identity card or free text about a person.
"""


class Command(BaseCommand):
    """Writes the catalogue, or with --check tells whether it is up to date."""

    help = "Writes docs/events.md from the facts declared in every room's events.py."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only tell whether it is up to date"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        text = catalogue()
        if check:
            if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
                raise CommandError(f"{PAGE.name} is out of date: run yilu events_catalogue")
            return
        PAGE.write_text(text, encoding="utf-8")
        self.stdout.write(f"{PAGE}: {text.count('### ')} events")


def catalogue() -> str:
    """The page's text."""
    autodiscover_modules("events")
    parts = [HEAD]
    room = ""
    for kind, fact in sorted(REGISTRY.items()):
        if not fact.__module__.startswith("yilu."):
            continue
        if kind.partition(".")[0] != room:
            room = kind.partition(".")[0]
            parts.append(f"\n## {room}\n")
        parts.append(_entry(kind, fact))
    return "".join(parts)


def _entry(kind: str, fact: type[Any]) -> str:
    said = inspect.cleandoc(fact.__doc__ or "").replace("\n", " ")
    lines = [f"\n### `{kind}` {fact.fact_label}\n\n", f"{said}\n"]
    comments = _comments(fact)
    described = [
        f"- `{field.name}`: {field.type}{comments.get(field.name, '')}" for field in fields(fact)
    ]
    if described:
        lines += ["\n", "\n".join(described), "\n"]
    return "".join(lines)


def _comments(fact: type[Any]) -> dict[str, str]:
    """The comments beside the fields, where the source is at hand."""
    try:
        source = inspect.getsource(fact)
    except OSError:
        return {}
    found = {}
    for line in source.splitlines():
        name, colon, rest = line.strip().partition(":")
        _, mark, comment = rest.partition("  # ")
        if colon and mark and name.isidentifier():
            found[name] = f" ({comment.strip()})"
    return found
