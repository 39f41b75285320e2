"""What events count for does not depend on how the reader cut them into batches."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.spans import pieces
from yilu.scorecards.book import the_book
from yilu.scorecards.rules.counted import Ended, World
from yilu.scorecards.rules.counting import Counting, keys_of

BEGUN = datetime(2026, 1, 30, 6, tzinfo=UTC)
WORLD = World({1: date(2020, 1, 1)}, {1: 5, 2: 6}, {9: 7}, {("message_seconds", 3): Decimal(30)})


@dataclass
class Told:
    id: int
    kind: str
    about: Ref
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    party_id: int | None = 1
    actor: Ref = SYSTEM


STORIES = [
    ("claims.claim_reported", {"channel": "APP", "office_id": 3, "loss_date": "2026-01-01"}),
    ("claims.claim_registered", {"straight_through": True, "band": "UNDER_3K"}),
    ("claims.claim_approved", {}),
    ("claims.claim_paid", {"amount": "120.50"}),
    ("claims.claim_closed", {"outcome": "PAID"}),
    ("claims.claim_closed", {"outcome": "DECLINED"}),
    ("claims.claim_reopened", {"reason": "AFTER_REVIEW"}),
    ("claims.claim_withdrawn", {}),
    ("claims.claim_merged", {"into_claim_id": 1}),
    ("contact.queued", {"channel": "PHONE"}),
    ("contact.connected", {"staff_id": 9, "waited": 12, "channel": "PHONE"}),
    ("contact.wrapped_up", {"resolved": True}),
    ("contact.conversation_opened", {"channel": "PHONE", "direction": "IN", "office_id": 4, "follows": 2}),
    ("voice.rating_taken", {"third_party": False, "recommend": 7, "stars": 4, "office_id": 3}),
    ("policies.policy_issued", {}),
    ("policies.policy_ended", {}),
    ("complaints.received", {"office_id": 3, "owner_id": 9, "channel": "PHONE"}),
]  # fmt: skip


@st.composite
def events(draw):
    chosen = draw(
        st.lists(
            st.tuples(st.sampled_from(STORIES), st.integers(1, 3), st.integers(0, 3000)),
            max_size=25,
        )
    )
    at, found = BEGUN, []
    for id, ((kind, facts), number, minutes) in enumerate(chosen, 1):
        at += timedelta(minutes=minutes)
        about = Ref(kind.partition(".")[0], number)
        found.append(Told(id, kind, about, at, facts, 1 + number % 2))
    return found


def told(counting):
    sums = {key: tuple(amounts) for key, amounts in counting.sums.items() if any(amounts)}
    return sums, {key: case for key, case in counting.cases.items() if case is not None}


@settings(max_examples=50, deadline=None)
@given(events(), st.integers(1, 7))
def test_batches_of_any_size_come_to_the_same(story, size):
    whole = Counting(the_book(), WORLD, {})
    for event in story:
        whole.hear(event)
    subjects, sums, cases = {}, {}, {}
    for start in range(0, len(story), size):
        batch = Counting(the_book(), WORLD, subjects)
        for event in story[start : start + size]:
            batch.hear(event)
        for key, amounts in batch.sums.items():
            before = sums.setdefault(key, [Decimal(0)] * 3)
            sums[key] = [a + b for a, b in zip(before, amounts, strict=True)]
        cases |= batch.cases
    merged = Counting(the_book(), WORLD, {}, cases, sums)
    assert told(merged) == told(whole)


@settings(max_examples=50, deadline=None)
@given(events())
def test_sums_are_always_those_of_the_cases(story):
    counting = Counting(the_book(), WORLD, {})
    for event in story:
        counting.hear(event)
    sums, cases = told(counting)
    added: dict[Any, list[Decimal]] = {}
    for case in cases.values():
        for key in keys_of(case):
            amounts = added.setdefault(key, [Decimal(0)] * 3)
            for place, amount in enumerate(case.sums):
                amounts[place] += amount
    wanted = {key: tuple(amounts) for key, amounts in added.items() if any(amounts)}
    assert {k: v for k, v in sums.items() if k[0] not in the_book().series} == wanted


def test_a_broken_promise_that_is_kept_late_counts_once():
    counting = Counting(the_book(), WORLD, {})
    for id, state in ((1, "BREACHED"), (2, "MET_LATE")):
        counting.hear_end(Ended(id, 0, "law.pay_ten_days", "claim:1", 3, 1, BEGUN, state, 77))
    counting.hear_end(Ended(3, 0, "law.pay_ten_days", "claim:2", 3, 1, BEGUN, "MET_LATE", 78))
    counting.hear_end(Ended(4, 0, "law.pay_ten_days", "claim:3", 3, 1, BEGUN, "MET", 79))
    cases = [c for c in counting.cases.values() if c and c.series == "on_time:law.pay_ten_days"]
    assert [(c.about, c.counted) for c in cases] == [
        ("claim:1", False),
        ("claim:2", False),
        ("claim:3", True),
    ]


@settings(max_examples=100)
@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(-3, 900))
def test_a_period_is_cut_into_pieces_without_gap_or_overlap(since, days):
    until = since + timedelta(days=days)
    found = pieces(since, until)
    assert sum((p.last - p.first).days for p in found) == max(days, 0)
    assert all(a.last == b.first for a, b in itertools.pairwise(found))
    assert not any(p.span == "D" and (p.last - p.first).days > 30 + 30 for p in found)
    assert all(p.first.day == p.last.day == 1 for p in found if p.span == "M")
