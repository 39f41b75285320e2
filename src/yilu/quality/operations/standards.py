"""A standard changes by a new version: one person writes, another approves, some offices try first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality import events
from yilu.quality.books import standards as shipped_standards
from yilu.quality.books import versions
from yilu.quality.models import StandardVersion
from yilu.quality.operations import drafting
from yilu.quality.refusals import (
    BadPlace,
    BadStandard,
    DraftChanged,
    NoPilot,
    OwnDraft,
    StandardInUse,
    StandardNotFound,
)
from yilu.quality.rules import standards

_State = StandardVersion.State


@tx.use_case
def load_catalogue(at: datetime) -> int:
    """The shipped standards for touchpoints that have none; how many."""
    drafting.one_writer("standards")
    texts = shipped_standards.shipped()
    known = StandardVersion.objects.values_list("touchpoint", flat=True)
    made = StandardVersion.objects.bulk_create(
        StandardVersion(
            touchpoint=code, state=_State.APPROVED, text=texts[code], since=day_of(at),
            **drafting.shipped(at),
        )
        for code in drafting.missing(texts, known)
    )  # fmt: skip
    for row in made:
        _record_approved(row, SYSTEM, at)
    return len(made)


@tx.use_case
def write_draft(
    *, touchpoint: str, text: str, revision: int, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Write the next version, or rewrite its draft as it was seen (``revision`` 0: none yet); its id.

    :raises BadStandard: the text is none. :raises DraftChanged: somebody else wrote meanwhile.
    :raises StandardNotFound: no such touchpoint.
    """
    access.require("quality.manage")
    _touchpoint(touchpoint)
    text = drafting.tidy(text)
    for each in standards.read(text).times:
        if each.pledge and not obligations.is_pledged(each.pledge, at):
            raise BadStandard(hint=Sentence(_("没有编号为“{code}”的承诺。"), code=each.pledge))
    if hits := versions.phrases_on(day_of(at)).phrases.scan(text):
        said = text[hits[0].start : hits[0].end]
        raise BadStandard(hint=Sentence(_("里面有服务禁语“{said}”。"), said=said))
    draft = drafting.next_draft(
        StandardVersion.objects.filter(touchpoint=touchpoint), StandardVersion(touchpoint=touchpoint),
        revision=revision, changed=DraftChanged,
    )  # fmt: skip
    draft.text = text
    drafting.sign(draft, actor=actor, at=at)
    fact = events.StandardDrafted(
        touchpoint=touchpoint, version=draft.number, revision=draft.revision
    )
    journal.record(fact, about=Ref("standard", draft.pk), actor=actor, at=at)
    return draft.pk


@tx.use_case
def approve(
    *,
    version_id: int,
    revision: int,
    since: date,
    pilot_offices: Collection[int],
    access: Access,
    actor: Ref,
    at: datetime,
) -> None:
    """
    Approve a draft as it was seen, from a day on: everywhere, or in some offices first.

    :raises OwnDraft: whoever wrote it last does not approve. :raises DraftChanged: not what was seen.
    :raises BadPlace: a day in the past, an office that is none.
    """
    access.require("quality.manage")
    row = _locked(version_id)
    drafting.refuse_unseen_or_own(
        row, revision=revision, actor=actor, changed=DraftChanged, own=OwnDraft
    )
    offices = sorted(set(pilot_offices))
    if since < day_of(at) or not set(offices) <= {each.id for each in people.list_offices()}:
        raise BadPlace
    row.state = _State.PILOT if offices else _State.APPROVED
    row.pilot, row.since = offices or None, since
    drafting.approve(row, actor=actor, at=at)
    _record_approved(row, actor, at)


@tx.use_case
def end_pilot(*, version_id: int, roll_out: bool, access: Access, actor: Ref, at: datetime) -> None:
    """
    After the trial: everywhere from today, or nowhere any more.

    :raises NoPilot: it is not on trial. :raises OwnDraft: the author does not roll out their own.
    """
    access.require("quality.manage")
    row = _locked(version_id)
    if row.state != _State.PILOT:
        raise NoPilot
    if roll_out:
        if row.author == str(actor):
            raise OwnDraft
        row.state, row.pilot, row.since = _State.APPROVED, None, day_of(at)
    else:
        row.state = _State.STOPPED
    row.save()
    fact = events.PilotEnded(touchpoint=row.touchpoint, version=row.number, rolled_out=roll_out)
    journal.record(fact, about=Ref("standard", row.pk), actor=actor, at=at)


@tx.use_case
def discard(*, version_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Give a draft up. :raises StandardInUse: an approved version is replaced, never deleted."""
    access.require("quality.manage")
    row = _locked(version_id)
    if row.state != _State.DRAFT:
        raise StandardInUse
    fact = events.StandardDiscarded(touchpoint=row.touchpoint, version=row.number)
    journal.record(fact, about=Ref("standard", row.pk), actor=actor, at=at)
    row.delete()


def _touchpoint(code: str) -> None:
    """Writers of one touchpoint one after the other. :raises StandardNotFound: no such touchpoint."""
    if code not in standards.TOUCHPOINTS:
        raise StandardNotFound
    drafting.one_writer(f"standard.{code}")


def _locked(version_id: int) -> StandardVersion:
    return drafting.locked(StandardVersion.objects.all(), version_id, missing=StandardNotFound)


def _record_approved(row: StandardVersion, actor: Ref, at: datetime) -> None:
    assert row.since is not None
    fact = events.StandardApproved(
        touchpoint=row.touchpoint, version=row.number, since=row.since.isoformat(),
        pilot_offices=len(row.pilot or ()),
    )  # fmt: skip
    journal.record(fact, about=Ref("standard", row.pk), actor=actor, at=at)
