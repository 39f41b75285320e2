"""A policy's loans worked out once more, from nothing but its own bookings and the published terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from yilu.audit.rules.facts import NOTHING, to_the_fen

YEAR = 365
ORDER = ("ADVANCE", "LOAN")
"""In which order money that comes in repays: premium that was lent first."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a loan made on or after ``since`` costs and how long its term is."""

    since: date
    rate: Fraction
    months: int


@dataclass(frozen=True, slots=True)
class Movement:
    """
    One booking that touched a loan. ``day`` is the day its sums were worked out for, which lies before
    the booking where a customer confirmed on one day and the money came on another.
    """

    kind: str
    about: str
    day: date
    booked_on: date
    customer: Fraction
    loan: Fraction
    interest: Fraction
    survival: Fraction = NOTHING


@dataclass(frozen=True, slots=True)
class Account:
    """A loan as the policy's loan account keeps it."""

    id: int
    kind: str
    principal: Fraction
    rate: Fraction
    carried: Fraction
    since: date
    due_on: date
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Where bookings and recomputation part: which loan or booking, what it must be, what it is."""

    kind: str
    place: str
    expected: Fraction
    actual: Fraction


@dataclass(slots=True)
class _Running:
    """A loan while it is worked through; ``ended``: the interest of each term that has ended."""

    number: int
    principal: Fraction
    rate: Fraction
    since: date
    due_on: date
    months: int
    carried: Fraction = NOTHING
    ended: dict[date, Fraction] = field(default_factory=dict)

    def grow(self, day: date) -> Fraction:
        """End every term that is over by a day; the interest since, to the fen."""
        while self.due_on <= day and self.principal:
            interest = self.carried + _simple(self.principal, self.rate, self.since, self.due_on)
            self.ended[self.due_on] = interest
            self.principal, self.carried = self.principal + interest, NOTHING
            self.since, self.due_on = self.due_on, months_later(self.due_on, self.months)
        return self.carried + _simple(self.principal, self.rate, self.since, day)


def gaps(
    movements: Sequence[Movement], accounts: Sequence[Account], terms: Sequence[Terms], on: date
) -> list[Gap]:
    """
    Everything in which a policy's loans are not what its bookings come to on a day.

    ``movements`` in the order in which they were written. Interest runs by day (actual/365) from each
    movement to the next; when a term ends it becomes principal; a repayment pays interest first.
    """
    return list(_Ledger(accounts, terms).gaps(movements, on))


class _Ledger:
    """The loans of one policy, from the first booking on."""

    def __init__(self, accounts: Sequence[Account], terms: Sequence[Terms]) -> None:
        self.accounts: Mapping[str, list[Account]] = {
            kind: sorted((a for a in accounts if a.kind == kind), key=lambda a: a.id)
            for kind in ORDER
        }
        self.terms = sorted(terms, key=lambda t: t.since)
        self.open: dict[str, _Running] = {}
        self.made: dict[str, list[_Running]] = {kind: [] for kind in ORDER}
        self.booked_ends: dict[tuple[int, date], Fraction] = {}

    def gaps(self, movements: Sequence[Movement], on: date) -> Iterator[Gap]:
        for each in movements:
            yield from self._take(each)
        yield from self._compare(on)
        yield from self._ends()

    def _take(self, m: Movement) -> Iterator[Gap]:
        if m.kind == "CAPITALISED":
            self._end_term(m)
        elif m.kind in ("ADVANCE", "LOAN") and m.kind not in self.open:
            self._begin(m)
        elif m.kind == "ADVANCE":
            self._lend_more(m)
        elif m.kind == "LOAN":
            yield from self._raise(m)
        elif m.kind == "REPAYMENT":
            yield from self._repay(m)
        else:
            yield from self._settle(m)

    def _begin(self, m: Movement) -> None:
        terms = self._terms_on(m.booked_on)
        loan = _Running(
            len(self.made[m.kind]), -m.loan, terms.rate, m.booked_on,
            months_later(m.booked_on, terms.months), terms.months,
        )  # fmt: skip
        self.open[m.kind] = loan
        self.made[m.kind].append(loan)

    def _lend_more(self, m: Movement) -> None:
        loan = self.open["ADVANCE"]
        loan.carried = loan.grow(m.booked_on)
        loan.principal, loan.since = loan.principal - m.loan, m.booked_on

    def _raise(self, m: Movement) -> Iterator[Gap]:
        """The interest so far is paid or becomes principal; a new term begins at the day's rate."""
        loan, terms = self.open["LOAN"], self._terms_on(m.day)
        interest = loan.grow(m.day)
        if interest != m.interest:
            yield Gap("LOAN_INTEREST", m.about, interest, m.interest)
        loan.principal, loan.carried = loan.principal - m.loan, NOTHING
        loan.rate, loan.since = terms.rate, m.day
        loan.due_on = months_later(m.day, terms.months)

    def _repay(self, m: Movement) -> Iterator[Gap]:
        left, interest = m.loan + m.interest, NOTHING
        for kind in ORDER:
            if kind not in self.open:
                continue
            loan = self.open[kind]
            owed = loan.grow(m.day)
            part = min(left, owed + loan.principal)
            if not part:
                continue
            paid = min(part, owed)
            left, interest = left - part, interest + paid
            loan.principal, loan.carried = loan.principal - (part - paid), owed - paid
            loan.since = max(m.day, loan.since)
            if not loan.principal + loan.carried:
                del self.open[kind]
        if interest != m.interest:
            yield Gap("LOAN_INTEREST", m.about, interest, m.interest)

    def _settle(self, m: Movement) -> Iterator[Gap]:
        """Every loan is taken off what the contract pays. Where that is too little, the rest is forgone."""
        principal = interest = NOTHING
        for kind in list(self.open):
            loan = self.open.pop(kind)
            interest += loan.grow(self._closed_on(kind, loan.number, m.day))
            principal += loan.principal
        if principal != m.loan:
            yield Gap("LOAN_PRINCIPAL", m.about, principal, m.loan)
        too_little = m.interest < interest and (
            m.survival if m.kind == "SET_OFF" else m.customer <= NOTHING
        )
        if interest != m.interest and not too_little:
            yield Gap("LOAN_INTEREST", m.about, interest, m.interest)

    def _end_term(self, m: Movement) -> None:
        """Interest was booked as principal: 'loan_12:20260901' says of which loan and term."""
        name, _, day = m.about.partition(":")
        loan_id, ended_on = int(name.removeprefix("loan_")), date.fromisoformat(day)
        self.booked_ends[loan_id, ended_on] = m.interest
        for kind, loan in self.open.items():
            if self._id_of(kind, loan.number) == loan_id:
                loan.grow(ended_on)

    def _compare(self, on: date) -> Iterator[Gap]:
        """What the loan accounts say, against what the bookings come to, both as of one day."""
        for kind in ORDER:
            for number, account in enumerate(self.accounts[kind]):
                loan = self.open.get(kind)
                worked_out = loan if loan is not None and loan.number == number else None
                must = _stand(worked_out, on)
                have = _stand(self._as_kept(account), on) if account.closed_on is None else _NIL
                for name, expected, actual in zip(
                    ("LOAN_PRINCIPAL", "LOAN_INTEREST"), must, have, strict=True
                ):
                    if expected != actual:
                        yield Gap(name, f"loan:{account.id}", expected, actual)
            if len(self.accounts[kind]) < len(self.made[kind]) and kind in self.open:
                yield Gap("LOAN_PRINCIPAL", kind, _stand(self.open[kind], on)[0], NOTHING)

    def _ends(self) -> Iterator[Gap]:
        """The interest of each ended term was booked, once and as it is."""
        for kind in ORDER:
            for loan in self.made[kind]:
                loan_id = self._id_of(kind, loan.number)
                kept = self._kept(kind, loan.number)
                for day, interest in sorted(loan.ended.items()):
                    booked = self.booked_ends.pop((loan_id, day), None)
                    late = kept is not None and kept.closed_on is None and day > kept.since
                    if booked != interest and not (booked is None and (late or not interest)):
                        yield Gap(
                            "LOAN_INTEREST", f"loan_{loan_id}:{day}", interest, booked or NOTHING
                        )
        for (loan_id, day), booked in sorted(self.booked_ends.items()):
            if booked:
                yield Gap("LOAN_INTEREST", f"loan_{loan_id}:{day}", NOTHING, booked)

    def _kept(self, kind: str, number: int) -> Account | None:
        kept = self.accounts[kind]
        return kept[number] if number < len(kept) else None

    def _id_of(self, kind: str, number: int) -> int:
        kept = self._kept(kind, number)
        return kept.id if kept is not None else 0

    def _closed_on(self, kind: str, number: int, otherwise: date) -> date:
        kept = self._kept(kind, number)
        return kept.closed_on if kept is not None and kept.closed_on else otherwise

    def _as_kept(self, account: Account) -> _Running:
        months = self._terms_on(account.opened_on).months
        return _Running(
            0, account.principal, account.rate, account.since, account.due_on, months,
            account.carried,
        )  # fmt: skip

    def _terms_on(self, day: date) -> Terms:
        return [terms for terms in self.terms if terms.since <= day][-1]


_NIL = (NOTHING, NOTHING)


def _stand(loan: _Running | None, on: date) -> tuple[Fraction, Fraction]:
    """Principal and interest on a day; working it out leaves the loan as it was."""
    if loan is None:
        return _NIL
    copy = _Running(
        loan.number, loan.principal, loan.rate, loan.since, loan.due_on, loan.months, loan.carried
    )
    interest = copy.grow(on)
    return copy.principal, interest


def _simple(principal: Fraction, rate: Fraction, since: date, on: date) -> Fraction:
    return to_the_fen(principal * rate * max((on - since).days, 0) / YEAR)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


@dataclass(frozen=True, slots=True)
class Kept:
    """One leg of money that lies with us; ``credit``: interest that was added to it."""

    about: str
    day: date
    booked_on: date
    amount: Fraction
    credit: bool


def credit_gaps(legs: Sequence[Kept], rates: Mapping[date, Fraction]) -> list[Gap]:
    """Every crediting of interest on money left with us that is not what its days come to."""
    found: list[Gap] = []
    for number, leg in enumerate(legs):
        if not leg.credit:
            continue
        interest = _borne(legs[:number], leg.day, rates)
        if interest != leg.amount:
            found.append(Gap("KEPT_INTEREST", leg.about, interest, leg.amount))
    return found


def _borne(legs: Sequence[Kept], day: date, rates: Mapping[date, Fraction]) -> Fraction:
    last = max((leg.booked_on for leg in legs if leg.credit), default=date.min)
    rate = rates[max(since for since in rates if since <= day)]
    total = NOTHING
    for leg in legs:
        days = (day - max(leg.booked_on, last)) // timedelta(days=1)
        total += leg.amount * max(days, 0)
    return max(to_the_fen(total * rate / YEAR), NOTHING)
