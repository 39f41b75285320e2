"""
The book of the diagnosis of needs is changed like every standard (需求诊断手册): one writes, another publishes.

A part at a time: a question, a tag, a plan. What is wrong with a part by itself is refused; what does not fit
together yet is only named, and holds back the publication.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, joined
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.standards import operations as standards
from yilu.standards import queries as standard_queries
from yilu.underwriting.queries.needs import NEEDS, may_be_offered
from yilu.underwriting.rules import needs_book as rules

RIGHT = "standards.edit"
Rows = list[dict[str, Any]]


class NeedsPart(StrEnum):
    """What the book is made of."""

    QUESTION = "question"
    TAG = "tag"
    PLAN = "plan"

    @property
    def key(self) -> str:
        """What tells its rows apart."""
        return "product" if self is NeedsPart.PLAN else "code"


class BadNeedsBook(Invalid):
    """A part cannot be kept as it is written."""

    code = "bad_needs_book"
    message = _("这一项还不能保存")
    hint = _("请按提示修改后再保存；没有改动任何内容。")


class UnfinishedNeedsBook(Invalid):
    """The parts do not fit together."""

    code = "unfinished_needs_book"
    message = _("这一版还不能发布")
    hint = _("请编制人按列出的各条改好，再由您核对发布。")


class NoSuchPart(NotFound):
    """The draft has no such question, tag or plan."""

    code = "no_such_needs_part"
    message = _("草稿里没有这一项")
    hint = _("可能刚被删除，请回到草稿核对。")


@tx.use_case
def draft_needs(*, note: str, access: Access, actor: Ref, at: datetime) -> int:
    """
    Begin the next version as a copy of the last one; its number.

    :raises NotAllowed: without standards.edit. :raises DraftExists: somebody is at it.
    """
    access.require(RIGHT)
    return standards.make_book_draft(code=NEEDS, note=note, actor=actor, at=at)


@tx.use_case
def put_needs_part(
    *, part: NeedsPart, code: str, row: Mapping[str, Any] | None, revision: int, access: Access,
    actor: Ref,
) -> int:  # fmt: skip
    """
    Write one part of the draft, a new one at the end; without ``row`` take it out. The new revision.

    :raises BadNeedsBook: naming what is wrong with it; nothing is saved. :raises NoSuchPart: nothing to take out.
    :raises StaleDraft: ``revision`` is not the draft's. :raises NoBookDraft: there is none.
    """

    def write(rows: Rows) -> None:
        place = _place(rows, part, code)
        if row is None:
            if place is None:
                raise NoSuchPart
            del rows[place]
        elif place is None:
            rows.append(dict(row))
        else:
            rows[place] = dict(row)

    return _put(part, write, revision=revision, access=access, actor=actor)


@tx.use_case
def move_needs_part(
    *, part: NeedsPart, code: str, by: int, revision: int, access: Access, actor: Ref
) -> int:
    """
    Move a part up (-1) or down (1); at an end it stays. The new revision.

    :raises NoSuchPart: :raises StaleDraft: :raises NoBookDraft: as ``put_needs_part``.
    """

    def move(rows: Rows) -> None:
        place = _place(rows, part, code)
        if place is None:
            raise NoSuchPart
        rows.insert(min(max(place + by, 0), len(rows) - 1), rows.pop(place))

    return _put(part, move, revision=revision, access=access, actor=actor)


@tx.use_case
def publish_needs(*, revision: int, since: date, access: Access, actor: Ref, at: datetime) -> int:
    """
    Have customers asked by the draft from a day on, tomorrow at the earliest; its number.

    Whoever was asked before keeps their version.

    :raises UnfinishedNeedsBook: naming what does not fit together. :raises SameHands: for its author.
    :raises BookDayPassed: for a day that has begun. :raises StaleDraft: :raises NoBookDraft.
    """
    access.require(RIGHT)
    if loose := rules.loose_ends(_content(), may_be_offered(since)):
        raise UnfinishedNeedsBook(hint=joined(loose))
    return standards.publish_book(code=NEEDS, revision=revision, since=since, actor=actor, at=at)


@tx.use_case
def discard_needs_draft(*, revision: int, access: Access, actor: Ref, at: datetime) -> None:
    """Give the draft up. :raises NoBookDraft: if there is none. :raises StaleDraft: edited since."""
    access.require(RIGHT)
    standards.discard_book_draft(code=NEEDS, revision=revision, actor=actor, at=at)


def _put(
    part: NeedsPart, change: Callable[[Rows], None], *, revision: int, access: Access, actor: Ref
) -> int:
    access.require(RIGHT)
    content = _content()
    rows = [dict(row) for row in content[part]]
    change(rows)
    written = content | {str(part): rows}
    if problems := rules.misshapen(written):
        raise BadNeedsBook(joined(problems))
    # Whoever saved between our reading and this is noticed by the revision.
    return standards.put_book(code=NEEDS, content=written, revision=revision, actor=actor)


def _content() -> dict[str, Any]:
    for version in standard_queries.book_versions(NEEDS):
        if version.state == "DRAFT":
            return version.content
    raise standards.NoBookDraft


def _place(rows: Rows, part: NeedsPart, code: str) -> int | None:
    return next((n for n, row in enumerate(rows) if row[part.key] == code), None)
