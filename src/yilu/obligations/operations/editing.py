"""Changing what is promised: always from a day on, never for clocks that run; a row of law by two people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Sentence
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.obligations import events
from yilu.obligations.book import EDITION
from yilu.obligations.models import DefinitionChange, DefinitionVersion
from yilu.obligations.rules.definitions import DefinitionError, read_rule
from yilu.people import queries as people
from yilu.standards import operations as standards
from yilu.standards.operations import SameHands

__all__ = [
    "BeforeTheOneInForce",
    "ChangeGone",
    "InThePast",
    "SameHands",
    "UnknownDefinition",
    "WrongDefinition",
    "agree_to_change",
    "drop_change",
    "end_definition",
    "revise_definition",
]
EDITABLE = ("title", "title_en", "text", "citation", "grade", "rule")
REASON_MAX = 200
LAW = DefinitionVersion.Grade.LAW


class UnknownDefinition(NotFound):
    """No promise has that code."""

    code = "unknown_definition"
    message = "没有这项时限义务"
    hint = "请从时限目录中选择。"


class WrongDefinition(Invalid):
    """The promise as written cannot run."""

    code = "wrong_definition"
    message = "时限规则有误"


class InThePast(Refusal):
    """A rule cannot be changed for a time that is over, or before a change already planned."""

    code = "in_the_past"
    message = "生效时间不能早于现在，也不能早于已安排的修改"
    hint = "请选择更晚的生效时间。"
    status = 422


class BeforeTheOneInForce(InThePast):
    """A row of law counts from its law's own day, but not from before the version it replaces."""

    code = "before_the_one_in_force"
    message = _("法规的生效日不能早于现行版本的生效日")
    hint = _("请核对法规的施行日期；更早的以现行版本为准。")


class ChangeGone(Refusal):
    """The proposal was decided, taken back or written anew since the page was opened."""

    code = "definition_change_gone"
    message = _("这项修改提议已经办理、撤回或者重写")
    hint = _("请刷新页面，核对现在的内容。")
    status = 409


@tx.use_case
def revise_definition(
    *,
    code: str,
    changes: Mapping[str, Any],
    effective_from: datetime | None = None,
    reason: str,
    actor: Ref,
    at: datetime,
) -> int | None:
    """
    Let a promise say something else from ``effective_from`` (now, if none) on; return its version.

    ``changes`` are any of title, title_en, text, citation, grade and the whole rule; what is left
    out stays. Clocks that run keep their limit, stops and pauses.

    A row of law, and one that is to become or no longer to be one, waits for a second person
    (``agree_to_change``), and None is returned; it may count from its law's own day, though that is over.
    Written again, the proposal before it falls away.

    :raises NotAllowed: for staff without ``obligations.edit``, and for anybody else.
    :raises UnknownDefinition: for a code nobody knows.
    :raises WrongDefinition: saying in Chinese what cannot run; nothing is saved.
    :raises InThePast: for a day that is over, or before a change already planned; of a row of law for one
        before the version in force.
    """
    _insist_on_right(actor, at)
    newest = _newest(code)
    given = {name: getattr(newest, name) for name in EDITABLE} | dict(changes)
    by_law = LAW in (newest.grade, given["grade"])
    _insist_on_day(newest, effective_from or at, by_law, at, ends=False)
    _insist_on_reason(reason)
    if unknown := set(changes) - set(EDITABLE):
        raise WrongDefinition(Sentence(_("不能修改：{names}"), names="、".join(sorted(unknown))))
    _check(given)
    if by_law:
        _propose(newest, given, False, effective_from, reason, actor, at)
        return None
    return _revise(newest, given, effective_from or at, reason, actor, at)


@tx.use_case
def end_definition(
    *, code: str, effective_to: datetime | None = None, reason: str = "", actor: Ref, at: datetime
) -> bool:
    """
    Start no new clocks on a promise from ``effective_to`` (now, if none) on; whether that is done.

    A row of law waits for a second person, and says why it ends.

    :raises NotAllowed, UnknownDefinition, InThePast: as ``revise_definition``.
    :raises WrongDefinition: a row of law without a reason.
    """
    _insist_on_right(actor, at)
    newest = _newest(code)
    by_law = newest.grade == LAW
    _insist_on_day(newest, effective_to or at, by_law, at, ends=True)
    if by_law:
        _insist_on_reason(reason)
        _propose(newest, {}, True, effective_to, reason, actor, at)
        return False
    _end(newest, effective_to or at, actor, at)
    return True


@tx.use_case
def agree_to_change(*, code: str, change_id: int, actor: Ref, at: datetime) -> int:
    """
    The second person lets a change of a row of law count (确认法定时限修改); the version it made or ended.

    :raises NotAllowed, UnknownDefinition: as ``revise_definition``. :raises SameHands: for its author.
    :raises ChangeGone: decided, taken back or written anew since. :raises InThePast: another version
        counts from later by now.
    """
    _insist_on_right(actor, at)
    newest = _newest(code)
    change = _change(newest, change_id)
    if change.author == str(actor):
        raise SameHands
    if change.version != newest.number:
        raise ChangeGone
    starts = change.effective_from or at
    _insist_on_day(newest, starts, True, at, ends=change.ends)
    change.delete()
    if change.ends:
        _end(newest, starts, actor, at, proposed_by=change.author)
        return newest.number
    _check(change.given)
    return _revise(
        newest, change.given, starts, change.reason, actor, at, proposed_by=change.author
    )


@tx.use_case
def drop_change(*, code: str, change_id: int, actor: Ref, at: datetime) -> None:
    """
    Give a proposed change up: its author takes it back, or another does not agree (不予确认).

    :raises NotAllowed, UnknownDefinition, ChangeGone: as ``agree_to_change``.
    """
    _insist_on_right(actor, at)
    newest = _newest(code)
    change = _change(newest, change_id)
    change.delete()
    journal.record(
        events.DefinitionChangeDropped(
            code=code, change_id=change_id, by_author=change.author == str(actor)
        ),
        about=Ref("definition", newest.definition_id), actor=actor, at=at,
    )  # fmt: skip


@tx.step
def _propose(
    newest: DefinitionVersion, given: dict[str, Any], ends: bool, starts: datetime | None,
    reason: str, actor: Ref, at: datetime,
) -> None:  # fmt: skip
    # Made anew, not written over: whoever read the one before does not agree to this one.
    DefinitionChange.objects.filter(definition_id=newest.definition_id).delete()
    change = DefinitionChange.objects.create(
        definition_id=newest.definition_id, ends=ends, version=newest.number, given=given,
        effective_from=starts, author=str(actor), reason=reason.strip(), proposed_at=at,
    )  # fmt: skip
    journal.record(
        events.DefinitionChangeProposed(
            code=newest.definition.code, change_id=change.pk, ends=ends,
            effective_from=starts.isoformat() if starts else "",
        ),
        about=Ref("definition", newest.definition_id), actor=actor, at=at,
    )  # fmt: skip


@tx.step
def _revise(
    newest: DefinitionVersion, given: Mapping[str, Any], starts: datetime, reason: str,
    actor: Ref, at: datetime, *, proposed_by: str = "",
) -> int:  # fmt: skip
    newest.effective_to = starts
    newest.save(update_fields=["effective_to"])
    DefinitionVersion.objects.create(
        definition=newest.definition,
        number=newest.number + 1,
        effective_from=starts,
        author=proposed_by or str(actor),
        agreed_by=str(actor) if proposed_by else "",
        reason=reason.strip(),
        **given,
    )
    journal.record(
        events.DefinitionRevised(
            code=newest.definition.code, version=newest.number + 1,
            effective_from=starts.isoformat(), proposed_by=proposed_by,
        ),
        about=Ref("definition", newest.definition_id), actor=actor, at=at,
    )  # fmt: skip
    standards.touch(EDITION)
    return newest.number + 1


@tx.step
def _end(
    newest: DefinitionVersion, ends: datetime, actor: Ref, at: datetime, *, proposed_by: str = ""
) -> None:
    newest.effective_to = ends
    newest.save(update_fields=["effective_to"])
    journal.record(
        events.DefinitionEnded(
            code=newest.definition.code, effective_to=ends.isoformat(), proposed_by=proposed_by
        ),
        about=Ref("definition", newest.definition_id), actor=actor, at=at,
    )  # fmt: skip
    standards.touch(EDITION)


def _insist_on_right(actor: Ref, at: datetime) -> None:
    if actor.kind != "staff":
        raise NotAllowed
    people.staff_access(actor.id, day_of(at)).require("obligations.edit")


def _insist_on_day(
    newest: DefinitionVersion, day: datetime, by_law: bool, at: datetime, *, ends: bool
) -> None:
    """The law's own day may be over by the time we write it down; a promise of ours is never backdated."""
    too_early = day < newest.effective_from or (day == newest.effective_from and not ends)
    if by_law and too_early:
        raise BeforeTheOneInForce
    if not by_law and (too_early or day < at):
        raise InThePast


def _insist_on_reason(reason: str) -> None:
    if not reason.strip():
        raise WrongDefinition(_("请填写修改原因"))
    if len(reason.strip()) > REASON_MAX:
        raise WrongDefinition(_("修改原因不能超过 200 字"))


def _newest(code: str) -> DefinitionVersion:
    found = (
        DefinitionVersion.objects.select_for_update(of=("self",))
        .select_related("definition")
        .filter(definition__code=code, effective_to=None)
        .first()
    )
    if found is None:
        raise UnknownDefinition
    return found


def _change(newest: DefinitionVersion, change_id: int) -> DefinitionChange:
    found = DefinitionChange.objects.filter(
        pk=change_id, definition_id=newest.definition_id
    ).first()
    if found is None:
        raise ChangeGone
    return found


def _check(given: Mapping[str, Any]) -> None:
    for name in ("title", "text", "citation"):
        if not str(given[name]).strip():
            raise WrongDefinition(_("名称、规则内容和依据都须填写"))
    if given["grade"] not in DefinitionVersion.Grade.values:
        raise WrongDefinition(_("没有这个依据等级"))
    try:
        read_rule(given["rule"], REGISTRY)
    except DefinitionError as error:
        raise WrongDefinition(error.args[0]) from None
