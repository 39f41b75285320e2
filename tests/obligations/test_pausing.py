"""A clock stands still between the two proofs of its pause, and only there."""

from datetime import timedelta

import pytest

from yilu.obligations.models import ClockPause

from .conftest import (
    NOON,
    approved,
    clock,
    happen,
    local,
    materials_arrived,
    notice_arrived,
    registered,
    view,
)  # fmt: skip

FIVE, THIRTY = "law.decide_five_working_days", "law.decide_thirty_days"
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("catalogue")


def test_the_clock_stands_still_between_the_two_proofs():
    happen(registered(), at=local("2026-03-04T12:00"))
    happen(notice_arrived(), at=local("2026-03-06T10:00"))  # two working days used

    paused = clock(FIVE)
    assert (paused.state, paused.consumed, paused.next_check_at) == ("PAUSED", 2, None)

    happen(materials_arrived(), at=local("2026-03-16T09:00"))

    resumed = clock(FIVE)
    assert resumed.state == "RUNNING"
    assert resumed.due_at == local("2026-03-19T18:00")  # three more after the 16th
    assert clock(THIRTY).due_at == local("2026-04-13T23:59:59")  # ten natural days later
    pause = ClockPause.objects.get(clock=resumed)
    assert (pause.paused_proof, pause.resumed_proof) == ("回执 1", "上传 9")


def test_a_clock_without_pause_cause_runs_on():
    happen(registered())
    happen(notice_arrived(), at=NOON + DAY)

    assert clock("law.advance_sixty_days").state == "RUNNING"


def test_the_same_proof_twice_changes_nothing():
    happen(registered())
    happen(notice_arrived(), at=NOON + DAY)
    happen(notice_arrived(), at=NOON + 2 * DAY)
    happen(materials_arrived(), at=NOON + 3 * DAY)
    due = clock(FIVE).due_at
    happen(materials_arrived(), at=NOON + 6 * DAY)
    happen(notice_arrived(), at=NOON + 6 * DAY)

    after = clock(FIVE)
    assert (after.state, after.due_at) == ("RUNNING", due)
    assert ClockPause.objects.filter(clock=after).count() == 1


def test_two_notices_pause_until_both_are_answered():
    happen(registered())
    happen(notice_arrived(1), at=NOON + DAY)
    happen(notice_arrived(2), at=NOON + DAY)
    happen(materials_arrived(1), at=NOON + 2 * DAY)
    assert clock(FIVE).state == "PAUSED"

    happen(materials_arrived(2), at=NOON + 5 * DAY)
    assert clock(FIVE).state == "RUNNING"
    assert clock(FIVE).running_since == NOON + 5 * DAY


def test_paused_twice_takes_both_stretches_away():
    happen(registered(), at=local("2026-03-02T09:00"))
    for notice_id, (gone, back) in enumerate([("03", "04"), ("05", "10")]):
        happen(notice_arrived(notice_id), at=local(f"2026-03-{gone}T10:00"))
        happen(materials_arrived(notice_id), at=local(f"2026-03-{back}T10:00"))

    # Used: the 3rd, the 5th; three more after the 10th.
    assert clock(FIVE).due_at == local("2026-03-13T18:00")


def test_materials_before_the_proof_that_the_notice_arrived_never_pause():
    happen(registered())
    happen(materials_arrived(), at=NOON + DAY)
    happen(notice_arrived(), at=NOON + 2 * DAY)

    unpaused = clock(FIVE)
    assert (unpaused.state, unpaused.due_at) == ("RUNNING", local("2026-03-11T18:00"))
    assert view(FIVE).pauses == ()


def test_a_pause_ends_on_the_day_the_papers_really_came():
    happen(registered(), at=local("2026-03-02T09:00"))
    happen(notice_arrived(), at=local("2026-03-03T10:00"))
    happen(materials_arrived(received_on="2026-03-05"), at=local("2026-03-11T10:00"))

    # Used: the 3rd; four more after the 5th, not after the 11th.
    assert clock(FIVE).due_at == local("2026-03-11T18:00")
    assert clock(FIVE).running_since == local("2026-03-05T00:00")


def test_papers_here_before_our_notice_arrived_take_nothing_away():
    happen(registered(), at=local("2026-03-02T09:00"))
    happen(notice_arrived(), at=local("2026-03-04T10:00"))
    happen(materials_arrived(received_on="2026-03-03"), at=local("2026-03-06T10:00"))

    assert clock(FIVE).running_since == local("2026-03-04T10:00")
    assert clock(FIVE).due_at == local("2026-03-09T18:00")


def test_a_claim_counts_from_the_day_its_papers_were_complete():
    happen(registered(complete_on="2026-03-02"))  # read and registered on the 4th

    assert clock(FIVE).due_at == local("2026-03-09T18:00")
    assert clock("law.decide_thirty_days").started_at == local("2026-03-02T00:00")
    assert clock("pledge.calculate_one_hour").started_at == NOON


def test_a_decision_while_paused_is_in_time():
    happen(registered())
    happen(notice_arrived(), at=NOON + DAY)
    happen(approved(), at=NOON + 60 * DAY)

    assert clock(FIVE).state == "MET"
    happen(materials_arrived(), at=NOON + 61 * DAY)
    assert clock(FIVE).state == "MET"


def test_a_notice_after_the_deadline_pauses_nothing():
    happen(registered())
    happen(notice_arrived(), at=NOON + 20 * DAY)

    assert clock(FIVE).state == "RUNNING"
    assert clock(THIRTY).state == "PAUSED"


def test_resumed_and_decided_in_one_use_case():
    happen(registered())
    happen(notice_arrived(), at=NOON + DAY)
    happen(materials_arrived(), approved(), at=NOON + 9 * DAY)

    stopped = clock(FIVE)
    assert (stopped.state, stopped.met_at) == ("MET", NOON + 9 * DAY)
    assert not ClockPause.objects.filter(clock=stopped, resumed_at=None).exists()


def test_registered_and_paused_in_one_use_case():
    happen(registered(), notice_arrived())

    assert clock(FIVE).state == "PAUSED"
    assert ClockPause.objects.filter(clock__code=FIVE).count() == 1
