"""保全 at the counter, on the telephone, and at the desk; and the agent's mobile counter."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.documents.papers import picture
from tests.make import NOON
from tests.servicing.hall import Hall
from tests.servicing.test_confirm_request import people_identity
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.kernel.days import CHINA
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations.models import Clock
from yilu.people import queries as people
from yilu.policies.models import Policy
from yilu.servicing import operations as servicing
from yilu.servicing.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False) as traveller:
        yield traveller


@pytest.fixture
def hall():
    return Hall(
        product_code="whole-life", sum_insured=Decimal(200_000), premium=Decimal("8000.00"),
        effective_on=date(2022, 3, 1), pay_years=10, with_social_insurance=False,
    )  # fmt: skip


@pytest.fixture
def desk(hall):
    return signed_in(hall.actor)


def digest(page: str) -> str:
    return re.search(r'name="digest" value="(\w+)"', page)[1]


class TestCounter:
    def test_serves_a_customer_from_the_form_to_the_effect(self, hall, desk):
        page = text(desk.get(f"/staff/servicing/for/{hall.lin}"))
        assert "变更受益人" in page
        form = {"region": "浙江省杭州市", "street": "文三路 100 号 3 幢"}
        page = text(
            desk.post(f"/staff/servicing/for/{hall.lin}/contact_address", form, follow=True)
        )
        assert "人证一致，已核对" in page
        assert "客户已签字确认，提交" not in page
        request_id = Request.objects.get().pk
        path = f"/staff/servicing/{request_id}"
        page = text(desk.post(f"{path}/seen", {"proof": "FACE"}, follow=True))
        page = text(desk.post(f"{path}/confirm", {"digest": digest(page)}, follow=True))
        assert "办理完成" in page
        assert people.postal_address(hall.lin)

    def test_serves_a_caller_whose_identity_fits(self, hall, desk):
        party = people.get_party(hall.lin)
        desk.post(f"/staff/servicing/for/{hall.lin}/contact_phone", {"phone": make.mobile()})
        path = f"/staff/servicing/{Request.objects.get().pk}"
        told = {"identity_tail": "123456", "birth_date": party.birth_date.isoformat()}
        answer = desk.post(f"{path}/caller", told)
        assert (answer.status_code, "核身信息不符" in text(answer)) == (409, True)
        told["identity_tail"] = people_identity(hall.lin)[-6:]
        page = text(desk.post(f"{path}/caller", told, follow=True))
        assert "请客户看着手机念给您听" in page
        hall.phone_proved(Request.objects.get().pk)
        page = text(desk.get(path))
        page = text(desk.post(f"{path}/confirm", {"digest": digest(page)}, follow=True))
        assert "电话核对身份信息" in page
        assert "由另一位同事听录音复核" in page
        assert Request.objects.get().state == "IN_REVIEW"

    def test_gives_a_customer_who_lost_their_phone_another(self, hall, desk):
        page = text(desk.get(f"/staff/customers/{hall.lin}"))
        assert "手机丢了或换了号" in page
        new = make.mobile()
        page = text(
            desk.post(f"/staff/servicing/for/{hall.lin}/contact_phone", {"phone": new}, follow=True)
        )
        path = f"/staff/servicing/{Request.objects.get().pk}"
        assert "先核对身份，再向新手机号发送验证码" in page
        answer = desk.post(f"{path}/phone_code")
        assert (answer.status_code, "请先核对身份" in text(answer)) == (409, True)
        page = text(desk.post(f"{path}/seen", {"proof": "FACE"}, follow=True))
        assert "还差身份证件的照片" in page
        assert "客户已签字确认，提交" not in page
        photo = SimpleUploadedFile("身份证.png", picture(), "image/png")
        desk.post(f"{path}/papers", {"files": [photo]})
        desk.post(f"{path}/phone_code")
        code = hall.code("people.phone_proof")
        wrong = "000000" if code != "000000" else "111111"
        answer = desk.post(f"{path}/phone_verify", {"code": wrong})
        assert (answer.status_code, "验证码不正确，或已失效" in text(answer)) == (422, True)
        page = text(desk.post(f"{path}/phone_verify", {"code": code}, follow=True))
        assert "新手机号已验证" in page
        desk.post(f"{path}/confirm", {"digest": digest(page)})
        assert Request.objects.get().state == "DONE"
        assert people.get_contact(hall.me).phone.endswith(new)

    def test_gives_nobody_a_phone_without_the_right_or_from_another_branch(self, hall, desk):
        desk.post(f"/staff/servicing/for/{hall.lin}/contact_phone", {"phone": make.mobile()})
        path = f"/staff/servicing/{Request.objects.get().pk}"
        desk.post(f"{path}/seen", {"proof": "FACE"})
        seat = signed_in(Ref("staff", make.staff(hall.office, "CALL_AGENT")))
        auditor = signed_in(Ref("staff", make.staff(hall.office, "AUDITOR")))
        far = signed_in(Ref("staff", make.staff(make.office(), "SERVICING")))
        for act, told in (("phone_code", {}), ("phone_verify", {"code": "123456"})):
            assert seat.post(f"{path}/{act}", told).status_code == 403
            assert auditor.post(f"{path}/{act}", told).status_code == 403
            assert far.post(f"{path}/{act}", told).status_code in (403, 404)
            assert signed_in(hall.me).post(f"{path}/{act}", told).status_code in (302, 403)
            assert Client().post(f"{path}/{act}", told).status_code == 302
        assert "手机丢了或换了号" not in text(auditor.get(f"/staff/customers/{hall.lin}"))
        assert not Message.objects.filter(template="people.phone_proof").exists()
        assert Request.objects.get().phone_proved_at is None

    def test_leaves_the_confirmation_to_the_customers_phone(self, hall, desk):
        form = {"how": "LEGAL"}
        desk.post(f"/staff/servicing/for/{hall.lin}/beneficiaries?policy={hall.policy.id}", form)
        request_id = Request.objects.get().pk
        desk.post(f"/staff/servicing/{request_id}/prepare")
        page = text(signed_in(hall.me).get(f"/c/requests/{request_id}"))
        assert "由陈经办代您填写" in page
        signed_in(hall.me).post(f"/c/requests/{request_id}/confirm", {"digest": digest(page)})
        assert Request.objects.get().state == "CONFIRMED"


class TestDesk:
    def test_accepts_and_approves_what_waits(self, hall, desk):
        request_id = hall.in_review()
        assert hall.row(request_id).number in text(desk.get("/staff/servicing"))
        path = f"/staff/servicing/{request_id}"
        page = text(desk.post(f"{path}/accept", follow=True))
        desk.post(f"{path}/approve", {"digest": digest(page)})
        assert Request.objects.get().state == "DONE"
        assert hall.row(request_id).number in text(desk.get("/staff/servicing?which=ended"))

    def test_asks_for_papers_once_and_explains_a_delay(self, hall, desk):
        path = f"/staff/servicing/{hall.in_review()}"
        page = text(desk.post(f"{path}/missing", {"missing": ["户口簿", ""]}, follow=True))
        assert "已一次性告知，等客户补交：户口簿" in page
        page = text(desk.post(f"{path}/delay", {"words": "等派出所回函，周五前办完"}, follow=True))
        assert Request.objects.get().delay == "等派出所回函，周五前办完"

    def test_refuses_with_reasons_only(self, hall, desk):
        path = f"/staff/servicing/{hall.in_review()}"
        assert desk.post(f"{path}/refuse", {"reasons": " "}).status_code == 422
        desk.post(f"{path}/refuse", {"reasons": "证明与登记信息不符\n请先更正姓名"})
        assert Request.objects.get().reasons == ["证明与登记信息不符", "请先更正姓名"]

    def test_shows_no_decision_to_those_who_may_not_decide(self, hall):
        request_id = hall.in_review()
        _access, counter = make.colleague(hall.office, "COUNTER")
        page = text(signed_in(counter).get(f"/staff/servicing/{request_id}"))
        assert "审批通过" not in page
        assert "不予办理并发通知书" not in page
        path = f"/staff/servicing/{request_id}/approve"
        assert signed_in(counter).post(path, {"digest": "x"}).status_code == 403


class TestAgent:
    @pytest.fixture
    def wei(self, hall):
        return signed_in(Ref("agent", hall.agent))

    def test_prepares_and_the_customer_confirms_on_their_own_device(self, hall, wei):
        assert "变更受益人" in text(wei.get(f"/agent/customers/{hall.lin}/services"))
        path = f"/agent/customers/{hall.lin}/services/contact_address"
        form = {"region": "浙江省杭州市", "street": "文三路 100 号 3 幢"}
        page = text(wei.post(path, form, follow=True))
        assert "您不能代客户确认，也不经手钱款" in page
        assert "确认提交" not in page
        request_id = Request.objects.get().pk
        wei.post(f"/agent/requests/{request_id}/prepare")
        assert "等客户确认" in text(wei.get(f"/agent/requests/{request_id}"))
        assert people.postal_address(hall.lin) == ""

        lin = signed_in(hall.me)
        page = text(lin.get(f"/c/requests/{request_id}"))
        assert "由魏代理代您填写" in page
        lin.post(f"/c/requests/{request_id}/confirm", {"digest": digest(page)})
        assert people.postal_address(hall.lin)

    def test_cannot_confirm(self, hall, wei):
        access = people.agent_access(hall.agent)
        form = {"region": "浙江省杭州市", "street": "文三路 100 号 3 幢"}
        act = {"actor": Ref("agent", hall.agent), "at": NOON, "by": access}
        request_id = hall.start("contact_address", form, door="AGENT", **act)
        shown = servicing.quote_request(request_id=request_id, **act).digest
        with pytest.raises(servicing.RequestNotFound):
            servicing.confirm_request(request_id=request_id, digest=shown, **act)
        assert hall.row(request_id).state == "DRAFT"

    def test_of_another_customer_sees_nothing(self, hall):
        other = signed_in(Ref("agent", make.agent(hall.office)))
        assert other.get(f"/agent/customers/{hall.lin}/services").status_code == 404
        request_id = hall.in_review()
        assert other.get(f"/agent/requests/{request_id}").status_code == 404


@pytest.mark.parametrize(("handed_in", "says"), [(False, "请客户签名"), (True, "这件不用再签")])
def test_nobody_is_asked_by_video_to_sign_what_is_signed(hall, handed_in, says):
    asked = (
        hall.in_review()
        if handed_in
        else hall.start("agent_change", {"reason": "MOVED", "agent": "OFFICE"})
    )
    seat = signed_in(Ref("staff", make.staff(hall.office, "SERVICING")))
    page = text(seat.post("/staff/video/ask", {"about": f"servicing_request:{asked}"}, follow=True))
    assert says in page


class TestALetterThatAsksForTheMoneyBack:
    """E30: sums and thirty days from our receipt, not from the evening somebody opened the post."""

    def test_counts_from_the_day_it_came(self, hall, desk):
        path = f"/staff/servicing/for/{hall.lin}/surrender?policy={hall.policy.id}"
        assert "犹豫期、退还金额和办理期限都按那一天算" in text(desk.get(path))
        told = {"account_id": str(hall.account), "reason": "MONEY", "received_on": "2026-02-20"}
        answer = desk.post(path, told | {"received_why": ""})
        assert (answer.status_code, "请写明补录的原因" in text(answer)) == (422, True)
        assert "请从日历中选择" in text(desk.post(path, told | {"received_on": "昨天"}))
        assert not Request.objects.exists()
        page = text(desk.post(path, told | {"received_why": "来信在收发室放了几天"}, follow=True))
        assert "2026年2月20日" in page
        assert "received_on=2026-02-20" in page
        row = Request.objects.get()
        assert (row.received_on, row.received_why) == (date(2026, 2, 20), "来信在收发室放了几天")
        acts = f"/staff/servicing/{row.pk}"
        page = text(desk.post(f"{acts}/seen", {"proof": "FACE"}, follow=True))
        desk.post(f"{acts}/confirm", {"digest": digest(page)}, follow=True)
        thirty = Clock.objects.get(subject=str(row.ref), code="law.surrender_30_days")
        assert thirty.due_at.astimezone(CHINA).date() == date(2026, 3, 22)

    def test_may_have_come_while_it_could_still_be_returned(self, hall, desk):
        Policy.objects.filter(pk=hall.policy.id).update(received_on=date(2026, 2, 10))
        path = f"/staff/servicing/for/{hall.lin}/cooling_off?policy={hall.policy.id}"
        page = text(desk.get(path))
        assert "犹豫期已于" in page
        assert "按收到日再看" in page
        assert "account_id" not in page
        page = text(desk.get(f"{path}&received_on=2026-02-25"))
        assert "account_id" in page
        assert 'value="2026-02-25"' in page
        assert "account_id" not in text(desk.get(f"{path}&received_on=2026-02-26"))
        page = text(desk.get(f"{path}&received_on=0001-01-01"))
        assert "收到日不能早于九十天前" in page
