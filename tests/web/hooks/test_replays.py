"""A notice of money, signed and posted: taken once, and the very same request again changes nothing."""

from datetime import timedelta

import pytest
import time_machine

from tests import make
from tests.payments import desk, till
from yilu.gateways.bank import SIGNATURE_HEADER, TIMESTAMP_HEADER
from yilu.journal.models import Event
from yilu.payments.models import BankNotice, Collection, CollectionNotice, Payout

pytestmark = pytest.mark.django_db(transaction=True)
LATER = make.NOON + timedelta(seconds=10)


def post(client, path, notice, **headers):
    body, signature, stamp = notice
    told = {SIGNATURE_HEADER: signature, TIMESTAMP_HEADER: stamp} | headers
    with time_machine.travel(LATER, tick=False):
        return client.post(path, body, content_type="application/json", headers=told)


def told_of(fake):
    fake.now = LATER.timestamp()
    return fake.notices()


def test_a_payment_out_that_is_told_again_is_settled_once(client, settings):
    with desk.practice_bank(settings) as fake:
        payout = desk.payout_ending("1234")
        desk.send()
        told = told_of(fake)
        assert told
        answers = [post(client, "/hooks/bank", each) for each in told]
        assert {each.status_code for each in answers} == {200}
        assert Payout.objects.get(pk=payout.pk).state == "SETTLED"
        kept = BankNotice.objects.count()
        for each in told:
            again = post(client, "/hooks/bank", each)
            assert (again.status_code, again.json()["code"]) == (409, "replayed_notice")
        forged = post(client, "/hooks/bank", told[-1], **{SIGNATURE_HEADER: "0" * 64})
        assert forged.status_code == 401
    assert BankNotice.objects.count() == kept
    assert Event.objects.filter(kind="payments.payout_settled").count() == 1


def test_a_payment_in_that_is_told_again_is_collected_once(client, settings):
    with till.practice(settings) as fake:
        made = till.collect()
        till.send()
        told = told_of(fake)
        assert told
        answers = [post(client, "/hooks/collections", each) for each in told]
        assert {each.status_code for each in answers} == {200}
        assert Collection.objects.get(pk=made.pk).state == "COLLECTED"
        kept = CollectionNotice.objects.count()
        for each in told:
            assert post(client, "/hooks/collections", each).status_code == 409
    assert CollectionNotice.objects.count() == kept
    assert Event.objects.filter(kind="payments.collection_settled").count() == 1
