"""Row history keeps each row as it was, whatever wrote over it."""

import pytest

from tests import make
from yilu.kernel import tx
from yilu.people.models import Party, PartyEvent

pytestmark = pytest.mark.django_db


def test_the_row_as_it_was_is_kept_on_bulk_and_raw_writes():
    office = make.head_office()
    parties = [make.party(office, name=name) for name in ("甲", "乙")]

    Party.objects.filter(pk__in=parties).update(name="丙")
    tx.changed("update people_party set name = '丁' where id = %s", [parties[0]])

    kept = PartyEvent.objects.order_by("pgh_id").values_list("pgh_obj_id", "name", "pgh_label")
    assert sorted(kept) == sorted(
        [
            (parties[0], "甲", "before_change"),
            (parties[1], "乙", "before_change"),
            (parties[0], "丙", "before_change"),
        ]
    )


def test_a_write_that_changes_nothing_keeps_nothing():
    party = make.party(make.head_office(), name="甲")

    Party.objects.filter(pk=party).update(name="甲")

    assert not PartyEvent.objects.exists()
