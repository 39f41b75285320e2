"""一年期续保 on the desk: what waits for a person, a premium by hand, a refusal with its reason, the holder's word."""

from decimal import Decimal

import pytest

from tests import make
from tests.renewals import desk
from tests.renewals.years import LISTED
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.policies import queries as policy_queries
from yilu.policies.rules import renewing
from yilu.renewals.models import NewYear

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db, noon):
    noon.move_to(desk.noon(LISTED))
    make.products_on_sale()
    return make.office()


@pytest.fixture
def year(office):
    make.policy(
        office, product_code="group-medical", sum_insured=Decimal(20_000), premium=Decimal("300.00"),
        channel="GROUP",
    )  # fmt: skip
    desk.run(LISTED)
    return NewYear.objects.get()


@pytest.fixture
def adviser(office):
    return signed_in(Ref("staff", make.staff(office, "RENEWAL_ADVISER")))


def url(year):
    return f"/staff/renewals/years/{year.pk}"


def consents(policy_id):
    return f"/staff/renewals/consents/{policy_id}"


def test_the_desk_lists_what_waits_and_every_other_state(year, adviser):
    assert url(year) in adviser.get("/staff/renewals?group=years").content.decode()
    for state in ("OFFERED", "TAKEN", "STOPPED", "DECLINED", "MISSED", "nonsense"):
        assert adviser.get(f"/staff/renewals?group=years&state={state}").status_code == 200


def test_sets_a_premium_by_hand(year, adviser):
    assert "团体保单，保险费由双方商定" in adviser.get(url(year)).content.decode()
    refused = adviser.post(f"{url(year)}/act", {"do": "offer", "premium": "free"})
    assert refused.status_code == 422
    assert 'value="free"' in refused.content.decode()
    assert adviser.post(f"{url(year)}/act", {"do": "offer", "premium": "330.00"}).status_code == 302
    year.refresh_from_db()
    assert (year.state, year.premium) == ("OFFERED", Decimal("330.00"))


def test_declines_with_a_reason(year, adviser):
    assert adviser.post(f"{url(year)}/act", {"do": "decline", "reason": ""}).status_code == 422
    adviser.post(f"{url(year)}/act", {"do": "decline", "reason": "投保单位已不再经营"})
    page = adviser.get(url(year)).content.decode()
    assert "投保单位已不再经营" in page
    assert "客户本人同意，记下" not in page, "there is no next year to agree to"


def test_writes_down_the_holders_word_with_how_it_was_given(year, adviser):
    given = {"do": "agree", "text": renewing.TEXT_NOW}
    note = f"{consents(year.policy_id)}/note"
    assert adviser.post(note, given).status_code == 422
    adviser.post(note, {**given, "way": "PHONE"})
    (consent,) = policy_queries.renewal_consents(year.policy_id)
    assert consent.way_label == "电话"
    assert consent.given_by.startswith("staff:")
    assert url(year) in adviser.get(consents(year.policy_id)).headers["location"]
    adviser.post(note, {"do": "withdraw"})
    assert not policy_queries.consents_standing([year.policy_id])


def test_another_branch_a_colleague_without_the_right_and_a_customer_change_nothing(
    year, office, noon
):
    stranger = signed_in(Ref("staff", make.staff(make.office(), "RENEWAL_ADVISER")))
    without = signed_in(Ref("staff", make.staff(office, "ASSESSOR")))
    customer = signed_in(Ref("party", make.party(office)))
    for who in (stranger, without, customer):
        assert "林客户" not in who.get(url(year)).content.decode()
        answer = who.post(f"{url(year)}/act", {"do": "decline", "reason": "不应当被接受的理由"})
        assert answer.status_code in (302, 403, 404)
    year.refresh_from_db()
    assert year.state == "TO_DECIDE"


class TestOutsideTheSixtyDays:
    """A holder may say yes, or take it back, in any month of the year."""

    @pytest.fixture
    def policy(self, office):
        return make.medical_policy(office, holder_id=make.party(office))

    def test_what_the_holder_says_is_written_down(self, policy, adviser):
        path = consents(policy.id)
        page = adviser.get(path).content.decode()
        assert "没有同意" in page
        given = {"do": "agree", "text": renewing.TEXT_NOW}
        assert adviser.post(f"{path}/note", given).status_code == 422
        assert adviser.post(f"{path}/note", {**given, "way": "COUNTER"}).status_code == 302
        assert "客户要求撤回，记下" in adviser.get(path).content.decode()
        assert policy_queries.consents_standing([policy.id])
        adviser.post(f"{path}/note", {"do": "withdraw"})
        assert not policy_queries.consents_standing([policy.id])

    def test_not_of_a_long_contract(self, office, adviser):
        life = make.policy(office, product_code="term-life", sum_insured=Decimal(100_000))
        assert adviser.get(consents(life.id)).status_code == 409

    def test_not_by_another_branch_without_the_right_or_by_a_customer(self, policy, office):
        given = {"do": "agree", "text": renewing.TEXT_NOW, "way": "PHONE"}
        for who in (
            Ref("staff", make.staff(make.office(), "RENEWAL_ADVISER")),
            Ref("staff", make.staff(office, "ASSESSOR")),
            Ref("party", make.party(office)),
        ):
            client = signed_in(who)
            assert client.get(consents(policy.id)).status_code in (302, 403, 404)
            answer = client.post(f"{consents(policy.id)}/note", given)
            assert answer.status_code in (302, 403, 404)
        assert not policy_queries.consents_standing([policy.id])
