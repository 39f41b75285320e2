"""The bank as exams draw from it, and as those who keep it see it, with how each question did."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.people.queries import Access
from yilu.quality import question_files
from yilu.quality.books import exams
from yilu.quality.models import Attempt, QuestionVersion
from yilu.quality.rules import questioning
from yilu.quality.rules.questioning import Measured, Question
from yilu.quality.training_refusals import QuestionNotFound

SHEETS = 2_000
"""The latest sheets from which a question's figures come."""
_AFTER = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """One version of a question, with its figures once it was asked."""

    id: int
    code: str
    number: int
    state: str
    state_label: str
    dimension: str
    dimension_label: str
    ask: str
    options: tuple[str, ...]
    right: int
    source: str
    revision: int
    author: str
    written_at: datetime
    approver: str
    measured: Measured | None
    verdict: str

    @property
    def correct(self) -> Decimal | None:
        """Which part of the answers was right, in hundredths."""
        return Decimal(round(100 * self.measured.correct)) / 100 if self.measured else None


def key_of(code: str, number: int) -> str:
    """What a sheet calls a question: the first version by its code, later ones with their number."""
    return code if number == 1 else f"{code}{_AFTER}{number}"


def in_force() -> Mapping[str, Question]:
    """What exams begun now draw from, by key; the shipped bank while none is kept here."""
    rows = QuestionVersion.objects.filter(state="APPROVED").order_by("code")
    found = {key_of(row.code, row.number): _question(row) for row in rows}
    if not found and not QuestionVersion.objects.exists():
        return exams.bank()
    return found


def drawn(keys: Collection[str]) -> Mapping[str, Question]:
    """The questions of a sheet as they were drawn, whatever became of them since."""
    rows = QuestionVersion.objects.filter(code__in={key.split(_AFTER)[0] for key in keys})
    kept = {key_of(row.code, row.number): _question(row) for row in rows}
    return {
        key: kept.get(key) or exams.bank()[key]
        for key in keys
        if key in kept or key in exams.bank()
    }


def list_questions(
    access: Access, *, dimension: str = "", show: str = "", text: str = ""
) -> list[QuestionView]:
    """The newest version of each (``show``: draft, retired, weak or all in force), worst figures first."""
    access.require("quality.manage")
    rows = QuestionVersion.objects.all()
    if dimension in exams.DIMENSIONS:
        rows = rows.filter(dimension=dimension)
    if text.strip():
        rows = rows.filter(ask__contains=text.strip()[:60])
    state = {"draft": "DRAFT", "retired": "RETIRED"}.get(show, "APPROVED")
    found = list(rows.filter(state=state).order_by("code", "-number"))
    if state == "RETIRED":
        alive = set(QuestionVersion.objects.exclude(state="RETIRED").values_list("code", flat=True))
        newest: dict[str, QuestionVersion] = {}
        for row in found:
            if row.code not in alive:
                newest.setdefault(row.code, row)
        found = list(newest.values())
    figures = statistics()
    views = [_view(row, figures) for row in found]
    if show == "weak":
        views = [v for v in views if v.measured and v.measured.verdict not in {"few", "good"}]
    order = {"wrong": 0, "hard": 1, "blunt": 2, "easy": 3}
    return sorted(views, key=lambda v: order.get(v.measured.verdict, 9) if v.measured else 9)


def get_question(access: Access, code: str) -> list[QuestionView]:
    """Every version, the newest first. :raises QuestionNotFound: none."""
    access.require("quality.manage")
    rows = list(QuestionVersion.objects.filter(code=code).order_by("-number"))
    if not rows:
        raise QuestionNotFound
    figures = statistics()
    return [_view(row, figures) for row in rows]


def bank_counts(access: Access) -> Mapping[str, int]:
    """How many are in force by dimension, how many are drafts."""
    access.require("quality.manage")
    force = in_force()
    return {
        "knowledge": exams.most("knowledge", force), "skill": exams.most("skill", force),
        "draft": QuestionVersion.objects.filter(state="DRAFT").count(),
    }  # fmt: skip


def bank_file(access: Access) -> bytes:
    """What is in force as a workbook, to be changed and handed in again."""
    access.require("quality.manage")
    return question_files.write(
        Question(key.split(_AFTER)[0], q.dimension, q.ask, q.options, q.right, q.source)
        for key, q in in_force().items()
    )  # fmt: skip


def statistics() -> Mapping[str, Measured]:
    """How each question did in the latest ended sheets, by key."""
    rows = list(
        Attempt.objects.filter(ended_at__isnull=False).order_by("-ended_at")
        .values_list("questions", "answers")[:SHEETS]
    )  # fmt: skip
    known = drawn({key for keys, _answers in rows for key in keys})
    return questioning.measure(
        {key: answers.get(key) == known[key].right for key in keys if key in known}
        for keys, answers in rows
    )


def _question(row: QuestionVersion) -> Question:
    key = key_of(row.code, row.number)
    return Question(key, row.dimension, row.ask, tuple(row.options), row.right, row.source)


def _view(row: QuestionVersion, figures: Mapping[str, Measured]) -> QuestionView:
    measured = figures.get(key_of(row.code, row.number))
    return QuestionView(
        id=row.pk, code=row.code, number=row.number, state=row.state,
        state_label=row.get_state_display(), dimension=row.dimension,
        dimension_label=exams.DIMENSIONS[row.dimension], ask=row.ask, options=tuple(row.options),
        right=row.right, source=row.source, revision=row.revision, author=row.author,
        written_at=row.written_at, approver=row.approver, measured=measured,
        verdict=questioning.VERDICTS[measured.verdict] if measured else "",
    )  # fmt: skip
