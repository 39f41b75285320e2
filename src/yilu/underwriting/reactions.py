"""What underwriting does when money moves. Steps only, in the worker."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.payments.events import CollectionSettled

from .operations import paying


@journal.on(CollectionSettled)
def issue_when_paid(event: Happened) -> None:
    """The first premium is in: the application becomes a policy."""
    if event.about.kind == "application":
        paying.issue_when_paid(
            event.about.id, collection_id=event.facts["collection_id"], amount=event.facts["amount"],
            at=event.at,
        )  # fmt: skip
