"""Hire staff, give and take roles, look after passwords and one-time password generators."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pyotp
from django.contrib.auth import hashers, password_validation
from django.core.exceptions import ValidationError

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.phones import read_phone
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Office, RecoveryCode, Staff, StaffRole
from yilu.people.operations import authority, rows
from yilu.people.operations.sign_in import TOTP_PLACE, SignInRefused, recovery_hashes
from yilu.people.rules import particulars, rights

RECOVERY_CODES = 8
_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class BadStaff(Invalid):
    """The particulars of a member of staff are malformed."""

    code = "bad_staff"
    message = "员工资料有误"


class UsernameTaken(Refusal):
    """Somebody else signs in with this name."""

    code = "username_taken"
    message = "用户名已被使用"
    hint = "请换一个用户名。"


class StaffNotFound(NotFound):
    """There is no such member of staff at work."""

    code = "staff_not_found"
    message = "没有找到该员工"
    hint = "请核对后再试。"


class BadRole(Invalid):
    """There is no such role, or its dates or amount make no sense."""

    code = "bad_role"
    message = "角色授权有误"


class RoleHeldAlready(Refusal):
    """The same role over the same office is held already: end it first."""

    code = "role_held_already"
    message = "该员工在此机构已有这一角色"
    hint = "如需调整金额或日期，请先收回原授权。"


class NotForOneself(NotAllowed):
    """Nobody gives rights to themselves."""

    code = "not_for_oneself"
    message = "不能给自己授权"
    hint = "请由另一位管理员办理。"


class WeakPassword(Invalid):
    """The password is too short, too common or too like the name."""

    code = "weak_password"
    message = "密码不符合要求"
    hint = "密码至少10位，不能全是数字，也不能是常见密码。"


@dataclass(frozen=True, slots=True)
class TotpSetUp:
    """What is shown once, when a one-time password generator is set up."""

    secret: str
    uri: str
    recovery_codes: tuple[str, ...]


@tx.use_case
def hire_staff(
    *,
    username: str,
    name: str,
    office_id: int,
    password: str | None = None,
    totp_secret: str | None = None,
    phone: str = "",
    email: str = "",
    actor: Ref,
    at: datetime,
) -> int:
    """
    Add a member of staff (员工入职) and return the id; roles are given separately.

    Without a password, or until a one-time password generator is set up, nobody can sign in.

    :raises UsernameTaken: if another member of staff has the name. :raises BadStaff: with what is
        wrong with name or office.
    """
    username, name = username.strip().casefold(), particulars.tidy_name(name)
    if not (3 <= len(username) <= 60) or not username.replace(".", "").replace("-", "").isalnum():
        raise BadStaff(_("用户名应为3至60位字母、数字、点或短横线"))
    if problem := particulars.name_problem(name):
        raise BadStaff(problem)
    if not Office.objects.filter(pk=office_id, active=True).exists():
        raise BadStaff(_("所属机构不存在"))
    authority.require(actor, "people.staff", office_id)
    if totp_secret is not None:
        _check_secret(totp_secret)
    staff_id = rows.add(
        Staff,
        username=username,
        name=name,
        office_id=office_id,
        phone=sealing.seal(_phone(phone), "people_staff.phone") if phone else b"",
        email=sealing.seal(email, "people_staff.email") if email else b"",
        password=_hashed(password, username) if password else hashers.make_password(None),
        totp_secret=sealing.seal(totp_secret, TOTP_PLACE) if totp_secret else b"",
        hired_at=at,
    )
    if staff_id is None:
        raise UsernameTaken()
    journal.record(
        events.StaffHired(staff_id=staff_id, office_id=office_id),
        about=Ref("staff", staff_id), actor=actor, at=at,
    )  # fmt: skip
    return staff_id


@tx.use_case
def grant_role(
    *,
    staff_id: int,
    role: str,
    office_id: int,
    amount_limit: Decimal | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    actor: Ref,
    at: datetime,
) -> int:
    """
    Let somebody act in a role over an office and all below it (授予角色); returns the grant's id.

    Without an amount the role's standard authority applies. ``valid_to`` is the first day on which
    the role no longer holds.

    :raises NotForOneself: nobody grants to themselves. :raises RoleHeldAlready: end it first.
    :raises BadRole: with what is wrong with role, amount, dates or office.
    """
    if actor == Ref("staff", staff_id):
        raise NotForOneself()
    authority.require(actor, "people.staff", office_id)
    if role not in rights.ROLE_RIGHTS:
        raise BadRole(_("没有这个角色"))
    limit = rights.STANDARD_LIMITS.get(role, ZERO) if amount_limit is None else amount_limit
    start = valid_from or day_of(at)
    if limit < 0 or (valid_to is not None and valid_to < start):
        raise BadRole(_("金额权限不能为负，失效日不能早于生效日"))
    if not Office.objects.filter(pk=office_id).exists():
        raise BadRole(_("管辖机构不存在"))
    if not Staff.objects.filter(pk=staff_id, active=True).exists():
        raise StaffNotFound()
    grant_id = rows.add(
        StaffRole,
        staff_id=staff_id, role=role, office_id=office_id, amount_limit=limit,
        valid_from=start, valid_to=valid_to,
    )  # fmt: skip
    if grant_id is None:
        raise RoleHeldAlready()
    journal.record(
        events.RoleGranted(staff_id=staff_id, role=role, office_id=office_id, amount_limit=str(limit)),
        about=Ref("staff", staff_id), actor=actor, at=at,
    )  # fmt: skip
    return grant_id


@tx.use_case
def end_role(*, staff_id: int, role: str, office_id: int, actor: Ref, at: datetime) -> None:
    """Take a role back from today (收回角色). :raises StaffNotFound: if it is not held."""
    authority.require(actor, "people.staff", office_id)
    ended = tx.changed(
        """
        update people_staffrole set valid_to = greatest(valid_from, %s::date)
         where staff_id = %s and role = %s and office_id = %s and valid_to is null
        """,
        [day_of(at), staff_id, role, office_id],
    )
    if not ended:
        raise StaffNotFound(_("该员工没有这一角色"))
    journal.record(
        events.RoleEnded(staff_id=staff_id, role=role, office_id=office_id),
        about=Ref("staff", staff_id), actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def let_staff_go(*, staff_id: int, actor: Ref, at: datetime) -> None:
    """End every role and every session of somebody who leaves (员工离职). Twice is once."""
    person = _at_work(staff_id)
    authority.require(actor, "people.staff", person.office_id)
    tx.changed(
        """
        with ended as (
            update people_staffrole set valid_to = greatest(valid_from, %s::date)
             where staff_id = %s and (valid_to is null or valid_to > %s::date))
        update people_staff set active = false, session_epoch = session_epoch + 1 where id = %s
        """,
        [day_of(at), staff_id, day_of(at), staff_id],
    )
    journal.record(
        events.StaffLeft(staff_id=staff_id), about=Ref("staff", staff_id), actor=actor, at=at
    )


@tx.use_case
def set_up_totp(*, staff_id: int, actor: Ref, at: datetime, secret: str | None = None) -> TotpSetUp:
    """
    Set up the one-time password generator anew (设置动态口令); what it returns is shown once.

    Earlier recovery codes stop working. A member of staff may do it for themselves; for others it
    takes the right to administer staff.
    """
    person = _at_work(staff_id)
    if actor != Ref("staff", staff_id):
        authority.require(actor, "people.staff", person.office_id)
    secret = secret or pyotp.random_base32()
    _check_secret(secret)
    codes = tuple(
        "-".join("".join(secrets.choice(_CODE_ALPHABET) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    )
    tx.changed(
        "update people_staff set totp_secret = %s, totp_step = 0 where id = %s",
        [sealing.seal(secret, TOTP_PLACE), staff_id],
    )
    RecoveryCode.objects.filter(staff_id=staff_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(staff_id=staff_id, code_hash=recovery_hashes(staff_id, code)[0])
        for code in codes
    )
    journal.record(
        events.TotpSetUp(staff_id=staff_id), about=Ref("staff", staff_id), actor=actor, at=at
    )
    uri = pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name="一路")
    return TotpSetUp(secret, uri, codes)


@tx.use_case
def change_password(*, staff_id: int, present: str, new: str, actor: Ref, at: datetime) -> None:
    """
    Change one's own password (修改密码); every other session ends.

    :raises SignInRefused: if the present password is wrong. :raises WeakPassword: see its hint.
    """
    person = _at_work(staff_id)
    if actor != Ref("staff", staff_id) or not hashers.check_password(present, person.password):
        raise SignInRefused(_("当前密码不正确"))
    _set_password(person, new, actor, at)


@tx.use_case
def reset_password(*, staff_id: int, new: str, actor: Ref, at: datetime) -> None:
    """Give somebody a new password by an administrator (重置密码); their sessions end."""
    person = _at_work(staff_id)
    authority.require(actor, "people.staff", person.office_id)
    _set_password(person, new, actor, at)


def _set_password(person: Staff, new: str, actor: Ref, at: datetime) -> None:
    tx.changed(
        "update people_staff set password = %s, session_epoch = session_epoch + 1 where id = %s",
        [_hashed(new, person.username), person.pk],
    )
    journal.record(
        events.PasswordChanged(staff_id=person.pk),
        about=Ref("staff", person.pk),
        actor=actor,
        at=at,
    )


def _hashed(password: str, username: str) -> str:
    try:
        password_validation.validate_password(password)
    except ValidationError as problem:
        raise WeakPassword("；".join(problem.messages)) from None
    if username in password.casefold():
        raise WeakPassword(_("密码不能包含用户名"))
    return hashers.make_password(password)


def _at_work(staff_id: int) -> Staff:
    person = Staff.objects.select_for_update().filter(pk=staff_id, active=True).first()
    if person is None:
        raise StaffNotFound()
    return person


def _check_secret(secret: str) -> None:
    try:
        long_enough = len(pyotp.TOTP(secret).byte_secret()) >= 16
    except ValueError:
        long_enough = False
    if not long_enough:
        raise BadStaff(_("动态口令密钥应为至少26位的Base32文本"))


def _phone(phone: str) -> str:
    try:
        return read_phone(phone)
    except ValueError as problem:
        raise BadStaff(str(problem)) from None
