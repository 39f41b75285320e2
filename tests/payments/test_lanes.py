"""What a batch promises waits for what single cases promise."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import make
from tests.letters.desk import facts
from tests.make import NOON
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import operations as letters
from yilu.letters.operations import making
from yilu.payments.models import Payout
from yilu.payments.operations import requesting, sending
from yilu.payments.operations.requesting import Wanted

pytestmark = pytest.mark.django_db


def test_a_payment_of_a_single_case_overtakes_those_of_a_batch():
    party_id = make.party(make.office())
    account_id = make.account(party_id)

    @tx.use_case
    def a_file() -> None:
        requesting.request_payouts(
            wanted=[
                Wanted(Ref("claim", n), party_id, account_id, Decimal("10.00"), "CLAIM", "k")
                for n in (1, 2)
            ],
            at=NOON,
        )

    a_file()
    single = make.payout(party_id, account_id=account_id, about=Ref("claim", 3))
    taken = [sending.take_due(at=NOON).id for _ in range(3)]
    assert taken[0] == single
    assert Payout.objects.filter(pk__in=taken[1:], lane=Payout.Lane.BATCH).count() == 2


def test_a_letter_of_a_single_case_overtakes_those_of_a_batch():
    party_id = make.party(make.office())

    @tx.use_case
    def a_file() -> None:
        letters.issue_many(
            letters=[
                letters.Ordered("STATEMENT", Ref("claim", n), party_id, facts("STATEMENT", party_id))
                for n in (1, 2)
            ],
            actor=SYSTEM, at=NOON,
        )  # fmt: skip

    a_file()
    single = tx.use_case(letters.issue)(
        kind="STATEMENT", about=Ref("claim", 3), party_id=party_id,
        facts=facts("STATEMENT", party_id), actor=SYSTEM, at=NOON,
    )  # fmt: skip
    assert making.take_due(at=NOON).id == single
