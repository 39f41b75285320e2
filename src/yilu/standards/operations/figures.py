"""Changes to the numbers managers set: proposed by one, let into force by another (数值标准)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError
from django.db.models import Q

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.standards import events, figures, shipped
from yilu.standards.models import FigureVersion, State
from yilu.standards.queries.figures import UnknownFigure

from .editions import touch
from .shipping import load_figures
from .tables import DraftExists, SameHands, StaleDraft

__all__ = [
    "DayPassed",
    "NoFigureDraft",
    "NoReason",
    "NothingNew",
    "UnknownFigure",
    "discard_figure_draft",
    "draft_figure",
    "publish_figure",
]
REASON_MAX = 200


class NoFigureDraft(NotFound):
    """Nobody has proposed another value."""

    code = "no_figure_draft"
    message = _("这个数值没有待发布的草稿")
    hint = _("可能已由同事发布或放弃，请刷新页面核对。")


class NoReason(Invalid):
    """A figure is not changed without saying why."""

    code = "no_figure_reason"
    message = _("请写明为什么修改")
    hint = _("写清依据或原因，发布的同事和日后查阅的人都看得到；不超过 200 字。")


class NothingNew(Invalid):
    """The value is what counts on that day anyway."""

    code = "figure_nothing_new"
    message = _("新数值与届时生效的数值相同，不用修改")
    hint = _("请核对数值和生效日期。")


class DayPassed(Invalid):
    """What was decided on a day keeps that day's figure."""

    code = "figure_day_passed"
    message = _("生效日期须在明天或以后")
    hint = _("当天和以前的事按当天的数值办理，不能追溯修改。")


@tx.use_case
def draft_figure(
    *, code: str, value: str, effective_from: date, reason: str, revision: int = 0, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Propose a value as it is typed, from a day on; who edits a proposal last is its author. Its revision.

    ``revision`` is that of the draft the person saw, 0 where there was none.

    :raises UnknownFigure: for a code nobody knows. :raises NotAFigure, OutOfBounds: naming the bound
        and the article. :raises NoReason: without a reason. :raises NothingNew: for the value that
        counts then anyway. :raises DayPassed: for a day that has begun: what was decided on it was
        decided by its own figure. :raises StaleDraft, DraftExists: where a colleague was quicker.
    """
    figure = shipped.figures().get(code)
    if figure is None:
        raise UnknownFigure
    number = figures.read(value, figure.unit)
    figures.check(figure, number)
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise NoReason
    if effective_from <= day_of(at):
        raise DayPassed
    load_figures(at, only=code)
    every = list(FigureVersion.objects.select_for_update().filter(code=code).order_by("number"))
    kept = [v for v in every if v.state != State.DRAFT]
    before = next(v for v in kept if _counts(v, effective_from))
    if before.value == number and before is kept[-1]:
        raise NothingNew
    draft = next((v for v in every if v.state == State.DRAFT), None)
    if (draft.revision if draft else 0) != revision:
        raise StaleDraft
    if draft is None:
        draft = FigureVersion(code=code, number=every[-1].number + 1)
    draft.value, draft.effective_from, draft.note = number, effective_from, reason
    draft.author, draft.revision = str(actor), revision + 1
    try:
        with tx.savepoint():
            draft.save()
    except IntegrityError:
        raise DraftExists(_("这个数值已有一份待发布的草稿")) from None
    journal.record(
        events.FigureDrafted(
            code=code, version=draft.number, value=figures.typed(number, figure.unit),
            effective_from=effective_from.isoformat(),
        ),
        about=Ref("figure", draft.pk), actor=actor, at=at,
    )  # fmt: skip
    return draft.revision


@tx.use_case
def publish_figure(*, code: str, revision: int, actor: Ref, at: datetime) -> date:
    """
    Let the proposed value count from its day, tomorrow at the earliest; return that day.

    A day has one value: what was decided on a day can be worked out again by that day's figures.
    What was to come later than this is replaced and never counts.

    :raises NoFigureDraft: if there is none. :raises SameHands: for its author. :raises StaleDraft: if
        it was edited since. :raises OutOfBounds: if the law's bound has been drawn closer meanwhile.
    """
    draft = _draft(code, revision)
    if draft.author == str(actor):
        raise SameHands
    figure = shipped.figures()[code]
    figures.check(figure, draft.value)
    starts = max(draft.effective_from, day_of(at) + timedelta(days=1))
    replaced = (
        FigureVersion.objects.select_for_update()
        .filter(Q(effective_to=None) | Q(effective_to__gt=starts), code=code)
        .exclude(state=State.DRAFT)
        .order_by("effective_from", "number")
    )
    unit, counted = figure.unit, draft.value
    for version in replaced:
        if _counts(version, starts):
            counted = version.value
        version.state, version.effective_to = State.RETIRED, max(starts, version.effective_from)
        version.save(update_fields=["state", "effective_to"])
    draft.state, draft.publisher, draft.effective_from = State.PUBLISHED, str(actor), starts
    draft.save(update_fields=["state", "publisher", "effective_from"])
    journal.record(
        events.FigurePublished(
            code=code, version=draft.number, value=figures.typed(draft.value, unit),
            before=figures.typed(counted, unit), effective_from=starts.isoformat(),
            author=draft.author,
        ),
        about=Ref("figure", draft.pk), actor=actor, at=at,
    )  # fmt: skip
    touch(figures.EDITION)
    return starts


@tx.use_case
def discard_figure_draft(*, code: str, revision: int, actor: Ref, at: datetime) -> None:
    """Give the proposal up. :raises NoFigureDraft: if there is none. :raises StaleDraft: edited since."""
    draft = _draft(code, revision)
    fact = events.FigureDraftDiscarded(code=code, version=draft.number)
    journal.record(fact, about=Ref("figure", draft.pk), actor=actor, at=at)
    draft.delete()


def _draft(code: str, revision: int) -> FigureVersion:
    # Every version, as ``draft_figure`` holds them: two orders of holding would wait in a circle.
    held = FigureVersion.objects.select_for_update().filter(code=code).order_by("number")
    found = next((v for v in held if v.state == State.DRAFT), None)
    if found is None:
        raise NoFigureDraft
    if found.revision != revision:
        raise StaleDraft
    return found


def _counts(version: FigureVersion, day: date) -> bool:
    return version.effective_from <= day and (
        version.effective_to is None or day < version.effective_to
    )
