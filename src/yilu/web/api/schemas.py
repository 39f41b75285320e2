"""What travels over the API. Amounts are text in yuan with two places; days are ISO dates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StrictFloat, StrictInt, StringConstraints

Amount = Annotated[str, StringConstraints(pattern=r"^\d{1,10}(\.\d{1,2})?$")]
Code = Annotated[str, StringConstraints(max_length=40)]
# Hospitals' systems send 8 as often as "8". Both become the same text, so that a retry is the same call.
Days = Annotated[Code | StrictInt | StrictFloat, AfterValidator(str)]


class Strict(Schema):
    """Fields nobody knows are refused: a misspelt amount must not be dropped in silence."""

    model_config = ConfigDict(extra="forbid")


class InvoiceLine(Strict):
    """One item of a bill."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    amount: Amount
    category: Code = Field("", description="A 甲类, B 乙类, C 丙类, OWN 自费, or empty")
    spec: Code = ""
    quantity: Code = ""
    price: Code = ""
    self_paid: Amount | None = None


class Invoice(Strict):
    """A medical e-invoice as the issuing system knows it (财政医疗电子票据)."""

    kind: Code = "FISCAL_OUTPATIENT"
    code: Code = ""
    number: Code
    check_code: Code = ""
    issued_on: date
    payer_name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    payee_name: Annotated[str, StringConstraints(max_length=100)] = ""
    payee_code: Code = ""
    total: Amount
    fund_paid: Amount = "0.00"
    account_paid: Amount = "0.00"
    own_paid: Amount | None = None
    self_paid: Amount | None = None
    self_cost: Amount | None = None
    other_paid: Amount = "0.00"
    visit_kind: Annotated[str, StringConstraints(pattern=r"^(OUTPATIENT|INPATIENT)$")] = (
        "OUTPATIENT"
    )
    visited_on: date | None = None
    admitted_on: date | None = None
    discharged_on: date | None = None
    hospital_days: Days | None = None
    department: Code = ""
    insurance_type: Code = ""
    lines: Annotated[list[InvoiceLine], Field(min_length=1, max_length=500)]

    def as_feed(self) -> dict[str, Any]:
        """As ``documents.accept_invoice_feed`` takes it: what was not said is left out."""
        return self.model_dump(mode="json", exclude_none=True)


class Patient(Strict):
    """Whom it concerns: name and resident number must both agree with what the insurer knows."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    identity_number: Annotated[str, StringConstraints(min_length=8, max_length=30)]


class NewClaim(Strict):
    """A discharge reported by the hospital's system, with its invoices (医院直报)."""

    policy_number: Code
    patient: Patient
    claim_type: Annotated[str, StringConstraints(pattern=r"^(MEDICAL|ACCIDENT|ALLOWANCE)$")] = (
        "MEDICAL"
    )
    loss_date: date
    cause: Annotated[str, StringConstraints(pattern=r"^(ILLNESS|ACCIDENT)$")] = "ILLNESS"
    invoices: Annotated[list[Invoice], Field(min_length=1, max_length=50)]


class NewOffer(Strict):
    """Invoices from which the insurer makes a ready claim that the customer confirms (主动理赔)."""

    policy_number: Code
    patient: Patient
    claim_type: Annotated[str, StringConstraints(pattern=r"^(MEDICAL|ACCIDENT|ALLOWANCE)$")] = (
        "MEDICAL"
    )
    invoices: Annotated[list[Invoice], Field(min_length=1, max_length=50)]


class ClaimStatus(Schema):
    """Where a claim stands."""

    number: str
    state: str
    state_label: str
    claim_type: str
    loss_date: date
    reported_at: str
    benefit_amount: str | None
    paid_amount: str


class Offered(Schema):
    """A ready claim waits for the customer."""

    offer_id: int


class Problem(Schema):
    """What is wrong and what to do (RFC 9457)."""

    type: str
    title: str
    detail: str
    status: int
    code: str
    instance: str
