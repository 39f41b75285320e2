"""Give roles and take them back: over an office, from a day to a day, up to an amount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import events, queries
from yilu.people.models import Office, Staff, StaffRole
from yilu.people.operations import authority, rows
from yilu.people.operations.authority import NotForOneself
from yilu.people.operations.staff_keys import StaffNotFound
from yilu.people.rules import granting, rights


class BadRole(Invalid):
    """There is no such role, or its dates or amount make no sense."""

    code = "bad_role"
    message = "角色授权有误"


class RoleHeldAlready(Refusal):
    """The same role over the same office is held already on some of these days: end it first."""

    code = "role_held_already"
    message = "该员工在此机构已有这一角色"
    hint = "如需调整金额或日期，请先收回原授权。"


class AboveStandard(Refusal):
    """More than the role's standard authority: one administrator asks for it, another gives it."""

    code = "above_standard"
    message = "金额超过这个角色的标准权限"
    hint = "请提出申请，由另一位管理员同意后生效。"


@tx.use_case
def grant_role(
    *,
    staff_id: int,
    role: str,
    office_id: int,
    amount_limit: Decimal | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str = "",
    actor: Ref,
    at: datetime,
) -> int:
    """
    Let somebody act in a role over an office and all below it (授予角色); returns the grant's id.

    Without an amount the role's standard authority applies. ``valid_to`` is the first day on which
    the role no longer holds. ``reason`` is one of ``granting.GIVE_WHY``.

    :raises NotForOneself: nobody grants to themselves. :raises RoleHeldAlready: end it first.
    :raises BadRole: with what is wrong with role, amount, dates or office. :raises ReasonNotNamed: say why.
    :raises BeyondOwnRights: a branch's administrator gives only what they hold themselves.
    :raises AboveStandard: above the role's standard authority; ``propose_role`` asks for it.
    """
    asked = Asked(staff_id, role, office_id, amount_limit, valid_from, valid_to, reason)
    start, limit = checked(asked, actor, at)
    if actor != SYSTEM and granting.needs_a_second(role, limit):
        raise AboveStandard()
    return give(asked, start, limit, actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class Asked:
    """A role as it was asked for: None where the standard or today holds."""

    staff_id: int
    role: str
    office_id: int
    amount_limit: Decimal | None
    valid_from: date | None
    valid_to: date | None
    reason: str


def checked(asked: Asked, actor: Ref, at: datetime) -> tuple[date, Decimal]:
    """From when and up to which amount, if this administrator may give it. :raises: as ``grant_role``."""
    if actor == Ref("staff", asked.staff_id):
        raise NotForOneself()
    role, office_id = asked.role, asked.office_id
    authority.require(actor, granting.ADMINISTER, office_id)
    authority.require_reason(actor, "give", asked.reason)
    start, limit = _terms(asked, day_of(at))
    if actor != SYSTEM:
        if start < day_of(at):
            raise BadRole(_("生效日不能早于今天"))
        if limit and role not in rights.STANDARD_LIMITS:
            raise BadRole(_("这个角色不核定金额，请不要填写金额"))
        granting.require_giving(
            queries.staff_access(actor.id), role, office_id=office_id, amount=limit,
            head_id=queries.head_office_id(),
        )  # fmt: skip
    return start, limit


@tx.step
def give(asked: Asked, start: date, limit: Decimal, *, actor: Ref, at: datetime) -> int:
    """Write down what was checked. :raises StaffNotFound: who left. :raises RoleHeldAlready: end it first."""
    staff_id, role, office_id, valid_to = (
        asked.staff_id,
        asked.role,
        asked.office_id,
        asked.valid_to,
    )
    # Held while we look for the same role on the same days: two requests cannot both find nothing.
    if not Staff.objects.select_for_update().filter(pk=staff_id, active=True).exists():
        raise StaffNotFound()
    if tx.rows(_SAME_DAYS, [staff_id, role, office_id, start, valid_to, valid_to]):
        raise RoleHeldAlready()
    grant_id = rows.add(
        StaffRole,
        staff_id=staff_id, role=role, office_id=office_id, amount_limit=limit,
        valid_from=start, valid_to=valid_to,
    )  # fmt: skip
    if grant_id is None:
        raise RoleHeldAlready()
    journal.record(
        events.RoleGranted(
            staff_id=staff_id, role=role, office_id=office_id, amount_limit=str(limit), reason=asked.reason,
            valid_from=start.isoformat(), valid_to=valid_to.isoformat() if valid_to else "",
        ),
        about=Ref("staff", staff_id), actor=actor, at=at,
    )  # fmt: skip
    return grant_id


_SAME_DAYS = """
    select 1 from people_staffrole
     where staff_id = %s::bigint and role = %s and office_id = %s::bigint
       and (valid_to is null or valid_to > %s::date) and (%s::date is null or valid_from < %s::date)
       and (valid_to is null or valid_to > valid_from)
"""


@tx.use_case
def end_role(
    *, staff_id: int, role: str, office_id: int, reason: str = "", actor: Ref, at: datetime
) -> None:
    """
    Take a role back from today (收回角色), also one that would have ended or begun later.

    ``reason`` is one of ``granting.END_WHY``. What the person had taken from queues they may no longer
    work in goes back there (``work``).

    :raises StaffNotFound: if it is not held. :raises NotForOneself: nobody changes their own roles.
    :raises LastAdministrator: nobody would administer the insurer any more.
    """
    if actor == Ref("staff", staff_id):
        raise NotForOneself()
    authority.require(actor, granting.ADMINISTER, office_id)
    authority.require_reason(actor, "end", reason)
    if role == "OPERATOR" and office_id == queries.head_office_id():
        authority.keep_an_administrator(without=staff_id, today=day_of(at))
    ended = tx.changed(
        """
        update people_staffrole set valid_to = greatest(valid_from, %s::date), end_told_at = %s::timestamptz
         where staff_id = %s and role = %s and office_id = %s
           and (valid_to is null or valid_to > greatest(valid_from, %s::date))
        """,
        [day_of(at), at, staff_id, role, office_id, day_of(at)],
    )
    if not ended:
        raise StaffNotFound(_("该员工没有这一角色"))
    journal.record(
        events.RoleEnded(staff_id=staff_id, role=role, office_id=office_id, reason=reason),
        about=Ref("staff", staff_id), actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def end_roles_by_date(*, at: datetime, limit: int = 200) -> int:
    """
    Say of roles whose last day is over that they ended, each once; how many there were.

    Nothing is taken away here: a role gives no right from ``valid_to`` on. What the person held by it is
    passed on by whoever hears it, as if somebody had taken the role back.
    """
    ended = tx.rows(_TELL_ENDED, {"at": at, "today": day_of(at), "limit": limit})
    for staff_id, role, office_id, active in ended:
        if active:  # who left has left everything already
            fact = events.RoleEnded(
                staff_id=staff_id, role=role, office_id=office_id, reason="DATE"
            )
            journal.record(fact, about=Ref("staff", staff_id), actor=SYSTEM, at=at)
    return len(ended)


_TELL_ENDED = """
    with ended as (
        select id from people_staffrole
         where valid_to <= %(today)s::date and end_told_at is null
         order by valid_to, id limit %(limit)s::int for update skip locked)
    update people_staffrole held set end_told_at = %(at)s::timestamptz
      from people_staff s, ended
     where s.id = held.staff_id and held.id = ended.id
    returning held.staff_id, held.role, held.office_id, s.active
"""


def _terms(asked: Asked, today: date) -> tuple[date, Decimal]:
    """From when and up to which amount. :raises BadRole: with what is wrong."""
    role, amount = asked.role, asked.amount_limit
    if role not in rights.ROLE_RIGHTS:
        raise BadRole(_("没有这个角色"))
    try:
        limit = yuan(rights.STANDARD_LIMITS.get(role, ZERO) if amount is None else amount)
    except (ValueError, TypeError):
        raise BadRole(_("金额填写有误")) from None
    start = asked.valid_from or today
    if limit < 0 or (asked.valid_to is not None and asked.valid_to < start):
        raise BadRole(_("金额权限不能为负，失效日不能早于生效日"))
    if not Office.objects.filter(pk=asked.office_id).exists():
        raise BadRole(_("管辖机构不存在"))
    return start, limit
