"""Terms of the catalogue and random cases for the calculation's tests; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from yilu.claims.rules import Bill, BillLine, CaseFacts, Diagnosis, Injury, Passing, Stay
from yilu.policies.terms import BenefitUsed, Contract, IllnessPaid, Used
from yilu.products import operations as products
from yilu.products.terms import VISITS, Reimbursement, Scope

START = date(2024, 3, 1)
EVENT = date(2026, 5, 10)


@cache
def terms(code):
    """A wording of the catalogue."""
    return products.read_wording(products.CATALOGUE / code / "terms.toml")


def contract(**given):
    """A contract two years old, of somebody of 36, with social insurance."""
    return Contract(
        **{
            "sum_insured": Decimal(100000),
            "effective_on": START,
            "formed_on": START,
            "continuous_since": START,
            "insured_birth_date": date(1990, 1, 1),
            "with_social_insurance": True,
            "premium": Decimal(3000),
            "premiums_paid": Decimal(9000),
            "cash_value": Decimal(4000),
            "paid_to": date(2027, 3, 1),
            **given,
        }
    )


def case(claim_type, **given):
    """A case of that type on the usual day."""
    given.setdefault("contract", contract())
    return CaseFacts(**{"claim_type": claim_type, "event_on": EVENT, **given})


def bill(total, *, lines=(), kind="INPATIENT", visit="v1", on=EVENT, **given):
    """A bill; lines as (category, amount) pairs."""
    made = tuple(BillLine(category=category, amount=Decimal(amount)) for category, amount in lines)
    return Bill(
        visit=visit, kind=kind, on=on, total=Decimal(total), lines=made,
        **{name: Decimal(v) if name.endswith(("_paid", "_cost")) else v for name, v in given.items()},
    )  # fmt: skip


# ---- random cases ---------------------------------------------------------------------------

CENTS = st.integers(0, 5_000_000).map(lambda n: Decimal(n) / 100)
SMALL = st.integers(0, 200_000).map(lambda n: Decimal(n) / 100)
SHARES = st.integers(0, 20).map(lambda n: Decimal(n) / 20)
DAYS = st.integers(0, 500).map(lambda n: EVENT + timedelta(days=n))
VISIT_KEYS = st.sampled_from(["v1", "v2", "v3"])


@st.composite
def lines(draw):
    n = draw(st.integers(0, 5))
    return tuple(
        BillLine(
            amount=draw(SMALL),
            category=draw(st.sampled_from(["A", "B", "C", "OWN", "UNKNOWN"])),
            comparable=draw(st.none() | SMALL),
        )
        for _ in range(n)
    )


@st.composite
def bills(draw):
    made = draw(lines())
    total = sum((x.amount for x in made), Decimal(0)) if made else draw(CENTS)
    if draw(st.integers(0, 19)) == 0:
        total += draw(SMALL)  # lines that do not add up
    fund = min(draw(st.just(Decimal(0)) | SMALL), total)
    other = min(draw(st.just(Decimal(0)) | SMALL), total - fund)
    return Bill(
        visit=draw(VISIT_KEYS),
        kind=draw(st.sampled_from(sorted(VISITS))),
        on=draw(DAYS),
        total=total,
        lines=made,
        fund_paid=fund,
        other_paid=other,
        self_cost=draw(st.none() | SMALL),
        settled_by_social=draw(st.sampled_from([None, None, True, False])),
    )


@st.composite
def reimbursements(draw, code="med"):
    """Any reimbursement a wording could promise, not only those of the catalogue."""
    visit, year = draw(st.just(Decimal(0)) | SMALL), draw(st.just(Decimal(0)) | SMALL)
    caps = sorted(draw(st.lists(CENTS, min_size=3, max_size=3)))
    return Reimbursement(
        code=code, name="费用", claim_type="MEDICAL", clause="2.1",
        visits=tuple(draw(st.sets(st.sampled_from(sorted(VISITS)), min_size=1))),
        scope=draw(
            st.builds(Scope, A=SHARES, B=SHARES, C=SHARES, OWN=SHARES, by_social_standard=st.booleans())
            | st.just(Scope())
        ),
        deductible_visit=visit,
        deductible_year=year,
        deductible_met_by=tuple(draw(st.sets(st.sampled_from(["FUND", "OTHER"])))),
        ratio_social=draw(SHARES), ratio_unused=draw(SHARES), ratio_none=draw(SHARES),
        deducts_social=draw(st.booleans()),
        rate_basis="备案",
        cap_visit=draw(st.none() | st.just(caps[0])),
        cap_year=draw(st.none() | st.just(caps[1])),
        cap_lifetime=draw(st.none() | st.just(caps[2])),
        visit_is_event=draw(st.booleans()),
    )  # fmt: skip


TABLES = st.dictionaries(st.integers(2, 4), SMALL, max_size=2)
DAY_TABLES = st.dictionaries(st.integers(2, 4), st.integers(0, 200), max_size=2)
BY_VISIT = st.dictionaries(VISIT_KEYS, SMALL, max_size=2)
NOTHING = st.just({})


@st.composite
def used_up(draw, codes):
    """What was used before, of whatever sort the benefit is."""
    made = {}
    for code in codes:
        in_days = "allowance" in code
        paid_by_year = draw(TABLES)
        days_by_year = draw(DAY_TABLES) if in_days else {}
        made[code] = BenefitUsed(
            paid=sum(paid_by_year.values(), Decimal(0)),
            days=sum(days_by_year.values()),
            paid_by_year=paid_by_year,
            deductible_by_year=draw(NOTHING if in_days else TABLES),
            days_by_year=days_by_year,
            paid_by_visit=draw(NOTHING if in_days else BY_VISIT) | {EVENT.isoformat(): draw(SMALL)},
            deductible_by_visit=draw(NOTHING if in_days else BY_VISIT),
            days_by_visit=draw(st.dictionaries(VISIT_KEYS, st.integers(0, 100), max_size=2))
            if in_days
            else {},
            illnesses=draw(illnesses()) if code == "illness" else (),
        )
    return Used(draw(st.integers(0, 9)), made)


@st.composite
def illnesses(draw):
    listed = list(terms("critical-illness").by_benefit["illness"].conditions)
    picked = draw(st.lists(st.sampled_from(listed), max_size=3, unique=True))
    return tuple(
        IllnessPaid(c.code, c.group, c.level, EVENT - timedelta(days=draw(st.integers(0, 800))))
        for c in picked
    )


def _with_additions(given):
    """What dividends have bought is worth a part of the value."""
    return replace(given, added_value=min(given.added_sum, given.cash_value) / 2)


CONTRACTS = st.builds(
    contract,
    sum_insured=st.integers(1, 2_000_000).map(Decimal),
    insured_birth_date=st.dates(date(1940, 1, 1), date(2026, 1, 1)),
    with_social_insurance=st.booleans(),
    premiums_paid=CENTS,
    cash_value=CENTS,
    loan_owed=st.just(Decimal(0)) | SMALL,
    added_sum=st.just(Decimal(0)) | SMALL,
).map(_with_additions)


@st.composite
def stays(draw):
    start = draw(DAYS)
    return Stay(
        visit=draw(VISIT_KEYS),
        from_on=start,
        to_on=start + timedelta(days=draw(st.integers(0, 120))),
        icu_days=draw(st.integers(0, 40)),
    )


@st.composite
def any_case(draw, claim_type):
    """A case of a type with everything that could matter to it."""
    listed = [c.code for c in terms("critical-illness").by_benefit["illness"].conditions]
    return CaseFacts(
        claim_type=claim_type,
        event_on=EVENT,
        contract=draw(CONTRACTS),
        cause=draw(st.sampled_from(["ILLNESS", "ACCIDENT"])),
        bills=tuple(draw(st.lists(bills(), max_size=4)))
        if claim_type in ("MEDICAL", "ACCIDENT")
        else (),
        stays=tuple(draw(st.lists(stays(), max_size=4))) if claim_type == "ALLOWANCE" else (),
        diagnoses=tuple(
            draw(
                st.lists(
                    st.builds(Diagnosis, condition=st.sampled_from(listed), confirmed_on=DAYS),
                    max_size=4,
                )
            )
        )
        if claim_type in ("CRITICAL_ILLNESS", "WAIVER")
        else (),
        injuries=tuple(
            draw(
                st.lists(
                    st.builds(
                        Injury,
                        part=st.sampled_from(["左手", "右手", "左眼", "脊柱"]),
                        grade=st.integers(1, 10),
                    ),
                    max_size=5,
                )
            )
        )
        if claim_type in ("DISABILITY", "WAIVER")
        else (),
        passing=draw(
            st.none()
            | st.builds(
                Passing, died_on=DAYS, transport=st.sampled_from(["", "AIR", "RAIL", "SHIP", "BUS"])
            )
        )
        if claim_type in ("DEATH", "WAIVER")
        else None,
        owed_premium=draw(st.just(Decimal(0)) | SMALL),
        paid_elsewhere=draw(st.just(Decimal(0)) | SMALL),
        other_death_cover=draw(st.just(Decimal(0)) | CENTS),
    )
