"""What doors may read of care."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from yilu.care.models import EstimateCheck, Mediation, MonthSum, Price, PriceBook, ThirdParty
from yilu.care.operations.confirming import KIND as CONFIRMED
from yilu.care.operations.refusals import NoPriceBook
from yilu.care.queries.goers import Goer, who_may_go
from yilu.care.queries.plans import (
    GRADES,
    PlanForm,
    PlanStart,
    doubts_said,
    kind_said,
    list_plan_kinds,
    papers_said,
    plan_form,
    start_plan,
)
from yilu.care.queries.talks import ENDED, MINE, OPEN, PROMISE, TalksRow, list_talks
from yilu.care.queries.visits import (
    LinkView,
    TalkView,
    VisitView,
    claims_of_visits,
    get_visit,
    is_sharing,
    list_visits,
    seen_visits,
    view_of,
    visit_by_link,
    visits_of_customer,
    visits_of_person,
)
from yilu.care.rules.plans import Answer, Worked
from yilu.care.rules.prices import KINDS as PRICE_KINDS
from yilu.care.rules.prices import Estimated, PriceLine
from yilu.care.rules.visits import (
    CANCELLED_FOR,
    CHECKS,
    KINDS,
    OF_CLAIMS,
    RESULTS,
    SAFETY,
    STATES,
    TALKS,
    WECHAT,
    arranged_by,
)
from yilu.claims import queries as claims
from yilu.kernel import masks, tx
from yilu.letters import queries as letters
from yilu.people import queries as people
from yilu.people.queries import Access

__all__ = [
    "CANCELLED_FOR",
    "CHECKS",
    "ENDED",
    "GRADES",
    "KINDS",
    "MINE",
    "OF_CLAIMS",
    "OPEN",
    "OUTCOMES",
    "PRICE_KINDS",
    "PROMISE",
    "RESULTS",
    "SAFETY",
    "STATES",
    "TALKS",
    "WECHAT",
    "Answer",
    "BookView",
    "CareOfClaim",
    "Estimated",
    "Goer",
    "LinkView",
    "MediationView",
    "PlanForm",
    "PlanStart",
    "TalkView",
    "TalksRow",
    "ThirdPartyView",
    "VisitView",
    "Worked",
    "arranged_by",
    "care_of_claim",
    "claims_of_visits",
    "count_services",
    "doubts_said",
    "get_visit",
    "has_third_party",
    "is_sharing",
    "list_books",
    "list_plan_kinds",
    "list_prices",
    "list_talks",
    "list_visits",
    "papers_said",
    "plan_form",
    "start_plan",
    "visit_by_link",
    "visits_of_customer",
    "visits_of_person",
    "who_may_go",
]

OUTCOMES = {code: str(label) for code, label in EstimateCheck.Outcome.choices}
LIST_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MediationView:
    """A mediation with its basis and its offers; ``doubts``: why a lead sees the plan first, and about what."""

    id: int
    state: str
    state_label: str
    kind_label: str
    third_party_id: int | None
    hurt: str
    papers: tuple[str, ...]
    why_without: str
    doubts: tuple[tuple[str, str], ...]
    planned_by: str
    returned_for: str
    basis: tuple[tuple[str, Decimal, str], ...]
    plan_amount: Decimal
    agreed_amount: Decimal | None
    words: str
    aid_reason: str
    aid_words: str
    planned_at: datetime
    next_on: date | None
    staff_id: int | None
    staff_name: str
    bids: tuple[tuple[bool, Decimal, str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyView:
    """A third-party claimant on a claim."""

    id: int
    party_id: int
    masked_name: str
    relation_label: str
    demand: Decimal | None
    verified_at: datetime | None
    account_id: int | None
    accounts: tuple[people.AccountView, ...]
    direct: claims.DirectPart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CareOfClaim:
    """Everything of this room about one claim."""

    claim: claims.ClaimCard
    visits: tuple[VisitView, ...]
    mediations: tuple[MediationView, ...]
    third_parties: tuple[ThirdPartyView, ...]
    agreements: tuple[letters.LetterView, ...] = ()
    """The letters in which agreements of the talks were confirmed, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookView:
    """A price book in force."""

    id: int
    region: str
    number: int
    effective_from: datetime
    lines: int
    source: str


def care_of_claim(claim_id: int, access: Access) -> CareOfClaim:
    """Everything about one claim. :raises ClaimNotFound: not theirs."""
    card = claims.get_for_staff(claim_id, access)
    visits = seen_visits().filter(claim_id=claim_id)
    mediations = (
        Mediation.objects.select_related("staff", "third_party__party")
        .filter(claim_id=claim_id)
        .prefetch_related("bids")
    )
    thirds = ThirdParty.objects.select_related("party").filter(claim_id=claim_id)
    direct = {d.party_id: d for d in claims.direct_parts_of(claim_id)} if thirds else {}
    return CareOfClaim(
        claim=card, visits=tuple(view_of(v) for v in visits.order_by("-pk")),
        mediations=tuple(_mediation(m) for m in mediations.order_by("-pk")),
        third_parties=tuple(
            ThirdPartyView(
                id=t.pk, party_id=t.party_id, masked_name=masks.mask_name(t.party.name),
                relation_label=ThirdParty.Relation(t.relation).label, demand=t.demand,
                verified_at=t.verified_at, account_id=t.account_id,
                accounts=tuple(people.list_accounts(t.party_id)), direct=direct.get(t.party_id),
            )
            for t in thirds.order_by("pk")
        ),
        agreements=tuple(n for n in letters.list_letters(card.ref) if n.kind == CONFIRMED),
    )  # fmt: skip


_OPEN = """
    select kind, count(*) from care_visit
     where office_id = any(%(offices)s::bigint[]) and state in ('ASKED', 'PLANNED', 'ON_WAY', 'ARRIVED')
     group by kind
    union all
    select 'MEDIATION', count(*) from care_mediation
     where office_id = any(%(offices)s::bigint[]) and state in ('PREPARED', 'PLANNED', 'TALKING', 'LEGAL_AID')
"""
_THIRD = """
    select count(*) filter (where c.closed_at is null), count(*) filter (where c.closed_at is not null)
      from care_thirdparty t join claims_claim c on c.id = t.claim_id
     where c.office_id = any(%(offices)s::bigint[])
"""


def count_services(office_ids: Collection[int]) -> dict[str, tuple[int, int]]:
    """
    Of all services of these offices how many are open and over, by kind.

    Visits and mediations under way are counted in their index, all of them are sums of months; third parties
    are as many as were entered, and open as long as their claim.
    """
    given = {"offices": sorted(office_ids)}
    still = {str(kind): int(n) for kind, n in tx.rows(_OPEN, given)}
    begun = MonthSum.objects.filter(office_id__in=office_ids).values_list("kind")
    found = {
        kind: (still.get(kind, 0), n - still.get(kind, 0))
        for kind, n in begun.annotate(n=Sum("begun"))
    }
    [(open_, over)] = tx.rows(_THIRD, given)
    return found | {"THIRD_PARTY": (int(open_), int(over))}


def has_third_party(claim_id: int) -> bool:
    """Whether a third person claims under it."""
    return ThirdParty.objects.filter(claim_id=claim_id).exists()


def list_books(at: datetime) -> tuple[BookView, ...]:
    """The newest book of every region."""
    found = PriceBook.objects.filter(effective_from__lte=at).order_by("region", "-number")
    return tuple(
        BookView(
            id=b.pk, region=b.region, number=b.number, effective_from=b.effective_from,
            lines=b.lines_count, source=b.source,
        )
        for b in found.distinct("region")
    )  # fmt: skip


def list_prices(region: str, at: datetime, *, find: str = "") -> tuple[PriceLine, ...]:
    """Prices of a region's book in force, by code. :raises NoPriceBook: where there is none."""
    prices = Price.objects.filter(book_id=_book(region, at).pk)
    if find:
        prices = prices.filter(name__contains=find) | prices.filter(code__startswith=find)
    return tuple(
        PriceLine(0, p.code, p.name, p.kind, p.unit, p.price)
        for p in prices.order_by("code")[:LIST_MAX]
    )


def _book(region: str, at: datetime) -> PriceBook:
    found = PriceBook.objects.filter(region=region, effective_from__lte=at).order_by("-number")
    book = found.first()
    if book is None:
        raise NoPriceBook
    return book


def _mediation(made: Mediation) -> MediationView:
    return MediationView(
        id=made.pk, state=made.state, state_label=Mediation.State(made.state).label,
        kind_label=kind_said(made.kind), papers=papers_said(made.said.get("papers", [])),
        third_party_id=made.third_party_id,
        hurt=masks.mask_name(made.third_party.party.name) if made.third_party else "",
        why_without=made.why_without, doubts=doubts_said(made.doubts),
        planned_by=made.planned_by, returned_for=made.returned_for,
        basis=tuple((name, Decimal(amount), ground) for name, amount, ground in made.basis),
        plan_amount=made.plan_amount, agreed_amount=made.agreed_amount, words=made.words,
        aid_reason=made.aid_reason, aid_words=made.aid_words, planned_at=made.planned_at,
        next_on=made.next_on, staff_id=made.staff_id,
        staff_name=made.staff.name if made.staff else "",
        bids=tuple((b.ours, b.amount, b.reason, b.made_at) for b in made.bids.all()),
    )  # fmt: skip
