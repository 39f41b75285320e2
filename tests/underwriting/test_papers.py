"""Which papers an application needs: one list for all products, as two people laid it down (A26)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.underwriting.story import NOON, Story, insurer
from yilu.kernel.refs import Ref
from yilu.standards import operations, queries
from yilu.underwriting.queries.papers import needs_of

pytestmark = pytest.mark.django_db


def asked(story, **told):
    """What must be brought, as if the application said ``told``."""
    row = story.row
    for name, value in told.items():
        setattr(row, name, value)
    return [need.code for need in needs_of(row) if need.required]


@pytest.mark.parametrize(
    ("product", "told", "expected"),
    [
        ("critical-illness", {"sum_insured": Decimal(499_999)}, ["HOLDER_ID"]),
        ("critical-illness", {"sum_insured": Decimal(500_000)}, ["HOLDER_ID", "INCOME"]),
        ("term-life", {"sum_insured": Decimal(999_999)}, ["HOLDER_ID"]),
        ("term-life", {"sum_insured": Decimal(1_000_000)}, ["HOLDER_ID", "INCOME_LIFE"]),
        ("million-medical", {"sum_insured": Decimal(2_000_000)}, ["HOLDER_ID"]),
        (
            "critical-illness",
            {"relation": "CHILD", "rated_age": 3},
            ["HOLDER_ID", "INSURED_ID", "RELATION", "GUARDIAN"],
        ),
    ],
)
def test_the_sum_the_product_and_the_insured_decide(product, told, expected):
    assert asked(Story(insurer(), product=product), **told) == expected


def test_a_changed_list_counts_for_what_is_begun_afterwards():
    office = insurer()
    before = Story(office)
    items = queries.checklist_versions("application")[0]["items"]
    told = {"subject": "application", "at": NOON + timedelta(hours=1)}
    operations.make_checklist_draft(**told, actor=Ref("staff", 1))
    more = {"code": "TAX", "title": "税收居民身份声明", "kinds": ["OTHER"], "concerns": "HOLDER"}
    operations.put_checklist_items(
        **told, items=[*items, more], revision=0, actor=Ref("staff", 1)
    )  # fmt: skip
    operations.publish_checklist(**told, revision=1, actor=Ref("staff", 2))
    after = Story(office, at=NOON + timedelta(hours=2))

    assert asked(before) == ["HOLDER_ID"]
    assert asked(after) == ["HOLDER_ID", "TAX"]
