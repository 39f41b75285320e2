"""The pages of disaster mode lead from a declaration to the report."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.catastrophe.story import Story
from tests.web.signing import signed_in
from yilu.catastrophe import jobs
from yilu.catastrophe.models import (
    Affected,
    CasualtyList,
    CasualtyRow,
    Event,
    MeasureTask,
    OpenedClaim,
)
from yilu.contact.models import GreenRoute
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return Story()


@pytest.fixture
def desk(story):
    return signed_in(story.actor)


def declare(desk, office_id, **given):
    told = {
        "name": "演练：城区暴雨", "kind": "RAINSTORM", "level": "II", "place": "北京市房山区",
        "occurred_at": "2026-03-04T08:00", "office": office_id, "key": "k1", "drill": "1",
        "measures": ["GREEN_LANE", "FEWER_PAPERS"],
    }  # fmt: skip
    return desk.post("/staff/emergencies/declare", {**told, **given})


class TestWhatThePageSays:
    def test_of_the_dead_only_the_family_can_be_reached(self, story, desk):
        affected_id, _ = story.affected(story.declare(), condition="遇难")
        event = Event.objects.get()
        assert 'value="REACHED"' not in desk.get(f"/staff/emergencies/{event.pk}").text
        answer = desk.post(
            f"/staff/emergencies/affected/{affected_id}/contact",
            {"event": event.pk, "outcome": "REACHED"},
        )
        assert answer.status_code == 422
        assert "请选“已联系上家属”" in answer.text
        assert Affected.objects.get().contacted_at is None

    def test_a_measure_that_is_late_is_said_so_and_after_the_end_was_not_carried_out(
        self, story, desk
    ):
        declare(desk, story.head)
        event = Event.objects.get()
        page = f"/staff/emergencies/{event.pk}"
        assert "待落实" in desk.get(page).text
        MeasureTask.objects.update(due_at=event.declared_at - timedelta(minutes=1))
        assert desk.get(page).text.count("超时未落实") == 2
        desk.post(f"{page}/close", {"words": "演练结束"})
        closed = desk.get(page).text
        assert closed.count("没有落实") == 2
        assert "待落实" not in closed


class TestDrill:
    def test_a_visitor_goes_from_the_list_to_paid_claims_and_the_report(self, story, desk):
        party_id, number = story.customer()
        assert declare(desk, story.head).status_code == 302
        event = Event.objects.get()
        place = f"/staff/emergencies/{event.pk}"
        content = (
            f"姓名,性别,身份证号,医院,状态\n王小明,男,{number[:14]}****,市一医院,受伤\n".encode(
                "gb18030"
            )
        )
        answer = desk.post(
            f"{place}/lists",
            {"source": "市应急管理局", "file": SimpleUploadedFile("名单.csv", content)},
        )
        made = CasualtyList.objects.get()
        assert answer.url == f"/staff/emergencies/lists/{made.pk}"
        assert "等待读取" in desk.get(f"{answer.url}/progress").text
        jobs.read_list(list_id=made.pk)
        assert desk.get(f"{answer.url}/progress")["HX-Refresh"] == "true"
        row = CasualtyRow.objects.get()
        page = desk.get(f"/staff/emergencies/rows/{row.pk}").text
        assert "姓名同音" in page
        assert "高度一致" in page
        assert number not in page
        desk.post(f"/staff/emergencies/rows/{row.pk}/confirm", {"party": party_id})
        affected = Affected.objects.get()
        for act, data in (("contact", {"outcome": "REACHED"}), ("open", {}), ("pay", {})):
            answer = desk.post(
                f"/staff/emergencies/affected/{affected.pk}/{act}", {"event": event.pk, **data}
            )
            assert answer.url == place
        assert OpenedClaim.objects.get().paid_at
        assert "2,000.00" in desk.get(place).text
        report = desk.get(f"{place}/report").text
        assert "在 7 小时目标之内" in report
        series = desk.get(f"{place}/chart").json()["series"]
        assert [line["data"][-1] for line in series] == [1, 1, 1, 1]

    def test_says_what_is_wrong_with_a_declaration_and_a_list(self, story, desk):
        answer = declare(desk, story.head, name="")
        assert answer.status_code == 422
        assert "请填写事件名称" in answer.text
        declare(desk, story.head)
        place = f"/staff/emergencies/{Event.objects.get().pk}"
        answer = desk.post(
            f"{place}/lists",
            {"source": "某处", "file": SimpleUploadedFile("名单.csv", b"a,b\n1,2\n")},
        )
        assert answer.status_code == 422
        assert "没有找到“姓名”这一列" in answer.text
        assert "请选择名单文件" in desk.post(f"{place}/lists", {"source": "某处"}).text

    def test_doubt_needs_words_and_ending_shows_the_report(self, story, desk):
        party_id, _ = story.customer()
        event_id = story.declare()
        [row] = story.rows(story.bring(event_id, "姓名\n王晓明\n"))
        answer = desk.post(f"/staff/emergencies/rows/{row.pk}/confirm", {"party": party_id})
        assert answer.status_code == 422
        assert "请写明核实的依据" in answer.text
        answer = desk.post(f"/staff/emergencies/rows/{row.pk}/reject")
        assert answer.url == f"/staff/emergencies/{event_id}"
        answer = desk.post(f"/staff/emergencies/{event_id}/close", {"words": "办结"})
        assert answer.url == f"/staff/emergencies/{event_id}/report"
        assert "已结束" in desk.get("/staff/emergencies").text


class TestOneSwitch:
    def test_declaring_opens_service_and_claims_and_ending_closes_both(self, story, desk):
        given = {"drill": "", "name": "城区暴雨", "green": "1", "notice": "先治疗，其余交给我们。"}
        refused = declare(desk, story.head, **given | {"notice": " "})
        assert refused.status_code == 422
        assert not Event.objects.exists(), "both or neither"
        place = declare(desk, story.head, **given).url
        declare(desk, story.head, **given)
        (route,) = GreenRoute.objects.all()
        event = Event.objects.get()
        assert (route.about, route.branch_ids, route.off_at) == (
            f"catastrophe:{event.pk}",
            [],
            None,
        )
        page = desk.get(place).text
        for shown in ("先治疗，其余交给我们。", "接通先播这条公告", "新开的赔案走绿色通道"):
            assert shown in page
        party_id, _ = story.customer()
        phone = signed_in(Ref("party", party_id))
        assert "先治疗，其余交给我们。" in phone.get("/").text
        desk.post(f"{place}/close", {"words": ""})
        assert GreenRoute.objects.get().off_at is None, "nothing was ended"
        desk.post(f"{place}/close", {"words": "雨停了，全部办结"})
        route.refresh_from_db()
        assert route.off_at
        assert Event.objects.get().state == "CLOSED"
        assert "先治疗，其余交给我们。" not in phone.get("/").text

    def test_the_routes_page_opens_it_for_an_emergency_that_stands_and_ends_both(self, story, desk):
        event_id = story.declare()
        page = desk.get(f"/staff/contact/green-route?event={event_id}").text
        assert f'value="{event_id}" selected' in page
        assert desk.post("/staff/contact/green-route", {"event": event_id + 1}).status_code == 422
        given = {"event": event_id, "notice": "先治疗，其余交给我们。"}
        assert desk.post("/staff/contact/green-route", given).status_code == 302
        assert desk.post("/staff/contact/green-route", given).status_code == 422, "it is on"
        route = GreenRoute.objects.get()
        assert (route.about, route.title) == (f"catastrophe:{event_id}", "7·21特大暴雨")
        assert f'name="ends" value="{event_id}"' in desk.get("/staff/contact/green-route").text
        assert (
            desk.post("/staff/contact/green-route", {"ends": event_id, "why": ""}).status_code
            == 422
        )
        desk.post("/staff/contact/green-route", {"ends": event_id, "why": "雨停了，全部办结"})
        route.refresh_from_db()
        assert route.off_at
        assert Event.objects.get().state == "CLOSED"

    def test_a_drill_tells_no_customer_and_who_may_not_route_opens_neither(self, story, desk):
        declare(desk, story.head, green="1", notice="演练公告")
        assert not GreenRoute.objects.exists()
        _access, other = make.colleague(story.head, "TEAM_LEAD")
        given = {"drill": "", "green": "1", "notice": "公告", "key": "k2"}
        answer = declare(signed_in(other), story.head, **given)
        routed = people.staff_access(other.id).may("contact.supervise", story.head)
        assert (answer.status_code == 302) == routed == GreenRoute.objects.exists()


class TestCustomer:
    def test_sees_the_banner_and_reports_with_one_tap(self, story):
        event_id = story.declare()
        party_id, _ = story.customer()
        phone = signed_in(Ref("party", party_id))
        assert "我受伤了，一键报案" in phone.get("/").text
        phone.post(f"/c/emergencies/{event_id}")
        assert OpenedClaim.objects.get().claim_id
        assert "您已报案" in phone.get("/").text

    def test_without_a_policy_is_still_remembered(self, story):
        event_id = story.declare()
        party_id, _ = story.customer(product="")
        phone = signed_in(Ref("party", party_id))
        phone.post(f"/c/emergencies/{event_id}")
        assert "会尽快联系您" in phone.get("/").text
        assert Item.objects.filter(queue__code="catastrophe.contact", state="OPEN").exists()
