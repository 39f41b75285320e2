"""
The kernel: what every claim of a portfolio comes to under given terms, in whole numbers only.

Amounts are multiples of a unit so fine that every product of the terms is exact: nothing is rounded but
where the single path rounds, halves up. Terms that do not fit into 64 bits so are refused by name.
"""

from __future__ import annotations

import numpy as np

from yilu.products.terms import Allowance, Benefit, Reimbursement, Terms

from .portfolio import Flags, Ints, Portfolio, Step, Table
from .units import Unit, fen_of, in_scope, ratios, same_shape, scaled, unit_of, waits, whose


def recalculate(portfolio: Portfolio, terms: Terms) -> Ints:
    """
    The benefit of every claim in fen, each standing on what those before it used up.

    A claim within the waiting period is taken as the clause has it: not paid, or what is granted
    instead (the single path with ``WAITING`` upheld).

    :raises Refused: for terms that change more than figures, or figures too large to be exact.
    """
    same_shape(portfolio.terms, terms)
    if not len(portfolio):
        return np.zeros(0, np.int64)
    unit = unit_of(portfolio, terms)
    total = np.zeros(len(portfolio), np.int64)
    elsewhere = portfolio.claims["elsewhere"]
    left_elsewhere = elsewhere * unit.cost if elsewhere.any() else None
    for code, table in portfolio.tables.items():
        benefit = terms.by_benefit[code]
        if not len(table):
            continue
        if isinstance(benefit, Reimbursement):
            paid = Medical(portfolio, table, benefit, unit).paid(left_elsewhere)
        elif isinstance(benefit, Allowance):
            paid = Daily(portfolio, table, benefit, unit).paid()
        _count(portfolio, table, benefit, unit, paid, total)
    for owed in (portfolio.claims["owed"], portfolio.claims["loan"]):
        if owed.any():
            total -= np.minimum(owed * unit.paid, np.maximum(total, 0))
    return unit.rounded(total)


def _count(
    portfolio: Portfolio, table: Table, benefit: Benefit, unit: Unit, paid: Ints, total: Ints
) -> None:
    """Add what a benefit pays to its claims; within the waiting period what it grants instead."""
    rows = table.by_claim
    claims, paid = table.columns["claim"][rows], paid[rows]
    if not benefit.waiting_days:
        _add(total, claims, paid)
        return
    sums = np.zeros_like(total)
    _add(sums, claims, paid)
    waits = (portfolio.claims["waited"] < benefit.waiting_days) & (sums != 0)
    name = {"PREMIUMS_PAID": "premiums", "CASH_VALUE": "cash"}.get(benefit.waiting_instead)
    instead = portfolio.claims[name] * unit.paid if name else 0
    total += np.where(waits, instead, sums)


def _add(sums: Ints, places: Ints, amounts: Ints) -> None:
    if len(places) < 2 or (places[1:] > places[:-1]).all():
        sums[places] += amounts
    else:
        np.add.at(sums, places, amounts)


class Medical:
    """Medical cost of one benefit: everything that does not depend on earlier claims, then the chains."""

    def __init__(self, of: Portfolio, table: Table, benefit: Reimbursement, unit: Unit) -> None:
        self.of, self.table, self.benefit, self.unit = of, table, benefit, unit
        self.waits = waits(of, table, benefit)
        self.ratios = ratios(benefit, unit)[table.columns["settled"]]
        self.caps = self._year_caps()

    def _year_caps(self) -> Ints | int | None:
        b, unit = self.benefit, self.unit
        if b.cap_year_share is not None:
            share = scaled(b.cap_year_share, unit.paid)
            return self.of.claims["sum_insured"][whose(self.table)] * share
        return None if b.cap_year is None else fen_of(b.cap_year) * unit.paid

    def paid(self, elsewhere: Ints | None) -> Ints:
        """What each row pays, exactly; ``elsewhere`` is what other policies' money is left, per claim."""
        left = in_scope(self.table, self.benefit.scope, self.unit)
        left, counted = self._less_paid_by_others(left, elsewhere)
        if not self._is_chained():
            left *= self.ratios
            return left
        return self._along_chains(left, counted)

    def _is_chained(self) -> bool:
        b = self.benefit
        return bool(b.deductible_visit or b.deductible_year) or any(
            cap is not None for cap in (b.cap_visit, b.cap_lifetime, self.caps)
        )

    def _less_paid_by_others(self, left: Ints, elsewhere: Ints | None) -> tuple[Ints, Ints | None]:
        b, columns, cost = self.benefit, self.table.columns, self.unit.cost
        counted: Ints | None = None
        if b.deducts_social or "FUND" in b.deductible_met_by:
            took = np.minimum(left, columns["fund"] * cost)
            counted = took if "FUND" in b.deductible_met_by else None
            if b.deducts_social:
                left -= took
        if columns["other"].any():
            took = np.minimum(left, columns["other"] * cost)
            left -= took
            if "OTHER" in b.deductible_met_by:
                counted = took if counted is None else counted + took
        if elsewhere is not None:
            took = self._paid_elsewhere(left, elsewhere)
            left -= took
            if "OTHER" in b.deductible_met_by:
                counted = took if counted is None else counted + took
        return left, counted

    def _paid_elsewhere(self, left: Ints, elsewhere: Ints) -> Ints:
        """Policies chosen earlier pay the first visits first, as far as their money goes."""
        took = np.zeros_like(left)
        claims, whole = whose(self.table), self.table.columns["claim"] >= 0
        for steps in self.table.rounds:
            for step in steps:
                rows = slice(step.begin, step.end)
                asked = np.flatnonzero(whole[rows] & (elsewhere[claims[rows]] > 0))
                if len(asked):
                    at, owner = asked + step.begin, claims[rows][asked]
                    took[at] = np.minimum(left[at], elsewhere[owner])
                    elsewhere[owner] -= took[at]
        return took

    # -- what stands on earlier claims -----------------------------------------------------------

    def _along_chains(self, left: Ints, counted: Ints | None) -> Ints:
        """Every chain from its first claim on; the answer takes the place of ``left``."""
        table, b = self.table, self.benefit
        self.met = np.zeros(table.slots, np.int64)  # towards the deductible, by policy year
        self.in_year = np.zeros(table.slots, np.int64)
        self.ever = np.zeros(table.chains, np.int64)
        self.met_by_visit = np.zeros(table.visits, np.int64)
        self.paid_by_visit = np.zeros(table.visits, np.int64)
        self.took_visit = np.zeros(len(table), np.int64) if b.deductible_visit else None
        self.took_year = np.zeros(len(table), np.int64) if b.deductible_year else None
        for steps in table.rounds:
            for step in steps:
                self._step(step, left, counted)
            self._settle(steps, left)
        return left

    def _step(self, step: Step, left: Ints, counted: Ints | None) -> None:
        """One visit of every chain: the deductibles, the ratio, the caps."""
        rows = slice(step.begin, step.end)
        here = left[rows]
        if self.took_visit is not None:
            here = self._less_visit_deductible(step, here)
        if self.took_year is not None:
            here = self._less_year_deductible(rows, here, counted)
        here = here * self.ratios[rows]
        left[rows] = self._within_caps(step, rows, here)

    def _less_visit_deductible(self, step: Step, here: Ints) -> Ints:
        assert self.took_visit is not None
        amount = fen_of(self.benefit.deductible_visit) * self.unit.cost
        open_: Ints | int = amount
        if step.shared is not None:
            met = self.met_by_visit[self.table.visit_slot[step.begin : step.end]]
            open_ = np.maximum(amount - met, 0)
        took = np.minimum(here, open_)
        self.took_visit[step.begin : step.end] = took
        return here - took

    def _less_year_deductible(self, rows: slice, here: Ints, counted: Ints | None) -> Ints:
        assert self.took_year is not None
        slots = self.table.slot[rows]
        before = self.met[slots]
        unmet = np.maximum(fen_of(self.benefit.deductible_year) * self.unit.cost - before, 0)
        if counted is None:
            used = took = np.minimum(here, unmet)
        else:
            met = np.minimum(unmet, counted[rows])
            took = np.minimum(here, unmet - met)
            used = met + took
        self.met[slots] = before + used
        self.took_year[rows] = used
        return here - took

    def _within_caps(self, step: Step, rows: slice, here: Ints) -> Ints:
        b, unit = self.benefit, self.unit
        if b.cap_visit is not None:
            cap: Ints | int = fen_of(b.cap_visit) * unit.paid
            if step.shared is not None:
                paid = self.paid_by_visit[self.table.visit_slot[rows]]
                cap = np.maximum(cap - paid, 0)
            here = np.minimum(here, cap)
        slots, in_year, ever = self.table.slot[rows], None, None
        if self.caps is not None:
            caps = self.caps if isinstance(self.caps, int) else self.caps[rows]
            in_year = self.in_year[slots]
            here = np.minimum(here, np.maximum(caps - in_year, 0))
        if b.cap_lifetime is not None:
            ever = self.ever[self._chains(step)]
            here = np.minimum(here, np.maximum(fen_of(b.cap_lifetime) * unit.paid - ever, 0))
            self.ever[self._chains(step)] = ever + here
        if in_year is not None:
            self.in_year[slots] = in_year + here
        return here

    def _chains(self, step: Step) -> slice | Ints:
        """The first claims of a round are those of the first chains, one each."""
        if step.first:
            return slice(0, step.end - step.begin)
        return self.table.chain[step.begin : step.end]

    def _settle(self, steps: tuple[Step, ...], paid: Ints) -> None:
        """
        At the end of a claim the ledger keeps whole fen: what the next claims stand on.

        The fen of several visits add up to those of the claim. Of a benefit that falls away in the
        waiting period nothing is kept.
        """
        unit, rows = self.unit, slice(steps[0].begin, steps[-1].end)
        chain = self.table.chain[rows]
        sums = paid[rows]
        if len(steps) > 1:
            sums = np.zeros(steps[0].end - steps[0].begin, np.int64)
            np.add.at(sums, chain, paid[rows])
            sums = sums[chain]
        void = None if self.waits is None else self.waits[rows] & (sums != 0)
        so_far = np.zeros(steps[0].end - steps[0].begin, np.int64) if len(steps) > 1 else None
        for step in steps:
            here = slice(step.begin, step.end)
            exact = paid[here]
            if so_far is None:
                used = unit.rounded(exact)
            else:
                chains = self.table.chain[here]
                before = so_far[chains]
                used = unit.rounded(before + exact) - unit.rounded(before)
                so_far[chains] = before + exact
            gone = None if void is None else void[step.begin - rows.start : step.end - rows.start]
            self._keep(step, exact, used, gone)

    def _keep(self, step: Step, exact: Ints, used: Ints, gone: Flags | None) -> None:
        table, unit, rows = self.table, self.unit, slice(step.begin, step.end)
        if gone is not None:
            used = np.where(gone, 0, used)
        if table.has_fixed:
            used = used + table.columns["fixed_paid"][rows]
        more = used * unit.paid - exact
        slots = table.slot[rows]
        if self.caps is not None and (unit.paid > 1 or gone is not None or table.has_fixed):
            self.in_year[slots] += more
        if self.benefit.cap_lifetime is not None and (
            unit.paid > 1 or gone is not None or table.has_fixed
        ):
            self.ever[self._chains(step)] += more
        met = self._deductible_used(rows, gone)
        if self.took_year is not None and met is not None:
            self.met[slots] += met * unit.cost - self.took_year[rows]
        if step.shared is not None:
            places = table.visit_slot[rows][step.shared]
            self.paid_by_visit[places] += used[step.shared] * unit.paid
            if met is not None:
                self.met_by_visit[places] += met[step.shared] * unit.cost

    def _deductible_used(self, rows: slice, gone: Flags | None) -> Ints | None:
        """Whole fen towards the deductible, as the ledger keeps them; None where there is none."""
        took = [t[rows] for t in (self.took_visit, self.took_year) if t is not None]
        if not took:
            return None
        units = took[0] if len(took) == 1 else took[0] + took[1]
        cost = self.unit.cost
        fen = units if cost == 1 else (units + cost // 2) // cost
        if gone is not None:
            fen = np.where(gone, 0, fen)
        return fen + self.table.columns["fixed_deductible"][rows] if self.table.has_fixed else fen


class Daily:
    """A sum for each day in hospital: days are counted, never rounded."""

    def __init__(self, of: Portfolio, table: Table, benefit: Allowance, unit: Unit) -> None:
        self.table, self.benefit, self.unit = table, benefit, unit
        self.waits = waits(of, table, benefit)
        if benefit.daily is None:
            self.daily: Ints | int = of.claims["sum_insured"][whose(table)]
        else:
            self.daily = fen_of(benefit.daily)

    def paid(self) -> Ints:
        """What each stay pays, exactly."""
        table, b = self.table, self.benefit
        self.in_year = np.zeros(table.slots, np.int64)
        self.ever = np.zeros(table.chains, np.int64)
        self.by_visit = np.zeros(table.visits, np.int64)
        days = np.zeros(len(table), np.int64)
        for steps in table.rounds:
            for step in steps:
                self._step(step, days)
            self._settle(steps, days)
        intensive = np.minimum(table.columns["icu"], days)
        if b.max_icu_days_stay is not None:
            intensive = np.minimum(intensive, b.max_icu_days_stay)
        multiple = scaled(b.icu_multiple, self.unit.paid) - self.unit.paid
        found: Ints = (days * self.unit.paid + intensive * multiple) * self.daily
        return found

    def _step(self, step: Step, days: Ints) -> None:
        table, b, rows = self.table, self.benefit, slice(step.begin, step.end)
        here, slots, chain = table.columns["counted"][rows], table.slot[rows], table.chain[rows]
        earlier: Ints | int = 0
        if step.shared is not None:
            earlier = self.by_visit[table.visit_slot[rows]]
        free = np.where(np.asarray(earlier) != 0, 0, np.minimum(here, b.deductible_days))
        here = here - free
        for most, used in (
            (b.max_days_stay, earlier),
            (b.max_days_year, self.in_year[slots]),
            (b.max_days_lifetime, self.ever[chain]),
        ):
            if most is not None:
                here = np.minimum(here, np.maximum(most - used, 0))
        self.in_year[slots] += here
        self.ever[chain] += here
        days[rows] = here

    def _settle(self, steps: tuple[Step, ...], days: Ints) -> None:
        table = self.table
        rows = slice(steps[0].begin, steps[-1].end)
        any_paid = None
        if self.waits is not None:
            # A day pays where the daily sum is more than nothing.
            daily = self.daily if isinstance(self.daily, int) else self.daily[rows]
            sums = np.zeros(steps[0].end - steps[0].begin, np.int64)
            np.add.at(sums, table.chain[rows], (days[rows] > 0) & (np.asarray(daily) != 0))
            any_paid = sums != 0
        for step in steps:
            here = slice(step.begin, step.end)
            chain, kept = table.chain[here], days[here]
            if self.waits is not None and any_paid is not None:
                kept = np.where(self.waits[here] & any_paid[chain], 0, kept)
            if table.has_fixed:
                kept = kept + table.columns["fixed_days"][here]
            more = kept - days[here]
            self.in_year[table.slot[here]] += more
            self.ever[chain] += more
            if step.shared is not None:
                self.by_visit[table.visit_slot[here][step.shared]] += kept[step.shared]
