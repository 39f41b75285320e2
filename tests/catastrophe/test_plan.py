"""An emergency's measures have owners and times; the scene reports by phone; the report is a file."""

from datetime import timedelta

import pypdfium2
import pytest
import time_machine

from tests import make
from tests.catastrophe.story import LATER
from tests.make import NOON
from yilu.catastrophe import jobs, queries
from yilu.catastrophe import operations as catastrophe
from yilu.catastrophe.models import CasualtyList, CasualtyRow, EventReport, MeasureTask
from yilu.catastrophe.operations import refusals
from yilu.catastrophe.rules.labels import CARRIED_OUT_WITHIN, MEASURES
from yilu.claims.models import Claim
from yilu.journal.models import Event as JournalEvent
from yilu.kernel.errors import NotAllowed


def told(story, event_id, **given):
    return {
        "event_id": event_id, "measure": "GREEN_LANE", "access": story.lead,
        "actor": story.actor, "at": LATER, **given,
    }  # fmt: skip


def kinds():
    return list(JournalEvent.objects.order_by("pk").values_list("kind", flat=True))


class TestMeasures:
    def test_each_has_an_owner_and_a_time_from_the_first_minute(self, story):
        event_id = story.declare()
        page = story.page(event_id)
        assert [m.code for m in page.measures] == list(MEASURES)
        assert {m.owner_id for m in page.measures} == {story.actor.id}
        assert page.measures[0].due_at == NOON + timedelta(minutes=30)
        assert set(CARRIED_OUT_WITHIN) == set(MEASURES)

    def test_are_handed_over_and_carried_out_once(self, story):
        event_id = story.declare()
        _access, other = make.colleague(story.head, "TEAM_LEAD")
        due = NOON + timedelta(hours=3)
        for _twice in range(2):
            catastrophe.assign_measure(**told(story, event_id), owner_id=other.id, due_at=due)
        assert catastrophe.carry_out(**told(story, event_id), words="专席已开通")
        assert not catastrophe.carry_out(**told(story, event_id), words="再说一遍")

        [row] = [m for m in story.page(event_id).measures if m.code == "GREEN_LANE"]
        assert (row.owner_id, row.due_at, row.in_time, row.told) == (
            other.id,
            due,
            True,
            "专席已开通",
        )
        assert kinds().count("catastrophe.measure_assigned") == 1
        assert kinds().count("catastrophe.measure_carried_out") == 1

    def test_what_came_late_is_said_to_be_late(self, story):
        event_id = story.declare()
        late = NOON + timedelta(minutes=31)
        catastrophe.carry_out(**told(story, event_id, at=late), words="已开通")
        assert story.page(event_id).measures[0].in_time is False

    def test_refuse_what_cannot_be(self, story):
        event_id = story.declare(measures=("GREEN_LANE", "ADVANCE"))
        soon = NOON + timedelta(hours=1)
        stranger = make.colleague(make.office(), "ASSESSOR")[1]
        for wrong in (
            {"owner_id": stranger.id, "due_at": soon},
            {"owner_id": story.actor.id, "due_at": NOON - timedelta(minutes=1)},
            {"owner_id": story.actor.id, "due_at": NOON + timedelta(days=9)},
            {"owner_id": story.actor.id, "due_at": soon, "measure": "PROACTIVE"},
        ):
            with pytest.raises(catastrophe.NotAMeasure):
                catastrophe.assign_measure(**{**told(story, event_id), **wrong})
        for words in ("", "字" * 201):
            with pytest.raises(catastrophe.NotAMeasure):
                catastrophe.carry_out(**told(story, event_id), words=words)
        assert not MeasureTask.objects.filter(done_at__isnull=False).exists()

    def test_a_handler_of_another_office_sees_none_of_it(self, story):
        event_id = story.declare()
        stranger, actor = make.colleague(story.office, "TEAM_LEAD")
        with pytest.raises(refusals.EventNotFound):
            catastrophe.carry_out(
                **told(story, event_id, access=stranger, actor=actor), words="已开通"
            )
        with pytest.raises(refusals.EventNotFound):
            catastrophe.ask_report(event_id=event_id, access=stranger, actor=actor, at=LATER)
        with pytest.raises(refusals.EventNotFound):
            queries.report_of(event_id, stranger)


class TestSwitching:
    def test_without_the_green_lane_claims_go_the_usual_way(self, story):
        event_id = story.declare()
        assert catastrophe.switch_measure(**told(story, event_id), on=False)
        assert not catastrophe.switch_measure(**told(story, event_id), on=False)
        affected_id, party_id = story.affected(event_id)
        make.consent(party_id, "HEALTH_DATA")
        catastrophe.open_claims(
            affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
        )
        assert Claim.objects.get().programme == "STANDARD"

    def test_with_it_they_are_the_disasters(self, story):
        event_id = story.declare(measures=("ADVANCE",))
        assert catastrophe.switch_measure(**told(story, event_id), on=True)
        assert [m.code for m in story.page(event_id).measures] == ["GREEN_LANE", "ADVANCE"]
        affected_id, _party = story.affected(event_id)
        catastrophe.open_claims(
            affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
        )
        assert Claim.objects.get().programme == "DISASTER"

    def test_the_last_measure_stays_and_none_is_invented(self, story):
        event_id = story.declare(measures=("GREEN_LANE",))
        with pytest.raises(catastrophe.NotAMeasure, match="至少保留一项"):
            catastrophe.switch_measure(**told(story, event_id), on=False)
        with pytest.raises(catastrophe.NotAMeasure):
            catastrophe.switch_measure(**told(story, event_id, measure="MAGIC"), on=True)
        weaker, actor = make.colleague(story.head, "TEAM_LEAD")
        if not weaker.may("catastrophe.declare", office_id=story.head):
            with pytest.raises(NotAllowed):
                catastrophe.switch_measure(
                    **told(story, event_id, access=weaker, actor=actor), on=False
                )


class TestFromTheScene:
    def see(self, story, event_id, **given):
        seen = catastrophe.Seen(**{"name": "王晓明", "condition": "INJURED", **given})
        return catastrophe.report_on_site(
            event_id=event_id, seen=seen, access=story.lead, actor=story.actor, at=LATER
        )

    def test_a_person_written_down_is_looked_for_at_once(self, story):
        party_id, number = story.customer()
        event_id = story.declare()
        list_id = self.see(story, event_id, identity=f"{number[:14]}****", sex="MALE")
        with time_machine.travel(LATER, tick=False):
            jobs.read_list(list_id=list_id)
        row = CasualtyRow.objects.get()
        assert row.state == "TO_CONFIRM"
        assert row.candidates.get().party_id == party_id
        assert CasualtyList.objects.get().source == "现场移动报案"

    def test_two_taps_are_one(self, story):
        event_id = story.declare()
        self.see(story, event_id)
        with pytest.raises(catastrophe.ListKnownAlready):
            self.see(story, event_id)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": " "}, {"condition": "HAPPY"}, {"sex": "X"}, {"born_on": "2026-02-30"},
            {"age": "300"},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_said_on_the_phone(self, story, wrong):
        event_id = story.declare()
        with pytest.raises(catastrophe.BadEvent):
            self.see(story, event_id, **wrong)
        assert not CasualtyList.objects.exists()


class TestTheReport:
    def test_of_a_drill_is_a_file_with_its_digest_in_the_journal(self, story):
        event_id = story.declare(drill=True)
        affected_id, _party = story.affected(event_id, condition="遇难")
        with pytest.raises(catastrophe.NoReport):
            queries.report_of(event_id, story.lead)
        common = {
            "affected_id": affected_id,
            "access": story.lead,
            "actor": story.actor,
            "at": LATER,
        }
        catastrophe.record_contact(outcome="FAMILY", **common)
        catastrophe.open_claims(**common)
        catastrophe.practise_payment(**common)
        catastrophe.ask_report(event_id=event_id, access=story.lead, actor=story.actor, at=LATER)
        assert story.page(event_id).being_printed
        with time_machine.travel(LATER + timedelta(minutes=1), tick=False):
            jobs.print_report(event_id=event_id)

        page = story.page(event_id)
        content = queries.report_of(event_id, story.lead)
        text = "".join(
            each.get_textpage().get_text_bounded() for each in pypdfium2.PdfDocument(content)
        )
        assert not page.being_printed
        for words in (
            "重大突发事件应急演练报告", "在 7 小时目标之内", "100,000.00", "5 分钟", "理赔绿色通道",
            "名单可用 1 人：确认为客户 1 人",
        ):  # fmt: skip
            assert words.replace(" ", "") in text.replace(" ", "").replace("\r\n", ""), words
        assert "王晓明" not in text
        printed = JournalEvent.objects.get(kind="catastrophe.report_printed")
        assert printed.facts == {"drill": True, "sha256": page.sha256}
        assert EventReport.objects.count() == 1
