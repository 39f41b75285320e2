"""A colleague takes a report: by phone, on paper, for somebody of the branch."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import cast, make
from tests.documents.papers import picture
from yilu.claims.models import Claim
from yilu.documents import queries as documents
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db


class TestReportByPhone:
    def test_finds_the_customer_and_takes_the_report_once(self, staff, people):
        make.consent(people.lin)
        policy = make.medical_policy(people.branch_a, holder_id=people.lin)
        found = staff.zhu.get("/staff/report", {"q": cast.LIN_PHONE})
        assert f"party={people.lin}" in found.content.decode()
        where = f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL"
        page = staff.zhu.get(where).content.decode()
        assert "请客户准备" in page
        assert "先向医院索取电子票据和诊断证明" in page
        key = re.search(r'name="request_key" value="(\w+)"', page)[1]
        told = {
            "request_key": key,
            "loss_date": "2026-03-01",
            "cause": "ILLNESS",
            "channel": "PHONE",
        }

        first = staff.zhu.post(where, told)
        second = staff.zhu.post(where, told)

        assert first.status_code == second.status_code == 302
        assert first.url == second.url
        claim = Claim.objects.get()
        assert (claim.channel, claim.claimant_id) == ("PHONE", people.lin)

    def test_takes_a_report_on_paper_and_its_papers_from_the_day_they_came(
        self, staff, people, settings, tmp_path
    ):
        settings.FILES = tmp_path / "files"
        make.consent(people.lin)
        policy = make.medical_policy(people.branch_a, holder_id=people.lin)
        where = f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL"
        told = {
            "request_key": "k1", "loss_date": "2026-02-20", "cause": "ILLNESS",
            "received_on": "2026-02-19",
        }  # fmt: skip
        answer = staff.zhu.post(where, told)
        assert (answer.status_code, "收到日不能早于" in answer.content.decode()) == (422, True)
        assert staff.zhu.post(where, told | {"received_on": "2026-02-26"}).status_code == 302
        claim = Claim.objects.get()
        assert claim.received_on == date(2026, 2, 26)

        upload = f"/staff/claims/{claim.pk}/upload-for"
        assert 'name="received_on"' in staff.zhu.get(f"/staff/claims/{claim.pk}").content.decode()
        paper = {"kind": "ACCIDENT_PROOF", "received_on": "2026-02-25"}
        answer = staff.zhu.post(upload, paper | {"file": SimpleUploadedFile("a.png", picture())})
        assert "收到日不能早于" in answer.content.decode()
        paper["received_on"] = "2026-02-27"
        staff.zhu.post(upload, paper | {"file": SimpleUploadedFile("a.png", picture())})
        [kept] = documents.list_uploads(Ref("claim", claim.pk))
        assert kept.received_on == date(2026, 2, 27)
        assert "收到日 2026年2月27日" in staff.zhu.get(f"/staff/uploads/{kept.id}").content.decode()

    def test_the_insured_who_died_is_not_offered_a_form_and_refused(self, staff, people):
        make.consent(people.lin)
        policy = make.policy(
            people.branch_a, holder_id=people.lin, product_code="term-life",
            sum_insured=Decimal(100_000), premium=Decimal(300), effective_on=date(2022, 1, 1),
            with_social_insurance=False,
        )  # fmt: skip
        where = f"/staff/report?party={people.lin}&policy={policy.id}&type=DEATH"
        page = staff.zhu.get(where)
        assert page.status_code == 200
        assert "不能以已故的人作为申请人或收款人" in page.text
        assert 'name="request_key"' not in page.text
        told = {"request_key": "k1", "loss_date": "2026-03-01", "cause": "ILLNESS"}
        answer = staff.zhu.post(where, told)
        assert answer.status_code == 422
        assert 'name="request_key"' in answer.text
        assert not Claim.objects.exists()

    def test_without_cover_by_our_records_it_is_asked_back_and_then_taken(self, staff, people):
        make.consent(people.lin)
        policy = make.medical_policy(
            people.branch_a, holder_id=people.lin, effective_on=date(2025, 1, 1)
        )
        where = f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL"
        told = {"request_key": "k1", "loss_date": "2026-03-01", "cause": "ILLNESS"}
        assert "保险期间已于 2026年1月1日 零时届满" in staff.zhu.post(where, told).text
        assert not Claim.objects.exists()
        done = staff.zhu.post(where, told | {"despite": "on"})
        claim = Claim.objects.get()
        assert (claim.state, done.url) == ("REVIEW", f"/staff/claims/{claim.pk}")

    def test_a_day_in_the_future_is_refused(self, staff, people):
        make.consent(people.lin)
        policy = make.medical_policy(people.branch_a, holder_id=people.lin)
        answer = staff.zhu.post(
            f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL",
            {"request_key": "k", "loss_date": "2027-01-01", "cause": "ILLNESS", "channel": "PHONE"},
        )
        assert answer.status_code == 422
        assert not Claim.objects.exists()

    def test_another_branchs_customer_is_not_found(self, staff, people):
        assert staff.zhu.get(f"/staff/report?party={people.zhou}").status_code == 404

    def test_needs_the_right(self, staff):
        assert staff.luo.get("/staff/report").status_code == 403
        assert staff.nobody.get("/staff/report").status_code == 302
