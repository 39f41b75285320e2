import pytest
from demo import papers as own

from tests.documents.conftest import BEN, CLAIM, CUSTOMER, NOON, OTHER_CLAIM
from tests.documents.test_recognise import clinic_bill, hand_in
from yilu.documents import jobs, operations, queries
from yilu.kernel import tx

pytestmark = pytest.mark.django_db


@tx.use_case
def release(about=CLAIM):
    return operations.release_documents(about=about, reason="WITHDRAWN", actor=CUSTOMER, at=NOON)


@tx.use_case
def move():
    return operations.move_documents(about=CLAIM, to=OTHER_CLAIM)


def test_release_documents_lets_the_invoice_be_claimed_again():
    content = own.xml(clinic_bill())
    jobs.recognise(upload_id=hand_in(content, "a.xml"))
    assert release() == 1
    assert release() == 0
    assert queries.invoices_for(CLAIM) == ()
    assert queries.list_uploads(CLAIM)[0].refusal == "RELEASED"
    again = hand_in(content, "a.xml", about=OTHER_CLAIM, party_id=BEN)
    jobs.recognise(upload_id=again)
    assert queries.get_upload(again).state == "SETTLED"


def test_move_documents_puts_them_under_the_claim_they_joined():
    upload_id = hand_in(own.xml(clinic_bill()), "a.xml")
    jobs.recognise(upload_id=upload_id)
    assert move() == 1
    assert [n.upload_id for n in queries.invoices_for(OTHER_CLAIM)] == [upload_id]
    assert queries.invoices_for(CLAIM) == ()


def test_move_documents_leaves_behind_what_both_were_given():
    picture = own.identity_card("林小雨", "110101199003072543", "海州省海州市")
    hand_in(picture, "a.png", kind="ID_CARD")
    hand_in(picture, "a.png", kind="ID_CARD", about=OTHER_CLAIM)
    assert move() == 0
    assert queries.list_uploads(CLAIM)[0].refusal == "ALREADY_HERE"
    assert [u.live for u in queries.list_uploads(OTHER_CLAIM)] == [True]
