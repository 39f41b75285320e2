"""From the first tap to the decision."""

from __future__ import annotations

import pytest

from tests.underwriting.story import Story, insurer
from yilu.payments.models import Collection
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
