"""Until when a recording is kept and why, as its page says it (保存期限)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilu.people.queries import Access
from yilu.retention.queries import Kept
from yilu.web.staff.links import Link, links_to


@dataclass(frozen=True, slots=True)
class KeptBecause:
    """One reason in words, and what it is about where that is a thing with a name."""

    words: str
    about: Link | None


@dataclass(frozen=True, slots=True)
class ToldKept:
    """The last day, and the reasons that decide it; no day while something is still open."""

    until: date | None
    sure_until: date
    because: tuple[KeptBecause, ...]


SHOWN = 5


def told_kept(kept: Kept | None, access: Access) -> ToldKept | None:
    """What the page says of it; nothing where nothing is kept."""
    if kept is None:
        return None
    reasons = kept.reasons[:SHOWN]
    links = links_to([reason.about for reason in reasons if reason.about], access)
    return ToldKept(
        kept.until,
        kept.sure_until,
        tuple(KeptBecause(reason.words, links.get(reason.about)) for reason in reasons),
    )
