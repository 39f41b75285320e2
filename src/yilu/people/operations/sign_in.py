"""
Sign in: staff with password and one-time password, customers and agents with a code to their phone.

A name or phone that nobody has goes the same way, does the same work and gets the same words as one
that is somebody's. Every try is counted before it is checked, so that trying in parallel gains
nothing, and the count stays although the try is refused.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import pyotp
from django.contrib.auth import hashers

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.phones import is_mobile, read_phone
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import events
from yilu.people.models import Staff
from yilu.people.operations import authority
from yilu.people.operations.limits import spend
from yilu.people.rules import sign_in as rules

TOTP_PLACE = "people_staff.totp_secret"
TOTP_STEP_SECONDS = 30
TOTP_STEPS_OFF = 1
"""One step early or late is accepted: phones' clocks differ."""
AUDIENCES = ("party", "agent")


class SignInRefused(Refusal):
    """Wrong name, password, one-time password or code: never said which."""

    code = "sign_in_refused"
    message = "用户名、密码或动态口令不正确"
    hint = "请核对后重试；多次失败将暂时锁定。"
    status = 403


class CodeRefused(SignInRefused):
    """The code is wrong, used, too old, tried too often, or was never sent: never said which."""

    code = "code_refused"
    message = "手机号或验证码不正确，或验证码已失效"
    hint = "请核对后重试，或重新获取验证码。"


class SignInWaits(Refusal):
    """Too many failures for this name; it waits, whether or not anybody has it."""

    code = "sign_in_waits"
    message = "尝试次数过多，已暂时锁定"
    hint = "请稍后再试；如忘记密码，请联系管理员。"
    status = 429


class NotAMobile(Invalid):
    """Codes go to mobile phones only."""

    code = "not_a_mobile"
    message = "请填写正确的手机号码"


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """
    A code to deliver: ``to`` is whom it signs in, None where nobody has the phone.

    For the door alone, which has it delivered and forgets it: never logged, never in the journal.
    """

    to: Ref | None
    code: str

    def __repr__(self) -> str:
        return f"IssuedCode(to={self.to}, code=******)"


# -- Staff -----------------------------------------------------------------------------------


def sign_in_staff(
    *, username: str, password: str, totp: str, at: datetime, address: str = ""
) -> Ref:
    """
    Check a member of staff's name, password and one-time password or recovery code (员工登录).

    Three transactions: count the try, then (with no lock held over the slow hashing) admit.

    :raises SignInRefused: in one set of words for every cause. :raises SignInWaits: after too many
        failures. :raises TooOften: too many tries from one network address.
    """
    name = username.strip().casefold()
    failures, locked_until = _count_try(name=name, address=address, at=at)
    person = Staff.objects.filter(username=name, active=True).first()
    known = hashers.check_password(password, person.password if person else _nobodys_password())
    if person is not None and person.password_until is not None:
        known = known and at < person.password_until
    if person is not None and known:
        secret = bytes(person.totp_secret)
        step = _totp_step(sealing.unseal(secret, TOTP_PLACE), totp, at) if secret else None
        if _admit_staff(staff_id=person.pk, name=name, step=step, totp=totp, at=at):
            return Ref("staff", person.pk)
    if person is not None and locked_until is not None:
        _say_locked(staff_id=person.pk, failures=failures, locked_until=locked_until, at=at)
    raise SignInRefused()


@tx.use_case
def unlock_sign_in(*, staff_id: int, actor: Ref, at: datetime) -> None:
    """Let a locked member of staff try again at once (解除锁定); whoever is not locked stays as they are."""
    person = Staff.objects.filter(pk=staff_id, active=True).first()
    if person is None:
        return
    authority.require_over(actor, staff_id, person.office_id)
    if _forget_failures(person.username):
        journal.record(
            events.SignInUnlocked(staff_id=staff_id),
            about=Ref("staff", staff_id), actor=actor, at=at,
        )  # fmt: skip


@tx.use_case
def _count_try(*, name: str, address: str, at: datetime) -> tuple[int, datetime | None]:
    if address:
        spend([(f"sign-in:{_digest(address)}", rules.SIGN_IN_LIMITS_BY_ADDRESS)], at=at)
    counted = tx.rows(
        """
        insert into people_signinattempt as kept (subject, failures, locked_until, latest_at)
        values (%(subject)s, 1, null, %(at)s::timestamptz)
            on conflict (subject) do update
               set failures = case when kept.latest_at < %(forgotten)s::timestamptz then 1
                                   else kept.failures + 1 end,
                   latest_at = %(at)s::timestamptz
             where kept.locked_until is null or kept.locked_until <= %(at)s::timestamptz
        returning failures
        """,
        {"subject": _digest(name), "at": at, "forgotten": at - rules.ATTEMPT_FORGOTTEN_AFTER},
    )
    if not counted:
        raise SignInWaits()
    failures = int(counted[0][0])
    wait = rules.lock_seconds(failures)
    if not wait:
        return failures, None
    until = at + timedelta(seconds=wait)
    # The row is ours until commit: nobody else passes with a count of their own in between.
    tx.changed(
        "update people_signinattempt set locked_until = %s where subject = %s",
        [until, _digest(name)],
    )
    return failures, until


@tx.use_case
def _admit_staff(*, staff_id: int, name: str, step: int | None, totp: str, at: datetime) -> bool:
    """Use up the one-time password, forget the failures and record the sign-in."""
    if step is not None:
        method = "PASSWORD_TOTP"
        admitted = tx.changed(
            """
            update people_staff set totp_step = %s::bigint, key_renewed = ''
             where id = %s and active and totp_step < %s::bigint
            """,
            [step, staff_id, step],
        )
    else:
        method = "PASSWORD_RECOVERY"
        admitted = tx.changed(
            """
            update people_recoverycode set used_at = %s
             where staff_id = %s and code_hash = any(%s::text[]) and used_at is null
            """,
            [at, staff_id, recovery_hashes(staff_id, totp)],
        )
    if not admitted:
        return False
    _forget_failures(name)
    person = Ref("staff", staff_id)
    journal.record(events.SignedIn(method=method), about=person, actor=person, at=at)
    return True


@tx.use_case
def _say_locked(*, staff_id: int, failures: int, locked_until: datetime, at: datetime) -> None:
    journal.record(
        events.SignInLocked(
            staff_id=staff_id, failures=failures, locked_until=locked_until.isoformat()
        ),
        about=Ref("staff", staff_id), actor=SYSTEM, at=at,
    )  # fmt: skip


def _forget_failures(name: str) -> int:
    return tx.changed("delete from people_signinattempt where subject = %s", [_digest(name)])


def _totp_step(secret: str, given: str, at: datetime) -> int | None:
    """The time step whose one-time password was given; None if none nearby."""
    given = given.strip().replace(" ", "")
    generator = pyotp.TOTP(secret, interval=TOTP_STEP_SECONDS)
    now = int(at.timestamp()) // TOTP_STEP_SECONDS
    found = None
    for step in range(now - TOTP_STEPS_OFF, now + TOTP_STEPS_OFF + 1):
        if hmac.compare_digest(
            generator.generate_otp(step), given.encode("ascii", "replace").decode()
        ):
            found = step
    return found


def recovery_hashes(staff_id: int, code: str) -> list[str]:
    """The digests under which a recovery code may be kept, newest key first."""
    tidied = code.strip().upper().replace("-", "").replace(" ", "")
    return sealing.keyed_digests(f"{staff_id}:{tidied}", "recovery code")


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    """What a name that nobody has is checked against, at the price of a real check."""
    return hashers.make_password(secrets.token_urlsafe(16))


def _digest(text: str) -> str:
    return sealing.keyed_digests(text, "sign-in subject")[0]


# -- Customers and agents ----------------------------------------------------------------------


@tx.use_case
def request_code(
    *, phone: str, at: datetime, audience: str = "party", address: str = ""
) -> IssuedCode:
    """
    Make a one-time code for a phone (获取验证码); the door has it delivered if ``to`` is given.

    The answer to the person is the same whether or not anybody has the phone. An earlier code for
    the phone stops working.

    :raises NotAMobile: if it is no mobile number. :raises TooOften: once a minute, five an hour and
        ten a day for a phone; also limited for a network address.
    """
    number = mobile_number(phone)
    indexes = sealing.blind_indexes(number, "phone")
    allowances: list[tuple[str, Sequence[rules.Limit]]] = [
        (f"code:{audience}:{indexes[0]}", rules.CODE_LIMITS_BY_PHONE)
    ]
    if address:
        allowances.append((f"code:{_digest(address)}", rules.CODE_LIMITS_BY_ADDRESS))
    spend(allowances, at=at)
    owner_id = _owner_of(audience, indexes)
    code = "".join(secrets.choice("0123456789") for _ in range(rules.CODE_DIGITS))
    tx.changed(
        """
        with earlier as (
            update people_onetimecode set expires_at = %(at)s::timestamptz
             where audience = %(audience)s and phone_index = any(%(indexes)s::text[])
               and used_at is null and expires_at > %(at)s::timestamptz)
        insert into people_onetimecode
               (audience, phone_index, owner_id, code_hash, attempts, issued_at, expires_at)
        values (%(audience)s, %(index)s, %(owner)s, %(hash)s, 0, %(at)s, %(expires)s)
        """,
        {
            "audience": audience, "indexes": indexes, "index": indexes[0], "owner": owner_id,
            "hash": _code_hashes(audience, number, code)[0],
            "at": at, "expires": at + rules.CODE_LIFETIME,
        },
    )  # fmt: skip
    return IssuedCode(Ref(audience, owner_id) if owner_id else None, code)


def sign_in_with_code(*, phone: str, code: str, at: datetime, audience: str = "party") -> Ref:
    """
    Check a one-time code (验证码登录): six digits, five minutes, five tries, one use.

    :raises CodeRefused: in one set of words for every cause. :raises NotAMobile: not a phone.
    """
    who = _use_code(number=mobile_number(phone), code=code.strip(), audience=audience, at=at)
    if who is None:
        raise CodeRefused()
    return who


@tx.use_case
def _use_code(*, number: str, code: str, audience: str, at: datetime) -> Ref | None:
    # One statement counts the try and uses the code up: of two requests at once, the second waits
    # for the row and then finds it used.
    tried = tx.rows(
        """
        update people_onetimecode as one
           set attempts = one.attempts + 1,
               used_at = case when one.code_hash = any(%(hashes)s::text[]) and one.owner_id > 0
                              then %(at)s::timestamptz end
         where one.id = (select id from people_onetimecode
                          where audience = %(audience)s and phone_index = any(%(indexes)s::text[])
                          order by id desc limit 1)
           and one.used_at is null and one.attempts < %(tries)s and one.expires_at > %(at)s::timestamptz
        returning one.used_at is not null, one.owner_id
        """,
        {
            "hashes": _code_hashes(audience, number, code), "audience": audience, "at": at,
            "indexes": sealing.blind_indexes(number, "phone"), "tries": rules.CODE_TRIES,
        },
    )  # fmt: skip
    if not tried or not tried[0][0]:
        return None
    who = Ref(audience, int(tried[0][1]))
    journal.record(
        events.SignedIn(method="PHONE_CODE"),
        about=who, actor=who, at=at, party=who.id if audience == "party" else None,
    )  # fmt: skip
    return who


@tx.use_case
def sign_out_everywhere(*, actor: Ref, at: datetime) -> None:
    """End every session of the person asking (退出所有设备), this one included."""
    table = {"party": "people_party", "agent": "people_agent", "staff": "people_staff"}[actor.kind]
    tx.changed(f"update {table} set session_epoch = session_epoch + 1 where id = %s", [actor.id])
    journal.record(
        events.SignedOutEverywhere(),
        about=actor, actor=actor, at=at, party=actor.id if actor.kind == "party" else None,
    )  # fmt: skip


def _owner_of(audience: str, indexes: list[str]) -> int:
    """Whom a phone signs in: 0 if nobody. The same statement runs either way."""
    if audience not in AUDIENCES:
        raise ValueError(audience)
    sql = (
        "select id from people_party where phone_index = any(%s::text[]) and signs_in"
        " and merged_into_id is null and erased_at is null"
        if audience == "party"
        else "select id from people_agent where phone_index = any(%s::text[]) and active"
    )
    found = tx.rows(sql + " limit 1", [indexes])
    return int(found[0][0]) if found else 0


def _code_hashes(audience: str, number: str, code: str) -> list[str]:
    return sealing.keyed_digests(f"{audience}:{number}:{code}", "one-time code")


def mobile_number(phone: str) -> str:
    """The number in one way of writing. :raises NotAMobile: it is none a code could be sent to."""
    try:
        number = read_phone(phone)
    except ValueError:
        raise NotAMobile() from None
    if not is_mobile(number):
        raise NotAMobile()
    return number
