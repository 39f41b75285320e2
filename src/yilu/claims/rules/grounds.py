"""What a person has to weigh: waiting, exclusions, two-year rules. The machine only points at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from yilu.claims.rules.facts import CIRCUMSTANCES
from yilu.claims.rules.result import Ground
from yilu.claims.rules.sheet import Sheet
from yilu.kernel.money import ZERO
from yilu.kernel.years import add_years
from yilu.products.terms import CAUSES, INSTEAD, Benefit

LIMITATION_YEARS = {True: 5, False: 2}
"""保险法 26: five years for life insurance, two for other insurance."""


def weigh(sheet: Sheet, benefit: Benefit) -> None:
    """
    Raise every ground against the open benefit, then follow the first that a person upheld.

    The sum still holds what a ground would take away until it is upheld; then the clause's own
    substitute (premiums or cash value) takes its place.
    """
    if not sheet.subtotal and sheet.waived_from is None:
        return
    upheld = sheet.case.upheld
    for ground in (
        *_waiting_period(sheet, benefit), *_suicide(sheet, benefit), *_exclusions(sheet, benefit),
    ):  # fmt: skip
        if upheld and (ground.key in upheld or ground.code in upheld):
            _follow(sheet, benefit, ground)
            return


def covering(sheet: Sheet, benefits: Sequence[Benefit]) -> list[Benefit]:
    """The benefits that answer for the cause; where none does, that is a ground for a person."""
    cause = sheet.case.cause
    found = [b for b in benefits if cause in getattr(b, "causes", CAUSES)]
    if not found and benefits:
        sheet.open(benefits[0])
        sheet.ground(
            "CAUSE_NOT_COVERED", benefits[0].clause, benefits[0].name, CAUSES[cause], applied=True
        )
    return found


def weigh_contract(sheet: Sheet) -> None:
    """Grounds and remarks about the contract as a whole: non-disclosure, limitation."""
    case, terms = sheet.case, sheet.terms
    sheet.benefit = None
    if "NON_DISCLOSURE" in case.circumstances:
        until = add_years(case.contract.formed_on, terms.contest_years)
        # 保险法 16: two years from formation are counted to the day of deciding, not of the loss.
        if (case.reported_on or case.event_on) < until:
            args = (case.contract.formed_on, terms.contest_years)
            ground = sheet.ground("NON_DISCLOSURE", terms.contest_clause, *args)
            if ground.code in case.upheld:
                sheet.uses.clear()
                sheet.waived_from, sheet.ends_policy = None, False
                sheet.add("UPHELD", -sheet.total, ground.label, ground.clause, terms.name)
        else:
            sheet.note("CONTEST_BARRED", terms.contest_years)
    years = LIMITATION_YEARS[terms.is_life]
    if case.reported_on is not None and case.reported_on > add_years(case.event_on, years):
        sheet.note("LIMITATION", years)


def _waiting_period(sheet: Sheet, benefit: Benefit) -> list[Ground]:
    case = sheet.case
    if not benefit.waiting_days or case.cause == "ACCIDENT":
        return []
    start = case.contract.waits_from
    days = (_first_day(sheet) - start).days
    if days >= benefit.waiting_days:
        return []
    if case.contract.reinstated_on == start:
        sheet.note("REINSTATED_WAITING", start)
    return [
        sheet.ground(
            "WAITING",
            benefit.waiting_clause,
            _first_day(sheet), start, days, benefit.waiting_days,
            instead=substitute(sheet, benefit.waiting_instead),
        )
    ]  # fmt: skip


def _first_day(sheet: Sheet) -> date:
    """The day that counts for waiting: first diagnosis for listed illnesses, else the event."""
    days = [d.confirmed_on for d in sheet.case.diagnoses]
    return min([sheet.case.event_on, *days])


def _suicide(sheet: Sheet, benefit: Benefit) -> list[Ground]:
    case, terms = sheet.case, sheet.terms
    if benefit.claim_type != "DEATH" or "SUICIDE" not in case.circumstances or case.passing is None:
        return []
    since = max(case.contract.formed_on, case.contract.reinstated_on or case.contract.formed_on)
    if case.passing.died_on >= add_years(since, terms.suicide_years):
        sheet.note("SUICIDE_AFTER_LIMIT", terms.suicide_years)
        return []
    return [
        sheet.ground(
            "SUICIDE",
            terms.suicide_clause,
            since, case.passing.died_on, terms.suicide_years,
            instead=substitute(sheet, "CASH_VALUE"),
        )
    ]  # fmt: skip


def _exclusions(sheet: Sheet, benefit: Benefit) -> list[Ground]:
    found: list[Ground] = []
    for exclusion in sheet.terms.exclusions:
        if exclusion.benefits and benefit.code not in exclusion.benefits:
            continue
        for circumstance in exclusion.circumstances:
            if circumstance in sheet.case.circumstances:
                found.append(
                    sheet.ground(
                        "EXCLUSION",
                        exclusion.clause,
                        CIRCUMSTANCES.get(circumstance, circumstance),
                        detail=exclusion.code,
                        instead=substitute(sheet, exclusion.instead),
                    )
                )
                break
    return found


def substitute(sheet: Sheet, instead: str) -> Decimal:
    """What the clause grants where the benefit falls away: nothing, premiums or cash value."""
    contract = sheet.case.contract
    return {"PREMIUMS_PAID": contract.premiums_paid, "CASH_VALUE": contract.cash_value}.get(
        instead, ZERO
    )


def _follow(sheet: Sheet, benefit: Benefit, ground: Ground) -> None:
    sheet.uses = [use for use in sheet.uses if use.benefit_code != benefit.code]
    sheet.waived_from = None
    sheet.add("UPHELD", -sheet.subtotal, ground.label, ground.clause, benefit.name)
    if ground.instead:
        base = benefit.waiting_instead if ground.code == "WAITING" else _instead_of(sheet, ground)
        sheet.add("INSTEAD", ground.instead, ground.clause, INSTEAD[base], ground.instead)


def _instead_of(sheet: Sheet, ground: Ground) -> str:
    for exclusion in sheet.terms.exclusions:
        if exclusion.code == ground.detail:
            return exclusion.instead
    return "CASH_VALUE"
