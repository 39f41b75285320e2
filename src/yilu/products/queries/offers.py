"""What may be bought on a day, what is asked and what is pointed out before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from yilu.products import rules
from yilu.products.actuarial import tables
from yilu.products.models import Offering as OfferingRow
from yilu.products.models import ProductVersion
from yilu.products.offering import Notice, Offer, Offering, Questionnaire
from yilu.products.queries.wordings import ProductNotFound, get_terms, get_version_id
from yilu.products.rules.answering import Answer
from yilu.products.terms import KIND_LABELS, Kind

Problem = rules.Problem


@lru_cache(maxsize=256)
def _published(version_id: int) -> tuple[Offering, str]:
    row = (
        OfferingRow.objects.filter(product_version_id=version_id)
        .values_list("content", "asked")
        .first()
    )
    if row is None:
        raise ProductNotFound
    problems: list[rules.Problem] = []
    offering = rules.read_as(Offering, row[0], problems, "")
    if offering is None:
        raise ValueError(f"version {version_id} was published unreadable: {problems}")
    return offering, row[1]


def get_offering(version_id: int) -> Offering:
    """
    How a version is sold; it never changes, so each process reads it once.

    :raises ProductNotFound: where it is not sold to single persons (a group product).
    """
    return _published(version_id)[0]


def find_offering(version_id: int) -> Offering | None:
    """Like ``get_offering``; None where it is not sold."""
    try:
        return get_offering(version_id)
    except ProductNotFound:
        return None


def get_offer(code: str, on: date) -> Offer:
    """
    The product as somebody may buy it on a day.

    :raises ProductNotFound: where it is not sold then, or not to single persons.
    """
    return offer_of(get_version_id(code, on))


def list_offers(on: date) -> tuple[Offer, ...]:
    """Every product somebody may buy on a day, riders included, by number."""
    sold = (
        ProductVersion.objects.filter(valid_from__lte=on, offering__isnull=False)
        .exclude(valid_to__lte=on)
        .order_by("product__number")
    )
    return tuple(offer_of(version_id) for version_id in sold.values_list("pk", flat=True))


def offer_of(version_id: int) -> Offer:
    """A version as it is or was sold. :raises ProductNotFound: where it never was."""
    pricing, terms = get_offering(version_id).pricing, get_terms(version_id)
    return Offer(
        version_id=version_id,
        code=terms.code,
        name=terms.name,
        kind=terms.kind,
        kind_label=KIND_LABELS[Kind(terms.kind)],
        summary=terms.summary,
        long_term=terms.long_term,
        from_age=terms.issue.from_age,
        to_age=terms.issue.to_age,
        sum_from=terms.issue.sum_from,
        sum_to=terms.issue.sum_to,
        sum_step=pricing.sum_step,
        pay_years=pricing.pay_years,
        pay_modes=tuple(each.mode for each in pricing.modes),
        years=tables.years_of(terms, pricing),
        pay_to_age=pricing.pay_to_age,
        occupation_classes=tuple(n for n, factor in enumerate(pricing.occupations, 1) if factor),
        social_insurance=terms.issue.social_insurance,
        cooling_off_days=terms.cooling_off_days,
        grace_days=terms.grace_days,
        has_values=tables.has_values(terms, pricing),
        rider_to=pricing.rider_to,
        double_recording=terms.long_term,
        renewal_needs_consent=pricing.renewal_needs_consent,
        source=pricing.source,
        demo=pricing.demo,
        waives_for=terms.main_waiver.life if terms.main_waiver else "",
    )


def get_questionnaire(version_id: int) -> Questionnaire:
    """What is asked for this version. :raises ProductNotFound: where it is not sold."""
    offering, asked = _published(version_id)
    return Questionnaire(version=asked, questions=offering.questions)


def list_notices(version_id: int) -> tuple[Notice, ...]:
    """The clauses to show prominently and have confirmed one by one."""
    return get_offering(version_id).notices


def read_answers(version_id: int, given: Mapping[str, str]) -> dict[str, Answer]:
    """The answers to what is asked, typed (YES/NO as bool, numbers as Decimal)."""
    return rules.read_answers(get_questionnaire(version_id), given)


def check_answers(version_id: int, given: Mapping[str, str]) -> tuple[Problem, ...]:
    """What is missing or cannot be, by question code; empty when everything asked is answered."""
    return rules.check_answers(get_questionnaire(version_id), given)
