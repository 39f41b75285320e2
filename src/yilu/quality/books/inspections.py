"""The books that come with Yilu: forms of touchpoints are made from their standards."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from yilu.quality.books import clients, drills, phrases
from yilu.quality.books import standards as shipped_standards
from yilu.quality.rules import scoring, standards
from yilu.quality.rules.books import BOOKS, CLIENTS, MANNER, PHRASES, PLAN


@cache
def shipped() -> Mapping[str, str]:
    """The text of each book."""
    folder = Path(__file__).parents[1] / "catalogue"
    texts = {
        PLAN: (folder / "plan.toml").read_text("utf-8"), PHRASES: phrases.shipped_text(),
        CLIENTS: clients.shipped_text(), MANNER: drills.manner_text(),
    }  # fmt: skip
    for book in BOOKS:
        if not book.startswith("form."):
            continue
        code = book.removeprefix("form.")
        if code in standards.TOUCHPOINTS:
            text = shipped_standards.shipped()[code]
            texts[book] = made_from(book, text)
        else:
            texts[book] = (folder / "forms" / f"{code}.toml").read_text("utf-8")
    return texts


def made_from(book: str, standard: str) -> str:
    """A form that asks what a touchpoint's standard says."""
    told = standards.read(standard)
    return scoring.form_from(told, title=f"{told.title.removesuffix('标准')}质检评分表")
