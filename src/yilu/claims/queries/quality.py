"""Quality checks as screens read them, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.claims.models import QualityCheck
from yilu.kernel.refs import Ref
from yilu.people import queries as people

GRADES = tuple(QualityCheck.Grade.choices)
FAULTS = tuple(QualityCheck.Fault.choices)
SHOWN = 100


@dataclass(frozen=True, slots=True)
class CheckView:
    """One drawn decision."""

    id: int
    claim_id: int
    number: str
    handler_id: int
    handler: str
    kind_label: str
    amount: Decimal
    drawn_label: str
    drawn_at: datetime
    grade: str
    grade_label: str
    faults: tuple[str, ...]
    finding: str
    answer: str
    answered: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """What the graded checks come to: by handler the grades, by kind the faults."""

    handlers: tuple[tuple[str, int, int, int, int], ...]  # name, good, fine, faults, wrong
    faults: tuple[tuple[str, int], ...]
    graded: int
    right: int


def checks(access: people.Access, *, waiting: bool) -> tuple[CheckView, ...]:
    """Drawn decisions of one's offices: those that wait, or the latest graded."""
    rows = QualityCheck.objects.filter(office_id__in=access.offices_for("claims.review"))
    rows = rows.filter(grade="") if waiting else rows.exclude(grade="")
    return _views(list(rows.select_related("claim", "decision").order_by("-pk")[:SHOWN]))


def own_checks(access: people.Access) -> tuple[CheckView, ...]:
    """What was found about one's own decisions."""
    rows = QualityCheck.objects.filter(handler_id=access.staff_id).exclude(grade="")
    return _views(list(rows.select_related("claim", "decision").order_by("-pk")[:SHOWN]))


def picture(access: people.Access, since: datetime) -> Picture:
    """The graded checks of one's offices since a moment."""
    rows = list(
        QualityCheck.objects.filter(
            office_id__in=access.offices_for("claims.review"), graded_at__gte=since
        ).values_list("handler_id", "grade", "faults")
    )
    names = people.names_of(Ref("staff", h) for h, _g, _f in rows)
    by_handler: dict[int, dict[str, int]] = {}
    by_fault: dict[str, int] = {}
    for handler, grade, faults in rows:
        counts = by_handler.setdefault(handler, {})
        counts[grade] = counts.get(grade, 0) + 1
        for fault in faults:
            by_fault[fault] = by_fault.get(fault, 0) + 1
    labels = dict(FAULTS)
    handlers = tuple(
        (names.get(Ref("staff", h), ""), c.get("GOOD", 0), c.get("FINE", 0), c.get("FAULTS", 0),
         c.get("WRONG", 0))
        for h, c in sorted(by_handler.items(), key=lambda each: -sum(each[1].values()))
    )  # fmt: skip
    ordered = sorted(by_fault.items(), key=lambda each: -each[1])
    return Picture(
        handlers,
        tuple((labels[f], n) for f, n in ordered),
        len(rows),
        sum(grade in ("GOOD", "FINE") for _h, grade, _f in rows),
    )


def _views(rows: list[QualityCheck]) -> tuple[CheckView, ...]:
    names = people.names_of(Ref("staff", r.handler_id) for r in rows)
    labels = dict(FAULTS)
    return tuple(
        CheckView(
            id=r.pk, claim_id=r.claim_id, number=r.claim.number, handler_id=r.handler_id,
            handler=names.get(Ref("staff", r.handler_id), ""),
            kind_label=r.decision.get_kind_display(), amount=r.decision.amount,
            drawn_label=r.get_drawn_because_display(), drawn_at=r.drawn_at, grade=r.grade,
            grade_label=r.get_grade_display() if r.grade else "",
            faults=tuple(labels[f] for f in r.faults), finding=r.finding, answer=r.answer,
            answered=r.answered_at is not None,
        )
        for r in rows
    )  # fmt: skip
