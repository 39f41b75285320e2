"""A confirmation stays as cheap as it was promised to be."""

from datetime import date
from decimal import Decimal

import bench
import pytest

from tests.servicing.hall import Hall

pytestmark = pytest.mark.django_db


def ready() -> tuple[Hall, int, str]:
    hall = Hall(
        product_code="whole-life", sum_insured=Decimal(200_000), premium=Decimal(6000), pay_years=20,
        effective_on=date(2016, 3, 4), with_social_insurance=False, rated_age=30, rated_sex="FEMALE",
    )  # fmt: skip
    form = {"amount": "10000", "account_id": str(hall.account)}
    request_id = hall.start("policy_loan", form)
    digest = hall.quote(request_id).digest
    hall.verified(request_id)
    return hall, request_id, digest


def test_a_loan_is_confirmed_in_fifteen_statements():
    hall, request_id, digest = ready()
    hall.confirm(request_id, digest)  # what processes remember is read once
    hall, request_id, digest = ready()
    with bench.statements() as sent:
        hall.confirm(request_id, digest)
    own = [each for each in sent if "SAVEPOINT" not in str(each)]
    assert len(own) <= 15, own
