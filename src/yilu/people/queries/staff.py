"""Offices, staff and what they may do, agents, providers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.kernel import sealing, tx
from yilu.kernel.errors import NotAllowed, NotFound
from yilu.kernel.phones import read_phone
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people.models import Agent, Office, Provider, Staff, StaffRole
from yilu.people.rules.rights import ROLE_RIGHTS, Access, Grant

_SESSION_TABLES = {"party": "people_party", "staff": "people_staff", "agent": "people_agent"}


ROLE_LABELS: dict[str, str] = {code: str(label) for code, label in StaffRole.Role.choices}
"""Every role by code, in Chinese."""


@dataclass(frozen=True, slots=True)
class OfficeView:
    """An office as screens show it."""

    id: int
    code: str
    name: str
    level: str
    parent_id: int | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class StaffView:
    """A member of staff as screens show them."""

    id: int
    username: str
    name: str
    office_id: int
    active: bool
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffProfile:
    """Where somebody works, since when, and as what: for rooms that compare people."""

    id: int
    name: str
    office_id: int
    active: bool
    hired_at: datetime
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent as screens show them."""

    id: int
    code: str
    name: str
    office_id: int
    leads: bool
    active: bool
    successor_id: int | None
    firm_kind: str

    @property
    def sells_for_a_bank(self) -> bool:
        """Whether they sell beside another business's own, as banks do (保险兼业代理机构)."""
        return self.firm_kind == Agent.FirmKind.ANCILLARY


@dataclass(frozen=True, slots=True)
class AgentAccess:
    """Whose customers an agent may see: their own, and as a lead those of the office's agents."""

    agent_id: int
    name: str
    office_id: int
    leads: bool
    session_epoch: int
    agent_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class ProviderView:
    """A hospital or pharmacy as other rooms see it."""

    id: int
    code: str
    name: str
    kind: str
    grade: str
    office_id: int


def staff_access(staff_id: int, on: date | None = None) -> Access:
    """
    What a member of staff may do, in one statement; ``on`` is today unless given.

    :raises NotAllowed: if there is no such member of staff at work.
    """
    found = tx.rows(
        """
        select s.username, s.name, s.office_id, s.session_epoch, s.password_until is not null,
               held.role, held.amount_limit,
               array(select below.id from people_office below where below.path like scope.path || '%%')
          from people_staff s
          left join people_staffrole held
            on held.staff_id = s.id
           and held.valid_from <= coalesce(%(on)s::date, (now() at time zone 'Asia/Shanghai')::date)
           and (held.valid_to is null
                or held.valid_to > coalesce(%(on)s::date, (now() at time zone 'Asia/Shanghai')::date))
          left join people_office scope on scope.id = held.office_id
         where s.id = %(staff)s::bigint and s.active
         order by held.id
        """,
        {"staff": staff_id, "on": on},
    )
    if not found:
        raise NotAllowed()
    username, name, office_id, epoch, due = found[0][:5]
    grants = tuple(Grant(role, frozenset(ids), limit) for *_, role, limit, ids in found if role)
    return Access(staff_id, username, name, office_id, epoch, grants, due)


def agent_access(agent_id: int) -> AgentAccess:
    """
    Whose customers an agent may see, in one statement.

    :raises NotAllowed: if there is no such agent in office.
    """
    found = tx.rows(
        """
        select a.name, a.office_id, a.leads, a.session_epoch,
               case when a.leads then array(select mate.id from people_agent mate
                                             where mate.office_id = a.office_id)
                    else array[a.id] end
          from people_agent a where a.id = %s::bigint and a.active
        """,
        [agent_id],
    )
    if not found:
        raise NotAllowed()
    name, office_id, leads, epoch, ids = found[0]
    return AgentAccess(agent_id, name, office_id, leads, epoch, frozenset(ids))


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """Whose session it is: the name, and the number a session must carry to be valid."""

    ref: Ref
    name: str
    session_epoch: int


def find_signed_in(who: Ref) -> SignedInPerson | None:
    """Who a session belongs to, in one statement; None if they may no longer sign in."""
    table = _SESSION_TABLES.get(who.kind)
    if table is None:
        return None
    still = "erased_at is null and merged_into_id is null" if who.kind == "party" else "active"
    sql = f"select name, session_epoch from {table} where id = %s::bigint and {still}"
    found = tx.rows(sql, [who.id])
    return SignedInPerson(who, found[0][0], int(found[0][1])) if found else None


def get_office(office_id: int) -> OfficeView:
    """One office. :raises NotFound: if there is none."""
    office = Office.objects.filter(pk=office_id).first()
    if office is None:
        raise NotFound()
    return _office_view(office)


def list_offices() -> list[OfficeView]:
    """Every open office, the head office first, each before those below it."""
    return [_office_view(o) for o in Office.objects.filter(active=True).order_by("path")]


def offices_with(access: Access, right: str) -> list[OfficeView]:
    """The open offices over which somebody holds a right, each before those below it."""
    mine = access.offices_for(right)
    return [office for office in list_offices() if office.id in mine]


def get_staff(staff_id: int) -> StaffView:
    """One member of staff, also one who left. :raises NotFound: if there is none."""
    person = Staff.objects.filter(pk=staff_id).first()
    if person is None:
        raise NotFound()
    return StaffView(person.pk, person.username, person.name, person.office_id, person.active)


def find_staff(username: str) -> int | None:
    """Whoever of those at work signs in by this name; for the console."""
    name = username.strip().casefold()
    return Staff.objects.filter(username=name, active=True).values_list("pk", flat=True).first()


def list_staff(access: Access, limit: int = 200) -> list[StaffView]:
    """Staff at work in the offices the asker sees, with the roles they hold today or later."""
    people = list(
        Staff.objects.filter(office_id__in=access.office_ids, active=True).order_by("id")[:limit]
    )
    roles: dict[int, list[str]] = {}
    held = StaffRole.objects.filter(staff_id__in=[p.pk for p in people], valid_to=None)
    for staff_id, role in held.order_by("id").values_list("staff_id", "role"):
        roles.setdefault(staff_id, []).append(role)
    return [
        StaffView(p.pk, p.username, p.name, p.office_id, p.active, tuple(roles.get(p.pk, ())))
        for p in people
    ]


def roles_held(staff_id: int | None = None) -> list[StaffView]:
    """Everybody at work with the roles they hold today, or one of them: for rooms that act by role."""
    rows = tx.rows(
        """
        select s.id, s.username, s.name, s.office_id,
               coalesce(array_agg(distinct held.role) filter (where held.id is not null), '{}')
          from people_staff s
          left join people_staffrole held on held.staff_id = s.id
           and held.valid_from <= (now() at time zone 'Asia/Shanghai')::date
           and (held.valid_to is null or held.valid_to > (now() at time zone 'Asia/Shanghai')::date)
         where s.active and (%(staff)s::bigint is null or s.id = %(staff)s::bigint)
         group by s.id order by s.id
        """,
        {"staff": staff_id},
    )
    return [
        StaffView(n, user, name, office, True, tuple(roles))
        for n, user, name, office, roles in rows
    ]


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role from the day it was given, up to but without ``until``; None: still held."""

    role: str
    since: date
    until: date | None


def roles_ever(ids: Iterable[int]) -> dict[int, tuple[HeldRole, ...]]:
    """Every role these people held, those who left too, in the order they were given; one statement."""
    found: dict[int, list[HeldRole]] = {}
    wanted = set(ids)
    if not wanted:
        return {}
    rows = StaffRole.objects.filter(staff_id__in=wanted).order_by("valid_from", "id")
    for row in rows:
        held = HeldRole(row.role, row.valid_from, row.valid_to)
        found.setdefault(row.staff_id, []).append(held)
    return {staff_id: tuple(held) for staff_id, held in found.items()}


def staff_profiles(ids: Iterable[int]) -> dict[int, StaffProfile]:
    """These members of staff by id, those who left too, with the roles they hold; two statements."""
    people = list(Staff.objects.filter(pk__in=list(ids)).order_by("pk"))
    roles: dict[int, list[str]] = {}
    held = StaffRole.objects.filter(staff_id__in=[p.pk for p in people], valid_to=None)
    for staff_id, role in held.order_by("id").values_list("staff_id", "role"):
        roles.setdefault(staff_id, []).append(role)
    return {
        p.pk: StaffProfile(
            p.pk, p.name, p.office_id, p.active, p.hired_at, tuple(roles.get(p.pk, ()))
        )
        for p in people
    }


@dataclass(frozen=True, slots=True)
class StaffContact:
    """How a customer reaches somebody who works for them: ``phone`` is the one for work, or empty."""

    id: int
    name: str
    phone: str


def staff_contact(staff_id: int) -> StaffContact | None:
    """A member of staff at work as a customer is told of them; None for who has left."""
    found = Staff.objects.filter(pk=staff_id, active=True).first()
    if found is None:
        return None
    phone = sealing.unseal(bytes(found.phone), "people_staff.phone") if found.phone else ""
    return StaffContact(found.pk, found.name, phone.removeprefix("+86"))


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody at work who holds a right, by which roles, and up to which amount."""

    id: int
    name: str
    roles: tuple[str, ...]
    limit: Decimal

    @property
    def role_labels(self) -> tuple[str, ...]:
        """The roles in words, as they stand beside the name."""
        return tuple(ROLE_LABELS[role] for role in self.roles)


def list_holders(office_id: int, *rights: str) -> tuple[Holder, ...]:
    """
    Who, at work today, holds any of some rights over an office, by name; one statement.

    ``roles`` are those that give it, ``limit`` the largest amount any of them allows.
    """
    roles = [role for role, held in ROLE_RIGHTS.items() if not held.isdisjoint(rights)]
    rows = tx.rows(
        """
        select s.id, s.name, array_agg(distinct held.role order by held.role), max(held.amount_limit)
          from people_office here
          join people_office scope on here.path like scope.path || '%%'
          join people_staffrole held on held.office_id = scope.id and held.role = any(%(roles)s::text[])
           and held.valid_from <= (now() at time zone 'Asia/Shanghai')::date
           and (held.valid_to is null or held.valid_to > (now() at time zone 'Asia/Shanghai')::date)
          join people_staff s on s.id = held.staff_id and s.active
         where here.id = %(office)s::bigint
         group by s.id, s.name
         order by s.name, s.id
        """,
        {"office": office_id, "roles": roles},
    )
    return tuple(Holder(int(n), str(name), tuple(held), limit) for n, name, held, limit in rows)


def list_colleagues(office_id: int, right: str) -> tuple[tuple[int, str], ...]:
    """Who, at work today, holds a right over an office: (staff id, name), by name; one statement."""
    return tuple((each.id, each.name) for each in list_holders(office_id, right))


def is_agents_phone(phone: str) -> bool:
    """Whether a number is that of somebody who sells for us now; it proves nothing about who calls."""
    try:
        indexes = sealing.blind_indexes(read_phone(phone), "phone")
    except ValueError:
        return False
    return Agent.objects.filter(phone_index__in=indexes, active=True).exists()


def get_agent(agent_id: int) -> AgentView:
    """One agent, also one who left. :raises NotFound: if there is none."""
    agent = Agent.objects.filter(pk=agent_id).first()
    if agent is None:
        raise NotFound()
    return _agent_view(agent)


def list_agents(office_ids: Iterable[int], limit: int = 500) -> list[AgentView]:
    """The agents in office of some offices."""
    agents = Agent.objects.filter(office_id__in=list(office_ids), active=True).order_by("id")
    return [_agent_view(agent) for agent in agents[:limit]]


def get_provider(provider_id: int) -> ProviderView:
    """One provider. :raises NotFound: if there is none."""
    provider = Provider.objects.filter(pk=provider_id).first()
    if provider is None:
        raise NotFound()
    return _provider_view(provider)


def list_providers(limit: int = 500) -> list[ProviderView]:
    """The providers we work with, by name."""
    return [
        _provider_view(p)
        for p in Provider.objects.filter(active=True).order_by("name", "id")[:limit]
    ]


def find_provider_by_token(token: str) -> ProviderView | None:
    """Whose token this is; the token itself is not kept, only its digest."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    provider = Provider.objects.filter(token_hash=digest, active=True).first()
    return _provider_view(provider) if provider else None


def get_hook_secret(provider_id: int) -> str:
    """With what a provider signs its calls to us. :raises NotFound: if there is none."""
    provider = Provider.objects.filter(pk=provider_id, active=True).first()
    if provider is None:
        raise NotFound()
    return sealing.unseal(provider.hook_secret, "people_provider.hook_secret")


def names_of(refs: Iterable[Ref]) -> dict[Ref, str]:
    """
    What to call staff, agents, providers and the platform on a timeline, in one statement.

    Customers are not named here: their refs are left out.
    """
    asked = set(refs)
    tables = {"staff": "people_staff", "agent": "people_agent", "provider": "people_provider"}
    parts, parameters = [], []
    for kind, table in tables.items():
        if ids := [ref.id for ref in asked if ref.kind == kind]:
            parts.append(f"select '{kind}', id, name from {table} where id = any(%s::bigint[])")
            parameters.append(ids)
    names = {SYSTEM: _("系统")} if SYSTEM in asked else {}
    if parts:
        names |= {
            Ref(k, id): name for k, id, name in tx.rows(" union all ".join(parts), parameters)
        }
    return names


def offices_of(
    *, parties: Iterable[int], staff: Iterable[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """The office of many customers and of many staff, by id; nothing else about them."""
    asked = (("party", "people_party", set(parties)), ("staff", "people_staff", set(staff)))
    parts, parameters = [], []
    for kind, table, ids in asked:
        if ids:
            parts.append(
                f"select '{kind}', id, office_id from {table} where id = any(%s::bigint[])"
            )
            parameters.append(sorted(ids))
    found: dict[str, dict[int, int]] = {"party": {}, "staff": {}}
    if parts:
        for kind, id, office_id in tx.rows(" union all ".join(parts), parameters):
            found[kind][id] = office_id
    return found["party"], found["staff"]


def _office_view(office: Office) -> OfficeView:
    return OfficeView(
        office.pk, office.code, office.name, office.level, office.parent_id, office.time_zone
    )


def _agent_view(agent: Agent) -> AgentView:
    return AgentView(
        agent.pk,
        agent.code,
        agent.name,
        agent.office_id,
        agent.leads,
        agent.active,
        agent.successor_id,
        agent.firm_kind,
    )


def _provider_view(provider: Provider) -> ProviderView:
    return ProviderView(
        provider.pk, provider.code, provider.name, provider.kind, provider.grade, provider.office_id
    )
