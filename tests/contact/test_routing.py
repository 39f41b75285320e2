"""Who is asked to take whom: the rules, then the same in PostgreSQL with many routers at once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from yilu.contact import operations, queries
from yilu.contact.models import Conversation, Offer, Seat, Waiting
from yilu.contact.rules import routing, scoring, words
from yilu.contact.rules.routing import Caller, FreeSeat, match, may_take, room_for
from yilu.contact.rules.skills import SKILLS, reach_of
from yilu.kernel.refs import SYSTEM

AT = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
ALL = frozenset({"VOICE", "CHAT", "TEXT"})


def seat(number: int, *, reach=None, idle: int = 0, branch: int = 1, loads=ALL) -> FreeSeat:
    return FreeSeat(number, branch, reach or {"general": 0}, loads, AT - timedelta(seconds=idle))


def caller(number: int, *, waited: int = 0, skill: str = "general", **given) -> Caller:
    since = AT - timedelta(seconds=waited)
    told = {
        "id": number, "skill": skill, "score": since.timestamp(), "load": "VOICE", "from_at": since,
        "branch_id": 1, "pooled_at": since,
    }  # fmt: skip
    return Caller(**{**told, **given})


class TestRules:
    def test_the_longest_idle_seat_is_asked_first(self):
        [(_, chosen)] = match([caller(1)], [seat(1, idle=5), seat(2, idle=50)], AT)
        assert chosen.id == 2

    def test_a_ring_opens_with_the_wait(self):
        backup = seat(1, reach={"general": 30})
        assert not match([caller(1, waited=29)], [backup], AT)
        assert match([caller(1, waited=30)], [backup], AT)

    def test_the_preferred_seat_is_waited_for_and_then_no_longer(self):
        wants = caller(1, preferred_id=7, preferred_until=AT + timedelta(seconds=1))
        assert not match([wants], [seat(1)], AT)
        assert match([wants], [seat(1), seat(7, idle=-9)], AT)[0][1].id == 7
        assert match([wants], [seat(1)], AT + timedelta(seconds=2))

    def test_a_preferred_seat_that_passed_is_not_waited_for(self):
        wants = caller(
            1, preferred_id=7, preferred_until=AT + timedelta(9), passed_by=frozenset({7})
        )
        assert match([wants], [seat(1), seat(7)], AT)[0][1].id == 1

    def test_an_own_branch_comes_before_the_country(self):
        far = seat(1, branch=2)
        held = caller(1, waited=10, pooled_at=AT + timedelta(seconds=1))
        assert not may_take(far, held, AT)
        assert may_take(far, held, AT + timedelta(seconds=1))

    def test_a_voice_fills_a_seat_and_chats_go_beside_chats(self):
        def room(**given):
            none = {"voice": 0, "chats": 0, "texts": 0, "chats_max": 2, "texts_max": 1}
            return room_for("BUSY", **{**none, **given})

        assert room(voice=1) == frozenset()
        assert room(chats=1) == {"CHAT", "TEXT"}
        assert room(chats=2) == {"TEXT"}
        assert room(texts=1) == {"VOICE", "CHAT"}
        assert (
            room_for("NOT_READY", voice=0, chats=0, texts=0, chats_max=2, texts_max=1)
            == frozenset()
        )

    @settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(st.sampled_from(["general", "claims"]), st.integers(0, 99)), max_size=12
        ),
        st.lists(st.tuples(st.booleans(), st.integers(0, 99)), max_size=8),
    )
    def test_nobody_is_given_twice_and_nobody_who_could_be_served_is_left(self, asked, sitting):
        callers = [caller(n, skill=skill, waited=w) for n, (skill, w) in enumerate(asked)]
        seats = [
            seat(n, reach={"claims": 0} if claims else {"general": 0}, idle=idle)
            for n, (claims, idle) in enumerate(sitting)
        ]
        given_out = match(callers, seats, AT)
        assert (
            len({c.id for c, _s in given_out})
            == len({s.id for _c, s in given_out})
            == len(given_out)
        )
        served, used = {c.id for c, _s in given_out}, {s.id for _c, s in given_out}
        for left in callers:
            for free in seats:
                assert left.id in served or free.id in used or not may_take(free, left, AT)


class TestScores:
    @given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3))
    def test_a_tier_changes_nothing_where_the_law_has_a_clock(self, one, other, urgency):
        first, second = (
            scoring.score(AT, urgency=urgency, tier=tier, statutory=True) for tier in (one, other)
        )
        assert first == second

    @given(st.integers(0, 9), st.integers(0, 3), st.integers(0, 600))
    def test_no_tier_overtakes_a_statutory_contact(self, tier, urgency, later):
        lawful = scoring.score(AT, urgency=urgency, tier=0, statutory=True)
        dear = scoring.score(
            AT + timedelta(seconds=later), urgency=urgency, tier=tier, statutory=False
        )
        assert lawful <= dear

    def test_who_came_first_goes_first(self):
        assert scoring.score(AT, urgency=0, tier=0, statutory=False) < scoring.score(
            AT + timedelta(seconds=1), urgency=0, tier=0, statutory=False
        )

    def test_every_skill_relaxes_to_skills_that_exist_and_proficiency_orders_the_rings(self):
        for skill in SKILLS.values():
            assert set(skill.relaxes_to) <= set(SKILLS)
            assert list(skill.rings) == sorted(skill.rings)
        assert dict(zip(*_pair(reach_of({"claims": 2})), strict=True))["claims"] == 15
        assert "complaints" not in reach_of({"general": 1}).skills

    @pytest.mark.parametrize("skills", [{"cooking": 1}, {"claims": 0}, {"claims": 4}])
    def test_a_skill_that_does_not_exist_is_refused(self, skills):
        with pytest.raises(ValueError, match="技能"):
            reach_of(skills)


def _pair(reach):
    return reach.skills, reach.after


@pytest.mark.django_db(transaction=True)
class TestDurable:
    def test_an_offer_not_answered_goes_to_the_next_and_the_seat_is_set_not_ready(self):
        desk = Desk()
        first = desk.seat({"general": 1}, ready_at=NOON - timedelta(minutes=2))
        second = desk.seat({"general": 1}, ready_at=NOON - timedelta(minutes=1))
        call = desk.waiting()
        assert Waiting.objects.get().seat_id == first.staff_id
        operations.take_back_unanswered(at=NOON + timedelta(seconds=14))
        assert Waiting.objects.get().seat_id == first.staff_id
        operations.take_back_unanswered(at=NOON + timedelta(seconds=15))
        assert Waiting.objects.get().seat_id == second.staff_id
        missed = Seat.objects.get(pk=first.staff_id)
        assert (missed.state, missed.why) == ("NOT_READY", "NO_ANSWER")
        with pytest.raises(operations.NoOffer):
            operations.accept(conversation_id=call, **first.told(NOON + timedelta(seconds=16)))
        assert set(Offer.objects.values_list("outcome", flat=True)) == {"MISSED", ""}

    def test_a_declined_offer_is_not_made_to_the_same_seat_again(self):
        desk = Desk()
        seat = desk.seat({"general": 1})
        call = desk.waiting()
        operations.decline(conversation_id=call, **seat.told(NOON))
        assert Waiting.objects.get().seat_id is None
        assert operations.route(at=NOON + timedelta(seconds=5)) == 0
        assert Seat.objects.get(pk=seat.staff_id).state == "READY"

    def test_who_was_not_answered_is_offered_again_to_a_seat_that_comes_back(self):
        desk = Desk()
        seat = desk.seat({"general": 1})
        desk.waiting()
        operations.take_back_unanswered(at=NOON + timedelta(seconds=15))
        assert Waiting.objects.get().seat_id is None
        assert operations.ready(**seat.told(NOON + timedelta(seconds=60))) == "OFFERED"
        assert Waiting.objects.get().seat_id == seat.staff_id

    def test_a_letter_keeps_no_caller_waiting(self):
        desk = Desk()
        desk.waiting(channel="SMS", at=NOON - timedelta(minutes=50))
        call = desk.waiting(at=NOON)
        seat = desk.seat({"general": 1}, ready_at=NOON)
        assert Waiting.objects.get(seat_id=seat.staff_id).pk == call

    def test_a_letter_that_only_rings_gives_its_seat_to_a_caller(self):
        desk = Desk()
        seat, busy = desk.seat({"general": 1}), desk.seat({"underwriting": 1})
        letter = desk.waiting(channel="SMS", at=NOON - timedelta(minutes=1))
        assert Waiting.objects.get(pk=letter).seat_id == seat.staff_id
        assert operations.take_back_unanswered(at=NOON) == 0
        call = desk.waiting(at=NOON)
        assert Waiting.objects.get(pk=call).seat_id is None
        assert operations.take_back_unanswered(at=NOON + timedelta(seconds=1)) == 1
        assert Waiting.objects.get(pk=call).seat_id == seat.staff_id
        left = Waiting.objects.get(pk=letter)
        assert (left.seat_id, left.passed_by) == (None, [])
        assert Seat.objects.get(pk=busy.staff_id).state == "READY"
        assert operations.take_back_unanswered(at=NOON + timedelta(seconds=2)) == 0
        operations.accept(conversation_id=call, **seat.told(NOON + timedelta(seconds=3)))
        with pytest.raises(operations.NoOffer):
            operations.accept(conversation_id=letter, **seat.told(NOON + timedelta(seconds=4)))

    def test_a_letter_of_more_than_an_hour_ago_keeps_its_turn(self):
        desk = Desk()
        letter = desk.waiting(channel="SMS", at=NOON - timedelta(minutes=61))
        seat = desk.seat({"general": 1}, ready_at=NOON)
        desk.waiting(at=NOON)
        assert operations.take_back_unanswered(at=NOON + timedelta(seconds=1)) == 0
        assert Waiting.objects.get(pk=letter).seat_id == seat.staff_id

    @pytest.mark.parametrize("left", ["paused", "missed"])
    def test_a_seat_on_its_way_out_gets_nothing_beside_its_letters(self, left):
        desk = Desk()
        seat = desk.seat({"general": 1})
        letter = desk.waiting(channel="SMS")
        operations.accept(conversation_id=letter, **seat.told(NOON))
        if left == "paused":
            operations.pause(why="MEAL", **seat.told(NOON))
        else:
            desk.waiting()
            operations.take_back_unanswered(at=NOON + timedelta(seconds=15))
        call = desk.waiting(at=NOON + timedelta(seconds=20))
        assert Waiting.objects.get(pk=call).seat_id is None
        row = Seat.objects.get(pk=seat.staff_id)
        assert (row.state, row.then) == ("BUSY", "NOT_READY")
        assert queries.seat_of(seat.staff_id).then_label in {"用餐", "未应答，已自动示忙"}
        assert operations.ready(**seat.told(NOON + timedelta(seconds=30))) == "OFFERED"

    def test_a_letter_is_worked_on_and_a_call_talked_in(self):
        desk = Desk()
        seat = desk.seat({"general": 1})
        for channel in ("SMS", "PHONE"):
            operations.accept(conversation_id=desk.waiting(channel=channel), **seat.told(NOON))
        said = {one.channel: one.state_label for one in queries.hands_of(seat.staff_id).at_hand}
        assert said == {"SMS": "处理中", "PHONE": "通话中"}
        assert words.state_word("CONNECTED", "CHAT") == "对话中"
        assert words.state_word("QUEUED", "CHAT") == words.state_word("QUEUED", "PHONE")

    def test_a_seat_that_becomes_free_gets_the_first_in_line_by_credit(self):
        desk = Desk()
        desk.waiting(at=NOON)
        urgent = desk.waiting(at=NOON + timedelta(seconds=30), urgency=2)
        seat = desk.seat({"general": 1}, ready_at=NOON + timedelta(seconds=40))
        assert Waiting.objects.get(seat_id=seat.staff_id).pk == urgent

    def test_a_callback_keeps_the_arrival_of_its_call(self):
        desk = Desk()
        early = desk.waiting(at=NOON, address="13900001111")
        desk.waiting(at=NOON + timedelta(minutes=1))
        back = operations.request_callback(
            conversation_id=early, actor=SYSTEM, at=NOON + timedelta(minutes=2)
        )
        with pytest.raises(operations.CallbackAlreadyAsked):
            operations.request_callback(conversation_id=early, actor=SYSTEM, at=NOON)
        seat = desk.seat({"general": 1}, ready_at=NOON + timedelta(minutes=3))
        assert Waiting.objects.get(seat_id=seat.staff_id).pk == back
        row = Conversation.objects.get(pk=back)
        assert (row.direction, row.arrived_at, row.follows_id) == ("OUT", NOON, early)

    def test_who_gave_up_because_of_us_is_called_back_and_who_hung_up_is_not(self):
        desk = Desk()
        for cause in ("SYSTEM", "CUSTOMER"):
            call = desk.waiting(address="13900002222")
            operations.abandon(conversation_id=call, cause=cause, actor=SYSTEM, at=NOON)
            operations.abandon(conversation_id=call, cause=cause, actor=SYSTEM, at=NOON)
            assert Conversation.objects.filter(follows_id=call).count() == (cause == "SYSTEM")

    def test_a_seat_holds_as_many_chats_as_it_may_and_no_voice_beside_them(self):
        desk = Desk()
        seat = desk.seat({"general": 1}, chats_max=2)
        for _ in range(2):
            chat = desk.waiting(channel="CHAT")
            operations.accept(conversation_id=chat, **seat.told(NOON))
        desk.waiting(channel="CHAT")
        desk.waiting()
        assert not Waiting.objects.filter(seat_id__isnull=False).exists()
        assert Seat.objects.get(pk=seat.staff_id).chats == 2

    def test_a_pause_asked_for_in_a_talk_begins_after_it(self):
        desk = Desk()
        seat = desk.seat({"general": 1})
        call = desk.waiting()
        operations.accept(conversation_id=call, **seat.told(NOON))
        assert operations.pause(why="MEAL", **seat.told(NOON)) == "BUSY"
        operations.wrap_up(conversation_id=call, reason="QUERY", resolved=True, **seat.told(NOON))
        assert Seat.objects.get(pk=seat.staff_id).state == "NOT_READY"

    def test_two_branches_share_their_seats(self):
        desk = Desk()
        far = desk.seat({"general": 1}, office=make.office())
        call = desk.waiting()
        assert Waiting.objects.get(pk=call).seat_id == far.staff_id

    def test_many_routers_at_once_give_nobody_twice(self):
        desk = Desk()
        seats = [desk.seat({"general": 1}, ready_at=None) for _ in range(12)]
        for _ in range(16):
            desk.waiting()
        Seat.objects.update(state="READY", idle_since=NOON, then="")
        start = threading.Barrier(4)
        made: list[int] = []

        def run() -> None:
            start.wait()
            made.append(sum(operations.route(at=NOON, limit=3) for _ in range(6)))
            connection.close()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        operations.route(at=NOON)
        held = list(Waiting.objects.exclude(seat_id=None).values_list("seat_id", flat=True))
        assert sorted(held) == sorted(one.staff_id for one in seats)
        assert Offer.objects.count() == 12

    def test_a_skill_or_a_cause_that_does_not_exist_is_refused_and_nothing_changes(self):
        desk = Desk()
        new, waiting = desk.call(), desk.waiting()
        with pytest.raises(operations.BadConversation):
            operations.queue(conversation_id=new, skill="cooking", actor=SYSTEM, at=NOON)
        with pytest.raises(operations.BadConversation):
            operations.abandon(conversation_id=waiting, cause="BORED", actor=SYSTEM, at=NOON)
        assert [Conversation.objects.get(pk=n).state for n in (new, waiting)] == ["OPEN", "QUEUED"]


def test_the_seconds_to_answer_are_said_for_every_load():
    assert set(routing.RINGS_FOR) == ALL
