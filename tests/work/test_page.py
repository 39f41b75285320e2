from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.work.people import HANGZHOU, WENZHOU, staff
from tests.work.test_open_and_close import opened
from tests.work.test_take import me
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.work import operations, queries, rules
from yilu.work.models import Item

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def all_pages(access, **given):
    seen, after = [], None
    while True:
        page = queries.page(access=access, at=NOON, after=after, **given)
        seen += [item.about.id for item in page.items]
        if page.next is None:
            return seen
        after = page.next


@pytest.mark.parametrize("offices", [1, 3, 60])
def test_pages_show_every_item_once_in_order(offices):
    for n in range(1, 41):
        opened(Ref("claim", n), due_at=NOON + timedelta(minutes=n * 7 % 13), priority=10 + n % 3)
    Item.objects.filter(pk__in=Item.objects.order_by("pk")[:5].values("pk")).update(pooled=True)
    lead = staff(1, "ASSESSOR", *range(HANGZHOU, HANGZHOU + offices))

    seen = all_pages(lead, queue="claims.review", limit=7)

    wanted = Item.objects.order_by("priority", "due_at", "id").values_list("subject", flat=True)
    assert [f"claim:{n}" for n in seen] == list(wanted)


def test_a_page_costs_the_same_number_of_statements_however_long_the_queue(
    django_assert_max_num_queries,
):
    for n in range(1, 30):
        opened(Ref("claim", n))
    with django_assert_max_num_queries(2):
        queries.page(access=staff(1), at=NOON, queue="claims.review")


def test_shows_own_items_and_pooled_ones_but_never_another_offices():
    opened(Ref("claim", 1))
    assert all_pages(staff(4, "ASSESSOR", WENZHOU), queue="claims.review") == []
    operations.pool(queue="claims.review", office_id=HANGZHOU, **me(staff(9, "TEAM_LEAD")))
    assert all_pages(staff(4, "ASSESSOR", WENZHOU), queue="claims.review") == [1]


def test_mine_are_those_i_hold():
    opened(Ref("claim", 1), Ref("claim", 2))
    operations.take_next(queue="claims.review", **me(staff(1)))

    assert len(all_pages(staff(1), mine=True)) == 1
    assert all_pages(staff(2), mine=True) == []


def test_refuses_without_the_right():
    opened(Ref("claim", 1))
    with pytest.raises(NotAllowed):
        queries.page(access=staff(3, "CALL_AGENT"), at=NOON, queue="claims.review")


@pytest.mark.parametrize("forged", ["x", "W10=", "eyJhIjoxfQ==", "WzEsMiwzXQ=="])
def test_a_forged_place_is_refused_in_words(forged):
    operations.declare_queues(at=NOON)
    with pytest.raises(Invalid):
        queries.page(access=staff(1), at=NOON, queue="claims.review", after=forged)


def test_sizes_count_to_99_and_no_further():
    opened(*(Ref("claim", n) for n in range(1, 131)))
    opened(Ref("claim", 1), queue="claims.sample")

    sizes = {s.code: s.shown for s in queries.sizes(staff(1))}

    assert sizes["claims.review"] == "99+"
    assert sizes["claims.consultant"] == "0"
    assert "claims.sample" not in sizes  # an assessor does not review samples


@given(st.integers(min_value=-1000, max_value=1000))
@settings(max_examples=50)
def test_escalation_never_goes_beyond_urgent(priority):
    assert rules.escalated(priority) >= min(rules.URGENT, priority)
    assert rules.escalated(priority) <= priority
