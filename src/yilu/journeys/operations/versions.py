"""A journey's new version: drafted, checked seven times, switched on by another person, rolled back."""

from __future__ import annotations

from datetime import datetime

from django.utils.text import normalize_newlines

from yilu.journal import operations as journal
from yilu.journeys import events
from yilu.journeys.book import EDITION, known
from yilu.journeys.models import JourneyVersion
from yilu.journeys.operations.refusals import (
    JourneyNotFound,
    NotADraft,
    NothingChanged,
    NothingToRollBackTo,
    SameHands,
    VersionNotFound,
    WrongJourney,
)
from yilu.journeys.rules import checks, continuing
from yilu.journeys.rules.definition import DefinitionError, Journey
from yilu.journeys.rules.reading import read_journey
from yilu.journeys.wordings import worded
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence
from yilu.kernel.refs import Ref
from yilu.kernel.toml_lines import Mistake
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.standards import operations as standards
from yilu.standards import queries as standards_queries
from yilu.standards.terms import Result

RIGHT = "journeys.manage"
TEXT_MAX = 60_000


def automatic(journey: Journey, has_earlier: bool, at: datetime) -> tuple[Result, ...]:
    """The machine's answers for a journey, by the decision table as it stands."""

    def continues(kind: str, severity: int) -> bool:
        said = standards_queries.decide(
            continuing.TABLE,
            {"kind": kind, "journey": journey.code, "on_page": False, "severity": severity}, at,
        )  # fmt: skip
        answer = continuing.answered(said.outputs, said.version, 0)
        return bool(answer.ways or answer.queue)

    return checks.run(journey, continues=continues, has_earlier=has_earlier)


@tx.use_case
def draft_version(
    *, code: str, text: str, note: str, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Keep a new version of a journey as a draft, or change the draft there is; its id.

    The automatic checks run at once; a change makes the people's answers void.

    :raises WrongJourney: with file, line and reason of every mistake. :raises NothingChanged.
    """
    access.require(RIGHT)
    text = normalize_newlines(text).strip() + "\n"
    journey = _read(code, text)
    rows = list(JourneyVersion.objects.select_for_update().filter(code=code).order_by("-number"))
    on = next((row for row in rows if row.state == JourneyVersion.State.ON), None)
    if on is not None and on.text.strip() == text.strip():
        raise NothingChanged
    row = next((row for row in rows if row.state == JourneyVersion.State.DRAFT), None)
    if row is None:
        row = JourneyVersion(code=code, number=rows[0].number + 1 if rows else 1)
    row.text, row.note, row.author, row.drafted_at = text, note.strip()[:200], str(actor), at
    row.save()
    results = automatic(journey, on is not None, at)
    standards.keep_results(subject=_about(row), results=results, at=at)
    fact = events.VersionDrafted(code=code, number=row.number)
    journal.record(fact, about=_about(row), actor=actor, at=at)
    return row.pk


def _read(code: str, text: str) -> Journey:
    file = f"{code}.toml"
    if len(text) > TEXT_MAX:
        raise WrongJourney([Mistake(file, 1, _("定义太长"))])
    try:
        journey = read_journey(text, file, known())
    except DefinitionError as problem:
        raise WrongJourney(problem.mistakes) from None
    if journey.code != code:
        reason = Sentence(_("代码应为 {code}，不能改"), code=code)
        raise WrongJourney([Mistake(file, 1, reason)])
    return journey


@tx.use_case
def answer_check(
    *, version_id: int, check: str, passed: bool, evidence: str, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Answer one of the seven checks of a draft, with evidence (七必查).

    What the machine found wrong stays wrong: a person cannot answer it away.

    :raises UnknownCheck, NotADraft, EvidenceNeeded, VersionNotFound.
    """
    access.require(RIGHT)
    row = _draft(version_id)
    standards.answer_check(
        subject=_about(row), check=check, passed=passed, evidence=evidence, actor=actor, at=at
    )
    fact = events.CheckAnswered(code=row.code, number=row.number, check=check, passed=passed)
    journal.record(fact, about=_about(row), actor=actor, at=at)


def _about(row: JourneyVersion) -> Ref:
    return Ref("journey_version", row.pk)


def _draft(version_id: int) -> JourneyVersion:
    row = JourneyVersion.objects.select_for_update().filter(pk=version_id).first()
    if row is None:
        raise VersionNotFound
    if row.state != JourneyVersion.State.DRAFT:
        raise NotADraft
    return row


@tx.use_case
def switch_on(*, version_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Have new cases follow a version (上线). Cases under way keep theirs.

    :raises ChecksMissing: naming the checks. :raises SameHands: the author. :raises NotADraft.
    """
    access.require(RIGHT)
    row = _draft(version_id)
    journey = _read(row.code, row.text)  # queues and events may have gone since it was drafted
    standards.require_checks(
        subject=_about(row), results=automatic(journey, row.number > 1, at),
        titles={each.standard.code: each.title for each in worded("seven", day_of(at))},
    )  # fmt: skip
    if row.author == str(actor):
        raise SameHands
    JourneyVersion.objects.filter(code=row.code, state=JourneyVersion.State.ON).update(
        state=JourneyVersion.State.RETIRED, effective_to=at
    )
    row.state, row.publisher, row.effective_from = JourneyVersion.State.ON, str(actor), at
    row.save(update_fields=["state", "publisher", "effective_from"])
    standards.touch(EDITION)
    fact = events.VersionSwitchedOn(code=row.code, number=row.number)
    journal.record(fact, about=_about(row), actor=actor, at=at)


@tx.use_case
def roll_back(*, code: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Put the version before in force again (回退): a copy of it, so that every time has one version.

    :raises NothingToRollBackTo: there is none. :raises JourneyNotFound.
    """
    access.require(RIGHT)
    rows = list(
        JourneyVersion.objects.select_for_update()
        .filter(code=code).exclude(state="DRAFT").order_by("-number")
    )  # fmt: skip
    if not rows:
        raise JourneyNotFound
    now = rows[0]
    before = next((row for row in rows[1:] if row.text != now.text), None)
    if before is None:
        raise NothingToRollBackTo
    now.state, now.effective_to = JourneyVersion.State.RETIRED, at
    now.save(update_fields=["state", "effective_to"])
    for draft in JourneyVersion.objects.filter(code=code, state="DRAFT"):
        standards.forget_checks(subject=_about(draft))
        draft.delete()
    note = Sentence(_("回退到第 {number} 版"), number=before.number)
    row = JourneyVersion.objects.create(
        code=code, number=now.number + 1, text=before.text, note=note, state="ON",
        author=before.publisher or before.author, publisher=str(actor) if str(actor) != (before.publisher or before.author) else "system:0",
        drafted_at=at, effective_from=at, shipped=before.shipped,
    )  # fmt: skip
    standards.copy_checks(source=_about(before), subject=_about(row))
    standards.touch(EDITION)
    fact = events.VersionRolledBack(code=code, number=row.number, to_number=before.number)
    journal.record(fact, about=_about(row), actor=actor, at=at)
