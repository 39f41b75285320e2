"""Everything about one customer on one page (客户全景): staff see it whole, an agent a part of it."""

from __future__ import annotations

from collections.abc import Sequence
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
from yilu.insight.rules import Held, Known, Near, Prompt, prompts
from yilu.journal import queries as journal
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Person360:
    """
    A customer as one page shows them. None where the viewer lacks the right to that part.

    ``following`` is where an older timeline goes on. ``offers_refused``: the customer has not agreed to
    hear of products, so that gaps in their cover are not prompted.
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
    shown = _common(
        party, at,
        claims.list_for_party(party_id, LATEST) if may_claims else None,
        servicing.list_for_customer(party_id, limit=LATEST) if may_serve else None,
        underwriting.list_around(access, party_id, LATEST) if may_apply else None,
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
        consents=tuple(people.list_consents(party_id)),
        timeline=timeline,
        following=following,
    )


def person_for_agent(access: AgentAccess, party_id: int, at: datetime) -> Person360:
    """
    The agent's own customer: people, policies with values, claims, requests, applications, promises,
    prompts.

    No messages, ratings, consents or payments: they are between the customer and the insurer.

    :raises PartyNotFound: anybody else's customer, in the same words as nobody.
    """
    party = people.see_party(access, party_id)
    found = servicing.list_for_customer(party_id, limit=LATEST)
    asked = underwriting.list_around(access, party_id, LATEST)
    seen = claims.list_for_agent(access, party_id=party_id, limit=LATEST)
    return _common(party, at, seen, found, asked)


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
    at: datetime,
    seen_claims: Sequence[ClaimCard] | None,
    requests: Sequence[RequestRow] | None,
    applications: Sequence[ApplicationRow] | None,
) -> Person360:
    today = day_of(at)
    held = policies.list_for_party(party.id)
    near = people_around(party.id)
    values = policies.values_of([each.id for each in held if each.state != "EXPIRED"], today)
    yearly = [each.id for each in held if policies.is_renewable(each.product_version_id)]
    years = policies.years_of_many(yearly) if yearly else {}
    follows = renewals.what_follows(yearly) if yearly else {}
    consents = {c.purpose for c in people.list_consents(party.id) if c.withdrawn_at is None}
    agreed = "MARKETING" in consents
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
        prompts=prompts(_known(party, held, values, follows, near, agreed), today),
        offers_refused=not agreed,
    )


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
