"""A new version goes live when its seven checks are answered, by another person; and back again."""

from datetime import timedelta

import pytest

from tests import make
from tests.journeys.telling import read, tell
from yilu.journeys import operations as journeys
from yilu.journeys import queries
from yilu.journeys.models import JourneyCase, JourneyVersion
from yilu.journeys.rules.checks import AUTOMATIC
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.standards.terms import CHECKS

pytestmark = pytest.mark.django_db(transaction=True)
NOON = make.NOON
DAY = NOON.date()
EVIDENCE = "三月二日按高峰十倍压测，最慢一秒内"


class Desk:
    """Two colleagues who may manage journeys."""

    def __init__(self, office):
        self.author, self.other = (make.staff(office, "SERVICE_MANAGER") for _ in range(2))

    def by(self, staff_id):
        return {
            "access": people.staff_access(staff_id), "actor": Ref("staff", staff_id), "at": NOON,
        }  # fmt: skip

    def draft(self, before='standard = "5 days"', after='standard = "4 days"', code="claim"):
        text = next(text for name, text, _ in journeys.shipped() if name == code)
        return journeys.draft_version(
            code=code,
            text=text.replace(before, after, 1),
            note="缩短审核时间",
            **self.by(self.author),
        )

    def answer(self, version_id, *checks, passed=True):
        for check in checks:
            journeys.answer_check(
                version_id=version_id, check=check, passed=passed, evidence=EVIDENCE,
                **self.by(self.author),
            )  # fmt: skip


@pytest.fixture
def desk(office):
    return Desk(office)


def test_the_machine_answers_what_it_can(desk):
    view = queries.get_version(desk.draft(), DAY)
    assert {c.code for c in view.checks if c.passed} == AUTOMATIC
    assert [c.code for c in view.checks] == list(CHECKS)
    assert not view.ready


def test_a_version_goes_live_with_seven_answers_and_another_hand(desk, office):
    version_id = desk.draft()
    with pytest.raises(journeys.ChecksMissing) as refused:
        journeys.switch_on(version_id=version_id, **desk.by(desk.other))
    assert "查告知、查压力" in str(refused.value.hint)
    desk.answer(version_id, "told", "load")
    with pytest.raises(journeys.SameHands):
        journeys.switch_on(version_id=version_id, **desk.by(desk.author))
    journeys.switch_on(version_id=version_id, **desk.by(desk.other))
    assert [v.state for v in queries.list_versions("claim")] == ["ON", "RETIRED"]
    with pytest.raises(journeys.NotADraft):
        journeys.switch_on(version_id=version_id, **desk.by(desk.other))

    after = NOON + timedelta(minutes=1)
    tell("claims.claim_reported", Ref("claim", 1), NOON - timedelta(days=1), 7, office_id=office)
    tell("claims.claim_reported", Ref("claim", 2), after, 7, office_id=office)
    read(after)
    assert dict(JourneyCase.objects.values_list("subject", "version")) == {
        "claim:1": 1,
        "claim:2": 2,
    }


def test_a_check_that_failed_keeps_it_from_going_live(desk):
    version_id = desk.draft()
    desk.answer(version_id, "told")
    desk.answer(version_id, "load", passed=False)
    with pytest.raises(journeys.ChecksMissing):
        journeys.switch_on(version_id=version_id, **desk.by(desk.other))


def test_an_answer_needs_evidence_and_a_check_there_is(desk):
    version_id = desk.draft()
    told = {"version_id": version_id, "passed": True, **desk.by(desk.author)}
    with pytest.raises(journeys.EvidenceNeeded):
        journeys.answer_check(check="load", evidence="好", **told)
    with pytest.raises(journeys.UnknownCheck):
        journeys.answer_check(check="eighth", evidence=EVIDENCE, **told)
    seen = queries.get_version(version_id, DAY).checks
    assert {check.code for check in seen if check.answered} == AUTOMATIC


def test_what_the_machine_found_wrong_no_person_answers_away(desk):
    version_id = desk.draft('words = "我们已收到您的报案，请提交资料"', 'words = "CLAIM RECEIVED"')
    with pytest.raises(journeys.ChecksMissing):
        desk.answer(version_id, "readable")


def test_changing_the_draft_makes_the_answers_void(desk):
    version_id = desk.draft()
    desk.answer(version_id, "told", "load")
    assert desk.draft(after='standard = "3 days"') == version_id
    assert not queries.get_version(version_id, DAY).ready


def test_a_dead_end_is_refused_and_nothing_is_kept(desk):
    with pytest.raises(journeys.WrongJourney) as refused:
        desk.draft('next = ["paying", "done", "withdrawn"]\n', "")
    assert refused.value.mistakes[0].file == "claim.toml"
    assert refused.value.mistakes[0].line > 1
    assert "断头路" in str(refused.value.hint)
    assert not JourneyVersion.objects.filter(state="DRAFT").exists()


def test_the_same_text_and_another_code_are_refused(desk):
    with pytest.raises(journeys.NothingChanged):
        desk.draft("不会出现的文字", "")
    with pytest.raises(journeys.WrongJourney):
        desk.draft('code = "claim"', 'code = "other"')


def test_rolling_back_puts_the_version_before_in_force(desk):
    version_id = desk.draft()
    desk.answer(version_id, "told", "load")
    journeys.switch_on(version_id=version_id, **desk.by(desk.other))
    journeys.roll_back(code="claim", **desk.by(desk.author))
    first, second, third = queries.list_versions("claim")[::-1]
    assert (first.state, second.state, third.state) == ("RETIRED", "RETIRED", "ON")
    assert queries.get_version(third.id, DAY).text == queries.get_version(first.id, DAY).text
    with pytest.raises(journeys.NothingToRollBackTo):
        journeys.roll_back(code="renewal", **desk.by(desk.author))
    with pytest.raises(journeys.JourneyNotFound):
        journeys.roll_back(code="nothing", **desk.by(desk.author))


def test_loading_again_changes_nothing(shipped):
    assert journeys.load_catalogue(NOON) == 0
    assert all(card.on.shipped for card in queries.list_journeys())


def test_strangers_to_journeys_change_nothing(desk, office):
    seat = make.staff(office, "CALL_AGENT")
    for call in (
        lambda told: journeys.draft_version(code="claim", text="x", note="", **told),
        lambda told: journeys.roll_back(code="claim", **told),
        lambda told: journeys.switch_on(version_id=1, **told),
        lambda told: journeys.word_standard(text_id=1, title="x", text="y" * 20, since=DAY, **told),
        lambda told: journeys.approve_wording(wording_id=1, **told),
        lambda told: journeys.discard_wording(wording_id=1, **told),
    ):
        with pytest.raises(NotAllowed):
            call(desk.by(seat))


class TestStandards:
    """One words a standard, another approves it; it counts from its day."""

    def words(self, desk, by, **other):
        told = {"title": "超限即接", "text": "按本公司标准，三十秒内转视频坐席。", "since": DAY}
        text = queries.list_standards("nine", DAY)[0].id
        return journeys.word_standard(**{"text_id": text, **told, **other}, **desk.by(by))

    def test_the_texts_are_ours_until_two_people_word_them(self, desk):
        three, nine = queries.list_standards("three", DAY), queries.list_standards("nine", DAY)
        assert (len(three), len(nine)) == (6, 9)
        assert all(each.ours for each in three)
        made = self.words(desk, desk.author, since=DAY + timedelta(days=3))
        assert queries.list_standards("nine", DAY + timedelta(days=9))[0].ours, "nobody approved it"
        with pytest.raises(journeys.SameHands):
            journeys.approve_wording(wording_id=made, **desk.by(desk.author))
        journeys.approve_wording(wording_id=made, **desk.by(desk.other))
        assert journeys.load_catalogue(NOON) == 0
        assert queries.list_standards("nine", DAY + timedelta(days=2))[0].title == nine[0].title
        later = queries.list_standards("nine", DAY + timedelta(days=3))[0]
        assert (later.title, later.ours, later.number) == ("超限即接", False, 1)

    def test_a_proposal_is_replaced_or_taken_back_and_then_approved_by_nobody(self, desk):
        first, second = self.words(desk, desk.author), self.words(desk, desk.author, title="又一版")
        with pytest.raises(journeys.NotADraft):
            journeys.approve_wording(wording_id=first, **desk.by(desk.other))
        journeys.discard_wording(wording_id=second, **desk.by(desk.author))
        with pytest.raises(journeys.NotADraft):
            journeys.approve_wording(wording_id=second, **desk.by(desk.other))
        seen = queries.list_standards("nine", DAY)[0]
        assert (seen.ours, seen.draft, len(seen.wordings)) == (True, None, 2)

    def test_an_empty_text_a_day_gone_and_one_that_is_not_there_are_refused(self, desk):
        for wrong in (
            {"title": ""},
            {"text": "短"},
            {"since": None},
            {"since": DAY - timedelta(1)},
        ):
            with pytest.raises(journeys.EvidenceNeeded):
                self.words(desk, desk.author, **wrong)
        with pytest.raises(journeys.StandardNotFound):
            self.words(desk, desk.author, text_id=10**9)
