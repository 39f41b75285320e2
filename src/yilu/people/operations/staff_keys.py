"""Passwords and one-time password generators of staff."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from django.contrib.auth import hashers, password_validation
from django.core.exceptions import ValidationError

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.errors import Invalid, NotAllowed, NotFound
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import events, queries
from yilu.people.models import RecoveryCode, Staff
from yilu.people.operations import authority
from yilu.people.operations.sign_in import TOTP_PLACE, SignInRefused, recovery_hashes
from yilu.people.rules.granting import ADMINISTER

RECOVERY_CODES = 8
ONE_TIME_LASTS = timedelta(days=3)
"""How long a password given by an administrator opens the first sign-in."""
_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class BadStaff(Invalid):
    """The particulars of a member of staff are malformed."""

    code = "bad_staff"
    message = "员工资料有误"


class StaffNotFound(NotFound):
    """There is no such member of staff at work."""

    code = "staff_not_found"
    message = "没有找到该员工"
    hint = "请核对后再试。"


class WeakPassword(Invalid):
    """The password is too short, too common or too like the name."""

    code = "weak_password"
    message = "密码不符合要求"
    hint = "密码至少10位，不能全是数字，也不能是常见密码。"


class SecondAdministratorNeeded(NotAllowed):
    """Whoever renewed both keys of somebody could sign in as them."""

    code = "second_administrator_needed"
    message = "密码和动态口令不能由同一位管理员先后重置"
    hint = "请对方先登录一次，或由另一位管理员办理。"


@dataclass(frozen=True, slots=True)
class TotpSetUp:
    """What is shown once, when a one-time password generator is set up."""

    secret: str
    uri: str
    recovery_codes: tuple[str, ...]


@tx.use_case
def set_up_totp(
    *, staff_id: int, reason: str = "", actor: Ref, at: datetime, secret: str | None = None
) -> TotpSetUp:
    """
    Set up the one-time password generator anew (设置动态口令); what it returns is shown once.

    Earlier recovery codes stop working. A member of staff may do it for themselves; for others it
    takes the right to administer staff, and one of ``granting.KEY_WHY``.

    :raises SecondAdministratorNeeded: the same administrator gave them a password just now.
    """
    person = _at_work(staff_id)
    renewed = ""
    if actor != Ref("staff", staff_id):
        renewed = _renewing("TOTP", person, reason, actor)
    secret = secret or pyotp.random_base32()
    check_secret(secret)
    codes = tuple(
        "-".join("".join(secrets.choice(_CODE_ALPHABET) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    )
    tx.changed(
        "update people_staff set totp_secret = %s, totp_step = 0, key_renewed = %s where id = %s",
        [sealing.seal(secret, TOTP_PLACE), renewed, staff_id],
    )
    RecoveryCode.objects.filter(staff_id=staff_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(staff_id=staff_id, code_hash=recovery_hashes(staff_id, code)[0])
        for code in codes
    )
    journal.record(
        events.TotpSetUp(staff_id=staff_id, reason=reason),
        about=Ref("staff", staff_id), actor=actor, at=at,
    )  # fmt: skip
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
    if new == present:
        raise WeakPassword(_("新密码不能与当前密码相同"))
    tx.changed(
        """
        update people_staff set password = %s, password_until = null, session_epoch = session_epoch + 1
         where id = %s
        """,
        [hashed(new, person.username), staff_id],
    )
    _say_changed(staff_id, "", actor, at)


@tx.use_case
def reset_password(*, staff_id: int, reason: str = "", actor: Ref, at: datetime) -> str:
    """
    Give somebody a one-time password by an administrator (重置密码): what it returns is shown once.

    It opens one sign-in within three days, after which they choose their own; their sessions end.
    ``reason`` is one of ``granting.KEY_WHY``.

    :raises SecondAdministratorNeeded: the same administrator set up their generator just now.
    """
    person = _at_work(staff_id)
    if actor == Ref("staff", staff_id):
        raise authority.NotForOneself(_("自己的密码请在“我的账号”里修改"))
    renewed = _renewing("PASSWORD", person, reason, actor)
    password = "-".join(
        "".join(secrets.choice(_CODE_ALPHABET.lower()) for _ in range(4)) for _ in range(4)
    )
    tx.changed(
        """
        update people_staff set password = %s, password_until = %s::timestamptz, key_renewed = %s,
               session_epoch = session_epoch + 1 where id = %s
        """,
        [hashers.make_password(password), at + ONE_TIME_LASTS, renewed, staff_id],
    )
    _say_changed(staff_id, reason, actor, at)
    return password


def _renewing(key: str, person: Staff, reason: str, actor: Ref) -> str:
    """Who renews which key, to be kept until the person signs in. :raises Refusal: they may not."""
    authority.require_over(actor, person.pk, person.office_id)
    authority.require_reason(actor, "key", reason)
    before, _space, by = person.key_renewed.partition(" ")
    both = actor != SYSTEM and by == str(actor) and before != key
    if both and queries.offices_of_roles(person.pk):
        others = queries.list_colleagues(person.office_id, ADMINISTER)
        if any(each not in (actor.id, person.pk) for each, _name in others):
            raise SecondAdministratorNeeded()
    return f"{key} {actor}"


def _say_changed(staff_id: int, reason: str, actor: Ref, at: datetime) -> None:
    journal.record(
        events.PasswordChanged(staff_id=staff_id, reason=reason),
        about=Ref("staff", staff_id), actor=actor, at=at,
    )  # fmt: skip


def hashed(password: str, username: str) -> str:
    """A password as it is kept. :raises WeakPassword: see its hint."""
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


def check_secret(secret: str) -> None:
    """:raises BadStaff: unless a generator can be set up with it."""
    try:
        long_enough = len(pyotp.TOTP(secret).byte_secret()) >= 16
    except ValueError:
        long_enough = False
    if not long_enough:
        raise BadStaff(_("动态口令密钥应为至少26位的Base32文本"))
