"""Inspections as inspectors, the inspected and their leads see them; draws, to be drawn again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from django.db.models import Q, QuerySet

from yilu.kernel import sealing
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality.apart import refuse_near
from yilu.quality.inspection_refusals import InspectionNotFound
from yilu.quality.models import Inspection, Lot
from yilu.quality.places import ANSWERS, APPEAL, DECISION
from yilu.quality.rules import sampling, scoring
from yilu.quality.rules.sampling import BECAUSE, WHAT, Done, Drawn
from yilu.quality.rules.scoring import Answer, Form

__all__ = ["BECAUSE", "WHAT", "Answer"]
SHOWN = 50
STATES: Mapping[str, str] = dict(Inspection.State.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRow:
    """One line of a list."""

    id: int
    what: str
    what_label: str
    about: Ref
    staff_id: int
    office_id: int
    because: str
    because_label: str
    state: str
    state_label: str
    done_at: datetime
    drawn_at: datetime
    score: int | None
    fatal: bool
    passed: bool | None
    appeal_until: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionView:
    """One inspection with its form, and what was given and said."""

    row: InspectionRow
    form: Form
    form_number: int
    answers: Mapping[str, Answer]
    missed: tuple[str, ...]
    inspector: str
    scored_at: datetime | None
    appeal: str
    appealed_at: datetime | None
    second: str
    changed: bool | None
    first_score: int | None
    decision: str
    lot_id: int
    party_id: int | None
    mine: bool
    may_score: bool
    may_answer: bool
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """A draw, and whether drawing again finds the same."""

    id: int
    what_label: str
    week: date
    office_id: int
    plan_number: int
    root: str
    seed: str
    served: int
    drawn_at: datetime
    drawn: tuple[Drawn, ...]
    again: tuple[Drawn, ...]

    @property
    def same(self) -> bool:
        """Whether what was inspected is what the seed draws."""
        return sorted((d.subject, d.staff_id) for d in self.drawn) == sorted(
            (d.subject, d.staff_id) for d in self.again
        )


def to_inspect(access: Access, *, state: str = "WAITING") -> list[InspectionRow]:
    """What waits for an inspector of one's offices: the risky first, then the oldest; never one's own."""
    offices = access.offices_for("quality.inspect")
    rows = Inspection.objects.filter(office_id__in=offices, state=state)
    rows = rows.exclude(staff_id=access.staff_id)
    if state == "WAITING":
        risky = list(rows.exclude(because=sampling.RANDOM).order_by("pk")[:SHOWN])
        chance = rows.filter(because=sampling.RANDOM).order_by("pk")[: SHOWN - len(risky)]
        return [_row(row) for row in (*risky, *chance)]
    return [_row(row) for row in rows.order_by("pk")[:SHOWN]]


def my_results(staff_id: int) -> list[InspectionRow]:
    """One's own, once they are scored; the latest first."""
    rows = Inspection.objects.filter(staff_id=staff_id).exclude(state__in=["WAITING", "VOIDED"])
    return [_row(row) for row in rows.order_by("-pk")[:SHOWN]]


def list_inspections(
    access: Access, *, what: str = "", staff_id: int | None = None, before: int | None = None
) -> list[InspectionRow]:
    """Scored ones of the offices one may look at, the latest first."""
    access.require("quality.view")
    rows = _of(access).exclude(state="WAITING")
    if what in WHAT:
        rows = rows.filter(what=what)
    if staff_id is not None:
        rows = rows.filter(staff_id=staff_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_row(row) for row in rows.order_by("-pk")[:SHOWN]]


def get_inspection(inspection_id: int, access: Access, at: datetime) -> InspectionView:
    """
    One's own result, or one of the offices one looks at.

    :raises InspectionNotFound: none, not theirs, or one's own before it is scored.
    """
    row = (
        Inspection.objects.select_related("form")
        .filter(Q(pk=inspection_id)).first()
    )  # fmt: skip
    if row is None:
        raise InspectionNotFound
    mine = row.staff_id == access.staff_id
    looks = any(access.may(r, row.office_id) for r in ("quality.inspect", "quality.view"))
    if (mine and row.state in ("WAITING", "VOIDED")) or not (mine or looks):
        raise InspectionNotFound
    may, why = _may_work(row, access)
    return InspectionView(
        row=_row(row), form=scoring.read(row.form.text), form_number=row.form.number,
        answers=_answers(row), missed=tuple(row.missed), inspector=row.inspector,
        scored_at=row.scored_at, appeal=_open(row.appeal, APPEAL), appealed_at=row.appealed_at,
        second=row.second, changed=row.changed, first_score=row.first_score,
        decision=_open(row.decision, DECISION), lot_id=row.lot_id, party_id=row.party_id, mine=mine,
        may_score=may and row.state == "WAITING",
        may_answer=may and row.state == "APPEALED" and row.inspector != f"staff:{access.staff_id}",
        why_not=why,
    )  # fmt: skip


def list_lots(access: Access, limit: int = SHOWN) -> list[LotView]:
    """The latest draws of the offices one may look at."""
    access.require("quality.view")
    rows = Lot.objects.filter(office_id__in=access.offices_for("quality.view"))
    return [_lot(row, ()) for row in rows.select_related("plan").order_by("-week", "-pk")[:limit]]


def get_lot(lot_id: int, access: Access) -> LotView:
    """One draw, drawn again from what there was. :raises InspectionNotFound: none, or not theirs."""
    row = Lot.objects.select_related("plan").filter(pk=lot_id).first()
    if row is None or not access.may("quality.view", row.office_id):
        raise InspectionNotFound
    drawn = [
        Drawn(subject, staff_id, because)
        for subject, staff_id, because in row.inspections.order_by("staff_id", "pk").values_list(
            "subject", "staff_id", "because"
        )
    ]
    return _lot(row, drawn)


def _lot(row: Lot, drawn: Iterable[Drawn]) -> LotView:
    plan = sampling.read(row.plan.text)
    rule = plan.lot(row.what)
    done = [Done(subject, staff, tuple(marks)) for subject, staff, marks in row.frame["done"]]
    again = (
        sampling.draw(rule, done, seed=row.seed, new=set(row.frame["new"]), weights=plan.weights)
        if rule else ()
    )  # fmt: skip
    return LotView(
        id=row.pk, what_label=WHAT[row.what], week=row.week, office_id=row.office_id,
        plan_number=row.plan.number, root=row.root, seed=row.seed, served=len(done),
        drawn_at=row.drawn_at, drawn=tuple(drawn), again=again,
    )  # fmt: skip


def _of(access: Access) -> QuerySet[Inspection]:
    return Inspection.objects.filter(office_id__in=access.offices_for("quality.view"))


def _may_work(row: Inspection, access: Access) -> tuple[bool, str]:
    if not access.may("quality.inspect", row.office_id):
        return False, ""
    try:
        refuse_near(access, row.staff_id)
    except NotAllowed as refused:
        return False, refused.message
    return True, ""


def _answers(row: Inspection) -> Mapping[str, Answer]:
    if not row.answers:
        return {}
    kept = orjson.loads(_open(row.answers, ANSWERS))
    return {code: Answer(given, comment, seen) for code, (given, comment, seen) in kept.items()}


def _open(value: bytes | memoryview[int], place: str) -> str:
    return sealing.unseal(bytes(value), place) if value else ""


def _row(row: Inspection) -> InspectionRow:
    return InspectionRow(
        id=row.pk, what=row.what, what_label=WHAT[row.what], about=Ref.parse(row.subject),
        staff_id=row.staff_id, office_id=row.office_id, because=row.because,
        because_label=BECAUSE[row.because], state=row.state, state_label=row.get_state_display(),
        done_at=row.done_at, drawn_at=row.drawn_at, score=row.score, fatal=row.fatal,
        passed=row.passed, appeal_until=row.appeal_until, ended_at=row.ended_at,
    )  # fmt: skip


def recovery_owners(office_id: int, apart_from: int) -> tuple[tuple[int, str], ...]:
    """Who may call a customer of an office, apart from whoever served them."""
    colleagues = people.list_colleagues(office_id, "complaints.handle")
    return tuple(each for each in colleagues if each[0] != apart_from)
