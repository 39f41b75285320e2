"""Customers and their kin: masked by default, found only by those they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from yilu.kernel import identity as identities
from yilu.kernel import masks, sealing
from yilu.kernel.errors import NotFound
from yilu.kernel.phones import read_phone
from yilu.kernel.refs import Ref
from yilu.people.models import Agent, OneTimeCode, Party, Staff
from yilu.people.queries.service import CODE_PHONE_PLACE
from yilu.people.queries.staff import AgentAccess
from yilu.people.rules.rights import Access

SEARCH_LIMIT = 20
PLACES = {
    "phone": "people_party.phone",
    "identity": "people_party.identity",
    "email": "people_party.email",
}
"""Where the sealed fields of a party are sealed for."""


class PartyNotFound(NotFound):
    """Nobody of this number, or somebody the asker has nothing to do with: the same words."""

    code = "party_not_found"
    message = "没有找到该客户"
    hint = "请核对号码后再试。"


@dataclass(frozen=True, slots=True)
class PartyView:
    """
    A person or organisation as screens and other rooms see them.

    ``name`` is for letters, comparisons and the desk of whoever handles the case; lists show
    ``masked_name``. Everything else private is masked.
    """

    id: int
    kind: str
    name: str
    masked_name: str
    sex: str | None
    birth_date: date | None
    identity_kind: str | None
    masked_identity: str
    masked_phone: str
    masked_email: str
    office_id: int
    agent_id: int | None
    language: str
    large_type: bool
    signs_in: bool
    erased: bool

    @property
    def is_organisation(self) -> bool:
        """Whether it is a company or another body (单位), which acts through somebody."""
        return self.kind == Party.Kind.ORGANISATION


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody, unmasked: for the jobs that send, never for a screen."""

    ref: Ref
    name: str
    phone: str
    email: str
    language: str

    def __repr__(self) -> str:
        return f"Contact({self.ref})"


@dataclass(frozen=True, slots=True)
class Identity:
    """Name and identity number in full: for the job that asks the register, never for a screen."""

    name: str
    kind: str
    number: str

    def __repr__(self) -> str:
        return "Identity(******)"


def get_identity(party_id: int) -> Identity | None:
    """Name and number of a person who has one; None otherwise."""
    party = Party.objects.filter(pk=party_id, merged_into=None, erased_at=None).first()
    number = opened(party, "identity") if party is not None else ""
    if party is None or not number:
        return None
    return Identity(party.name, party.identity_kind or "", number)


def get_party(party_id: int) -> PartyView:
    """
    One party, masked; a merged record answers with the one that stands for it.

    For rooms that hold the id already; a door asks ``see_party``. :raises PartyNotFound: if none.
    """
    party = Party.objects.select_related("merged_into").filter(pk=party_id).first()
    if party is None:
        raise PartyNotFound()
    return _view(party.merged_into or party)


def see_party(viewer: Access | AgentAccess | Ref, party_id: int) -> PartyView:
    """
    One party as somebody at a door may see them: staff with people.view over the office, the agent
    or the lead of the agent, the person themselves.

    :raises PartyNotFound: in the same words for a stranger's number and one nobody has; the same
        statement runs for both.
    """
    party = _visible(viewer).filter(pk=party_id).first()
    if party is None:
        raise PartyNotFound()
    return _view(party)


def list_parties(party_ids: Iterable[int]) -> dict[int, PartyView]:
    """Many parties by id in one statement, for lists whose rows the asker may see."""
    wanted = list(set(party_ids))
    return {p.pk: _view(p) for p in Party.objects.filter(pk__in=wanted)} if wanted else {}


def list_parties_of_agent(access: AgentAccess, limit: int = 50, after: int = 0) -> list[PartyView]:
    """The customers an agent looks after, by id, from after ``after``."""
    return [_view(p) for p in _visible(access).filter(pk__gt=after).order_by("pk")[:limit]]


def find_party_by_phone(viewer: Access | AgentAccess, phone: str) -> list[PartyView]:
    """Everybody the asker may see who has the phone: families share one. Empty if none."""
    try:
        indexes = sealing.blind_indexes(read_phone(phone), "phone")
    except ValueError:
        return []
    found = _visible(viewer).filter(phone_index__in=indexes).order_by("-signs_in", "pk")
    return [_view(party) for party in found[:SEARCH_LIMIT]]


def parties_calling_from(phone: str, limit: int = 3) -> tuple[int, ...]:
    """
    Who may be calling from a number, for the hotline to check against: ids alone, never shown.

    A number proves nothing about who calls: nothing is told before ``check_caller`` said yes.
    """
    try:
        indexes = sealing.blind_indexes(read_phone(phone), "phone")
    except ValueError:
        return ()
    living = Party.objects.filter(phone_index__in=indexes, merged_into=None, erased_at=None)
    return tuple(living.order_by("-signs_in", "pk").values_list("pk", flat=True)[:limit])


def find_party_by_identity(
    viewer: Access | AgentAccess, number: str, kind: str | None = None, *, today: date
) -> PartyView | None:
    """The one the asker may see who has the identity number, in any of its writings."""
    indexes = identity_indexes(number, kind, today)
    if not indexes:
        return None
    party = _visible(viewer).filter(identity_index__in=indexes).first()
    return _view(party) if party else None


def match_person(name: str, identity_number: str, *, today: date) -> int | None:
    """
    The id of the person whose name and resident number both agree; None otherwise.

    For a hospital's system, which knows both from the card on its desk: one alone tells nothing.
    """
    indexes = identity_indexes(identity_number, None, today)
    if not indexes:
        return None
    found = Party.objects.filter(
        identity_index__in=indexes, name=name.strip(), merged_into=None, erased_at=None
    )
    return found.values_list("pk", flat=True).first()


def search_parties(access: Access | AgentAccess, text: str, *, today: date) -> list[PartyView]:
    """
    Look somebody up by phone, identity number or the beginning of the name, within one's offices.

    At most ``SEARCH_LIMIT``; a phone or an identity number must be given in full.
    """
    text = text.strip()
    if len(text) < 2:
        return []
    if any(c.isdigit() for c in text):
        by_phone = find_party_by_phone(access, text)
        if by_phone:
            return by_phone
        party = find_party_by_identity(access, text, today=today)
        return [party] if party else []
    found = _visible(access).filter(name__startswith=text).order_by("name", "pk")
    return [_view(party) for party in found[:SEARCH_LIMIT]]


def get_contact(who: Ref) -> Contact:
    """
    How to reach a customer, an agent or a member of staff, unmasked: only for sending. A merged record is
    reached as the one that stands for it.

    Empty texts where nothing is known. :raises PartyNotFound: if there is nobody.
    """
    if who.kind == "party":
        party = Party.objects.select_related("merged_into").filter(pk=who.id).first()
        stands = party and (party.merged_into or party)
        if stands is None or stands.erased_at is not None:
            raise PartyNotFound()
        return _contact(who, stands)
    if who.kind == "code":
        # A phone that is to be proved: it has no name yet, and nothing else is known of it.
        code = OneTimeCode.objects.filter(pk=who.id, audience="phone").first()
        if code is None:
            raise PartyNotFound()
        return Contact(who, "", sealing.unseal(code.phone, CODE_PHONE_PLACE), "", "zh-hans")
    model, table = (Agent, "people_agent") if who.kind == "agent" else (Staff, "people_staff")
    person = model.objects.filter(pk=who.id).first() if who.kind in ("agent", "staff") else None
    if person is None:
        raise PartyNotFound()
    phone = sealing.unseal(person.phone, f"{table}.phone") if person.phone else ""
    email = sealing.unseal(person.email, f"{table}.email") if person.email else ""
    return Contact(who, person.name, phone, email, "zh-hans")


def _contact(who: Ref, stands: Party) -> Contact:
    """Under the id that was asked for; a merged record is reached as the one that stands for it."""
    return Contact(
        who, stands.name, opened(stands, "phone"), opened(stands, "email"), stands.language
    )


def get_contacts(people: Iterable[Ref]) -> dict[Ref, Contact]:
    """How to reach many, customers in one statement: only for sending. Who cannot be found is absent."""
    asked = set(people)
    ids = {ref.id for ref in asked if ref.kind == "party"}
    parties = Party.objects.select_related("merged_into").filter(pk__in=ids) if ids else ()
    found = {
        (who := Ref("party", party.pk)): _contact(who, stands)
        for party in parties
        if (stands := party.merged_into or party).erased_at is None
    }
    for ref in asked:
        if ref.kind != "party":
            with suppress(PartyNotFound):
                found[ref] = get_contact(ref)
    return found


def identity_indexes(number: str, kind: str | None, today: date) -> list[str]:
    """Under what an identity number may be found, for its kind or every kind it may be."""
    indexes: list[str] = []
    for each in [kind] if kind else identities.KINDS:
        try:
            read = identities.read_identity(each, number, today=today)
        except identities.Malformed:
            continue
        indexes += sealing.blind_indexes(f"{each}:{read.number}", "identity")
    return indexes


def opened(party: Party, field: str) -> str:
    """A sealed field of a party in full. Only for this room: showing it is recorded elsewhere."""
    sealed = getattr(party, field)
    return sealing.unseal(sealed, PLACES[field]) if sealed else ""


def _visible(viewer: Access | AgentAccess | Ref) -> QuerySet[Party]:
    parties = Party.objects.filter(merged_into=None, erased_at=None)
    if isinstance(viewer, Access):
        return parties.filter(office_id__in=viewer.offices_for("people.view"))
    if isinstance(viewer, AgentAccess):
        return parties.filter(agent_id__in=viewer.agent_ids)
    return parties.filter(Q(pk=viewer.id) if viewer.kind == "party" else Q(pk__in=[]))


def _view(party: Party) -> PartyView:
    return PartyView(
        id=party.pk,
        kind=party.kind,
        name=party.name,
        masked_name=party.name
        if party.kind == Party.Kind.ORGANISATION
        else masks.mask_name(party.name),
        sex=party.sex,
        birth_date=party.birth_date,
        identity_kind=party.identity_kind,
        masked_identity=masks.mask_identity(opened(party, "identity")),
        masked_phone=masks.mask_phone(opened(party, "phone")),
        masked_email=masks.mask_email(opened(party, "email")),
        office_id=party.office_id,
        agent_id=party.agent_id,
        language=party.language,
        large_type=party.large_type,
        signs_in=party.signs_in,
        erased=party.erased_at is not None,
    )
