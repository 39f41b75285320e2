"""Events of some weeks as the rooms tell them, counted by the reader."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOON
from yilu.kernel import recall
from yilu.kernel.refs import Ref


@pytest.fixture
def shipped(db):
    recall.forget_all()
    make.standards_in_force()
    yield
    recall.forget_all()


@pytest.fixture
def office(shipped):
    return make.office()


@pytest.fixture
def counted(office):
    """Three claims, calls, ratings, complaints and policies of early March, read to the end."""
    from tests.scorecards.telling import read, tell

    seat = make.staff(office, "CALL_AGENT")
    old = make.party(office)
    make.policy(office, holder_id=old)
    new = make.party(office)

    def claim(id, party, channel, closed, outcome="PAID"):
        about, begun = Ref("claim", id), NOON + timedelta(days=id)
        tell("claims.claim_reported", about, begun, party, office_id=office, channel=channel)
        if closed:
            at = begun + timedelta(hours=closed)
            tell("claims.claim_paid", about, at, party, amount="1000.50")
            tell("claims.claim_closed", about, at, party, outcome=outcome)

    claim(1, old, "APP", 24)
    claim(2, old, "PHONE", 72)
    claim(3, new, "APP", 0)
    for id, waited in ((11, 5), (12, 50), (13, None)):
        about = Ref("conversation", id)
        tell(
            "contact.conversation_opened",
            about,
            NOON,
            channel="PHONE",
            direction="IN",
            office_id=office,
            follows=None,
        )
        tell("contact.queued", about, NOON, channel="PHONE")
        if waited:
            tell(
                "contact.connected",
                about,
                NOON + timedelta(seconds=waited),
                staff_id=seat,
                waited=waited,
            )
    for id, recommend in ((21, 10), (22, 9), (23, 3), (24, None)):
        tell(
            "voice.rating_taken",
            Ref("feedback", id),
            NOON,
            old,
            recommend=recommend,
            stars=5,
            office_id=office,
        )
    for id in range(31, 36):
        tell("policies.policy_issued", Ref("policy", 10_000 + id), NOON - timedelta(days=200), old)
    tell("policies.policy_ended", Ref("policy", 10_031), NOON - timedelta(days=10), old)
    tell("complaints.received", Ref("complaint", 41), NOON, old, office_id=office, owner_id=seat)
    read(NOON)
    return {"office": office, "seat": seat, "old": old, "new": new}


@pytest.fixture
def team(shipped):
    """Two managers of the company, a branch with its lead and two seats, and another branch's lead."""
    head, here, there = make.head_office(), make.office(), make.office()
    return {
        "first": make.colleague(head, "SERVICE_MANAGER"),
        "second": make.colleague(head, "SERVICE_MANAGER"),
        "lead": make.colleague(here, "TEAM_LEAD"), "anna": make.colleague(here, "CALL_AGENT"),
        "bo": make.colleague(here, "CALL_AGENT"), "stranger": make.colleague(there, "TEAM_LEAD"),
        "branch_manager": make.colleague(here, "SERVICE_MANAGER"), "here": here, "there": there,
    }  # fmt: skip
