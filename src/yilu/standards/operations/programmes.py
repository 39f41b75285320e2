"""Changes to the catalogue of claim programmes: draft, publish by a second person (服务项目)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.standards import events
from yilu.standards.models import ProgrammeVersion, State

from .tables import DraftExists, SameHands, StaleDraft

CHANGES_MAX = 15


class NoProgrammeDraft(NotFound):
    """There is no such programme, or no draft of it."""

    code = "no_programme_draft"
    message = _("没有这个服务项目的草稿")
    hint = _("请先建立草稿。")


class WrongProgramme(Invalid):
    """The programme cannot be used as it stands."""

    code = "wrong_programme"
    message = _("服务项目有误")
    hint = _("请写明名称、适用条件和至少一项变化。")


@tx.use_case
def make_programme_draft(*, code: str, note: str = "", actor: Ref, at: datetime) -> int:
    """
    Begin a new version of a programme as a copy of the newest one; return its number.

    :raises NoProgrammeDraft: for a code nobody knows. :raises DraftExists: if there is one.
    """
    every = list(ProgrammeVersion.objects.select_for_update().filter(code=code).order_by("number"))
    published = [v for v in every if v.state != State.DRAFT]
    if not published:
        raise NoProgrammeDraft(_("没有这个服务项目"))
    newest, number = published[-1], every[-1].number + 1
    try:
        with tx.savepoint():
            draft = ProgrammeVersion.objects.create(
                code=code, number=number, position=newest.position, title=newest.title,
                title_en=newest.title_en, words=newest.words, changes=newest.changes,
                obligations=newest.obligations, page=newest.page, citation=newest.citation,
                offered=newest.offered, note=note[:200], author=str(actor),
            )  # fmt: skip
    except IntegrityError:
        raise DraftExists(_("这个服务项目已有一份草稿")) from None
    journal.record(
        events.ProgrammeDrafted(code=code, version=number),
        about=Ref("programme", draft.pk), actor=actor, at=at,
    )  # fmt: skip
    return number


@tx.use_case
def put_programme(
    *,
    code: str,
    title: str,
    title_en: str,
    words: str,
    changes: Sequence[str],
    offered: bool,
    revision: int,
    actor: Ref,
    at: datetime,
) -> int:
    """
    Write the draft; return the new revision.

    :raises WrongProgramme: where something is missing or too long; nothing is saved.
    :raises StaleDraft: if ``revision`` is not the draft's present one.
    """
    draft = _draft(code, revision)
    kept = [line.strip() for line in changes if line.strip()]
    if not 0 < len(title.strip()) <= 40 or not 0 < len(words.strip()) <= 400:
        raise WrongProgramme
    if not 0 < len(kept) <= CHANGES_MAX or any(len(line) > 120 for line in kept):
        raise WrongProgramme
    draft.title, draft.title_en, draft.words = title.strip(), title_en.strip()[:80], words.strip()
    draft.changes, draft.offered = kept, offered
    draft.revision += 1
    draft.author = str(actor)
    draft.save()
    return draft.revision


@tx.use_case
def publish_programme(*, code: str, revision: int, actor: Ref, at: datetime) -> int:
    """
    Put the draft in force from now; return its number.

    :raises SameHands: for the author. :raises StaleDraft: if it was edited since.
    """
    draft = _draft(code, revision)
    if draft.author == str(actor):
        raise SameHands
    before = ProgrammeVersion.objects.select_for_update().filter(code=code, state=State.PUBLISHED)
    for version in before:
        version.state, version.effective_to = State.RETIRED, at
        version.save(update_fields=["state", "effective_to"])
    draft.state, draft.effective_from, draft.publisher = State.PUBLISHED, at, str(actor)
    draft.save(update_fields=["state", "effective_from", "publisher"])
    journal.record(
        events.ProgrammePublished(code=code, version=draft.number, author=draft.author),
        about=Ref("programme", draft.pk), actor=actor, at=at,
    )  # fmt: skip
    return draft.number


@tx.use_case
def discard_programme_draft(*, code: str, actor: Ref, at: datetime) -> None:
    """Give the draft up. :raises NoProgrammeDraft: if there is none."""
    _draft(code, None).delete()


def _draft(code: str, revision: int | None) -> ProgrammeVersion:
    # Every version, as ``make_programme_draft`` holds them: two orders of holding would wait in a circle.
    held = ProgrammeVersion.objects.select_for_update().filter(code=code).order_by("number")
    draft = next((v for v in held if v.state == State.DRAFT), None)
    if draft is None:
        raise NoProgrammeDraft
    if revision is not None and draft.revision != revision:
        raise StaleDraft
    return draft
