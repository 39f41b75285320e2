from decimal import Decimal

import pytest

from tests import make
from tests.payments import till
from yilu.kernel import tx
from yilu.payments import operations as payments
from yilu.payments.models import Collection

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(people):
    made = tx.use_case(payments.request_collection)(
        key="order:7", payer_id=people.lin, method="WECHAT", amount=Decimal("366.00"),
        about=till.ABOUT, at=make.NOON,
    )  # fmt: skip
    return Collection.objects.get(pk=made)


def url(collection):
    return f"/c/pay/{collection.pk}"


def test_pays_by_a_wallet_and_sees_the_money_arrive(settings, collection, lin):
    page = lin.get(url(collection)).content.decode()
    assert "¥</span>366.00" in page
    assert "立即支付" in page
    assert "演示" not in page
    assert lin.post(url(collection), {"way": "ALIPAY."}).status_code == 302
    with till.practice(settings) as fake:
        till.send()
        working = lin.get(url(collection)).content.decode()
        assert "银行正在处理" in working
        assert "立即支付" not in working
        assert lin.get(url(collection) + "/live").status_code == 204
        till.hear_all(fake)
    assert lin.get(url(collection) + "/live").headers["HX-Refresh"] == "true"
    assert "已收到您的付款" in lin.get(url(collection)).content.decode()
    again = lin.post(url(collection), {"way": "ALIPAY."})
    assert again.status_code == 409
    assert Collection.objects.count() == 1


def test_a_failure_says_why_and_the_next_way_pays(settings, people, collection, lin):
    settings.DEMO = True
    assert "让练习银行怎样答复" in lin.get(url(collection)).content.decode()
    lin.post(url(collection), {"way": "WECHAT.", "rehearse": "INSUFFICIENT_FUNDS"})
    with till.practice(settings) as fake:
        till.send()
        till.hear_all(fake)
        page = lin.get(url(collection)).content.decode()
        assert "账户余额不够" in page
        assert "再付一次" in page
        card = make.account(people.lin)
        assert lin.post(url(collection), {"way": f"CARD.{card}"}).status_code == 302
        till.send(20)
        till.hear_all(fake, seconds=30)
    assert "已收到您的付款" in lin.get(url(collection)).content.decode()
    assert [c.state for c in Collection.objects.order_by("turn")] == ["FAILED", "COLLECTED"]


def test_a_strangers_card_and_no_way_at_all_are_refused(people, collection, lin):
    stranger = make.account(people.zhou)
    assert lin.post(url(collection), {"way": f"CARD.{stranger}"}).status_code == 404
    assert lin.post(url(collection), {}).status_code == 422
    assert lin.post(url(collection), {"way": "CARD.x"}).status_code == 404
    collection.refresh_from_db()
    assert collection.due_at is None


def test_another_customers_payment_looks_like_none(collection, zhou):
    for path in (url(collection), url(collection) + "/live", "/c/pay/999999"):
        assert zhou.get(path).status_code == 404
    assert zhou.post(url(collection), {"way": "WECHAT."}).status_code == 404
    collection.refresh_from_db()
    assert collection.due_at is None
