"""
Find out to whom a death benefit belongs (受益人认定): one person establishes, another confirms.

The persons and what became of each are facts with proofs; the shares follow from the law
(``rules.entitlement``). A minor's guardian receives for them, and so does whoever receives for one
that has died since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from yilu.claims import events
from yilu.claims.models import ClaimType, EntitledPerson, Entitlement
from yilu.claims.operations.hand_in import Paper
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.refusals import need_reason
from yilu.claims.operations.second_pair import QUEUE, waiting_for_another
from yilu.claims.operations.unreportable import DeceasedClaimant
from yilu.claims.rules import entitlement as rules
from yilu.claims.rules.heirs import FATES, RELATIONS, Relative
from yilu.claims.rules.lifecycle import Action
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import full_years
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.work import operations as work

from .evidence import keep_evidence

PERSONS_MAX = 40
MINOR_ALONE = _("未成年的受益人须登记代领的监护人")


class NotADeathBenefit(Invalid):
    """Living benefits are the insured's own."""

    code = "not_a_death_benefit"
    message = "只有身故保险金需要认定受益人"
    hint = "其他保险金归被保险人本人。"


class BadPersons(Invalid):
    """The persons named do not fit together."""

    code = "bad_persons"
    message = "受益人或继承人的登记有误"


class NothingFoundYet(NotFound):
    """No entitlement waits for confirmation."""

    code = "nothing_found_yet"
    message = "没有待复核的受益人认定"
    hint = "请先认定受益人。"


class QuestionsOpen(Refusal):
    """The finding cannot be confirmed as it is."""

    code = "questions_open"
    message = "受益人认定还有未解决的问题，不能复核通过"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """
    Somebody who might be entitled. A named beneficiary's order and share come from the policy.

    ``through``: the dead relative they stand in for; ``receiver_id``: guardian or administrator.
    """

    party_id: int
    relation: str = "OTHER"
    fate: str = "ALIVE"
    has_heirs: bool = True
    through: int | None = None
    receiver_id: int | None = None
    evidence: Paper | None = None


@tx.use_case
def establish_entitlement(
    *, claim_id: int, persons: Sequence[Person], note: str, insured_has_heirs: bool = True,
    access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Write down who might be entitled and what became of them; the shares by law. Replaces what was
    found before; another person confirms. Returns the finding's id.

    :raises NotADeathBenefit: a living benefit. :raises NotPossibleNow: decided.
    :raises DeceasedClaimant: the insured is to receive for somebody.
    :raises BadPersons: somebody twice, a named beneficiary left out, an unknown relation or fate.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    if held.claim_type != ClaimType.DEATH:
        raise NotADeathBenefit
    held.require(Action.CALCULATE)
    named = {
        b.party_id: b for b in policies.all_beneficiaries(held.policy_id) if b.party_id is not None
    }
    _check(persons, set(named), held)
    resolution = _resolve(persons, named, insured_has_heirs)
    Entitlement.objects.filter(claim_id=held.id, state__in=["PROPOSED", "STANDS"]).update(
        state="REPLACED"
    )
    questions = [*resolution.questions, *_minors_alone(persons, resolution, at)]
    made = Entitlement.objects.create(
        claim_id=held.id, as_estate=resolution.as_estate, questions=questions,
        insured_has_heirs=insured_has_heirs, note=need_reason(note, what=_("依据")), found_by=str(actor), found_at=at,
    )  # fmt: skip
    _keep_persons(held, made, persons, named, resolution, actor, at)
    write(held, at=at)
    journal.record(
        events.EntitlementFound(
            entitlement_id=made.pk, persons=len(resolution.parts), as_estate=resolution.as_estate
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=held.ref, office_id=held.office_id, at=at, priority=30,
        title=f"受益人认定待复核：{len(resolution.parts)} 人", party_id=held.claimant_id,
    )  # fmt: skip
    return made.pk


def _resolve(
    persons: Sequence[Person], named: Mapping[int, policies.BeneficiaryView], insured_has_heirs: bool
) -> rules.Resolution:  # fmt: skip
    return rules.resolve(
        [
            rules.Named(
                key=p.party_id, ordinal=named[p.party_id].ordinal,
                share=Fraction(named[p.party_id].share), fate=p.fate,
            )
            for p in persons
            if p.party_id in named
        ],
        [
            Relative(
                key=p.party_id, relation=p.relation, fate=p.fate, through=p.through,
                has_heirs=p.has_heirs,
            )
            for p in persons
        ],
        insured_has_heirs=insured_has_heirs,
    )  # fmt: skip


def _keep_persons(
    held: Held, made: Entitlement, persons: Sequence[Person],
    named: Mapping[int, policies.BeneficiaryView], resolution: rules.Resolution, actor: Ref, at: datetime,
) -> None:  # fmt: skip
    parts = {p.key: p for p in resolution.parts}
    EntitledPerson.objects.bulk_create(
        [
            EntitledPerson(
                entitlement=made, party_id=p.party_id, named=p.party_id in named,
                ordinal=named[p.party_id].ordinal if p.party_id in named else 1,
                agreed_share=named[p.party_id].share if p.party_id in named else None,
                relation=p.relation, fate=p.fate, has_heirs=p.has_heirs, through_id=p.through,
                receiver_id=p.receiver_id,
                part=str(parts[p.party_id].part) if p.party_id in parts else "",
                law=list(parts[p.party_id].law) if p.party_id in parts else [],
                passes_on=p.party_id in parts and parts[p.party_id].passes_on,
                evidence_upload_id=keep_evidence(held, p.evidence, actor=actor, at=at),
            )
            for p in persons
        ]
    )  # fmt: skip


@tx.use_case
def confirm_entitlement(
    *, claim_id: int, entitlement_id: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A second person confirms who is entitled; the benefit is paid by it.

    :raises NothingFoundYet: nothing waits. :raises NotForOneself: whoever found it.
    :raises QuestionsOpen: nobody is entitled, or a minor or an estate has nobody to receive.
    """
    held = hold(claim_id)
    access.require("claims.review", office_id=held.office_id)
    found = waiting_for_another(
        Entitlement.objects.filter(claim_id=held.id), finding_id=entitlement_id, finder="found_by",
        none=NothingFoundYet, actor=actor,
    )  # fmt: skip
    entitled = [p for p in found.persons.all() if p.part]
    if not entitled:
        raise QuestionsOpen(rules.QUESTIONS["NOBODY"])
    alone = [p for p in entitled if p.receiver_id is None]
    if any(p.passes_on for p in alone):
        raise QuestionsOpen(rules.QUESTIONS["PASSES_ON"])
    if _minors(alone, at):
        raise QuestionsOpen(MINOR_ALONE)
    found.state, found.confirmed_by, found.confirmed_at = "STANDS", str(actor), at
    found.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    write(held, at=at)
    journal.record(
        events.EntitlementConfirmed(entitlement_id=found.pk),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue=QUEUE)


def _minors(persons: Sequence[Person | EntitledPerson], at: datetime) -> bool:
    """Whether one of them is not of age today."""
    known, today = people.list_parties([p.party_id for p in persons]), day_of(at)
    born = [known[p.party_id].birth_date for p in persons if p.party_id in known]
    return any(day is not None and full_years(day, today) < rules.ADULT_YEARS for day in born)


def _minors_alone(
    persons: Sequence[Person], resolution: rules.Resolution, at: datetime
) -> list[str]:  # fmt: skip
    """Said to whoever finds it, not only to the second person who would be refused."""
    entitled = {part.key for part in resolution.parts}
    alone = [p for p in persons if p.party_id in entitled and p.receiver_id is None]
    return [MINOR_ALONE] if alone and _minors(alone, at) else []


def _check(persons: Sequence[Person], named: set[int], held: Held) -> None:
    ids = [p.party_id for p in persons]
    if not persons or len(persons) > PERSONS_MAX:
        raise BadPersons("请登记 1 至 40 位受益人或继承人")
    if len(set(ids)) != len(ids) or held.insured_id in ids:
        raise BadPersons("同一人登记了两次，或把被保险人登记为受益人")
    if named - set(ids):
        raise BadPersons("保单指定的受益人都要登记，已故或放弃的请选择相应情形")
    if any(p.relation not in RELATIONS or p.fate not in FATES for p in persons):
        raise BadPersons("请从列出的选项中选择关系和情形")
    if any(p.receiver_id == held.insured_id for p in persons):
        raise DeceasedClaimant
    for person in persons:
        if person.relation in ("DESCENDANT", "NEPHEW") and person.through not in ids:
            raise BadPersons("代位继承人须选择其代替的已故亲属，并先登记该亲属")
        if person.through == person.party_id or person.receiver_id == person.party_id:
            raise BadPersons("代位或代领不能是本人")
    if len(people.list_parties({*ids, *(p.receiver_id for p in persons if p.receiver_id)})) < len(
        {*ids, *(p.receiver_id for p in persons if p.receiver_id)}
    ):
        raise BadPersons("有未建档的人，请先建立客户资料")
