import json
from datetime import timedelta

import pytest

from tests.payments import desk
from yilu.gateways import bank
from yilu.journal.models import Event
from yilu.payments import operations, queries
from yilu.payments.models import BankNotice
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
SECRET = "the bank's secret"


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.BANK_SECRET = SECRET


def said(payout, state, *, id="m1", amount=None, reason="", second=1, **more):
    body = json.dumps(
        {"id": id, "key": payout.bank_key.hex, "state": state, "reason": reason, "reference": "R1",
         "amount": amount or str(payout.amount), **more}
    ).encode()  # fmt: skip
    return hear(body, second=second)


def hear(body, *, second=1, signature=None, timestamp=None):
    timestamp = timestamp or str(int(desk.at(second).timestamp()))
    signature = signature or bank.sign(SECRET, timestamp, body)
    return operations.receive_bank_notice(
        body=body, signature=signature, timestamp=timestamp, at=desk.at(second)
    )


@pytest.fixture
def sent():
    payout = desk.payout_ending("7777")
    operations.take_due(at=desk.at())
    operations.record_answer(
        payout_id=payout.pk, answer=bank.Answer("PROCESSING", "R1"), at=desk.at()
    )
    return payout


def state_of(payout):
    payout.refresh_from_db()
    return payout.state


def test_settles_and_says_so_once(sent):
    assert said(sent, "SETTLED") == "SETTLED"
    assert said(sent, "SETTLED", second=2) == "NONE"  # the same message, signed anew
    assert said(sent, "SETTLED", id="m2", second=3) == "NONE"  # another message of the same content

    assert state_of(sent) == "SETTLED"
    assert desk.kinds(sent).count("payments.payout_settled") == 1
    event = Event.objects.get(kind="payments.payout_settled")
    assert event.facts == {
        "subject": sent.about, "payout_id": sent.pk, "amount": "1234.50", "purpose": "CLAIM",
    }  # fmt: skip
    assert event.party_id == sent.to_party_id


def test_an_end_that_comes_before_the_beginning_stands(sent):
    assert said(sent, "SETTLED") == "SETTLED"
    assert said(sent, "ACCEPTED", id="m2", second=2) == "NONE"
    assert state_of(sent) == "SETTLED"


def test_an_end_may_be_heard_before_the_senders_own_answer():
    payout = desk.payout_ending("7777")
    operations.take_due(at=desk.at())
    assert said(payout, "REJECTED", reason="NAME_MISMATCH") == "REJECTED"
    answer = bank.Answer("PROCESSING", "R1")
    assert operations.record_answer(payout_id=payout.pk, answer=answer, at=desk.at(2)) == "NONE"
    assert state_of(payout) == "REJECTED"


@pytest.mark.parametrize(("first", "then"), [("REJECTED", "SETTLED"), ("SETTLED", "REJECTED")])
def test_two_ends_are_a_contradiction_for_a_person(sent, first, then):
    said(sent, first, reason="OTHER")
    assert said(sent, then, id="m2", reason="OTHER", second=2) == "CONTRADICTION"
    assert said(sent, first, id="m3", reason="OTHER", second=3) == "NONE"

    assert state_of(sent) == "UNCLEAR"
    assert Item.objects.get().subject == str(sent.ref)
    assert desk.kinds(sent)[-1] == "payments.payout_unclear"


def test_another_amount_is_a_contradiction(sent):
    assert said(sent, "SETTLED", amount="1.00") == "CONTRADICTION"
    assert state_of(sent) == "UNCLEAR"


def test_a_payment_that_is_not_ours_is_kept_and_looked_into(sent):
    body = json.dumps({"id": "x", "key": "0" * 32, "state": "SETTLED", "amount": "5.00"}).encode()
    assert hear(body) == "UNKNOWN"
    assert Item.objects.get().queue_id == "payments.reconcile"
    assert BankNotice.objects.get().payout is None


def test_refuses_a_wrong_signature_and_changes_nothing(sent):
    body = json.dumps({"id": "x", "key": sent.bank_key.hex, "state": "SETTLED"}).encode()
    for signature in (
        "0" * 64,
        "ß",
        "",
        bank.sign("another secret", str(int(desk.at(1).timestamp())), body),
    ):
        with pytest.raises(operations.BadSignature) as refusal:
            operations.receive_bank_notice(
                body=body,
                signature=signature,
                timestamp=str(int(desk.at(1).timestamp())),
                at=desk.at(1),
            )
        assert refusal.value.status == 401
    assert state_of(sent) == "SENT"
    assert not BankNotice.objects.exists()


def test_refuses_everything_without_a_secret(sent, settings):
    settings.BANK_SECRET = ""
    timestamp = str(int(desk.at(1).timestamp()))
    with pytest.raises(operations.BadSignature):
        hear(b"{}", signature=bank.sign("", timestamp, b"{}"), timestamp=timestamp)


@pytest.mark.parametrize("off", [timedelta(minutes=6), -timedelta(minutes=6), timedelta(days=400)])
def test_refuses_a_notice_signed_at_another_time(sent, off):
    timestamp = str(int((desk.at(1) - off).timestamp()))
    body = json.dumps({"id": "x", "key": sent.bank_key.hex, "state": "SETTLED"}).encode()
    with pytest.raises(operations.StaleNotice):
        hear(body, timestamp=timestamp)
    assert state_of(sent) == "SENT"


def test_refuses_the_very_same_request_again(sent):
    said(sent, "SETTLED")
    with pytest.raises(operations.ReplayedNotice):
        said(sent, "SETTLED")
    assert desk.kinds(sent).count("payments.payout_settled") == 1


def test_refuses_another_content_under_a_known_message_id(sent):
    said(sent, "ACCEPTED")
    with pytest.raises(operations.ReplayedNotice):
        said(sent, "SETTLED", second=2)
    assert state_of(sent) == "SENT"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"not json", b"[]", b'"text"', b'{"id": "a"}', b'{"id": "a", "key": 1, "state": "SETTLED"}',
        b'{"id": "", "key": "k", "state": "SETTLED"}', b'{"id": "a", "key": "k", "state": "LOST"}',
        b'{"id": "a", "key": "k", "state": "SETTLED", "amount": "1.001"}',
        b'{"id": "a", "key": "k", "state": "SETTLED", "amount": {}}',
        b'{"id": "' + b"a" * 65 + b'", "key": "k", "state": "SETTLED"}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_refuses_what_it_cannot_read(sent, body):
    with pytest.raises(operations.UnreadableNotice):
        hear(body)
    assert not BankNotice.objects.exists()


def test_an_unknown_reason_is_other(sent):
    said(sent, "REJECTED", reason="FULL_MOON")
    assert state_of(sent) == "REJECTED"
    assert sent.reason == "OTHER"


def test_what_the_bank_said_can_be_read_afterwards(sent):
    said(sent, "ACCEPTED")
    said(sent, "SETTLED", id="m2", second=2)
    assert [(n.said, n.effect) for n in queries.list_notices(sent.pk)] == [
        ("ACCEPTED", "NONE"), ("SETTLED", "SETTLED"),
    ]  # fmt: skip
