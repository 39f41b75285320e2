"""The pages of inspections, recoveries, audits and books: used by who may, shut for who may not, whole when empty."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests import make
from tests.contact.desk import Desk, person
from tests.documents.papers import picture
from tests.make import NOON
from tests.quality.test_inspecting import TALK, answers, wrapped
from tests.web.pages import typed
from tests.web.signing import signed_in
from yilu.complaints.models import Complaint
from yilu.journal import operations as journal
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.quality import operations
from yilu.quality.models import Audit, BookVersion, Correction, Finding, Inspection, Recovery, Tick
from yilu.quality.rules import scoring

LATER = NOON + timedelta(days=8)
AT = "/staff/quality"


def browser(who):
    return SimpleNamespace(who=who, web=signed_in(Ref("staff", who.staff_id)))


def read(client, url, status=200, **given):
    answer = client.web.get(url, **given)
    assert answer.status_code == status, answer.content.decode()[:800]
    return answer.content.decode()


@pytest.fixture
def story(db, noon):
    make.standards_in_force()
    operations.load_books(NOON - timedelta(days=30))
    operations.load_catalogue(NOON - timedelta(days=30))
    desk = Desk()
    seat = desk.seat({"general": 1})
    wrapped(desk, seat, *TALK)
    while journal.run_reactions(NOON):
        pass
    noon.move_to(LATER)
    while operations.draw_lots(at=LATER):
        pass
    return SimpleNamespace(
        desk=desk, seat=browser(seat), boss=browser(desk.boss),
        first=browser(person(desk.office, "COMPLAINT_OFFICER")),
        second=browser(person(desk.office, "COMPLAINT_OFFICER")),
        helper=browser(person(desk.office, "CONSULTANT")),
        stranger=browser(person(make.office(), "SERVICE_MANAGER")),
        head=browser(person(make.head_office(), "SERVICE_MANAGER")),
        row=Inspection.objects.select_related("form").get(),
    )  # fmt: skip


def filled(row, **other):
    given = {}
    for code, answer in answers(row, **other).items():
        given |= {f"item:{code}": "na" if answer.given is None else answer.given,
                  f"comment:{code}": answer.comment, f"seen:{code}": answer.evidence}  # fmt: skip
    return given


def test_a_service_is_scored_beside_what_was_said_objected_to_and_answered(story):
    from yilu.quality.queries.inspections import Answer

    place = f"{AT}/inspections/{story.row.pk}"
    assert "记录与对话不符" in read(story.first, f"{AT}/inspections")
    page = read(story.first, place)
    assert "急什么" in page
    assert "#3" in page
    assert "提交评分" in page
    read(story.seat, place, 404)
    read(story.stranger, place, 404)
    assert "主管与本团队成员" in read(story.boss, place)
    bad = filled(story.row, no_insult=Answer(0, "“急什么”", "#3"))
    assert story.first.web.post(f"{place}/score", {**bad, "item:step_1": ""}).status_code == 422
    assert story.boss.web.post(f"{place}/score", bad).status_code == 403
    assert story.first.web.post(f"{place}/score", bad).status_code == 302
    mine = read(story.seat, f"{AT}/inspections")
    assert "一票否决" in mine
    assert "急什么" in read(story.seat, place)
    assert story.seat.web.post(f"{place}/appeal", {"reason": ""}).status_code == 422
    assert story.seat.web.post(f"{place}/appeal", {"reason": "客户先骂人"}).status_code == 302
    assert "客户先骂人" in read(story.second, place)
    assert story.first.web.post(f"{place}/uphold", {"reason": "录音清楚"}).status_code == 403
    changed = filled(story.row) | {"reason": "语气不妥，不是辱骂"}
    assert story.second.web.post(f"{place}/change", changed).status_code == 302
    assert "复核改变：0 分 → 100 分" in read(story.seat, place)
    assert story.seat.web.post(f"{place}/nothing").status_code == 404
    picture_ = read(story.boss, f"{AT}/inspections/picture")
    assert "100" in picture_
    for name in ("weeks", "people", "offices", "missed"):
        assert story.boss.web.get(f"{AT}/inspections/picture/{name}").json()["series"]
    assert "重抽核对通过" in read(story.boss, f"{AT}/inspections/lots/{story.row.lot_id}")
    read(story.stranger, f"{AT}/inspections/lots/{story.row.lot_id}", 404)
    assert "文字会话" in read(story.boss, f"{AT}/inspections?show=all&what=written")


def test_a_hidden_complaint_is_registered_and_the_customer_called(story):
    row = Finding.objects.get(kind="RECORD")
    place = f"{AT}/findings/{row.pk}"
    assert "是投诉，登记" in read(story.helper, place)
    assert "是投诉，登记" not in read(story.seat, place)
    read(story.stranger, place, 404)
    said = {
        "complaint": "yes",
        "why": "客户明说要投诉",
        "business": "CLAIMS",
        "reason": "SLOW",
        "words": "拖了一个月",
    }
    assert story.helper.web.post(place, said | {"words": ""}).status_code == 422
    assert story.helper.web.post(place, said).status_code == 302
    case = Complaint.objects.get()
    assert case.against == [story.seat.who.staff_id]
    assert story.helper.web.post(place, said).status_code == 409
    assert Complaint.objects.count() == 1
    assert "已登记为投诉" in read(story.boss, "/staff/service/findings")
    opened = {
        "origin": f"finding:{row.pk}",
        "wrong": "没有登记投诉",
        "owner": story.helper.who.staff_id,
    }
    assert story.seat.web.post(f"{AT}/recoveries/open", opened).status_code == 403
    assert story.boss.web.post(f"{AT}/recoveries/open", {"origin": "party:1"}).status_code == 422
    assert story.boss.web.post(f"{AT}/recoveries/open", {"origin": "claim:1"}).status_code == 404
    story.boss.web.post(f"{AT}/recoveries/open", opened | {"wrong": ""})
    assert not Recovery.objects.exists()
    story.boss.web.post(f"{AT}/recoveries/open", opened)
    made = Recovery.objects.get()
    here = f"{AT}/recoveries/{made.pk}"
    assert "没有登记投诉" in read(story.helper, here)
    assert "林" in read(story.helper, f"{AT}/recoveries")
    read(story.seat, here, 404)
    closing = {"outcome": "CONTENT", "result": "客户接受"}
    assert story.helper.web.post(f"{here}/close", closing).status_code == 422
    call = {"channel": "PHONE", "reached": "yes", "text": "致歉说明"}
    assert story.helper.web.post(f"{here}/note", call).status_code == 302
    handed = {
        "outcome": "COMPLAINT",
        "result": "客户要求投诉",
        "business": "CLAIMS",
        "reason": "SLOW",
        "words": "又拖了三天",
    }
    assert story.helper.web.post(f"{here}/close", handed).status_code == 302
    made.refresh_from_db()
    assert made.complaint_id is not None
    assert "看投诉" in read(story.helper, here)
    assert read(story.helper, f"{AT}/recoveries?state=CLOSED").count("转为投诉办理") == 1


def test_an_office_is_looked_at_on_a_phone_and_puts_right_what_failed(story):
    office = story.desk.office
    assert "还没有检查" in read(story.head, f"{AT}/audits")
    asked = {"kind": "SITE", "touchpoint": "counter", "office": office}
    assert story.first.web.post(f"{AT}/audits/begin", asked).status_code == 403
    assert (
        story.head.web.post(f"{AT}/audits/begin", asked | {"touchpoint": "moon"}).status_code == 422
    )
    assert story.head.web.post(f"{AT}/audits/begin", asked).status_code == 302
    audit = Audit.objects.get()
    place = f"{AT}/audits/{audit.pk}"
    assert "工牌在左胸" in read(story.head, place)
    read(story.stranger, place, 404)
    assert story.head.web.post(f"{place}/1", {"result": "FAIL"}).status_code == 422
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("柜面.png", picture(), "image/png")
    noted = {"result": "FAIL", "note": "没戴工牌", "photo": photo}
    assert story.head.web.post(f"{place}/1", noted).status_code == 302
    for n in range(2, 6):
        story.head.web.post(f"{place}/{n}", {"result": "KEPT"})
    ends = {"owner": story.boss.who.staff_id, "due": (day_of(LATER) + timedelta(9)).isoformat()}
    assert story.head.web.post(f"{place}/finish", {}).status_code == 422
    assert story.head.web.post(f"{place}/finish", ends).status_code == 302
    assert "没戴工牌" in read(story.boss, f"{AT}/audits/corrections")
    assert story.boss.web.get(f"{AT}/photos/audit/{audit.pk}/1")["Content-Type"] == "image/png"
    assert story.stranger.web.get(f"{AT}/photos/audit/{audit.pk}/1").status_code == 404
    row = Correction.objects.get()
    one = f"{AT}/audits/corrections/{row.pk}"
    assert story.boss.web.post(one, {"act": "correct", "evidence": ""}).status_code == 422
    assert story.boss.web.post(one, {"act": "correct", "evidence": "已补发工牌"}).status_code == 302
    assert story.boss.web.post(one, {"act": "confirm"}).status_code == 403
    assert story.head.web.post(one, {"act": "confirm"}).status_code == 302
    assert "已销号" in read(story.head, f"{AT}/audits/corrections")
    assert story.head.web.get(one).status_code == 302
    start = f"{AT}/recoveries/new?origin=correction:{row.pk}"
    assert "涉及哪位客户" in read(story.head, start)
    read(story.stranger, start, 404)
    assert f"party={story.desk.party}" in read(
        story.head, f"{start}&q={people.get_party(story.desk.party).name[:2]}"
    )
    given = {
        "origin": f"correction:{row.pk}", "party": story.desk.party, "wrong": "没有一次说清要带什么",
        "owner": story.boss.who.staff_id,
    }  # fmt: skip
    assert story.head.web.post(f"{AT}/recoveries/open", given).status_code == 422, (
        "it is the owner's own"
    )
    given["owner"] = story.helper.who.staff_id
    assert story.head.web.post(f"{AT}/recoveries/open", given).status_code == 302
    assert story.head.web.get(f"{start}&party={story.desk.party}").status_code == 302
    sheet = SimpleUploadedFile(
        "评测.csv", "机构代码,触点,检查内容,结果\nXX,柜面,着装,符合\n".encode()
    )
    story.head.web.post(f"{AT}/audits/import", {"firm": "某公司", "file": sheet})
    assert "没有这个机构代码" in read(story.head, f"{AT}/audits")
    assert story.head.web.post(f"{AT}/audits/import", {"firm": "某公司"}).status_code == 422


def test_plans_forms_and_phrases_are_edited_by_two_and_ticks_stand_beside_the_claim(story):
    author, second = (browser(person(make.head_office(), "STANDARDS_EDITOR")) for _ in range(2))
    assert "抽检计划" in read(story.boss, f"{AT}/inspections/books")
    place = f"{AT}/inspections/books/form-phone"
    assert 'name="pass_mark"' in read(author, place)
    assert "一票否决" in read(author, f"{place}?from=standard")
    assert read(author, f"{AT}/inspections/books/form-moon", 404)
    form = typed(scoring.SHAPE.parse(BookVersion.objects.get(book="form.phone").text))
    assert author.web.post(place, form | {"revision": 0, "pass_mark": 101}).status_code == 422
    assert author.web.post(place, form | {"revision": 0, "pass_mark": 90}).status_code == 302
    draft = BookVersion.objects.get(state="DRAFT")
    given = {"version": draft.pk, "revision": 1, "since": day_of(LATER).isoformat()}
    author.web.post(f"{place}/approve", given)
    assert BookVersion.objects.filter(state="DRAFT").exists()
    second.web.post(f"{place}/approve", given)
    assert not BookVersion.objects.filter(state="DRAFT").exists()
    assert story.first.web.get(place).status_code == 403
    claim = make.reported_claim(
        make.insured(story.desk.office), office_id=story.desk.office
    ).claim_id
    beside = f"{AT}/beside/{claim}"
    version = operations_version("document_intake")
    assert "0/4" in read(story.boss, beside)
    tick = {"version": version, "position": 1, "kept": "yes"}
    assert "1/4" in story.boss.web.post(f"{beside}/tick", tick).content.decode()
    assert story.stranger.web.post(f"{beside}/tick", tick).status_code == 404
    assert Tick.objects.count() == 1
    assert "quality/beside" in read(story.boss, f"/staff/claims/{claim}")


def operations_version(touchpoint):
    from yilu.quality import queries

    return queries.standard_for(touchpoint, office_id=None, on=day_of(LATER)).id


def test_what_is_empty_says_so(story):
    for url, words in (
        (f"{AT}/inspections?show=appeals", "没有待复核的申诉"), (f"{AT}/recoveries", "没有服务补救"),
        (f"{AT}/audits/corrections", "没有由您整改的事项"), (f"{AT}/inspections/picture", "还没有定稿的质检"),
    ):  # fmt: skip
        assert words in read(story.boss, url)
    assert "还没有关于您的质检结果" in read(story.seat, f"{AT}/inspections")
