"""The workbench's pages of journeys: the picture, a break with its context, the ledger, versions."""

import re
import tomllib
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from tests import make
from tests.journeys.telling import read, tell
from tests.web.signing import signed_in
from yilu.journeys import jobs
from yilu.journeys import operations as journeys
from yilu.journeys.models import (
    Breakpoint,
    JourneyCase,
    JourneyVersion,
    Problem,
    ReviewDecision,
    ReviewPoint,
    WeeklyReview,
)
from yilu.kernel.refs import Ref
from yilu.people import queries as staff

pytestmark = pytest.mark.django_db(transaction=True)
NOON = make.NOON
SHIPPED = [tomllib.loads(text) for _code, text, _ in journeys.shipped()]


@pytest.fixture
def told(people):
    """A loan over the limit at branch A, and who looks after it."""
    make.journeys_in_force()
    about = Ref("servicing_request", 1)
    at = NOON - timedelta(minutes=1)
    given = {"request": "policy_loan", "door": "CUSTOMER", "office_id": people.branch_a}
    tell("servicing.request_started", about, at, people.lin, **given)
    tell("servicing.self_service_blocked", about, at, people.lin, request="policy_loan")
    read(at)
    manager, other = (make.staff(people.head, "SERVICE_MANAGER") for _ in range(2))
    return SimpleNamespace(
        manager=signed_in(Ref("staff", manager)), other=signed_in(Ref("staff", other)),
        manager_id=manager, other_id=other, branch_a=people.branch_a, branch_b=people.branch_b,
    )  # fmt: skip


def test_the_picture_shows_where_it_broke_and_leads_there(told):
    page = told.manager.get("/staff/journeys").content.decode()
    assert "保全" in page
    assert "超过自助限额" in page
    live = told.manager.get("/staff/journeys/live?journey=servicing&days=7").content.decode()
    assert "填写" in live
    one = told.manager.get("/staff/journeys/of/servicing")
    assert one.status_code == 200
    assert "真实走过的路" in one.content.decode()
    assert told.manager.get("/staff/journeys/of/servicing/chart").json()["links"] == []
    assert told.manager.get("/staff/journeys/of/nothing").status_code == 404
    cases = told.manager.get("/staff/journeys/cases?journey=servicing&touchpoint=PAGE")
    assert "保单借款" in cases.content.decode()
    case = JourneyCase.objects.get()
    assert "一路走来" in told.manager.get(f"/staff/journeys/cases/{case.pk}").content.decode()


def test_the_picture_divides_by_branch_and_one_of_them_is_chosen(told):
    page = told.manager.get("/staff/journeys").content.decode()
    assert "分机构" in page
    assert f"office={told.branch_a}" in page
    one = told.manager.get(f"/staff/journeys?office={told.branch_a}").content.decode()
    assert "看全部机构" in one
    assert "超过自助限额" in one
    other = f"office={told.branch_b}"
    assert "超过自助限额" not in told.manager.get(f"/staff/journeys?{other}").content.decode()
    assert "保单借款" not in told.manager.get(f"/staff/journeys/breaks?{other}").content.decode()
    for path in ("live?journey=servicing&", "of/servicing?", "of/servicing/chart?", "cases?"):
        assert told.manager.get(f"/staff/journeys/{path}{other}").status_code == 200
    far = signed_in(Ref("staff", make.staff(told.branch_b, "SERVICE_MANAGER")))
    for office in (told.branch_a, 999_999, "x"):
        page = far.get(f"/staff/journeys?office={office}").content.decode()
        assert "看全部机构" not in page
        assert "超过自助限额" not in page


def test_the_picture_is_there_when_nothing_happened(people):
    make.journeys_in_force()
    client = signed_in(Ref("staff", make.staff(people.head, "SERVICE_MANAGER")))
    assert "这段时间没有旅程" in client.get("/staff/journeys").content.decode()
    for path in ("breaks", "problems", "cases", "versions", "standards", "of/claim"):
        assert client.get(f"/staff/journeys/{path}").status_code == 200


HAN = re.compile(r"[\u4e00-\u9fff]+")


@pytest.mark.parametrize("path", ["", "/of/servicing", "/breaks", "/versions", "/cases/{}"])
def test_in_english_journeys_and_steps_are_named_in_english(told, path):
    told.manager.cookies["django_language"] = "en"
    page = told.manager.get(
        "/staff/journeys" + path.format(JourneyCase.objects.get().pk)
    ).content.decode()
    shipped = {line["name"] for text in SHIPPED for line in (text, *text["step"])}
    assert shipped & set(HAN.findall(page)) == set()


def test_a_seat_takes_a_break_up_and_settles_it(told):
    seat = signed_in(Ref("staff", make.staff(told.branch_a, "CALL_AGENT")))
    row = Breakpoint.objects.get()
    page = seat.get(f"/staff/journeys/breaks/{row.pk}").content.decode()
    assert "视频办理" in page
    assert f"/staff/servicing/{1}" in page or "打开这件业务" in page
    assert seat.post(f"/staff/journeys/breaks/{row.pk}/take").status_code == 302
    short = seat.post(f"/staff/journeys/breaks/{row.pk}/finish", {"note": ""})
    assert short.status_code == 422
    done = seat.post(f"/staff/journeys/breaks/{row.pk}/finish", {"note": "已视频协助提交"})
    assert done.status_code == 302
    assert "人工接续完成" in seat.get(f"/staff/journeys/breaks/{row.pk}").content.decode()
    assert seat.post(f"/staff/journeys/breaks/{row.pk}/other").status_code == 404
    far = signed_in(Ref("staff", make.staff(told.branch_b, "CALL_AGENT")))
    assert far.get(f"/staff/journeys/breaks/{row.pk}").status_code == 404


def test_a_problem_goes_from_the_break_to_its_close_out(told):
    row = Breakpoint.objects.get()
    form = told.manager.get(f"/staff/journeys/problems/new?break={row.pk}").content.decode()
    assert "保单借款：超过自助限额" in form
    given = {
        "break": row.pk, "title": "保单借款超限断点", "text": "借款超过三十万元的客户断在填写页。",
        "journey": "servicing.policy_loan", "step": "fill", "kind": "OVER_LIMIT", "severity": "2",
        "owner": told.manager_id, "review_days": "7", "common": "on",
    }  # fmt: skip
    wrong = told.other.post("/staff/journeys/problems/new", {**given, "title": "短"})
    assert (wrong.status_code, Problem.objects.count()) == (422, 0)
    told.other.post("/staff/journeys/problems/new", given)
    problem = Problem.objects.get()
    url = f"/staff/journeys/problems/{problem.pk}"
    sorting = {"change": "PROCESS", "programme": "畅易续", "initiative": "on"}
    assert told.other.post(f"{url}/sort", {**sorting, "change": "?"}).status_code == 422
    told.other.post(f"{url}/sort", sorting)
    ledger = told.manager.get("/staff/journeys/problems?programme=畅易续").content.decode()
    assert "主动服务举措 1 项；已销号 0/1" in " ".join(ledger.split())
    assert f'href="{url}"' in ledger
    other = told.manager.get("/staff/journeys/problems?change=RULES").content.decode()
    assert f'href="{url}"' not in other
    for client, name in ((told.manager, "plan"), (told.manager, "deliver"), (told.other, "review")):
        answer = client.post(f"{url}/{name}", {"text": "额度提示前移，直接给视频入口。"})
        assert answer.status_code == 302, name
    refused = told.manager.post(f"{url}/close", {"text": "两周没有新的断点，可以销号。"})
    assert refused.status_code == 409
    may = staff.names_of([Ref("staff", told.other_id)])[Ref("staff", told.other_id)]
    assert f"任务：{may}（共 1 人）" in refused.content.decode()
    assert told.other.post(f"{url}/close", {"text": "两周内没有新的同类断点。"}).status_code == 302
    page = told.manager.get(url).content.decode()
    assert "已销号" in page
    assert "两周内没有新的同类断点" in page
    assert (
        "保单借款超限断点"
        in told.manager.get("/staff/journeys/problems?state=CLOSED").content.decode()
    )
    assert told.manager.post(f"{url}/nothing", {"text": "x"}).status_code == 404


def test_a_version_is_written_checked_and_switched_on(told):
    edit = "/staff/journeys/of/renewal/edit"
    assert told.manager.get(edit).status_code == 200
    text = next(text for code, text, _ in journeys.shipped() if code == "renewal")
    dead = told.manager.post(edit, {"text": text.replace('next = ["paid", "cancelled"]\n', "")})
    assert dead.status_code == 422
    assert "断头路" in dead.content.decode()
    told.manager.post(edit, {"text": text.replace("2 days", "1 days"), "note": "更快"})
    row = JourneyVersion.objects.get(state="DRAFT")
    url = f"/staff/journeys/versions/{row.pk}"
    assert "还不能上线" in told.manager.get(url).content.decode()
    assert told.other.post(f"{url}/on").status_code == 409
    for check in ("told", "load"):
        told.manager.post(
            f"{url}/check", {"check": check, "passed": "yes", "evidence": "三月二日已逐项核对完毕"}
        )
    assert told.other.post(f"{url}/on").status_code == 302
    assert "已上线" in told.other.get(url).content.decode()
    assert told.other.post("/staff/journeys/of/renewal/roll-back").status_code == 302
    assert told.other.get("/staff/journeys/of/renewal/versions").status_code == 200


def test_a_standard_is_worded_by_the_insurer(told):
    from yilu.journeys.queries import list_standards

    today = timezone.localdate()
    text = list_standards("nine", today)[0]
    page = told.manager.get("/staff/journeys/standards").content.decode()
    assert "本系统拟定" in page
    given = {"id": text.id, "title": "超限即接", "text": "三十秒内转视频坐席，表单不重填。",
             "since": today.isoformat()}  # fmt: skip
    assert told.manager.post("/staff/journeys/standards", given).status_code == 302
    assert told.manager.post("/staff/journeys/standards", {**given, "text": ""}).status_code == 422
    (row,) = list_standards("nine", today)[0].wordings
    settle = {"id": row.id, "act": "approve"}
    assert told.manager.post("/staff/journeys/standards", settle).status_code == 409
    assert "待批准" in told.other.get("/staff/journeys/standards").content.decode()
    assert told.other.post("/staff/journeys/standards", settle).status_code == 302
    assert "超限即接" in told.manager.get("/staff/journeys/standards").content.decode()
    seat = signed_in(Ref("staff", make.staff(told.branch_a, "CALL_AGENT")))
    assert seat.post("/staff/journeys/standards", {**given, "title": "改"}).status_code == 403


class TestReviews:
    """The weekly review: seen, talked through, held."""

    @pytest.fixture
    def drawn(self, told):
        """Last week's review of the head office, about a problem of the ledger."""
        now = timezone.now()
        acting = {
            "access": staff.staff_access(told.manager_id), "actor": Ref("staff", told.manager_id),
            "at": now,
        }  # fmt: skip
        journeys.open_problem(
            title="借款超限断点多", text="借款超过三十万元的客户在自助页面断掉。",
            journey="servicing.policy_loan", owner_id=told.manager_id,
            office_id=acting["access"].office_id, **acting,
        )  # fmt: skip
        journeys.draw_reviews(now)
        return WeeklyReview.objects.get()

    def send(self, browser, review, name, **given):
        return browser.post(f"/staff/journeys/reviews/{review.pk}/{name}", given)

    def test_from_the_list_over_points_and_decisions_to_the_minutes(self, told, drawn):
        listed = told.manager.get("/staff/journeys/reviews").content.decode()
        assert f"/staff/journeys/reviews/{drawn.pk}" in listed
        page = told.manager.get(f"/staff/journeys/reviews/{drawn.pk}").content.decode()
        assert "借款超限断点多" in page
        assert "还有 1 个议题没有讨论" in page
        point = ReviewPoint.objects.get().pk
        due = (timezone.localdate() + timedelta(days=3)).isoformat()
        decided = {"point": point, "text": "额度提示前移到填写页", "due_on": due}
        for owner, status in (("", 422), (told.manager_id, 302)):
            found = self.send(told.other, drawn, "decide", owner=owner, **decided)
            assert found.status_code == status
        made = ReviewDecision.objects.get()
        where = told.manager.get(f"/staff/journeys/decisions/{made.pk}")
        assert where["Location"] == f"/staff/journeys/reviews/{drawn.pk}"
        assert self.send(told.other, drawn, "hold", minutes="都好").status_code == 422
        there = [told.manager_id, told.other_id]
        minutes = {"present": there, "minutes": "本周断点集中在借款，方案下周上线。"}
        assert self.send(told.other, drawn, "hold", **minutes).status_code == 302
        assert (
            "方案下周上线" in told.other.get(f"/staff/journeys/reviews/{drawn.pk}").content.decode()
        )
        file = f"/staff/journeys/reviews/{drawn.pk}/minutes.pdf"
        assert told.manager.get(file).status_code == 404
        jobs.print_minutes(drawn.pk)
        assert told.manager.get(file).content.startswith(b"%PDF")
        assert (
            "下载纪要" in told.manager.get(f"/staff/journeys/reviews/{drawn.pk}").content.decode()
        )
        far = signed_in(Ref("staff", make.staff(told.branch_b, "SERVICE_MANAGER")))
        assert far.get(file).status_code == 404
        words = {"decision": made.pk, "text": "提示已经上线，见填写页"}
        assert self.send(told.manager, drawn, "done", **words).status_code == 302
        assert "没有办理中的决定" in told.manager.get("/staff/journeys/reviews").content.decode()
        assert self.send(told.manager, drawn, "nothing").status_code == 404

    def test_another_branch_and_one_without_the_right_see_and_change_nothing(self, told, drawn):
        far = signed_in(Ref("staff", make.staff(told.branch_b, "SERVICE_MANAGER")))
        point = {"point": ReviewPoint.objects.get().pk, "text": "已经在办，下周再看"}
        assert far.get(f"/staff/journeys/reviews/{drawn.pk}").status_code == 404
        assert self.send(far, drawn, "note", **point).status_code == 404
        seat = signed_in(Ref("staff", make.staff(told.branch_a, "CALL_AGENT")))
        assert self.send(seat, drawn, "note", **point).status_code == 403
        assert ReviewPoint.objects.get().note == ""
        assert "还没有复盘" in far.get("/staff/journeys/reviews").content.decode()
