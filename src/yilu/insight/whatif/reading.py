"""The claims of a product version as a portfolio: recorded ones from the tables, or invented ones."""

from __future__ import annotations

import random
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from yilu.claims.queries import kept
from yilu.kernel.days import day_of
from yilu.kernel.years import full_years
from yilu.policies.queries import used as ledger
from yilu.policies.queries.used import UseByClaim
from yilu.policies.terms import Use
from yilu.products.terms import Terms

from . import sample
from .encoding import Collector, Refused

POLICIES_AT_ONCE = 2000
CHECKED_POLICIES = 300
"""So many policies, drawn by lot, are calculated claim by claim as well."""
REPORT_EVERY = 5000

Progress = Callable[[int, int], None]
Chain = list[kept.CaseFacts | tuple[Use, ...]]


@dataclass(slots=True)
class Book:
    """What was read: the collected figures, and by claim what is shown about it."""

    collector: Collector
    claim_ids: array[int] = field(default_factory=lambda: array("q"))
    offices: array[int] = field(default_factory=lambda: array("q"))
    ages: array[int] = field(default_factory=lambda: array("q"))
    """-1 where the birth date is unknown."""
    decided: array[int] = field(default_factory=lambda: array("q"))
    """What was calculated when it was decided, in fen; -1 for an invented claim."""
    refused: Counter[str] = field(default_factory=Counter)
    chains: list[tuple[list[int], list[Any]]] = field(default_factory=list)
    """Of the policies drawn by lot: the places of their claims, and facts and uses in order."""
    _policies: int = 0
    _dice: random.Random = field(default_factory=lambda: random.Random(20))  # noqa: S311

    def add(self, policy: int, facts: list[Any], claim_id: int, office: int, fen: int) -> int:
        """One more claim; its place. :raises Refused: where the kernel cannot express it."""
        place = self.collector.add(policy, facts)
        born = facts[2][4]
        age = full_years(date.fromisoformat(born), date.fromisoformat(facts[1])) if born else -1
        self.claim_ids.append(claim_id)
        self.offices.append(office)
        self.ages.append(max(age, -1))
        self.decided.append(fen)
        return place

    def draw(self, places: list[int], told: list[Any]) -> None:
        """Perhaps keep a policy's claims for the check: every policy is as likely as any other."""
        self._policies += 1
        if len(self.chains) < CHECKED_POLICIES:
            self.chains.append((places, told))
        elif (at := self._dice.randrange(self._policies)) < CHECKED_POLICIES:
            self.chains[at] = (places, told)

    def drawn(self) -> Iterator[tuple[list[int], Chain]]:
        """The drawn policies with their facts as values."""
        for places, told in self.chains:
            yield places, [kept.facts_of(t) if isinstance(t, list) else t for t in told]


def recorded(terms: Terms, version_id: int, progress: Progress) -> Book:
    """Every decided claim of the version, each policy's in the order in which it used up the benefits."""
    book, after, done = Book(Collector(terms)), 0, 0
    total = ledger.count_of_version(version_id)
    while policy_ids := ledger.policies_of_version(version_id, after=after, limit=POLICIES_AT_ONCE):
        after, done = policy_ids[-1], done + len(policy_ids)
        claims = kept.decided_on(policy_ids)
        uses = ledger.uses_by_claim(policy_ids)
        by_policy = {p: list(each) for p, each in groupby(uses, key=lambda u: u.policy_id)}
        for policy, each in groupby(claims, key=lambda c: c.policy_id):
            _policy(book, policy, list(each), by_policy.pop(policy, []))
        for policy, opening in by_policy.items():
            _policy(book, policy, [], opening)
        progress(done, max(total, done))
    return book


_Entry = tuple[datetime, int, kept.Recorded | UseByClaim]


def _policy(
    book: Book, policy: int, claims: Sequence[kept.Recorded], uses: Sequence[UseByClaim]
) -> None:
    """
    One policy: its claims, and between them what others used that are not calculated anew.

    Such a use stands where the ledger has it; within a claim they stay together.
    """
    places: list[int] = []
    told: list[Any] = []
    reasons = {c.claim_id: _reason(book, c) for c in claims}
    book.refused.update(reason for reason in reasons.values() if reason)
    anew = {f"claim:{claim_id}" for claim_id, reason in reasons.items() if reason is None}
    fixed: list[_Entry] = [(u.recorded_at, 0, u) for u in uses if u.claim_ref not in anew]
    entries: list[_Entry] = [
        *fixed,
        *((c.decided_at, 1, c) for c in claims if f"claim:{c.claim_id}" in anew),
    ]
    for _at, _kind, entry in sorted(entries, key=lambda e: (e[0], e[1])):
        if isinstance(entry, UseByClaim):
            book.collector.add_fixed(
                policy, entry.benefit_code, entry.year, entry.visit, int(entry.deductible_used * 100),
                int(entry.paid * 100), entry.days,
            )  # fmt: skip
            told.append((_use(entry),))
        else:
            assert entry.facts is not None
            fen = int((entry.benefit or Decimal(0)) * 100)
            place = book.add(policy, entry.facts, entry.claim_id, entry.office_id, fen)
            places.append(place)
            told.append(entry.facts)
    if places:
        book.draw(places, told)


def _reason(book: Book, claim: kept.Recorded) -> str | None:
    """Why a claim stays as it was decided; None where it is calculated anew."""
    if claim.facts is None or claim.benefit is None:
        return "NOT_CALCULATED"
    if claim.kind == "PARTIAL" or (claim.kind == "APPROVE" and claim.amount != claim.benefit):
        return "DECIDED_OTHERWISE"
    if claim.kind == "DECLINE" and claim.benefit:
        return "DECLINED"
    try:
        book.collector.check(claim.facts)
    except Refused as refused:
        return refused.code
    return None


def _use(entry: UseByClaim) -> Use:
    return Use(
        benefit_code=entry.benefit_code, year=entry.year, used_on=day_of(entry.recorded_at),
        visit=entry.visit, deductible_used=entry.deductible_used, paid=entry.paid, days=entry.days,
    )  # fmt: skip


def invented(terms: Terms, count: int, progress: Progress) -> Book:
    """``count`` invented claims (样本数据): nobody's."""
    book = Book(Collector(terms))
    made = 0
    for policy, each in groupby(sample.claims(terms, count), key=lambda c: c.policy):
        places, told = [], []
        for claim in each:
            places.append(book.add(policy, claim.facts, 0, claim.office, -1))
            told.append(claim.facts)
            made += 1
            if made % REPORT_EVERY == 0:
                progress(made, count)
        book.draw(places, told)
    progress(made, count)
    return book
