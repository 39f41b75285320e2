"""What screens get: frozen rows with the words already chosen, amounts as Decimal yuan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.claims.queries.fetched import Fetched
from yilu.claims.rules import lifecycle, promises
from yilu.claims.rules.agreed import AgreedRow
from yilu.claims.rules.lifecycle import Action, State, sources
from yilu.documents.queries import InvoiceView, UploadView
from yilu.kernel.refs import Ref
from yilu.obligations.queries import ClockView, Promise
from yilu.people.queries import AccountView, PartyView, StaffContact
from yilu.policies.queries import ClaimablePolicy
from yilu.risk.queries import SignalView
from yilu.work.queries import ItemRow


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """
    A claim in a list. Names are masked; labels are Chinese source texts.

    ``begun_on``: the day the report was here, which for one on paper may be before it was typed in.
    """

    id: int
    number: str
    claim_type: str
    claim_type_label: str
    state: str
    state_label: str
    tone: str  # waiting, moving, good, bad, over: how a screen colours the state
    policy_id: int
    policy_number: str
    product_name: str
    insured_id: int
    insured_name: str
    claimant_id: int
    office_id: int
    loss_date: date
    reported_at: datetime
    channel: str
    channel_label: str
    programme: str
    programme_label: str
    lane: str
    lane_label: str
    band: str
    claimed_amount: Decimal | None
    benefit_amount: Decimal | None
    paid_amount: Decimal
    waits_for: str
    version: int
    begun_on: date
    nothing_due: bool = False
    """Decided: covered, and what is payable comes to nothing (应付金额为零)."""

    @property
    def waives(self) -> bool:
        """Granted, and what it grants are premiums to come: a sum of nothing would mislead."""
        return self.claim_type == "WAIVER" and self.benefit_amount == 0 and self.state != "DECLINED"

    @property
    def is_small(self) -> bool:
        """A small claim that nobody has decided: reviewers take it first (小额快赔)."""
        waits = self.state in lifecycle.UNDECIDED
        return waits and promises.is_small(self.benefit_amount, self.claimed_amount)

    @property
    def ref(self) -> Ref:
        """What events, clocks and documents call this claim."""
        return Ref("claim", self.id)


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One thing the checklist asks for, and whether it is here."""

    code: str
    title: str
    required: bool
    kinds: tuple[str, ...]
    note: str
    state: str  # HERE, READING, TO_CONFIRM, MISSING
    upload_ids: tuple[int, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this line is settled."""
        return self.state == "HERE"


@dataclass(frozen=True, slots=True)
class CalculationLine:
    """One line of a calculation that explains itself."""

    code: str
    label: str
    amount: Decimal | None
    explanation: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class GroundRow:
    """A ground a person has to weigh; ``key`` upholds it in the next calculation."""

    key: str
    label: str
    why: str
    clause: str
    clause_text: str
    applied: bool
    instead: Decimal | None


@dataclass(frozen=True, slots=True)
class CalculationView:
    """
    A calculation as it was made; ``grounds`` and ``shortfalls`` are sentences.

    ``waived_from``: from when on it waives premiums, None where it waives none.
    """

    id: int
    ordinal: int
    benefit: Decimal
    lines: tuple[CalculationLine, ...]
    grounds: tuple[str, ...]
    shortfalls: tuple[str, ...]
    digest: str
    made_by: str
    made_at: datetime
    ground_rows: tuple[GroundRow, ...] = ()
    notes: tuple[str, ...] = ()
    chosen: dict[str, Any] = field(default_factory=dict)
    waived_from: date | None = None

    @property
    def illness_not_listed(self) -> bool:
        """An illness was found that the wording does not list under that name (健康保险办法 23)."""
        return any(row.key.partition(":")[0] == "CONDITION_NOT_LISTED" for row in self.ground_rows)


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision, with the machine's verdict kept beside the person's."""

    id: int
    kind: str
    kind_label: str
    state: str
    state_label: str
    amount: Decimal
    reason: str
    clause: str
    machine_verdict: str
    machine_amount: Decimal | None
    overrides: bool
    override_reason: str
    decided_by: str
    decided_at: datetime
    approved_by: str
    approved_at: datetime | None
    rule: str
    spares: str = ""
    """Of a decision that waives premiums and pays nothing: since when, and how much each time."""
    nothing_due: bool = False
    fraud: str = ""
    finding: str = ""
    medical_reason: str = ""


@dataclass(frozen=True, slots=True)
class SupplementView:
    """A notice of what is missing, with its two proofs of arrival."""

    id: int
    ordinal: int
    items: tuple[tuple[str, str], ...]  # (checklist code, title)
    note: str
    requested_at: datetime
    arrived_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvestigationView:
    """An investigation, open or closed."""

    id: int
    reason: str
    reason_label: str
    question: str
    helper: str
    opened_by: str
    opened_at: datetime
    finding: str
    finding_label: str
    report: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnowledgeView:
    """A known ground for rescission and its last day."""

    id: int
    ground: str
    note: str
    known_at: datetime
    last_day: date | None
    outcome: str
    outcome_label: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoteView:
    """A line of the shared contact log; ``told``: the customer heard by it how their claim stands."""

    id: int
    kind: str
    kind_label: str
    text: str
    third_party: str
    third_party_label: str
    masked_third_phone: str
    evidence_id: int | None
    written_by: str
    written_at: datetime
    told: bool = False


@dataclass(frozen=True, slots=True)
class RatingView:
    """What the customer thought."""

    stars: int
    recommend: int
    comment: str
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """One step of the way, as the customer sees it."""

    code: str
    label: str
    state: str  # DONE, NOW, LATER, SKIPPED
    at: datetime | None
    holder: str
    waits_for: str
    law: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """Something that happened, in one sentence; ``clock``: the promise that it is about."""

    at: datetime
    kind: str
    label: str
    who: str = ""
    detail: str = ""
    clock: ClockView | None = None


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payment of the claim."""

    id: int
    amount: Decimal
    purpose: str
    state: str
    state_label: str
    account: str
    at: datetime | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """One of several who share a benefit; ``for_another``: they receive it for somebody else."""

    party_id: int
    share: Decimal
    amount: Decimal
    has_account: bool
    for_another: bool


@dataclass(frozen=True, slots=True)
class ReopeningRow:
    """Why a decided claim goes on: the cause, the words given for it, by whom and when."""

    cause_label: str
    text: str
    opened_by: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter of the claim."""

    id: int
    kind: str
    kind_label: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimProgress:
    """
    Everything the customer may see about a claim (进度).

    ``steps`` in order: what is done, what happens now and who holds it, what comes; ``promise`` is
    the next deadline we gave; ``can`` names the actions open to the customer now. ``cover_question``:
    what of the contract speaks against it by our records, while nothing is decided.
    """

    card: ClaimCard
    steps: tuple[ProgressStep, ...]
    promise: Promise | None
    clocks: tuple[ClockView, ...]
    checklist: tuple[ChecklistRow, ...]
    calculation: CalculationView | None
    decision: DecisionView | None
    supplement: SupplementView | None
    payouts: tuple[PayoutRow, ...]
    letters: tuple[LetterRow, ...]
    timeline: tuple[TimelineRow, ...]
    account: str
    rating: RatingView | None
    can: tuple[str, ...]
    payees: tuple[PayeeRow, ...] = ()
    consultant: StaffContact | None = None
    fetched: Fetched | None = None
    appeal: ReopeningRow | None = None
    cover_question: str = ""
    identity_awaited: bool = False
    """The viewer's money waits until it is known who they are (反洗钱法 29)."""
    own_part_paid: bool = False
    """All of a shared benefit that is the viewer's to receive has arrived."""
    paid_to: str = ""
    """Who has the money instead of the claimant: the hospital by its name, a third party masked."""


@dataclass(frozen=True, slots=True)
class DeskAction:
    """Something that may be done now; where this person may not, ``needs`` names the rights that would do."""

    code: str
    label: str
    allowed: bool
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimDesk:
    """
    Everything a member of staff needs to decide a claim, on one screen.

    ``digest`` names exactly what is shown: it goes back with the decision, and a decision on an
    older one is refused. ``policy``, ``uploads``, ``invoices``, ``clocks``, ``items`` and
    ``signals`` are the rows of the rooms that own them.
    """

    card: ClaimCard
    digest: str
    policy: ClaimablePolicy
    claimant: PartyView | None
    insured: PartyView | None
    account: AccountView | None
    checklist: tuple[ChecklistRow, ...]
    uploads: tuple[UploadView, ...]
    invoices: tuple[InvoiceView, ...]
    calculation: CalculationView | None
    machine_verdict: str
    reasons: tuple[str, ...]
    signals: tuple[SignalView, ...]
    decisions: tuple[DecisionView, ...]
    supplements: tuple[SupplementView, ...]
    investigations: tuple[InvestigationView, ...]
    knowledge: tuple[KnowledgeView, ...]
    notes: tuple[NoteView, ...]
    clocks: tuple[ClockView, ...]
    items: tuple[ItemRow, ...]
    payouts: tuple[PayoutRow, ...]
    letters: tuple[LetterRow, ...]
    timeline: tuple[TimelineRow, ...]
    related: tuple[ClaimCard, ...]
    actions: tuple[DeskAction, ...]
    loss: dict[str, Any] = field(default_factory=dict)
    consultant: str = ""
    law_clauses: tuple[str, ...] = ()
    agreed: tuple[AgreedRow, ...] = ()
    reopenings: tuple[ReopeningRow, ...] = ()

    @property
    def to_merge_into(self) -> tuple[ClaimCard, ...]:
        """The insured's other claims that this one may be merged into: same policy and type, still open to papers."""
        return tuple(
            each
            for each in self.related
            if (each.policy_id, each.claim_type) == (self.card.policy_id, self.card.claim_type)
            and State(each.state) in sources(Action.HAND_IN)
        )

    @property
    def numbers(self) -> dict[int, str]:
        """What the insured's other claims are called, by id."""
        return {each.id: each.number for each in self.related}


@dataclass(frozen=True, slots=True)
class OfferView:
    """A ready claim that waits for one tap."""

    id: int
    policy_number: str
    product_name: str
    claim_type: str
    claim_type_label: str
    hospital: str
    loss_date: date
    total: Decimal
    invoices: int
    expires_at: datetime
    state: str = "OPEN"
    claim_id: int | None = None
