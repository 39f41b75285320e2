"""Groups whose members may be paid in advance are put in force by two people (A74)."""

from datetime import date, timedelta

import pytest

from tests import make
from tests.claims import papers
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.claims import operations, queries
from yilu.claims.models import NamedGroup, NamedPerson
from yilu.claims.operations import naming
from yilu.claims.operations.naming import named_in
from yilu.claims.queries.programmes import programmes_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.people.queries import PartyNotFound
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(office):
    return make.colleague(office, "TEAM_LEAD")


@pytest.fixture
def second(office):
    return make.colleague(office, "TEAM_LEAD")


@pytest.fixture
def clerk(office):
    return make.colleague(office, "REGISTRAR")


def act(operation, colleague, *, at=make.NOON, **given):
    access, actor = colleague
    return operation(access=access, actor=actor, at=at, **given)


def propose(lead, title="见义勇为人员", **given):
    told = {"title": title, "words": "持有县级以上见义勇为证书的人员。", **given}
    return act(naming.propose_named_group, lead, **told)


@pytest.fixture
def group(lead, second):
    group_id = propose(lead)
    act(naming.decide_named_group, second, group_id=group_id, approve=True)
    return group_id


def name(clerk, group, party_id, **given):
    told = {"paper": "见义勇为证书", **given}
    act(naming.name_person, clerk, group_id=group, party_id=party_id, **told)


class TestGroup:
    def test_stands_once_a_second_person_has_approved_it(self, lead, second):
        group_id = propose(lead)
        with pytest.raises(operations.NotForOneself):
            act(naming.decide_named_group, lead, group_id=group_id, approve=True)
        assert NamedGroup.objects.get().state == "PROPOSED"

        act(naming.decide_named_group, second, group_id=group_id, approve=True)

        assert NamedGroup.objects.get().state == "STANDING"
        with pytest.raises(naming.GroupDecided):
            act(naming.decide_named_group, second, group_id=group_id, approve=True)

    def test_is_refused_with_reasons_only(self, lead, second):
        group_id = propose(lead)
        refuse = {"group_id": group_id, "approve": False}
        with pytest.raises(operations.ReasonMissing):
            act(naming.decide_named_group, second, **refuse)
        act(naming.decide_named_group, second, **refuse, reason="范围不清，无法核实")
        assert NamedGroup.objects.get().state == "REFUSED"
        assert propose(lead) != group_id

    def test_says_who_belongs_once_and_in_time(self, lead, clerk):
        for wrong in ({"title": " "}, {"words": "无"}):
            with pytest.raises(naming.BadGroup):
                propose(lead, **wrong)
        with pytest.raises(naming.BadNamedDay):
            propose(lead, until=date(2026, 3, 4))
        with pytest.raises(NotAllowed):
            propose(clerk)
        propose(lead)
        with pytest.raises(naming.GroupKnown):
            propose(lead, title="  见义勇为人员 ")


class TestPersons:
    def test_is_in_it_while_both_last(self, group, clerk, lead, lin):
        name(clerk, group, lin, until=date(2026, 6, 30))

        assert named_in(lin, date(2026, 6, 30)) == "见义勇为人员"
        assert named_in(lin, date(2026, 7, 1)) == ""
        act(naming.end_named_group, lead, group_id=group, reason="政策到期停用")
        assert named_in(lin, date(2026, 6, 30)) == ""
        with pytest.raises(naming.GroupDecided):
            act(naming.end_named_group, lead, group_id=group, reason="政策到期停用")

    def test_twice_and_off_again(self, group, clerk, lin):
        name(clerk, group, lin)
        with pytest.raises(naming.NamedAlready):
            name(clerk, group, lin)
        act(naming.unname_person, clerk, group_id=group, party_id=lin)
        assert named_in(lin, date(2026, 3, 4)) == ""
        with pytest.raises(naming.NotNamed):
            act(naming.unname_person, clerk, group_id=group, party_id=lin)
        name(clerk, group, lin)
        assert NamedPerson.objects.count() == 2

    def test_only_with_a_paper_by_their_own_office(self, group, clerk, lin):
        with pytest.raises(operations.ReasonMissing):
            name(clerk, group, lin, paper=" ")
        away = make.colleague(make.office(), "REGISTRAR")
        with pytest.raises(NotAllowed):
            name(away, group, lin)
        with pytest.raises(PartyNotFound):
            name(clerk, group, 999_999)
        assert not NamedPerson.objects.exists()

    def test_nobody_is_entered_before_it_stands(self, lead, clerk, lin):
        with pytest.raises(naming.GroupDecided):
            name(clerk, propose(lead), lin)


class TestAdvance:
    def test_a_report_of_a_member_asks_what_can_be_paid_first(self, group, clerk, lin, office):
        make.reported_claim(lin, office_id=office)
        papers.react()
        assert not Item.objects.filter(queue_id="claims.advance").exists()
        name(clerk, group, lin)

        make.reported_claim(lin, office_id=office)
        papers.react()

        item = Item.objects.get(queue_id="claims.advance")
        assert "见义勇为人员" in item.title
        assert item.due_at <= make.NOON + timedelta(days=1)

    def test_the_desk_says_so_and_paying_closes_the_work(self, group, clerk, lin, office):
        name(clerk, group, lin)
        made = make.claim_in_review(holder_id=lin, office_id=office, account_id=make.account(lin))
        papers.react()
        access, actor = make.colleague(office, "ASSESSOR")
        desk = queries.desk(made.claim_id, access, make.NOON)

        offered = {w.programme.code: w for w in programmes_of(desk, make.NOON) if w.applies}
        assert "名单" in offered["advance_named"].reason

        operations.pay_undisputed_part(
            claim_id=made.claim_id, amount=desk.calculation.benefit / 2, reason="特定人员先付一半",
            access=access, actor=actor, at=make.NOON,
        )  # fmt: skip
        assert Item.objects.get(queue_id="claims.advance").state == "DONE"


class TestDoor:
    def test_goes_from_proposal_to_list(self, lead, second, clerk, lin, office):
        one, two, desk = (signed_in(who) for _access, who in (lead, second, clerk))
        assert "还没有特定人群" in text(one.get("/staff/named-groups"))
        told = {"title": "特困供养人员", "words": "民政部门出具特困供养证明的人员。"}
        page = one.post("/staff/named-groups", told).url
        assert one.post("/staff/named-groups", told).status_code == 409
        assert one.post(f"{page}/decide", {"do": "approve"}).status_code == 403
        assert "等另一位" in text(one.get(page))
        assert two.post(f"{page}/decide", {"do": "approve"}).status_code == 302
        phone = make.mobile()
        hua = make.party(office, phone=phone)
        added = desk.post(f"{page}/add", {"party": phone, "paper": "特困供养证"})
        assert added.status_code == 302
        assert "特困供养证" in text(desk.get(page))
        assert desk.post(f"{page}/add", {"party": "没有这人", "paper": "证"}).status_code == 422
        assert desk.post(f"{page}/remove", {"person": hua}).status_code == 302
        assert desk.post(f"{page}/end", {"reason": "不再适用了"}).status_code == 403
        assert desk.get(f"{page}999").status_code == 404
        assert desk.post(f"{page}/burn").status_code == 404

    def test_shows_the_list_of_ones_own_office_only(self, group, clerk, lin):
        name(clerk, group, lin, paper="证书第 77 号")
        away = signed_in(make.colleague(make.office(), "TEAM_LEAD")[1])

        assert "证书第 77 号" not in text(away.get(f"/staff/named-groups/{group}"))
        away.post(f"/staff/named-groups/{group}/remove", {"person": lin})
        assert NamedPerson.objects.get().ended_at is None

    def test_is_no_page_for_others(self, group, office, lin, client):
        powerless = signed_in(make.colleague(office, "UNDERWRITER")[1])
        customer, agent = signed_in(Ref("party", lin)), signed_in(Ref("agent", make.agent(office)))
        for end in ("", f"/{group}"):
            assert powerless.get(f"/staff/named-groups{end}").status_code == 403
            for stranger in (client, customer, agent):
                assert stranger.get(f"/staff/named-groups{end}").status_code == 302
