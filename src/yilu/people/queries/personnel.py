"""Staff as those who administer them see them: lists by office, one person with every role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.masks import mask_phone
from yilu.people.models import Office, RoleProposal, Staff, StaffRole
from yilu.people.queries.staff import ROLE_LABELS
from yilu.people.rules.granting import ADMINISTER, giveable
from yilu.people.rules.rights import STANDARD_LIMITS, Access

STAFF_PAGE = 30


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A line of the list: who, where, as what today."""

    id: int
    username: str
    name: str
    office_id: int
    office: str
    active: bool
    roles: tuple[str, ...]
    starting: bool  # a one-time password waits for its first use

    @property
    def role_labels(self) -> tuple[str, ...]:
        """The roles held today, in Chinese."""
        return tuple(ROLE_LABELS[role] for role in self.roles)


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role of one person: where, from when until when, up to which amount."""

    role: str
    label: str
    office_id: int
    office: str
    amount_limit: Decimal
    since: date
    until: date | None
    state: str  # NOW, LATER, OVER

    @property
    def ends(self) -> bool:
        """Whether it may still be taken back."""
        return self.state != "OVER"


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """An authority above a role's standard that waits for another administrator."""

    id: int
    staff_id: int
    name: str
    label: str
    office: str
    amount_limit: Decimal
    standard: Decimal
    since: date
    until: date | None
    reason: str
    asked_by: int
    asked_name: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class StaffFile:
    """One member of staff with everything their administrator may know."""

    id: int
    username: str
    name: str
    office_id: int
    office: str
    phone: str  # masked
    active: bool
    hired_at: datetime
    password_until: datetime | None
    has_generator: bool
    roles: tuple[RoleRow, ...]


def head_office_id() -> int:
    """The head office's id; 0 before it is opened."""
    return Office.objects.filter(level="HEAD").values_list("pk", flat=True).first() or 0


def giveable_roles(access: Access, office_id: int) -> tuple[str, ...]:
    """The roles an administrator may give over an office, in the order of the list."""
    return giveable(access, office_id, head_office_id())


def offices_of_roles(staff_id: int) -> frozenset[int]:
    """Every office over which somebody holds a role today or will."""
    rows = tx.rows(
        """
        select distinct office_id from people_staffrole
         where staff_id = %s::bigint and (valid_to is null
               or valid_to > greatest(valid_from, (now() at time zone 'Asia/Shanghai')::date))
        """,
        [staff_id],
    )
    return frozenset(int(office_id) for (office_id,) in rows)


def staff_directory(
    access: Access,
    *,
    text: str = "",
    office_id: int | None = None,
    left: bool = False,
    after: int = 0,
    limit: int = STAFF_PAGE,
) -> tuple[StaffRow, ...]:
    """
    A page of the staff of the offices the asker administers, in the order of their numbers.

    ``text`` is part of a name or user name; ``left`` shows those who left. One statement; nothing is
    counted: a page that is full may have one after it.
    """
    offices: Collection[int] = access.offices_for(ADMINISTER)
    if office_id is not None:
        offices = {office_id} & set(offices)
    like = "%" + text.strip().casefold().replace("\\", "").replace("%", "").replace("_", "") + "%"
    rows = tx.rows(
        """
        select s.id, s.username, s.name, s.office_id, o.name, s.active,
               array(select distinct held.role from people_staffrole held where held.staff_id = s.id
                        and held.valid_from <= (now() at time zone 'Asia/Shanghai')::date
                        and (held.valid_to is null
                             or held.valid_to > (now() at time zone 'Asia/Shanghai')::date)),
               s.password_until is not null
          from people_staff s join people_office o on o.id = s.office_id
         where s.office_id = any(%(offices)s::bigint[]) and s.active = %(active)s and s.id > %(after)s::bigint
           and (s.username like %(like)s or lower(s.name) like %(like)s)
         order by s.id limit %(limit)s::int
        """,
        {"offices": sorted(offices), "active": not left, "after": after, "like": like, "limit": limit},
    )  # fmt: skip
    return tuple(
        StaffRow(n, user, name, office, said, active, tuple(roles), starting)
        for n, user, name, office, said, active, roles, starting in rows
    )


def staff_file(access: Access, staff_id: int, *, at: datetime) -> StaffFile | None:
    """One member of staff, also one who left; None if there is none in the offices the asker administers."""
    person = Staff.objects.select_related("office").filter(pk=staff_id).first()
    if person is None or not access.may(ADMINISTER, person.office_id):
        return None
    today = day_of(at)
    held = StaffRole.objects.select_related("office").filter(staff_id=staff_id).order_by("-id")
    phone = sealing.unseal(bytes(person.phone), "people_staff.phone") if person.phone else ""
    return StaffFile(
        id=person.pk, username=person.username, name=person.name, office_id=person.office_id,
        office=person.office.name, phone=mask_phone(phone) if phone else "", active=person.active,
        hired_at=person.hired_at, password_until=person.password_until,
        has_generator=bool(person.totp_secret), roles=tuple(_role(each, today) for each in held),
    )  # fmt: skip


def role_proposals(access: Access, staff_id: int | None = None) -> tuple[ProposalRow, ...]:
    """What waits for another administrator in the offices one administers, the oldest first: of all, or of one person."""
    found = RoleProposal.objects.select_related("staff", "office", "asked_by").filter(
        outcome="", office_id__in=access.offices_for(ADMINISTER)
    )
    if staff_id is not None:
        found = found.filter(staff_id=staff_id)
    return tuple(
        ProposalRow(
            p.pk, p.staff_id, p.staff.name, ROLE_LABELS[p.role], p.office.name, p.amount_limit,
            STANDARD_LIMITS[p.role], p.valid_from, p.valid_to, p.reason, p.asked_by_id, p.asked_by.name,
            p.asked_at,
        )
        for p in found.order_by("asked_at", "pk")[:STAFF_PAGE]
    )  # fmt: skip


def _role(held: StaffRole, today: date) -> RoleRow:
    over = held.valid_to is not None and held.valid_to <= max(today, held.valid_from)
    return RoleRow(
        held.role, ROLE_LABELS[held.role], held.office_id, held.office.name, held.amount_limit,
        held.valid_from, held.valid_to, "OVER" if over else "LATER" if held.valid_from > today else "NOW",
    )  # fmt: skip
