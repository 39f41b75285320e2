"""calculate keeps what the law and the clauses bound, whatever the figures."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.claims import cases
from yilu.claims.rules import BillLine, Cover, calculate, in_order
from yilu.kernel.money import ZERO, round_yuan
from yilu.policies.terms import BenefitUsed, Used

SLOWLY = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


@st.composite
def situations(draw, owed=True):
    """A medical case, a wording with one or two reimbursements, and what was used before."""
    benefits = [draw(cases.reimbursements("first"))]
    if draw(cases.TRUTHS):
        benefits.append(draw(cases.reimbursements("second")))
    terms = replace(cases.terms("small-medical"), benefits=tuple(benefits))
    case = draw(cases.any_case("MEDICAL"))
    if not owed:
        case = replace(case, owed_premium=ZERO)
    return case, terms, draw(cases.used_up(("first", "second")))


def cost_of(case):
    return sum((b.total for b in case.bills), ZERO)


def all_paid(calculation):
    return sum((use.paid for use in calculation.uses), ZERO)


@SLOWLY
@given(situations())
def test_never_more_than_the_actual_cost(situation):
    case, terms, used = situation
    found = calculate(case, terms, used)
    others = sum((b.other_paid for b in case.bills), ZERO)

    assert 0 <= found.benefit <= max(cost_of(case) - others, ZERO)


@SLOWLY
@given(situations())
def test_never_more_than_any_cap(situation):
    case, terms, used = situation
    found = calculate(case, terms, used)

    for b in terms.benefits:
        mine = [use for use in found.uses if use.benefit_code == b.code]
        past = used.of(b.code)
        if b.cap_lifetime is not None:
            assert sum((u.paid for u in mine), ZERO) <= max(b.cap_lifetime - past.paid, ZERO)
        for year in {u.year for u in mine}:
            paid = sum((u.paid for u in mine if u.year == year), ZERO)
            if b.cap_year is not None:
                assert paid <= max(b.cap_year - past.paid_by_year.get(year, ZERO), ZERO)
        if b.cap_visit is not None:
            for u in mine:
                assert u.paid <= max(b.cap_visit - past.paid_by_visit.get(u.visit, ZERO), ZERO)


@SLOWLY
@given(situations(owed=False))
def test_lines_add_up_to_the_benefit_and_the_ledger_to_the_same(situation):
    found = calculate(*situation)

    assert sum((line.amount for line in found.lines), ZERO) == found.benefit
    assert all(line.explanation and line.label for line in found.lines)
    # Each benefit is rounded by itself for the ledger, the sum of them once for the customer.
    assert abs(all_paid(found) - found.benefit) <= Decimal("0.01")


@SLOWLY
@given(situations(), st.data())
def test_a_larger_bill_never_pays_less(situation, data):
    case, terms, used = situation
    assume(case.bills)
    n = data.draw(st.integers(0, len(case.bills) - 1))
    more, bill = data.draw(cases.SMALL), case.bills[n]
    if bill.lines and sum(x.amount for x in bill.lines) == bill.total:
        k = data.draw(st.integers(0, len(bill.lines) - 1))
        line = bill.lines[k]
        # A dearer item may still only count as its comparable one.
        bigger = replace(
            bill,
            total=bill.total + more,
            lines=(*bill.lines[:k], replace(line, amount=line.amount + more), *bill.lines[k + 1 :]),
        )
    else:
        assume(not bill.lines)
        bigger = replace(bill, total=bill.total + more)
    after = replace(case, bills=(*case.bills[:n], bigger, *case.bills[n + 1 :]))

    assert calculate(after, terms, used).benefit >= calculate(case, terms, used).benefit


@SLOWLY
@given(situations(), st.data())
def test_more_paid_before_never_pays_more(situation, data):
    case, terms, used = situation
    more = data.draw(cases.SMALL)

    def raised(past):
        return replace(
            past,
            paid=past.paid + more,
            paid_by_year={y: past.paid_by_year.get(y, ZERO) + more for y in range(1, 6)},
            paid_by_visit={v: p + more for v, p in past.paid_by_visit.items()},
        )

    after = Used(used.seen, {code: raised(past) for code, past in used.by_benefit.items()})
    assert calculate(case, terms, after).benefit <= calculate(case, terms, used).benefit


@SLOWLY
@given(situations(), st.data())
def test_more_deductible_served_before_never_pays_less(situation, data):
    case, terms, used = situation
    more = data.draw(cases.SMALL)

    def raised(past):
        return replace(
            past,
            deductible_by_year={
                y: past.deductible_by_year.get(y, ZERO) + more for y in range(1, 6)
            },
        )

    after = Used(used.seen, {code: raised(past) for code, past in used.by_benefit.items()})
    assert calculate(case, terms, after).benefit >= calculate(case, terms, used).benefit


@SLOWLY
@given(situations(), st.data())
def test_cutting_an_invoice_into_more_lines_changes_nothing(situation, data):
    case, terms, used = situation
    assume(any(b.lines for b in case.bills))

    def cut(line):
        # An item with a comparable one is one item: only its own price can be compared.
        if line.comparable is not None:
            return (line,)
        part = min(data.draw(cases.SMALL), line.amount)
        return (replace(line, amount=part), replace(line, amount=line.amount - part))

    bills = tuple(replace(b, lines=tuple(p for x in b.lines for p in cut(x))) for b in case.bills)
    after = calculate(replace(case, bills=bills), terms, used)
    before = calculate(case, terms, used)

    assert after.benefit == before.benefit
    assert after.uses == before.uses


@SLOWLY
@given(situations(), st.data())
def test_splitting_an_invoice_in_two_of_one_visit_changes_nothing(situation, data):
    case, terms, used = situation
    assume(case.bills)
    # Without lines and totals of its own an invoice is one amount, which halves evenly.
    case = replace(case, bills=tuple(replace(b, lines=(), self_cost=None) for b in case.bills))
    first, *rest = case.bills
    part = min(data.draw(cases.SMALL), first.total)
    fund, other = (
        min(first.fund_paid, part),
        min(first.other_paid, part - min(first.fund_paid, part)),
    )
    # Through social insurance or not is a fact of the visit, said on both halves.
    settled = first.fund_paid > 0 if first.settled_by_social is None else first.settled_by_social
    halves = (
        replace(first, total=part, fund_paid=fund, other_paid=other, settled_by_social=settled),
        replace(
            first,
            total=first.total - part,
            fund_paid=first.fund_paid - fund,
            other_paid=first.other_paid - other,
            settled_by_social=settled,
        ),
    )

    whole = calculate(replace(case, bills=(first, *rest)), terms, used)
    split = calculate(replace(case, bills=(*halves, *rest)), terms, used)
    assert split.benefit == whole.benefit


@SLOWLY
@given(situations(owed=False), situations(owed=False), st.data())
def test_several_policies_never_pay_more_than_the_cost_in_any_order(first, second, data):
    case = replace(first[0], paid_elsewhere=ZERO)
    covers = [
        Cover(contract=each[0].contract, terms=each[1], used=each[2])
        for each in (first, second, first)
    ]
    order = data.draw(st.permutations(covers))
    others = sum((b.other_paid for b in case.bills), ZERO)

    paid = sum((c.benefit for c in in_order(case, order)), ZERO)
    assert paid <= max(cost_of(case) - others, ZERO)


@SLOWLY
@given(cases.any_case("MEDICAL"))
def test_of_owed_premium_takes_off_no_more_than_there_is(case):
    terms, without = cases.terms("million-medical-social"), replace(case, owed_premium=ZERO)
    expected = max(calculate(without, terms).benefit - case.owed_premium, ZERO)

    assert calculate(case, terms).benefit == expected


@SLOWLY
@given(st.lists(cases.stays(), max_size=4), st.integers(0, 200))
def test_a_day_in_hospital_is_never_paid_twice(stays, days_before):
    contract = cases.contract(sum_insured=Decimal(100))
    used = Used(1, {"allowance": BenefitUsed(days=days_before, days_by_year={3: days_before})})
    case = cases.case(
        "ALLOWANCE", contract=contract, stays=tuple(replace(s, icu_days=0) for s in stays)
    )
    found = calculate(case, cases.terms("hospital-allowance"), used)
    calendar = {
        s.from_on.toordinal() + n for s in stays for n in range(max((s.to_on - s.from_on).days, 1))
    }

    assert found.benefit <= 100 * len(calendar)
    assert sum(u.days for u in found.uses if u.year == 3) <= max(180 - days_before, 0)


@SLOWLY
@given(cases.lines())
def test_amounts_are_exact_until_the_last_step(lines):
    total = sum((x.amount for x in lines), ZERO)
    bill = replace(
        cases.bill(total), lines=tuple(BillLine(amount=x.amount, category="A") for x in lines)
    )
    found = calculate(cases.case("MEDICAL", bills=(bill,)), cases.terms("small-medical"))

    assert found.benefit == round_yuan(max(total - 100, ZERO) * Decimal("0.6"))
