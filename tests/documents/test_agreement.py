from datetime import date, timedelta
from decimal import Decimal

import pytest
from demo import papers as own
from hypothesis import given
from hypothesis import strategies as st

from tests.documents import papers
from tests.documents.conftest import CLAIM, CLERK, NOON
from tests.documents.test_accept_invoice_feed import send
from tests.documents.test_recognise import ON, clinic_bill, hand_in, photo_reading
from yilu.documents import jobs, operations, queries
from yilu.documents.rules.agreement import BillFacts, agreed, is_enough
from yilu.journal.models import Event

pytestmark = pytest.mark.django_db


def handed(content, name, kind):
    upload_id = hand_in(content, name, kind=kind)
    jobs.recognise(upload_id=upload_id)
    return queries.get_upload(upload_id)


def certificate(patient="林小雨", on=ON, hospital="别处医院"):
    return own.diagnosis_pdf(patient, on, hospital=hospital)


class TestACertificate:
    def test_settles_beside_the_settled_bill_of_its_visit(self):
        handed(own.xml(clinic_bill()), "a.xml", "INVOICE")
        paper = handed(certificate(), "b.pdf", "DIAGNOSIS")
        assert paper.state == "SETTLED"
        shown = {f.name: f for f in queries.fields(paper.id)}
        assert shown["patient_name"].witness_labels == ("与已确认的发票一致",)
        assert shown["diagnosis"].accepted_by == ""  # what it says is for people to read

    def test_settles_as_soon_as_its_bill_does(self):
        paper = handed(certificate(), "b.pdf", "DIAGNOSIS")
        assert paper.state == "NEEDS_PERSON"
        handed(own.xml(clinic_bill()), "a.xml", "INVOICE")
        assert queries.get_upload(paper.id).state == "SETTLED"
        settled = Event.objects.get(kind="documents.document_settled")
        assert settled.actor == "system:0"

    def test_settles_when_a_person_confirms_the_bill(self):
        paper = handed(certificate(), "b.pdf", "DIAGNOSIS")
        photo = hand_in(papers.picture(), "photo.png")
        operations.record_reading(upload_id=photo, read=photo_reading(clinic_bill()), at=NOON)
        operations.confirm_document(
            upload_id=photo, version=queries.get_upload(photo).version, actor=CLERK, at=NOON
        )
        assert queries.get_upload(paper.id).state == "SETTLED"

    def test_settles_beside_a_bill_the_hospital_sent(self):
        send(**clinic_bill().as_feed())
        assert handed(certificate(), "b.pdf", "DIAGNOSIS").state == "SETTLED"

    @pytest.mark.parametrize(
        "other",
        [{"patient": "王大力"}, {"on": ON - timedelta(days=1)}, {"on": ON + timedelta(days=8)}],
    )
    def test_of_somebody_else_or_another_day_goes_to_a_person(self, other):
        handed(own.xml(clinic_bill()), "a.xml", "INVOICE")
        assert handed(certificate(**other), "b.pdf", "DIAGNOSIS").state == "NEEDS_PERSON"

    def test_that_a_person_has_touched_is_left_to_that_person(self):
        paper = handed(certificate(), "b.pdf", "DIAGNOSIS")
        operations.correct_field(
            upload_id=paper.id, name="doctor", value="方医生", version=paper.version,
            actor=CLERK, at=NOON,
        )  # fmt: skip
        handed(own.xml(clinic_bill()), "a.xml", "INVOICE")
        assert queries.get_upload(paper.id).state == "NEEDS_PERSON"


def test_a_discharge_summary_settles_by_both_ends_of_the_stay():
    bill = own.make_bill("林小雨", 2, kind="FISCAL_INPATIENT", issued_on=ON)
    handed(own.xml(bill), "a.xml", "INVOICE")
    right = own.discharge_pdf("林小雨", bill.admitted_on, bill.discharged_on)
    wrong = own.discharge_pdf("林小雨", bill.admitted_on - timedelta(days=3), bill.discharged_on)
    assert handed(right, "b.pdf", "DISCHARGE").state == "SETTLED"
    assert handed(wrong, "c.pdf", "DISCHARGE").state == "NEEDS_PERSON"
    assert len(queries.invoices_for(CLAIM)) == 1


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(-90, 90))
def test_a_certificate_is_dated_by_the_visit(begins, stay, shift):
    ends = begins + timedelta(days=stay)
    bill = BillFacts("林小雨", "海州医院", Decimal(1), begins, ends)
    written = {"patient_name": "林 小雨", "issued_on": (begins + timedelta(days=shift)).isoformat()}
    within = 0 <= shift <= stay + 7
    assert is_enough("DIAGNOSIS", agreed("DIAGNOSIS", written, bill)) is within


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("海州市第一人民医院（样张）", "海州市第一人民医院", True),
        ("海州市第一人民医院", "海州市第一人民医院东院区", True),
        ("海州市第一人民医院", "海州市第二人民医院", False),
        ("医院", "海州市第二人民医院", False),
    ],
)
def test_a_hospital_is_known_by_its_name(one, other, same):
    bill = BillFacts("林小雨", other, None, None, None)
    found = agreed("DIAGNOSIS", {"patient_name": "林小雨", "hospital": one}, bill)
    assert ("hospital" in found) is same


def test_nothing_is_borne_out_without_a_name():
    bill = BillFacts("", "海州医院", Decimal(1), ON, ON)
    assert not agreed("DIAGNOSIS", {"patient_name": "", "issued_on": ON.isoformat()}, bill)
