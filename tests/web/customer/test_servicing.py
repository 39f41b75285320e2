"""保全大厅 in the customer's hand: found, quoted, proved, confirmed, agreed to, watched."""

import re
from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.documents.papers import picture
from tests.servicing.hall import Hall
from tests.web.pages import assert_same_words, text
from tests.web.signing import signed_in
from yilu.people import queries as people
from yilu.servicing import queries
from yilu.servicing.models import Request
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    """A contract that has something of everything: a value, premiums to come, somebody paid at a death."""
    return Hall(
        product_code="whole-life", sum_insured=Decimal(200_000), premium=Decimal("8000.00"),
        effective_on=date(2022, 3, 1), pay_years=10, with_social_insurance=False,
    )  # fmt: skip


@pytest.fixture
def lin(hall):
    return signed_in(hall.me)


def digest(page: str) -> str:
    return re.search(r'name="digest" value="(\w+)"', page)[1]


class TestHall:
    def test_shows_every_kind_with_nothing_folded_away(self, hall, lin):
        page = text(lin.get("/c/services"))
        for group in queries.hall():
            for kind in group.kinds:
                assert f'href="/c/services/{kind.code}"' in page, kind.code
        assert "<details" not in page

    def test_surrender_takes_as_many_taps_as_a_loan(self, hall, lin):
        """E42: no hidden entry. Both stand on the same page, neither below more."""
        wanted = {"surrender", "policy_loan"}
        for start in ("/c/services", f"/c/services?policy={hall.policy.id}"):
            page = text(lin.get(start))
            for code in wanted:
                assert f"/c/services/{code}" in page, (start, code)

    def test_of_a_policy_lists_what_can_be_asked_of_it(self, hall, lin):
        page = text(lin.get(f"/c/services?policy={hall.policy.id}"))
        assert "变更受益人" in page
        assert "变更手机号" not in page
        assert_same_words(
            signed_in(hall.insured).get("/c/services?policy=99999999"),
            lin.get("/c/services?policy=99999999"),
        )


class TestAsking:
    def test_goes_from_the_form_to_the_effect(self, hall, lin):
        form = {"region": "浙江省杭州市", "street": "文三路 100 号 3 幢"}
        answer = lin.post("/c/services/contact_address", form, follow=True)
        page = text(answer)
        assert "先看清楚，再确认" in page
        request = Request.objects.get()
        answer = lin.post(
            f"/c/requests/{request.pk}/confirm", {"digest": digest(page)}, follow=True
        )
        assert "办理完成" in text(answer)
        assert people.postal_address(hall.lin)
        assert "变更通讯地址" in text(lin.get("/c/requests"))

    def test_says_beside_the_field_what_cannot_be_right_and_keeps_the_rest(self, hall, lin):
        answer = lin.post("/c/services/contact_address", {"region": "浙江省", "street": ""})
        assert answer.status_code == 422
        assert "请填写：街道" in text(answer)
        assert 'value="浙江省"' in text(answer)
        assert not Request.objects.exists()

    def test_never_wants_of_the_page_what_hangs_on_another_answer(self, hall, lin):
        """What a script hides cannot be filled in: the operation says where it is missing."""
        path = f"/c/services/beneficiaries?policy={hall.policy.id}"
        for name in ("premium_account", "reminders", "survival_option"):
            page = text(lin.get(f"/c/services/{name}?policy={hall.policy.id}"))
            for part in re.findall(r'data-only-if="[^"]+">(.*?)</fieldset>', page, re.DOTALL):
                assert " required" not in part, name
        answer = lin.post(path, {"how": "NAMED"})
        assert answer.status_code == 422
        assert not Request.objects.filter(confirmed_at__isnull=False).exists()

    def test_of_beneficiaries_waits_for_the_insured(self, hall, lin):
        form = {
            "how": "NAMED", "shares-0-name": "陈新人", "shares-0-identity": make.resident_id(),
            "shares-0-ordinal": "1", "shares-0-share": "100",
        }  # fmt: skip
        path = f"/c/services/beneficiaries?policy={hall.policy.id}"
        page = text(lin.post(path, form, follow=True))
        assert "陈新人 100%" in page
        request = Request.objects.get()
        lin.post(f"/c/requests/{request.pk}/confirm", {"digest": digest(page)})
        assert "等被保险人同意" in text(lin.get(f"/c/requests/{request.pk}"))

        su = signed_in(hall.insured)
        assert "等您同意" in text(su.get("/c/services"))
        assert "需要您本人决定" in text(su.get(f"/c/requests/{request.pk}"))
        assert su.post(f"/c/requests/{request.pk}/confirm", {"digest": "x"}).status_code == 404
        su.post(f"/c/requests/{request.pk}/agree")
        assert Request.objects.get().state == "DONE"

    def test_who_may_not_ask_is_told_who_may(self, hall):
        answer = signed_in(hall.insured).get(f"/c/services/beneficiaries?policy={hall.policy.id}")
        assert "须由投保人申请" in text(answer)

    def test_money_and_accounts_need_the_code_again(self, hall, lin):
        form = {"pay_method": "SELF"}
        page = text(
            lin.post(f"/c/services/premium_account?policy={hall.policy.id}", form, follow=True)
        )
        assert "获取验证码" in page
        assert "确认提交" not in page
        request = Request.objects.get()
        lin.post(f"/c/requests/{request.pk}/code")
        answer = lin.post(f"/c/requests/{request.pk}/verify", {"code": hall.code()}, follow=True)
        assert "确认提交" in text(answer)

    @pytest.mark.parametrize("card", [True, False])
    def test_a_card_that_was_chosen_is_debited_and_nothing_more_is_asked(self, hall, lin, card):
        hall.lapse(owed=8000)
        way = f"/c/services/reinstatement?policy={hall.policy.id}"
        assert way in text(lin.get(f"/c/services/policy_loan?policy={hall.policy.id}"))
        form = {"health": "SAME", "true": "yes", "account_id": str(hall.account) if card else ""}
        asked = lin.post(f"/c/services/reinstatement?policy={hall.policy.id}", form, follow=True)
        assert "−" not in re.search(r"补交保险费.*?</dd>", text(asked), re.DOTALL)[0]
        request = Request.objects.get()
        lin.post(f"/c/requests/{request.pk}/code")
        page = text(
            lin.post(f"/c/requests/{request.pk}/verify", {"code": hall.code()}, follow=True)
        )
        waiting = text(
            lin.post(f"/c/requests/{request.pk}/confirm", {"digest": digest(page)}, follow=True)
        )

        assert Request.objects.get().state == "WAITING_MONEY"
        assert ("正在扣款" in waiting, "去支付" in waiting) == (card, not card)

    def test_papers_are_handed_in_on_the_page(self, hall, lin):
        from django.core.files.uploadedfile import SimpleUploadedFile

        request_id = hall.start("particulars", {"reason": "RENAMED", "name": "林新名"})
        path = f"/c/requests/{request_id}"
        assert "还差资料" in text(lin.get(path))
        file = SimpleUploadedFile("身份证.png", picture(), "image/png")
        page = text(lin.post(f"{path}/paper", {"files": file}, follow=True))
        assert "身份证.png" in page
        lin.post(f"{path}/code")
        page = text(lin.post(f"{path}/verify", {"code": hall.code()}, follow=True))
        lin.post(f"{path}/confirm", {"digest": digest(page)})
        assert "资料审核中" in text(lin.get(path))


class TestLoan:
    def test_says_what_comes_next_and_the_day_as_people_write_it(self):
        hall = Hall(
            product_code="whole-life", sum_insured=Decimal(500_000), premium=Decimal(15_000),
            pay_years=20, effective_on=date(2016, 3, 4), with_social_insurance=False, rated_age=30,
            rated_sex="FEMALE",
        )  # fmt: skip
        lin = signed_in(hall.me)
        form = {"amount": "1000", "account_id": str(hall.account)}
        lin.post(f"/c/services/policy_loan?policy={hall.policy.id}", form, follow=True)
        path = f"/c/requests/{Request.objects.get().pk}"
        lin.post(f"{path}/code")
        page = text(lin.post(f"{path}/verify", {"code": hall.code()}, follow=True))
        lent = text(lin.post(f"{path}/confirm", {"digest": digest(page)}, follow=True))
        assert re.search(r"到期日</dt><dd>\d{4}年\d+月\d+日</dd>", lent)
        assert "到期前我们会提醒您" in lent
        assert 'href="/c/services/loan_repayment"' in lent


class TestBeyondSelfService:
    def test_keeps_the_form_and_offers_the_next_way(self):
        hall = Hall(
            product_code="whole-life", sum_insured=Decimal(5_000_000), premium=Decimal(150_000),
            pay_years=20, effective_on=date(2016, 3, 4), with_social_insurance=False, rated_age=30,
            rated_sex="FEMALE",
        )  # fmt: skip
        lin = signed_in(hall.me)
        form = {"amount": "350000", "account_id": str(hall.account)}
        path = f"/c/services/policy_loan?policy={hall.policy.id}"
        page = text(lin.post(path, form, follow=True))
        assert "超过自助办理上限，换个方式接着办" in page
        assert "确认提交" not in page
        request_id = Request.objects.get().pk
        page = text(lin.post(f"/c/requests/{request_id}/continue", {"way": "ADVISER"}, follow=True))
        assert "您选择了：专人联系。" in page
        assert hall.row(request_id).state == "DRAFT"
        assert Item.objects.get(queue_id="servicing.continue").state == "OPEN"
        wrong = lin.post(f"/c/requests/{request_id}/continue", {"way": "PIGEON"})
        assert wrong.status_code == 422


class TestStrangers:
    def test_cannot_tell_anothers_request_from_none(self, hall):
        request_id = hall.in_review()
        stranger = signed_in(_somebody(hall))
        for act in ("", "/confirm", "/withdraw", "/agree", "/code"):
            method = stranger.post if act else stranger.get
            assert_same_words(
                method(f"/c/requests/{request_id}{act}"), method(f"/c/requests/99999999{act}")
            )
        assert hall.row(request_id).state == "IN_REVIEW"


def _somebody(hall):
    from yilu.kernel.refs import Ref

    return Ref("party", make.party(hall.office))
