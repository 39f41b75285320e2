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

# Made once: a strategy made anew at each draw is judged anew at each draw.
CATEGORIES = st.sampled_from(["A", "B", "C", "OWN", "UNKNOWN"])
VISIT_KINDS = st.sampled_from(sorted(VISITS))
SETS_OF_VISITS = st.sets(VISIT_KINDS, min_size=1)
NO_OR_SMALL = st.none() | SMALL
NOTHING_OR_SMALL = st.just(Decimal(0)) | SMALL
NOTHING_OR_CENTS = st.just(Decimal(0)) | CENTS
FEW, FIVE, NINE = st.integers(0, 19), st.integers(0, 5), st.integers(0, 9)
TRUTHS = st.booleans()
SETTLED = st.sampled_from([None, None, True, False])
THREE_CAPS = st.lists(CENTS, min_size=3, max_size=3)
SCOPES = st.builds(
    Scope, A=SHARES, B=SHARES, C=SHARES, OWN=SHARES, by_social_standard=TRUTHS
) | st.just(Scope())
PAYERS = st.sets(st.sampled_from(["FUND", "OTHER"]))


@st.composite
def lines(draw):
    n = draw(FIVE)
    return tuple(
        BillLine(amount=draw(SMALL), category=draw(CATEGORIES), comparable=draw(NO_OR_SMALL))
        for _ in range(n)
    )


LINES = lines()


@st.composite
def bills(draw):
    made = draw(LINES)
    total = sum((x.amount for x in made), Decimal(0)) if made else draw(CENTS)
    if draw(FEW) == 0:
        total += draw(SMALL)  # lines that do not add up
    fund = min(draw(NOTHING_OR_SMALL), total)
    other = min(draw(NOTHING_OR_SMALL), total - fund)
    return Bill(
        visit=draw(VISIT_KEYS),
        kind=draw(VISIT_KINDS),
        on=draw(DAYS),
        total=total,
        lines=made,
        fund_paid=fund,
        other_paid=other,
        self_cost=draw(NO_OR_SMALL),
        settled_by_social=draw(SETTLED),
    )


@cache
@st.composite
def reimbursements(draw, code="med"):
    """Any reimbursement a wording could promise, not only those of the catalogue."""
    visit, year = draw(NOTHING_OR_SMALL), draw(NOTHING_OR_SMALL)
    caps = sorted(draw(THREE_CAPS))
    return Reimbursement(
        code=code, name="费用", claim_type="MEDICAL", clause="2.1",
        visits=tuple(draw(SETS_OF_VISITS)),
        scope=draw(SCOPES),
        deductible_visit=visit,
        deductible_year=year,
        deductible_met_by=tuple(draw(PAYERS)),
        ratio_social=draw(SHARES), ratio_unused=draw(SHARES), ratio_none=draw(SHARES),
        deducts_social=draw(TRUTHS),
        rate_basis="备案",
        cap_visit=caps[0] if draw(TRUTHS) else None,
        cap_year=caps[1] if draw(TRUTHS) else None,
        cap_lifetime=caps[2] if draw(TRUTHS) else None,
        visit_is_event=draw(TRUTHS),
    )  # fmt: skip


TABLES = st.dictionaries(st.integers(2, 4), SMALL, max_size=2)
DAY_TABLES = st.dictionaries(st.integers(2, 4), st.integers(0, 200), max_size=2)
BY_VISIT = st.dictionaries(VISIT_KEYS, SMALL, max_size=2)
NOTHING = st.just({})
DAYS_BY_VISIT = st.dictionaries(VISIT_KEYS, st.integers(0, 100), max_size=2)


@cache
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
            days_by_visit=draw(DAYS_BY_VISIT) if in_days else {},
            illnesses=draw(ILLNESSES) if code == "illness" else (),
        )
    return Used(draw(NINE), made)


DAYS_BEFORE = st.integers(0, 800)


@cache
def some_conditions():
    listed = list(terms("critical-illness").by_benefit["illness"].conditions)
    return st.lists(st.sampled_from(listed), max_size=3, unique=True)


@st.composite
def illnesses(draw):
    picked = draw(some_conditions())
    return tuple(
        IllnessPaid(c.code, c.group, c.level, EVENT - timedelta(days=draw(DAYS_BEFORE)))
        for c in picked
    )


ILLNESSES = illnesses()


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


NIGHTS, ICU_DAYS = st.integers(0, 120), st.integers(0, 40)


@st.composite
def stays(draw):
    start = draw(DAYS)
    return Stay(
        visit=draw(VISIT_KEYS),
        from_on=start,
        to_on=start + timedelta(days=draw(NIGHTS)),
        icu_days=draw(ICU_DAYS),
    )


LISTS_OF_BILLS = st.lists(bills(), max_size=4)
LISTS_OF_STAYS = st.lists(stays(), max_size=4)
INJURIES = st.lists(
    st.builds(
        Injury, part=st.sampled_from(["左手", "右手", "左眼", "脊柱"]), grade=st.integers(1, 10)
    ),
    max_size=5,
)
PASSINGS = st.none() | st.builds(
    Passing, died_on=DAYS, transport=st.sampled_from(["", "AIR", "RAIL", "SHIP", "BUS"])
)


@cache
def diagnoses():
    listed = [c.code for c in terms("critical-illness").by_benefit["illness"].conditions]
    one = st.builds(Diagnosis, condition=st.sampled_from(listed), confirmed_on=DAYS)
    return st.lists(one, max_size=4)


@cache
@st.composite
def any_case(draw, claim_type):
    """A case of a type with everything that could matter to it."""
    return CaseFacts(
        claim_type=claim_type,
        event_on=EVENT,
        contract=draw(CONTRACTS),
        cause=draw(st.sampled_from(["ILLNESS", "ACCIDENT"])),
        bills=tuple(draw(LISTS_OF_BILLS)) if claim_type in ("MEDICAL", "ACCIDENT") else (),
        stays=tuple(draw(LISTS_OF_STAYS)) if claim_type == "ALLOWANCE" else (),
        diagnoses=tuple(draw(diagnoses())) if claim_type in ("CRITICAL_ILLNESS", "WAIVER") else (),
        injuries=tuple(draw(INJURIES)) if claim_type in ("DISABILITY", "WAIVER") else (),
        passing=draw(PASSINGS) if claim_type in ("DEATH", "WAIVER") else None,
        owed_premium=draw(NOTHING_OR_SMALL),
        paid_elsewhere=draw(NOTHING_OR_SMALL),
        other_death_cover=draw(NOTHING_OR_CENTS),
    )
