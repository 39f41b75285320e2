"""Whether the second opinion on money and the calculation ever differ by a fen."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import bench
from yilu.audit import rules as audit
from yilu.claims.rules import Bill, BillLine, CaseFacts, Diagnosis, Injury, Passing, Stay, calculate
from yilu.policies.terms import BenefitUsed, Contract, IllnessPaid, Used
from yilu.products.operations import CATALOGUE, read_wording
from yilu.products.rules import to_plain
from yilu.products.terms import VISITS, Terms

CASES = 100_000
EVENT = date(2026, 5, 10)
SORTS = {
    "MEDICAL": "medical cost", "ACCIDENT": "accident", "ALLOWANCE": "allowance", "WAIVER": "waiver",
    "CRITICAL_ILLNESS": "illness", "DISABILITY": "disability", "DEATH": "death",
}  # fmt: skip
GROUNDS = ("WAITING", "SUICIDE", "EXCLUSION", "NON_DISCLOSURE", "TREATED_LATE", "AFTER_COVER")


@bench.measure("claims.oracle", unit="fen of difference", at_most=0)
def oracle() -> bench.Value:
    """Random claims of every kind, wording and history: calculation against recomputation, in fen."""
    chance, counts = random.Random(20260510), Counter[str]()
    wordings = [read_wording(path) for path in sorted(CATALOGUE.glob("*/terms.toml"))]
    pairs = [(terms, to_plain(terms), kind) for terms in wordings for kind in terms.claim_types]
    by_kind: dict[str, list[tuple[Terms, Any]]] = {}
    for terms, plain, kind in pairs:
        by_kind.setdefault(kind, []).append((terms, plain))
    kinds = sorted(by_kind)
    off = paid = 0
    began = time.process_time()
    for n in range(CASES):
        kind = kinds[n % len(kinds)]
        terms, plain = chance.choice(by_kind[kind])
        case = _case(chance, kind)
        used = _used(chance, terms)
        ours = calculate(case, terms, used)
        theirs = audit.recompute(_plain(case), plain, _ledger(used))
        off += abs(int(ours.benefit * 100) - audit.fen(theirs.benefit))
        off += abs(
            sum(int(use.paid * 100) for use in ours.uses)
            - sum(audit.fen(entry.paid) for entry in theirs.entries)
        )
        off += 1 if ours.waived_from != theirs.waived_from else 0
        counts[SORTS[kind]] += 1
        paid += ours.benefit > 0
    spent = time.process_time() - began
    said = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    note = (
        f"{CASES:,} claims ({said}), {paid:,} of them paid something, {CASES / spent:,.0f} a core-s"
    )
    return bench.Value(off, note=note)


def _fen(chance: random.Random, most: int) -> Decimal:
    return Decimal(chance.randrange(most * 100)) / 100


def _maybe(chance: random.Random, make: Callable[[], Any], otherwise: Any = None) -> Any:
    return make() if chance.random() < 0.4 else otherwise


def _contract(chance: random.Random) -> Contract:
    start = EVENT - timedelta(days=chance.randrange(30, 2500))
    return Contract(
        sum_insured=Decimal(chance.choice([200, 20_000, 100_000, 1_000_000, 2_000_000])),
        effective_on=start, formed_on=start, continuous_since=start,
        insured_birth_date=date(chance.randrange(1940, 2025), chance.randrange(1, 13), 1 + chance.randrange(28)),
        with_social_insurance=chance.random() < 0.7, premium=Decimal(3000), premiums_paid=_fen(chance, 90_000),
        cash_value=_fen(chance, 60_000), loan_owed=_maybe(chance, lambda: _fen(chance, 900), Decimal(0)),
        paid_to=_maybe(chance, lambda: EVENT + timedelta(days=chance.randrange(-50, 300))),
    )  # fmt: skip


def _case(chance: random.Random, kind: str) -> CaseFacts:
    billed = kind in ("MEDICAL", "ACCIDENT")
    day = lambda: EVENT + timedelta(days=chance.randrange(0, 400))  # noqa: E731
    circumstances = ("SUICIDE", "NON_DISCLOSURE", "PRE_EXISTING", "WAR", "HOLDER_DEATH")
    ill = kind in ("CRITICAL_ILLNESS", "WAIVER")
    return CaseFacts(
        claim_type=kind, event_on=EVENT, contract=_contract(chance),
        cause=chance.choice(["ILLNESS", "ACCIDENT"]),
        bills=tuple(_bill(chance, day()) for _ in range(chance.randrange(1, 4))) if billed else (),
        stays=tuple(_stay(chance, day()) for _ in range(chance.randrange(1, 4))) if kind == "ALLOWANCE" else (),
        diagnoses=tuple(
            Diagnosis(condition=code, confirmed_on=day()) for code in chance.sample(_CONDITIONS, chance.randrange(1, 3))
        ) if ill else (),
        injuries=tuple(
            Injury(part=chance.choice(["左手", "右手", "左眼", "脊柱"]), grade=chance.randrange(1, 11))
            for _ in range(chance.randrange(1, 4))
        ) if kind in ("DISABILITY", "WAIVER") else (),
        passing=Passing(died_on=day(), transport=chance.choice(["", "AIR", "RAIL", "SHIP"])) if kind == "DEATH" else None,
        circumstances=tuple(_maybe(chance, lambda: chance.sample(circumstances, 1), [])),
        upheld=tuple(_maybe(chance, lambda: chance.sample(GROUNDS, 2), [])),
        owed_premium=_maybe(chance, lambda: _fen(chance, 900), Decimal(0)),
        paid_elsewhere=_maybe(chance, lambda: _fen(chance, 900), Decimal(0)),
        other_death_cover=_maybe(chance, lambda: _fen(chance, 300_000), Decimal(0)),
    )  # fmt: skip


def _bill(chance: random.Random, on: date) -> Bill:
    lines = tuple(
        BillLine(
            amount=_fen(chance, 20_000), category=chance.choice(["A", "B", "C", "OWN", "UNKNOWN"]),
            comparable=_maybe(chance, lambda: _fen(chance, 9_000)),
        )
        for _ in range(chance.randrange(0, 5))
    )  # fmt: skip
    total = sum((line.amount for line in lines), Decimal(0)) if lines else _fen(chance, 50_000)
    fund = _maybe(chance, lambda: min(_fen(chance, 9_000), total), Decimal(0))
    return Bill(
        visit=chance.choice(["v1", "v2", "v3"]), kind=chance.choice(sorted(VISITS)), on=on, total=total,
        lines=lines, fund_paid=fund,
        other_paid=_maybe(chance, lambda: min(_fen(chance, 900), total - fund), Decimal(0)),
        self_cost=_maybe(chance, lambda: _fen(chance, 9_000)),
    )  # fmt: skip


def _stay(chance: random.Random, on: date) -> Stay:
    return Stay(
        visit=chance.choice(["v1", "v2", "v3"]), from_on=on, icu_days=chance.randrange(0, 9),
        to_on=on + timedelta(days=chance.randrange(0, 90)),
    )  # fmt: skip


_CONDITIONS = [
    c.code
    for c in read_wording(CATALOGUE / "critical-illness" / "terms.toml")
    .by_benefit["illness"]
    .conditions  # type: ignore[attr-defined]
]


def _used(chance: random.Random, terms: Terms) -> Used:
    made = {}
    for benefit in terms.benefits:
        if chance.random() < 0.5:
            continue
        paid = {chance.randrange(1, 8): _fen(chance, 20_000)}
        days = {chance.randrange(1, 8): chance.randrange(0, 150)}
        ill = [
            IllnessPaid(c.code, c.group, c.level, EVENT - timedelta(days=chance.randrange(0, 800)))
            for c in chance.sample(
                list(getattr(benefit, "conditions", ())), 1 if hasattr(benefit, "conditions") else 0
            )
        ]
        made[benefit.code] = BenefitUsed(
            paid=sum(paid.values(), Decimal(0)), days=sum(days.values()), paid_by_year=paid, days_by_year=days,
            deductible_by_year={chance.randrange(1, 8): _fen(chance, 9_000)},
            paid_by_visit={"v1": _fen(chance, 900)}, deductible_by_visit={"v1": _fen(chance, 100)},
            days_by_visit={"v1": chance.randrange(0, 30)}, illnesses=tuple(ill),
        )  # fmt: skip
    return Used(1, made)


def _plain(case: CaseFacts) -> audit.Case:
    c, exact = case.contract, Fraction
    return audit.Case(
        claim_type=case.claim_type, event_on=case.event_on, cause=case.cause,
        contract=audit.Contract(
            exact(c.sum_insured), c.effective_on, c.formed_on, c.continuous_since, c.insured_birth_date, c.ends_on,
            c.with_social_insurance, c.pay_mode, c.paid_to, exact(c.premiums_paid), exact(c.cash_value),
            exact(c.loan_owed), c.reinstated_on,
        ),
        bills=tuple(
            audit.Bill(
                b.visit, b.kind, b.on, exact(b.total),
                tuple(audit.BillLine(n.category, exact(n.amount), None if n.comparable is None else exact(n.comparable)) for n in b.lines),
                exact(b.fund_paid), exact(b.other_paid), None if b.self_cost is None else exact(b.self_cost),
                b.settled_by_social, b.listed,
            )
            for b in case.bills
        ),
        stays=tuple(audit.Stay(s.visit, s.from_on, s.to_on, s.icu_days) for s in case.stays),
        diagnoses=tuple((d.condition, d.confirmed_on) for d in case.diagnoses),
        injuries=tuple((i.part, i.grade) for i in case.injuries),
        died_on=case.passing.died_on if case.passing else None,
        transport=case.passing.transport if case.passing else "",
        circumstances=case.circumstances, upheld=case.upheld, owed_premium=exact(case.owed_premium),
        paid_elsewhere=exact(case.paid_elsewhere), other_death_cover=exact(case.other_death_cover),
    )  # fmt: skip


def _ledger(used: Used) -> list[audit.Entry]:
    """Rows that add up to what was used; what a visit used lies in a year apart and is taken off there."""
    rows: list[audit.Entry] = []
    for code, u in used.by_benefit.items():
        at = audit.Entry(code, 0, "", EVENT)
        rows += [replace(at, year=y, paid=Fraction(v)) for y, v in u.paid_by_year.items()]
        rows += [
            replace(at, year=y, deductible=Fraction(v)) for y, v in u.deductible_by_year.items()
        ]
        rows += [replace(at, year=y, days=v) for y, v in u.days_by_year.items()]
        for visit, v in u.paid_by_visit.items():
            rows += [
                replace(at, year=-1, visit=visit, paid=Fraction(v)),
                replace(at, year=-1, visit="·", paid=-Fraction(v)),
            ]
        rows += [
            replace(at, year=-1, visit=visit, deductible=Fraction(v))
            for visit, v in u.deductible_by_visit.items()
        ]
        for visit, d in u.days_by_visit.items():
            rows += [
                replace(at, year=-1, visit=visit, days=d),
                replace(at, year=-1, visit="·", days=-d),
            ]
        rows += [
            replace(at, year=-3, visit=p.condition, on=p.on, condition=p.condition, group=p.group, level=p.level)
            for p in u.illnesses
        ]  # fmt: skip
    return rows
