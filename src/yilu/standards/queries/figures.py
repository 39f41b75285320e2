"""The numbers managers set: what counts on a day, what is to come, what was (数值标准)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound
from yilu.kernel.recall import Recall
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.standards import figures, shipped
from yilu.standards.figures import Definition, Span
from yilu.standards.models import FigureVersion, State


class UnknownFigure(NotFound):
    """No figure has that code."""

    code = "unknown_figure"
    message = _("没有这个数值标准")
    hint = _("请从数值标准目录中选择。")


def _load(_all: str) -> dict[str, tuple[Span, ...]]:
    found: dict[str, list[Span]] = defaultdict(list)
    rows = FigureVersion.objects.exclude(state=State.DRAFT).order_by("-number")
    for code, since, until, value in rows.values_list(
        "code", "effective_from", "effective_to", "value"
    ):
        found[code].append(Span(since, until, value))
    return {code: tuple(spans) for code, spans in found.items()}


# All of them by one statement: there are few, and an operation may need several.
_spans: Recall[str, dict[str, tuple[Span, ...]]] = Recall(figures.EDITION, _load)


def figure(code: str, on: date) -> Decimal:
    """
    The value of a figure on a day (or a moment's day), out of the process's memory.

    A percentage is a share of one. While the database holds none, the shipped value counts.

    :raises UnknownFigure: a mistake in the asking program.
    """
    day = day_of(on) if isinstance(on, datetime) else on
    value = figures.value_on(_spans("").get(code, ()), day)
    if value is not None:
        return value
    if code not in shipped.figures():
        raise UnknownFigure
    return shipped.figures()[code].value


def whole_figure(code: str, on: date) -> int:
    """The same of a figure that is counted in whole numbers."""
    return int(figure(code, on))


def figure_spans(code: str) -> tuple[Span, ...]:
    """Every value that ever counted with its days, oldest first: to work out the past anew."""
    found = [s for s in _spans("").get(code, ()) if s.until is None or s.since < s.until]
    return tuple(sorted(found, key=lambda span: span.since)) or (
        Span(figures.BEGINNING, None, shipped.figures()[code].value),
    )


@dataclass(frozen=True, slots=True)
class FigureVersionView:
    """
    A value of a figure: who proposed it, who let it into force, why, from when to when.

    ``standing``: DRAFT, NOW, COMING, OVER, or NEVER where it was replaced before it counted.
    """

    number: int
    standing: str
    label: str
    value: str
    effective_from: date
    effective_to: date | None
    note: str
    revision: int
    author: Ref
    publisher: Ref | None


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure with what counts today, what is to come and what is proposed; values as typed."""

    definition: Definition
    unit: str
    now: str
    least: str
    most: str
    versions: tuple[FigureVersionView, ...]

    @property
    def code(self) -> str:
        """What the program calls it."""
        return self.definition.code

    @property
    def present(self) -> FigureVersionView | None:
        """The version that counts today; None while only the shipped value does."""
        return next((v for v in self.versions if v.standing == "NOW"), None)

    @property
    def coming(self) -> tuple[FigureVersionView, ...]:
        """Let into force for a later day, the next one first."""
        return tuple(v for v in self.versions if v.standing == "COMING")[::-1]

    @property
    def draft(self) -> FigureVersionView | None:
        """What is proposed."""
        return next((v for v in self.versions if v.standing == "DRAFT"), None)


STANDINGS = {
    "DRAFT": _("待发布"), "NOW": _("现行"), "COMING": _("将生效"), "OVER": _("已失效"),
    "NEVER": _("生效前已被取代"),
}  # fmt: skip


def list_figures(at: datetime) -> list[FigureView]:
    """Every figure in the catalogue's order; one statement."""
    by_code: dict[str, list[FigureVersion]] = defaultdict(list)
    for row in FigureVersion.objects.order_by("-number"):
        by_code[row.code].append(row)
    return [_view(each, by_code[each.code], day_of(at)) for each in shipped.figures().values()]


def get_figure(code: str, at: datetime) -> FigureView:
    """One figure with all its versions, newest first. :raises UnknownFigure: for a code nobody knows."""
    if code not in shipped.figures():
        raise UnknownFigure
    rows = list(FigureVersion.objects.filter(code=code).order_by("-number"))
    return _view(shipped.figures()[code], rows, day_of(at))


def _view(given: Definition, rows: list[FigureVersion], today: date) -> FigureView:
    spans = [
        Span(r.effective_from, r.effective_to, r.value) for r in rows if r.state != State.DRAFT
    ]
    now = figures.value_on(spans, today)
    return FigureView(
        definition=given, unit=figures.LABELS[given.unit],
        now=figures.typed(given.value if now is None else now, given.unit),
        least=figures.typed(given.least, given.unit), most=figures.typed(given.most, given.unit),
        versions=tuple(_version(row, given, today) for row in rows),
    )  # fmt: skip


def _version(row: FigureVersion, given: Definition, today: date) -> FigureVersionView:
    if row.state == State.DRAFT:
        standing = "DRAFT"
    elif row.effective_to == row.effective_from:
        standing = "NEVER"
    elif row.effective_from > today:
        standing = "COMING"
    else:
        standing = "NOW" if row.effective_to is None or today < row.effective_to else "OVER"
    return FigureVersionView(
        number=row.number, standing=standing, label=STANDINGS[standing],
        value=figures.typed(row.value, given.unit), effective_from=row.effective_from,
        effective_to=row.effective_to, note=row.note, revision=row.revision,
        author=Ref.parse(row.author), publisher=Ref.parse(row.publisher) if row.publisher else None,
    )  # fmt: skip
