"""下一年度: the holder sees price and changes, agrees, withdraws, pays by one confirmation, calls off; nobody else does."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.renewals import desk
from tests.renewals.years import ENDS, before, pay
from tests.web.signing import signed_in
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.payments.models import Collection
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.policies.models import Policy
from yilu.policies.rules import renewing
from yilu.renewals.models import NewYear, PremiumOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(people, noon):
    make.products_on_sale()
    made = make.policy(
        people.branch_a, holder_id=people.lin, product_code="accident", sum_insured=Decimal(100_000),
        premium=Decimal("160.00"),
    )  # fmt: skip
    noon.move_to(desk.noon(before(30)))
    desk.run(before(30))
    return Policy.objects.get(pk=made.id)


def url(policy):
    return f"/c/policies/{policy.pk}/next-year"


def test_shows_the_price_what_changes_and_that_nothing_happens_by_itself(policy, lin):
    page = lin.get(url(policy)).content.decode()
    year = NewYear.objects.get()
    assert f"¥{year.premium:,.2f}" in page
    assert "和本年度相比" in page
    assert "没有您的确认，我们不会续保，也不会扣款" in page
    assert f'href="{url(policy)}"' in lin.get(f"/c/policies/{policy.pk}").content.decode()


def test_one_confirmation_leads_to_the_pay_page_and_twice_is_once(policy, lin):
    pressed = {"do": "pay", "key": "once"}
    first = lin.post(url(policy), pressed)
    assert first.url.startswith("/c/pay/")
    assert lin.post(url(policy), pressed).url == first.url
    assert PremiumOrder.objects.get().total == NewYear.objects.get().premium
    assert "正在支付" in lin.get(url(policy)).content.decode()


def test_agrees_to_the_text_shown_and_takes_it_back(policy, lin):
    assert lin.post(url(policy), {"do": "agree", "text": renewing.TEXT_NOW}).status_code == 302
    (consent,) = policy_queries.renewal_consents(policy.pk)
    assert (consent.given_by, consent.way_label) == (f"party:{policy.holder_id}", "线上自助")
    assert "撤回同意" in lin.get(url(policy)).content.decode()
    lin.post(url(policy), {"do": "withdraw"})
    assert not policy_queries.consents_standing([policy.pk])


def test_a_text_that_was_not_shown_is_not_agreed_to(policy, lin):
    refused = lin.post(url(policy), {"do": "agree", "text": "1999-1"})
    assert refused.status_code == 422
    assert "自动续保的说明已经更新" in refused.content.decode()
    assert not policy_queries.consents_standing([policy.pk])


def test_calls_the_paid_year_off_before_it_begins(policy, lin, noon, settings):
    new = pay(settings, policy, before(20))
    page = lin.get(f"/c/policies/{new.pk}/next-year").content.decode()
    assert "撤销续保，全额退款" in page
    assert "各年度保单" in lin.get(f"/c/policies/{new.pk}").content.decode()
    noon.move_to(desk.noon(before(10)))
    signed_in(Ref("party", policy.holder_id)).post(
        f"/c/policies/{new.pk}/next-year", {"do": "call_off"}
    )
    new.refresh_from_db()
    assert new.ending == "NOT_BEGUN"


def test_once_it_has_begun_the_page_says_what_to_do_instead(policy, noon, settings):
    new = pay(settings, policy, before(20))
    noon.move_to(desk.noon(ENDS + timedelta(days=1)))
    lin = signed_in(Ref("party", policy.holder_id))
    refused = lin.post(f"/c/policies/{new.pk}/next-year", {"do": "call_off"})
    assert refused.status_code == 409
    assert "退保" in refused.content.decode()
    new.refresh_from_db()
    assert new.state == "IN_FORCE"


def test_in_the_combined_payment_the_next_year_is_never_ticked_beforehand(policy, lin):
    page = lin.get("/c/renewals").content.decode()
    assert "下一年度续保，由您决定" in page
    assert 'name="due"' in page
    assert " checked" not in page


def test_an_insured_who_is_not_the_holder_and_a_stranger_find_nothing(policy, people, zhou):
    Policy.objects.filter(pk=policy.pk).update(insured_id=people.zhou)
    for answer in (
        zhou.get(url(policy)),
        zhou.post(url(policy), {"do": "pay"}),
        zhou.post(url(policy), {"do": "agree", "text": renewing.TEXT_NOW}),
    ):
        assert answer.status_code == 404
    assert not Collection.objects.exists()
    assert not policy_queries.consents_standing([policy.pk])


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("STOPPED", "产品已经停售"),
        ("TO_DECIDE", "需要同事核定"),
        ("MISSED", "没有续保"),
        ("CLOSED", "保单已经终止"),
    ],
)
def test_every_state_says_what_is_and_what_can_be_done(policy, lin, state, words):
    NewYear.objects.update(state=state)
    assert words in lin.get(url(policy)).content.decode()


def test_a_long_contract_says_that_it_needs_none(people, lin):
    long = desk.policy(people.branch_a, holder_id=people.lin)
    assert "这张保单不需要续保" in lin.get(url(long)).content.decode()


def test_agreeing_by_phone_shows_how(policy, lin):
    tx.use_case(policies.note_consent)(
        policy_id=policy.pk, holder_id=policy.holder_id, text_version=renewing.TEXT_NOW, way="PHONE",
        actor=Ref("staff", 1), at=desk.noon(before(31)),
    )  # fmt: skip
    assert "（电话）" in lin.get(url(policy)).content.decode()
