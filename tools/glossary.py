"""Write the list of tables into docs/glossary.md from the models' docstrings."""

from __future__ import annotations

import os
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "glossary.md"
TERM = re.compile(r"[（(]([^（()）]*[一-鿿][^（()）]*)[)）]")


def kept() -> list[tuple[str, str, str, str]]:
    """Room, model, Chinese term and first sentence of every table of ours."""
    from django.apps import apps

    rows = []
    for model in apps.get_models():
        tracked = model.__name__.endswith("Event") and hasattr(model, "pgh_id")
        if not model.__module__.startswith("yilu.") or tracked:
            continue
        text = " ".join((model.__doc__ or "").split())
        term = TERM.search(text)
        sentence = re.split(r"(?<=[.:])\s", text)[0].rstrip(":.")
        rows.append((model._meta.app_label, model.__name__, term[1] if term else "", sentence))
    return sorted(rows)


def table() -> str:
    """The list as Markdown."""
    lines = ["| room | table | 中文 | what it is |", "|---|---|---|---|"]
    lines += [
        f"| {room} | `{name}` | {term} | {TERM.sub('', text).strip()} |"
        for room, name, term, text in kept()
    ]
    return "\n".join(lines)


def written(page: str) -> str:
    """The page with its list as the models say it."""
    head, rest = page.split("<!-- models -->")
    tail = rest.split("<!-- /models -->")[1]
    return f"{head}<!-- models -->\n{table()}\n<!-- /models -->{tail}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
    import django

    django.setup()
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
