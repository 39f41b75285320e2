"""Clocks follow the journal: start, stop, pause, resume, cancel."""

from dataclasses import replace
from datetime import timedelta

import pytest

from yilu.claims import events as claims
from yilu.contact.events import FollowUpBegun, Queued, TurnAdded
from yilu.kernel.refs import Ref
from yilu.messaging.events import MessageDelivered
from yilu.obligations import operations
from yilu.obligations.models import Clock, DefinitionVersion
from yilu.payments.events import PayoutReissued
from yilu.policies import events as policies
from yilu.standards import operations as standards
from yilu.underwriting.events import FollowUpOpened
from yilu.work.events import ItemFinished, ItemTaken

from .conftest import (
    CLAIM,
    NOON,
    approved,
    clock,
    happen,
    local,
    materials_arrived,
    notice_arrived,
    registered,
    reported,
)  # fmt: skip

FIVE, THIRTY = "law.decide_five_working_days", "law.decide_thirty_days"
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("catalogue")


# -- starting -----------------------------------------------------------------------------------


def papers(complete=False, **given):
    return claims.DocumentsReceived(
        complete=complete, programme="STANDARD", estimated_band="UNDER_10K", **given
    )


LAW = (FIVE, THIRTY, "law.advance_sixty_days")


def test_the_first_papers_start_the_laws_clocks_and_the_last_ones_do_not_start_them_again():
    happen(papers())
    first = [clock(code).due_at for code in LAW]
    assert first == [
        local("2026-03-11T18:00"), local("2026-04-03T23:59:59"), local("2026-05-03T23:59:59")
    ]  # fmt: skip

    happen(papers(complete=True), registered(complete_on="2026-03-09"), at=NOON + 6 * DAY)

    assert [clock(code).due_at for code in LAW] == first
    assert clock("target.assess").started_at == NOON + 6 * DAY  # our own promise: complete papers


def test_first_papers_typed_in_later_count_from_the_day_they_were_here():
    happen(papers(received_on="2026-03-02"))
    assert {clock(code).started_at for code in LAW} == {local("2026-03-02T00:00")}


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("first", ["2026-02-27", "2026-03-03"])
def test_papers_found_to_have_come_earlier_move_the_start_of_running_clocks_back(first, paused):
    """As if the day had been known from the beginning, whatever stood still meanwhile (解释二 15)."""
    late, known = Ref("claim", 1), Ref("claim", 2)
    for about, received_on in ((late, ""), (known, first)):
        happen(papers(received_on=received_on), about=about)
        if paused:
            happen(notice_arrived(), at=local("2026-03-05T10:00"), about=about)
            happen(materials_arrived(), at=local("2026-03-09T10:00"), about=about)
    happen(papers(received_on=first), at=local("2026-03-10T09:00"), about=late)
    for code in (FIVE, THIRTY, "law.advance_sixty_days"):
        moved, right = clock(code, late), clock(code, known)
        assert moved.started_at == right.started_at == local(f"{first}T00:00")
        assert (moved.due_at, moved.state) == (right.due_at, right.state)
        assert moved.started_by != right.started_by


def test_papers_that_came_later_or_after_the_decision_move_nothing():
    happen(papers())
    happen(papers(received_on="2026-03-09"), at=local("2026-03-10T09:00"))
    assert clock(THIRTY).started_at == NOON
    happen(approved(), at=local("2026-03-10T10:00"))
    happen(papers(received_on="2026-02-27"), at=local("2026-03-10T11:00"))
    assert (clock(THIRTY).started_at, clock(THIRTY).state) == (NOON, "MET")


def test_a_start_moved_back_beyond_the_deadline_is_late_at_once():
    happen(papers())
    happen(papers(received_on="2026-01-28"), at=local("2026-03-10T09:00"))
    moved = clock(THIRTY)
    assert moved.due_at < local("2026-03-10T09:00")
    assert moved.next_check_at <= local("2026-03-10T09:00")
    happen(approved(), at=local("2026-03-10T10:00"))
    assert clock(THIRTY).state == "MET_LATE"


def test_nobody_need_be_told_of_a_lapse_that_was_undone():
    policy = Ref("policy", 9)
    happen(policies.PolicySuspended(suspended_on="2026-03-04"), about=policy)
    happen(
        policies.LapseUndone(about="claim:1", suspended_on="2026-03-04"), at=NOON + DAY,
        about=policy,
    )  # fmt: skip
    assert clock("law.lapse_notice_10_days", policy).state == "CANCELLED"


def test_only_the_days_of_the_one_off_notice_are_taken_away_from_an_incomplete_claim():
    happen(papers(), at=local("2026-03-02T09:00"))
    happen(notice_arrived(), at=local("2026-03-03T10:00"))
    happen(materials_arrived(), papers(complete=True), registered(), at=local("2026-03-05T10:00"))

    # The 4th and the 5th were the customer's; the day before the notice was ours.
    assert clock(THIRTY).due_at == local("2026-04-03T23:59:59")
    assert clock("law.advance_sixty_days").due_at == local("2026-05-01T23:59:59")


def test_registration_without_papers_starts_the_decision_clocks():
    happen(registered())

    assert clock(FIVE).due_at == local("2026-03-11T18:00")
    assert clock(THIRTY).due_at == local("2026-04-03T23:59:59")
    assert clock("law.advance_sixty_days").due_at == local("2026-05-03T23:59:59")
    assert clock("target.assess").limit_amount == 4  # medical, under ten thousand


def test_a_wechat_letter_is_answered_by_a_seat_the_pressing_one_within_two_hours():
    talks = Ref("conversation", 1), Ref("conversation", 2)
    for talk, urgency in zip(talks, (0, 2), strict=True):
        happen(Queued(skill="general", channel="WECHAT", urgency=urgency), about=talk)
        happen(TurnAdded(turn_id=1, who="CUSTOMER"), about=talk)
    usual, urgent = (
        clock("pledge.wechat_one_day", talks[0]),
        clock("pledge.wechat_urgent", talks[1]),
    )
    assert (usual.state, urgent.state) == ("RUNNING", "RUNNING")
    assert urgent.due_at == local("2026-03-04T15:30")
    happen(TurnAdded(turn_id=2, who="SEAT"), about=talks[1])
    assert clock("pledge.wechat_urgent", talks[1]).state == "MET"
    happen(Queued(skill="general", channel="EMAIL", urgency=0), about=Ref("conversation", 3))
    assert not Clock.objects.filter(subject="conversation:3").exists()


def test_conditions_on_facts_decide_which_clocks_start():
    happen(registered("DEATH", lane="RED", band="OVER_100K"))

    codes = set(Clock.objects.values_list("code", flat=True))
    assert {FIVE, THIRTY} <= codes  # neither a death nor a large sum is complexity (服务规定 23)
    assert "pledge.small_claim_ten_minutes" not in codes
    assert clock("target.assess").limit_amount == 32


def test_five_working_days_end_when_a_person_states_why_a_claim_is_complex():
    happen(registered("DEATH", lane="RED", band="OVER_100K"))
    happen(claims.ComplexityStated(reason="AUTHORITY", note_id=1), at=NOON + DAY)

    assert (clock(FIVE).state, clock(THIRTY).state) == ("CANCELLED", "RUNNING")


def test_the_same_event_twice_starts_one_clock():
    happen(registered())
    happen(registered(), at=NOON + DAY)

    assert clock(FIVE).started_at == NOON


def test_one_decision_starts_one_payment_clock_each():
    happen(approved(1))
    happen(approved(2), at=NOON + DAY)

    assert Clock.objects.filter(code="law.pay_ten_days").count() == 2


def test_limitation_counts_from_the_loss_and_by_the_product_s_kind():
    happen(reported(loss_date="2024-06-01"))
    assert clock("law.limitation_two_years").due_at == local("2026-06-01T23:59:59")

    happen(reported("DEATH", loss_date="2024-06-01", life=True), about=Ref("claim", 2))
    assert clock("law.limitation_five_years", Ref("claim", 2)).due_at == local(
        "2029-06-01T23:59:59"
    )


def test_a_new_policy_s_follow_up_has_the_product_s_own_days_however_it_was_issued():
    """服务规定 15, A102: found by the sweep alone, it counts from its issue; what has passed is late at once."""
    begun = {"policy_id": 3, "office_id": 0, "issued_on": "2026-03-02"}
    law, pledge = "law.new_policy_follow_up", "pledge.follow_up_ten_working_days"
    for number, until in ((3, "2026-03-22"), (4, "2026-02-28")):
        happen(FollowUpBegun(until=until, **begun), about=Ref("policy", number))
    opened = FollowUpOpened(policy_id=5, until="2026-03-19", office_id=0)
    happen(opened, about=Ref("policy", 5))
    happen(FollowUpBegun(until="2026-03-19", **begun), about=Ref("policy", 5))

    assert clock(law, Ref("policy", 3)).due_at == local("2026-03-22T23:59:59")
    assert clock(law, Ref("policy", 4)).due_at == local("2026-02-28T23:59:59")
    assert clock(law, Ref("policy", 5)).due_at == local("2026-03-19T23:59:59")
    assert clock(pledge, Ref("policy", 3)).due_at == local("2026-03-16T18:00")


def test_taking_a_task_is_no_contact_and_telling_the_customer_is():
    """服务规定 25, A60: the clocks end when the customer was told, not when a colleague opened the item."""
    codes = ("law.disability_appraisal_notice", "pledge.consultant_contact")
    note = {"note_id": 1, "shown": False}
    happen(reported("DISABILITY"))
    happen(ItemTaken(item_id=1, queue="claims.consultant", staff_id=2), at=NOON + DAY / 24)
    happen(claims.NoteWritten(kind="NOTE", **note), at=NOON + DAY / 24)
    assert {clock(code).state for code in codes} == {"RUNNING"}

    happen(claims.NoteWritten(kind="CALL", **note), at=NOON + DAY / 12)
    assert {clock(code).state for code in codes} == {"MET"}

    other = Ref("claim", 2)
    happen(reported("DISABILITY"), about=other)
    happen(
        MessageDelivered(message_id=1, template="claims.reported_disability", subject=str(other), channel="OUTBOX"),
        about=Ref("message", 1), at=NOON + DAY / 24,
    )  # fmt: skip
    assert [clock(code, other).state for code in codes] == ["MET", "RUNNING"]
    happen(ItemFinished(item_id=1, queue="claims.consultant"), about=other, at=NOON + DAY / 12)
    assert clock(codes[1], other).state == "MET"


def test_the_two_year_bar_runs_only_where_the_contract_s_date_is_known():
    happen(claims.GroundForRescissionKnown(policy_id=1, ground="NON_DISCLOSURE"))
    assert not Clock.objects.filter(code="law.rescission_two_year_bar").exists()
    known = claims.GroundForRescissionKnown(
        policy_id=1, ground="NON_DISCLOSURE", formed_on="2025-01-10"
    )
    happen(known, about=Ref("claim", 2))

    bar = clock("law.rescission_two_year_bar", Ref("claim", 2))
    assert bar.due_at == local("2027-01-10T23:59:59")
    assert clock("law.rescission_30_days").due_at == local("2026-04-03T23:59:59")


def test_rescission_counts_from_the_day_the_ground_was_known_each_ground_by_itself():
    def ground(knowledge_id, known_on):
        return claims.GroundForRescissionKnown(
            policy_id=1, ground="NON_DISCLOSURE", knowledge_id=knowledge_id, known_on=known_on
        )

    happen(ground(1, "2026-02-20"), ground(2, "2026-03-01"))
    happen(claims.RescissionDecided(outcome="WAIVED", knowledge_id=1), at=NOON + DAY)

    first, second = (clock("law.rescission_30_days", ordinal=n) for n in (1, 2))
    assert (first.state, first.due_at) == ("MET", local("2026-03-22T23:59:59"))
    assert (second.state, second.due_at) == ("RUNNING", local("2026-03-31T23:59:59"))


def test_the_first_of_several_events_at_once_ends_a_clock():
    known = claims.GroundForRescissionKnown(policy_id=1, ground="NON_DISCLOSURE")
    happen(replace(known, knowledge_id=1), replace(known, knowledge_id=2))
    decided = claims.RescissionDecided(outcome="WAIVED", knowledge_id=1)
    happen(decided, claims.ClaimWithdrawn(), replace(decided, knowledge_id=2), at=NOON + DAY)

    states = [clock("law.rescission_30_days", ordinal=n).state for n in (1, 2)]
    assert states == ["MET", "CANCELLED"]


def test_a_failing_use_case_starts_no_clock():
    with pytest.raises(AttributeError):
        happen(registered(), "no fact")

    assert not Clock.objects.exists()


# -- stopping -----------------------------------------------------------------------------------


def test_approval_in_time_meets_the_decision_clocks():
    happen(registered())
    happen(approved(), at=NOON + DAY)

    stopped = clock(FIVE)
    assert (stopped.state, stopped.met_at, stopped.breached_at) == ("MET", NOON + DAY, None)
    assert stopped.next_check_at is None
    assert clock("law.pay_ten_days").state == "RUNNING"


def test_approval_too_late_is_met_late_even_before_anybody_looked():
    happen(registered())
    happen(approved(), at=NOON + 8 * DAY)

    stopped = clock(FIVE)
    assert (stopped.state, stopped.breached_at) == ("MET_LATE", local("2026-03-11T18:00"))
    assert clock(THIRTY).state == "MET"


def test_the_deadline_itself_is_in_time():
    happen(registered())
    happen(approved(), at=local("2026-03-11T18:00"))

    assert clock(FIVE).state == "MET"


@pytest.mark.parametrize(
    ("kind", "shown", "open_since"),
    [("CALL", True, NOON + DAY), ("CALL", False, NOON), ("NOTE", True, NOON)],
)
def test_a_call_in_which_the_customer_heard_how_it_stands_is_the_next_update(
    kind, shown, open_since
):
    happen(reported())
    happen(claims.NoteWritten(note_id=1, kind=kind, shown=shown), at=NOON + DAY)

    going = Clock.objects.get(code="pledge.next_update", state="RUNNING")
    assert going.started_at == open_since


def test_withdrawal_cancels_what_is_open():
    happen(reported())
    happen(registered())
    happen(claims.ClaimWithdrawn(), at=NOON + DAY)

    assert set(Clock.objects.exclude(state="MET").values_list("state", flat=True)) == {"CANCELLED"}


def test_a_straight_through_claim_in_one_use_case_leaves_no_clock_running():
    through = registered(lane="GREEN", programme="FAST", straight_through=True)
    calculated = claims.ClaimCalculated(calculation_id=1, digest="d", benefit="100.00")
    promised = claims.PayoutPromised(payout_id=5, amount="100.00", programme="FAST")
    happen(reported())
    happen(through, calculated, approved(), promised)

    running = set(Clock.objects.filter(state="RUNNING").values_list("code", flat=True))
    assert running == {"pledge.small_claim_ten_minutes", "law.pay_ten_days"}
    assert clock(FIVE).state == "MET"
    assert clock("law.claim_guidance").state == "MET"

    happen(claims.ClaimPaid(payout_id=5, amount="100.00"), at=NOON + timedelta(minutes=4))

    assert clock("pledge.small_claim_ten_minutes").state == "MET"
    assert list(Clock.objects.filter(state="RUNNING").values_list("code", flat=True)) == [
        "pledge.message_at_once"
    ]


def test_an_event_about_something_else_stops_the_clock_of_the_subject_it_names():
    happen(claims.PayoutFailed(payout_id=3, reason="NAME_MISMATCH"))
    reissued = PayoutReissued(subject=str(CLAIM), payout_id=4, replaces_payout_id=3)
    happen(reissued, about=Ref("payout", 4), at=NOON + DAY)

    assert clock("target.solve_payout_problem").state == "MET"


def test_facts_of_the_stopping_event_count_too():
    happen(reported())
    happen(
        MessageDelivered(
            message_id=1, subject=str(CLAIM), template="claims.paid", channel="OUTBOX"
        ),
        about=Ref("message", 1),
    )
    assert clock("law.claim_guidance").state == "RUNNING"
    happen(
        MessageDelivered(
            message_id=2, subject=str(CLAIM), template="claims.reported", channel="OUTBOX"
        ),
        about=Ref("message", 2),
    )
    assert clock("law.claim_guidance").state == "MET"


def test_each_update_promises_the_next():
    happen(reported())
    happen(claims.ClaimSentToReview(lane="YELLOW", reasons=()), at=NOON + DAY)

    states = (
        Clock.objects.filter(code="pledge.next_update")
        .order_by("id")
        .values_list("state", flat=True)
    )
    assert list(states) == ["MET", "RUNNING"]


def test_incomplete_small_files_are_chased_every_morning_and_afternoon():
    incomplete = claims.DocumentsReceived(complete=False, programme="", estimated_band="UNDER_10K")
    happen(incomplete, at=local("2026-03-04T10:00"))
    happen(claims.IncompleteFileChased(slot="PM"), at=local("2026-03-04T15:00"))

    first, second = Clock.objects.filter(code="pledge.chase_twice_daily").order_by("id")
    assert (first.state, first.due_at) == ("MET", local("2026-03-04T18:00"))
    assert (second.state, second.due_at) == ("RUNNING", local("2026-03-05T12:00"))

    happen(registered(), at=local("2026-03-05T09:00"))
    second.refresh_from_db()
    assert second.state == "CANCELLED"


# -- statements ---------------------------------------------------------------------------------


def test_events_nobody_promised_anything_about_cost_no_statement(django_assert_num_queries):
    happen(reported())
    tip = claims.ClaimRated(stars=5, recommend=10)
    with django_assert_num_queries(3):  # savepoint, the event, release
        happen(tip)


@pytest.mark.parametrize(
    ("now", "statements"),
    [
        ((reported(),), 1),  # starts only
        ((registered(), approved()), 1),  # stops and starts, in one statement
        ((notice_arrived(),), 3),  # reads the subject's clocks, changes them, notes the proof
    ],
)
def test_following_costs_so_many_statements(now, statements, django_assert_num_queries):
    happen(reported(), about=Ref("claim", 99))  # the book is read once
    if "ClaimReported" not in str(now):
        happen(reported())  # and the office is heard of
        happen(registered("MEDICAL"))
    with django_assert_num_queries(3 + statements):
        happen(*now)


def test_what_begins_in_a_use_case_has_no_earlier_clocks_to_look_for(django_assert_num_queries):
    happen(reported(), about=Ref("claim", 99))
    with django_assert_num_queries(5) as sent:  # savepoint, event, clocks, pauses, release
        happen(reported(), registered(), notice_arrived())

    assert not [q for q in sent.captured_queries if "update obligations_clock" in q["sql"]]
    assert clock(FIVE).state == "PAUSED"


# -- offices, versions --------------------------------------------------------------------------


def test_a_clock_runs_by_the_calendar_of_the_subject_s_office():
    standards.set_hours(
        office_id=7, week=[["09:00-12:00"]] * 7, follows_holidays=False,
        actor=Ref("staff", 1), at=NOON,
    )  # fmt: skip
    happen(reported(office_id=7))
    happen(registered())

    assert clock(FIVE).office_id == 7
    assert clock(FIVE).due_at == local("2026-03-09T12:00")  # weekends are worked there


def test_another_process_finds_the_office_in_the_subject_s_clocks():
    from yilu.kernel import recall

    happen(reported(office_id=7))
    recall.forget_all()
    happen(registered())

    assert clock(FIVE).office_id == 7


def test_a_new_version_does_not_change_running_clocks():
    happen(registered())
    row = DefinitionVersion.objects.get(definition__code=FIVE)
    row.effective_to = NOON + DAY
    row.save()
    DefinitionVersion.objects.create(
        definition=row.definition, number=2, effective_from=NOON + DAY, title=row.title,
        title_en=row.title_en, text=row.text, citation=row.citation, grade=row.grade,
        rule={**row.rule, "limit": 2, "stop": [{"on": "claims.claim_declined"}], "pause": []}, author="x",
    )  # fmt: skip
    operations.load_catalogue(NOON)
    from yilu.kernel import recall

    recall.forget_all()
    happen(registered(), about=Ref("claim", 2), at=NOON + DAY)

    assert clock(FIVE, Ref("claim", 2)).limit_amount == 2
    assert clock(FIVE).limit_amount == 5
    happen(notice_arrived(), at=NOON + DAY)
    assert clock(FIVE).state == "PAUSED"
    happen(approved(), at=NOON + 2 * DAY)
    happen(approved(), about=Ref("claim", 2), at=NOON + 2 * DAY)
    assert clock(FIVE).state == "MET"
    assert clock(FIVE, Ref("claim", 2)).state == "RUNNING"  # its version stops on a decline only
