from datetime import date
from decimal import Decimal

import pytest
from demo import papers as own

from tests.documents import papers
from tests.documents.conftest import ANNA, CLAIM, CLERK, CUSTOMER, NOON, OTHER_CLAIM
from tests.documents.test_recognise import clinic_bill, hand_in, photo_reading
from yilu.documents import jobs, operations, queries
from yilu.documents.models import Field, Invoice
from yilu.documents.rules.found import Found, Recognised
from yilu.journal.models import Event
from yilu.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo():
    """An invoice photo that a person must look at."""
    upload_id = hand_in(papers.picture(), "photo.png")
    operations.record_reading(upload_id=upload_id, read=photo_reading(clinic_bill()), at=NOON)
    return upload_id


def version(upload_id):
    return queries.get_upload(upload_id).version


def correct(upload_id, name, value, **given):
    return operations.correct_field(
        **{"upload_id": upload_id, "name": name, "value": value, "version": version(upload_id),
           "actor": CLERK, "at": NOON, **given}
    )  # fmt: skip


def confirm(upload_id, **given):
    operations.confirm_document(
        **{
            "upload_id": upload_id,
            "version": version(upload_id),
            "actor": CLERK,
            "at": NOON,
            **given,
        }
    )


class TestCorrectField:
    def test_keeps_what_the_machine_read(self, photo):
        read = queries.invoices_for(CLAIM)[0].payer_name
        correct(photo, "payer_name", "林小雪")
        correct(photo, "payer_name", "林晓雪")
        [field] = [f for f in queries.fields(photo) if f.name == "payer_name"]
        assert (field.value, field.corrected_from, field.accepted_by) == ("林晓雪", read, "STAFF")
        assert queries.invoices_for(CLAIM)[0].payer_name == "林晓雪"
        assert Event.objects.filter(kind="documents.field_corrected").count() == 2

    def test_writes_amounts_and_days_into_the_invoice(self, photo):
        correct(photo, "fund_paid", "￥1,120.50")
        correct(photo, "admitted_on", "2026年5月4日")
        [invoice] = queries.invoices_for(CLAIM)
        assert invoice.fund_paid == Decimal("1120.50")
        assert invoice.admitted_on == date(2026, 5, 4)

    def test_refuses_somebody_who_saw_an_older_version(self, photo):
        seen = version(photo)
        correct(photo, "payer_name", "林小雪")
        with pytest.raises(operations.DocumentChanged):
            correct(photo, "payer_name", "林小霜", version=seen)
        assert queries.invoices_for(CLAIM)[0].payer_name == "林小雪"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("total", "12.345"), ("total", "-3"), ("total", "1e9"), ("total", "99999999999999"),
            ("issued_on", "2026-05-21"), ("issued_on", "gestern"), ("hospital_days", "many"),
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be_the_value_and_changes_nothing(self, photo, name, value):
        before = queries.invoices_for(CLAIM), version(photo)
        with pytest.raises(operations.FieldMalformed):
            correct(photo, name, value)
        assert (queries.invoices_for(CLAIM), version(photo)) == before

    def test_refuses_a_field_the_document_does_not_have(self, photo):
        for name in ("diagnosis", "live", "upload_id", "reversed"):
            with pytest.raises(operations.UnknownField):
                correct(photo, name, "1")

    def test_refuses_a_customer(self, photo):
        with pytest.raises(operations.NotForCustomers):
            correct(photo, "total", "1.00", actor=CUSTOMER)

    def test_refuses_what_is_still_being_read(self):
        upload_id = hand_in(papers.picture(), "photo.png")
        with pytest.raises(operations.DocumentNotOpen):
            correct(upload_id, "total", "1.00")

    def test_refuses_the_number_of_an_invoice_another_claim_holds(self, photo):
        other = clinic_bill(seed=8)
        jobs.recognise(upload_id=hand_in(own.xml(other), "b.xml", about=OTHER_CLAIM))
        correct(photo, "code", other.code)
        with pytest.raises(operations.InvoiceAlreadyClaimed, match=str(OTHER_CLAIM)):
            correct(photo, "number", other.number)
        assert Invoice.objects.get(pk=photo).number != other.number

    def test_refuses_a_wrong_check_digit(self):
        upload_id = hand_in(papers.picture(), "id.png", kind="ID_CARD")
        read = Recognised(
            "OCR", "t", "1", "id_card_front", {"name": Found("name", "林", "OCR", 0.9)}
        )
        operations.record_reading(upload_id=upload_id, read=read, at=NOON)
        with pytest.raises(operations.FieldMalformed):
            correct(upload_id, "identity_number", "110101199003072553")
        correct(upload_id, "identity_number", "110101199003072543")
        assert Field.objects.get(name="identity_number").value == "110101********2543"


class TestConfirmDocument:
    def test_settles_and_has_the_invoice_verified(self, photo):
        confirm(photo)
        view = queries.get_upload(photo)
        assert (view.state, view.settled_at) == ("SETTLED", NOON)
        [invoice] = queries.invoices_for(CLAIM)
        assert invoice.settled
        assert invoice.registry_state == "WAITING"
        assert {f.accepted_by for f in queries.fields(photo)} == {"STAFF"}
        assert Event.objects.get(kind="documents.document_settled").facts["upload_id"] == photo

    def test_changes_nothing_the_second_time(self, photo):
        confirm(photo)
        confirm(photo)
        assert Event.objects.filter(kind="documents.document_settled").count() == 1

    def test_refuses_while_a_required_field_is_empty_and_names_it(self, photo):
        correct(photo, "payer_name", "")
        with pytest.raises(operations.RequiredFieldMissing, match="交款人"):
            confirm(photo)
        assert queries.get_upload(photo).state == "NEEDS_PERSON"

    def test_refuses_items_that_do_not_add_up(self, photo):
        correct(photo, "total", "1.00")
        with pytest.raises(operations.LinesDoNotAddUp):
            confirm(photo)
        operations.correct_lines(
            upload_id=photo, lines=[{"name": "药费", "amount": "1.00", "category": "甲"}],
            version=version(photo), actor=CLERK, at=NOON,
        )  # fmt: skip
        confirm(photo)
        assert [n.category for n in queries.invoices_for(CLAIM)[0].lines] == ["A"]

    def test_refuses_somebody_who_saw_an_older_version(self, photo):
        seen = version(photo)
        correct(photo, "payer_name", "林小雪")
        with pytest.raises(operations.DocumentChanged):
            confirm(photo, version=seen)

    def test_refuses_malformed_items(self, photo):
        for lines in (
            [{"name": "药费", "amount": "1.005"}],
            [{"amount": "1"}],
            [{"name": "x", "amount": "-1"}],
        ):
            with pytest.raises(operations.FieldMalformed):
                operations.correct_lines(
                    upload_id=photo, lines=lines, version=version(photo), actor=CLERK, at=NOON
                )


class TestRefuseDocument:
    def test_lets_the_invoice_be_handed_in_again(self, photo):
        operations.refuse_document(
            upload_id=photo, reason="UNUSABLE", version=version(photo), actor=CLERK, at=NOON
        )
        assert queries.invoices_for(CLAIM) == ()
        jobs.recognise(upload_id=hand_in(own.xml(clinic_bill()), "a.xml", about=OTHER_CLAIM))
        assert len(queries.invoices_for(OTHER_CLAIM)) == 1

    def test_names_the_first_of_a_duplicate(self, photo):
        first = hand_in(own.xml(clinic_bill(seed=5)), "a.xml", about=OTHER_CLAIM)
        operations.refuse_document(
            upload_id=photo, reason="DUPLICATE", first_upload_id=first, version=version(photo),
            actor=CLERK, at=NOON,
        )  # fmt: skip
        assert queries.get_upload(photo).first_subject == str(OTHER_CLAIM)
        event = Event.objects.get(kind="documents.duplicate_invoice_refused")
        assert event.facts["witness"] == "STAFF"

    @pytest.mark.parametrize("reason", ["DUPLICATE", "BORING"])
    def test_refuses_without_a_proper_reason(self, photo, reason):
        with pytest.raises(Invalid):
            operations.refuse_document(
                upload_id=photo, reason=reason, version=version(photo), actor=CLERK, at=NOON
            )


class TestShowField:
    def test_is_recorded_with_its_reason(self):
        upload_id = hand_in(papers.picture(), "id.png", kind="ID_CARD")
        number = Found("identity_number", "110101199003072543", "OCR", 0.9)
        read = Recognised("OCR", "t", "1", "id_card_front", {"identity_number": number})
        operations.record_reading(upload_id=upload_id, read=read, at=NOON)
        shown = operations.show_field(
            upload_id=upload_id, name="identity_number", reason="核对身份", actor=CLERK, at=NOON
        )
        assert shown == "110101199003072543"
        event = Event.objects.get(kind="documents.field_shown")
        assert event.actor == str(CLERK)
        assert "1990" not in str(event.facts)

    def test_refuses_without_a_reason_or_for_a_customer(self, photo):
        with pytest.raises(Invalid):
            operations.show_field(upload_id=photo, name="code", reason=" ", actor=CLERK, at=NOON)
        with pytest.raises(operations.NotForCustomers):
            operations.show_field(upload_id=photo, name="code", reason="x", actor=CUSTOMER, at=NOON)


def test_fields_lists_what_is_missing_and_what_is_open(photo):
    Field.objects.filter(upload_id=photo, name="issued_on").delete()
    shown = {f.name: f for f in queries.fields(photo)}
    assert shown["issued_on"].is_open
    assert shown["issued_on"].value == ""
    assert shown["total"].is_open
    assert shown["total"].box == (0.1, 0.1, 0.2, 0.12)
    assert shown["total"].label == "金额合计"


def test_the_customer_of_the_photo_is_the_one_who_handed_it_in(photo):
    assert queries.get_upload(photo, party_id=ANNA).party_id == ANNA
