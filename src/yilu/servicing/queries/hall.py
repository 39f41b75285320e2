"""The hall (保全大厅): every kind on its shelf, and what a kind asks of somebody for a policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from yilu.kernel.errors import Refusal
from yilu.policies import queries as policies
from yilu.servicing import forms, frame
from yilu.servicing.frame import Field, Kind
from yilu.servicing.kinds import KINDS
from yilu.servicing.operations.holding import case_for, kind_of


@dataclass(frozen=True, slots=True)
class HallKind:
    """One kind as the hall shows it."""

    code: str
    name: str
    in_words: str
    papers: tuple[str, ...]
    who: tuple[str, ...]
    moves_money: bool
    about_policy: bool


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
    problem: str = ""
    hint: str = ""


def hall(door: str = frame.CUSTOMER) -> tuple[HallGroup, ...]:
    """
    Every kind at this door, shelf by shelf; none left out, none folded away (E42).

    A shelf without kinds is not shown.
    """
    groups = []
    for code, label in frame.GROUPS.items():
        kinds = tuple(
            _shown(kind) for kind in KINDS.values() if kind.group == code and door in kind.doors
        )
        if kinds:
            groups.append(HallGroup(code, label, kinds))
    return tuple(groups)


def kinds_of_policy(card: policies.PolicyCard, door: str) -> tuple[HallKind, ...]:
    """The kinds that may be asked of a policy by somebody with these roles, at this door."""
    roles = frozenset(card.roles)
    return tuple(
        _shown(kind)
        for kind in KINDS.values()
        if kind.about_policy and door in kind.doors and not kind.who.isdisjoint(roles)
    )


def kinds_of_customer(door: str) -> tuple[HallKind, ...]:
    """The kinds about the customer alone."""
    return tuple(
        _shown(kind) for kind in KINDS.values() if not kind.about_policy and door in kind.doors
    )


def ask_for(code: str, *, party_id: int, policy_id: int | None, door: str, on: date) -> KindFor:
    """
    What a kind asks of somebody for a policy, with what we know already filled in (E65).

    :raises UnknownKind, PolicyNotFound: see there. Other refusals are told as ``problem``.
    """
    kind = kind_of(code)
    try:
        case = case_for(kind, policy_id=policy_id, party_id=party_id, door=door, on=on)
    except policies.PolicyNotFound:
        raise
    except Refusal as refused:
        return KindFor(kind, None, (), refused.message, refused.hint)
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
    return KindFor(kind, case.contract, fields)


def kind_named(code: str) -> Kind:
    """The kind itself. :raises UnknownKind: none of that code."""
    return kind_of(code)


def name_of(code: str) -> str:
    """What a kind is called; its code where there is none such any more."""
    return KINDS[code].name if code in KINDS else code


def only_of(groups: Iterable[HallGroup], codes: Collection[str]) -> tuple[HallGroup, ...]:
    """The shelves with these kinds alone; one left empty is not shown."""
    kept = (
        HallGroup(g.code, g.label, tuple(k for k in g.kinds if k.code in codes)) for g in groups
    )
    return tuple(g for g in kept if g.kinds)


def _shown(kind: Kind) -> HallKind:
    return HallKind(
        code=kind.code,
        name=kind.name,
        in_words=kind.in_words,
        papers=kind.papers,
        who=tuple(label for role, label in frame.ROLES.items() if role in kind.who),
        moves_money=kind.moves_money,
        about_policy=kind.about_policy,
    )
