"""Which clauses of a wording free the insurer or cut what is paid (免除或者减轻责任的条款)."""

from __future__ import annotations

from collections.abc import Iterator

from yilu.products.terms import Allowance, Benefit, Death, Disability, Illness, Reimbursement, Terms

PAY_DAYS = 10
"""In how many days from the agreement the law has a benefit paid (保险法 23)."""


def clauses_to_point_out(terms: Terms) -> tuple[str, ...]:
    """
    The clauses that must be pointed out one by one (保险法 17), by number.

    What frees the insurer: exclusions, waiting periods, suicide. What cuts a payment (解释二 9):
    deductibles and days not paid, ratios, categories of cost left out, caps and counted days, scales
    by grade or level, time limits after an accident, what is taken off for an earlier payment,
    a term to pay in that is longer than the law's. The right to rescind after a breach of disclosure is none of them (解释二 9 II).
    """
    found = [exclusion.clause for exclusion in terms.exclusions] + [terms.suicide_clause]
    if terms.pay_days and terms.pay_days > PAY_DAYS:
        found.append(terms.pay_clause or "")
    for benefit in terms.benefits:
        if benefit.waiting_days:
            found.append(benefit.waiting_clause)
        found += _cutting(terms, benefit)
    return tuple(sorted(dict.fromkeys(each for each in found if each), key=_by_number))


def _cutting(terms: Terms, benefit: Benefit) -> Iterator[str]:
    match benefit:
        case Reimbursement():
            yield from _of_costs(benefit)
        case Allowance():
            if benefit.deductible_days:
                yield benefit.clause
            most = (benefit.max_days_stay, benefit.max_days_year, benefit.max_days_lifetime)
            if benefit.deductible_days or benefit.same_stay_gap_days or any(most):
                yield benefit.days_clause
        case Disability():
            yield benefit.clause
            if min(benefit.scale, default=1) < 1:
                yield benefit.scale_clause
        case Illness():
            yield from (
                level.clause
                for level in benefit.levels
                if min(level.shares, default=1) < 1
                or level.interval_days
                or level.ends_after_severe
            )
        case Death():
            limited = benefit.for_minors and bool(terms.minor_limits)
            if limited or benefit.within_days or benefit.less_paid_under:
                yield benefit.clause


def _of_costs(benefit: Reimbursement) -> Iterator[str]:
    scope = benefit.scope
    if benefit.deductible_visit or benefit.deductible_year:
        yield benefit.deductible_clause
    if min(benefit.ratio_social, benefit.ratio_unused, benefit.ratio_none) < 1:
        yield benefit.ratio_clause
    if min(scope.A, scope.B, scope.C, scope.OWN) < 1:
        yield scope.clause or benefit.clause
    most = (benefit.cap_visit, benefit.cap_year, benefit.cap_year_share, benefit.cap_lifetime)
    if any(cap is not None for cap in most):
        yield benefit.cap_clause
    if benefit.treated_within_days:
        yield benefit.clause


def _by_number(clause: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in clause.split("."))
