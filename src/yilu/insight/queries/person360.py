"""Everything about one customer on one page (客户全景): staff see it whole, an agent a part of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from yilu.claims import queries as claims
from yilu.claims.queries import ClaimCard
from yilu.claims.queries.ratings import GivenRating, ratings_of
from yilu.complaints import queries as complaints
from yilu.complaints.queries import CaseRow
from yilu.contact.queries import conversations
from yilu.contact.queries.conversations import ConversationView
from yilu.insight.queries.timeline import TimelineRow, rows_of
from yilu.insight.rules import Held, Known, Near, Prompt, Told, Trait, prompts, traits
from yilu.journal import queries as journal
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.years import full_years
from yilu.messaging import queries as messaging
from yilu.messaging.queries import MessageView
from yilu.obligations import queries as obligations
from yilu.obligations.queries import ClockView
from yilu.payments import queries as payments
from yilu.payments.queries import CollectionView, PayoutView, ReceivableView
from yilu.people import queries as people
from yilu.people.queries import Access, AgentAccess, ConsentView, PartyView
from yilu.people.queries.service import ServiceWishes, service_wishes
from yilu.policies import queries as policies
from yilu.policies.queries import PolicyRow, Values, YearOfCover
from yilu.policies.queries.around import Around, people_around
from yilu.renewals import queries as renewals
from yilu.renewals.queries import Following
from yilu.servicing import queries as servicing
from yilu.servicing.queries import RequestRow
from yilu.underwriting import queries as underwriting
from yilu.underwriting.queries import Row as ApplicationRow
from yilu.underwriting.queries.portrait import Fitting, portrait

TIMELINE = 40
LATEST = 10
LIVING = ("IN_FORCE", "GRACE")
DUE_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLine:
    """
    A policy with what it is worth and when something is due.

    ``years``: every contract of an unbroken row of renewals, empty where it is the only one; ``follows``
    what becomes of it after its year.
    """

    policy: PolicyRow
    values: Values | None
    due_on: date | None
    due_soon: bool
    years: tuple[YearOfCover, ...] = ()
    follows: Following | None = None

    @property
    def is_living(self) -> bool:
        """Whether it covers somebody now."""
        return self.policy.state in LIVING

    @property
    def year_of_cover(self) -> int:
        """The how manieth of ``years`` it is."""
        return next((n for n, each in enumerate(self.years, start=1) if each.is_this), 1)

    @property
    def may_renew(self) -> bool:
        """Whether it is a one-year contract whose holder may let us renew it (自动续保)."""
        return self.is_living and policies.is_renewable(self.policy.product_version_id)


@dataclass(frozen=True, slots=True)
class Portrayed:
    """Who a customer is: traits with their reasons (客户画像), and products on sale that fit (not what they hold)."""

    traits: tuple[Trait, ...]
    fitting: tuple[Fitting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person360:
    """
    A customer as one page shows them. None where the viewer lacks the right to that part.

    ``following`` is where an older timeline goes on. ``offers_refused``: the customer has not agreed to
    hear of products, so that gaps in their cover are not prompted and they are not portrayed.
    """

    party: PartyView
    wishes: ServiceWishes
    around: tuple[Around, ...]
    policies: tuple[PolicyLine, ...]
    applications: tuple[ApplicationRow, ...] | None
    claims: tuple[ClaimCard, ...] | None
    requests: tuple[RequestRow, ...] | None
    payouts: tuple[PayoutView, ...] | None
    collections: tuple[CollectionView, ...] | None
    receivables: tuple[ReceivableView, ...] | None
    conversations: tuple[ConversationView, ...] | None
    complaints: tuple[CaseRow, ...] | None
    messages: tuple[MessageView, ...] | None
    ratings: tuple[GivenRating, ...] | None
    consents: tuple[ConsentView, ...] | None
    promises: tuple[ClockView, ...]
    timeline: tuple[TimelineRow, ...]
    following: int | None
    prompts: tuple[Prompt, ...]
    offers_refused: bool
    portrayed: Portrayed | None

    @property
    def living(self) -> int:
        """How many policies cover somebody now."""
        return sum(line.is_living for line in self.policies)


def person(access: Access, party_id: int, at: datetime) -> Person360:
    """
    A customer of one's offices, with every part one has the right to.

    :raises PartyNotFound: nobody, or somebody of another branch: the same words.
    """
    party = people.see_party(access, party_id)
    who, office = Ref("party", party_id), party.office_id
    may_claims = access.may("claims.view", office_id=office)
    may_serve = access.may("servicing.view", office_id=office)
    may_apply = access.may("underwriting.view", office_id=office)
    consents = people.list_consents(party_id)
    shown = _common(
        party, consents, at,
        claims.list_for_party(party_id, LATEST) if may_claims else None,
        servicing.list_for_customer(party_id, limit=LATEST) if may_serve else None,
        underwriting.list_around(access, party_id, LATEST) if may_apply else None,
        may_portray=may_apply,
    )  # fmt: skip
    timeline, following = events_of(party_id)
    return replace(
        shown,
        payouts=payments.list_paid_to(party_id, limit=LATEST),
        collections=payments.list_asked_of(party_id, limit=LATEST),
        receivables=payments.list_owed_by(party_id, limit=LATEST),
        conversations=tuple(conversations.list_for_party(party_id, LATEST))
        if access.may("contact.view", office_id=office)
        else None,
        complaints=complaints.list_for_party(party_id, LATEST)
        if access.may("complaints.view", office_id=office)
        else None,
        messages=tuple(
            # The name stands in most texts; it is shown on record only (people.unmask).
            replace(each, text=each.text.replace(party.name, party.masked_name))
            for each in messaging.messages_to(who, limit=LATEST)
        ),
        ratings=ratings_of(party_id, limit=LATEST) if may_claims else None,
        consents=tuple(consents),
        timeline=timeline,
        following=following,
    )


def person_for_agent(access: AgentAccess, party_id: int, at: datetime) -> Person360:
    """
    The agent's own customer: people, policies with values, claims, requests, applications, promises,
    prompts.

    No messages, ratings, consents or payments: they are between the customer and the insurer; of traits those
    that were told to the agent themselves, and none of health.

    :raises PartyNotFound: anybody else's customer, in the same words as nobody.
    """
    party = people.see_party(access, party_id)
    found = servicing.list_for_customer(party_id, limit=LATEST)
    asked = underwriting.list_around(access, party_id, LATEST)
    seen = claims.list_for_agent(access, party_id=party_id, limit=LATEST)
    consents = people.list_consents(party_id)
    return _common(
        party, consents, at, seen, found, asked, may_portray=True, agent_ids=access.agent_ids
    )


def person_for_themselves(party_id: int, at: datetime) -> Person360:
    """
    A customer as they may see it themselves: what is theirs, and what they agreed to be told of.

    No claims, requests or money: those have pages of their own.
    """
    party = people.get_party(party_id)
    consents = people.list_consents(party_id)
    return _common(party, consents, at, None, None, None, may_portray=True)


def events_of(
    party_id: int, before: int | None = None
) -> tuple[tuple[TimelineRow, ...], int | None]:
    """A page of what happened to a customer, and where the next begins. The right is the caller's."""
    merged = people.records_of(party_id)[1:]
    found = journal.party_timeline(party_id, TIMELINE + 1, before, merged=merged)
    shown = found[:TIMELINE]
    return rows_of(shown), shown[-1].id if len(found) > TIMELINE else None


def _common(
    party: PartyView,
    consents: Sequence[ConsentView],
    at: datetime,
    seen_claims: Sequence[ClaimCard] | None,
    requests: Sequence[RequestRow] | None,
    applications: Sequence[ApplicationRow] | None,
    *,
    may_portray: bool,
    agent_ids: Collection[int] | None = None,
) -> Person360:
    today = day_of(at)
    held = policies.list_for_party(party.id)
    near = people_around(party.id)
    values = policies.values_of([each.id for each in held if each.state != "EXPIRED"], today)
    yearly = [each.id for each in held if policies.is_renewable(each.product_version_id)]
    years = policies.years_of_many(yearly) if yearly else {}
    follows = renewals.what_follows(yearly) if yearly else {}
    purposes = {c.purpose for c in consents if c.withdrawn_at is None}
    agreed = "MARKETING" in purposes
    known = _known(party, held, values, follows, near, agreed)
    portrayed = None
    if agreed:
        with_health = "HEALTH_CARE" in purposes and agent_ids is None
        portrayed = _portrayed(known, held, party, today, may_portray, agent_ids, with_health)
    subjects = [Ref("claim", c.id) for c in seen_claims or ()]
    subjects += [Ref("servicing_request", r.id) for r in requests or () if r.open]
    subjects += [Ref("application", a.id) for a in applications or ()]
    subjects += [Ref("policy", each.id) for each in held]
    return Person360(
        party=party,
        wishes=service_wishes(party.id),
        around=near,
        policies=tuple(
            _line(each, values.get(each.id), today, years.get(each.id, ()), follows.get(each.id))
            for each in held
        ),
        applications=None if applications is None else tuple(applications),
        claims=None if seen_claims is None else tuple(seen_claims),
        requests=None if requests is None else tuple(requests),
        payouts=None,
        collections=None,
        receivables=None,
        conversations=None,
        complaints=None,
        messages=None,
        ratings=None,
        consents=None,
        promises=tuple(obligations.open_promises(subjects, at)) if subjects else (),
        timeline=(),
        following=None,
        prompts=prompts(known, today),
        offers_refused=not agreed,
        portrayed=portrayed,
    )


def _portrayed(
    known: Known,
    held: Sequence[PolicyRow],
    party: PartyView,
    today: date,
    may_portray: bool,
    agent_ids: Collection[int] | None,
    with_health: bool,
) -> Portrayed:
    """What the record says, and what the customer said where the viewer may know that: two statements at most."""
    living = [each for each in held if each.state in LIVING and each.insured_id == party.id]
    told: Told | None = None
    fitting: tuple[Fitting, ...] = ()
    if may_portray and party.birth_date is not None:
        age = full_years(party.birth_date, today)
        said = portrait(party.id, age=age, on=today, agent_ids=agent_ids)
        told = Told(
            tags=[(tag.code, tag.label, tag.why) for tag in said.tags], asked_on=said.asked_on,
            relations=said.relations, occupation=said.occupation, applied_on=said.applied_on,
            declared_yes=said.declared_yes if with_health else None,
        )  # fmt: skip
        codes = {each.product_code for each in living}
        fitting = tuple(each for each in said.fitting if each.product not in codes)
    found = traits(
        birth_date=party.birth_date, around=known.around, kinds=[each.kind for each in living],
        told=told, on=today,
    )  # fmt: skip
    return Portrayed(found, fitting)


def _line(
    policy: PolicyRow,
    values: Values | None,
    today: date,
    years: tuple[YearOfCover, ...],
    follows: Following | None,
) -> PolicyLine:
    due_on = policy.paid_to if policy.state in (*LIVING, "SUSPENDED") else None
    return PolicyLine(
        policy=policy,
        values=values,
        due_on=due_on,
        due_soon=due_on is not None and due_on - today <= DUE_SOON,
        years=years if len(years) > 1 else (),
        follows=follows,
    )


def _known(
    party: PartyView,
    held: Sequence[PolicyRow],
    values: dict[int, Values],
    follows: dict[int, Following],
    near: Sequence[Around],
    agreed: bool,
) -> Known:
    return Known(
        birth_date=party.birth_date,
        policies=tuple(
            Held(
                policy_id=each.id,
                number=each.number,
                name=each.product_name,
                kind=each.kind,
                state=each.state,
                ends_on=each.ends_on,
                is_insured=each.insured_id == party.id,
                is_holder=each.holder_id == party.id,
                unclaimed=values[each.id].survival_account + values[each.id].suspense
                if each.id in values
                else ZERO,
                follows=follows[each.id].state if each.id in follows else "",
                next_premium=follows[each.id].premium if each.id in follows else None,
            )
            for each in held
        ),
        around=tuple(
            Near(masked_name=n.masked_name, birth_date=n.birth_date, kinds=n.kinds)
            for n in near
            if "INSURED" in n.is_to_them or "BENEFICIARY" in n.is_to_them
        ),
        agreed_to_offers=agreed,
    )
