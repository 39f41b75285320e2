"""Changes to document checklists: draft, publish by a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, joined
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.standards import checklists, events
from yilu.standards.models import ChecklistVersion, State

from .editions import touch
from .tables import DraftExists, SameHands, StaleDraft


class NoChecklistDraft(NotFound):
    """There is no checklist, or no draft of it, to change."""

    code = "no_checklist_draft"
    message = "没有这份资料清单的草稿"
    hint = "请先建立草稿。"


class WrongChecklist(Invalid):
    """The checklist cannot be used as it stands."""

    code = "wrong_checklist"
    message = "资料清单有误"


@tx.use_case
def make_checklist_draft(*, subject: str, note: str = "", actor: Ref, at: datetime) -> int:
    """
    Begin a new version of a checklist as a copy of the newest one; return its number.

    :raises NoChecklistDraft: if nothing has been published for that.
    :raises DraftExists: if there is a draft already.
    """
    versions = ChecklistVersion.objects.select_for_update().filter(subject=subject)
    every = list(versions.order_by("number"))
    published = [v for v in every if v.state != State.DRAFT]
    if not published:
        raise NoChecklistDraft(_("没有这份资料清单"))
    newest = published[-1]
    number = every[-1].number + 1
    try:
        with tx.savepoint():
            draft = ChecklistVersion.objects.create(
                subject=subject,
                number=number,
                title=newest.title,
                guidance=newest.guidance,
                items=newest.items,
                note=note,
                author=str(actor),
            )
    except IntegrityError:
        raise DraftExists(_("这份资料清单已有一份草稿")) from None
    journal.record(
        events.ChecklistDrafted(subject=subject, version=number),
        about=Ref("checklist", draft.pk),
        actor=actor,
        at=at,
    )
    return number


@tx.use_case
def put_checklist_items(
    *,
    subject: str,
    items: Sequence[Mapping[str, Any]],
    title: str | None = None,
    guidance: str | None = None,
    revision: int,
    actor: Ref,
    at: datetime,
) -> int:
    """
    Replace the items of the draft; return the new revision.

    :raises WrongChecklist: saying what is wrong with which item; nothing is saved.
    :raises StaleDraft: if ``revision`` is not the draft's present one.
    """
    draft = _draft(subject, revision)
    written = [dict(item) for item in items]
    if problems := checklists.checklist_problems(written, checklists.area_of(subject)):
        raise WrongChecklist(joined(problems))
    draft.items = written
    draft.title = title or draft.title
    draft.guidance = guidance if guidance is not None else draft.guidance
    draft.revision += 1
    draft.author = str(actor)
    draft.save(update_fields=["items", "title", "guidance", "revision", "author"])
    return draft.revision


@tx.use_case
def publish_checklist(
    *, subject: str, revision: int, effective_from: datetime | None = None, actor: Ref, at: datetime
) -> int:
    """
    Put the draft in force from ``effective_from`` (now, if none); return its number.

    :raises SameHands: for the author.
    :raises StaleDraft: if it was edited since.
    """
    draft = _draft(subject, revision)
    if draft.author == str(actor):
        raise SameHands
    if problems := checklists.checklist_problems(draft.items, checklists.area_of(subject)):
        raise WrongChecklist(joined(problems))
    starts = max(effective_from or at, at)
    for version in ChecklistVersion.objects.select_for_update().filter(
        subject=subject, state=State.PUBLISHED
    ):
        starts = max(starts, version.effective_from or starts)
        version.state = State.RETIRED
        version.effective_to = starts
        version.save(update_fields=["state", "effective_to"])
    draft.state = State.PUBLISHED
    draft.effective_from = starts
    draft.publisher = str(actor)
    draft.save(update_fields=["state", "effective_from", "publisher"])
    journal.record(
        events.ChecklistPublished(
            subject=subject,
            version=draft.number,
            effective_from=starts.isoformat(),
            author=draft.author,
        ),
        about=Ref("checklist", draft.pk),
        actor=actor,
        at=at,
    )
    touch(checklists.EDITION)
    return draft.number


@tx.use_case
def discard_checklist_draft(*, subject: str, actor: Ref, at: datetime) -> None:
    """
    Give the draft up.

    :raises NoChecklistDraft: if there is none.
    """
    _draft(subject, None).delete()


def _draft(subject: str, revision: int | None) -> ChecklistVersion:
    # Every version, as ``make_checklist_draft`` holds them: two orders of holding would wait in a circle.
    held = ChecklistVersion.objects.select_for_update().filter(subject=subject)
    draft = next((v for v in held.order_by("number") if v.state == State.DRAFT), None)
    if draft is None:
        raise NoChecklistDraft
    if revision is not None and draft.revision != revision:
        raise StaleDraft
    return draft
