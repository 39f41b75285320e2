"""Whether an actor may administer people: checked here, because a slip would raise rights."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries
from yilu.people.rules.granting import ADMINISTER, WHY


class NotForOneself(NotAllowed):
    """Nobody changes their own rights, and nobody lets themselves go."""

    code = "not_for_oneself"
    message = "不能给自己授权或办理自己的离职"
    hint = "请由另一位管理员办理。"


class ReasonNotNamed(Invalid):
    """Whoever changes what somebody may do says why."""

    code = "reason_not_named"
    message = "请选择原因"
    hint = "原因会和您的姓名一起记录。"


class LastAdministrator(Refusal):
    """Without this person nobody could administer the insurer's staff any more."""

    code = "last_administrator"
    message = "这是最后一位总公司管理员"
    hint = "请先为另一位同事授予总公司的系统运维角色（不设失效日）。"


def require(actor: Ref, right: str, office_id: int) -> None:
    """
    Insist that ``actor`` holds a right over an office; the platform itself always does.

    :raises NotAllowed: otherwise, and for actors that are not staff.
    """
    if actor == SYSTEM:
        return
    if actor.kind != "staff":
        raise NotAllowed()
    queries.staff_access(actor.id).require(right, office_id)


def require_over(actor: Ref, staff_id: int, office_id: int) -> None:
    """
    Insist that ``actor`` administers the office somebody works in and every office they hold a role over.

    Otherwise a branch's administrator could sign in as somebody who may do more than the branch.

    :raises NotAllowed: if one of them is beyond the actor.
    """
    if actor == SYSTEM:
        return
    if actor.kind != "staff":
        raise NotAllowed()
    access = queries.staff_access(actor.id)
    for each in {office_id, *queries.offices_of_roles(staff_id)}:
        access.require(ADMINISTER, each)


def require_reason(actor: Ref, what: str, reason: str) -> None:
    """
    Insist on one of the reasons there are for ``what`` (see ``granting.WHY``); the platform needs none.

    :raises ReasonNotNamed: none, or one there is not.
    """
    known: Mapping[str, str] = WHY[what]
    if reason not in known and not (actor == SYSTEM and reason == ""):
        raise ReasonNotNamed()


@tx.step
def keep_an_administrator(*, without: int, today: date) -> None:
    """
    Insist that somebody at work besides ``without`` administers the whole insurer, from ``today`` for good.

    The head office's row is held meanwhile: two administrators cannot remove each other at the same time.

    :raises LastAdministrator: nobody would be left.
    """
    tx.rows("select id from people_office where level = 'HEAD' order by id for update")
    if tx.rows(
        _HEADS + " and held.staff_id = %s::bigint limit 1", [today, without]
    ) and not tx.rows(_HEADS + " and held.staff_id <> %s::bigint limit 1", [today, without]):
        raise LastAdministrator()


_HEADS = """
    select held.staff_id from people_staffrole held
      join people_office o on o.id = held.office_id and o.level = 'HEAD'
      join people_staff s on s.id = held.staff_id and s.active
     where held.role = 'OPERATOR' and held.valid_to is null
       and held.valid_from <= %s::date
"""
