"""What a recovery may come from: whom we served, at which office, and who served."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.contact import queries as contact
from yilu.journal import queries as journal
from yilu.kernel.refs import Ref
from yilu.obligations.queries import broken
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality.inspection_refusals import InspectionNotFound
from yilu.quality.models import Correction, Finding, Inspection
from yilu.quality.rules.recovering import HANDLED_WRONGLY


@dataclass(frozen=True, slots=True)
class Origin:
    """The service, its customer where one is known, its office, and the colleagues who served."""

    subject: Ref
    party_id: int | None
    office_id: int
    servers: frozenset[int]


def origin_of(origin: Ref, *, party_id: int | None = None) -> Origin:
    """
    What an inspection, a finding, a missed promise (its clock), a correction or a case is about.

    ``party_id`` is the customer whom a correction concerned: a list of an office names none.
    :raises InspectionNotFound: if there is nothing of the kind that may be put right.
    """
    if origin.kind == "inspection":
        found = _of_an_inspection(origin.id)
    elif origin.kind == "finding":
        found = _of_a_finding(origin.id)
    elif origin.kind == "clock":
        found = _of_a_missed_promise(origin.id)
    elif origin.kind == "correction":
        found = _of_a_correction(origin.id, party_id)
    elif origin.kind in HANDLED_WRONGLY:
        found = _of_a_case(origin)
    else:
        found = None
    if found is None:
        raise InspectionNotFound
    return found


def seen_customer(party_id: int | None, access: Access) -> int | None:
    """A customer somebody names, if they may see them. :raises PartyNotFound: as for whoever is not there."""
    return people.see_party(access, party_id).id if party_id else None


def _of_an_inspection(number: int) -> Origin | None:
    seen = Inspection.objects.filter(pk=number).exclude(state="WAITING").first()
    if seen is None:
        return None
    subject, party_id = Ref.parse(seen.subject), seen.party_id
    if party_id is None and subject.kind == "conversation":
        party_id = contact.get_conversation(subject.id).party_id
    return Origin(subject, party_id, seen.office_id, frozenset([seen.staff_id]))


def _of_a_finding(number: int) -> Origin | None:
    found = Finding.objects.filter(pk=number).first()
    if found is None:
        return None
    talk = contact.get_conversation(found.conversation_id)
    return Origin(
        Ref("conversation", talk.id), talk.party_id, found.office_id, frozenset([found.seat_id])
    )


def _of_a_missed_promise(number: int) -> Origin | None:
    promise = broken.missed(number)
    if promise is None:
        return None
    office_id = promise.office_id or _office_of(promise.party_id)
    return Origin(promise.about, promise.party_id, office_id, _acted(promise.about))


def _of_a_correction(number: int, party_id: int | None) -> Origin | None:
    row = Correction.objects.filter(pk=number).first()
    if row is None:
        return None
    return Origin(Ref("audit", row.audit_id), party_id, row.office_id, frozenset([row.owner_id]))


def _of_a_case(about: Ref) -> Origin | None:
    events = journal.timeline(about)
    if not events:
        return None
    party_id = next((each.party_id for each in events if each.party_id is not None), None)
    offices = (int(each.facts.get("office_id") or 0) for each in events)
    office_id = next((office for office in offices if office), 0) or _office_of(party_id)
    return Origin(about, party_id, office_id, _acted(about))


def _acted(about: Ref) -> frozenset[int]:
    """The colleagues who did something in a case: none of them explains it to the customer."""
    events = journal.timeline(about)
    return frozenset(each.actor.id for each in events if each.actor.kind == "staff")


def _office_of(party_id: int | None) -> int:
    if party_id is None:
        return people.head_office_id()
    return people.get_party(party_id).office_id
