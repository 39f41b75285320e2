"""Take people on, and let them go."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import hashers

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.phones import read_phone
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Office, Staff
from yilu.people.operations import authority, rows, staff_keys
from yilu.people.operations.authority import NotForOneself
from yilu.people.operations.sign_in import TOTP_PLACE
from yilu.people.operations.staff_keys import BadStaff, StaffNotFound
from yilu.people.rules import particulars


class UsernameTaken(Refusal):
    """Somebody else signs in with this name."""

    code = "username_taken"
    message = "用户名已被使用"
    hint = "请换一个用户名。"


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
        staff_keys.check_secret(totp_secret)
    staff_id = rows.add(
        Staff,
        username=username,
        name=name,
        office_id=office_id,
        phone=sealing.seal(_phone(phone), "people_staff.phone") if phone else b"",
        email=sealing.seal(email, "people_staff.email") if email else b"",
        password=staff_keys.hashed(password, username) if password else hashers.make_password(None),
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
def let_staff_go(
    *, staff_id: int, successor_id: int | None = None, reason: str = "", actor: Ref, at: datetime
) -> None:
    """
    End every role and every session of somebody who leaves (员工离职). Twice is once.

    What they had taken goes to ``successor_id`` where that colleague may do it, and back into its queue
    otherwise (``work`` sees to it); what they answered for, to the successor or the lead (the rooms that
    own it). ``reason`` is one of ``granting.LEAVE_WHY``.

    :raises NotForOneself: nobody lets themselves go. :raises StaffNotFound: person or successor is not at
        work. :raises LastAdministrator: nobody would administer the insurer any more.
    """
    if actor == Ref("staff", staff_id):
        raise NotForOneself()
    ids = sorted({staff_id, successor_id or staff_id})
    at_work = {
        each.pk: each
        for each in Staff.objects.select_for_update().filter(pk__in=ids, active=True).order_by("pk")
    }
    if len(at_work) < len(ids) or successor_id == staff_id:
        raise StaffNotFound()
    authority.require_over(actor, staff_id, at_work[staff_id].office_id)
    authority.require_reason(actor, "leave", reason)
    authority.keep_an_administrator(without=staff_id, today=day_of(at))
    tx.changed(
        """
        with ended as (
            update people_staffrole
               set valid_to = least(valid_to, greatest(valid_from, %s::date)), end_told_at = %s::timestamptz
             where staff_id = %s and end_told_at is null)
        update people_staff set active = false, session_epoch = session_epoch + 1 where id = %s
        """,
        [day_of(at), at, staff_id, staff_id],
    )
    journal.record(
        events.StaffLeft(staff_id=staff_id, successor_id=successor_id, reason=reason),
        about=Ref("staff", staff_id), actor=actor, at=at,
    )  # fmt: skip


def _phone(phone: str) -> str:
    try:
        return read_phone(phone)
    except ValueError as problem:
        raise BadStaff(str(problem)) from None
