"""What the worked examples of a calculation begin with: facts, earlier use, and the check of a row."""

from datetime import date, timedelta

from tests.claims.cases import EVENT, case, terms
from yilu.claims.rules import Diagnosis, Passing, Stay, calculate
from yilu.policies.terms import BenefitUsed, IllnessPaid, Used

DIED = Passing(died_on=EVENT)
FLEW = Passing(died_on=EVENT, transport="AIR")
CHILD = date(2018, 1, 1)
INPATIENT = {"lines": [("A", 3000), ("B", 1000), ("C", 400), ("OWN", 600)], "fund_paid": 2000}


def stay(nights, **given):
    return Stay(visit="s1", from_on=EVENT, to_on=EVENT + timedelta(days=nights), **given)


def ill(condition, on=EVENT):
    return Diagnosis(condition=condition, confirmed_on=on)


def used(code, **given):
    return Used(1, {code: BenefitUsed(**given)})


def paid_before(condition, group, level, days_ago):
    on = EVENT - timedelta(days=days_ago)
    return used("illness", illnesses=(IllnessPaid(condition, group, level, on),))


def ids_of(rows):
    """A name for each row: its place, its product, its type of claim."""
    return [f"{n}-{row[0]}-{row[1]}" for n, row in enumerate(rows, 1)]


def pays(product, claim_type, facts, before, benefit):
    """Whether a row comes to its sum, and its lines to the same."""
    found = calculate(case(claim_type, **facts), terms(product), before or Used())

    assert str(found.benefit) == benefit
    assert sum(line.amount for line in found.lines) == found.benefit
