"""A visit that is no claim's: for who cannot come, ordered by themselves or by colleagues."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOON
from tests.web.signing import signed_in
from yilu.care import operations as care
from yilu.care import queries
from yilu.care.models import Talk, Visit
from yilu.care.operations.forgetting import forget
from yilu.care.queries.keeping import what_keeps
from yilu.care.rules import visits as rules
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations import queries as obligations
from yilu.people.queries import PartyNotFound
from yilu.policies.queries import PolicyNotFound
from yilu.servicing import operations as servicing
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(hours=2)


class Home:
    """A customer with a policy, and a teller who may order, arrange and go."""

    def __init__(self):
        make.standards_in_force()
        self.office = make.office()
        self.lin = make.insured(self.office)
        self.policy = make.medical_policy(self.office, holder_id=self.lin)
        self.me = Ref("party", self.lin)
        self.access, self.actor = make.colleague(self.office, "COUNTER")

    def ask(self, **given):
        told = {"party_id": self.lin, "place": "文一路 1 号", "actor": self.me, "at": NOON}
        return care.ask_home_visit(**{**told, **given})

    def request(self):
        return servicing.start_request(
            kind="assistance", party_id=self.lin, policy_id=None, door="CUSTOMER",
            form={"large_type": "yes", "assisted": "yes"}, actor=self.me, at=NOON,
        )  # fmt: skip

    def act(self, operation, visit_id, **given):
        told = {"visit_id": visit_id, "access": self.access, "actor": self.actor, "at": SOON}
        return operation(**{**told, **given})


@pytest.fixture
def home():
    return Home()


@pytest.mark.parametrize("about", ["request", "policy", "person"])
def test_goes_from_the_wish_to_the_word_without_a_claim(home, about):
    named = {
        "request": lambda: {"request_id": home.request()},
        "policy": lambda: {"policy_id": home.policy.id},
        "person": dict,
    }[about]()
    visit_id = home.ask(**named)
    assert Item.objects.get(queue__code="care.visit").state == "OPEN"
    link = home.act(
        care.plan_visit, visit_id, staff_id=home.access.staff_id, planned_at=SOON, at=NOON
    )
    secret = link.rpartition("/")[2]
    assert queries.visit_by_link(secret, SOON).safety == rules.SAFETY["SERVICE"]
    home.act(care.set_out, visit_id, eta_at=SOON)
    home.act(care.log_talk, visit_id, kind="CALL", text="在家，女儿陪着。")
    with pytest.raises(care.BadVisit):
        home.act(care.log_talk, visit_id, kind="CALL", text="好", third_party="ABSENT")
    home.act(care.arrive, visit_id)
    home.act(
        care.finish_visit, visit_id, checks=list(rules.CHECKS["SERVICE"]), result="DONE",
        report="本人在手机上确认。",
    )  # fmt: skip
    care.confirm_visit(secret=secret, at=SOON)
    [view] = queries.visits_of_person(home.lin)
    assert (view.state, view.claim_id, view.claim_number) == ("CONFIRMED", None, "")
    [clock] = obligations.list_clocks(Ref("visit", visit_id), SOON)
    assert clock.state == "MET"
    told = set(Message.objects.values_list("template", flat=True))
    assert {"care.visit_planned", "care.on_way"} <= told


def test_one_at_a_time_and_one_thing_each(home):
    with pytest.raises(care.BadVisit):
        home.ask(policy_id=home.policy.id, request_id=home.request())
    for place in (" ", "长" * 201):
        with pytest.raises(care.BadVisit):
            home.ask(place=place)
    home.ask(policy_id=home.policy.id)
    with pytest.raises(care.HomeVisitOpen):
        home.ask()
    assert Visit.objects.count() == 1


def test_a_strangers_matter_is_not_found_and_nobody_asks_for_another(home):
    other = Home()
    with pytest.raises(PolicyNotFound):
        home.ask(policy_id=other.policy.id)
    with pytest.raises(servicing.RequestNotFound):
        home.ask(request_id=other.request())
    with pytest.raises(NotAllowed):
        home.ask(actor=other.me)
    goes = make.colleague(home.office, "CONSULTANT")
    with pytest.raises(NotAllowed):  # consultants go, they do not order for servicing
        home.ask(access=goes[0], actor=goes[1])
    with pytest.raises(PartyNotFound):
        home.ask(access=other.access, actor=other.actor)
    assert not Visit.objects.exists()
    assert home.ask(access=home.access, actor=home.actor)


def test_colleagues_elsewhere_neither_see_nor_arrange(home):
    visit_id = home.ask()
    far = Home()
    with pytest.raises(care.VisitNotFound):
        queries.get_visit(visit_id, far.access)
    told = {"visit_id": visit_id, "staff_id": far.access.staff_id, "planned_at": SOON, "at": NOON}
    with pytest.raises(care.VisitNotFound):
        care.plan_visit(**told, access=far.access, actor=far.actor)
    seat = make.colleague(home.office, "CALL_AGENT")
    assert make.colleague(home.office, "INVESTIGATOR")[0].may("care.visit")
    nobody = make.colleague(home.office, "AUDITOR")
    with pytest.raises(NotAllowed):
        care.plan_visit(**told, access=nobody[0], actor=nobody[1])
    # A seat registers claims: they may arrange it, too.
    with pytest.raises(care.BadVisit):
        care.plan_visit(**told, access=seat[0], actor=seat[1])


def test_who_goes_is_who_may_with_the_freest_first(home):
    visit_id = home.ask()
    free = make.staff(home.office, "CONSULTANT")
    make.staff(home.office, "CALL_AGENT")
    home.act(care.plan_visit, visit_id, staff_id=home.access.staff_id, planned_at=SOON, at=NOON)
    other = make.party(home.office)
    second = home.ask(party_id=other, actor=Ref("party", other))
    goers = queries.who_may_go(queries.get_visit(second, home.access), NOON)
    assert [(g.id, g.planned, g.out) for g in goers] == [
        (free, 0, False), (home.access.staff_id, 1, False),
    ]  # fmt: skip


def test_it_keeps_the_person_while_it_is_open_and_is_emptied_with_them(home):
    visit_id = home.ask(wish="电梯坏了")
    home.act(care.log_talk, visit_id, kind="CALL", text="三楼。")
    [kept] = [k for k in what_keeps([home.lin], day_of(NOON)) if k.ref == f"visit:{visit_id}"]
    assert kept.until is None
    home.act(care.cancel_visit, visit_id, reason="ASKED")
    assert not list(what_keeps([home.lin], day_of(NOON)))
    tx.use_case(forget)([home.lin])
    visit = Visit.objects.get()
    assert (bytes(visit.place), visit.wish, visit.state) == (b"", "", "CANCELLED")
    assert Talk.objects.get().text == ""


def test_the_phone_and_the_desk_order_it_and_show_it(home):
    phone, desk = signed_in(home.me), signed_in(home.actor)
    assert "/c/home-visits" in phone.get("/c/me").text
    page = phone.get("/c/home-visits").text
    assert home.policy.number in page
    assert phone.post("/c/home-visits", {"place": ""}).status_code == 422
    asked = {"place": "文一路 1 号", "about": f"policy:{home.policy.id}"}
    assert phone.post("/c/home-visits", asked).status_code == 302
    assert "待安排" in phone.get("/c/home-visits").text
    place = f"/staff/customers/{home.lin}/visit"
    assert place in desk.get(f"/staff/customers/{home.lin}").text
    assert home.policy.number in desk.get(place).text
    assert desk.post(place, {"place": "文一路 1 号"}).status_code == 409
    visit = Visit.objects.get()
    seen = desk.get(f"/staff/visits/{visit.pk}").text
    assert "文一路 1 号" in seen
    assert "第三方" not in seen
    assert "文一路 1 号" not in desk.get("/staff/visits").text
    stranger = signed_in(make.colleague(make.office(), "COUNTER")[1])
    assert stranger.get(place).status_code == 404
