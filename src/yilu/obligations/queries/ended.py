"""Which promises ended by which events: for whoever counts how many were kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from yilu.kernel import tx
from yilu.kernel.facts import Told
from yilu.obligations.book import the_book


@dataclass(frozen=True, slots=True)
class EndedClock:
    """A promise that an event showed to be kept (MET), kept too late (MET_LATE) or broken (BREACHED)."""

    event_id: int
    clock_id: int
    code: str
    subject: str
    office_id: int
    party_id: int | None
    state: str


def ended_by(events: Iterable[Told]) -> list[EndedClock]:
    """
    The clocks that these events ended or showed to be broken, by event; two statements at most.

    A clock that was broken and then ended late is told twice, by either event.
    """
    stops = {t.on for version in the_book().versions.values() for t in version.rule.stop}
    ids, subjects, broken = [], set(), {}
    for event in events:
        if event.kind in stops:
            ids.append(event.id)
            subjects.add(str(event.about))
            named = event.facts.get("subject")
            if isinstance(named, str):
                subjects.add(named)
        elif event.kind == "obligations.clock_breached":
            broken[int(event.facts["clock_id"])] = event.id
    found = [EndedClock(*row) for row in (_met(ids, subjects) if ids else ())]
    if broken:
        found += [
            EndedClock(broken[clock_id], clock_id, code, subject, office_id, party_id, "BREACHED")
            for clock_id, code, subject, office_id, party_id in tx.rows(
                "select id, code, subject, office_id, party_id from obligations_clock"
                " where id = any(%s::bigint[])",
                [list(broken)],
            )
        ]
    return sorted(found, key=lambda e: (e.event_id, e.clock_id))


def _met(ids: list[int], subjects: set[str]) -> list[tuple[Any, ...]]:
    return tx.rows(
        """
        select met_by, id, code, subject, office_id, party_id, state from obligations_clock
         where subject = any(%s::text[]) and met_by = any(%s::bigint[])
           and state in ('MET', 'MET_LATE')
        """,
        [list(subjects), ids],
    )


def codes_ever() -> dict[str, tuple[str, str, str]]:
    """Every promise there has been: its title, English title and citation, as written last."""
    return {
        code: (versions[-1].title, versions[-1].title_en, versions[-1].citation)
        for code, versions in sorted(the_book().by_code.items())
        if versions
    }
