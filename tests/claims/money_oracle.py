"""
A second, slow calculation of the benefit, written from the clauses alone and sharing no code with
``yilu.claims.rules``: fractions instead of decimals, formulas instead of steps, days one by one.
It answers only with the amount. Where the two differ by a cent, one of them is wrong.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction


def benefit_of(case, terms, used):
    """What is payable, as a Fraction of whole cents over 100."""
    mine = [b for b in terms.benefits if b.claim_type == case.claim_type]
    mine = [b for b in mine if not hasattr(b, "causes") or case.cause in b.causes]
    total = Fraction(0)
    for kind, rule in RULES.items():
        total += rule(case, [b for b in mine if type(b).__name__ == kind], terms, used)
    total = max(total - Fraction(case.owed_premium), Fraction(0)) if total > 0 else total
    if any(b.deducts_loan for b in mine):
        total = max(total - Fraction(case.contract.loan_owed), Fraction(0))
    cents = total * 100
    floor = cents.numerator // cents.denominator
    return Fraction(floor + (1 if cents - floor >= Fraction(1, 2) else 0), 100)


# ---- medical cost ---------------------------------------------------------------------------


def reimbursed(case, benefits, terms, used):
    elsewhere = Fraction(case.paid_elsewhere)
    answers = {id(b): visits_under(case, b, benefits) for b in benefits}
    total = Fraction(0)
    for b in benefits:
        past = used.of(b.code)
        in_year, deductible_in_year, ever = {}, {}, Fraction(past.paid)
        for _, key, bills in answers[id(b)]:
            year = years_after(case.contract.effective_on, min(x.on for x in bills)) + 1
            in_year.setdefault(year, Fraction(past.paid_by_year.get(year, 0)))
            deductible_in_year.setdefault(year, Fraction(past.deductible_by_year.get(year, 0)))
            cost = sum((counted_cost(x, b.scope) for x in bills), Fraction(0))
            fund = sum((Fraction(x.fund_paid) for x in bills), Fraction(0))
            other = sum((Fraction(x.other_paid) for x in bills), Fraction(0))
            rest_of_fund = min(cost, fund) if b.deducts_social else Fraction(0)
            rest_of_other = min(cost - rest_of_fund, other)
            from_elsewhere = min(cost - rest_of_fund - rest_of_other, elsewhere)
            elsewhere -= from_elsewhere
            burden = cost - rest_of_fund - rest_of_other - from_elsewhere
            help_ = Fraction(0)
            if "OTHER" in b.deductible_met_by:
                help_ += rest_of_other + from_elsewhere
            if "FUND" in b.deductible_met_by:
                help_ += min(cost, fund)
            per_visit = max(
                Fraction(b.deductible_visit) - Fraction(past.deductible_by_visit.get(key, 0)),
                Fraction(0),
            )
            per_visit = min(per_visit, burden)
            open_deductible = max(
                Fraction(b.deductible_year) - deductible_in_year[year], Fraction(0)
            )
            own_part = max(open_deductible - help_, Fraction(0))
            after = max(burden - per_visit - own_part, Fraction(0))
            deductible_in_year[year] += min(open_deductible, help_ + (burden - per_visit - after))
            limits = [after * ratio(case, b, bills)]
            if b.cap_visit is not None:
                limits.append(Fraction(b.cap_visit) - Fraction(past.paid_by_visit.get(key, 0)))
            if b.cap_year is not None:
                limits.append(Fraction(b.cap_year) - in_year[year])
            if b.cap_year_share is not None:
                limits.append(
                    Fraction(b.cap_year_share) * Fraction(case.contract.sum_insured) - in_year[year]
                )
            if b.cap_lifetime is not None:
                limits.append(Fraction(b.cap_lifetime) - ever)
            pays = max(min(limits), Fraction(0))
            in_year[year] += pays
            ever += pays
            total += pays
    return total


def visits_under(case, benefit, benefits):
    together = {}
    for bill in case.bills:
        if next((b for b in benefits if bill.kind in b.visits), None) is not benefit:
            continue
        key = (case.event_on.isoformat(),) if benefit.visit_is_event else (bill.visit, bill.kind)
        together.setdefault(key, []).append(bill)
    return sorted(
        (
            ((min(x.on for x in bills), key[0], bills[0].kind), key[0], bills)
            for key, bills in together.items()
        ),
        key=lambda entry: entry[0],
    )


def counted_cost(bill, scope):
    share = {
        "A": Fraction(scope.A),
        "B": Fraction(scope.B),
        "C": Fraction(scope.C),
        "OWN": Fraction(scope.OWN),
    }
    lines = bill.lines if sum(x.amount for x in bill.lines) == bill.total else ()
    cost, unknown = (
        Fraction(0),
        Fraction(bill.total) - sum((Fraction(x.amount) for x in lines), Fraction(0)),
    )
    outside = Fraction(0)
    for line in lines:
        if line.category == "UNKNOWN":
            unknown += Fraction(line.amount)
            continue
        counts = Fraction(line.amount) * share[line.category]
        if line.category in ("C", "OWN"):
            outside += Fraction(line.amount)
            if scope.by_social_standard and line.comparable is not None:
                counts = max(counts, min(Fraction(line.amount), Fraction(line.comparable)))
        cost += counts
    if len(set(share.values())) == 1:
        return cost + unknown * share["A"]
    if bill.self_cost is None:
        return cost + unknown * min(share.values())
    still_outside = min(max(Fraction(bill.self_cost) - outside, Fraction(0)), unknown)
    return (
        cost
        + still_outside * share["OWN"]
        + (unknown - still_outside) * min(share["A"], share["B"])
    )


def ratio(case, b, bills):
    if not case.contract.with_social_insurance:
        return Fraction(b.ratio_none)
    through_social = any(
        x.settled_by_social or (x.settled_by_social is None and x.fund_paid > 0) for x in bills
    )
    return Fraction(b.ratio_social if through_social else b.ratio_unused)


# ---- days in hospital -----------------------------------------------------------------------


def allowance(case, benefits, terms, used):
    total = Fraction(0)
    for b in benefits:
        past = used.of(b.code)
        daily = Fraction(case.contract.sum_insured if b.daily is None else b.daily)
        ever, by_year = past.days, dict(past.days_by_year)
        for parts in one_stay(sorted(case.stays, key=lambda s: (s.from_on, s.to_on, s.visit)), b):
            year = years_after(case.contract.effective_on, parts[0].from_on) + 1
            earlier = past.days_by_visit.get(parts[0].visit, 0)
            unpaid = 0 if earlier else b.deductible_days
            paid_days = 0
            for n, _day in enumerate(sorted(calendar(parts, b.count)), 1):
                allowed = n > unpaid
                for most, so_far in (
                    (b.max_days_stay, earlier + paid_days),
                    (b.max_days_year, by_year.get(year, 0)),
                    (b.max_days_lifetime, ever),
                ):
                    allowed = allowed and (most is None or so_far < most)
                if allowed:
                    paid_days += 1
                    ever += 1
                    by_year[year] = by_year.get(year, 0) + 1
            icu = min(sum(p.icu_days for p in parts), paid_days)
            if b.max_icu_days_stay is not None:
                icu = min(icu, b.max_icu_days_stay)
            total += (paid_days - icu) * daily + icu * daily * Fraction(b.icu_multiple)
    return total


def one_stay(stays, b):
    groups = []
    for stay in stays:
        latest = max((s.to_on for s in groups[-1]), default=None) if groups else None
        if latest is not None and stay.from_on <= latest + timedelta(days=b.same_stay_gap_days):
            groups[-1].append(stay)
        else:
            groups.append([stay])
    return groups


def calendar(parts, count):
    days = set()
    for part in parts:
        day = part.from_on
        days.add(day)
        while day < part.to_on:
            if count == "BOTH_DAYS" or day < part.to_on:
                days.add(day)
            day += timedelta(days=1)
        if count == "BOTH_DAYS":
            days.add(part.to_on)
    return days


# ---- illness --------------------------------------------------------------------------------


def illness(case, benefits, terms, used):
    total = Fraction(0)
    for b in benefits:
        listed = {c.code: c for c in b.conditions}
        history = [(p.condition, p.group, p.level, p.on) for p in used.of(b.code).illnesses]
        claimed = [
            (d.confirmed_on, listed[d.condition]) for d in case.diagnoses if d.condition in listed
        ]

        # Ranked by what each would fetch given the history before this case.
        fetches = {}
        for level in b.levels:
            n = sum(1 for h in history if h[2] == level.level)
            left = n < len(level.shares)
            fetches[level.level] = Fraction(level.shares[n]) if left else Fraction(0)
        claimed.sort(key=lambda c: (c[0], -fetches[c[1].level], c[1].code))
        days_paid = set()
        for day, condition in claimed:
            level = next(x for x in b.levels if x.level == condition.level)
            same_level = [h for h in history if h[2] == level.level]
            fits = (
                day not in days_paid
                and condition.code not in {h[0] for h in history}
                and not (condition.group and condition.group in {h[1] for h in same_level})
                and not (level.ends_after_severe and "SEVERE" in {h[2] for h in history})
                and len(same_level) < len(level.shares)
                and all(
                    (day - h[3]).days >= level.interval_days
                    for h in same_level[-1:] and [max(same_level, key=lambda h: h[3])]
                )
            )
            if fits:
                total += Fraction(case.contract.sum_insured) * Fraction(
                    level.shares[len(same_level)]
                )
                history.append((condition.code, condition.group, level.level, day))
                days_paid.add(day)
    return total


# ---- the person -----------------------------------------------------------------------------


def disability(case, benefits, terms, used):
    if not case.injuries or any(not 1 <= i.grade <= 10 for i in case.injuries):
        return Fraction(0)
    worst_by_part = sorted(
        min(i.grade for i in case.injuries if i.part == part)
        for part in {i.part for i in case.injuries}
    )
    grade = worst_by_part[0]
    if worst_by_part.count(grade) >= 2 and grade > 1:
        grade -= 1
    total = Fraction(0)
    for b in benefits:
        full = Fraction(case.contract.sum_insured) * Fraction(b.share)
        total += max(
            min(full * Fraction(b.scale[grade - 1]), full - Fraction(used.of(b.code).paid)),
            Fraction(0),
        )
    return total


def death(case, benefits, terms, used):
    if case.passing is None or case.contract.insured_birth_date is None:
        return Fraction(0)
    c = case.contract
    age = years_after(c.insured_birth_date, case.passing.died_on)
    bases = {
        "SUM_INSURED": Fraction(c.sum_insured),
        "PREMIUMS_PAID": Fraction(c.premiums_paid),
        "CASH_VALUE": Fraction(c.cash_value),
    }
    total, towards_ceiling = Fraction(0), Fraction(case.other_death_cover)
    for b in benefits:
        if any(p.level == "SEVERE" for p in used.of(b.ends_after_severe_of).illnesses):
            continue
        band = next(x for x in b.bands if x.from_age <= age < x.to_age)
        worth = [(bases[o.base] * Fraction(o.share), o.base) for o in band.greatest_of]
        amount = max(w for w, _ in worth)
        by_sum = next(base for w, base in worth if w == amount) == "SUM_INSURED"
        for t in b.transports:
            if t.code == case.passing.transport:
                amount += Fraction(c.sum_insured) * Fraction(t.share)
        for code in b.less_paid_under:
            amount = max(
                amount - Fraction(used.of(code).paid_by_visit.get(case.event_on.isoformat(), 0)),
                Fraction(0),
            )
        if age < 18 and b.for_minors and by_sum:
            ceilings = [
                Fraction(m.limit)
                for m in sorted(terms.minor_limits, key=lambda m: m.below_age)
                if age < m.below_age
            ]
            if ceilings:
                others = [w for w, base in worth if base != "SUM_INSURED"]
                amount = min(amount, max([ceilings[0] - towards_ceiling, Fraction(0), *others]))
                towards_ceiling += amount
        total += amount
    return total


def nothing(case, benefits, terms, used):
    return Fraction(0)


def years_after(start, day):
    n = day.year - start.year
    anniversary = (start.month, start.day)
    if anniversary == (2, 29) and not _leap(day.year):
        anniversary = (2, 28)
    return n if (day.month, day.day) >= anniversary else n - 1


def _leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


RULES = {
    "Reimbursement": reimbursed,
    "Allowance": allowance,
    "Illness": illness,
    "Disability": disability,
    "Death": death,
    "Waiver": nothing,
}
