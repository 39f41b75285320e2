"""Two ways of working out a loan, written apart, come to the same fen."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.audit.rules.lending import (
    Account,
    Gap,
    Kept,
    Movement,
    Terms,
    credit_gaps,
    gaps,
    months_later,
)
from yilu.policies.rules import accumulating, loans

START = date(2024, 1, 31)
RATE, MONTHS = Decimal("0.05"), 6
TERMS = [Terms(date(2000, 1, 1), Fraction(RATE), MONTHS)]
SUMS = st.decimals("0.01", "20000", places=2)
STEPS = st.lists(
    st.tuples(st.sampled_from(["LOAN", "REPAYMENT"]), SUMS, st.integers(0, 400)), max_size=6
)


def movement(kind, day, loan, interest, about="x:1"):
    return Movement(
        kind, about, day, day, Fraction(0), Fraction(loan), Fraction(interest), Fraction(0)
    )


def lived(steps):
    """A loan as the room of policies works it out: its bookings, and its account at the end."""
    day, booked = START, [movement("LOAN", START, Decimal(-10000), 0)]
    loan = loans.Loan(
        kind="LOAN", principal=Decimal(10000), rate=RATE, since=day, due_on=loans.add_months(day, MONTHS)
    )  # fmt: skip
    for kind, amount, wait in steps:
        day += timedelta(days=wait)
        stand = loans.standing(loan, day)
        booked += [
            movement("CAPITALISED", end.on, -end.interest, end.interest, f"loan_1:{end.on:%Y%m%d}")
            for end in stand.capitalised
        ]
        if kind == "LOAN":
            booked.append(movement("LOAN", day, -amount, stand.interest))
            loan = loans.Loan(
                kind="LOAN", principal=stand.principal + amount, rate=RATE, since=day,
                due_on=loans.add_months(day, MONTHS),
            )  # fmt: skip
            continue
        part = loans.split(stand, min(amount, stand.owed - Decimal("0.01")))
        booked.append(movement("REPAYMENT", day, part.principal, part.interest))
        loan = loans.Loan(
            kind="LOAN", principal=stand.principal - part.principal, rate=RATE,
            carried=stand.interest - part.interest, since=max(day, stand.since), due_on=stand.due_on,
        )  # fmt: skip
    return booked, loan, day


def account(loan, **other):
    told = {
        "id": 1, "kind": "LOAN", "principal": Fraction(loan.principal), "rate": Fraction(loan.rate),
        "carried": Fraction(loan.carried), "since": loan.since, "due_on": loan.due_on,
        "opened_on": START, "closed_on": None,
    } | other  # fmt: skip
    return Account(**told)


@settings(max_examples=50, deadline=None)
@given(steps=STEPS, wait=st.integers(0, 400))
def test_both_agree_to_the_fen_and_a_fen_more_is_seen(steps, wait):
    booked, loan, day = lived(steps)
    on = day + timedelta(days=wait)
    assert gaps(booked, [account(loan)], TERMS, on) == []
    more = account(loan, principal=Fraction(loan.principal) + Fraction(1, 100))
    assert "LOAN_PRINCIPAL" in {gap.kind for gap in gaps(booked, [more], TERMS, on)}
    closed = account(loan, closed_on=day)
    assert gaps(booked, [closed], TERMS, on)


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)), months=st.integers(1, 24))
def test_the_same_day_of_a_later_month_or_its_last(day, months):
    assert months_later(day, months) == loans.add_months(day, months)


def test_interest_that_was_never_booked_as_principal_or_twice_is_told():
    booked, loan, _day = lived([("REPAYMENT", Decimal(100), 300)])
    without = [each for each in booked if each.kind != "CAPITALISED"]
    [missing] = gaps(without, [account(loan)], TERMS, loan.since)
    assert missing == Gap("LOAN_INTEREST", "loan_1:2024-07-31", Fraction("249.32"), Fraction(0))
    strange = movement("CAPITALISED", START, -1, 1, "loan_9:20240131")
    assert Gap("LOAN_INTEREST", "loan_9:2024-01-31", Fraction(0), Fraction(1)) in gaps(
        [*booked, strange], [account(loan)], TERMS, loan.since
    )


def test_a_loan_that_is_not_on_the_ledger_is_told():
    loan = account(lived([])[1])
    assert {gap.kind for gap in gaps([], [loan], TERMS, START)} == {"LOAN_PRINCIPAL"}


@settings(max_examples=50)
@given(legs=st.lists(st.tuples(SUMS, st.integers(0, 300)), min_size=1, max_size=5))
def test_interest_on_what_lies_with_us_agrees(legs):
    day, ours, theirs = START, [], []
    for amount, wait in legs:
        ours.append(accumulating.Leg(day, amount))
        theirs.append(Kept("x:1", day, day, Fraction(amount), credit=False))
        day += timedelta(days=wait)
    interest = accumulating.accrued(ours, Decimal("0.025"), day)
    rates = {date(2000, 1, 1): Fraction("0.025")}
    credited = Kept("x:2", day, day, Fraction(interest), credit=True)
    assert credit_gaps([*theirs, credited], rates) == []
    wrong = Kept("x:2", day, day, Fraction(interest) + 1, credit=True)
    assert len(credit_gaps([*theirs, wrong], rates)) == 1
