"""
Changes to books of rules (规则手册): drafted by one person, let into force by another from a day on.

Steps, not use cases: what a book holds is its own room's, which says who may change it and what is wrong with
what they wrote, and calls these inside its own operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError
from django.db.models import Q

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.standards import events, rules
from yilu.standards.models import BookVersion, State

from .editions import touch
from .shipping import load_books
from .tables import DraftExists, SameHands, StaleDraft

NOTE_MAX = 200


class NoBookDraft(NotFound):
    """There is no such book, or no draft of it."""

    code = "no_book_draft"
    message = _("没有待发布的草稿")
    hint = _("可能已由同事发布或放弃，请刷新页面核对。")


class BookDayPassed(Invalid):
    """A day that has begun keeps the version it began with."""

    code = "book_day_passed"
    message = _("生效日期须在明天或以后")
    hint = _("一天只用一个版本：当天和以前的事按当时的版本办理。请选明天或更晚的日期。")


@tx.step
def make_book_draft(*, code: str, note: str, actor: Ref, at: datetime) -> int:
    """
    Begin a new version of a book as a copy of the one published last; its number.

    :raises NoBookDraft: for a code nobody knows. :raises DraftExists: if there is one.
    """
    if load_books(at, only=code):
        touch(rules.BOOKS)
    every = _held(code)
    published = [v for v in every if v.state != State.DRAFT]
    if not published:
        raise NoBookDraft
    try:
        with tx.savepoint():
            draft = BookVersion.objects.create(
                code=code, number=every[-1].number + 1, content=published[-1].content,
                note=note.strip()[:NOTE_MAX], author=str(actor),
            )  # fmt: skip
    except IntegrityError:
        raise DraftExists(_("已有一份草稿")) from None
    fact = events.BookDrafted(code=code, version=draft.number)
    journal.record(fact, about=Ref("book", draft.pk), actor=actor, at=at)
    return draft.number


@tx.step
def put_book(*, code: str, content: Mapping[str, Any], revision: int, actor: Ref) -> int:
    """
    Write the draft; whoever writes last is its author. The new revision.

    :raises StaleDraft: if ``revision`` is not the draft's present one. :raises NoBookDraft.
    """
    draft = _draft(code, revision)
    draft.content, draft.author = dict(content), str(actor)
    draft.revision += 1
    draft.save(update_fields=["content", "author", "revision"])
    return draft.revision


@tx.step
def publish_book(*, code: str, revision: int, since: date, actor: Ref, at: datetime) -> int:
    """
    Let the draft count from a day, tomorrow at the earliest; its number.

    What was to come later than that day is replaced and never counts.

    :raises SameHands: for its author. :raises StaleDraft: if it was edited since.
    :raises BookDayPassed: for a day that has begun. :raises NoBookDraft.
    """
    draft = _draft(code, revision)
    if draft.author == str(actor):
        raise SameHands
    if since <= day_of(at):
        raise BookDayPassed
    starts = datetime.combine(since, time(), CHINA)
    ongoing = Q(effective_to=None) | Q(effective_to__gt=starts)
    for version in BookVersion.objects.filter(ongoing, code=code).exclude(state=State.DRAFT):
        assert version.effective_from is not None
        version.state, version.effective_to = State.RETIRED, max(starts, version.effective_from)
        version.save(update_fields=["state", "effective_to"])
    draft.state, draft.publisher, draft.effective_from = State.PUBLISHED, str(actor), starts
    draft.save(update_fields=["state", "publisher", "effective_from"])
    fact = events.BookPublished(
        code=code, version=draft.number, effective_from=since.isoformat(), author=draft.author
    )
    journal.record(fact, about=Ref("book", draft.pk), actor=actor, at=at)
    touch(rules.BOOKS)
    return draft.number


@tx.step
def discard_book_draft(*, code: str, revision: int, actor: Ref, at: datetime) -> None:
    """Give the draft up. :raises NoBookDraft: if there is none. :raises StaleDraft: edited since."""
    draft = _draft(code, revision)
    fact = events.BookDraftDiscarded(code=code, version=draft.number)
    journal.record(fact, about=Ref("book", draft.pk), actor=actor, at=at)
    draft.delete()


def _held(code: str) -> list[BookVersion]:
    # Every version and in one order, whoever asks: two orders of holding would wait in a circle.
    return list(BookVersion.objects.select_for_update().filter(code=code).order_by("number"))


def _draft(code: str, revision: int) -> BookVersion:
    draft = next((v for v in _held(code) if v.state == State.DRAFT), None)
    if draft is None:
        raise NoBookDraft
    if draft.revision != revision:
        raise StaleDraft
    return draft
