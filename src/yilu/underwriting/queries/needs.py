"""The book of needs of a day, what is on offer for it, and what somebody was matched with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from yilu.kernel.days import CHINA
from yilu.kernel.errors import NotFound
from yilu.kernel.recall import Recall
from yilu.kernel.words import marked as _
from yilu.products import queries as products
from yilu.standards import queries as standards
from yilu.underwriting.models import Application, Needs
from yilu.underwriting.rules import needs as rules
from yilu.underwriting.rules.needs import Book


class NeedsNotFound(NotFound):
    """None of this number, or somebody else's."""

    code = "needs_not_found"
    message = _("没有找到这份需求诊断")


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as the page shows it: the product in plain words, and why it fits."""

    code: str
    name: str
    summary: str
    kind_label: str
    reasons: tuple[str, ...]
    tags: tuple[str, ...]
    sum_insured: Decimal | None


@dataclass(frozen=True, slots=True)
class NeedsView:
    """A diagnosis: who, when, the tags in words, the plans in order, and by which version of the book."""

    id: int
    party_id: int
    tags: tuple[str, ...]
    plans: tuple[PlanView, ...]
    made_at: datetime
    book: int


NEEDS = "needs"
"""The code of our book of rules among those that standards keep."""


@dataclass(frozen=True, slots=True)
class _Counting:
    """A published version, read, with the moments it counts from and to."""

    kept: standards.BookVersionView
    book: Book


def _read(_code: str) -> tuple[_Counting, ...]:
    published = [kept for kept in standards.book_versions(NEEDS) if kept.state != "DRAFT"]
    return tuple(_Counting(kept, rules.read(kept.content, kept.number)) for kept in published)


_books: Recall[str, tuple[_Counting, ...]] = Recall(standards.BOOKS, _read)


def book(on: date) -> Book:
    """The version of a day: a day has one, the one its first moment fell in; out of the process's memory."""
    first = datetime.combine(on, time(), CHINA)
    versions = _books(NEEDS)
    return next((v.book for v in versions if v.kept.counts(first)), versions[-1].book)


def book_asked(version: str) -> Book:
    """
    The version somebody was asked with, by what their diagnosis remembers of it.

    Whoever was asked before versions were kept was asked with what became the first one.
    """
    versions = _books(NEEDS)
    return next((v.book for v in versions if str(v.book.number) == version), versions[-1].book)


def may_be_offered(on: date) -> dict[str, str]:
    """By code the name of every product that is sold by itself on a day: what a plan may name."""
    return {offer.code: offer.name for offer in products.list_offers(on) if not offer.is_rider}


def offered_on(on: date) -> dict[str, tuple[int, int, Decimal, Decimal]]:
    """What may be bought by itself: ages and sums by product code."""
    return {
        offer.code: (offer.from_age, offer.to_age, offer.sum_from, offer.sum_to)
        for offer in products.list_offers(on)
        if not offer.is_rider
    }


def get_needs(needs_id: int, party_id: int, on: date) -> NeedsView:
    """A person's own diagnosis. :raises NeedsNotFound: none, or not theirs."""
    found = Needs.objects.filter(pk=needs_id, party_id=party_id).first()
    if found is None:
        raise NeedsNotFound
    offers = {offer.code: offer for offer in products.list_offers(on)}
    asked = book_asked(found.rules_version)
    plans = tuple(
        PlanView(
            row["product"], offers[row["product"]].name, offers[row["product"]].summary,
            offers[row["product"]].kind_label, tuple(row["reasons"]),
            tuple(asked.label(tag) for tag in row["tags"]),
            None if row["sum_insured"] is None else Decimal(row["sum_insured"]),
        )
        for row in found.matched
        if row["product"] in offers
    )  # fmt: skip
    tags = tuple(asked.label(tag) for tag in found.tags)
    return NeedsView(found.pk, found.party_id, tags, plans, found.made_at, asked.number)


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What a diagnosis knows already of an application that follows from it: nobody is asked twice (E65)."""

    income: Decimal | None = None
    budget: Decimal | None = None
    sum_insured: Decimal | None = None


def said_before(application_id: int) -> SaidBefore:
    """Income, budget and the suggested sum of the diagnosis an application began with; empty without one."""
    found = (
        Application.objects.filter(pk=application_id, needs__isnull=False)
        .values_list("needs__answers", "needs__matched", "product_version__product__code")
        .first()
    )
    if found is None:
        return SaidBefore()
    answers, matched, code = found
    suggested = next((row["sum_insured"] for row in matched if row["product"] == code), None)
    whole = None if suggested is None else Decimal(suggested).quantize(Decimal(1))
    return SaidBefore(_amount(answers.get("income")), _amount(answers.get("budget")), whole)


def _amount(told: str | None) -> Decimal | None:
    return Decimal(told) if told not in (None, "", "0") else None


def latest_needs(party_id: int, on: date) -> NeedsView | None:
    """The newest diagnosis of somebody; None where there is none."""
    found = Needs.objects.filter(party_id=party_id).order_by("-pk").values_list("pk", flat=True)
    newest = found.first()
    return get_needs(newest, party_id, on) if newest is not None else None
