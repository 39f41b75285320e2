"""Batches, returned payments, money that is to come back, statements as files, and the audit of money."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import make
from tests.gateways import bank_files as files
from tests.payments.test_recover import opened
from yilu.audit import operations as audit
from yilu.audit.models import MoneyDifference, MoneyRun
from yilu.gateways.bank import Answer
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import operations
from yilu.payments.models import BankCredit, BankFile, Batch, Payout, Receivable
from yilu.policies.models import Policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_file(settings, tmp_path):
    settings.BANK_FILES, settings.FILES = "all", tmp_path
    settings.BANK_ACCOUNT = f"{files.ACCOUNT}|ICBC"


@pytest.fixture
def owed(people):
    """A payment that waits for a file."""
    party_id = make.party(people.head)
    return Payout.objects.get(pk=make.payout(party_id, amount=Decimal("810.00")))


def xml(content):
    return {"file": SimpleUploadedFile("bank.xml", content, content_type="application/xml")}


def text(answer):
    return answer.content.decode()


def made(desk):
    answer = desk.payer.client.post(reverse("staff:batches"))
    assert answer.status_code == 302, text(answer)
    return Batch.objects.get()


class TestBatches:
    def test_from_waiting_to_the_banks_answer(self, desk, owed):
        client = desk.payer.client
        assert "810.00" in text(client.get(reverse("staff:batches")))
        batch = made(desk)
        page = text(client.get(reverse("staff:batch", args=[batch.pk])))
        assert batch.message_id in page
        file = client.post(reverse("staff:batch_file", args=[batch.pk]))
        assert owed.bank_key.hex.encode() in file.content
        assert file.headers["Cache-Control"] == "no-store"

        report = files.report((owed.bank_key.hex, "RJCT", "AC04", None), of=batch.message_id)
        answer = client.post(reverse("staff:batch_answer"), xml(report), follow=True)
        assert "退回 1 笔" in text(answer)
        assert "RJCT AC04" in text(answer)
        payment = text(client.get(reverse("staff:payout", args=[owed.pk])))
        assert "银行还没有发来通知" not in payment
        assert f'href="{reverse("staff:batch", args=[batch.pk])}"' in payment
        again = client.post(reverse("staff:batch_answer"), xml(report))
        assert again.status_code == 409
        assert "已经处理过" in text(again)

    def test_a_second_person_releases_above_the_limit(self, desk, owed, people, settings):
        settings.BANK_FILES_FOUR_EYES = "100"
        batch = made(desk)
        url = reverse("staff:batch_release", args=[batch.pk])
        assert desk.payer.client.post(url).status_code == 403
        from tests.web.signing import signed_in

        other = signed_in(Ref("staff", make.staff(people.head, "PAYMENTS")))
        assert other.post(url).status_code == 302
        batch.refresh_from_db()
        assert batch.state == "READY"

    def test_discarding_says_why(self, desk, owed):
        batch = made(desk)
        url = reverse("staff:batch_discard", args=[batch.pk])
        assert desk.payer.client.post(url).status_code == 422
        assert desk.payer.client.post(url, {"note": "付款日选错"}).status_code == 302
        owed.refresh_from_db()
        assert owed.state == "REQUESTED"

    def test_says_what_is_wrong_with_a_file(self, desk):
        answer = desk.payer.client.post(reverse("staff:batch_answer"), xml(b"<x/>"))
        assert answer.status_code == 422
        assert "不是" in text(answer)
        assert desk.payer.client.post(reverse("staff:batch_answer")).status_code == 422

    def test_is_for_the_payments_desk(self, kept_out):
        kept_out(reverse("staff:batches"))
        kept_out(reverse("staff:batches"), method="post")
        kept_out(reverse("staff:batch_answer"), method="post")


class TestReturned:
    @pytest.fixture
    def rejected(self, owed, settings):
        settings.BANK_FILES = ""
        operations.take_due(at=make.NOON)
        operations.record_answer(
            payout_id=owed.pk, answer=Answer("REJECTED", "R", "NAME_MISMATCH"),
            at=make.NOON - timedelta(days=4),
        )  # fmt: skip
        return owed

    def test_says_why_how_long_and_what_next(self, desk, rejected):
        page = text(desk.payer.client.get(reverse("staff:returned")))
        assert "户名与账号不符" in page
        assert "4 天" in page
        assert "换成本人名下" in page

    def test_asking_about_something_else_than_a_claim_is_refused(self, desk, rejected):
        answer = desk.payer.client.post(reverse("staff:payout_ask_account", args=[rejected.pk]))
        assert answer.status_code == 404

    def test_says_whether_the_customer_was_asked(self, desk, people, settings):
        settings.BANK_FILES = ""
        held = make.claim_in_review(office_id=people.head)
        lost = make.payout(make.party(people.head), about=held.ref)
        operations.take_due(at=make.NOON)
        operations.record_answer(
            payout_id=lost, answer=Answer("REJECTED", "R", "OTHER"), at=make.NOON
        )
        client, url = desk.payer.client, reverse("staff:returned")
        assert "还没有请客户更正" in text(client.get(url))

        assert client.post(reverse("staff:payout_ask_account", args=[lost])).status_code == 302
        page = text(client.get(url))
        assert "已请客户更正" in page
        assert "再请客户更正" in page
        assert "还没有请客户更正" not in page

    def test_of_another_branch_is_not_shown(self, desk, rejected):
        page = text(desk.branch_payer.client.get(reverse("staff:returned")))
        assert "户名与账号不符" not in page


class TestReceivables:
    @pytest.fixture
    def due(self, people):
        return Receivable.objects.get(pk=opened(make.party(people.head)))

    def test_says_how_much_came_back_as_money(self, desk, due):
        page = desk.payer.client.get(f"/staff/payments/receivables/{due.pk}").content.decode()

        assert "¥0.00 / ¥" in page

    def test_lists_and_shows_one(self, desk, due):
        client = desk.payer.client
        assert due.reference in text(client.get(reverse("staff:receivables")))
        assert due.reference not in text(client.get(reverse("staff:receivables") + "?group=ENDED"))
        page = text(client.get(reverse("staff:receivable", args=[due.pk])))
        assert "赔付金额多付" in page
        assert "核销余额" not in page

    def test_of_another_branch_is_not_found(self, desk, due):
        url = reverse("staff:receivable", args=[due.pk])
        assert desk.branch_payer.client.get(url).status_code == 404

    def test_a_lead_writes_off(self, desk, due):
        url = reverse("staff:receivable_write_off", args=[due.pk])
        assert desk.payer.client.post(url, {"note": "算了"}).status_code == 403
        assert desk.lead.client.post(url).status_code == 422
        assert desk.lead.client.post(url, {"note": "还款人已故，无遗产"}).status_code == 302
        due.refresh_from_db()
        assert due.state == "WRITTEN_OFF"

    def test_asking_again_the_same_day_changes_nothing(self, desk, due):
        url = reverse("staff:receivable_ask", args=[due.pk])
        assert desk.payer.client.post(url).status_code == 302
        due.refresh_from_db()
        assert due.asked_times == 1


class TestStatement:
    def take_in(self, desk, *entries, **given):
        content = files.statement(*entries, day="2026-03-03", **given)
        return desk.payer.client.post(reverse("staff:statement_file"), xml(content), follow=True)

    def test_what_came_in_is_claimed(self, desk, people):
        due = Receivable.objects.get(pk=opened(make.party(people.head)))
        page = self.take_in(desk, files.entry("C1", "300.00", credit=True, payer="林客户"))
        assert "待认领的入账" in text(page)
        assert "林客户" not in text(page)
        credit = BankCredit.objects.get()
        claim = reverse("staff:credit_claim", args=[credit.pk])
        assert desk.payer.client.post(claim, {"reference": "RF12"}).status_code == 404
        assert desk.payer.client.post(claim, {"reference": due.reference}).status_code == 302
        due.refresh_from_db()
        assert due.state == "REPAID"

    def test_a_file_that_does_not_add_up_is_refused_with_the_figures(self, desk):
        page = self.take_in(desk, closing="1.00")
        assert page.status_code == 422
        assert "不等于期末余额" in text(page)
        assert not BankFile.objects.exists()

    def test_the_picture_has_a_figure_a_day(self, desk):
        answer = desk.payer.client.get(reverse("staff:reconciliation_chart")).json()
        assert len(answer["names"]) == 14
        assert [len(s["data"]) for s in answer["series"]] == [14, 14]


class TestMoneyAudit:
    def test_the_auditor_starts_a_run_and_sees_it(self, desk):
        url = reverse("staff:money_audit")
        assert "还没有稽核过" in text(desk.auditor.client.get(url))
        assert desk.auditor.client.post(reverse("staff:money_audit_start")).status_code == 302
        assert MoneyRun.objects.count() == 2  # claims, and the books of policies
        under_way = text(desk.auditor.client.get(reverse("staff:money_audit_progress")))
        assert "正在复算赔案" in under_way
        assert "正在核对保单" in under_way

    def test_a_difference_of_a_policy_is_read_taken_along_and_explained(self, desk, people):
        policy = make.policy(people.head)
        Policy.objects.filter(pk=policy.id).update(loan_owed=Decimal("10.00"))
        run_id = audit.start_money_audit(actor=SYSTEM, at=make.NOON, scope=audit.POLICIES)
        audit.audit_batch(run_id=run_id, at=make.NOON)
        found = MoneyDifference.objects.get()
        client, url = desk.auditor.client, reverse("staff:money_difference", args=[found.pk])
        assert policy.number in text(client.get(reverse("staff:money_audit") + "?scope=POLICIES"))
        assert policy.number not in text(client.get(reverse("staff:money_audit") + "?scope=CLAIMS"))
        page = text(client.get(url))
        for words in (policy.number, "保单登记的借款与借款账户不符", "10.00", "承保保险费"):
            assert words in page
        book = ZipFile(BytesIO(client.get(reverse("staff:money_audit_export")).content))
        told = book.read("xl/sharedStrings.xml").decode()
        assert "保单登记的借款与借款账户不符" in told
        assert policy.number in told

        explain = reverse("staff:money_audit_explain", args=[found.pk])
        assert client.post(explain, {"explanation": "不"}).status_code == 422
        assert client.post(explain, {"explanation": "人工补录有误，已更正。"}).status_code == 302
        assert "人工补录有误，已更正。" in text(client.get(url))
        assert desk.payer.client.get(url).status_code == 403

    def test_recordings_are_read_for_some_days_and_no_more_when_stopped(self, desk):
        client, read = desk.auditor.client, reverse("staff:audit_recordings_read")
        for wrong in ({"first": "2026-03-02", "last": "2026-03-01"}, {"first": "yesterday"}):
            assert client.post(read, wrong).status_code == 422
        assert client.post(read, {"first": "2026-03-01"}).status_code == 302
        assert client.post(read).status_code == 409
        page = text(client.get(reverse("staff:money_audit_progress")))
        assert "正在读取录音录像" in page
        run = MoneyRun.objects.get()
        assert client.post(reverse("staff:audit_recordings_stop", args=[run.pk])).status_code == 302
        page = text(client.get(reverse("staff:money_audit")))
        assert "中途停止，没有读完" in page
        assert "2026年3月1日 起录制的" in page
        assert desk.payer.client.post(read).status_code == 403

    def test_a_difference_that_is_none_is_not_found(self, desk):
        url = reverse("staff:money_audit_explain", args=[999])
        assert desk.auditor.client.post(url, {"explanation": "没有这样的差异"}).status_code == 404

    def test_is_for_auditors(self, kept_out, desk):
        kept_out(reverse("staff:money_audit"))
        kept_out(reverse("staff:money_audit_start"), method="post")
        assert desk.payer.client.get(reverse("staff:money_audit")).status_code == 403


@pytest.mark.parametrize(
    ("name", "args", "method"),
    [
        ("batches", [], "get"), ("batch", [1], "get"), ("batch_release", [1], "post"),
        ("batch_discard", [1], "post"), ("batch_file", [1], "post"), ("returned", [], "get"),
        ("payout_ask_account", [1], "post"), ("receivables", [], "get"), ("receivable", [1], "get"),
        ("receivable_ask", [1], "post"), ("receivable_write_off", [1], "post"),
        ("statement_file", [], "post"), ("reconciliation_chart", [], "get"), ("credit_claim", [1], "post"),
        ("credit_set_aside", [1], "post"), ("money_audit", [], "get"), ("money_audit_progress", [], "get"),
        ("money_audit_explain", [1], "post"), ("money_difference", [1], "get"), ("money_audit_export", [], "get"),
    ],
)  # fmt: skip
def test_strangers_stay_out(name, args, method, kept_out):
    kept_out(reverse(f"staff:{name}", args=args), method=method)
