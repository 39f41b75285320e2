"""Until when a recording is kept: never shorter than the law, longer by a dispute, by a revival, by what is open."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.kernel.years import add_years
from yilu.retention.rules import Belonging, Contract, Open, Spans, Why, keep_until

LAW = Spans(short=60, long=120, dispute=24)
DAYS = st.dates(date(2015, 1, 1), date(2045, 12, 31))
SPANS = st.builds(
    Spans, short=st.integers(60, 200), long=st.integers(120, 300), dispute=st.integers(24, 120)
)
CONTRACTS = st.lists(
    st.builds(
        Contract, policy_id=st.integers(1, 9), long_term=st.booleans(), ended_on=st.none() | DAYS
    ),
    max_size=4,
)
MATTERS = st.lists(
    st.builds(
        Open, kind=st.just("complaint"), name=st.just("投诉"), ref=st.just("complaint:1"),
        dispute=st.booleans(), closed_on=st.none() | DAYS,
    ),
    max_size=4,
)  # fmt: skip


def found(contracts=(), matters=(), general=date(2026, 1, 1), spans=LAW, today=date(2030, 1, 1)):
    return keep_until(
        general_until=general, contracts=contracts, matters=matters, spans=spans, today=today
    )


def last(kept):
    return kept.until or date.max


@given(contracts=CONTRACTS, matters=MATTERS, general=DAYS, spans=SPANS, today=DAYS)
def test_it_is_never_shorter_than_the_law(contracts, matters, general, spans, today):
    kept = found(contracts, matters, general, spans, today)
    assert last(kept) >= general
    for each in contracts:
        years = 10 if each.long_term else 5
        assert last(kept) >= (add_years(each.ended_on, years) if each.ended_on else date.max)
    for each in matters:
        if each.closed_on is None:
            assert kept.until is None
        elif each.dispute:
            assert last(kept) >= add_years(each.closed_on, 2)
    assert kept.reasons


@given(contracts=CONTRACTS, matters=MATTERS, more=MATTERS, general=DAYS, today=DAYS)
def test_another_case_or_a_later_end_of_one_never_shortens_it(
    contracts, matters, more, general, today
):
    before = found(contracts, matters, general, today=today)
    assert last(found(contracts, matters + more, general, today=today)) >= last(before)
    later = [
        Open(m.kind, m.name, m.ref, m.dispute, m.closed_on and m.closed_on + timedelta(days=40))
        for m in matters
    ]
    assert last(found(contracts, later, general, today=today)) >= last(before)


@given(contracts=CONTRACTS, matters=MATTERS, general=DAYS, today=DAYS)
def test_a_contract_that_is_revived_keeps_it_longer(contracts, matters, general, today):
    revived = [Contract(each.policy_id, each.long_term) for each in contracts]
    before = found(contracts, matters, general, today=today)
    after = found(revived, matters, general, today=today)
    assert last(after) >= last(before)
    assert after.until is None or not contracts


@given(
    contracts=CONTRACTS, matters=MATTERS, general=DAYS, today=DAYS,
    later=st.integers(0, 9_000),
)  # fmt: skip
def test_nothing_that_may_still_happen_ends_it_before_the_day_it_is_looked_at_again(
    contracts, matters, general, today, later
):
    """What goes on ends today at the earliest: until the next look nothing can be over."""
    kept = found(contracts, matters, general, today=today)
    on = today + timedelta(days=later)
    ended = [Contract(e.policy_id, e.long_term, e.ended_on or on) for e in contracts]
    closed = [Open(m.kind, m.name, m.ref, m.dispute, m.closed_on or on) for m in matters]
    assert max(found(ended, closed, general, today=on).until, on) >= kept.sure_until


@pytest.mark.parametrize(
    ("contract", "until"),
    [
        (Contract(1, True, date(2027, 3, 1)), date(2037, 3, 1)),
        (Contract(1, False, date(2027, 3, 1)), date(2032, 3, 1)),
        (Contract(1, True, date(2028, 2, 29)), date(2038, 2, 28)),
    ],
)
def test_five_years_after_a_contract_of_a_year_and_ten_after_a_longer_one(contract, until):
    kept = found([contract])
    assert (kept.until, kept.why) == (until, "CONTRACT")
    assert not kept.over(until)
    assert kept.over(until + timedelta(days=1))


def test_two_years_after_a_dispute_where_that_is_later():
    ended = [Contract(1, False, date(2027, 3, 1))]
    for closed_on, until, why in (
        (date(2028, 5, 4), date(2032, 3, 1), "CONTRACT"),
        (date(2031, 5, 4), date(2033, 5, 4), "DISPUTE"),
    ):
        kept = found(ended, [Open("complaint", "投诉", "complaint:1", True, closed_on)])
        assert (kept.until, kept.why) == (until, why)


def test_a_claim_keeps_it_while_it_is_open_and_not_after():
    ended = [Contract(1, False, date(2020, 3, 1))]
    held = found(ended, [Open("claim", "理赔", "claim:1", False)])
    assert (held.until, held.sure_until, held.why) == (None, date(2030, 1, 1), "OPEN")
    over = found(ended, [Open("claim", "理赔", "claim:1", False, date(2029, 12, 1))])
    assert over.until == date(2026, 1, 1)


def test_without_a_contract_the_general_span_counts():
    kept = found()
    assert (kept.until, [reason.why for reason in kept.reasons]) == (
        date(2026, 1, 1),
        [Why.GENERAL],
    )


def test_the_insurer_may_keep_longer_and_never_shorter_than_the_law():
    assert found([Contract(1, True, date(2027, 3, 1))], spans=Spans(60, 180, 24)).until == date(
        2042, 3, 1
    )
    for short, long, dispute in ((59, 120, 24), (60, 119, 24), (60, 120, 23)):
        with pytest.raises(ValueError, match="at least"):
            Spans(short, long, dispute)


@pytest.mark.parametrize(
    ("matter", "belongs"),
    [
        ({"ref": "claim:7"}, True),
        ({"concerns": "conversation:3"}, True),
        ({"policy_id": 12}, True),
        ({"policy_id": 13, "party_id": 5}, False),
        ({"party_id": 5}, True),
        ({"party_id": 6}, False),
        ({}, False),
    ],
)
def test_what_it_belongs_to(matter, belongs):
    talk = Belonging(frozenset({"claim:7", "conversation:3"}), frozenset({12}), 5)
    told = {"ref": "x:1", "concerns": "", "policy_id": None, "party_id": None, **matter}
    assert talk.belongs_to(**told) is belongs
    nobody_knows = Belonging(frozenset({"conversation:3"}), frozenset(), 5)
    assert nobody_knows.belongs_to(**{**told, "party_id": 5})
