"""我的: cards, messages, preferences, privacy."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from tests import cast, make
from tests.web.pages import text
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.messaging.models import Preference
from yilu.people import operations as people_operations
from yilu.people import queries
from yilu.people.models import BankAccount, Consent, DataRequest
from yilu.policies.models import Policy

PAGES = [
    "/c/me",
    "/c/suggestions",
    "/c/me/accounts",
    "/c/me/accounts/add",
    "/c/messages",
    "/c/privacy",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_for_the_customer_alone(browsers, page):
    assert browsers.lin.get(page).status_code == 200
    for client in browsers.outsiders:
        assert client.get(page).url.startswith("/c/sign-in")


@pytest.mark.parametrize("page", ["/c/me/notify", "/c/privacy/consent", "/c/privacy/request"])
def test_changes_are_made_by_forms_and_by_the_customer_alone(browsers, page):
    assert browsers.lin.get(page).status_code == 405
    for client in browsers.outsiders:
        assert client.post(page, {}).status_code == 302


class TestCards:
    def card(self, **given):
        return {
            "bank_code": "ICBC",
            "number": make.card_number(),
            "holder_name": cast.LIN_NAME,
            "consent": "yes",
            **given,
        }

    def test_are_added_masked_and_lead_back(self, lin):
        told = self.card()
        answer = lin.post("/c/me/accounts/add", told | {"next": "/c/report?policy=1"})
        page = text(lin.get("/c/me/accounts"))

        assert answer.url == "/c/report?policy=1"
        assert told["number"][-4:] in page
        assert told["number"] not in page

    def test_are_kept_with_the_separate_consent_only(self, lin):
        told = self.card(consent="")
        refused = lin.post("/c/me/accounts/add", told)

        assert (refused.status_code, BankAccount.objects.count()) == (403, 0)
        assert "单独同意" in text(refused)
        assert lin.post("/c/me/accounts/add", {**told, "consent": "yes"}).status_code == 302
        assert Consent.objects.get(withdrawn_at=None).purpose == "FINANCIAL"
        assert "我已阅读，单独同意" not in text(lin.get("/c/me/accounts/add"))

    def test_never_lead_elsewhere(self, lin):
        answer = lin.post("/c/me/accounts/add", self.card() | {"next": "https://evil.example/"})

        assert answer.url == "/c/me/accounts"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"holder_name": "别人"},
            {"number": "123"},
            {"number": "6222020000000000001"},
            {"bank_code": "XX"},
        ],
    )
    def test_that_cannot_be_ones_own_are_refused(self, lin, wrong):
        assert lin.post("/c/me/accounts/add", self.card(**wrong)).status_code == 422
        assert not BankAccount.objects.exists()


class TestNotify:
    def test_is_kept(self, lin, people):
        lin.post("/c/me/notify", {"channel": "SMTP"})

        assert Preference.objects.get().channel == "SMTP"
        assert Preference.objects.get().recipient == f"party:{people.lin}"

    def test_refuses_a_channel_there_is_not(self, lin):
        assert lin.post("/c/me/notify", {"channel": "PIGEON"}).status_code == 422
        assert not Preference.objects.exists()


class TestPrivacy:
    def test_a_consent_is_given_and_taken_back_by_itself(self, lin, people):
        lin.post("/c/privacy/consent", {"purpose": "AGENT_COPY", "give": "1"})
        assert Consent.objects.get(withdrawn_at=None).purpose == "AGENT_COPY"

        lin.post("/c/privacy/consent", {"purpose": "AGENT_COPY", "give": "0"})
        assert not Consent.objects.filter(withdrawn_at=None).exists()

    def test_what_was_agreed_for_a_child_stands_there_and_is_taken_back_by_the_parent(
        self, lin, zhou, people
    ):
        child = make.party(
            make.office(), name="林小满", identity_number=make.resident_id(date(2020, 5, 1))
        )
        make.consent(child, "CHILD_DATA", given_by=people.lin)
        told = {"purpose": "CHILD_DATA", "child": str(child), "give": "0"}
        assert "林**" in text(lin.get("/c/privacy"))
        assert "林**" not in text(zhou.get("/c/privacy"))

        assert zhou.post("/c/privacy/consent", told).status_code == 404
        assert Consent.objects.get(party_id=child).withdrawn_at is None
        assert lin.post("/c/privacy/consent", told).status_code == 302
        assert Consent.objects.get(party_id=child).withdrawn_at is not None

    def test_a_purpose_there_is_not_is_refused(self, lin):
        assert lin.post("/c/privacy/consent", {"purpose": "X", "give": "1"}).status_code == 404
        assert lin.post("/c/privacy/consent", {"purpose": "X", "give": "0"}).status_code == 422

    def test_a_request_is_opened_once_and_taken_back_by_its_owner(self, lin, browsers):
        for note in ("生日应当是 1961-03-05", "别的"):
            lin.post("/c/privacy/request", {"kind": "CORRECT", "note": note})
        lin.post("/c/privacy/request", {"kind": "CORRECT"})

        asked = DataRequest.objects.get()
        assert asked.wish == "生日应当是 1961-03-05"
        assert "办理中" in text(lin.get("/c/privacy"))
        back = f"/c/privacy/request/{asked.pk}/back"
        assert browsers.zhou.post(back).status_code == 404
        lin.post(back)
        assert DataRequest.objects.get().state == "WITHDRAWN"

    def test_a_correction_without_words_is_told_on_the_page(self, lin):
        answer = lin.post("/c/privacy/request", {"kind": "CORRECT"}, follow=True)
        assert "请写明哪一项不对" in text(answer)
        assert not DataRequest.objects.exists()

    def test_the_copy_comes_at_once_without_whole_numbers(self, lin, people):
        account = make.account(people.lin)
        answer = lin.post("/c/privacy/copy")
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        cells = {
            str(c)
            for name in book.sheet_names
            for row in book.get_sheet_by_name(name).to_python()
            for c in row
        }

        assert cast.LIN_NAME in cells
        assert "138****5678" in cells
        whole = queries.get_payment_details(people.lin, account).number
        assert whole not in cells
        assert "13812345678" not in "".join(cells)
        assert Event.objects.get(kind="people.personal_data_exported").party_id == people.lin

    def test_who_looked_is_shown(self, lin, people):
        staff_id = make.staff(people.branch_a, "SERVICE_MANAGER", name="看了一眼")
        people_operations.unmask(
            actor=Ref("staff", staff_id),
            party_id=people.lin,
            field="phone",
            reason="CONTACT_CUSTOMER",
            at=make.NOON,
        )
        page = text(lin.get("/c/privacy"))

        assert "查看了手机号" in page
        assert "看了一眼" in page
        assert "联系客户" in page


class TestMessages:
    def test_are_the_customers_own(self, browsers, claim):
        from yilu.messaging.models import Message

        Message.objects.update(state="SENT", title="报案成功", text="已受理", sent_at=make.NOON)

        assert "报案成功" in text(browsers.lin.get("/c/messages"))
        assert "报案成功" not in text(browsers.zhou.get("/c/messages"))
        assert "还没有消息" in text(browsers.zhou.get("/c/messages"))
        assert browsers.lin.get("/c/messages?after=abc").status_code == 200

    @pytest.mark.parametrize(
        ("template", "about", "said", "place"),
        [
            ("claims.paid", "claim:7", "", "/c/claims/7"),
            ("underwriting.issued", "application:7", "", "/c/applications/7"),
            ("underwriting.plans", "needs:7", "", "/c/needs"),
            ("servicing.done", "servicing_request:7", "", "/c/requests/7"),
            ("servicing.account_needed", "servicing_request:7", "", "/c/me/accounts"),
            ("renewals.anniversary", "policy:7", "", "/c/policies/7"),
            ("renewals.paid", "premium_order:7", "", "/c/renewals"),
            ("complaints.received", "complaint:7", "", "/c/complaints/7"),
            ("claims.offered", "offer:7", "", "/c/offers/7"),
            ("people.data_request_answered", "data_request:7", "", "/c/privacy"),
            ("direct_billing.settled", "visit:7", "", "/c/direct-billing/visits/7"),
            ("voice.survey", "claim:7", "请点{here}/voice/s/abc 作答", "/voice/s/abc"),
            ("voice.survey", "claim:7", "请点{here}/nowhere/at/all", ""),
            ("care.visit_planned", "visit:999", "点开{here}/v/abc 可看", "/v/abc"),
            ("people.sign_in_code", "sign_in:7", "https://evil.example/v/abc", ""),
        ],
    )
    def test_lead_to_what_they_are_about(self, lin, claim, settings, template, about, said, place):
        from yilu.messaging.models import Message

        words = said.format(here=settings.PUBLIC_URL) or "请看"
        Message.objects.update(
            state="SENT",
            title="通知",
            text=words,
            sent_at=make.NOON,
            template=template,
            about=about,
        )
        page = " ".join(lin.get("/c/messages").text.split())
        assert set(re.findall(r'<a class="y-row y-letter-row" href="([^"]*)"', page)) == (
            {place} if place else set()
        )


class TestSuggestions:
    """给您的建议: nothing is worked out of somebody who did not agree to it, and each part can be turned off."""

    def test_each_part_is_there_while_agreed_to(self, people, lin):
        make.policy(
            people.branch_a,
            holder_id=people.lin,
            insured_id=people.lin,
            product_code="accident",
            sum_insured=Decimal(100_000),
        )
        before = text(lin.get("/c/suggestions"))
        assert "您没有同意接收推荐" in before
        assert "您没有同意用健康信息做提醒" in before
        assert "您本人在我们这里还没有" not in before

        for purpose in ("MARKETING", "HEALTH_CARE"):
            answer = lin.post(
                "/c/privacy/consent", {"purpose": purpose, "give": "1", "from": "suggestions"}
            )
            assert answer.url == "/c/suggestions"
        after = text(lin.get("/c/suggestions"))
        assert "您没有同意" not in after
        assert "没有要提醒的健康情况" in after
        assert "您本人在我们这里还没有重大疾病保障" in after

        lin.post("/c/privacy/consent", {"purpose": "MARKETING", "give": "0", "from": "suggestions"})
        assert "您没有同意接收推荐" in text(lin.get("/c/suggestions"))

    def test_what_ends_soon_is_said_to_everybody(self, people, lin):
        policy = make.policy(people.branch_a, holder_id=people.lin)
        Policy.objects.filter(pk=policy.id).update(ends_on=day_of(make.NOON) + timedelta(days=12))
        page = text(lin.get("/c/suggestions"))
        assert "还有 12 天到期" in page
        assert f"/c/policies/{policy.id}" in page
