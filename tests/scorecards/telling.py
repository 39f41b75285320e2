"""Events told to the journal, and read by the reader of figures."""

from __future__ import annotations

from tests.journeys.telling import tell
from tests.make import NOON
from yilu.kernel import tx
from yilu.scorecards import operations as scorecards

__all__ = ["acting", "kept", "read", "tell"]


def read(at, limit=2_000):
    """The worker reads until there is nothing left."""
    while scorecards.follow(at=at, limit=limit):
        pass


def kept():
    """Everything that was counted, to be compared with another way of counting it."""
    tallies = tx.rows(
        "select series, span, split, day, office_id, customers, key, numerator,"
        " denominator, total from scorecards_tally"
        " where numerator <> 0 or denominator <> 0 or total <> 0 order by 1, 2, 3, 4, 5, 6, 7"
    )
    cases = tx.rows(
        "select series, event_id, turn, day, office_id, customers, person_id, role, channel, product,"
        " about, counted, missed, value from scorecards_countedcase order by 1, 2, 3"
    )
    return tallies, cases


def acting(who, at=NOON):
    """What an operation asks of whoever acts."""
    access, ref = who
    return {"access": access, "actor": ref, "at": at}
