"""A product's new wording is a new answer to the questions about its clauses."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.knowledge.operations import loading
from yilu.products.events import VersionPublished


@journal.on(VersionPublished)
def draft_its_clauses(event: Happened) -> None:
    """Drafts only: a person approves them before anybody is answered so."""
    loading.take(loading.clauses(event.at), event.at)
