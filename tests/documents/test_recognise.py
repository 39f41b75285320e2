"""record_reading and the job around it, with engines that read what the test says."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from demo import papers as own
from django.db import connection

from tests.documents import papers
from tests.documents.conftest import ANNA, BEN, CLAIM, NOON, OTHER_CLAIM, READER_OFF
from yilu.documents import jobs, operations, queries
from yilu.documents.models import Field, Invoice, Reading, Upload
from yilu.documents.recognition import reading
from yilu.documents.rules.found import Found, Recognised
from yilu.documents.rules.invoices import Line
from yilu.journal.models import Event
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db
ON = date(2026, 5, 18)


def hand_in(content, filename, *, kind="INVOICE", about=CLAIM, party_id=ANNA):
    return operations.store_upload(
        about=about, party_id=party_id, kind=kind, filename=filename, content=content,
        actor=Ref("party", party_id), at=NOON,
    )  # fmt: skip


def clinic_bill(seed=1, name="林小雨"):
    return own.make_bill(name, seed, issued_on=ON)


class TestRecognise:
    def test_settles_an_invoice_that_is_data(self):
        bill = clinic_bill()
        upload_id = hand_in(own.xml(bill), "a.xml")
        jobs.recognise(upload_id=upload_id)
        view = queries.get_upload(upload_id)
        assert (view.state, view.source) == ("SETTLED", "XML")
        [invoice] = queries.invoices_for(CLAIM)
        assert invoice.settled
        assert (invoice.code, invoice.number, invoice.check_code) == (
            bill.code, bill.number, bill.check_code,
        )  # fmt: skip
        assert (invoice.total, invoice.fund_paid, invoice.own_paid, invoice.self_cost) == (
            bill.total, bill.fund_paid, bill.own_paid, bill.self_cost,
        )  # fmt: skip
        assert invoice.payer_name == "林小雨"
        assert invoice.visit_kind == "OUTPATIENT"
        assert [(n.name, n.amount, n.category) for n in invoice.lines] == [
            (n.name, n.amount, n.category) for n in bill.lines
        ]
        event = Event.objects.get(kind="documents.document_recognised")
        assert event.subject == str(CLAIM)
        assert event.facts["settled"] is True
        assert event.facts["source"] == "XML"

    def test_reads_once_however_often_the_job_runs(self):
        upload_id = hand_in(own.xml(clinic_bill()), "a.xml")
        for _ in range(3):
            jobs.recognise(upload_id=upload_id)
        assert Reading.objects.count() == 1
        assert Event.objects.filter(kind="documents.document_recognised").count() == 1

    @pytest.mark.parametrize("cut", ["open_file", "read_file", "record_reading"])
    def test_killed_anywhere_it_reads_exactly_once_afterwards(self, cut, monkeypatch):
        upload_id = hand_in(own.xml(clinic_bill()), "a.xml")

        def killed(*_args, **_given):
            raise KeyboardInterrupt

        place = {
            "open_file": jobs.queries,
            "read_file": reading,
            "record_reading": jobs.operations,
        }[cut]
        with monkeypatch.context() as patch:
            patch.setattr(place, cut, killed)
            with pytest.raises(KeyboardInterrupt):
                jobs.recognise(upload_id=upload_id)
        assert not Reading.objects.exists()
        assert queries.get_upload(upload_id).state == "READING"
        jobs.recognise(upload_id=upload_id)
        assert queries.get_upload(upload_id).state == "SETTLED"
        assert Reading.objects.count() == 1

    def test_gives_a_file_that_kills_its_reader_to_a_person(self, monkeypatch):
        upload_id = hand_in(own.xml(clinic_bill()), "a.xml")

        def crash(*_args, **_given):
            raise MemoryError

        with monkeypatch.context() as patch:
            patch.setattr(reading, "read_file", crash)
            for _ in range(operations.ATTEMPTS_MAX):
                with pytest.raises(MemoryError):
                    jobs.recognise(upload_id=upload_id)
            jobs.recognise(upload_id=upload_id)
        view = queries.get_upload(upload_id)
        assert view.state == "NEEDS_PERSON"
        assert "UNREADABLE" in view.notes
        assert Event.objects.get(kind="documents.document_recognised").facts["settled"] is False

    @pytest.mark.django_db(transaction=True)
    def test_run_twice_at_once_reads_once(self):
        upload_id = hand_in(own.xml(clinic_bill()), "a.xml")

        def one(_number):
            try:
                jobs.recognise(upload_id=upload_id)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(one, range(2)))
        assert Reading.objects.count() == 1
        assert Invoice.objects.count() == 1

    def test_reads_again_what_nobody_took(self, jobs_deferred):
        upload_id = hand_in(own.xml(clinic_bill()), "a.xml")
        with connection.cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs")
        assert jobs.read_forgotten(NOON + timedelta(minutes=14)) == 0
        assert jobs.read_forgotten(NOON + timedelta(minutes=16)) == 1
        assert jobs_deferred() == [("documents.recognise", {"upload_id": upload_id})]
        assert jobs.read_forgotten(NOON + timedelta(minutes=17)) == 0

    def test_seals_numbers_of_persons_and_shows_their_mask(self):
        xml = own.xml(clinic_bill()).replace(b"<Code></Code>", b"<Code>110101199003072543</Code>")
        upload_id = hand_in(xml, "a.xml")
        jobs.recognise(upload_id=upload_id)
        row = Field.objects.get(upload_id=upload_id, name="payer_code")
        assert row.value == "110101********2543"
        assert b"199003" not in bytes(row.sealed)
        assert queries.open_field(upload_id, "payer_code") == "110101199003072543"
        assert "110101199003072543" not in str(list(Event.objects.values_list("facts", flat=True)))

    def test_notes_a_day_in_the_future_and_leaves_it_to_a_person(self):
        bill = own.make_bill("林小雨", 1, issued_on=date(2099, 1, 1))
        upload_id = hand_in(own.xml(bill), "a.xml")
        jobs.recognise(upload_id=upload_id)
        view = queries.get_upload(upload_id)
        assert view.state == "NEEDS_PERSON"
        assert "FUTURE_DATE" in view.notes

    def test_notices_what_was_handed_in_as_something_else(self):
        upload_id = hand_in(own.diagnosis_pdf("林小雨", ON), "a.pdf", kind="ID_CARD")
        jobs.recognise(upload_id=upload_id)
        assert "WRONG_KIND" in queries.get_upload(upload_id).notes


class TestDuplicates:
    def read_at(self, content, filename, about, party_id=ANNA):
        upload_id = hand_in(content, filename, about=about, party_id=party_id)
        jobs.recognise(upload_id=upload_id)
        return queries.get_upload(upload_id)

    def test_the_same_invoice_in_another_file_is_refused_with_the_first_claim_for_staff(self):
        bill = clinic_bill()
        self.read_at(own.xml(bill), "a.xml", CLAIM)
        second = self.read_at(own.ofd(bill), "a.ofd", OTHER_CLAIM, BEN)
        assert (second.state, second.refusal, second.live) == ("REFUSED", "DUPLICATE", False)
        assert second.first_subject == str(CLAIM)
        assert str(CLAIM.id) not in second.sentence
        assert queries.invoices_for(OTHER_CLAIM) == ()
        event = Event.objects.get(kind="documents.duplicate_invoice_refused")
        assert event.facts["witness"] == "BUSINESS_KEY"
        assert event.facts["first_subject"] == str(CLAIM)
        assert not Event.objects.filter(
            kind="documents.document_recognised", subject=str(OTHER_CLAIM)
        ).exists()

    def test_the_same_invoice_in_the_same_claim_counts_once(self):
        bill = clinic_bill()
        self.read_at(own.xml(bill), "a.xml", CLAIM)
        assert self.read_at(own.ofd(bill), "a.ofd", CLAIM).refusal == "ALREADY_HERE"
        assert len(queries.invoices_for(CLAIM)) == 1

    def test_a_fed_invoice_and_its_file_are_one(self):
        bill = clinic_bill()
        from tests.documents.test_accept_invoice_feed import send

        send(**bill.as_feed())
        assert self.read_at(own.xml(bill), "a.xml", OTHER_CLAIM).refusal == "DUPLICATE"

    @pytest.mark.django_db(transaction=True)
    def test_one_invoice_read_for_many_claims_at_once_counts_once(self):
        bill = clinic_bill()
        ids = [
            hand_in(own.xml(bill) + b" " * n, "a.xml", about=Ref("claim", 300 + n), party_id=n)
            for n in range(5)
        ]

        def one(upload_id):
            try:
                jobs.recognise(upload_id=upload_id)
            finally:
                connection.close()

        with ThreadPoolExecutor(5) as pool:
            list(pool.map(one, ids))
        assert Invoice.objects.filter(live=True).count() == 1
        assert Upload.objects.filter(state="SETTLED").count() == 1
        assert Upload.objects.filter(refusal="DUPLICATE").count() == 4

    def test_a_better_file_takes_the_place_of_one_a_person_would_have_to_read(self):
        bill = clinic_bill()
        photo_id = hand_in(papers.picture(), "photo.png")
        blurred = replace(photo_reading(bill), values=photo_reading(bill).values)
        operations.record_reading(upload_id=photo_id, read=blurred, at=NOON)
        assert queries.get_upload(photo_id).state == "NEEDS_PERSON"
        better = self.read_at(own.xml(bill), "a.xml", CLAIM)
        assert better.state == "SETTLED"
        first = queries.get_upload(photo_id)
        assert (first.refusal, first.live) == ("SUPERSEDED", False)
        assert [n.upload_id for n in queries.invoices_for(CLAIM)] == [better.id]

    def test_the_same_photo_again_is_refused_by_its_look_where_its_words_agree(self):
        first = self.record("1", phash=0b1010, number="")
        again = self.record("2", phash=0b1011, number="", about=OTHER_CLAIM)
        assert queries.get_upload(first).state == "NEEDS_PERSON"
        assert queries.get_upload(again).refusal == "DUPLICATE"
        event = Event.objects.get(kind="documents.duplicate_invoice_refused")
        assert event.facts["witness"] == "LOOK_ALIKE"

    def test_another_bill_of_the_same_form_is_not_a_duplicate_however_alike_it_looks(self):
        self.record("1", phash=0b1010, number="0011112222")
        other = self.record("2", phash=0b1010, number="0033334444", about=OTHER_CLAIM)
        assert queries.get_upload(other).state == "NEEDS_PERSON"
        assert queries.get_upload(other).notes == ("NO_LINES",)

    def test_the_same_words_from_another_angle_are_left_to_a_person(self):
        first = self.record("1", phash=0b1010, number="")
        again = self.record("2", phash=~0b1010, number="", about=OTHER_CLAIM)
        view = queries.get_upload(again)
        assert view.state == "NEEDS_PERSON"
        assert "LOOKS_LIKE" in view.notes
        assert Upload.objects.get(pk=again).first_id == first

    def record(self, name, *, phash, number, about=CLAIM):
        upload_id = hand_in(papers.picture(text=name), f"{name}.png", about=about)
        text = (
            "海州省医疗门诊收费票据 交款人 林小雨 西药费 120.55 检查费 1500.20 治疗费 88.10 合计 1708.85"
            " 业务流水号 20260518000771 收款单位 海州市第一人民医院"
        )
        found = {"payer_name": Found("payer_name", "林小雨", "OCR", 0.9)}
        if number:
            found["number"] = Found("number", number, "OCR", 0.9)
        read = Recognised(
            "OCR",
            "test",
            "1",
            "fiscal_outpatient",
            found,
            text=text,
            phash=phash,
            notes=("NO_LINES",),
        )
        operations.record_reading(upload_id=upload_id, read=read, at=NOON)
        return upload_id


def photo_reading(bill):
    """What an engine might read of a photo of a bill: every value, none witnessed."""
    shown = {
        "code": bill.code, "number": bill.number, "issued_on": bill.issued_on.isoformat(),
        "total": str(bill.total), "payer_name": bill.payer_name,
    }  # fmt: skip
    return Recognised(
        "OCR", "test", "1", "fiscal_outpatient",
        {n: Found(n, v, "OCR", 0.8, 1, (0.1, 0.1, 0.2, 0.12)) for n, v in shown.items()},
        tuple(Line(n.name, Decimal(n.amount), n.category) for n in bill.lines),
    )  # fmt: skip


assert READER_OFF  # no test of this file may load the recognition models


@pytest.mark.django_db(transaction=True)
def test_the_job_process_reads_what_was_handed_in(jobs_deferred, tmp_path):
    upload_id = hand_in(own.xml(clinic_bill()), "a.xml")
    assert len(jobs_deferred()) == 1
    made = connection.settings_dict
    address = (
        f"{made['USER']}:{quote(made['PASSWORD'])}@{made['HOST']}:{made['PORT']}/{made['NAME']}"
    )
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{address}",
        "DJANGO_SETTINGS_MODULE": "yilu.site.settings",
        "YILU_VAR": str(tmp_path),
        "YILU_WAKE": "0",
    }
    code = (
        "import django; django.setup(); from yilu.journal.jobs import run_jobs; run_jobs(once=True)"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert queries.get_upload(upload_id).state == "SETTLED"
    assert queries.invoices_for(CLAIM)[0].registry_state == "VALID"
