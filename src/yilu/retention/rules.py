"""
Until when a recording is kept, and why (保存期限): 保险法 87, 可回溯管理办法 13.

So long after the contract's end, longer where the cover was longer than a year; at least some time
after a dispute; never while something it belongs to is open. What belongs to no contract is kept as
long as recordings are kept in general.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.kernel.years import add_months

LAW_SHORT, LAW_LONG, LAW_DISPUTE = 60, 120, 24
"""Months: after a contract of up to a year, after a longer one, after a dispute. Figures may be more, never less."""


@dataclass(frozen=True, slots=True)
class Spans:
    """How many months the insurer keeps: never fewer than the law wants."""

    short: int
    long: int
    dispute: int

    def __post_init__(self) -> None:
        if self.short < LAW_SHORT or self.long < LAW_LONG or self.dispute < LAW_DISPUTE:
            raise ValueError("five and ten years after the contract, two after a dispute at least")

    def after(self, contract: Contract) -> int:
        """So many months after this contract's end."""
        return self.long if contract.long_term else self.short


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract a recording belongs to; ``ended_on`` is None while it goes on."""

    policy_id: int
    long_term: bool
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """Something a recording belongs to, and when it was closed; ``closed_on`` is None while it is open."""

    kind: str
    name: str
    ref: str
    dispute: bool
    closed_on: date | None = None


class Why(StrEnum):
    """Why a recording is kept."""

    GENERAL = "GENERAL"
    CONTRACT = "CONTRACT"
    DISPUTE = "DISPUTE"
    IN_FORCE = "IN_FORCE"
    OPEN = "OPEN"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: ``about`` is the contract or the case; ``until`` is None where nobody can say yet."""

    why: Why
    about: str
    words: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """
    Until when, and why: the reasons that decide, the latest first.

    ``until`` is None while something is still open. Whatever happens from today on, it cannot come to
    be before ``sure_until``: nobody need look again until then.
    """

    until: date | None
    sure_until: date
    reasons: tuple[Reason, ...]

    def over(self, today: date) -> bool:
        """Whether nothing keeps it any longer: its last day has passed."""
        return self.until is not None and self.until < today

    @property
    def why(self) -> str:
        """The codes of the reasons, for the event that says it is gone."""
        return ",".join(sorted({reason.why for reason in self.reasons}))


def keep_until(
    *,
    general_until: date,
    contracts: Iterable[Contract],
    matters: Iterable[Open],
    spans: Spans,
    today: date,
) -> Kept:
    """Until when something recorded is kept: the latest of everything that asks for it."""
    contracts, matters = tuple(contracts), tuple(matters)
    dated = [Reason(Why.GENERAL, "", GENERAL, general_until)]
    dated += [_after(each, each.ended_on, spans) for each in contracts if each.ended_on]
    dated += [_since(m, m.closed_on, spans) for m in matters if m.dispute and m.closed_on]
    waiting = [
        Reason(Why.IN_FORCE, f"policy:{each.policy_id}", IN_FORCE, None)
        for each in contracts
        if each.ended_on is None
    ]
    waiting += [
        Reason(Why.OPEN, each.ref, Sentence(STILL_OPEN, matter=each.name), None)
        for each in matters
        if each.closed_on is None
    ]
    until = max(reason.until for reason in dated if reason.until)
    sure = [until]
    sure += [add_months(today, spans.after(each)) for each in contracts if each.ended_on is None]
    for each in matters:
        if each.closed_on is None:
            sure.append(add_months(today, spans.dispute) if each.dispute else today)
    if waiting:
        return Kept(None, max(sure), tuple(waiting))
    last = [reason for reason in dated if reason.until == until]
    told = [reason for reason in last if reason.why != Why.GENERAL] or last
    return Kept(until, max(sure), tuple(told))


def _after(contract: Contract, ended_on: date, spans: Spans) -> Reason:
    months = spans.after(contract)
    words = Sentence(
        AFTER_LONG if contract.long_term else AFTER_SHORT, on=ended_on, span=span(months)
    )
    return Reason(Why.CONTRACT, f"policy:{contract.policy_id}", words, add_months(ended_on, months))


def _since(matter: Open, closed_on: date, spans: Spans) -> Reason:
    words = Sentence(AFTER_DISPUTE, matter=matter.name, on=closed_on, span=span(spans.dispute))
    return Reason(Why.DISPUTE, matter.ref, words, add_months(closed_on, spans.dispute))


def span(months: int) -> Sentence:
    """So many months in words: years where they are whole."""
    years, rest = divmod(months, 12)
    return Sentence(MONTHS, n=months) if rest else Sentence(YEARS, n=years)


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a recording belongs to: the things it is about, the contracts they lead to, the customer."""

    refs: frozenset[str]
    policies: frozenset[int]
    party_id: int | None

    def belongs_to(
        self, *, ref: str, concerns: str, policy_id: int | None, party_id: int | None
    ) -> bool:
        """
        Whether a matter is one this belongs to: it is about it, or both are about one contract.

        Where one of the two says no contract, the same customer is enough: rather kept too long.
        """
        if ref in self.refs or (concerns and concerns in self.refs):
            return True
        if policy_id is not None and self.policies:
            return policy_id in self.policies
        return party_id is not None and party_id == self.party_id


GENERAL = _("没有关联保险合同，按录音录像的一般期限保存")
IN_FORCE = _("保险合同还没有终止")
STILL_OPEN = _("{matter}还没有办结")
AFTER_LONG = _("保险期间超过一年的合同于 {on} 终止，此后保存 {span}")
AFTER_SHORT = _("保险期间一年以下的合同于 {on} 终止，此后保存 {span}")
AFTER_DISPUTE = _("{matter}于 {on} 结束，此后至少保存 {span}")
YEARS = _("{n} 年")
MONTHS = _("{n} 个月")
