"""A claim's whole file against its recomputation: every figure that is not what it must be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from yilu.audit.rules.benefit import fen, recompute
from yilu.audit.rules.facts import NOTHING, Answer, Case, Contract, Entry, Wording, to_the_fen
from yilu.kernel.words import marked as _

KINDS: Mapping[str, str] = {
    "UNREADABLE": _("存档的理算依据无法读取，不能复算"),
    "CONTRACT": _("理算所用的合同要素与保单不符"),
    "CALCULATION": _("理算金额与按条款复算的金额不同"),
    "LINES": _("理算明细各行之和不等于理算金额"),
    "DECISION": _("核定金额与理算金额的关系不符"),
    "ADVANCE": _("先行支付超过当时理算的金额"),
    "AHEAD": _("没有单据的预付缺少第二人批准，或超过按预计费用核准的上限"),
    "EX_GRATIA": _("通融赔付缺少有权人的批准"),
    "LEDGER": _("责任累计（免赔额、限额、天数）与复算不同"),
    "PAYOUTS": _("付款合计不等于核定金额"),
    "PAID_TWICE": _("已被替代的付款又到账"),
    "SETTLED": _("赔案登记的已付金额不等于到账付款合计"),
    "SHARES": _("各受益人所得之和不等于应付金额"),
    "WAIVER": _("豁免起始日与复算不同"),
    "LATE_INTEREST": _("逾期利息与复算不同，或付款逾期而没有计算利息"),
}
"""What can differ in the money of a claim, by code, in words."""

OWED = frozenset({"APPROVE", "PARTIAL"})
OVER = frozenset({"CLOSED", "PAID"})


@dataclass(frozen=True)
class Decided:
    """A decision that stands."""

    id: int
    kind: str
    amount: Fraction
    by: str
    may_grant_grace: bool = True
    calculated: Fraction | None = None
    meets_deductible: bool = False
    by_two: bool = False
    ceiling: Fraction | None = None
    """Of an advance before any bill: up to how much it was approved."""


@dataclass(frozen=True)
class Paid:
    """A payout as payments keeps it."""

    id: int
    amount: Fraction
    state: str
    replaces: int | None = None
    interest: bool = False
    ended_on: date | None = None


@dataclass(frozen=True)
class Late:
    """Interest for one late payment, as claims keeps it."""

    payout: int
    principal: Fraction
    paid_on: date
    late_days: int
    waited: int
    days: int
    rate: Fraction
    year_days: int
    amount: Fraction
    granted_days: int | None
    granted: Fraction | None
    interest_payout: int | None


@dataclass(frozen=True)
class Calculated:
    """The calculation a decision rests on, and what it was made from."""

    case: Case
    terms: Wording
    before: tuple[Entry, ...]
    benefit: Fraction
    lines: tuple[Fraction, ...]
    waived_from: str | None = None
    policy: Contract | None = None


@dataclass(frozen=True)
class Dossier:
    """Everything on record about the money of one claim."""

    claim_id: int
    state: str
    outcome: str
    benefit_amount: Fraction
    paid_amount: Fraction
    decisions: tuple[Decided, ...] = ()
    calculation: Calculated | None = None
    unreadable: str = ""
    ledger: tuple[Entry, ...] = ()
    payouts: tuple[Paid, ...] = ()
    owed_back: Fraction = NOTHING
    shares: tuple[tuple[Fraction, int | None], ...] = ()
    counted_payouts: frozenset[int] = field(default_factory=frozenset)
    late: tuple[Late, ...] = ()
    late_unasked: bool = False


@dataclass(frozen=True)
class Difference:
    """One figure that is not what it must be; amounts written in yuan."""

    claim_id: int
    kind: str
    place: str
    expected: str
    actual: str


def differences(dossier: Dossier) -> list[Difference]:
    """All of them, worst first; none for a claim whose money is right."""
    found: list[Difference] = []
    for kind, place, expected, actual in (
        *_calculation(dossier), *_decisions(dossier), *_payouts(dossier), *_settled(dossier),
        *_late(dossier),
    ):  # fmt: skip
        found.append(Difference(dossier.claim_id, kind, place, expected, actual))
    return found


Row = tuple[str, str, str, str]


def yuan_text(amount: Fraction) -> str:
    """An amount in yuan as people write it."""
    number = fen(to_the_fen(amount))
    sign = "-" if number < 0 else ""
    return f"{sign}{abs(number) // 100}.{abs(number) % 100:02d}"


def _calculation(d: Dossier) -> Iterator[Row]:
    """The sum itself, and what it used up of the policy."""
    if d.unreadable:
        yield "UNREADABLE", "", "", d.unreadable
        return
    c = d.calculation
    stands = next((x for x in d.decisions if x.kind in OWED), None)
    if c is None:
        if stands is not None:
            yield "UNREADABLE", str(stands.id), "", "-"
        yield from _ledger((), d.ledger)
        return
    if c.policy is not None:
        for name in ("sum_insured", "effective_on", "formed_on", "with_social", "born_on"):
            then, now = getattr(c.case.contract, name), getattr(c.policy, name)
            if then != now:
                yield "CONTRACT", name, str(now), str(then)
    answer: Answer = recompute(c.case, c.terms, c.before)
    if answer.benefit != c.benefit:
        yield "CALCULATION", "", yuan_text(answer.benefit), yuan_text(c.benefit)
    if sum(c.lines, NOTHING) != c.benefit:
        yield "LINES", "", yuan_text(c.benefit), yuan_text(sum(c.lines, NOTHING))
    waived = answer.waived_from.isoformat() if answer.waived_from else "-"
    if waived != (c.waived_from or "-"):
        yield "WAIVER", "", waived, c.waived_from or "-"
    yield from _ledger(_used_up(d, answer), d.ledger)


def _used_up(d: Dossier, answer: Answer) -> tuple[Entry, ...]:
    """What a claim that is paid uses up; one declined as too small meets its deductible, no more."""
    if any(x.kind in OWED for x in d.decisions):
        return answer.entries
    if any(x.meets_deductible for x in d.decisions):
        return tuple(e for e in answer.entries if e.deductible > NOTHING)
    return ()


def _ledger(expected: Iterable[Entry], actual: Iterable[Entry]) -> Iterator[Row]:
    """The accumulators of each benefit, year by year: paid, deductible, days, times."""
    must, have = _added_up(expected), _added_up(actual)
    for place in sorted({*must, *have}):
        here, there = must.get(place, _NONE), have.get(place, _NONE)
        if here != there:
            yield "LEDGER", f"{place[0]}/{place[1]}", _sums(here), _sums(there)


_NONE: tuple[Fraction, Fraction, int] = (NOTHING, NOTHING, 0)


def _added_up(entries: Iterable[Entry]) -> dict[tuple[str, int], tuple[Fraction, Fraction, int]]:
    found: dict[tuple[str, int], tuple[Fraction, Fraction, int]] = {}
    for e in entries:
        paid, met, days = found.get((e.benefit, e.year), _NONE)
        found[e.benefit, e.year] = (paid + e.paid, met + e.deductible, days + e.days)
    return found


def _sums(sums: tuple[Fraction, Fraction, int]) -> str:
    return f"{yuan_text(sums[0])}/{yuan_text(sums[1])}/{sums[2]}"


def _decisions(d: Dossier) -> Iterator[Row]:
    """Each decision against the sum it rests on, and grace against who gave it."""
    advanced = NOTHING
    for x in d.decisions:
        place = str(x.id)
        if x.meets_deductible and (x.kind != "DECLINE" or x.calculated != NOTHING):
            yield "DECISION", place, "-", yuan_text(x.calculated or NOTHING)
        if x.kind == "APPROVE" and x.calculated is not None and x.amount != x.calculated:
            yield "DECISION", place, yuan_text(x.calculated), yuan_text(x.amount)
        if x.kind == "PARTIAL" and x.calculated is not None and x.amount >= x.calculated:
            yield "DECISION", place, f"< {yuan_text(x.calculated)}", yuan_text(x.amount)
        if x.kind == "ADVANCE" and x.calculated is not None and x.amount > x.calculated:
            yield "ADVANCE", place, f"≤ {yuan_text(x.calculated)}", yuan_text(x.amount)
        if x.kind == "ADVANCE":
            advanced += x.amount
            if x.calculated is None and not (x.by_two and advanced <= (x.ceiling or NOTHING)):
                yield "AHEAD", place, f"≤ {yuan_text(x.ceiling or NOTHING)}", yuan_text(advanced)
        if x.kind == "EX_GRATIA" and not x.may_grant_grace:
            yield "EX_GRATIA", place, "claims.review", x.by


def due_of(d: Dossier) -> Fraction:
    """What the standing decisions come to: advances are part of the benefit, grace comes on top."""
    owed = sum((x.amount for x in d.decisions if x.kind in OWED), NOTHING)
    advanced = sum((x.amount for x in d.decisions if x.kind == "ADVANCE"), NOTHING)
    grace = sum((x.amount for x in d.decisions if x.kind == "EX_GRATIA"), NOTHING)
    decided = any(x.kind in OWED | {"DECLINE"} for x in d.decisions)
    return (owed if decided else advanced) + grace


def _payouts(d: Dossier) -> Iterator[Row]:
    """Money promised or gone, less what is owed back, is what was decided."""
    replaced = {p.replaces for p in d.payouts if p.replaces is not None}
    for p in d.payouts:
        if p.id in replaced and p.state == "SETTLED":
            yield "PAID_TWICE", str(p.id), "REJECTED", p.state
    live = [p for p in _benefit(d) if p.state != "CANCELLED" and p.id not in replaced]
    promised = sum((p.amount for p in live), NOTHING)
    waiting = sum((amount for amount, payout in d.shares if payout is None), NOTHING)
    due = due_of(d)
    if d.state == "APPROVED" and not d.shares:
        waiting = max(due - promised, NOTHING)  # its account has not been named yet
    if d.state in {"REVIEW", "SECOND_REVIEW", "INVESTIGATING", "SUPPLEMENT", "ASSESSING"}:
        due = max(due, promised)  # reopened: what was paid counts towards the decision to come
    if promised + waiting - d.owed_back != due:
        yield "PAYOUTS", "", yuan_text(due), yuan_text(promised + waiting - d.owed_back)
    by_id = {p.id: p for p in d.payouts}
    for amount, payout in d.shares:
        if payout is not None and payout in by_id and by_id[payout].amount != amount:
            yield "SHARES", str(payout), yuan_text(amount), yuan_text(by_id[payout].amount)


def _benefit(d: Dossier) -> tuple[Paid, ...]:
    """The payments of the benefit; interest for late payment comes beside it."""
    return tuple(p for p in d.payouts if not p.interest)


def _late(d: Dossier) -> Iterator[Row]:
    """Interest by the payment it is for, the days and the rate; every payment of interest has its ground."""
    by_id, grounds = {p.id: p for p in d.payouts}, {x.interest_payout for x in d.late}
    for x in d.late:
        paid = by_id.get(x.payout)
        if paid is None or paid.amount != x.principal or paid.ended_on != x.paid_on:
            yield (
                "LATE_INTEREST",
                str(x.payout),
                yuan_text(x.principal),
                yuan_text(paid.amount) if paid else "-",
            )
        if x.late_days - x.waited != x.days:
            yield "LATE_INTEREST", f"{x.payout}/days", str(x.late_days - x.waited), str(x.days)
        for days, amount in ((x.days, x.amount), (x.granted_days, x.granted)):
            if days is not None and amount is not None and _interest(x, days) != amount:
                yield (
                    "LATE_INTEREST",
                    f"{x.payout}/sum",
                    yuan_text(_interest(x, days)),
                    yuan_text(amount),
                )
        went = by_id.get(x.interest_payout) if x.interest_payout is not None else None
        if x.interest_payout is not None and (went is None or went.amount != x.granted):
            yield (
                "LATE_INTEREST",
                f"{x.payout}/paid",
                yuan_text(x.granted or NOTHING),
                yuan_text(went.amount) if went else "-",
            )
    for p in d.payouts:
        if p.interest and p.replaces is None and p.id not in grounds:
            yield "LATE_INTEREST", str(p.id), "-", yuan_text(p.amount)
    if d.late_unasked:
        yield "LATE_INTEREST", "", "?", "-"


def _interest(x: Late, days: int) -> Fraction:
    return to_the_fen(x.principal * x.rate * days / (100 * x.year_days))


def _settled(d: Dossier) -> Iterator[Row]:
    """What the claim says was paid is what the bank confirmed."""
    counted = sum((p.amount for p in d.payouts if p.id in d.counted_payouts), NOTHING)
    if counted != d.paid_amount:
        yield "SETTLED", "", yuan_text(counted), yuan_text(d.paid_amount)
    for p in d.payouts:
        if p.id in d.counted_payouts and p.state != "SETTLED":
            yield "SETTLED", str(p.id), "SETTLED", p.state
    if d.state in OVER and d.outcome == "PAID" and d.paid_amount < d.benefit_amount:
        yield "SETTLED", "benefit", yuan_text(d.benefit_amount), yuan_text(d.paid_amount)
