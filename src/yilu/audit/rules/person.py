"""Sums that are not cost: days in hospital, listed illnesses, disability, death, waiver. Counted one by one."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from yilu.audit.rules.facts import (
    NOTHING,
    Case,
    Entry,
    Part,
    Past,
    Stay,
    Wording,
    anniversaries,
    figure,
    to_the_fen,
)

LONGEST_STAY = 2000


def allowance(case: Case, b: Wording, past: Past) -> Part:
    """A sum for each day in hospital: each day of the calendar asked whether it is paid."""
    part = Part()
    daily = case.contract.sum_insured if b["daily"] is None else figure(b["daily"])
    in_year: dict[int, int] = {}
    ever = past.days_ever()
    for stay in _as_one_stay(case.stays, int(b["same_stay_gap_days"])):
        key, year = stay[0].visit, case.contract.year_of(stay[0].from_on)
        earlier = past.days(visit=key)
        unpaid_days = 0 if earlier else int(b["deductible_days"])
        in_year.setdefault(year, past.days(year=year))
        paid = 0
        for number, _ in enumerate(sorted(_calendar(stay, b["count"])), 1):
            if number <= unpaid_days:
                continue
            used = (
                (b["max_days_stay"], earlier + paid),
                (b["max_days_year"], in_year[year]),
                (b["max_days_lifetime"], ever),
            )
            if all(most is None or so_far < int(most) for most, so_far in used):
                paid, ever = paid + 1, ever + 1
                in_year[year] += 1
        icu = min(sum(each.icu_days for each in stay), paid)
        if b["max_icu_days_stay"] is not None:
            icu = min(icu, int(b["max_icu_days_stay"]))
        amount = (paid - icu) * daily + icu * daily * figure(b["icu_multiple"])
        part.amount += amount
        part.entries.append(
            Entry(b["code"], year, key, stay[0].from_on, to_the_fen(amount), days=paid)
        )
    return part


def _as_one_stay(stays: Sequence[Stay], gap: int) -> list[list[Stay]]:
    together: list[list[Stay]] = []
    for stay in sorted(stays, key=lambda s: (s.from_on, s.to_on, s.visit)):
        if not 0 <= (stay.to_on - stay.from_on).days <= LONGEST_STAY:
            continue
        if together and (stay.from_on - max(s.to_on for s in together[-1])).days <= gap:
            together[-1].append(stay)
        else:
            together.append([stay])
    return together


def _calendar(stay: Sequence[Stay], count: str) -> set[date]:
    """Every calendar day once; by nights the day of discharge does not count, but one day is one."""
    days: set[date] = set()
    for each in stay:
        day = each.from_on
        while day < each.to_on:
            days.add(day)
            day += timedelta(days=1)
        if count == "BOTH_DAYS" or each.from_on == each.to_on:
            days.add(each.to_on)
    return days


def illness(case: Case, b: Wording, past: Past) -> Part:
    """A sum on first diagnosis: each diagnosis against everything paid before it."""
    part = Part()
    listed = {c["code"]: c for c in b["conditions"]}
    levels = {each["level"]: each for each in b["levels"]}
    paid = past.illnesses()
    before = {name: sum(1 for p in paid if p[2] == name) for name in levels}

    def next_share(level: str) -> Fraction:
        shares = levels[level]["shares"]
        return figure(shares[before[level]]) if before[level] < len(shares) else NOTHING

    found = [(on, listed[code]) for code, on in case.diagnoses if code in listed]
    found.sort(key=lambda f: (f[0], -next_share(f[1]["level"]), f[1]["code"]))
    days_paid: set[date] = set()
    for on, condition in found:
        level = levels[condition["level"]]
        of_level = [p for p in paid if p[2] == level["level"]]
        if on in days_paid or not _first_of_its_kind(condition, level, paid, of_level, on):
            continue
        amount = case.contract.sum_insured * figure(level["shares"][len(of_level)])
        part.amount += amount
        paid.append((condition["code"], condition["group"], level["level"], on))
        days_paid.add(on)
        part.entries.append(
            Entry(
                b["code"], case.contract.year_of(on), condition["code"], on, to_the_fen(amount),
                condition=condition["code"], group=condition["group"], level=level["level"],
            )
        )  # fmt: skip
    return part


def _first_of_its_kind(
    condition: Wording,
    level: Wording,
    paid: Sequence[tuple[str, str, str, date]],
    of_level: Sequence[tuple[str, str, str, date]],
    on: date,
) -> bool:
    if any(p[0] == condition["code"] for p in paid):
        return False
    if condition["group"] and any(p[1] == condition["group"] for p in of_level):
        return False
    if level["ends_after_severe"] and any(p[2] == "SEVERE" for p in paid):
        return False
    if len(of_level) >= len(level["shares"]):
        return False
    waits = int(level["interval_days"])
    return not of_level or (on - max(p[3] for p in of_level)).days >= waits


def grade_of(injuries: Sequence[tuple[str, int]]) -> int | None:
    """The gravest grade of the parts; one graver where two parts share it. None if a grade is none."""
    if not injuries or any(not 1 <= grade <= 10 for _, grade in injuries):
        return None
    worst = sorted(min(g for p, g in injuries if p == part) for part in {p for p, _ in injuries})
    return max(worst[0] - 1, 1) if worst[1:2] == worst[:1] else worst[0]


def disability(case: Case, b: Wording, past: Past) -> Part:
    """A share of the sum insured by grade, never more than all of it over time."""
    part, grade = Part(), grade_of(case.injuries)
    if grade is None:
        return part
    full = case.contract.sum_insured * figure(b["share"])
    part.amount = min(full * figure(b["scale"][grade - 1]), max(full - past.paid(), NOTHING))
    if part.amount:
        part.entries.append(
            Entry(
                b["code"], case.contract.year_of(case.event_on), case.event_on.isoformat(),
                case.event_on, to_the_fen(part.amount), level=f"GRADE_{grade}",
            )
        )  # fmt: skip
    return part


def death(
    case: Case,
    b: Wording,
    pasts: dict[str, Past],
    limits: Sequence[Wording],
    counted: Fraction,
    *,
    first: bool = True,
) -> tuple[Part, Fraction]:
    """The greatest option of the age, with transport, less disability, under the minors' ceiling."""
    part = Part()
    if case.died_on is None or case.contract.born_on is None:
        return part, NOTHING
    ended_by = pasts.get(b["ends_after_severe_of"], Past())
    if any(level == "SEVERE" for _, _, level, _ in ended_by.illnesses()):
        return part, NOTHING
    age = anniversaries(case.contract.born_on, case.died_on)
    bands = [x for x in b["bands"] if int(x["from_age"]) <= age < int(x["to_age"])]
    options = (bands or b["bands"][-1:])[0]["greatest_of"]
    worth = [(_basic(case, o["base"]) * figure(o["share"]), o["base"]) for o in options]
    amount = max(each for each, _ in worth)
    base = next(name for each, name in worth if each == amount)
    if first:  # what dividends have bought is paid beside the wording's first death benefit
        amount += max(case.contract.added, case.contract.added_value)
    riding = [t for t in b["transports"] if case.transport and t["code"] == case.transport]
    if riding:
        amount += case.contract.sum_insured * figure(riding[0]["share"])
    for code in b["less_paid_under"]:
        earlier = pasts.get(code, Past()).paid(visit=case.event_on.isoformat())
        amount -= min(amount, earlier)
    towards_ceiling = NOTHING
    ceilings = sorted(
        (x for x in limits if age < int(x["below_age"])), key=lambda x: int(x["below_age"])
    )
    if b["for_minors"] and age < 18 and base == "SUM_INSURED" and ceilings:
        exempt = max((each for each, name in worth if name != "SUM_INSURED"), default=NOTHING)
        amount = min(amount, max(figure(ceilings[0]["limit"]) - counted, exempt, NOTHING))
        towards_ceiling = amount
    part.amount = amount
    if amount:
        part.entries.append(
            Entry(
                b["code"], case.contract.year_of(case.died_on), case.event_on.isoformat(),
                case.died_on, to_the_fen(amount),
            )
        )  # fmt: skip
    return part, towards_ceiling


def _basic(case: Case, name: str) -> Fraction:
    """What a share is taken of, without what dividends have bought: that is paid beside it."""
    over = case.contract.added_value if name == "CASH_VALUE" else NOTHING
    return case.contract.base(name) - over


def waiver(case: Case, b: Wording, terms: Wording) -> Part:
    """From which day premiums are waived; no money."""
    part = Part()
    levels = {
        c["code"]: c["level"]
        for each in terms["benefits"] if each["type"] in ("ILLNESS", "MAIN_WAIVER")
        for c in each["conditions"]
    }  # fmt: skip
    happened = {levels[code] for code, _ in case.diagnoses if code in levels}
    happened |= {c for c in case.circumstances if c in ("HOLDER_DEATH", "HOLDER_DISABILITY")}
    if case.died_on is not None:
        happened.add("DEATH")
    grade = grade_of(case.injuries)
    if grade is not None:
        happened.add(f"DISABILITY_{grade}")
    if not happened & set(b["triggers"]):
        return part
    if b["type"] == "MAIN_WAIVER":  # of several contracts: whatever falls due from the next day on
        part.waived_from = case.event_on + timedelta(days=1)
    else:
        part.waived_from = _next_due_day(case)
    part.entries.append(Entry(b["code"], case.contract.year_of(case.event_on), "", case.event_on))
    return part


def _next_due_day(case: Case) -> date:
    """The first day after the event on which a premium falls due, the calendar walked month by month."""
    months = {"MONTHLY": 1, "QUARTERLY": 3, "HALF_YEARLY": 6, "YEARLY": 12}.get(
        case.contract.pay_mode
    )
    if months is None:
        return case.event_on
    begun, passed = case.contract.effective_on, 0
    while True:
        year, month = divmod(begun.month - 1 + passed, 12)
        last = calendar.monthrange(begun.year + year, month + 1)[1]
        due = date(begun.year + year, month + 1, min(begun.day, last))
        if due > case.event_on:
            return due
        passed += months
