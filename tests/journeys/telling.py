"""Events as processes tell them, read by the watcher: what journeys sees of the world."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.journeys import operations as journeys
from yilu.kernel import tx
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import SYSTEM, Ref


@tx.use_case
def tell(
    kind: str,
    about: Ref,
    at: datetime,
    party: int | None = None,
    by: Ref | None = None,
    **facts: Any,
) -> None:
    """One event, with facts of the right kind where the story does not care; ``by`` whom, if not the customer."""
    declared = REGISTRY[kind]
    given = {
        name: facts.get(name, _any(field.type))
        for name, field in declared.__dataclass_fields__.items()
    }
    actor = by or (Ref("party", party) if party else SYSTEM)
    journal.record(declared(**given), about=about, actor=actor, at=at, party=party)


def _any(kind: str) -> Any:
    return {"str": "", "int": 0, "bool": False}.get(kind, ())


def read(at: datetime) -> None:
    """The worker reads until there is nothing left."""
    while journeys.follow(at=at):
        pass
