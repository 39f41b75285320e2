"""Plans, forms and phrases change by new versions: one person writes, another approves."""

from __future__ import annotations

from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.quality import inspection_events as events
from yilu.quality.books import inspections as shipped
from yilu.quality.books import phrases
from yilu.quality.inspection_refusals import (
    BadPhrases,
    BookChanged,
    BookInUse,
    BookNotFound,
    OwnBook,
    PastDay,
)
from yilu.quality.models import BookVersion
from yilu.quality.operations import drafting
from yilu.quality.rules import books

_State = BookVersion.State


@tx.use_case
def load_books(at: datetime) -> int:
    """The plan, the forms and the phrases that come with Yilu, where there are none; how many."""
    drafting.one_writer("books")
    texts = shipped.shipped()
    made = BookVersion.objects.bulk_create(
        BookVersion(
            book=book, state=_State.APPROVED, text=texts[book], since=day_of(at), **drafting.shipped(at)
        )
        for book in drafting.missing(texts, BookVersion.objects.values_list("book", flat=True))
    )  # fmt: skip
    for row in made:
        _record_approved(row, SYSTEM, at)
    return len(made)


@tx.use_case
def write_book(
    *, book: str, text: str, revision: int, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Write the next version, or rewrite its draft as it was seen (``revision`` 0: none yet); its id.

    :raises BadPlan: :raises BadForm: :raises BadPhrases: the text is none of its kind.
    :raises BookChanged: somebody else wrote meanwhile. :raises BookNotFound: no such book.
    """
    access.require("quality.manage")
    if book not in books.BOOKS:
        raise BookNotFound
    drafting.one_writer(f"book.{book}")
    text = drafting.tidy(text)
    books.check(book, text)
    if book == books.PHRASES:
        _refuse_rude_advice(text)
    versions = BookVersion.objects.filter(book=book)
    draft = drafting.next_draft(
        versions, BookVersion(book=book), revision=revision, changed=BookChanged
    )
    draft.text = text
    drafting.sign(draft, actor=actor, at=at)
    fact = events.BookDrafted(book=book, version=draft.number, revision=draft.revision)
    journal.record(fact, about=Ref("quality_book", draft.pk), actor=actor, at=at)
    return draft.pk


@tx.use_case
def approve_book(
    *, version_id: int, revision: int, since: date, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Approve a draft as it was seen, from a day on.

    :raises OwnBook: whoever wrote it last does not approve. :raises BookChanged: not what was seen.
    :raises PastDay: a day in the past.
    """
    access.require("quality.manage")
    row = drafting.locked(BookVersion.objects.all(), version_id, missing=BookNotFound)
    drafting.refuse_unseen_or_own(
        row, revision=revision, actor=actor, changed=BookChanged, own=OwnBook
    )
    if since < day_of(at):
        raise PastDay
    row.state, row.since = _State.APPROVED, since
    drafting.approve(row, actor=actor, at=at)
    _record_approved(row, actor, at)


@tx.use_case
def discard_book(*, version_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Give a draft up. :raises BookInUse: an approved version is replaced, never deleted."""
    access.require("quality.manage")
    row = drafting.locked(BookVersion.objects.all(), version_id, missing=BookNotFound)
    if row.state != _State.DRAFT:
        raise BookInUse
    fact = events.BookDiscarded(book=row.book, version=row.number)
    journal.record(fact, about=Ref("quality_book", row.pk), actor=actor, at=at)
    row.delete()


def _refuse_rude_advice(text: str) -> None:
    """What is advised instead is not itself forbidden."""
    told = phrases.compiled(text).phrases
    for rule in told.rules.values():
        if told.scan(phrases.tidy(rule.better)):
            raise BadPhrases(hint=Sentence(_("“{name}”建议的说法里还有服务禁语。"), name=rule.code))


def _record_approved(row: BookVersion, actor: Ref, at: datetime) -> None:
    assert row.since is not None
    fact = events.BookApproved(book=row.book, version=row.number, since=row.since.isoformat())
    journal.record(fact, about=Ref("quality_book", row.pk), actor=actor, at=at)
