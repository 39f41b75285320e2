"""Who shares a death benefit, as found and confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from yilu.claims.models import EntitledPerson, Entitlement
from yilu.claims.rules.entitlement import QUESTIONS, deal
from yilu.claims.rules.heirs import FATES, RELATIONS
from yilu.kernel.refs import Ref
from yilu.people import queries as people

from .views import ClaimCard


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who might be entitled, and to what."""

    party_id: int
    name: str
    relation: str
    relation_label: str
    named: bool
    ordinal: int
    agreed_share: Decimal | None
    fate: str
    fate_label: str
    has_heirs: bool
    through_id: int | None
    part: str
    percent: Decimal
    law: tuple[str, ...]
    receiver_id: int | None
    receiver: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class EntitlementView:
    """Who is entitled to a death benefit as found, and whether it is confirmed."""

    id: int
    state: str
    state_label: str
    as_estate: bool
    questions: tuple[str, ...]
    note: str
    found_by: str
    found_at: datetime
    confirmed_by: str
    persons: tuple[PersonView, ...]


def entitlement(card: ClaimCard, benefit: Decimal | None) -> EntitlementView | None:
    """The latest finding of a claim; ``benefit`` deals the amounts out for a look."""
    found = (
        Entitlement.objects.filter(claim_id=card.id)
        .exclude(state="REPLACED")
        .order_by("-pk")
        .first()
    )
    if found is None:
        return None
    persons = list(found.persons.order_by("ordinal", "id"))
    ids = {p.party_id for p in persons} | {p.receiver_id for p in persons if p.receiver_id}
    parties = people.list_parties(ids)
    names = people.names_of(Ref.parse(t) for t in (found.found_by, found.confirmed_by) if t)
    amounts = _amounts(persons, benefit)
    return EntitlementView(
        id=found.pk, state=found.state, state_label=found.get_state_display(),
        as_estate=found.as_estate, questions=tuple(QUESTIONS[q] for q in found.questions),
        note=found.note, found_by=names.get(Ref.parse(found.found_by), ""), found_at=found.found_at,
        confirmed_by=names.get(Ref.parse(found.confirmed_by), "") if found.confirmed_by else "",
        persons=tuple(
            PersonView(
                party_id=p.party_id, name=parties[p.party_id].name,
                relation=p.relation, relation_label=RELATIONS.get(p.relation, ""), named=p.named,
                ordinal=p.ordinal, agreed_share=p.agreed_share, fate=p.fate,
                fate_label=FATES[p.fate], has_heirs=p.has_heirs, through_id=p.through_id, part=p.part,
                percent=_percent(p.part), law=tuple(p.law),
                receiver_id=p.receiver_id,
                receiver=parties[p.receiver_id].name if p.receiver_id else "",
                amount=amounts.get(p.party_id),
            )
            for p in persons
        ),
    )  # fmt: skip


def _percent(part: str) -> Decimal:
    exact = Fraction(part) if part else Fraction(0)
    return (Decimal(exact.numerator) * 100 / exact.denominator).quantize(Decimal("0.01"))


def _amounts(persons: list[EntitledPerson], benefit: Decimal | None) -> dict[int, Decimal]:
    parts = [(p.party_id, Fraction(p.part)) for p in persons if p.part]
    return dict(deal(benefit, parts)) if benefit and parts else {}
