"""The hall (保全大厅): every kind on its shelf, and what a kind asks of somebody for a policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.policies import queries as policies
from yilu.servicing import forms, frame
from yilu.servicing.frame import Field, Kind
from yilu.servicing.kinds import KINDS
from yilu.servicing.operations.holding import ENDED, case_for, kind_of
from yilu.servicing.operations.refusals import PolicyHasEnded
from yilu.servicing.papers import papers_of
from yilu.standards.queries import ChecklistItem

ALWAYS_SHOWN = frozenset({"surrender"})
"""Never put aside, whatever the policy: nobody has to look for the way out (E42)."""


@dataclass(frozen=True, slots=True)
class HallKind:
    """
    One kind as the hall shows it. ``reason``: why it cannot be asked of this policy now, ``hint`` the way
    on; empty where it can, or where no policy was chosen yet.
    """

    code: str
    name: str
    in_words: str
    who: tuple[str, ...]
    moves_money: bool
    about_policy: bool
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFor:
    """A policy that a kind could be about; ``reason``: why not now, ``hint`` the way on."""

    policy: policies.PolicyRow
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class HallGroup:
    """A shelf with its kinds."""

    code: str
    label: str
    kinds: tuple[HallKind, ...]


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field with what may be chosen and what is known already."""

    field: Field
    choices: tuple[tuple[str, str], ...]
    given: Any
    tells: str = ""


@dataclass(frozen=True, slots=True)
class KindFor:
    """A kind for one policy and asker: what it asks; ``problem`` where it cannot be asked, and why."""

    kind: Kind
    policy: policies.PolicyCard | None
    fields: tuple[AskedField, ...]
    papers: tuple[ChecklistItem, ...] = ()
    problem: str = ""
    hint: str = ""


def hall(door: str = frame.CUSTOMER) -> tuple[HallGroup, ...]:
    """
    Every kind at this door, shelf by shelf; none left out, none folded away (E42).

    A shelf without kinds is not shown.
    """
    return shelved(_shown(kind) for kind in KINDS.values() if door in kind.doors)


def kinds_of_policies(
    rows: Sequence[policies.PolicyRow], door: str, on: date
) -> dict[int, tuple[HallKind, ...]]:
    """
    What may be asked of each of these policies at a door by somebody with its ``roles``, by its id.

    What cannot be asked now says why. Three statements, however many policies.
    """
    standing = policies.situations_of([row.id for row in rows], on)
    return {
        row.id: tuple(
            _shown(kind, _why_not(kind, row, standing[row.id]))
            for kind in KINDS.values()
            if kind.about_policy and door in kind.doors and not kind.who.isdisjoint(row.roles)
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Shelf:
    """What may be asked of one policy at a door, shelf by shelf, and what cannot now, with the reason."""

    policy: policies.PolicyRow
    groups: tuple[HallGroup, ...]
    closed: tuple[HallKind, ...]


def shelves_of(rows: Sequence[policies.PolicyRow], door: str, on: date) -> tuple[Shelf, ...]:
    """
    The shelves of each of these policies, as somebody with its ``roles`` sees them.

    A way to end the contract stays on its shelf with its reason, and is never put aside (E42).
    """
    found = kinds_of_policies(rows, door, on)
    return tuple(_shelf(row, found[row.id]) for row in rows)


def shelf_of(row: policies.PolicyRow, door: str, on: date) -> Shelf:
    """``shelves_of`` one policy."""
    return shelves_of([row], door, on)[0]


def _shelf(row: policies.PolicyRow, kinds: tuple[HallKind, ...]) -> Shelf:
    aside = tuple(k for k in kinds if k.reason and k.code not in ALWAYS_SHOWN)
    return Shelf(row, shelved(k for k in kinds if k not in aside), aside)


def policies_for(code: str, rows: Sequence[policies.PolicyRow], on: date) -> tuple[PolicyFor, ...]:
    """
    Those of these policies whose asker may ask for a kind, those that cannot be chosen now last.

    :raises UnknownKind: none of that code.
    """
    kind = kind_of(code)
    rows = [row for row in rows if not kind.who.isdisjoint(row.roles)]
    standing = policies.situations_of([row.id for row in rows], on)
    found = []
    for row in rows:
        refused = _why_not(kind, row, standing[row.id])
        found.append(
            PolicyFor(row) if refused is None else PolicyFor(row, refused.message, refused.hint)
        )
    return tuple(sorted(found, key=lambda each: bool(each.reason)))


def _why_not(kind: Kind, row: policies.PolicyRow, now: policies.Situation) -> Refusal | None:
    """Why a kind cannot be asked of a contract as it stands; None where it can."""
    if kind.living_only and row.state in ENDED:
        return PolicyHasEnded()
    refusals = (condition(row, now) for condition in kind.open_if)
    return next((refused for refused in refusals if refused is not None), None)


def kinds_of_customer(door: str) -> tuple[HallKind, ...]:
    """The kinds about the customer alone."""
    return tuple(
        _shown(kind) for kind in KINDS.values() if not kind.about_policy and door in kind.doors
    )


def ask_for(
    code: str,
    *,
    party_id: int,
    policy_id: int | None,
    door: str,
    at: datetime,
    received_on: date | None = None,
) -> KindFor:
    """
    What a kind asks of somebody for a policy, with what we know already filled in (E65).

    Where value goes back the contract is looked at as of ``received_on``, the day the paper came.

    :raises UnknownKind, PolicyNotFound: see there. Other refusals are told as ``problem``.
    """
    kind = kind_of(code)
    on = day_of(at)
    if kind.gives_back:
        on = received_on or on
    try:
        case = case_for(kind, policy_id=policy_id, party_id=party_id, door=door, on=on)
    except policies.PolicyNotFound:
        raise
    except Refusal as refused:
        return KindFor(kind, None, (), problem=refused.message, hint=refused.hint)
    if case.contract is not None:
        standing = policies.situations_of([case.policy.id], on)
        why = _why_not(kind, case.policy, standing[case.policy.id])
        if why is not None:
            return KindFor(kind, case.contract, (), problem=why.message, hint=why.hint)
    fields = tuple(
        AskedField(
            field,
            forms.choices_of(field, case),
            field.given(case) if field.given else None,
            field.tells(case) if field.tells else "",
        )
        for field in kind.fields
        if not field.roles or not field.roles.isdisjoint(case.roles)
    )
    holder_id = case.contract.holder_id if case.contract else None
    papers = papers_of(kind, party_id=party_id, holder_id=holder_id, begun_at=at)
    return KindFor(kind, case.contract, fields, papers)


def kind_named(code: str) -> Kind:
    """The kind itself. :raises UnknownKind: none of that code."""
    return kind_of(code)


def name_of(code: str) -> str:
    """What a kind is called; its code where there is none such any more."""
    return KINDS[code].name if code in KINDS else code


def shelved(kinds: Iterable[HallKind]) -> tuple[HallGroup, ...]:
    """Kinds on their shelves, in the hall's order; an empty shelf is not shown."""
    kinds = tuple(kinds)
    shelves = (
        HallGroup(code, label, tuple(k for k in kinds if KINDS[k.code].group == code))
        for code, label in frame.GROUPS.items()
    )
    return tuple(shelf for shelf in shelves if shelf.kinds)


def _shown(kind: Kind, refused: Refusal | None = None) -> HallKind:
    return HallKind(
        reason=refused.message if refused is not None else "",
        hint=refused.hint if refused is not None else "",
        code=kind.code,
        name=kind.name,
        in_words=kind.in_words,
        who=tuple(label for role, label in frame.ROLES.items() if role in kind.who),
        moves_money=kind.moves_money,
        about_policy=kind.about_policy,
    )
