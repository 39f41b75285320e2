"""From the first tap to the decision."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.underwriting.story import Story, insurer
from yilu.payments.models import Collection
from yilu.policies.models import BenefitUse
from yilu.underwriting import operations as underwriting
from yilu.underwriting.models import Decision

pytestmark = pytest.mark.django_db


class TestStandardRisk:
    def test_somebody_healthy_is_accepted_at_once_and_may_pay(self) -> None:
        story = Story(insurer())
        done = story.submitted()
        row = story.row

        assert (done.outcome, done.state) == ("ACCEPT", "AWAITING_PAYMENT")
        assert row.decided_in is not None
        assert row.complete_at == row.submitted_at == row.decided_at
        collection = Collection.objects.get(pk=done.collection_id)
        assert (collection.amount, collection.payer_id) == (row.premium, story.holder_id)
        assert collection.about == f"application:{story.id}"

        again = story.do(underwriting.submit)
        assert again == done
        assert Decision.objects.filter(application=row).count() == 1
        assert Collection.objects.count() == 1

        paid = story.paid()
        assert paid.state == "ISSUED"


def test_an_illness_we_paid_for_and_nobody_declares_goes_to_a_person() -> None:
    story = Story(insurer())
    paid = make.policy(story.office_id, holder_id=story.holder_id)
    use = {
        "benefit_code": "illness",
        "claim_ref": "claim:1",
        "year": 1,
        "used_on": date(2024, 5, 1),
    }
    BenefitUse.objects.create(
        policy_id=paid.id, ordinal=1, level="MILD", condition="x", paid=Decimal(30_000), **use
    )
    assert story.submitted().outcome == "REFER"
    BenefitUse.objects.create(
        policy_id=paid.id, ordinal=2, level="MILD", condition="x", paid=Decimal(-30_000), **use
    )
    other = Story(story.office_id, holder_id=story.holder_id)  # it was taken back
    assert other.submitted().outcome == "ACCEPT"
