"""How every text that changes in versions is written by one person and approved by another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.quality.models.written import Written

Row = TypeVar("Row", bound=Written)


def tidy(text: str) -> str:
    """A text as it is kept: line ends of one kind, no zero bytes, one line end last."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip() + "\n"


@tx.step
def one_writer(what: str) -> None:
    """Whoever writes the same thing waits until this transaction is over."""
    tx.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"quality.{what}"])


@tx.step
def next_draft(
    rows: models.QuerySet[Row], new: Row, *, revision: int, changed: type[Refusal]
) -> Row:
    """
    The draft among one thing's versions, or ``new`` numbered after the newest; not yet saved.

    ``revision`` is what the writer saw of the draft, 0: none. :raises changed: it is not what they saw.
    """
    newest = rows.order_by("-number").first()
    draft = newest if newest is not None and newest.approved_at is None else None
    if (draft.revision if draft else 0) != revision:
        raise changed
    if draft is not None:
        return draft
    new.number, new.revision = newest.number + 1 if newest else 1, 0
    return new


@tx.step
def sign(row: Written, *, actor: Ref, at: datetime) -> None:
    """Save a draft as this person's writing."""
    row.author, row.written_at = str(actor), at
    row.revision += 1
    row.save()


@tx.step
def locked(rows: models.QuerySet[Row], version_id: int, *, missing: type[Refusal]) -> Row:
    """One version, nobody else's until the transaction is over. :raises missing: there is none."""
    row = rows.select_for_update().filter(pk=version_id).first()
    if row is None:
        raise missing
    return row


def refuse_unseen_or_own(
    row: Written, *, revision: int, actor: Ref, changed: type[Refusal], own: type[Refusal]
) -> None:
    """
    Whoever approves saw this very draft and did not write it.

    :raises changed: it was rewritten or approved since. :raises own: they wrote it last.
    """
    if row.approved_at is not None or row.revision != revision:
        raise changed
    if row.author == str(actor):
        raise own


@tx.step
def approve(row: Written, *, actor: Ref, at: datetime) -> None:
    """Save a version as approved by this person."""
    row.approver, row.approved_at = str(actor), at
    row.save()


def shipped(at: datetime) -> dict[str, Any]:
    """The columns of a first version that comes with Yilu: written and approved by the platform."""
    system = str(SYSTEM)
    return {
        "number": 1, "author": system, "written_at": at, "approver": system, "approved_at": at,
    }  # fmt: skip


def missing(texts: Iterable[str], known: Iterable[str]) -> list[str]:
    """Which of the texts that come with Yilu have no version yet, in their order."""
    there = set(known)
    return [code for code in texts if code not in there]
