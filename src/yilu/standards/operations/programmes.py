"""Changes to the catalogue of claim programmes: draft, publish by a second person (服务项目)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal, Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.standards import events
from yilu.standards.models import ProgrammeVersion, State
from yilu.standards.queries import UnknownTable, compiled_at
from yilu.standards.queries.programmes import TABLE
from yilu.standards.terms import Result, readable, way_back

from . import prelaunch
from .tables import DraftExists, SameHands, StaleDraft

CHANGES_MAX = 15
LINE_MAX, WORDS_MAX = 120, 400


class NoProgrammeDraft(NotFound):
    """There is no such programme, or no draft of it."""

    code = "no_programme_draft"
    message = _("没有这个服务项目的草稿")
    hint = _("请先建立草稿。")


class NothingToRollBackTo(Refusal):
    """It is the only version there ever was."""

    code = "nothing_to_roll_back_to"
    message = _("没有可以回退的上一版本")
    hint = _("请起草并上线一个修正的版本。")


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
    _check(draft, at)
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
    Write the draft; return the new revision. The automatic checks run at once, people's answers are void.

    :raises WrongProgramme: where something is missing or too long; nothing is saved.
    :raises StaleDraft: if ``revision`` is not the draft's present one.
    """
    draft = _draft(code, revision)
    kept = [line.strip() for line in changes if line.strip()]
    if not 0 < len(title.strip()) <= 40 or not 0 < len(words.strip()) <= WORDS_MAX:
        raise WrongProgramme
    if not 0 < len(kept) <= CHANGES_MAX or any(len(line) > LINE_MAX for line in kept):
        raise WrongProgramme
    draft.title, draft.title_en, draft.words = title.strip(), title_en.strip()[:80], words.strip()
    draft.changes, draft.offered = kept, offered
    draft.revision += 1
    draft.author = str(actor)
    draft.save()
    _check(draft, at)
    return draft.revision


@tx.use_case
def answer_programme_check(
    *, code: str, check: str, passed: bool, evidence: str, actor: Ref, at: datetime
) -> None:
    """
    Answer one of the seven checks of the draft, with evidence (七必查).

    :raises NoProgrammeDraft. :raises UnknownCheck, EvidenceNeeded, ChecksMissing: see ``answer_check``.
    """
    draft = _draft(code, None)
    about = Ref("programme", draft.pk)
    prelaunch.answer_check(
        subject=about, check=check, passed=passed, evidence=evidence, actor=actor, at=at
    )
    fact = events.ProgrammeChecked(code=code, version=draft.number, check=check, passed=passed)
    journal.record(fact, about=about, actor=actor, at=at)


def _check(draft: ProgrammeVersion, at: datetime) -> None:
    about = Ref("programme", draft.pk)
    prelaunch.keep_results(subject=about, results=automatic(draft, at), at=at)


def automatic(draft: ProgrammeVersion, at: datetime) -> list[Result]:
    """
    The machine's answers for a draft; what it cannot tell it leaves to people.

    A programme that is paused takes no new case: there is nothing to go on with, to time or to load.
    """
    found = [readable([draft.title, draft.words, *draft.changes], most=WORDS_MAX), way_back()]
    if not draft.offered:
        why = _("暂停提供：不再有新的案件适用，在办的照旧")
        return [
            *(
                Result(check, True, why)
                for check in ("way_on", "continuation", "clock_owner", "load")
            ),
            *found,
        ]
    if draft.page:
        found.append(Result("way_on", True, _("有办理页面，员工从服务项目目录直接去办理")))
    elif rows := _rows_for(draft.code, at):
        why = Sentence(_("适用条件的决策表里有 {count} 行，符合条件的案件自动适用"), count=rows)
        found.append(Result("way_on", True, why))
    if draft.obligations:
        why = Sentence(
            _("有 {count} 项时限承诺，每一项都从时限目录计时、提醒责任队列"),
            count=len(draft.obligations),
        )
        found.append(Result("clock_owner", True, why))
    return found


def _rows_for(code: str, at: datetime) -> int:
    """How many rows of the table of programmes lead a case to one."""
    try:
        table = compiled_at(TABLE, at).table
    except UnknownTable:
        return 0
    return sum(1 for row in table.rows if row[len(table.inputs)] == code)


@tx.use_case
def publish_programme(*, code: str, revision: int, actor: Ref, at: datetime) -> int:
    """
    Put the draft in force from now; return its number.

    :raises SameHands: for the author. :raises StaleDraft: if it was edited since.
    :raises ChecksMissing: naming those of the seven checks that are not answered with yes.
    """
    draft = _draft(code, revision)
    if draft.author == str(actor):
        raise SameHands
    prelaunch.require_checks(subject=Ref("programme", draft.pk), results=automatic(draft, at))
    _retire(code, at)
    draft.state, draft.effective_from, draft.publisher = State.PUBLISHED, at, str(actor)
    draft.save(update_fields=["state", "effective_from", "publisher"])
    journal.record(
        events.ProgrammePublished(code=code, version=draft.number, author=draft.author),
        about=Ref("programme", draft.pk), actor=actor, at=at,
    )  # fmt: skip
    return draft.number


def _retire(code: str, at: datetime) -> None:
    before = ProgrammeVersion.objects.select_for_update().filter(code=code, state=State.PUBLISHED)
    for version in before:
        version.state, version.effective_to = State.RETIRED, at
        version.save(update_fields=["state", "effective_to"])


@tx.use_case
def roll_back_programme(*, code: str, actor: Ref, at: datetime) -> int:
    """
    Put the version before in force again at once (回退): a copy of it, so that every time has one version; its number.

    One person may: it was checked and published by two before. A draft that waits goes on waiting.

    :raises NothingToRollBackTo: there was never another. :raises NoProgrammeDraft: no such programme.
    """
    every = list(ProgrammeVersion.objects.select_for_update().filter(code=code).order_by("number"))
    published = [version for version in every if version.state != State.DRAFT]
    if not published:
        raise NoProgrammeDraft(_("没有这个服务项目"))
    now = published[-1]
    before = next((v for v in reversed(published[:-1]) if _said(v) != _said(now)), None)
    if before is None:
        raise NothingToRollBackTo
    _retire(code, at)
    source = Ref("programme", before.pk)
    back = before
    back.pk, back.number, back.note = (
        None,
        every[-1].number + 1,
        Sentence(_("回退到第 {number} 版"), number=before.number),
    )
    back.state, back.effective_from, back.effective_to = State.PUBLISHED, at, None
    back.author = before.publisher or before.author
    back.publisher = str(actor) if str(actor) != back.author else str(SYSTEM)
    back.save(force_insert=True)
    about = Ref("programme", back.pk)
    prelaunch.copy_checks(source=source, subject=about)
    fact = events.ProgrammeRolledBack(code=code, version=back.number)
    journal.record(fact, about=about, actor=actor, at=at)
    return back.number


def _said(version: ProgrammeVersion) -> tuple[object, ...]:
    return (
        version.title, version.title_en, version.words, version.changes, version.obligations,
        version.page, version.citation, version.offered,
    )  # fmt: skip


@tx.use_case
def discard_programme_draft(*, code: str, actor: Ref, at: datetime) -> None:
    """Give the draft up. :raises NoProgrammeDraft: if there is none."""
    draft = _draft(code, None)
    prelaunch.forget_checks(subject=Ref("programme", draft.pk))
    draft.delete()


def _draft(code: str, revision: int | None) -> ProgrammeVersion:
    # Every version, as ``make_programme_draft`` holds them: two orders of holding would wait in a circle.
    held = ProgrammeVersion.objects.select_for_update().filter(code=code).order_by("number")
    draft = next((v for v in held if v.state == State.DRAFT), None)
    if draft is None:
        raise NoProgrammeDraft
    if revision is not None and draft.revision != revision:
        raise StaleDraft
    return draft
