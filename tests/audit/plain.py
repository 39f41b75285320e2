"""What the calculation takes, as the audit takes it: translated field by field, nothing worked out."""

from __future__ import annotations

from fractions import Fraction

from yilu.audit import rules as audit
from yilu.products.rules import to_plain


def wording(terms):
    return to_plain(terms)


def case(given):
    c, p = given.contract, given.passing
    return audit.Case(
        claim_type=given.claim_type, event_on=given.event_on, cause=given.cause,
        contract=audit.Contract(
            sum_insured=Fraction(c.sum_insured), effective_on=c.effective_on, formed_on=c.formed_on,
            continuous_since=c.continuous_since, born_on=c.insured_birth_date, ends_on=c.ends_on,
            with_social=c.with_social_insurance, pay_mode=c.pay_mode, paid_to=c.paid_to,
            premiums_paid=Fraction(c.premiums_paid), cash_value=Fraction(c.cash_value),
            loan=Fraction(c.loan_owed), reinstated_on=c.reinstated_on,
            added=Fraction(c.added_sum), added_value=Fraction(c.added_value),
        ),
        bills=tuple(map(bill, given.bills)),
        stays=tuple(audit.Stay(s.visit, s.from_on, s.to_on, s.icu_days) for s in given.stays),
        diagnoses=tuple((d.condition, d.confirmed_on) for d in given.diagnoses),
        injuries=tuple((i.part, i.grade) for i in given.injuries),
        died_on=p.died_on if p else None, transport=p.transport if p else "",
        circumstances=given.circumstances, upheld=given.upheld,
        owed_premium=Fraction(given.owed_premium), paid_elsewhere=Fraction(given.paid_elsewhere),
        other_death_cover=Fraction(given.other_death_cover), reported_on=given.reported_on,
        premiums=given.premium_share and tuple(map(Fraction, given.premium_share)),
    )  # fmt: skip


def bill(b):
    return audit.Bill(
        visit=b.visit, kind=b.kind, on=b.on, total=Fraction(b.total), fund=Fraction(b.fund_paid),
        other=Fraction(b.other_paid), self_cost=None if b.self_cost is None else Fraction(b.self_cost),
        settled=b.settled_by_social, listed=b.listed,
        lines=tuple(
            audit.BillLine(n.category, Fraction(n.amount), None if n.comparable is None else Fraction(n.comparable))
            for n in b.lines
        ),
    )  # fmt: skip


def ledger(used):
    """Rows that add up to what was used, year by year and visit by visit apart from each other."""
    return [row for code, u in used.by_benefit.items() for row in rows_of(code, u)]


def rows_of(code, u):
    def row(year, visit="", on=None, **given):
        return audit.Entry(code, year, visit, on, **given)

    for year, paid in u.paid_by_year.items():
        yield row(year, paid=Fraction(paid))
    for year, met in u.deductible_by_year.items():
        yield row(year, deductible=Fraction(met))
    for year, days in u.days_by_year.items():
        yield row(year, days=days)
    # What a visit used lies in a year that no random case falls in, and is taken off there again.
    for visit, paid in u.paid_by_visit.items():
        yield row(-1, visit, paid=Fraction(paid))
        yield row(-1, "·", paid=-Fraction(paid))
    for visit, met in u.deductible_by_visit.items():
        yield row(-1, visit, deductible=Fraction(met))
    for visit, days in u.days_by_visit.items():
        yield row(-1, visit, days=days)
        yield row(-1, "·", days=-days)
    yield row(-2, "·", paid=Fraction(u.paid) - sum(map(Fraction, u.paid_by_year.values())))
    yield row(-2, "·", days=u.days - sum(u.days_by_year.values()))
    for n, ill in enumerate(u.illnesses):
        yield row(-3, f"·{n}", ill.on, condition=ill.condition, group=ill.group, level=ill.level)
