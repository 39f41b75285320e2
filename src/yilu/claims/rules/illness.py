"""
A sum on first diagnosis of a listed illness (重大疾病).

One illness is paid once, one group of illnesses once, a level as often as it has shares and with
its interval between two diagnoses. Of illnesses confirmed on the same day only the best paid counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from yilu.claims.rules import grounds
from yilu.claims.rules.facts import Diagnosis
from yilu.claims.rules.sheet import Sheet
from yilu.kernel.money import ZERO, round_yuan
from yilu.policies.terms import IllnessPaid, Use
from yilu.products.terms import LEVELS, Condition, Illness, IllnessLevel


def work_out(sheet: Sheet, benefits: Sequence[Illness]) -> None:
    """Each diagnosis, from the earliest, against what was paid before and in this case."""
    if not sheet.case.diagnoses:
        sheet.missing("NO_DIAGNOSIS")
        return
    for benefit in benefits:
        sheet.open(benefit)
        _benefit(sheet, benefit)
        grounds.weigh(sheet, benefit)


def _benefit(sheet: Sheet, b: Illness) -> None:
    listed = {c.code: c for c in b.conditions}
    levels = {level.level: level for level in b.levels}
    paid = list(sheet.used.of(b.code).illnesses)
    known: list[tuple[Diagnosis, Condition, IllnessLevel]] = []
    for diagnosis in sheet.case.diagnoses:
        condition = listed.get(diagnosis.condition)
        if condition is None:
            sheet.ground(
                "CONDITION_NOT_LISTED",
                b.clause,
                diagnosis.condition,
                detail=diagnosis.condition,
                applied=True,
            )
        else:
            known.append((diagnosis, condition, levels[condition.level]))
    # Same day: the best paid first. A level paid before counts with its next share.
    known.sort(key=lambda k: (k[0].confirmed_on, -_next_share(k[2], paid), k[1].code))
    paid_on = None
    for diagnosis, condition, level in known:
        if diagnosis.confirmed_on == paid_on:
            sheet.add("NOT_ADDED", ZERO, condition.name)
        elif not _barred(sheet, b, condition, level, diagnosis, paid):
            _pay(sheet, b, condition, level, diagnosis, paid)
            paid_on = diagnosis.confirmed_on


def _next_share(level: IllnessLevel, paid: Sequence[IllnessPaid]) -> Decimal:
    times = sum(1 for p in paid if p.level == level.level)
    return level.shares[times] if times < len(level.shares) else ZERO


def _pay(
    sheet: Sheet,
    b: Illness,
    condition: Condition,
    level: IllnessLevel,
    diagnosis: Diagnosis,
    paid: list[IllnessPaid],
) -> None:
    times = sum(1 for p in paid if p.level == level.level)
    share, contract = level.shares[times], sheet.case.contract
    amount = contract.sum_insured * share
    sheet.add(
        "ILLNESS",
        amount,
        condition.name, LEVELS[level.level], times + 1, contract.sum_insured, share,
    )  # fmt: skip
    paid.append(IllnessPaid(condition.code, condition.group, level.level, diagnosis.confirmed_on))
    sheet.uses.append(
        Use(
            benefit_code=b.code, year=contract.year_of(diagnosis.confirmed_on),
            used_on=diagnosis.confirmed_on, visit=condition.code, paid=round_yuan(amount),
            condition=condition.code, group=condition.group, level=level.level,
        )
    )  # fmt: skip
    if b.ends_policy and level.level == "SEVERE" and times + 1 == len(level.shares):
        sheet.ends_policy = True


def _barred(
    sheet: Sheet,
    b: Illness,
    condition: Condition,
    level: IllnessLevel,
    diagnosis: Diagnosis,
    paid: Sequence[IllnessPaid],
) -> bool:
    """Whether a limit of the clause keeps this diagnosis from being paid; a person confirms it."""

    def bar(code: str, *args: object) -> bool:
        sheet.ground(code, level.clause, *args, detail=condition.code, applied=True)
        return True

    for earlier in paid:
        if earlier.condition == condition.code:
            return bar("ALREADY_PAID", condition.name, earlier.on)
        if condition.group and earlier.group == condition.group and earlier.level == level.level:
            name = next(g.name for g in b.groups if g.code == condition.group)
            return bar("GROUP_PAID", condition.name, name, earlier.on)
        if level.ends_after_severe and earlier.level == "SEVERE":
            return bar("AFTER_SEVERE", LEVELS[level.level])
    same = [p for p in paid if p.level == level.level]
    if len(same) >= len(level.shares):
        return bar("TIMES_EXHAUSTED", LEVELS[level.level], len(level.shares))
    if same and level.interval_days:
        latest = max(p.on for p in same)
        days = (diagnosis.confirmed_on - latest).days
        if days < level.interval_days:
            return bar("WITHIN_INTERVAL", latest, days, level.interval_days)
    return False
