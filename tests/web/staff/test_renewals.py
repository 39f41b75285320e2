import pytest

from tests import make
from tests.renewals import desk
from tests.web.signing import signed_in
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people_operations
from yilu.renewals import operations
from yilu.renewals.models import Handover, PremiumDue, RenewalCase

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db, noon):
    noon.move_to(desk.noon(desk.days(1)))
    return make.office()


@pytest.fixture
def case(office):
    agent = make.agent(office)
    desk.policy(office, agent_id=agent)
    for offset in (0, 1):
        desk.run(desk.days(offset))
    tx.use_case(operations.caring.open_case)(
        due=PremiumDue.objects.get(due_on=desk.DUE), kind="CALL", title="请致电",
        at=desk.noon(desk.days(1)), failure="INSUFFICIENT_FUNDS", score=3,
        reasons=[("FAILED_AGAIN", 2), ("IN_GRACE", 1)],
    )  # fmt: skip
    return RenewalCase.objects.get()


@pytest.fixture
def adviser(office):
    return signed_in(Ref("staff", make.staff(office, "RENEWAL_ADVISER")))


def url(case):
    return f"/staff/renewals/cases/{case.pk}"


def test_the_desk_shows_what_waits_and_how_it_goes(case, adviser):
    page = adviser.get("/staff/renewals").content.decode()
    assert "余额不足" in page
    assert "林客户" in page
    for group in ("due", "grace", "failed", "lapsed", "orphans", "nonsense"):
        assert adviser.get(f"/staff/renewals?group={group}").status_code == 200
    months = adviser.get("/staff/renewals/charts/persistency").json()
    assert months["names"][-1] == "2026-05"
    assert adviser.get("/staff/renewals/charts/funnel").json()["series"][0]["data"]


def test_a_case_tells_why_what_lapsing_costs_and_what_else_can_be_done(case, adviser):
    page = adviser.get(url(case)).content.decode()
    for words in ("扣款或支付已失败两次以上", "如果失效", "减额交清", "用保单借款交这一期"):
        assert words in page
    refused = adviser.post(url(case), {"outcome": "LETS_LAPSE", "note": ""})
    assert refused.status_code == 422
    case.refresh_from_db()
    assert case.closed_at is None
    done = adviser.post(url(case), {"outcome": "WILL_PAY", "note": "周五前交"})
    assert done.status_code == 302
    case.refresh_from_db()
    assert (case.outcome, case.note) == ("WILL_PAY", "周五前交")


def test_another_branch_sees_none_of_it(case):
    other = signed_in(Ref("staff", make.staff(make.office(), "RENEWAL_ADVISER")))
    assert "林客户" not in other.get("/staff/renewals").content.decode()
    assert other.get(url(case)).status_code == 404
    assert other.post(url(case), {"outcome": "WILL_PAY"}).status_code in (403, 404)
    case.refresh_from_db()
    assert case.closed_at is None


def test_who_may_only_look_cannot_note(case, office):
    counter = signed_in(Ref("staff", make.staff(office, "COUNTER")))
    assert "由续期顾问或坐席办理" in counter.get(url(case)).content.decode()
    assert counter.post(url(case), {"outcome": "WILL_PAY"}).status_code == 403
    nobody = signed_in(Ref("staff", make.staff(office, "UNDERWRITER")))
    assert nobody.get("/staff/renewals").status_code == 403


def test_a_manager_gives_an_orphan_to_an_agent_of_the_office(office):
    agent = make.agent(office)
    holder = make.party(office, agent_id=agent)
    desk.policy(office, holder_id=holder, agent_id=agent)
    people_operations.let_agent_go(agent_id=agent, successor_id=None, actor=SYSTEM, at=make.NOON)
    journal.run_reactions(at=desk.noon(desk.days(1)))
    orphan = Handover.objects.get()
    manager = signed_in(Ref("staff", make.staff(office, "SERVICE_MANAGER")))
    assert "指派" in manager.get("/staff/renewals?group=orphans").content.decode()
    page = f"/staff/renewals/orphans/{orphan.pk}"
    assert "没有在职代理人" in manager.get(page).content.decode()
    successor = make.agent(office, name="白接手")
    assert "白接手" in manager.get(page).content.decode()
    other = signed_in(Ref("staff", make.staff(make.office(), "SERVICE_MANAGER")))
    assert other.get(page).status_code == 404
    assert other.post(f"{page}/assign", {"agent": successor}).status_code in (403, 404)
    assert manager.post(f"{page}/assign", {"agent": successor}).status_code == 302
    orphan.refresh_from_db()
    assert orphan.successor_id == successor


def test_stray_money_is_looked_at_and_given_back_by_payments(office, settings):
    from tests.payments import till
    from yilu.payments.models import Collection, Refund

    collection = till.collect()
    Collection.objects.filter(pk=collection.pk).update(
        state="FAILED", reason="OTHER", stray=True, ended_at=make.NOON
    )
    url = f"/staff/collections/{collection.pk}"
    clerk = signed_in(Ref("staff", make.staff(make.head_office(), "PAYMENTS")))
    shown = clerk.get(url).content.decode()
    assert "原路退回" in shown
    assert str(collection.about) not in shown  # named in words
    other = signed_in(Ref("staff", make.staff(office, "PAYMENTS")))
    assert other.get(url).status_code == 404
    assert other.post(f"{url}/return").status_code in (403, 404)
    assert clerk.post(f"{url}/return").status_code == 302
    assert Refund.objects.get().amount == collection.amount
    assert clerk.post(f"{url}/return").status_code == 409
