"""The provider desk and the patient's pages: each shows what is there, and does what it says."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.direct_billing.test_batches import as_csv, line
from tests.web.signing import signed_in
from yilu.claims.models import Claim
from yilu.direct_billing import jobs, operations, queries
from yilu.direct_billing.models import Authorisation, Batch, Guarantee
from yilu.gateways import bank
from yilu.journal import operations as journal
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.payments import operations as payments
from yilu.people import queries as people


@pytest.fixture
def desk(hospital):
    _, actor = make.colleague(hospital.office, "TEAM_LEAD", "OPERATOR")
    return signed_in(actor)


def page(browser, path, status=200):
    answer = browser.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


class TestDesk:
    def test_shows_visits_partners_and_what_waits(self, hospital, desk):
        person = hospital.patient(
            product_code="million-medical-social", sum_insured=Decimal(2_000_000), premium=Decimal("366.00")
        )  # fmt: skip
        number = hospital.admit(person, expected="60000.00")
        operations.ask_guarantee(
            partner_id=hospital.id, number=number, amount=Decimal(20_000), request_key="g",
            actor=hospital.actor, at=make.NOON,
        )  # fmt: skip
        shown = page(desk, "/staff/direct-billing")
        assert number in shown
        assert "第一人民医院" in shown
        visit, asked = queries.visit_for_partner(hospital.id, number), Guarantee.objects.get()
        assert "20,000.00" in page(desk, f"/staff/direct-billing/visits/{visit.id}")
        where = f"/staff/direct-billing/visits/{visit.id}/guarantees/{asked.pk}"
        assert desk.post(where, {"answer": "no", "reason": ""}).status_code == 422
        assert desk.post(where, {"answer": "yes"}).status_code == 302
        assert Guarantee.objects.get().state == "ISSUED"

    def test_a_file_is_sent_watched_and_its_faults_downloaded(self, hospital, desk):
        rows = [line(hospital.patient(), "P1"), line(hospital.patient(), "P2", total="1.00")]
        where = f"/staff/direct-billing/partners/{hospital.id}"
        file = SimpleUploadedFile("三月.csv", as_csv(rows))
        answer = desk.post(f"{where}/upload", {"file": file})
        batch = Batch.objects.get()
        assert answer.url == f"/staff/direct-billing/batches/{batch.pk}"
        assert "hx-get" in page(desk, f"{answer.url}/progress")
        jobs.run_batch(batch.pk)
        assert "费用明细" in page(desk, answer.url)
        assert desk.get(f"{answer.url}/progress").headers["HX-Refresh"] == "true"
        assert desk.get(f"{answer.url}/problems").content[:2] == b"PK"
        assert desk.get(f"{where}/statement?month=2026-03").content[:2] == b"PK"
        assert desk.get("/staff/direct-billing/template").content[:2] == b"PK"
        assert "810" in page(desk, f"{where}?month=2026-03") or "已结算" in page(desk, where)
        assert desk.post(f"{where}/upload", {}).status_code == 422

    def test_a_new_keys_secret_is_shown_this_once(self, hospital, desk):
        where = f"/staff/direct-billing/partners/{hospital.id}"
        shown = desk.post(f"{where}/key", {"scope": ["visits"]}).content.decode()
        assert "只显示这一次" in shown
        assert desk.post(f"{where}/key", {}).status_code == 422
        assert (
            desk.post(f"{where}/change", {"limit": "1,000.00", "active": "on"}).status_code == 302
        )
        assert desk.post(f"{where}/change", {"limit": "abc"}).status_code == 422

    def test_another_branch_finds_nothing(self, hospital):
        _, actor = make.colleague(make.office(), "TEAM_LEAD", "OPERATOR")
        browser = signed_in(actor)
        assert "第一人民医院" not in page(browser, "/staff/direct-billing")
        page(browser, f"/staff/direct-billing/partners/{hospital.id}", 404)


class TestPhone:
    def test_a_patient_agrees_follows_the_visit_and_withdraws(self, hospital):
        person = hospital.patient(agreed=False)
        browser = signed_in(Ref("party", person.id))
        code = hospital.row.provider.code
        shown = page(browser, f"/c/direct-billing/{code}")
        assert "医疗直付授权书" in shown
        assert browser.post(f"/c/direct-billing/{code}", {"direct": "on"}).status_code == 422
        version, _ = queries.authorisation_text()
        told = {"direct": "on", "health": "on", "fetch": "on", "version": version}
        assert browser.post(f"/c/direct-billing/{code}", told).status_code == 302
        hospital.settle(hospital.admit(person))
        visit = queries.visits_of_customer(person.id)[0]
        assert "190.00" in page(browser, f"/c/direct-billing/visits/{visit.id}")
        assert "第一人民医院" in page(browser, "/c/direct-billing")
        given = Authorisation.objects.get()
        assert browser.post(f"/c/direct-billing/agreed/{given.pk}/withdraw").status_code == 302
        assert not queries.has_authorised(person.id, hospital.id)

    def test_a_stranger_sees_nothing_of_it(self, hospital):
        person = hospital.patient()
        hospital.settle(hospital.admit(person))
        visit = queries.visits_of_customer(person.id)[0]
        browser = signed_in(Ref("party", make.party(hospital.office)))
        page(browser, f"/c/direct-billing/visits/{visit.id}", 404)
        page(browser, "/c/direct-billing/NOBODY", 404)
        given = Authorisation.objects.get()
        assert browser.post(f"/c/direct-billing/agreed/{given.pk}/withdraw").status_code == 404

    def test_a_patient_whose_hospital_is_paid_is_asked_for_no_account(self, hospital):
        person = hospital.patient()
        make.account(person.id)  # of their own, and not wanted
        hospital.settle(hospital.admit(person))
        claim = Claim.objects.get()
        browser = signed_in(Ref("party", person.id))
        account = people.list_accounts(hospital.party)[0].masked_number

        def seen():
            shown = page(browser, f"/c/claims/{claim.pk}")
            assert account not in shown
            assert f"/c/claims/{claim.pk}/account" not in shown
            assert "收款银行卡" not in shown
            return shown

        assert "正在付给第一人民医院" in seen()
        assert "直接付给对方，不用您的账户" in seen()
        due = payments.take_due(at=make.NOON)
        payments.record_answer(
            payout_id=due.id, answer=bank.Answer("REJECTED", "B1", "NAME_MISMATCH"), at=make.NOON
        )
        journal.run_reactions(at=make.NOON)
        claim.refresh_from_db()
        assert claim.state == "PAYOUT_PROBLEM"
        assert "银行退回了付给第一人民医院的款" in seen()
        assert "您不用做什么" in seen()
        assert "我们正在与收款方核对账户" in page(browser, "/c/claims")
        assert not Message.objects.filter(template="claims.payout_failed").exists()
        Claim.objects.filter(pk=claim.pk).update(state="PAID")
        assert "已付给第一人民医院" in seen()
