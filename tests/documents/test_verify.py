from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from demo import papers as own
from django.db import connection

from tests.documents import papers
from tests.documents.conftest import CLAIM, CLERK, NOON
from tests.documents.test_recognise import clinic_bill, hand_in, photo_reading
from yilu.documents import jobs, operations, queries
from yilu.documents.models import RegistryAnswer
from yilu.gateways import invoice_registry
from yilu.gateways.invoice_registry_sandbox import SandboxRegistry
from yilu.journal.models import Event

pytestmark = pytest.mark.django_db
FAR = NOON.replace(year=2100)  # recognition runs by the machine's clock


def bill_ending(ending):
    from dataclasses import replace

    bill = clinic_bill()
    return replace(bill, number=bill.number[:-2] + ending)


def confirm(bill):
    """An invoice that a person confirmed from a photo."""
    upload_id = hand_in(papers.picture(), "photo.png")
    operations.record_reading(upload_id=upload_id, read=photo_reading(bill), at=NOON)
    operations.confirm_document(
        upload_id=upload_id, version=queries.get_upload(upload_id).version, actor=CLERK, at=NOON
    )
    return upload_id


def settle(bill):
    upload_id = hand_in(own.xml(bill), "a.xml")
    jobs.recognise(upload_id=upload_id)
    return upload_id


@pytest.mark.parametrize(
    ("ending", "status", "is_reversed", "exchanged"),
    [
        ("01", "VALID", False, False), ("94", "MISMATCH", False, False),
        ("96", "NOT_FOUND", False, False), ("97", "REVERSED", True, False),
        ("98", "EXCHANGED", False, True),
    ],
)  # fmt: skip
def test_verify_due_keeps_what_the_registry_says(ending, status, is_reversed, exchanged):
    confirm(bill_ending(ending))
    assert queries.invoices_for(CLAIM)[0].registry_state == "WAITING"
    assert jobs.verify_due(FAR) == 1
    [invoice] = queries.invoices_for(CLAIM)
    assert (invoice.registry_state, invoice.reversed, invoice.exchanged) == (
        status, is_reversed, exchanged,
    )  # fmt: skip
    assert Event.objects.get(kind="documents.invoice_verified").facts["status"] == status
    assert jobs.verify_due(FAR + timedelta(days=1)) == 0


def test_recognise_asks_before_the_claim_hears_of_the_document():
    settle(bill_ending("97"))
    [invoice] = queries.invoices_for(CLAIM)
    assert (invoice.registry_state, invoice.reversed) == ("REVERSED", True)
    assert RegistryAnswer.objects.get().status == "REVERSED"
    assert jobs.verify_due(FAR) == 0


def test_recognise_leaves_the_question_to_the_tick_while_the_registry_is_away(monkeypatch):
    def unreachable(*_args):
        raise OSError("no route")

    with monkeypatch.context() as patch:
        patch.setattr(SandboxRegistry, "verify", unreachable)
        settle(bill_ending("01"))
    assert queries.invoices_for(CLAIM)[0].registry_state == "WAITING"
    assert jobs.verify_due(FAR) == 1
    assert queries.invoices_for(CLAIM)[0].registry_state == "VALID"


def test_verify_due_asks_again_later_while_the_registry_is_away_then_gives_up():
    confirm(bill_ending("95"))
    at = FAR
    for attempt in range(1, 7):
        assert jobs.verify_due(at) == 1, attempt
        assert jobs.verify_due(at + timedelta(seconds=1)) == 0
        at += timedelta(hours=5)
    assert queries.invoices_for(CLAIM)[0].registry_state == "UNAVAILABLE"
    assert RegistryAnswer.objects.filter(status="UNAVAILABLE").count() == 6
    assert Event.objects.filter(kind="documents.invoice_verified").count() == 1


def test_ask_registry_again_starts_over():
    upload_id = confirm(bill_ending("01"))
    jobs.verify_due(FAR)
    operations.ask_registry_again(upload_id=upload_id, actor=CLERK, at=FAR)
    assert jobs.verify_due(FAR) == 1


def test_ask_registry_again_refuses_what_is_no_invoice():
    upload_id = hand_in(own.diagnosis_pdf("林", date(2026, 5, 1)), "a.pdf", kind="DIAGNOSIS")
    with pytest.raises(Exception, match="要素"):
        operations.ask_registry_again(upload_id=upload_id, actor=CLERK, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_lease_for_verification_gives_an_invoice_to_one_worker():
    confirm(bill_ending("01"))

    def one(_number):
        try:
            return len(operations.lease_for_verification(at=FAR))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 1


def test_record_registry_answer_after_a_final_one_changes_nothing():
    upload_id = confirm(bill_ending("01"))
    jobs.verify_due(FAR)
    operations.record_registry_answer(upload_id=upload_id, status="NOT_FOUND", registry="x", at=FAR)
    assert queries.invoices_for(CLAIM)[0].registry_state == "VALID"


def test_the_sandbox_comes_back_after_its_short_absence():
    registry = SandboxRegistry()
    question = invoice_registry.FiveElements("X", "1", "0093", "", date(2026, 1, 1), Decimal(1))
    assert [registry.verify(question).status for _ in range(3)] == ["UNAVAILABLE", "VALID", "VALID"]


def test_the_registry_is_chosen_by_a_setting(settings):
    settings.INVOICE_REGISTRY = "tests.documents.test_verify.Stub"
    assert isinstance(invoice_registry.get_registry(), Stub)


class Stub:
    name = "stub"
