"""
Sums for the person: disability, death, survival, waiver of premium (伤残、身故、生存、豁免).

Several injuries (JR/T 0083): each part counts once with its gravest grade; the gravest of all is the
grade; two or more parts sharing that grade raise it by one, never above the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from yilu.claims.rules import grounds
from yilu.claims.rules.facts import CIRCUMSTANCES, Injury
from yilu.claims.rules.sheet import Sheet
from yilu.claims.rules.texts import _
from yilu.kernel.errors import Sentence
from yilu.kernel.money import ZERO, round_yuan
from yilu.kernel.years import add_years
from yilu.policies.terms import Use
from yilu.products.terms import (
    BASES,
    LEVELS,
    AgeBand,
    Death,
    Disability,
    Illness,
    MainWaiver,
    Option,
    Survival,
    Waiver,
)


def grade_of(injuries: Sequence[Injury]) -> tuple[int, int]:
    """The grade that several injuries come to, and how many parts share the gravest one."""
    by_part: dict[str, int] = {}
    for injury in injuries:
        by_part[injury.part] = min(injury.grade, by_part.get(injury.part, injury.grade))
    gravest = min(by_part.values())
    sharing = sum(1 for grade in by_part.values() if grade == gravest)
    return (max(gravest - 1, 1) if sharing > 1 else gravest), sharing


def disability(sheet: Sheet, benefits: Sequence[Disability]) -> None:
    """A share of the sum insured by grade; all payments together never exceed the sum insured."""
    injuries = sheet.case.injuries
    if not injuries:
        sheet.missing("NO_INJURY")
        return
    for injury in injuries:
        if not 1 <= injury.grade <= 10:
            sheet.missing("BAD_GRADE", injury.grade)
            return
    grade, sharing = grade_of(injuries)
    if sharing > 1:
        gravest = min(injury.grade for injury in injuries)
        sheet.note("PROMOTED", sharing, gravest, grade)
    for b in benefits:
        sheet.open(b)
        _disability(sheet, b, grade)
        grounds.weigh(sheet, b)


def _disability(sheet: Sheet, b: Disability, grade: int) -> None:
    case, contract = sheet.case, sheet.case.contract
    full = contract.sum_insured * b.share
    share = b.scale[grade - 1]
    amount = full * share
    parts = "、".join(f"{i.part}（{i.grade}）" for i in case.injuries)
    sheet.add("DISABILITY", amount, parts, grade, full, share)
    before = sheet.used.of(b.code).paid
    over = max(amount - max(full - before, ZERO), ZERO)
    sheet.take("SUM_LEFT", over, full, before, over)
    amount -= over
    limit = case.event_on + timedelta(days=b.within_days)
    for injury in case.injuries:
        if injury.assessed_on is not None and injury.assessed_on > limit:
            sheet.ground(
                "ASSESSED_LATE", b.clause, _("鉴定"), injury.assessed_on, b.within_days,
                detail=injury.part,
            )  # fmt: skip
    if amount:
        sheet.uses.append(
            Use(
                benefit_code=b.code, year=contract.year_of(case.event_on), used_on=case.event_on,
                visit=case.event_on.isoformat(), paid=round_yuan(amount), level=f"GRADE_{grade}",
            )
        )  # fmt: skip
    if b.ends_policy and before + amount >= full:
        sheet.ends_policy = True


def death(sheet: Sheet, benefits: Sequence[Death]) -> None:
    """The greatest option of the age at death, extra for public transport, the minors' ceiling."""
    case = sheet.case
    if case.passing is None:
        sheet.missing("NO_PASSING")
        return
    age = case.contract.age_on(case.passing.died_on)
    if age is None:
        sheet.missing("NO_BIRTH_DATE")
        return
    if case.passing.declared:
        sheet.ground("DECLARED_DEATH", benefits[0].clause if benefits else "")
    counted = case.other_death_cover
    for n, b in enumerate(benefits):
        sheet.open(b)
        counted += _death(sheet, b, age, case.passing.died_on, counted, first=n == 0)
        sheet.ends_policy |= b.ends_policy and sheet.subtotal > 0
        grounds.weigh(sheet, b)


def _death(
    sheet: Sheet, b: Death, age: int, died_on: date, counted: Decimal, *, first: bool
) -> Decimal:
    """
    Add the lines of one death benefit; how much of it counts towards the minors' ceiling.

    What dividends have bought (交清增额) is paid beside the wording's ``first`` one.
    """
    case, contract = sheet.case, sheet.case.contract
    earlier = sheet.used.of(b.ends_after_severe_of).illnesses
    if any(paid.level == "SEVERE" for paid in earlier):
        sheet.ground("AFTER_SEVERE", b.clause, b.name, applied=True)
        return ZERO
    band = next((band for band in b.bands if band.from_age <= age < band.to_age), b.bands[-1])
    amounts = {o: _base(sheet, o) * o.share for o in band.greatest_of}
    best = max(amounts, key=lambda option: amounts[option])
    code = "GREATEST" if len(amounts) > 1 else "DEATH"
    if amounts[best]:
        sheet.add(code, amounts[best], age, BASES[best.base], best.share, _base(sheet, best))
    if contract.added_sum and first:
        added = max(contract.added_sum, contract.added_value)
        sheet.add("ADDITIONS", added, contract.added_sum, contract.added_value)
    assert case.passing is not None
    if case.passing.transport:
        _transport(sheet, b, case.passing.transport)
    for benefit_code in b.less_paid_under:
        paid = sheet.used.of(benefit_code).paid_by_visit.get(case.event_on.isoformat(), ZERO)
        took = min(sheet.subtotal, paid)
        sheet.take("LESS_PAID", took, sheet.terms.by_benefit[benefit_code].name, paid, took)
    days = b.within_days
    if days is not None and sheet.subtotal and died_on > case.event_on + timedelta(days=days):
        sheet.ground("ASSESSED_LATE", b.clause, _("身故"), died_on, days)
    under_limit = ZERO
    if b.for_minors and age < 18 and best.base == "SUM_INSURED":
        under_limit = _minor_limit(sheet, band, age, counted)
    if sheet.subtotal:
        sheet.uses.append(
            Use(
                benefit_code=b.code, year=contract.year_of(died_on), used_on=died_on,
                visit=case.event_on.isoformat(), paid=round_yuan(sheet.subtotal),
            )
        )  # fmt: skip
    return under_limit


def _base(sheet: Sheet, option: Option) -> Decimal:
    contract = sheet.case.contract
    return {
        "SUM_INSURED": contract.sum_insured,
        "PREMIUMS_PAID": contract.premiums_paid,
        "CASH_VALUE": contract.cash_value - contract.added_value,
    }[option.base]


def _transport(sheet: Sheet, b: Death, code: str) -> None:
    transport = next((t for t in b.transports if t.code == code), None)
    if transport is None:
        if b.transports:
            sheet.missing("UNKNOWN_TRANSPORT", code)
        return
    sum_insured = sheet.case.contract.sum_insured
    sheet.add(
        "TRANSPORT", sum_insured * transport.share, transport.name, sum_insured, transport.share
    )


def _minor_limit(sheet: Sheet, band: AgeBand, age: int, counted: Decimal) -> Decimal:
    """
    Cut to the ceiling, which premiums and cash value may exceed; what counts towards it.

    保险法 33 leaves the figure to the regulator: unless the terms confirm it, a person is asked.
    """
    limits = sorted(sheet.terms.minor_limits, key=lambda limit: limit.below_age)
    limit = next((each for each in limits if age < each.below_age), None)
    if limit is None:
        return ZERO
    floor = max(
        (_base(sheet, o) * o.share for o in band.greatest_of if o.base != "SUM_INSURED"),
        default=ZERO,
    )
    allowed = max(limit.limit - counted, floor, ZERO)
    over = max(sheet.subtotal - allowed, ZERO)
    sheet.take("MINOR_LIMIT", over, limit.below_age, limit.limit, counted, over)
    if over and not limit.confirmed:
        sheet.ground(
            "MINOR_LIMIT_UNCONFIRMED", sheet.benefit.clause if sheet.benefit else "", limit.limit,
            applied=True,
        )  # fmt: skip
    return sheet.subtotal


def survival(sheet: Sheet, benefits: Sequence[Survival]) -> None:
    """A sum for being alive on the day it falls due."""
    contract = sheet.case.contract
    for b in benefits:
        sheet.open(b)
        due = survival_due_on(sheet, b)
        if due is None:
            sheet.missing("NO_BIRTH_DATE")
        elif sheet.case.event_on < due:
            sheet.ground("NOT_DUE", b.clause, b.name, due, applied=True)
        else:
            base = _base(sheet, b.option)
            args = (b.name, BASES[b.option.base], base, b.option.share)
            sheet.add("SURVIVAL", base * b.option.share, *args)
            if contract.added_sum and b.option.base == "SUM_INSURED":
                added = contract.added_sum * b.option.share
                sheet.add("ADDITIONS", added, contract.added_sum, contract.added_value)
            sheet.uses.append(
                Use(
                    benefit_code=b.code, year=sheet.case.contract.year_of(sheet.case.event_on),
                    used_on=sheet.case.event_on, paid=round_yuan(sheet.subtotal),
                )
            )  # fmt: skip
            sheet.ends_policy = sheet.ends_policy or b.ends_policy


def survival_due_on(sheet: Sheet, b: Survival) -> date | None:
    """The first day the sum falls due; None where it hangs on an unknown birth date."""
    contract = sheet.case.contract
    if b.from_year:
        return add_years(contract.effective_on, b.from_year)
    if contract.insured_birth_date is None:
        return None
    reached = add_years(contract.insured_birth_date, b.from_age)
    years = reached.year - contract.effective_on.year
    due = add_years(contract.effective_on, years)
    return due if due >= reached else add_years(contract.effective_on, years + 1)


def waiver(sheet: Sheet, benefits: Sequence[Waiver]) -> None:
    """Premiums due after the event are waived where one of the triggers is met; no money is paid."""
    contract = sheet.case.contract
    for b in benefits:
        sheet.open(b)
        met = _met(sheet, b)
        if met is None:
            continue
        sheet.waived_from = contract.first_due_after(sheet.case.event_on) or sheet.case.event_on
        sheet.add("WAIVER", ZERO, met, sheet.waived_from, contract.premium)
        _use_once(sheet, b)


def main_waiver(sheet: Sheet, benefits: Sequence[MainWaiver]) -> None:
    """
    The premiums of the main contract and all its riders are waived, this rider's among them: what falls
    due after the event, whatever was paid meanwhile; no money is paid by the claim.
    """
    contract = sheet.case.contract
    for b in benefits:
        sheet.open(b)
        met = _met(sheet, b)
        if met is None:
            continue
        sheet.waived_from = sheet.case.event_on + timedelta(days=1)
        due = contract.first_due_after(sheet.case.event_on) or sheet.waived_from
        sheet.add(
            "MAIN_WAIVER", ZERO, met, due, contract.waives + contract.premium, contract.waives
        )
        if contract.paid_to is None or contract.paid_to > due:
            sheet.note("PAID_SINCE", due)
        _use_once(sheet, b)


def _met(sheet: Sheet, b: Waiver | MainWaiver) -> str | None:
    """What starts the waiver, in words; None, and the ground is noted, where nothing does."""
    met = next((said for trigger, said in _triggers(sheet) if trigger in b.triggers), None)
    if met is None:
        sheet.ground("NO_TRIGGER", b.clause, b.name, applied=True)
    return met


def _use_once(sheet: Sheet, b: Waiver | MainWaiver) -> None:
    event_on = sheet.case.event_on
    sheet.uses.append(
        Use(benefit_code=b.code, year=sheet.case.contract.year_of(event_on), used_on=event_on)
    )
    grounds.weigh(sheet, b)


def _triggers(sheet: Sheet) -> list[tuple[str, str]]:
    case, terms = sheet.case, sheet.terms
    listed = {
        c.code: c
        for b in terms.benefits
        if isinstance(b, Illness | MainWaiver)
        for c in b.conditions
    }
    found: list[tuple[str, str]] = []
    for diagnosis in case.diagnoses:
        if diagnosis.condition in listed:
            condition = listed[diagnosis.condition]
            said = Sentence(
                _("{level}“{name}”"), level=LEVELS[condition.level], name=condition.name
            )
            found.append((condition.level, said))
    if case.injuries and all(1 <= i.grade <= 10 for i in case.injuries):
        grade = grade_of(case.injuries)[0]
        found.append((f"DISABILITY_{grade}", Sentence(_("{grade} 级伤残"), grade=grade)))
    if case.passing is not None:
        found.append(("DEATH", Sentence(_("{on} 身故"), on=case.passing.died_on)))
    found += [(c, CIRCUMSTANCES[c]) for c in case.circumstances if c.startswith("HOLDER_D")]
    return found
