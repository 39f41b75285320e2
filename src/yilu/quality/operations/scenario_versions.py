"""Situations to practise are written and changed by new versions: one person writes, another approves."""

from __future__ import annotations

from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.quality import events
from yilu.quality.books import drills, versions
from yilu.quality.models import ScenarioVersion
from yilu.quality.operations import drafting
from yilu.quality.operations.course_versions import CODE
from yilu.quality.rules import scenarios
from yilu.quality.rules.scenarios import BadScenario
from yilu.quality.training_refusals import (
    BadNewCode,
    DrillNotFound,
    OwnTrainingDraft,
    TrainingDraftChanged,
)

_State = ScenarioVersion.State


@tx.use_case
def load_scenarios(at: datetime) -> int:
    """The shipped situations that are not there yet; how many."""
    return load(at)


@tx.step
def load(at: datetime) -> int:
    """The same within somebody's transaction: whoever practises before the clock loaded them."""
    drafting.one_writer("scenarios")
    texts = drills.shipped()
    known = ScenarioVersion.objects.values_list("scenario", flat=True)
    made = ScenarioVersion.objects.bulk_create(
        ScenarioVersion(
            scenario=code, state=_State.APPROVED, text=texts[code], **drafting.shipped(at)
        )
        for code in drafting.missing(texts, known)
    )
    for row in made:
        _record_approved(row, SYSTEM, at)
    return len(made)


@tx.use_case
def write_scenario(
    *, scenario: str, text: str, revision: int, access: Access, actor: Ref, at: datetime, new: bool = False
) -> int:  # fmt: skip
    """
    Write a situation's next version, or rewrite its draft as it was seen (``revision`` 0: none yet); its id.

    ``new`` begins a situation that is not there yet. :raises BadNewCode: no code could be like this, or taken.
    :raises BadScenario: the text is none, or what is to be said holds a forbidden phrase.
    :raises TrainingDraftChanged: somebody else wrote meanwhile. :raises DrillNotFound: no such situation.
    """
    access.require("quality.manage")
    load(at)
    drafting.one_writer(f"scenario.{scenario}")
    rows = ScenarioVersion.objects.filter(scenario=scenario)
    if new and (rows.exists() or not CODE.fullmatch(scenario) or scenario == drills.MANNER):
        raise BadNewCode
    if not new and not rows.exists():
        raise DrillNotFound
    text = drafting.tidy(text)
    _refuse_forbidden_words(text, day_of(at))
    draft = drafting.next_draft(
        rows, ScenarioVersion(scenario=scenario), revision=revision, changed=TrainingDraftChanged
    )
    draft.text = text
    drafting.sign(draft, actor=actor, at=at)
    fact = events.ScenarioDrafted(scenario=scenario, version=draft.number, revision=draft.revision)
    journal.record(fact, about=Ref("scenario", draft.pk), actor=actor, at=at)
    return draft.pk


@tx.use_case
def approve_scenario(
    *, version_id: int, revision: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Approve a draft as it was seen: drills begun from now on are played and scored by it.

    :raises OwnTrainingDraft: whoever wrote it does not approve. :raises TrainingDraftChanged: not as seen.
    """
    access.require("quality.manage")
    row = drafting.locked(ScenarioVersion.objects.all(), version_id, missing=DrillNotFound)
    drafting.refuse_unseen_or_own(
        row, revision=revision, actor=actor, changed=TrainingDraftChanged, own=OwnTrainingDraft
    )
    row.state = _State.APPROVED
    drafting.approve(row, actor=actor, at=at)
    _record_approved(row, actor, at)


@tx.use_case
def discard_scenario(*, version_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Give a draft up. :raises TrainingDraftChanged: an approved version is replaced, never deleted."""
    access.require("quality.manage")
    row = drafting.locked(ScenarioVersion.objects.all(), version_id, missing=DrillNotFound)
    if row.state != _State.DRAFT:
        raise TrainingDraftChanged
    fact = events.ScenarioDiscarded(scenario=row.scenario, version=row.number)
    journal.record(fact, about=Ref("scenario", row.pk), actor=actor, at=at)
    row.delete()


def _refuse_forbidden_words(text: str, on: date) -> None:
    """What a learner is to say is nothing that nobody may say."""
    told, phrases = scenarios.read(text), versions.phrases_on(on).phrases
    for n, fact in enumerate(told.facts):
        for word in fact.any:
            if phrases.scan(word) or any(phrase in word for phrase in told.never):
                hint = Sentence(_("要说的“{said}”里有不能说的话。"), said=word)
                raise BadScenario(hint=hint).at(f"fact.{n}")


def _record_approved(row: ScenarioVersion, actor: Ref, at: datetime) -> None:
    fact = events.ScenarioApproved(scenario=row.scenario, version=row.number)
    journal.record(fact, about=Ref("scenario", row.pk), actor=actor, at=at)
