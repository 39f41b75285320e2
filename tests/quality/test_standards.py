"""Service standards: versions by two people, trials in some offices, exceptions; never deleted in use."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOON
from tests.web.pages import typed
from tests.web.signing import signed_in
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.obligations import queries as obligations
from yilu.quality import operations, queries, refusals
from yilu.quality.books import standards as shipped_standards
from yilu.quality.models import Deviation, StandardVersion
from yilu.quality.rules import standards
from yilu.quality.rules.standards import BadStandard, Placed

TODAY = day_of(NOON)
TEXT = shipped_standards.shipped()["phone"]


def one(office, *roles):
    access, ref = make.colleague(office, *roles)
    return {"access": access, "actor": ref, "at": NOON}


@pytest.mark.parametrize("code", standards.TOUCHPOINTS)
def test_a_shipped_standard_says_company_self_and_purpose_to_three_kinds_of_clients(code):
    told = standards.read(shipped_standards.shipped()[code])
    said = told.opening_of("一路人寿", "陈经办", "核对资料")
    assert all(each in said for each in ("一路人寿", "陈经办", "核对资料"))
    assert set(standards.ALWAYS) <= set(told.variants) <= set(standards.CLIENTS)
    assert told.steps
    assert told.checklist


@pytest.mark.parametrize(
    "text",
    [
        "title = ", "x" * 40_001, TEXT + "\n[extra]\na = 1", TEXT.replace("{self}", "小王"),
        TEXT.replace("{self}", "{name}"), TEXT.replace("{self}", "{self.x}"), TEXT.replace("talkative", "angry"),
        TEXT.replace("minutes = 1\n", "minutes = 0\n"), TEXT.replace('title = "电话服务标准"', 'title = " "'),
        'title = "只有题目"',
    ],
)  # fmt: skip
def test_a_broken_text_is_refused_with_what_to_mend(text):
    with pytest.raises(BadStandard) as refused:
        standards.read(text)
    assert refused.value.hint


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.one_of(st.none(), st.frozensets(st.integers(1, 3)))),
        max_size=6,
    ),
    st.integers(1, 3),
    st.integers(0, 9),
)
@settings(max_examples=100)
def test_an_office_works_by_its_trial_or_by_the_newest_for_all_begun(told, office, day):
    versions = [Placed(n, n, TODAY + timedelta(d), p) for n, (d, p) in enumerate(told, 1)]
    chosen = standards.counting(versions, office_id=office, on=TODAY + timedelta(day))
    begun = [v for v in versions if v.since <= TODAY + timedelta(day)]
    here = [v for v in begun if v.pilot is not None and office in v.pilot]
    pool = here or [v for v in begun if v.pilot is None]
    assert chosen == (max(pool, key=lambda v: (v.since, v.number)).id if pool else None)


def test_a_version_is_tried_in_one_office_then_rolled_out_and_never_deleted(db):
    here, there = make.office(), make.office()
    author, second = one(make.head_office(), "STANDARDS_EDITOR"), one(here, "STANDARDS_EDITOR")
    assert operations.load_catalogue(NOON) == 11
    assert operations.load_catalogue(NOON) == 0
    new = TEXT.replace("请讲。", "请您讲。")
    told = {"touchpoint": "phone", "text": new}
    draft = operations.write_draft(revision=0, **told, **author)
    with pytest.raises(refusals.DraftChanged):
        operations.write_draft(revision=0, **told, **second)
    asked = {"version_id": draft, "revision": 1, "since": TODAY, "pilot_offices": [here]}
    with pytest.raises(refusals.OwnDraft):
        operations.approve(**asked, **author)
    for wrong in ({"since": TODAY - timedelta(1)}, {"pilot_offices": [here, 10**9]}):
        with pytest.raises(refusals.BadPlace):
            operations.approve(**asked | wrong, **second)
    with pytest.raises(NotAllowed):
        operations.approve(**asked, **one(here, "CALL_AGENT"))
    assert StandardVersion.objects.get(pk=draft).state == "DRAFT"
    operations.approve(**asked, **second)
    with pytest.raises(refusals.DraftChanged):
        operations.approve(**asked, **second)
    in_force = [queries.standard_for("phone", office_id=o, on=TODAY) for o in (here, there)]
    assert [v.number for v in in_force if v] == [2, 1]
    for version in in_force:
        with pytest.raises(refusals.StandardInUse):
            operations.discard(version_id=version.id, **second)
    operations.end_pilot(version_id=draft, roll_out=True, **second)
    with pytest.raises(refusals.NoPilot):
        operations.end_pilot(version_id=draft, roll_out=False, **second)
    assert queries.standard_for("phone", office_id=there, on=TODAY).number == 2
    assert StandardVersion.objects.filter(touchpoint="phone").count() == 2


def test_a_draft_is_given_up_and_a_trial_stopped(db):
    office = make.office()
    author, second = one(office, "STANDARDS_EDITOR"), one(office, "SERVICE_MANAGER")
    told = {"touchpoint": "chat", "text": shipped_standards.shipped()["chat"], "revision": 0}
    first = operations.write_draft(**told, **author)
    operations.discard(version_id=first, **author)
    with pytest.raises(refusals.StandardNotFound):
        operations.discard(version_id=first, **author)
    with pytest.raises(refusals.StandardNotFound):
        operations.write_draft(**told | {"touchpoint": "moon"}, **author)
    again = operations.write_draft(**told, **author)
    operations.approve(version_id=again, revision=1, since=TODAY, pilot_offices=[office], **second)
    operations.end_pilot(version_id=again, roll_out=False, **second)
    assert queries.standard_for("chat", office_id=office, on=TODAY) is None


def test_an_exception_is_asked_by_one_decided_by_another_and_ends(db):
    office = make.office()
    operations.load_catalogue(NOON)
    version = queries.standard_for("hall", office_id=office, on=TODAY)
    asker, boss = one(office, "SERVICE_MANAGER"), one(office, "SERVICE_MANAGER")
    told = {"version_id": version.id, "what": "只开一个窗口", "why": "装修", "until": TODAY}
    for wrong in ({"what": " "}, {"why": "x" * 301}, {"until": TODAY - timedelta(1)},
                  {"until": TODAY + timedelta(400)}):  # fmt: skip
        with pytest.raises(refusals.BadDeviation):
            operations.ask_deviation(**told | wrong, **asker)
    asked = operations.ask_deviation(**told, **asker)
    assert operations.ask_deviation(**told, **asker) == asked
    said = {"deviation_id": asked, "allowed": True, "answer": "可以"}
    with pytest.raises(refusals.OwnRequest):
        operations.decide_deviation(**said, **asker)
    with pytest.raises(NotAllowed):
        operations.decide_deviation(**said, **one(make.office(), "SERVICE_MANAGER"))
    with pytest.raises(refusals.BadDeviation):
        operations.decide_deviation(**said | {"answer": ""}, **boss)
    assert Deviation.objects.get().state == "ASKED"
    operations.decide_deviation(**said, **boss)
    with pytest.raises(refusals.DecidedAlready):
        operations.decide_deviation(**said, **boss)
    of = {"touchpoint": "hall", "office_id": office}
    assert [each.what for each in queries.deviations_of(**of, on=TODAY)] == ["只开一个窗口"]
    assert queries.deviations_of(**of, on=TODAY + timedelta(1)) == []


def test_pages_are_read_by_all_staff_and_changed_by_two(db):
    import time_machine

    with time_machine.travel(NOON, tick=False):
        operations.load_catalogue(NOON)
        office = make.office()
        seat, author, second = (
            signed_in(one(office, role)["actor"])
            for role in ("CALL_AGENT", "STANDARDS_EDITOR", "STANDARDS_EDITOR")
        )
        assert "现场查勘" not in seat.get("/staff/service/standards").content.decode()
        page = seat.get("/staff/service/standards/phone").content.decode()
        assert "急躁" in page
        assert "{company}" not in page
        claims = seat.get("/staff/service/standards/claim_handling/beside").content.decode()
        assert "客户不同意结论" in claims
        part = seat.get("/staff/service/standards/phone/beside").content.decode()
        assert "陈经办" in part
        assert "已核对身份" in part
        assert seat.get("/staff/service/standards/moon").status_code == 404
        place = "/staff/service/standards/phone/versions"
        form = typed(standards.SHAPE.parse(TEXT)) | {"revision": "0"}
        wrong = author.post(place, form | {"time.0.minutes": "马上", "purpose": "听懂"})
        assert wrong.status_code == 422
        assert "时间标准 1：“几分钟内”写 1 到" in wrong.content.decode()
        assert 'value="马上"' in wrong.content.decode()
        assert "听懂" in wrong.content.decode()
        more = author.post(place, form | {"do": "add:step"})
        assert f'id="r-step.{form["step"]}"' in more.content.decode()
        assert not StandardVersion.objects.filter(state="DRAFT").exists()
        assert author.post(place, form | {"purpose": "听懂，有着落。"}).status_code == 302
        draft = StandardVersion.objects.get(state="DRAFT")
        given = {"version": draft.pk, "revision": 1, "since": TODAY.isoformat(), "office": [office]}
        seen = second.get(place).content.decode()
        assert "和现行版本有 1 处不同" in seen
        assert seen.count("听懂，有着落。") == 2
        second.post("/staff/service/standards/phone/do/approve", given)
        assert "试点" in seat.get("/staff/service/standards/phone").content.decode()
        asked = {"version": draft.pk, "what": "先复述", "why": "方言", "until": "2026-03-30"}
        seat.post("/staff/service/standards/phone/ask", asked)
        assert "方言" in second.get("/staff/service/standards/phone").content.decode()
        assert (
            seat.post("/staff/service/standards/phone/ask", asked | {"why": ""}).status_code == 422
        )


class TestTimesOfPledges:
    """A time that customers were promised stands in one place, the catalogue of promises (A25, A27, A60)."""

    DUTIES = {
        "issuing": "pledge.policy_in_ten_minutes", "survey": "pledge.survey_arrival",
        "claim_handling": "pledge.consultant_contact",
    }  # fmt: skip

    def test_no_shipped_standard_says_another_figure(self, db):
        make.standards_in_force()
        pledged = {
            each.pledge: touchpoint
            for touchpoint in standards.TOUCHPOINTS
            for each in standards.read(shipped_standards.shipped()[touchpoint]).times
            if each.pledge
        }
        assert pledged == {code: touchpoint for touchpoint, code in self.DUTIES.items()}
        assert all(obligations.is_pledged(code, NOON) for code in pledged)
        for touchpoint, label in (("issuing", "出单"), ("survey", "到达现场")):
            told = standards.read(shipped_standards.shipped()[touchpoint]).times
            assert not [each for each in told if each.minutes and label in each.label]

    def test_the_page_says_what_the_promise_says_that_day(self, db):
        make.standards_in_force()
        office = make.office()
        operations.load_catalogue(NOON)
        page = signed_in(one(office, "UNDERWRITER")["actor"]).get(
            "/staff/service/standards/issuing"
        )
        shown = " ".join(page.content.decode().split())
        assert "10 分钟" in shown
        assert "资料齐全、付款到账后十分钟内出单" in shown

    @pytest.mark.parametrize(
        "row", ["", 'pledge = "pledge.survey_arrival"\nminutes = 5', 'pledge = "law.none"']
    )
    def test_a_time_is_a_figure_or_a_pledge_there_is(self, db, row):
        make.standards_in_force()
        text = TEXT.replace("minutes = 1\n", f"{row}\n")
        with pytest.raises(BadStandard):
            operations.write_draft(
                touchpoint="phone", text=text, revision=0,
                **one(make.office(), "SERVICE_MANAGER", "STANDARDS_EDITOR"),
            )  # fmt: skip
        assert not StandardVersion.objects.filter(touchpoint="phone").exists()
