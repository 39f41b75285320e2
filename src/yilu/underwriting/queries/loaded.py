"""What points would cost, before anybody offers them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from yilu.kernel.errors import Refusal
from yilu.products import queries as products
from yilu.products.offering import Price
from yilu.underwriting.models import Application


def price_with(application: Application, extra_mortality: int) -> Price | None:
    """
    What the main contract costs with so many points of extra mortality; None before a plan was chosen.

    :raises PriceNotOffered: outside the product's range.
    """
    assert application.product_version_id is not None
    age, sex, amount = application.rated_age, application.rated_sex, application.sum_insured
    if age is None or sex is None or amount is None:
        return None
    return products.price(
        application.product_version_id, sex=sex, age=age,
        sum_insured=amount, pay_years=application.pay_years or 1,
        pay_mode=application.pay_mode, years=application.years,
        occupation_class=application.occupation_class or 1,
        with_social_insurance=application.with_social_insurance, extra_mortality=extra_mortality,
    )  # fmt: skip


def loaded_premiums(application_id: int, points: Sequence[int]) -> dict[int, Decimal | None]:
    """
    The main contract's instalment with so many points of extra mortality, at the sum applied for.

    None where the product is not priced like this. Whoever asks was shown the application's desk.
    """
    application = Application.objects.get(pk=application_id)
    return {each: _loaded(application, each) for each in points}


def _loaded(application: Application, points: int) -> Decimal | None:
    try:
        price = price_with(application, points)
    except Refusal:
        return None
    return price.premium if price else None
