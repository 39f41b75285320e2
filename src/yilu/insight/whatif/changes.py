"""Which figures of a product's terms may be changed in a what-if, and how (测算条款). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _
from yilu.products.terms import Allowance, Benefit, Reimbursement, Terms

YUAN, PERCENT, DAYS, TIMES = "YUAN", "PERCENT", "DAYS", "TIMES"
UNITS = {YUAN: _("元"), PERCENT: "%", DAYS: _("日"), TIMES: _("倍")}
MOST = {
    YUAN: Decimal(100_000_000),
    PERCENT: Decimal(100),
    DAYS: Decimal(36_500),
    TIMES: Decimal(10),
}

# name of the field, what it is called, its unit, whether it may be empty
_MEDICAL = (
    ("deductible_visit", _("每次免赔额"), YUAN, False),
    ("deductible_year", _("每年免赔额"), YUAN, False),
    ("ratio_social", _("赔付比例：经医保结算"), PERCENT, False),
    ("ratio_unused", _("赔付比例：有医保未结算"), PERCENT, False),
    ("ratio_none", _("赔付比例：无医保"), PERCENT, False),
    ("scope.A", _("计入比例：甲类"), PERCENT, False),
    ("scope.B", _("计入比例：乙类"), PERCENT, False),
    ("scope.C", _("计入比例：丙类"), PERCENT, False),
    ("scope.OWN", _("计入比例：自费"), PERCENT, False),
    ("cap_visit", _("每次限额"), YUAN, True),
    ("cap_year", _("每年限额"), YUAN, True),
    ("cap_year_share", _("每年限额：保险金额的"), PERCENT, True),
    ("cap_lifetime", _("终身限额"), YUAN, True),
    ("waiting_days", _("等待期"), DAYS, False),
)
_DAILY = (
    ("daily", _("每日津贴"), YUAN, False),
    ("deductible_days", _("每次免赔天数"), DAYS, False),
    ("max_days_stay", _("每次最多天数"), DAYS, True),
    ("max_days_year", _("每年最多天数"), DAYS, True),
    ("max_days_lifetime", _("终身最多天数"), DAYS, True),
    ("icu_multiple", _("重症监护倍数"), TIMES, False),
    ("max_icu_days_stay", _("重症监护每次最多天数"), DAYS, True),
    ("waiting_days", _("等待期"), DAYS, False),
)


class BadChange(Invalid):
    """A figure that no clause could have."""

    code = "bad_what_if_change"
    message = _("改动的条款数值无法测算")
    hint = _("金额写到分，比例写 0 至 100、最多一位小数，天数写整数；没有限额的留空。")


class NothingChanged(Invalid):
    """The same terms give the same result."""

    code = "nothing_changed"
    message = _("还没有改动任何条款")
    hint = _("请至少改一项数值：每一项旁边写着现行的数值。")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that may be changed; ``value`` as people write it, empty where the clause sets none."""

    key: str
    label: str
    unit: str
    value: str
    optional: bool

    @property
    def unit_label(self) -> str:
        """The unit, in Chinese."""
        return UNITS[self.unit]


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one benefit."""

    code: str
    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is different: before and after as people write them, empty for none."""

    key: str
    benefit: str
    label: str
    unit: str
    before: str
    after: str

    @property
    def unit_label(self) -> str:
        """The unit, in Chinese."""
        return UNITS[self.unit]


def parts(terms: Terms) -> tuple[Part, ...]:
    """The benefits that can be recalculated, with every figure that may be changed."""
    return tuple(
        Part(b.code, b.name, tuple(_figures(b)))
        for b in terms.benefits
        if isinstance(b, Reimbursement | Allowance)
    )


def _figures(b: Benefit) -> Iterator[Figure]:
    for name, label, unit, optional in _MEDICAL if isinstance(b, Reimbursement) else _DAILY:
        value = _get(b, name)
        # A yearly cap is an amount or a share of the sum insured, never both.
        if name == "cap_year" and _get(b, "cap_year_share") is not None:
            continue
        if name == "cap_year_share" and value is None:
            continue
        # Where the clause says "the sum insured a day", every policy has its own.
        if name == "daily" and value is None:
            optional = True
        yield Figure(f"{b.code}.{name}", label, unit, written(value, unit), optional)


def _get(benefit: Benefit, name: str) -> Any:
    owner, _dot, rest = name.partition(".")
    value = getattr(benefit, owner)
    return getattr(value, rest) if rest else value


def written(value: Decimal | int | None, unit: str) -> str:
    """A figure as people write it: a ratio as a percentage."""
    if value is None:
        return ""
    figure = Decimal(value) * 100 if unit == PERCENT else Decimal(value)
    return f"{figure.normalize():f}"


def read(terms: Terms, given: Mapping[str, str]) -> tuple[Change, ...]:
    """
    What of ``given`` (figures by key, as written) differs from the terms.

    :raises BadChange: naming the figure. :raises NothingChanged: where all are as they were.
    """
    found = []
    for part in parts(terms):
        for figure in part.figures:
            text = "".join(given.get(figure.key, figure.value).replace(",", "").split())
            value = _read(figure, text)
            after = written(value, figure.unit)
            if after != figure.value:
                found.append(
                    Change(figure.key, part.name, figure.label, figure.unit, figure.value, after)
                )
    if not found:
        raise NothingChanged
    return tuple(found)


def _read(figure: Figure, text: str) -> Decimal | int | None:
    if not text:
        if figure.optional:
            return None
        raise BadChange(Sentence(_("“{label}”不能为空"), label=figure.label))
    try:
        value = (
            Decimal(text)
            if text.isascii() and len(text) <= 15 and "E" not in text.upper()
            else None
        )
    except InvalidOperation:
        value = None
    places = {YUAN: 2, PERCENT: 1, DAYS: 0, TIMES: 2}[figure.unit]
    if (
        value is None
        or not value.is_finite()
        or not 0 <= value <= MOST[figure.unit]
        or value != round(value, places)
    ):
        raise BadChange(
            Sentence(_("“{label}”的数值不对：{text}"), label=figure.label, text=text[:20])
        )
    if figure.unit == DAYS:
        return int(value)
    return value / 100 if figure.unit == PERCENT else value


def applied(terms: Terms, changes: tuple[Change, ...]) -> Terms:
    """The terms with these figures instead. :raises BadChange: for one they do not have."""
    by_benefit: dict[str, dict[str, Any]] = {}
    known = {f.key: f for part in parts(terms) for f in part.figures}
    for change in changes:
        figure = known.get(change.key)
        if figure is None:
            raise BadChange
        code, _dot, name = change.key.partition(".")
        by_benefit.setdefault(code, {})[name] = _read(figure, change.after)
    return replace(
        terms,
        digest="",
        benefits=tuple(_with(b, by_benefit.get(b.code, {})) for b in terms.benefits),
    )


def _with(benefit: Benefit, values: Mapping[str, Any]) -> Benefit:
    plain = {name: value for name, value in values.items() if "." not in name}
    scope = {name.partition(".")[2]: value for name, value in values.items() if "." in name}
    if scope and isinstance(benefit, Reimbursement):
        plain["scope"] = replace(benefit.scope, **scope)
    return replace(benefit, **plain) if plain else benefit


def digest(terms: Terms) -> str:
    """SHA-256 over every promise of the terms: the same figures, the same digest."""
    text = orjson.dumps(
        [terms.code, terms.version, terms.benefits],
        default=_plain,
        option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS,
    )
    return hashlib.sha256(text).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return [type(value).__name__, *(getattr(value, f.name) for f in fields(value))]
    raise TypeError(type(value).__name__)
