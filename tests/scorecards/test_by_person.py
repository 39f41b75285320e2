"""Whose case it is: the figures that may judge a person know whoever handled the thing, not who ended it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import make
from tests.make import NOON
from tests.scorecards.telling import read, tell
from yilu.kernel.refs import SYSTEM, Ref
from yilu.scorecards import queries
from yilu.scorecards.book import the_book
from yilu.scorecards.rules.counted import World
from yilu.scorecards.rules.counting import Counting

BEGUN = datetime(2026, 3, 2, 2, tzinfo=UTC)
ANNA, BO = Ref("staff", 8), Ref("staff", 9)


@dataclass
class Told:
    kind: str
    about: Ref
    actor: Ref = SYSTEM
    hours: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    party_id: int | None = 1

    @property
    def at(self):
        return BEGUN + timedelta(hours=self.hours)


def counted(code, *events):
    """The cases of one figure: whose, whether they count, what they measure."""
    counting = Counting(the_book(), World({}, {}, {}, {}), {})
    for number, event in enumerate(events, 1):
        event.id = number
        counting.hear(event)
    cases = [c for (series, _e, _t), c in sorted(counting.cases.items()) if c and series == code]
    return [(case.person_id, case.counted, case.value) for case in cases]


def about(kind, *steps):
    """One thing's events: (kind of event, who, hours from the beginning, facts)."""
    thing = Ref(kind, 5)
    return [Told(kind, thing, who, hours, facts) for kind, who, hours, facts in steps]


@pytest.mark.parametrize(
    ("code", "kind", "steps", "expected"),
    [
        (
            "claim_days", "claim",
            [("claims.claim_reported", SYSTEM, 0, {}), ("claims.claim_approved", ANNA, 24, {}),
             ("claims.claim_closed", SYSTEM, 36, {"outcome": "PAID"})],
            (8, True, Decimal("1.5")),
        ),
        (
            "claim_days", "claim",
            [("claims.claim_reported", SYSTEM, 0, {}), ("claims.claim_approved", SYSTEM, 1, {}),
             ("claims.claim_closed", SYSTEM, 12, {"outcome": "PAID"})],
            (0, True, Decimal("0.5")),
        ),
        (
            "servicing_days", "servicing_request",
            [("servicing.request_confirmed", SYSTEM, 0, {}), ("servicing.request_approved", BO, 24, {}),
             ("servicing.request_done", SYSTEM, 48, {})],
            (9, True, Decimal(2)),
        ),
        (
            "review_hours", "claim",
            [("claims.decision_proposed", ANNA, 0, {}), ("claims.decision_sent_back", BO, 2, {}),
             ("claims.decision_proposed", ANNA, 30, {}), ("claims.claim_declined", BO, 34, {})],
            (9, True, Decimal(4)),
        ),
        (
            "sent_back_rate", "claim",
            [("claims.decision_proposed", ANNA, 0, {}), ("claims.decision_sent_back", BO, 2, {})],
            (8, True, None),
        ),
        (
            "investigation_days", "claim",
            [("claims.investigation_opened", BO, 0, {}), ("claims.investigation_reported", ANNA, 72, {})],
            (8, True, Decimal(3)),
        ),
        (
            "notice_hours", "claim",
            [("claims.documents_received", SYSTEM, 0, {}), ("claims.documents_received", SYSTEM, 10, {}),
             ("claims.supplement_requested", ANNA, 16, {"ordinal": 1})],
            (8, True, Decimal(6)),
        ),
        ("told_at_once", "claim", [("claims.supplement_requested", ANNA, 0, {"ordinal": 2})], (8, False, None)),
        (
            "visit_days", "visit",
            [("care.visit_asked", BO, 0, {"office_id": 3}), ("care.visit_done", ANNA, 24, {})],
            (8, True, Decimal(1)),
        ),
        (
            "batches_discarded", "payment_batch",
            [("payments.batch_made", ANNA, 0, {}), ("payments.batch_discarded", BO, 1, {})],
            (8, True, None),
        ),
        (
            "underwriting_days", "application",
            [("underwriting.application_submitted", SYSTEM, 0, {}),
             ("underwriting.application_decided", SYSTEM, 0, {"by_machine": True}),
             ("underwriting.papers_received", SYSTEM, 48, {}),
             ("underwriting.application_decided", BO, 72, {"by_machine": False})],
            (9, True, Decimal(1)),
        ),
        (
            "complaint_days", "complaint",
            [("complaints.received", SYSTEM, 0, {}), ("complaints.decided", ANNA, 24, {})],
            (8, True, Decimal(1)),
        ),
        (
            "reviews_changed", "complaint",
            [("complaints.decided", ANNA, 0, {}), ("complaints.review_decided", BO, 1, {"changed": True})],
            (8, True, None),
        ),
        (
            "inspections_passed", "inspection",
            [("quality.inspection_final", BO, 0, {"staff_id": 8, "passed": False, "office_id": 3})],
            (8, False, None),
        ),
    ],
)  # fmt: skip
def test_a_case_counts_for_whoever_handled_it(code, kind, steps, expected):
    assert counted(code, *about(kind, *steps))[-1] == expected


def test_what_goes_on_under_another_name_is_measured_from_the_first():
    old, new, policy = Ref("payout", 1), Ref("payout", 2), Ref("policy", 7)
    assert counted(
        "reissue_hours",
        Told("payments.payout_rejected", old),
        Told("payments.payout_reissued", new, ANNA, 5, {"replaces_payout_id": 1}),
    ) == [(8, True, 5)]
    assert counted(
        "renewal_care_days",
        Told("renewals.case_opened", policy, SYSTEM, 0, {"case_id": 3}),
        Told("renewals.case_opened", policy, SYSTEM, 6, {"case_id": 4}),
        Told("renewals.case_closed", policy, BO, 24, {"case_id": 3}),
    ) == [(9, True, 1)]


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        ([], [], True),
        ([("complaints.owner_changed", {"avoided": True})], [], True),
        ([("complaints.owner_changed", {"avoided": False})], [], False),
        ([("complaints.new_facts", {})], [], False),
        ([], [("complaints.review_asked", {})], False),
        ([], [("complaints.review_asked", {}), ("complaints.closed", {})], False),
    ],
)
def test_a_complaint_is_settled_at_one_place_by_one_owner_in_one_round(before, after, counts):
    told = [("complaints.received", {}), *before, ("complaints.closed", {}), *after]
    steps = [(kind, SYSTEM, n, facts) for n, (kind, facts) in enumerate(told)]
    found = counted("complaints_settled_at_once", *about("complaint", *steps))
    assert [counted for _whose, counted, _value in found] == [counts]
    assert counted("complaints_settled_at_once", *about("complaint", *steps[:1])) == []


@pytest.mark.django_db(transaction=True)
def test_a_handlers_case_has_their_role_even_where_both_come_in_one_batch(office):
    clerk, request = make.staff(office, "SERVICING"), Ref("servicing_request", 5)
    tell("servicing.request_confirmed", request, NOON, office_id=office)
    tell("servicing.request_approved", request, NOON + timedelta(hours=1), by=Ref("staff", clerk))
    tell("servicing.request_done", request, NOON + timedelta(days=1))
    tell("quality.audit_done", Ref("audit", 6), NOON, office_id=office, score=83)
    read(NOON)
    march = {"since": date(2026, 3, 1), "until": date(2026, 4, 1)}
    roles = {key: figure.value for key, _n, figure in queries.by("servicing_days", "ROLE", **march)}
    assert roles == {"SERVICING": 1}
    people = {key for key, _n, _figure in queries.by("servicing_days", "PERSON", **march)}
    assert people == {str(clerk)}
    sites = queries.by("site_score", "OFFICE", **march)
    assert [(key, figure.value) for key, _n, figure in sites] == [(str(office), 83)]
