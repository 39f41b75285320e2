"""Whether the checklist is fulfilled, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

HERE, READING, TO_CONFIRM, MISSING = "HERE", "READING", "TO_CONFIRM", "MISSING"
_STATE = {
    "SETTLED": HERE, "READ": HERE, "RECEIVED": READING, "READING": READING, "NEEDS_PERSON": TO_CONFIRM,
}  # fmt: skip
_RANK = (HERE, READING, TO_CONFIRM, MISSING)


class Item(Protocol):
    """A line of the checklist."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def kinds(self) -> tuple[str, ...]: ...
    @property
    def note(self) -> str: ...


class File(Protocol):
    """An upload, as far as a checklist cares."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def live(self) -> bool: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line and what is here for it."""

    code: str
    title: str
    required: bool
    state: str
    upload_ids: tuple[int, ...]
    kinds: tuple[str, ...] = ()
    note: str = ""
    known: bool = False


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """The checklist against the files (资料齐备情况)."""

    lines: tuple[Line, ...]

    @property
    def missing(self) -> tuple[Line, ...]:
        """Required and not here at all."""
        return tuple(n for n in self.lines if n.required and n.state == MISSING)

    @property
    def reading(self) -> bool:
        """Whether the machine is still reading something that is required."""
        return any(n.required and n.state == READING for n in self.lines)

    @property
    def to_confirm(self) -> bool:
        """Whether a person must confirm something that is required."""
        return any(n.required and n.state == TO_CONFIRM for n in self.lines)

    @property
    def complete(self) -> bool:
        """Whether everything required is here and stands."""
        return all(n.state == HERE for n in self.lines if n.required)

    @property
    def handed_in(self) -> bool:
        """Whether everything required is here, read or not."""
        return not self.missing

    def complete_on(self, came: Mapping[int, date]) -> date | None:
        """
        The day the last required paper was here, given the days of the uploads; None while one is missing.

        Of several files for one line the first counts: a better photograph later delays nothing.
        """
        if self.missing:
            return None
        days = [
            min((came[i] for i in line.upload_ids if i in came), default=None)
            for line in self.lines if line.required and not line.known
        ]  # fmt: skip
        return max((day for day in days if day is not None), default=None)


def fulfilment(
    items: Sequence[Item], files: Iterable[File], known: frozenset[str] = frozenset()
) -> Fulfilment:
    """
    Hold files against a checklist. ``known``: kinds the insurer has already and must not ask for
    again, such as a verified identity or an account on record.
    """
    live = [f for f in files if f.live and f.state in _STATE]
    lines = []
    for item in items:
        own = [f for f in live if f.kind in item.kinds]
        states = [_STATE[f.state] for f in own]
        if known.intersection(item.kinds):
            states.append(HERE)
        state = min(states, key=_RANK.index, default=MISSING)
        if state == HERE and READING in states:
            state = READING  # another file of the kind may still change the sum
        elif state == HERE and TO_CONFIRM in states:
            state = TO_CONFIRM
        ids = tuple(f.id for f in own)
        lines.append(
            Line(
                item.code, item.title, item.required, state, ids, item.kinds, item.note,
                bool(known.intersection(item.kinds)),
            )
        )  # fmt: skip
    return Fulfilment(tuple(lines))


SPARED_IN_DISASTER = frozenset({"ACCIDENT_PROOF", "FEE_LIST", "PRESCRIPTION", "DIAGNOSIS"})
"""What nobody hurt in a declared disaster is asked for: the event itself is the proof (服务规定 27)."""


def known_kinds(
    *, identity_known: bool, has_account: bool, fed: bool, is_disaster: bool = False
) -> frozenset[str]:
    """
    What need not be asked for: a verified identity, an account on record, and, where the hospital
    itself sent the bill, the diagnosis and fee list that came with it.
    """
    known = set()
    if identity_known:
        known.add("ID_CARD")
    if has_account:
        known.add("BANK_CARD")
    if fed:
        known |= {"DIAGNOSIS", "FEE_LIST", "PRESCRIPTION"}
    if is_disaster:
        known |= SPARED_IN_DISASTER
    return frozenset(known)
