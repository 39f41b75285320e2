"""
A trained model as plain data, and how it scores and explains one claim. Pure, no library.

A model is a sum of small trees. Each looks at two questions at most, so that a score is a sum of
contributions of features, and every reason can be said in words.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yilu.kernel.days import CHINA, day_of
from yilu.kernel.words import marked as _

from .comparing import Sight, TraitKind

Value = float | str | None
REASONS_MAX = 4

FEATURES = {
    "amount": _("票据金额"),
    "bills": _("票据张数"),
    "lines": _("收费明细条数"),
    "daily_cost": _("住院日均费用"),
    "inpatient": _("是否住院"),
    "claim_type": _("理赔类型"),
    "channel": _("报案渠道"),
    "has_account": _("报案时已有收款账户"),
    "payee_is_insured": _("被保险人本人领款"),
    "days_covered": _("保单生效至出险天数"),
    "days_to_report": _("出险至报案天数"),
    "hour": _("报案时刻"),
    "reports_30": _("30 天内报案次数"),
    "reports_90": _("90 天内报案次数"),
    "reports_730": _("两年内报案次数"),
    "account_others": _("同一账户的其他人数"),
    "phone_others": _("同一电话的其他人数"),
    "device_others": _("同一设备的其他人数"),
    "invoice_others": _("相似票据的其他赔案数"),
    "bill_findings": _("与监管规则不符的收费项数"),
}
"""What a model may look at: how a claim was made and what it shares with others."""
RISING = frozenset(
    {
        "reports_30", "reports_90", "account_others", "phone_others", "device_others",
        "invoice_others", "bill_findings", "daily_cost",
    }
)  # fmt: skip
"""Features of which more never makes a score lower: a reason must not read the wrong way round."""
EXCLUDED = {
    "sex": _("性别：受保护特征，不得作为区别对待的依据"),
    "age": _("年龄、出生日期：受保护特征；是否合理由公开规则判断"),
    "ethnicity": _("民族、宗教、国籍、户籍、籍贯：受保护特征"),
    "education": _("学历、职业、收入、婚姻家庭：与本次事故无关，且会替代受保护特征"),
    "disability": _("残疾、诊断、基因、既往病史：健康信息仅供核赔人员按条款使用"),
    "name": _("姓名、证件号码、地址、电话号码本身：只比较是否相同，不看内容"),
}
"""What a model never looks at, and why."""
PROTECTED_WORDS = (
    "sex", "gender", "age", "birth", "ethnic", "nation", "race", "religion", "education",
    "occupation", "marital", "relationship", "income", "disab", "diagnos", "gene", "name", "zip",
)  # fmt: skip
"""Words in a column's name that keep it out of any training, also of tables of others."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a feature did to one score: ``points`` above zero speak for looking."""

    feature: str
    value: Value
    points: float


@dataclass(frozen=True, slots=True)
class Scored:
    """One score: a probability, where it stands among those the model was tried on, and why."""

    chance: float
    percentile: int
    reasons: tuple[Reason, ...]


def is_protected(column: str) -> bool:
    """Whether a column's name says that no model may look at it."""
    words = column.lower().replace("-", "_").split("_")
    return any(w.startswith(p) if len(p) > 3 else w == p for w in words for p in PROTECTED_WORDS)


def features_of(
    facts: Mapping[str, Value], sights: Sequence[Sight], *, party_id: int, reported_at: datetime
) -> dict[str, Value]:
    """
    A claim's features as they were when it was reported: ``facts`` kept then, and what had been seen
    by then. What happened later is not among the arguments, and is dropped if it is among the sights.
    """
    seen = [s for s in sights if s.happened_at <= reported_at]

    def others(kind: TraitKind) -> float:
        return float(len({s.party_id for s in seen if s.kind is kind and s.party_id != party_id}))

    def reports(days: int) -> float:
        since = reported_at - timedelta(days=days)
        return 1.0 + len(
            {s.subject for s in seen if s.kind is TraitKind.INSURED and s.happened_at > since}
        )

    return {
        **{name: facts.get(name) for name in FEATURES if name in facts},
        "hour": float(reported_at.astimezone(CHINA).hour),
        "reports_30": reports(30), "reports_90": reports(90), "reports_730": reports(730),
        "account_others": others(TraitKind.ACCOUNT), "phone_others": others(TraitKind.PHONE),
        "device_others": others(TraitKind.DEVICE),
        "invoice_others": float(len({s.subject for s in seen if s.kind is TraitKind.INVOICE})),
    }  # fmt: skip


def times_of(effective_on: date, loss_date: date, reported_at: datetime) -> dict[str, Value]:
    """The two spans every claim has."""
    return {
        "days_covered": float((loss_date - effective_on).days),
        "days_to_report": float((day_of(reported_at) - loss_date).days),
    }


class Model:
    """A trained model, ready to score; made of the JSON that training wrote."""

    def __init__(self, kept: Mapping[str, Any], version: int = 0) -> None:
        self.version = version
        self.columns = [(str(c["feature"]), c) for c in kept["columns"]]
        self.base = float(kept["base"])
        self.slope, self.shift = (float(x) for x in kept["calibration"])
        self.quantiles = [float(q) for q in kept["quantiles"]]
        self._trees = [tuple(_node(node) for node in tree) for tree in kept["trees"]]

    def row(self, features: Mapping[str, Value]) -> list[float]:
        """Features as the trees read them: 1 or 0 for a word; what is unknown is below everything."""
        made: list[float] = []
        for feature, column in self.columns:
            value = features.get(feature)
            if "value" in column:
                made.append(1.0 if value == column["value"] else 0.0)
            elif "rates" in column:
                made.append(column["rates"].get(value, column["other"]))
            else:
                made.append(float(value) if isinstance(value, int | float) else -math.inf)
        return made

    def total(self, row: Sequence[float]) -> float:
        """The sum of the trees before calibration."""
        total = self.base
        for tree in self._trees:
            node = tree[0]
            while (column := node[0]) >= 0:
                node = tree[node[2] if row[column] <= node[1] else node[3]]
            total += node[4]
        return total

    def percentile(self, total: float) -> int:
        """How many of a hundred claims the model was tried on have a lower sum."""
        return min(100, bisect_right(self.quantiles, total))

    def score(self, features: Mapping[str, Value]) -> Scored:
        """The score of one claim with its reasons, the strongest first: they add up to the sum."""
        row = self.row(features)
        points: dict[str, float] = {}
        total = self.base
        for tree in self._trees:
            node = tree[0]
            total += node[4]
            while (column := node[0]) >= 0:
                nearer = tree[node[2] if row[column] <= node[1] else node[3]]
                step = nearer[4] - node[4]
                total += step
                feature = self.columns[column][0]
                points[feature] = points.get(feature, 0.0) + step
                node = nearer
        chance = 1 / (1 + math.exp(-(self.slope * total + self.shift)))
        strongest = sorted(points.items(), key=lambda p: (-p[1], p[0]))
        reasons = tuple(Reason(f, features.get(f), round(p, 3)) for f, p in strongest if p > 0.01)
        return Scored(chance, self.percentile(total), reasons[:REASONS_MAX])


def _node(kept: Sequence[float]) -> tuple[int, float, int, int, float]:
    column, limit, left, right, value = kept
    return int(column), float(limit), int(left), int(right), float(value)


def say(reason: Reason) -> str:
    """A reason in words: the feature and its value."""
    label = FEATURES.get(reason.feature, reason.feature)
    value = reason.value
    if value is None:
        return f"{label}：未知"
    if isinstance(value, float | int):
        return f"{label}：{value:,.0f}"
    return f"{label}：{value}"


def population_shift(counts: Sequence[int]) -> tuple[float, tuple[float, ...]]:
    """The population stability index of ten equal bands, and the share of claims in each."""
    whole = sum(counts) or 1
    shares = tuple(n / whole for n in counts)
    expected = 1 / len(counts)
    floor = 0.5 / whole
    psi = sum((max(s, floor) - expected) * math.log(max(s, floor) / expected) for s in shares)
    return round(psi, 3), tuple(round(s, 3) for s in shares)
