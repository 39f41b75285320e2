"""The hard cases as screens and jobs read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from yilu.claims.models import (
    Agreement,
    CareOrder,
    CasePart,
    Decision,
    DeclaredDeath,
    Instalment,
    Investigation,
    InvestigationStep,
    KnowledgeEvent,
    LateInterest,
    Mention,
    MisstatedAge,
    PaidElsewhere,
    PolicyOrder,
    Recovery,
    RowExport,
)
from yilu.claims.open_work import Filters
from yilu.claims.operations.hard.coordinating import before
from yilu.claims.operations.hard.instalments import due_instalments
from yilu.claims.operations.investigate import FAULTS
from yilu.claims.operations.late import sentence_of
from yilu.claims.operations.sharing import benefit_payouts
from yilu.claims.rules import rescission as rescinding
from yilu.claims.rules import vanished
from yilu.claims.rules.authority import HANDLES, TALKS
from yilu.claims.rules.case import BILLED
from yilu.claims.rules.heirs import FATES, RELATIONS
from yilu.claims.rules.lifecycle import Action, sources
from yilu.claims.rules.misstated import WAYS
from yilu.documents import queries as documents
from yilu.gateways.fact_checks import Found
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.payments import queries as payments
from yilu.people import queries as people
from yilu.policies import queries as policies

from .cards import list_related
from .views import ClaimCard

STEP_KINDS = tuple(InvestigationStep.Kind.choices)
STEP_RESULTS = tuple(InvestigationStep.Result.choices)
RELATION_CHOICES = tuple(RELATIONS.items())
FATE_CHOICES = tuple(FATES.items())
FAULT_CHOICES = tuple((k, v) for k, v in FAULTS.items() if k)
RECOVERY_CAUSES = tuple(Recovery.Cause.choices)
AREAS = tuple(CasePart.Area.choices)
AGREEMENT_KINDS = tuple(Agreement.Kind.choices)
CARE_KINDS = tuple(each for each in CareOrder.Kind.choices if each[0] != CareOrder.Kind.ADVANCE)
"""Help that is arranged; money is asked for on a form of its own."""
ADVANCE_SCENES = tuple(CareOrder.Scene.choices)
ADVANCE_STATES = frozenset(
    state.value for action in (Action.PAY_AHEAD, Action.PAY_UNDISPUTED) for state in sources(action)
)
ADVANCE_TYPES = BILLED - {"ALLOWANCE"}
"""What costs may be advanced for before a bill is there."""

__all__ = [
    "AGREEMENT_KINDS",
    "AREAS",
    "CARE_KINDS",
    "FATE_CHOICES",
    "FAULT_CHOICES",
    "RECOVERY_CAUSES",
    "RELATION_CHOICES",
    "STEP_KINDS",
    "STEP_RESULTS",
    "asked_export",
    "coordination",
    "declared_death",
    "due_instalments",
    "investigation",
    "money_back",
    "rescission",
    "steps_with_third_parties",
    "team",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of an investigation."""

    id: int
    ordinal: int
    kind: str
    kind_label: str
    task: str
    owner_id: int
    owner: str
    due_at: datetime
    late: bool
    state: str
    state_label: str
    receipt: str
    answer: str
    result_label: str
    finding: str
    evidence_upload_id: int | None
    done_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether a result is still awaited."""
        return self.state not in ("DONE", "DROPPED")


@dataclass(frozen=True, slots=True)
class Plan:
    """The latest investigation of a claim with its plan."""

    id: int
    reason: str
    question: str
    opened_by: str
    opened_at: datetime
    due_at: datetime | None
    late: bool
    steps: tuple[StepView, ...]
    proposed_finding: str
    report: str
    reported_by: str
    reported_at: datetime | None
    reporter: str
    finding_label: str
    conclusion: str
    closed_at: datetime | None
    consented_at: datetime | None  # when the customer let others be asked

    @property
    def done(self) -> int:
        """How many steps have their result."""
        return sum(not s.open for s in self.steps)


_ANSWERS = {
    Found.MATCHES: InvestigationStep.Result.SUPPORTS,
    Found.DIFFERS: InvestigationStep.Result.CONTRADICTS,
    Found.NOTHING_FOUND: InvestigationStep.Result.NOTHING,
}


def _said(answer: str) -> str:
    """A firm's answer as people read it: its code in the words our own results have."""
    code, sign, words = answer.partition("：")
    if code not in list(Found):
        return answer
    return f"{_ANSWERS[Found(code)].label}{sign}{words}"


def investigation(card: ClaimCard, at: datetime) -> Plan | None:
    """The latest investigation of a claim, open or closed."""
    found = Investigation.objects.filter(claim_id=card.id).order_by("-pk").first()
    if found is None:
        return None
    steps = list(found.steps.order_by("ordinal"))
    refs = {Ref("staff", s.owner_id) for s in steps}
    refs |= {Ref.parse(t) for t in (found.opened_by, found.reported_by) if t}
    names = people.names_of(refs)
    return Plan(
        id=found.pk, reason=found.reason, question=found.question,
        opened_by=names.get(Ref.parse(found.opened_by), ""), opened_at=found.opened_at,
        due_at=found.due_at,
        late=found.closed_at is None and found.due_at is not None and found.due_at < at,
        steps=tuple(
            StepView(
                id=s.pk, ordinal=s.ordinal, kind=s.kind, kind_label=s.get_kind_display(), task=s.task,
                owner_id=s.owner_id, owner=names.get(Ref("staff", s.owner_id), ""), due_at=s.due_at,
                late=s.done_at is None and s.due_at < at, state=s.state,
                state_label=s.get_state_display(), receipt=s.receipt, answer=_said(s.answer),
                result_label=s.get_result_display() if s.result else "", finding=s.finding,
                evidence_upload_id=s.evidence_upload_id, done_at=s.done_at,
            )
            for s in steps
        ),
        proposed_finding=found.proposed_finding, report=found.report, reported_by=found.reported_by,
        reported_at=found.reported_at,
        reporter=names.get(Ref.parse(found.reported_by), "") if found.reported_by else "",
        finding_label=found.get_finding_display() if found.finding else "",
        conclusion=found.conclusion, closed_at=found.closed_at,
        consented_at=_consents(card.id).values_list("signed_at", flat=True).first(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ThirdPartyStep:
    """A step that waits for an outside firm."""

    id: int
    number: str
    reason: str
    receipt: str
    consent: str  # the digest of what was signed, empty where nothing was


def steps_with_third_parties(limit: int = 50) -> tuple[ThirdPartyStep, ...]:
    """Steps to be ordered from, or awaited of, an outside firm."""
    signed = _consents(OuterRef("investigation__claim_id")).values("digest")[:1]
    rows = (
        InvestigationStep.objects.filter(kind="THIRD_PARTY", state__in=["PLANNED", "ASKED"])
        .select_related("investigation__claim")
        .annotate(consent=Subquery(signed))
        .order_by("id")[:limit]
    )
    return tuple(
        ThirdPartyStep(
            r.pk, r.investigation.claim.number, r.investigation.reason, r.receipt, r.consent or ""
        )
        for r in rows
    )


def _consents(claim_id: int | OuterRef) -> QuerySet[Agreement]:
    """What was signed to let others be asked, the latest first."""
    signed = Agreement.objects.filter(claim_id=claim_id, kind="THIRD_PARTY", state="SIGNED")
    return signed.order_by("-signed_at", "-pk")


def declared_death(card: ClaimCard) -> tuple[DeclaredDeath, tuple[str, ...]] | None:
    """The declared death of a claim, and what must be checked about it."""
    found = DeclaredDeath.objects.filter(claim_id=card.id).first()
    return (found, tuple(vanished.DOUBTS[d] for d in found.doubts)) if found else None


def misstated_ages(card: ClaimCard) -> tuple[tuple[MisstatedAge, str], ...]:
    """Every finding of a wrong age on a claim with what it does, the latest first."""
    found = MisstatedAge.objects.filter(claim_id=card.id).order_by("-pk")
    return tuple((each, WAYS[each.way]) for each in found)


@dataclass(frozen=True, slots=True)
class LatePayment:
    """Interest for one late payment as the desk shows it; ``words``: the sum in a sentence."""

    row: LateInterest
    name: str
    words: str
    rate: str
    most_days: int


def late_payments(card: ClaimCard) -> tuple[LatePayment, ...]:
    """What is owed on a claim because it was paid late, the latest first."""
    rows = list(LateInterest.objects.filter(claim_id=card.id).order_by("-pk"))
    parties = people.list_parties({r.party_id for r in rows})
    return tuple(
        LatePayment(
            r, parties[r.party_id].name, sentence_of(r), f"{r.rate.normalize():f}",
            r.days + r.waited_days,
        )
        for r in rows
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderedClaim:
    """One of the insured's own claims for the same cost."""

    card: ClaimCard
    place: int
    benefit: Decimal | None
    here: bool


@dataclass(frozen=True, slots=True)
class Coordination:
    """A cost and all who pay towards it."""

    total: Decimal
    borne: Decimal
    notes: tuple[PaidElsewhere, ...]
    elsewhere: Decimal
    claims: tuple[OrderedClaim, ...]
    others: tuple[ClaimCard, ...]
    own: Decimal
    left: Decimal
    over: bool


def coordination(card: ClaimCard, benefit: Decimal | None) -> Coordination:
    """What a claim's bills cost, what others paid, and in which order own policies pay."""
    bills = documents.invoices_for(card.ref)
    total = sum((b.total or ZERO for b in bills), ZERO)
    fund = sum(((b.fund_paid or ZERO) + (b.other_paid or ZERO) for b in bills), ZERO)
    borne = max(total - fund, ZERO)
    notes = tuple(PaidElsewhere.objects.filter(claim_id=card.id, withdrawn_at=None).order_by("pk"))
    elsewhere = sum((n.amount for n in notes), ZERO)
    latest = PolicyOrder.objects.filter(claim_id=card.id).order_by("-pk").first()
    related = {
        c.id: c
        for c in (*list_related(card), card)
        if c.claim_type in ("MEDICAL", "ACCIDENT") and c.state not in ("WITHDRAWN", "MERGED")
    }
    order = [n for n in latest.claims if n in related] if latest else []
    placed = tuple(
        OrderedClaim(
            related[n], place, benefit if n == card.id else related[n].benefit_amount, n == card.id
        )
        for place, n in enumerate(order, 1)
    )
    earlier = set(before(card.id))
    own = sum((o.benefit or ZERO for o in placed if o.card.id in earlier), ZERO)
    left = borne - elsewhere - own - (benefit or ZERO)
    others = tuple(c for c in related.values() if c.id not in order and c.id != card.id)
    return Coordination(total, borne, notes, elsewhere, placed, others, own, left, left < ZERO)


@dataclass(frozen=True, slots=True)
class PayeeBack:
    """Somebody who was paid, and what could still be asked back."""

    party_id: int
    name: str
    paid: Decimal


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """Recoveries of a claim, and from whom more could be asked."""

    rows: tuple[tuple[Recovery, str, str, payments.ReceivableView | None], ...]
    payees: tuple[PayeeBack, ...]
    instalment: Instalment | None


def money_back(card: ClaimCard) -> MoneyBack:
    """What was asked back on a claim, who was paid, and what is stated for day sixty."""
    rows = list(Recovery.objects.filter(claim_id=card.id).order_by("-pk"))
    paid: dict[int, Decimal] = {}
    for p in benefit_payouts(card.ref):
        if p.state == "SETTLED":
            paid[p.to_party] = paid.get(p.to_party, ZERO) + p.amount
    parties = people.list_parties({*paid, *(r.from_party_id for r in rows)})
    names = people.names_of(Ref.parse(r.proposed_by) for r in rows)
    owed = {v.id: v for v in payments.list_receivables_about(card.ref)} if rows else {}
    return MoneyBack(
        tuple(
            (
                r, parties[r.from_party_id].name, names.get(Ref.parse(r.proposed_by), ""),
                owed.get(r.receivable_id or 0),
            )
            for r in rows
        ),
        tuple(PayeeBack(n, parties[n].name, amount) for n, amount in sorted(paid.items())),
        Instalment.objects.filter(claim_id=card.id).first(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RescissionView:
    """A known ground, how long the right lasts (fraud: without a day), and what stands against it."""

    known: KnowledgeEvent
    days_left: int | None
    barred_on: date
    premium_on: date | None
    barred: bool


def rescission(card: ClaimCard, today: date) -> tuple[tuple[RescissionView, ...], bool]:
    """The grounds known on a claim, and whether premiums of its policy are held."""
    rows = list(KnowledgeEvent.objects.filter(claim_id=card.id).order_by("-pk"))
    if not rows:
        return (), False
    contract = policies.get_policy(card.policy_id, card.loss_date, without_cover=True)
    barred_on = rescinding.barred_from(contract.contract.formed_on, contract.terms.contest_years)
    return (
        tuple(
            RescissionView(
                k, (k.last_day - today).days, barred_on,
                policies.premium_received_since(
                    card.policy_id, rescinding.forfeited_from(k.last_day)
                ),
                today >= barred_on,
            )
            if k.last_day
            else RescissionView(k, None, barred_on, None, False)
            for k in rows
        ),
        bool(policies.premium_holds(card.policy_id)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of a case and its holder."""

    area: str
    area_label: str
    staff_id: int
    holder: str
    given_at: datetime
    done_at: datetime | None
    result: str


@dataclass(frozen=True, slots=True)
class Team:
    """Who works on a case, who is called, what help was arranged."""

    parts: tuple[PartView, ...]
    called: bool  # whether the reader is called by a note
    care: tuple[tuple[CareOrder, str], ...]
    handlers: tuple[people.Holder, ...]  # who can do any part
    talkers: tuple[people.Holder, ...]  # who can do no part but talk to the customer
    hospitals: tuple[tuple[int, str], ...]


def team(card: ClaimCard, access: people.Access) -> Team:
    """The people on a case, for one of them."""
    parts = list(CasePart.objects.filter(claim_id=card.id).order_by("area", "-pk"))
    names = people.names_of(Ref("staff", p.staff_id) for p in parts)
    hospitals = people.list_providers()
    by_id = {h.id: h.name for h in hospitals}
    orders = list(CareOrder.objects.filter(claim_id=card.id).order_by("-pk"))
    called = Mention.objects.filter(
        note__claim_id=card.id, staff_id=access.staff_id, answered_at=None
    ).exists()
    handlers = people.list_holders(card.office_id, *HANDLES)
    talkers = people.list_holders(card.office_id, *TALKS)
    return Team(
        tuple(
            PartView(
                p.area, p.get_area_display(), p.staff_id, names.get(Ref("staff", p.staff_id), ""),
                p.given_at, p.done_at, p.result,
            )
            for p in parts
        ),
        called,
        tuple((o, by_id.get(o.provider_id or 0, "")) for o in orders),
        handlers,
        tuple(h for h in talkers if h.id not in {each.id for each in handlers}),
        tuple((h.id, h.name) for h in hospitals),
    )  # fmt: skip


def who_may_decide_more(card: ClaimCard, limit: Decimal) -> tuple[people.Holder, ...]:
    """Whom to ask where one's own authority ends: the least sufficient authority first."""
    found = people.list_holders(card.office_id, "claims.decide")
    return tuple(sorted((h for h in found if h.limit > limit), key=lambda h: h.limit))


def colleagues_of(office_id: int, right: str) -> tuple[tuple[int, str], ...]:
    """Staff who may do something about an office's claims."""
    return people.list_colleagues(office_id, right)


@dataclass(frozen=True, slots=True)
class AskedExport:
    """What an export is to hold."""

    offices: frozenset[int]
    filters: Filters
    at: datetime
    total: int


def asked_export(export_id: int) -> AskedExport | None:
    """An export that is not written yet."""
    found = RowExport.objects.filter(pk=export_id).exclude(state="READY").first()
    if found is None:
        return None
    return AskedExport(
        frozenset(found.offices), Filters(**found.filters), found.asked_at, found.total
    )


def may_rescind_for_fraud(card: ClaimCard) -> bool:
    """Whether a decision that stands found fraud that lets the contract be rescinded, and nobody proposed it."""
    decided = Decision.objects.filter(
        claim_id=card.id, state="STANDS", fraud__in=sorted(rescinding.ARTICLES)
    )
    known = KnowledgeEvent.objects.filter(claim_id=card.id)
    return decided.exists() and not known.exclude(article=rescinding.UNDISCLOSED).exists()
