"""Pure decisions about figures (数值标准): reading one as typed, showing it, keeping it within its bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

EDITION = "standards.figures"
"""The name of the edition."""
BEGINNING = date(2000, 1, 1)
"""First values are in force from here: what was agreed long ago finds its figure too."""


class Unit(StrEnum):
    """What a figure counts. A percentage is kept as a share of one and typed and shown in percent."""

    YUAN = "YUAN"
    PERCENT = "PERCENT"
    TIMES = "TIMES"
    COUNT = "COUNT"
    LEVELS = "LEVELS"
    SECONDS = "SECONDS"
    MINUTES = "MINUTES"
    HOURS = "HOURS"
    DAYS = "DAYS"
    MONTHS = "MONTHS"
    YEARS = "YEARS"
    CLOCK = "CLOCK"


LABELS: dict[Unit, str] = {
    Unit.YUAN: _("元"), Unit.PERCENT: "%", Unit.TIMES: _("倍"), Unit.COUNT: _("次"),  Unit.LEVELS: _("层"), Unit.SECONDS: _("秒"), Unit.MINUTES: _("分钟"),
    Unit.HOURS: _("小时"), Unit.DAYS: _("天"), Unit.MONTHS: _("个月"), Unit.YEARS: _("岁"),
    Unit.CLOCK: _("点"),
}  # fmt: skip
PLACES: dict[Unit, int] = {Unit.YUAN: 2, Unit.PERCENT: 2, Unit.TIMES: 2}
"""How many decimals may be typed; every other unit is counted in whole numbers."""


class NotAFigure(Invalid):
    """What was typed is no number of this unit."""

    code = "not_a_figure"
    message = _("数值填写有误")
    hint = _("请只写数字，例如 80 或 1000.00，不要写单位。")


class OutOfBounds(Invalid):
    """The law, or what the platform can bear, does not allow this value."""

    code = "figure_out_of_bounds"
    message = _("数值超出允许的范围")
    hint = _("请在页面写明的范围内填写；法规的界限不能在系统里修改。")


@dataclass(frozen=True, slots=True)
class Definition:
    """
    What a figure is: it changes with the program only, its value with two people's will.

    ``citation`` names whose bound it is where ``bound`` says MOST or LEAST; otherwise the
    bounds are what the platform can bear.
    """

    code: str
    room: str
    name: str
    words: str
    unit: Unit
    value: Decimal
    least: Decimal
    most: Decimal
    bound: str
    citation: str


@dataclass(frozen=True, slots=True)
class Span:
    """A value and the days it counts on: from ``since`` to before ``until``."""

    since: date
    until: date | None
    value: Decimal


def define(given: dict[str, Any]) -> Definition:
    """A shipped figure. :raises ValueError: if its own value lies outside its bounds."""
    unit = Unit(given["unit"])
    value, least, most = (
        read(given[name], unit, given["name"]) for name in ("value", "least", "most")
    )
    found = Definition(
        code=given["code"], room=given["code"].partition(".")[0], name=given["name"],
        words=given["words"], unit=unit, value=value, least=least, most=most,
        bound=given.get("bound", ""), citation=given.get("citation", ""),
    )  # fmt: skip
    check(found, value)
    if found.bound and not found.citation:
        raise ValueError(f"{found.code}: a bound of law names its article")
    return found


def read(text: str, unit: Unit, name: str = "") -> Decimal:
    """A value as it is typed, in its unit. :raises NotAFigure: for anything else."""
    said = text.strip().replace(",", "").replace("，", "").removesuffix("%")
    try:
        number = Decimal(said)
    except InvalidOperation:
        raise NotAFigure(Sentence(_("{name}填写有误"), name=name) if name else None) from None
    places = PLACES.get(unit, 0)
    if not number.is_finite() or abs(number) >= 10**9 or round(number, places) != number:
        raise NotAFigure(
            hint=Sentence(_("请写数字，最多 {places} 位小数。"), places=places)
            if places
            else _("请写整数，不要写小数。")
        )
    return number / 100 if unit == Unit.PERCENT else number


def typed(value: Decimal, unit: Unit) -> str:
    """A value as it would be typed: ``80``, ``1000.00``."""
    number = value * 100 if unit == Unit.PERCENT else value
    if unit == Unit.YUAN:
        return f"{number:.2f}"
    return f"{number.normalize():f}"


def check(figure: Definition, value: Decimal) -> None:
    """:raises OutOfBounds: naming the bound, and the article where it is the law's."""
    for wrong, side, limit, plain, by_law in (
        (value < figure.least, "LEAST", figure.least, _("{name}不能低于 {limit}"),
         _("{name}不能低于 {limit}（{citation}）")),
        (value > figure.most, "MOST", figure.most, _("{name}不能高于 {limit}"),
         _("{name}不能高于 {limit}（{citation}）")),
    ):  # fmt: skip
        if not wrong:
            continue
        of_law = figure.bound == side
        told = typed(limit, figure.unit) + ("%" if figure.unit == Unit.PERCENT else "")
        raise OutOfBounds(
            Sentence(
                by_law if of_law else plain, name=figure.name, limit=told, citation=figure.citation
            )
        )


def value_on(spans: Sequence[Span], day: date) -> Decimal | None:
    """The value of a day, or of the first one for a day before all; None where there is none."""
    for span in spans:
        if span.since <= day and (span.until is None or day < span.until):
            return span.value
    return min(spans, key=lambda span: span.since).value if spans else None
