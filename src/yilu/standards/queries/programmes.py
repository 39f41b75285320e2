"""The catalogue of claim programmes, and which of them a case may have (服务项目目录)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from yilu.kernel.errors import NotFound
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.standards.models import ProgrammeVersion, State

TABLE = "claims.programmes"
"""The decision table that says which programmes a case may have."""


SERVICE_12345 = "care_12345"
"""The catalogue that every customer may read (12345 特色理赔)."""
SERVICE_365 = "care_365"
"""What stands among the pledges for everybody (服务 365, A152)."""
NAME_ALONE = frozenset({SERVICE_12345, SERVICE_365})
"""Programmes of which public material gives the name alone."""


class UnknownProgramme(NotFound):
    """No programme of that code, or none in force at that time."""

    code = "unknown_programme"
    message = _("没有这个服务项目")
    hint = _("请从服务项目目录中选择。")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeView:
    """
    One version of a programme: for whom, what it changes, its clocks.

    ``ours``: public material gives its name alone, what it holds was written with this system (本系统拟定)
    and no insurer has put its own words in their place yet.
    """

    id: int
    code: str
    number: int
    state: str
    state_label: str
    title: str
    title_en: str
    words: str
    changes: tuple[str, ...]
    obligations: tuple[str, ...]
    page: str
    citation: str
    offered: bool
    ours: bool
    effective_from: datetime | None
    effective_to: datetime | None
    note: str
    revision: int
    author: Ref
    publisher: Ref | None


@dataclass(frozen=True, slots=True)
class Eligible:
    """A programme a case may have, and why."""

    programme: ProgrammeView
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """
    A programme weighed for a case: why it applies, or in what the case differs.

    ``missing`` names the questions whose answers speak against it, by the row that comes nearest.
    """

    programme: ProgrammeView
    applies: bool
    reason: str
    rule: str
    missing: tuple[str, ...] = ()


def list_programmes(at: datetime) -> tuple[ProgrammeView, ...]:
    """Every programme in force, in the catalogue's order."""
    return tuple(_view(row) for row in _in_force(at).order_by("position", "code"))


def get_programme(code: str, at: datetime) -> ProgrammeView:
    """One programme as in force ``at``. :raises UnknownProgramme: if there was none."""
    row = _in_force(at).filter(code=code).first()
    if row is None:
        raise UnknownProgramme
    return _view(row)


def programme_versions(code: str) -> list[ProgrammeView]:
    """Every version, newest first. :raises UnknownProgramme: for a code nobody knows."""
    found = [_view(row) for row in ProgrammeVersion.objects.filter(code=code).order_by("-number")]
    if not found:
        raise UnknownProgramme
    return found


def programmes_for(
    *, claim_type: str, at: datetime, amount: Decimal = Decimal("0.00"),
    days_since_effective: int = 0, cause: str = "ILLNESS", is_inpatient: bool = False,
    is_disaster: bool = False, cannot_travel: bool = False, has_third_party: bool = False,
    first_illness: bool = True, is_named: bool = False,
) -> tuple[Eligible, ...]:  # fmt: skip
    """The programmes offered to a case, by the decision table in force, each with its reason."""
    weighed = weigh_programmes(
        claim_type=claim_type, at=at, amount=amount, days_since_effective=days_since_effective,
        cause=cause, is_inpatient=is_inpatient, is_disaster=is_disaster,
        cannot_travel=cannot_travel, has_third_party=has_third_party, first_illness=first_illness,
        is_named=is_named,
    )  # fmt: skip
    return tuple(Eligible(w.programme, w.reason, w.rule) for w in weighed if w.applies)


def weigh_programmes(
    *, claim_type: str, at: datetime, amount: Decimal = Decimal("0.00"),
    days_since_effective: int = 0, cause: str = "ILLNESS", is_inpatient: bool = False,
    is_disaster: bool = False, cannot_travel: bool = False, has_third_party: bool = False,
    first_illness: bool = True, is_named: bool = False,
) -> tuple[Weighed, ...]:  # fmt: skip
    """Every programme on offer for a case, those that apply first: why, or in what the case differs."""
    from . import compiled_at

    table = compiled_at(TABLE, at)
    known_to_us: dict[str, Any] = {
        "claim_type": claim_type, "amount": amount,
        "days_since_effective": Decimal(days_since_effective), "cause": cause,
        "is_inpatient": is_inpatient, "is_disaster": is_disaster,
        "cannot_travel": cannot_travel, "has_third_party": has_third_party,
        "first_illness": first_illness, "is_named": is_named,
    }  # fmt: skip
    # A version that the insurer published before a question was added does not ask it.
    asked = {column.name: known_to_us[column.name] for column in table.table.inputs}
    said = table.decide(asked)
    known = {p.code: p for p in list_programmes(at) if p.offered}
    found: dict[str, Weighed] = {}
    for code, reason, row in zip(
        said.outputs["programme"], said.outputs["reason"], said.rows, strict=True
    ):
        if code in known:
            found.setdefault(
                code, Weighed(known[code], True, reason, f"{TABLE} v{said.version} 第 {row} 行")
            )
    against: dict[str, Weighed] = {}
    for row, conditions in enumerate(table.conditions):
        code = table.table.rows[row][len(table.table.inputs)]
        if code not in known or code in found:
            continue
        missing = tuple(
            column.label
            for column, condition in zip(table.table.inputs, conditions, strict=True)
            if not condition.holds(asked[column.name])
        )
        if code not in against or len(missing) < len(against[code].missing):
            rule = f"{TABLE} v{said.version} 第 {row + 1} 行"
            reason = table.table.rows[row][len(table.table.inputs) + 1]
            against[code] = Weighed(known[code], False, reason, rule, missing)
    return (*found.values(), *against.values())


def _in_force(at: datetime) -> Any:
    return ProgrammeVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=at), effective_from__lte=at
    ).exclude(state=State.DRAFT)


def _view(row: ProgrammeVersion) -> ProgrammeView:
    return ProgrammeView(
        id=row.pk, code=row.code, number=row.number, state=row.state, state_label=State(row.state).label,
        title=row.title, title_en=row.title_en, words=row.words, changes=tuple(row.changes),
        obligations=tuple(row.obligations), page=row.page, citation=row.citation,
        offered=row.offered, ours=row.code in NAME_ALONE and Ref.parse(row.author) == SYSTEM,
        effective_from=row.effective_from, effective_to=row.effective_to,
        note=row.note, revision=row.revision, author=Ref.parse(row.author),
        publisher=Ref.parse(row.publisher) if row.publisher else None,
    )  # fmt: skip
