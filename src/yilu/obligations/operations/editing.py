"""Changing what is promised: always from a day on, never for clocks that run."""

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
from yilu.obligations.models import DefinitionVersion
from yilu.obligations.rules.definitions import DefinitionError, read_rule
from yilu.people import queries as people
from yilu.standards import operations as standards

EDITABLE = ("title", "title_en", "text", "citation", "grade", "rule")


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


@tx.use_case
def revise_definition(
    *,
    code: str,
    changes: Mapping[str, Any],
    effective_from: datetime | None = None,
    reason: str,
    actor: Ref,
    at: datetime,
) -> int:
    """
    Let a promise say something else from ``effective_from`` (now, if none) on; return its version.

    ``changes`` are any of title, title_en, text, citation, grade and the whole rule; what is left
    out stays. Clocks that run keep their limit, stops and pauses.

    :raises NotAllowed: for staff without ``obligations.edit``, and for anybody else.
    :raises UnknownDefinition: for a code nobody knows.
    :raises WrongDefinition: saying in Chinese what cannot run; nothing is saved.
    :raises InThePast: for a day that is over, or before a change already planned.
    """
    _insist_on_right(actor, at)
    newest = _newest(code)
    starts = effective_from or at
    if starts < at or starts <= newest.effective_from:
        raise InThePast
    if not reason.strip():
        raise WrongDefinition(_("请填写修改原因"))
    given = {name: getattr(newest, name) for name in EDITABLE} | dict(changes)
    if unknown := set(changes) - set(EDITABLE):
        raise WrongDefinition(Sentence(_("不能修改：{names}"), names="、".join(sorted(unknown))))
    _check(given)
    newest.effective_to = starts
    newest.save(update_fields=["effective_to"])
    DefinitionVersion.objects.create(
        definition=newest.definition,
        number=newest.number + 1,
        effective_from=starts,
        author=str(actor),
        reason=reason.strip(),
        **given,
    )
    journal.record(
        events.DefinitionRevised(
            code=code, version=newest.number + 1, effective_from=starts.isoformat()
        ),
        about=Ref("definition", newest.definition_id),
        actor=actor,
        at=at,
    )
    standards.touch(EDITION)
    return newest.number + 1


@tx.use_case
def end_definition(
    *, code: str, effective_to: datetime | None = None, actor: Ref, at: datetime
) -> None:
    """
    Start no new clocks on a promise from ``effective_to`` (now, if none) on.

    :raises NotAllowed, UnknownDefinition, InThePast: as ``revise_definition``.
    """
    _insist_on_right(actor, at)
    newest = _newest(code)
    ends = effective_to or at
    if ends < at or ends < newest.effective_from:
        raise InThePast
    newest.effective_to = ends
    newest.save(update_fields=["effective_to"])
    journal.record(
        events.DefinitionEnded(code=code, effective_to=ends.isoformat()),
        about=Ref("definition", newest.definition_id),
        actor=actor,
        at=at,
    )
    standards.touch(EDITION)


def _insist_on_right(actor: Ref, at: datetime) -> None:
    if actor.kind != "staff":
        raise NotAllowed
    people.staff_access(actor.id, day_of(at)).require("obligations.edit")


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
