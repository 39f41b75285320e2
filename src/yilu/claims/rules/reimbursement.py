"""
Medical cost paid back (医疗费用补偿).

In the order of the clauses, visit by visit from the earliest: scope by category of the
medical-insurance list; what social insurance, third parties and policies chosen earlier paid; the
deductible of the visit, then of the year; the ratio; the caps of visit, year and lifetime. Every
step works on sums by category, so how an invoice is cut into lines never changes the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from yilu.claims.rules import grounds, texts
from yilu.claims.rules.facts import CATEGORY_LABELS, OWN, UNKNOWN, A, B, Bill, C, category_of
from yilu.claims.rules.sheet import Sheet
from yilu.kernel.money import ZERO, round_yuan
from yilu.policies.terms import BenefitUsed, Use
from yilu.products.terms import VISITS, Reimbursement, Scope

ONE = Decimal(1)


class Visit:
    """The bills of one visit or stay, and the benefit that answers for it."""

    __slots__ = ("benefit", "bills", "key", "kind", "on", "total", "year")

    def __init__(self, key: str, kind: str, benefit: Reimbursement | None) -> None:
        self.key, self.kind, self.benefit = key, kind, benefit
        self.bills: list[Bill] = []
        self.total = ZERO
        self.on: date = date.max
        self.year = 1

    def add(self, bill: Bill) -> None:
        """One more bill of the same visit."""
        self.bills.append(bill)
        self.total += bill.total
        self.on = min(self.on, bill.on)


class Running:
    """What the benefit has used so far: before this case, and in it up to the current visit."""

    __slots__ = ("deductible_by_year", "paid_by_year", "paid_ever", "paid_here", "used")

    def __init__(self, used: BenefitUsed) -> None:
        self.used = used
        self.deductible_by_year = dict(used.deductible_by_year)
        self.paid_by_year = dict(used.paid_by_year)
        self.paid_ever = used.paid_ever
        self.paid_here = ZERO

    def spend(self, year: int, paid: Decimal, deductible: Decimal) -> Decimal:
        """Count a visit; what the ledger keeps of it, rounded so that all visits add up."""
        before = round_yuan(self.paid_here)
        self.deductible_by_year[year] = self.deductible_by_year.get(year, ZERO) + deductible
        self.paid_by_year[year] = self.paid_by_year.get(year, ZERO) + paid
        self.paid_ever += paid
        self.paid_here += paid
        return round_yuan(self.paid_here) - before


def work_out(sheet: Sheet, benefits: Sequence[Reimbursement]) -> None:
    """Every bill under the first benefit whose visits fit it; the rest is shown as not covered."""
    if not sheet.case.bills:
        sheet.missing("NO_BILL")
        return
    visits = _visits(sheet, benefits)
    for benefit in benefits:
        mine = [visit for visit in visits if visit.benefit is benefit]
        if mine:
            sheet.open(benefit)
            running = Running(sheet.used.of(benefit.code))
            for visit in mine:
                sheet.add("BILLED", visit.total, VISITS[visit.kind], visit.on, visit.total)
                if not _taken_out(sheet, benefit, visit):
                    _visit(sheet, benefit, visit, running)
            grounds.weigh(sheet, benefit)
    for visit in visits:
        if visit.benefit is None:
            sheet.benefit = None
            label = VISITS.get(visit.kind, visit.kind)
            sheet.add("BILLED", visit.total, label, visit.on, visit.total)
            sheet.add("VISIT_NOT_COVERED", -visit.total, label, visit.total)
            sheet.ground("NOT_COVERED", "", sheet.terms.name, label, applied=True)


def _visits(sheet: Sheet, benefits: Sequence[Reimbursement]) -> list[Visit]:
    case = sheet.case
    found: dict[tuple[str, str], Visit] = {}
    for bill in case.bills:
        benefit = next((b for b in benefits if bill.kind in b.visits), None)
        key, kind = bill.visit, bill.kind
        if benefit is not None and benefit.visit_is_event:
            key, kind = case.event_on.isoformat(), benefit.code
        visit = found.get((key, kind))
        if visit is None:
            visit = found[key, kind] = Visit(key, bill.kind, benefit)
        visit.add(bill)
    for visit in found.values():
        visit.year = case.contract.year_of(visit.on)
    return sorted(found.values(), key=lambda v: (v.on, v.key, v.kind))


def _visit(sheet: Sheet, b: Reimbursement, visit: Visit, running: Running) -> None:
    left = _in_scope(sheet, b, visit)
    left, counted_towards_deductible = _less_paid_by_others(sheet, b, visit, left)
    left, took_visit = _less_visit_deductible(sheet, b, visit, running, left)
    left, took_year = _less_year_deductible(
        sheet, b, visit, running, left, counted_towards_deductible
    )
    left = _times_ratio(sheet, b, visit, left)
    left = _within_caps(sheet, b, visit, running, left)
    sheet.uses.append(
        Use(
            benefit_code=b.code, year=visit.year, used_on=visit.on, visit=visit.key,
            billed=visit.total, deductible_used=took_visit + took_year,
            paid=running.spend(visit.year, left, took_year),
        )
    )  # fmt: skip


def _taken_out(sheet: Sheet, b: Reimbursement, visit: Visit) -> bool:
    """Raise what is doubtful about a visit as a whole; True where a person upheld it."""
    case, found = sheet.case, []
    elsewhere = {bill.kind for bill in visit.bills if bill.listed is False}
    if "EMERGENCY" in elsewhere:
        sheet.note("EMERGENCY_ELSEWHERE")
    if elsewhere - {"EMERGENCY"}:
        args = (VISITS[visit.kind], visit.total)
        found.append(sheet.ground("HOSPITAL_NOT_LISTED", b.clause, *args, detail=visit.key))
    days, ends_on = b.treated_within_days, case.contract.ends_on
    if days is not None and visit.on > case.event_on + timedelta(days=days):
        found.append(sheet.ground("TREATED_LATE", b.clause, visit.on, days, detail=visit.key))
    since = case.contract.effective_on
    if visit.on < since:
        found.append(sheet.ground("BEFORE_COVER", b.clause, visit.on, since, detail=visit.key))
    if ends_on is not None and visit.on >= ends_on:
        found.append(sheet.ground("AFTER_COVER", b.clause, visit.on, ends_on, detail=visit.key))
    for ground in found:
        if ground.key in case.upheld or ground.code in case.upheld:
            sheet.add("UPHELD", -visit.total, ground.label, ground.clause, b.name)
            return True
    return False


def _in_scope(sheet: Sheet, b: Reimbursement, visit: Visit) -> Decimal:
    scope, left, outside = b.scope, visit.total, ZERO
    sums = dict.fromkeys((A, B, C, OWN), ZERO)
    for bill in visit.bills:
        left -= _sort(sheet, scope, bill, sums)
    for category, amount in sums.items():
        share: Decimal = getattr(scope, category)
        if amount and share != ONE:
            cut = amount * (ONE - share)
            sheet.take("OUT_OF_SCOPE", cut, CATEGORY_LABELS[category], amount, share, cut)
            left -= cut
            # The first share of 乙类 is the patient's by the list itself: no cost outside it.
            outside += cut if category in (C, OWN) else ZERO
    if outside and scope.by_social_standard:
        sheet.ground("OUT_OF_SCOPE", scope.clause, outside, detail=visit.key, applied=True)
    return left


def _sort(sheet: Sheet, scope: Scope, bill: Bill, sums: dict[str, Decimal]) -> Decimal:
    """
    Add a bill to the sums by category; what items with a comparable listed item lose is the answer.

    Lines that do not make up the invoice are not believed: then its total counts as unknown.
    """
    lines, listed = bill.lines, sum((line.amount for line in bill.lines), ZERO)
    if lines and listed != bill.total:
        sheet.missing("LINES_DO_NOT_ADD_UP", bill.on, listed, bill.total)
        lines, listed = (), ZERO
    if bill.fund_paid + bill.other_paid > bill.total:
        paid = bill.fund_paid + bill.other_paid
        sheet.missing("PAID_MORE_THAN_BILLED", bill.on, paid, bill.total)
    unknown, own, lost = bill.total - listed, ZERO, ZERO
    for line in lines:
        category = line.category
        if category not in sums:
            category = category_of(category)
        if category == UNKNOWN:
            unknown += line.amount
            continue
        if category in (C, OWN):
            own += line.amount
            if line.comparable is not None and scope.by_social_standard:
                share: Decimal = getattr(scope, category)
                counted = max(line.amount * share, min(line.amount, line.comparable))
                cut = line.amount - counted
                label = CATEGORY_LABELS[category]
                sheet.take("COMPARABLE", cut, label, line.amount, counted, cut)
                lost += cut
                continue
        sums[category] += line.amount
    if unknown:
        _settle_unknown(sheet, scope, bill, sums, unknown, own)
    return lost


def _settle_unknown(
    sheet: Sheet, scope: Scope, bill: Bill, sums: dict[str, Decimal], unknown: Decimal, own: Decimal
) -> None:
    """Cost without a category: the invoice's own total of 自费 settles it, else it is doubtful."""
    if scope.A == scope.B == scope.C == scope.OWN:
        sums[A] += unknown
        return
    if bill.self_cost is None:
        lowest = min((A, B, C, OWN), key=lambda category: getattr(scope, category))
        sums[lowest] += unknown
        sheet.missing("CATEGORY_UNKNOWN", bill.on, unknown)
        return
    outside = min(max(bill.self_cost - own, ZERO), unknown)
    within = unknown - outside
    sums[OWN] += outside
    sums[A if scope.A <= scope.B else B] += within
    if within and scope.A != scope.B:
        sheet.missing("CATEGORY_UNKNOWN", bill.on, within)


def _less_paid_by_others(
    sheet: Sheet, b: Reimbursement, visit: Visit, left: Decimal
) -> tuple[Decimal, Decimal]:
    """What remains, and how much of the others' money also counts towards the yearly deductible."""
    counted = ZERO
    if fund := sum((bill.fund_paid for bill in visit.bills), ZERO):
        took = min(left, fund)
        if "FUND" in b.deductible_met_by:
            counted += took
        if b.deducts_social:
            sheet.take("FUND_PAID", took, fund, b.rate_basis, took)
            left -= took
        else:
            sheet.note("FUND_NOT_DEDUCTED", fund)
    if other := sum((bill.other_paid for bill in visit.bills), ZERO):
        took = min(left, other)
        sheet.take("OTHER_PAID", took, other, took)
        left -= took
        counted += took if "OTHER" in b.deductible_met_by else ZERO
    if sheet.elsewhere:
        took = min(left, sheet.elsewhere)
        sheet.take("PAID_ELSEWHERE", took, sheet.case.paid_elsewhere, took)
        sheet.elsewhere -= took
        left -= took
        counted += took if "OTHER" in b.deductible_met_by else ZERO
    return left, counted


def _less_visit_deductible(
    sheet: Sheet, b: Reimbursement, visit: Visit, running: Running, left: Decimal
) -> tuple[Decimal, Decimal]:
    if not b.deductible_visit:
        return left, ZERO
    before = running.used.deductible_by_visit.get(visit.key, ZERO)
    took = min(left, max(b.deductible_visit - before, ZERO))
    sheet.take("DEDUCTIBLE_VISIT", took, b.deductible_visit, before, took)
    return left - took, took


def _less_year_deductible(
    sheet: Sheet, b: Reimbursement, visit: Visit, running: Running, left: Decimal, counted: Decimal
) -> tuple[Decimal, Decimal]:
    if not b.deductible_year:
        return left, ZERO
    before = running.deductible_by_year.get(visit.year, ZERO)
    unmet = max(b.deductible_year - before, ZERO)
    met = min(unmet, counted)
    took = min(left, unmet - met)
    sheet.take("DEDUCTIBLE_YEAR", took, b.deductible_year, visit.year, before, met, took)
    return left - took, met + took


def _times_ratio(sheet: Sheet, b: Reimbursement, visit: Visit, left: Decimal) -> Decimal:
    if not sheet.case.contract.with_social_insurance:
        ratio, why = b.ratio_none, "NOT_INSURED"
    elif any(_settled_by_social(bill) for bill in visit.bills):
        ratio, why = b.ratio_social, "SETTLED"
    else:
        ratio, why = b.ratio_unused, "NOT_SETTLED"
    own = left * (ONE - ratio)
    sheet.take("CO_PAYMENT", own, texts.REASONS[why], ratio, left)
    return left - own


def _settled_by_social(bill: Bill) -> bool:
    return bill.fund_paid > 0 if bill.settled_by_social is None else bill.settled_by_social


def _within_caps(
    sheet: Sheet, b: Reimbursement, visit: Visit, running: Running, left: Decimal
) -> Decimal:
    if b.cap_visit is not None:
        before = running.used.paid_by_visit.get(visit.key, ZERO)
        over = max(left - max(b.cap_visit - before, ZERO), ZERO)
        sheet.take("CAP_VISIT", over, b.cap_visit, before, over)
        left -= over
    cap_year = b.cap_year
    if b.cap_year_share is not None:
        cap_year = b.cap_year_share * sheet.case.contract.sum_insured
    if cap_year is not None:
        before = running.paid_by_year.get(visit.year, ZERO)
        over = max(left - max(cap_year - before, ZERO), ZERO)
        sheet.take("CAP_YEAR", over, cap_year, visit.year, before, over)
        left -= over
    if b.cap_lifetime is not None:
        over = max(left - max(b.cap_lifetime - running.paid_ever, ZERO), ZERO)
        sheet.take("CAP_LIFETIME", over, b.cap_lifetime, running.paid_ever, over)
        left -= over
    return left
