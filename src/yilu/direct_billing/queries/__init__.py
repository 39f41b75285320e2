"""What doors may read of direct billing: frozen rows for screens, the API and the desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from yilu.claims.queries import numbers_of
from yilu.direct_billing import spreadsheets
from yilu.direct_billing.models import (
    Authorisation,
    Batch,
    BatchRow,
    Credential,
    Guarantee,
    MonthSum,
    Partner,
    Visit,
)
from yilu.direct_billing.operations.refusals import BatchNotFound, NotAPartner, VisitNotFound
from yilu.direct_billing.operations.trying import being_made, trial_so_far
from yilu.direct_billing.rules.lifecycle import OPEN, STATE_LABELS, State, owed_by_patient
from yilu.direct_billing.rules.words import AUTHORISATION, TEXT_VERSION
from yilu.direct_billing.signing import SCOPES, sign
from yilu.kernel.money import ZERO
from yilu.people import queries as people
from yilu.people.queries import Access

from .card import stay_covers
from .network import hospitals_for, providers_to_open
from .problems import batch_problem_kinds, batch_problems

PAGE = 50
FILE_MAX = spreadsheets.BYTES_MAX
"""How many bytes a batch file may have."""
__all__ = [
    "SCOPES",
    "STATE_LABELS",
    "batch_problem_kinds",
    "batch_problems",
    "hospitals_for",
    "providers_to_open",
    "sign",
    "stay_covers",
]
STATEMENT = ("就诊编号", "类别", "就诊日期", "费用合计", "个人部分", "保险支付", "状态")


@dataclass(frozen=True, slots=True)
class PartnerView:
    """A partner as lists and pages show it."""

    id: int
    provider_id: int
    code: str
    name: str
    kind: str
    office_id: int
    guarantee_limit: Decimal
    active: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key of a partner's, without its secret."""

    key_id: str
    scopes: tuple[str, ...]
    made_at: datetime
    works_until: datetime | None


@dataclass(frozen=True, slots=True)
class GuaranteeView:
    """A guarantee as the desk and the hospital see it."""

    id: int
    state: str
    state_label: str
    amount: Decimal
    letter_id: int | None
    asked_at: datetime
    expires_on: date | None
    reason: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit with its sums; ``owes`` is what the patient pays at the hospital's desk."""

    id: int
    number: str
    kind_label: str
    state: str
    state_label: str
    partner_id: int
    hospital: str
    party_id: int
    patient: str
    begun_on: date
    department: str
    expected: Decimal | None
    total: Decimal | None
    own_part: Decimal | None
    benefit: Decimal | None
    owes: Decimal | None
    claim_id: int | None
    claim_number: str
    opened_at: datetime
    discharged_at: datetime | None
    settled_at: datetime | None
    paid_at: datetime | None
    guarantee: GuaranteeView | None

    @property
    def is_open(self) -> bool:
        """Whether the bill is still to come."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class AuthorisationView:
    """What a customer agreed to, with whom."""

    id: int
    partner_id: int
    hospital: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch and how far it is."""

    id: int
    partner_id: int
    hospital: str
    filename: str
    state: str
    state_label: str
    problem: str
    total: int
    staged: int
    settled: int
    in_review: int
    known: int
    bad: int
    waiting: int
    cancelled: int
    benefit: Decimal
    received_at: datetime
    done_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether more is to come."""
        return self.state in ("RECEIVED", "READING", "RUNNING")

    @property
    def percent(self) -> int:
        """How much of it has its answer."""
        if not self.total:
            return 0 if self.is_running else 100
        return 100 * (self.total - self.waiting - max(0, self.total - self.staged)) // self.total


@dataclass(frozen=True, slots=True)
class BatchSource:
    """Where a batch's file lies, and how far it was."""

    filename: str
    storage_key: str
    state: str
    provider_name: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A month with a partner, by state (月结单)."""

    state_label: str
    visits: int
    total: Decimal
    benefit: Decimal


def partner_of_code(code: str) -> PartnerView:
    """An active partner by its provider's code. :raises NotAPartner: none."""
    partner = (
        Partner.objects.select_related("provider").filter(provider__code=code, active=True).first()
    )
    if partner is None:
        raise NotAPartner
    return _partner(partner)


def get_partner(access: Access, partner_id: int) -> PartnerView:
    """One partner within one's offices. :raises NotAPartner: none there."""
    partner = _partners(access).filter(pk=partner_id).first()
    if partner is None:
        raise NotAPartner
    return _partner(partner)


def list_partners(access: Access) -> list[PartnerView]:
    """The partners of one's offices, by name."""
    return [_partner(p) for p in _partners(access).order_by("provider__name", "pk")]


def list_keys(partner_id: int) -> list[KeyView]:
    """The keys of a partner, the latest first."""
    return [
        KeyView(k.key_id, tuple(k.scopes), k.made_at, k.works_until)
        for k in Credential.objects.filter(partner_id=partner_id).order_by("-pk")[:20]
    ]


def authorisation_text() -> tuple[str, tuple[str, ...]]:
    """The text a patient agrees to, and its version."""
    return TEXT_VERSION, AUTHORISATION


def has_authorised(party_id: int, partner_id: int) -> bool:
    """Whether the customer's agreement with this partner stands."""
    return Authorisation.objects.filter(
        party_id=party_id, partner_id=partner_id, withdrawn_at=None
    ).exists()


def list_authorisations(party_id: int) -> list[AuthorisationView]:
    """A customer's agreements, those in force first."""
    rows = Authorisation.objects.select_related("partner__provider").filter(party_id=party_id)
    return [
        AuthorisationView(a.pk, a.partner_id, a.partner.provider.name, a.given_at, a.withdrawn_at)
        for a in rows.order_by("withdrawn_at", "-pk")[:PAGE]
    ]


def visit_for_partner(partner_id: int, number: str) -> VisitView:
    """A partner's own visit. :raises VisitNotFound: none of theirs."""
    return _one(_visits().filter(partner_id=partner_id, number=number[:40]))


def visit_for_customer(party_id: int, visit_id: int) -> VisitView:
    """A customer's own visit. :raises VisitNotFound: not theirs."""
    return _one(_visits().filter(party_id=party_id, pk=visit_id))


def visits_of_customer(party_id: int) -> list[VisitView]:
    """A customer's visits, the latest first."""
    return _views(_visits().filter(party_id=party_id).order_by("-pk")[:PAGE])


def visit_for_staff(access: Access, visit_id: int) -> VisitView:
    """A visit within one's offices. :raises VisitNotFound: none there."""
    return _one(_visits().filter(pk=visit_id, partner__in=_partners(access)))


def visits_by_state(
    access: Access, state: str = "", *, partner_id: int | None = None, before: int | None = None
) -> list[VisitView]:
    """The visits of one's offices in a state, the latest first, a page before an id."""
    rows = _visits().filter(partner__in=_partners(access))
    if state:
        rows = rows.filter(state=state)
    if partner_id is not None:
        rows = rows.filter(partner_id=partner_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _views(rows.order_by("-pk")[:PAGE])


def count_visits(office_ids: Collection[int]) -> tuple[int, int]:
    """
    Of all visits of these offices' partners, how many are open and how many over.

    The open ones are counted in their index, as many as lie in hospital; all of them are sums of months.
    """
    partners = Partner.objects.filter(office_id__in=office_ids)
    open_states = [s.value for s in (*OPEN, State.IN_DOUBT)]
    still = Visit.objects.filter(partner__in=partners, state__in=open_states).count()
    begun = MonthSum.objects.filter(partner__in=partners).aggregate(n=Sum("begun"))["n"] or 0
    return still, begun - still


def guarantees_to_decide(access: Access) -> list[VisitView]:
    """Visits whose guarantee waits for a person."""
    rows = _visits().filter(
        partner__in=_partners(access), guarantees__state__in=["ASKED", "PROPOSED"]
    )
    return _views(rows.order_by("pk")[:PAGE])


def monthly_statement(partner_id: int, month: date) -> list[StatementRow]:
    """What was settled with a partner in a month, by state (按结算时间)."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    rows = (
        Visit.objects.filter(
            partner_id=partner_id, discharged_at__date__gte=month, discharged_at__date__lt=following
        )
        .values("state")
        .annotate(visits=Count("pk"), total=Sum("total"), benefit=Sum("benefit"))
        .order_by("state")
    )
    return [
        StatementRow(
            STATE_LABELS[r["state"]], r["visits"], r["total"] or ZERO, r["benefit"] or ZERO
        )
        for r in rows
    ]


def statement_rows(partner_id: int, month: date) -> Iterable[tuple[str, ...]]:
    """Every visit of a partner's month, for its workbook; no names: the hospital knows its numbers."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    rows = Visit.objects.filter(
        partner_id=partner_id, discharged_at__date__gte=month, discharged_at__date__lt=following
    ).order_by("pk")
    for v in rows.iterator(chunk_size=2000):
        yield (
            v.number, Visit.Kind(v.kind).label, v.begun_on.isoformat(), str(v.total), str(v.own_part),
            "" if v.benefit is None else str(v.benefit), STATE_LABELS[v.state],
        )  # fmt: skip


def statement_workbook(partner_id: int, month: date) -> bytes:
    """A partner's month as a workbook."""
    return spreadsheets.workbook(STATEMENT, statement_rows(partner_id, month))


def problems_workbook(batch_id: int) -> bytes:
    """The rows of a batch that were not settled, as a workbook for the hospital."""
    return spreadsheets.workbook(("行号", "就诊编号", "列", "问题"), batch_problems(batch_id))


def template_workbook() -> bytes:
    """An empty file with our columns and an example."""
    return spreadsheets.template()


def batch_source(batch_id: int) -> BatchSource:
    """A batch's file, for the job that reads it."""
    batch = Batch.objects.select_related("partner__provider").get(pk=batch_id)
    return BatchSource(batch.filename, batch.storage_key, batch.state, batch.partner.provider.name)


def batch_for_partner(partner_id: int, batch_id: int) -> BatchView:
    """A partner's own batch. :raises BatchNotFound: none of theirs."""
    return _batch(Batch.objects.filter(partner_id=partner_id, pk=batch_id))


@dataclass(frozen=True, slots=True)
class Trial:
    """The demo's batch to try with: how far its people are, then its file and batch."""

    rows: int
    done: int
    file: str
    batch: BatchView | None
    being_made: bool

    @property
    def percent(self) -> int:
        """Of the people, how many are insured and have agreed."""
        return 100 * self.done // self.rows


def latest_trial(at: datetime) -> Trial | None:
    """The demo's latest batch to try with; None before there was one."""
    told = trial_so_far()
    if not told.get("rows"):
        return None
    found = Batch.objects.select_related("partner__provider").filter(pk=told.get("batch", 0))
    batch = _batch_view(found[0]) if found else None
    return Trial(told["rows"], told.get("done", 0), told.get("file", ""), batch, being_made(at))


def batch_for_staff(access: Access, batch_id: int) -> BatchView:
    """A batch within one's offices. :raises BatchNotFound: none there."""
    return _batch(Batch.objects.filter(partner__in=_partners(access), pk=batch_id))


def list_batches(access: Access, partner_id: int | None = None) -> list[BatchView]:
    """The latest batches of one's offices."""
    rows = Batch.objects.filter(partner__in=_partners(access))
    if partner_id is not None:
        rows = rows.filter(partner_id=partner_id)
    rows = rows.select_related("partner__provider").order_by("-pk")[:20]
    return [_batch_view(b) for b in rows]


def _partners(access: Access) -> QuerySet[Partner]:
    mine = access.offices_for("claims.view") | access.offices_for("people.staff")
    return Partner.objects.select_related("provider").filter(office_id__in=mine)


def _partner(p: Partner) -> PartnerView:
    return PartnerView(
        p.pk, p.provider_id, p.provider.code, p.provider.name, p.provider.kind, p.office_id,
        p.guarantee_limit, p.active, p.joined_at,
    )  # fmt: skip


def _visits() -> QuerySet[Visit]:
    return Visit.objects.select_related("partner__provider")


def _one(rows: QuerySet[Visit]) -> VisitView:
    views = _views(rows[:1])
    if not views:
        raise VisitNotFound
    return views[0]


def _views(rows: Iterable[Visit]) -> list[VisitView]:
    visits = list(rows)
    guarantees: dict[int, Guarantee] = {}
    for each in Guarantee.objects.filter(visit__in=visits).order_by("pk"):
        guarantees[each.visit_id] = each
    names = people.list_parties(v.party_id for v in visits)
    numbers = numbers_of([v.claim_id for v in visits if v.claim_id is not None])
    return [_view(v, guarantees.get(v.pk), names[v.party_id].masked_name, numbers) for v in visits]


def _view(v: Visit, given: Guarantee | None, patient: str, numbers: dict[int, str]) -> VisitView:
    word = given.amount if given is not None and given.state in ("ISSUED", "USED") else None
    owes = None
    if v.own_part is not None and v.state != State.CANCELLED:
        owes = owed_by_patient(v.own_part, v.benefit, word)
    return VisitView(
        id=v.pk, number=v.number, kind_label=Visit.Kind(v.kind).label, state=v.state,
        state_label=STATE_LABELS[v.state], partner_id=v.partner_id, hospital=v.partner.provider.name,
        party_id=v.party_id, patient=patient, begun_on=v.begun_on, department=v.department,
        expected=v.expected, total=v.total, own_part=v.own_part, benefit=v.benefit, owes=owes,
        claim_id=v.claim_id, claim_number=numbers.get(v.claim_id or 0, ""), opened_at=v.opened_at,
        discharged_at=v.discharged_at, settled_at=v.settled_at, paid_at=v.paid_at,
        guarantee=None if given is None else _guarantee(given),
    )  # fmt: skip


def _guarantee(g: Guarantee) -> GuaranteeView:
    return GuaranteeView(
        g.pk, g.state, Guarantee.State(g.state).label, g.amount, g.letter_id, g.asked_at,
        g.expires_on, g.reason, g.decided_by,
    )  # fmt: skip


def _batch(rows: QuerySet[Batch]) -> BatchView:
    batch = rows.select_related("partner__provider").first()
    if batch is None:
        raise BatchNotFound
    return _batch_view(batch)


def _batch_view(b: Batch) -> BatchView:
    found = (
        BatchRow.objects.filter(batch_id=b.pk)
        .values_list("state")
        .annotate(n=Count("pk"), money=Sum("benefit", filter=Q(state="SETTLED")))
    )
    count: Counter[str] = Counter()
    benefit = ZERO
    for state, n, money in found:
        count[state] = n
        benefit += money or ZERO
    return BatchView(
        id=b.pk, partner_id=b.partner_id, hospital=b.partner.provider.name, filename=b.filename,
        state=b.state, state_label=Batch.State(b.state).label, problem=b.problem,
        total=max(b.total, count.total()), staged=count.total(), settled=count["SETTLED"],
        in_review=count["REVIEW"], known=count["KNOWN"], bad=count["BAD"],
        waiting=count["WAITING"] + count["SINGLY"], cancelled=count["CANCELLED"], benefit=benefit,
        received_at=b.received_at, done_at=b.done_at,
    )  # fmt: skip
