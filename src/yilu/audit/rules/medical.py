"""
Medical cost paid back, one formula a visit: the cost that counts, less what others paid, less the
deductible, times the ratio, within the caps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from yilu.audit.rules.facts import (
    NOTHING,
    Bill,
    Case,
    Entry,
    Part,
    Past,
    Wording,
    figure,
    to_the_fen,
)

CATEGORIES = ("A", "B", "C", "OWN")


@dataclass
class Purse:
    """What policies chosen earlier pay, as far as no visit has been reduced by it yet."""

    left: Fraction


def medical(case: Case, benefits: Sequence[Wording], b: Wording, past: Past, purse: Purse) -> Part:
    """What the benefit ``b`` pays for the bills that are its own."""
    part, booked, ever = Part(), NOTHING, past.paid_ever()
    by_year: dict[int, Fraction] = {}
    met_by_year: dict[int, Fraction] = {}
    for key, bills in _visits(case, benefits, b):
        day = min(bill.on for bill in bills)
        year = case.contract.year_of(day)
        if _left_out(case, b, key, bills, day):
            continue
        paid_in_year = by_year.setdefault(year, past.paid(year=year))
        met_in_year = met_by_year.setdefault(year, past.deductible(year=year))
        burden, towards_deductible = _burden(b, bills, purse)
        of_visit = min(
            burden, max(figure(b["deductible_visit"]) - past.deductible(visit=key), NOTHING)
        )
        unmet = max(figure(b["deductible_year"]) - met_in_year, NOTHING)
        met_by_others = min(unmet, towards_deductible)
        own = min(burden - of_visit, unmet - met_by_others)
        pays = (burden - of_visit - own) * _ratio(case, b, bills)
        pays = max(min(pays, *_room(case, b, past, key, paid_in_year, ever, pays)), NOTHING)
        by_year[year] += pays
        met_by_year[year] += met_by_others + own
        ever += pays
        part.amount += pays
        share_of_visit = to_the_fen(part.amount) - booked
        booked += share_of_visit
        part.entries.append(
            Entry(
                b["code"],
                year,
                key,
                day,
                share_of_visit,
                to_the_fen(of_visit + met_by_others + own),
            )
        )
    return part


def _visits(case: Case, benefits: Sequence[Wording], b: Wording) -> list[tuple[str, list[Bill]]]:
    """The bills this benefit answers for, visit by visit from the earliest."""
    together: dict[tuple[str, str], list[Bill]] = {}
    for bill in case.bills:
        answering = [each for each in benefits if bill.kind in each["visits"]]
        if answering and answering[0] is b:
            if b["visit_is_event"]:
                together.setdefault((case.event_on.isoformat(), ""), []).append(bill)
            else:
                together.setdefault((bill.visit, bill.kind), []).append(bill)
    in_order = sorted(
        together.items(), key=lambda each: (min(x.on for x in each[1]), each[0][0], each[1][0].kind)
    )
    return [(key, bills) for (key, _), bills in in_order]


def _left_out(case: Case, b: Wording, key: str, bills: Sequence[Bill], day: date) -> bool:
    """Whether a person upheld something against the visit as a whole."""
    contract, speaks_against = case.contract, []
    if any(bill.listed is False and bill.kind != "EMERGENCY" for bill in bills):
        speaks_against.append("HOSPITAL_NOT_LISTED")
    within = b["treated_within_days"]
    if within is not None and day > case.event_on + timedelta(days=int(within)):
        speaks_against.append("TREATED_LATE")
    if day < contract.effective_on:
        speaks_against.append("BEFORE_COVER")
    if contract.ends_on is not None and day >= contract.ends_on:
        speaks_against.append("AFTER_COVER")
    return any(
        code in case.upheld or f"{code}:{key}:{b['code']}" in case.upheld for code in speaks_against
    )


def _burden(b: Wording, bills: Sequence[Bill], purse: Purse) -> tuple[Fraction, Fraction]:
    """The cost that is still the insured's own, and how much others' money meets the deductible."""
    cost = sum((_counts(bill, b["scope"]) for bill in bills), NOTHING)
    fund = min(cost, sum((bill.fund for bill in bills), NOTHING))
    meets = fund if "FUND" in b["deductible_met_by"] else NOTHING
    if b["deducts_social"]:
        cost -= fund
    other = min(cost, sum((bill.other for bill in bills), NOTHING))
    cost -= other
    elsewhere = min(cost, purse.left)
    purse.left -= elsewhere
    cost -= elsewhere
    if "OTHER" in b["deductible_met_by"]:
        meets += other + elsewhere
    return cost, meets


def _counts(bill: Bill, scope: Wording) -> Fraction:
    """How much of a bill the clause counts, item by item."""
    share = {category: figure(scope[category]) for category in CATEGORIES}
    lines = bill.lines
    if lines and sum((line.amount for line in lines), NOTHING) != bill.total:
        lines = ()  # items that do not make up the bill are not believed
    counted, named, outside = NOTHING, NOTHING, NOTHING
    for line in lines:
        if line.category not in share:
            continue
        named += line.amount
        worth = line.amount * share[line.category]
        if line.category in ("C", "OWN"):
            outside += line.amount
            if scope["by_social_standard"] and line.comparable is not None:
                worth = max(worth, min(line.amount, line.comparable))
        counted += worth
    unknown = bill.total - named
    if len(set(share.values())) == 1:
        return counted + unknown * share["A"]
    if bill.self_cost is None:
        return counted + unknown * min(share.values())
    own = min(max(bill.self_cost - outside, NOTHING), unknown)
    return counted + own * share["OWN"] + (unknown - own) * min(share["A"], share["B"])


def _ratio(case: Case, b: Wording, bills: Sequence[Bill]) -> Fraction:
    if not case.contract.with_social:
        return figure(b["ratio_none"])
    through_social = any(bill.fund > 0 if bill.settled is None else bill.settled for bill in bills)
    return figure(b["ratio_social"] if through_social else b["ratio_unused"])


def _room(
    case: Case,
    b: Wording,
    past: Past,
    key: str,
    in_year: Fraction,
    ever: Fraction,
    wanted: Fraction,
) -> list[Fraction]:
    """What each cap of the clause still leaves."""
    room = [wanted]
    if b["cap_visit"] is not None:
        room.append(figure(b["cap_visit"]) - past.paid(visit=key))
    if b["cap_year_share"] is not None:
        room.append(figure(b["cap_year_share"]) * case.contract.sum_insured - in_year)
    elif b["cap_year"] is not None:
        room.append(figure(b["cap_year"]) - in_year)
    if b["cap_lifetime"] is not None:
        room.append(figure(b["cap_lifetime"]) - ever)
    return room
