"""Everything known about a claim at this moment, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from yilu.claims.rules import agreed, papers
from yilu.claims.rules import case as cases
from yilu.claims.rules.calculation import calculate
from yilu.claims.rules.loss import Loss
from yilu.claims.rules.result import Calculation
from yilu.documents import queries as documents
from yilu.documents.queries import InvoiceView
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.years import full_years
from yilu.policies import queries as policies
from yilu.policies.queries import ClaimablePolicy
from yilu.standards import queries as standards

from .diagnosed import codes_in
from .holding import Held

ADULT_YEARS = 18


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    What a person established for a calculation (人工认定).

    ``upheld``: keys of grounds that apply; ``paid_elsewhere``: what policies chosen earlier pay for
    the same bills; ``other_death_cover``: a minor's death benefits under other policies.
    """

    upheld: tuple[str, ...] = ()
    paid_elsewhere: Decimal = ZERO
    other_death_cover: Decimal = ZERO

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the calculation; nothing chosen is an empty object."""
        made: dict[str, Any] = {}
        if self.upheld:
            made["upheld"] = list(self.upheld)
        if self.paid_elsewhere:
            made["paid_elsewhere"] = str(self.paid_elsewhere)
        if self.other_death_cover:
            made["other_death_cover"] = str(self.other_death_cover)
        return made

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Chosen:
        """Read what ``as_json`` wrote."""
        return cls(
            tuple(kept.get("upheld", ())),
            yuan(kept.get("paid_elsewhere", "0.00")),
            yuan(kept.get("other_death_cover", "0.00")),
        )


NOTHING_CHOSEN = Chosen()


@dataclass(frozen=True, slots=True)
class Case:
    """A held claim with its policy, papers and sum, all read at one moment."""

    held: Held
    policy: ClaimablePolicy
    invoices: tuple[InvoiceView, ...]
    chosen: Chosen
    calculation: Calculation
    digest: str
    inputs_digest: str
    billed: Decimal
    doubts: tuple[str, ...] = field(default=())

    @property
    def payee_id(self) -> int:
        """Who is paid: living benefits are the insured's; a child's parent receives them."""
        return payee_of(self.held, self.policy)

    @property
    def payee_is_insured(self) -> bool:
        """Whether the money goes to the insured in person, or where they themselves sent it."""
        return self.payee_id == self.held.insured_id or self.held.assignee_id is not None

    def pay_by(self, at: datetime) -> str:
        """The last day to pay what is agreed now, where the contract says it (保险法 23); else nothing."""
        return last_day_to_pay(self.policy, at)


def last_day_to_pay(policy: ClaimablePolicy, at: datetime) -> str:
    """The contract's own last day to pay what is agreed at a moment, as an event tells it; empty: the law's."""
    day = policy.terms.pay_by(day_of(at))
    return day.isoformat() if day else ""


def payee_of(held: Held, policy: ClaimablePolicy) -> int:
    """The one payee of a living benefit; of a death benefit, the beneficiary who claims."""
    if held.claim_type == "DEATH":
        return held.claimant_id
    if held.assignee_id is not None:
        return held.assignee_id
    born = policy.insured_birth_date
    minor = born is not None and full_years(born, held.loss_date) < ADULT_YEARS
    return held.claimant_id if minor else held.insured_id


@tx.step
def read_case(
    held: Held,
    *,
    at: datetime,
    chosen: Chosen = NOTHING_CHOSEN,
    policy: ClaimablePolicy | None = None,
    invoices: tuple[InvoiceView, ...] | None = None,
) -> Case:
    """
    Read policy, invoices and earlier use, and calculate; three SQL statements at most.

    ``policy`` and ``invoices`` spare their statements where the use case has just read them.

    Without cover, or where the product promises nothing of the sort, the sum is that of the papers
    all the same, and the doubt says that a person must decide.
    """
    if policy is None:
        policy = policies.get_policy(held.policy_id, held.loss_date, without_cover=True)
    if invoices is None:
        invoices = documents.invoices_for(held.ref)
    used = policies.benefit_use(held.policy_id)
    reported_on = day_of(held.reported_at)
    facts = cases.facts_of(
        claim_type=held.claim_type, loss_date=held.loss_date, loss=held.loss, papers=invoices,
        contract=policy.contract, cover=policy.cover, reported_on=reported_on,
        paid_elsewhere=chosen.paid_elsewhere, other_death_cover=chosen.other_death_cover,
        upheld=chosen.upheld,
    )  # fmt: skip
    calculation = calculate(facts, policy.terms, used)
    doubts = cases.doubts_about(
        invoices, insured_name=policy.insured_name, loss_date=held.loss_date,
        effective_on=policy.contract.effective_on, today=day_of(at),
    )  # fmt: skip
    if held.loss.premium_share is not None:
        doubts = ("AGE", *doubts)
    if held.divided:
        doubts = ("DIVIDED", *doubts)
    doubts = (*cover_questions(policy, held.claim_type), *doubts)
    if policy.agreed and agreed.is_doubtful(agreed.beside(policy.agreed, codes_in(held.ref))):
        doubts = (*doubts, "AGREED_EXCLUSION")
    return Case(
        held=held,
        policy=policy,
        invoices=invoices,
        chosen=chosen,
        calculation=calculation,
        digest=calculation.digest(),
        inputs_digest=calculation.inputs_digest(),
        billed=sum((i.total for i in invoices if i.total is not None), ZERO),
        doubts=doubts,
    )


def cover_questions(policy: ClaimablePolicy, claim_type: str) -> tuple[str, ...]:
    """What of the contract itself speaks against a claim by our records: only a person may say no."""
    found = []
    if policy.cover.state == "NONE":
        found.append("NO_COVER")
    if claim_type not in policy.terms.claim_types:
        found.append("NOT_COVERED")
    return tuple(found)


class Papered(Protocol):
    """What of a claim its checklist depends on."""

    @property
    def claim_type(self) -> str: ...
    @property
    def loss(self) -> Loss: ...
    @property
    def identity_known(self) -> bool: ...
    @property
    def account_id(self) -> int | None: ...
    @property
    def programme(self) -> str: ...


def told_by_bills(
    claimed: Decimal | None, bills: Sequence[InvoiceView]
) -> tuple[Decimal | None, bool | None]:
    """
    What was spent, and whether in hospital: as the bills say where all are read, else as reported.

    What a small bill excuses from (从简) is excused as soon as it is read, not only where the
    customer guessed an amount beforehand.
    """
    if not bills or any(b.total is None or not b.settled for b in bills):
        return claimed, None
    spent = sum((b.total for b in bills if b.total is not None), Decimal(0))
    return spent, any(b.visit_kind == "INPATIENT" for b in bills)


def fulfilment_of(
    held: Papered,
    uploads: Sequence[papers.File],
    *,
    amount: Decimal | None,
    payee_is_insured: bool,
    inpatient: bool | None,
    fed: bool,
    at: datetime,
) -> papers.Fulfilment:
    """The checklist of a claim's type and circumstances against what is here."""
    circumstances: dict[str, Any] = {
        "is_accident": held.loss.cause == "ACCIDENT" or held.claim_type == "ACCIDENT",
        "beneficiary_is_insured": payee_is_insured,
        "has_outside_pharmacy": False,
    }
    if inpatient is not None:
        circumstances["is_inpatient"] = inpatient
    checklist = standards.checklist(held.claim_type, at, circumstances, amount)
    known = papers.known_kinds(
        identity_known=held.identity_known, has_account=held.account_id is not None, fed=fed,
        is_disaster=held.programme == "DISASTER",
    )  # fmt: skip
    return papers.fulfilment(checklist.items, uploads, known)
