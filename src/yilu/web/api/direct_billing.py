"""Direct billing over the API (医疗直付): every call signed, of now, and once. See docs/direct-billing.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Router, Schema, Status
from pydantic import Field, StringConstraints

from yilu.direct_billing import operations, queries
from yilu.direct_billing.operations import Caller, Signed
from yilu.direct_billing.queries import BatchView, VisitView
from yilu.kernel.errors import said
from yilu.web.api import schemas
from yilu.web.api.schemas import Amount, Code, Invoice, Problem, Strict

BODY_MAX = 1024 * 1024
FILE_MAX = 40 * 1024 * 1024
router = Router(tags=["direct billing"])
REFUSALS = {
    401: Problem, 403: Problem, 404: Problem, 409: Problem, 413: Problem, 422: Problem,
}  # fmt: skip
Number = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Kind = Annotated[str, StringConstraints(pattern=r"^(INPATIENT|OUTPATIENT|PHARMACY)$")]
Key = Annotated[str, Header(alias="Idempotency-Key", description="1–48 characters, new for each")]


class Patient(schemas.Patient):
    """Whom it concerns, and under which policy."""

    policy_number: Code

    def known(self) -> operations.Patient:
        """As operations take it."""
        return operations.Patient(
            name=self.name, identity_number=self.identity_number, policy_number=self.policy_number
        )


class Question(Strict):
    """May this patient be billed directly, and what would the policy pay."""

    patient: Patient
    kind: Kind = "INPATIENT"
    on: date
    expected: Amount
    fund_paid: Amount = "0.00"


class Answer(Schema):
    """What the policy would pay; an estimate binds nobody, a guarantee does."""

    covered: bool
    product: str
    estimate: str
    ratio: str
    deductible_left: str
    cover_left: str | None
    guarantee_limit: str
    certain: bool


class Admission(Strict):
    """A patient is admitted."""

    number: Number
    patient: Patient
    kind: Kind = "INPATIENT"
    on: date
    expected: Amount
    department: Code = ""


class GuaranteeAsked(Strict):
    """How much to guarantee."""

    amount: Amount


class Bill(Strict):
    """The invoices of a stay at its discharge."""

    invoices: Annotated[list[Invoice], Field(min_length=1, max_length=50)]


class Order(Strict):
    """A visit or an order with its bill."""

    number: Number
    patient: Patient
    kind: Kind = "PHARMACY"
    on: date
    invoices: Annotated[list[Invoice], Field(min_length=1, max_length=50)]


class Guaranteed(Schema):
    """Where a guarantee stands."""

    state: str
    state_label: str
    amount: str
    expires_on: date | None
    reason: str


class VisitState(Schema):
    """Where a visit stands, and who pays what."""

    number: str
    state: str
    state_label: str
    total: str | None
    insurer_pays: str | None
    patient_owes: str | None
    claim: str
    guarantee: Guaranteed | None


class BatchState(Schema):
    """How far a batch is."""

    id: int
    state: str
    state_label: str
    problem: str
    is_new: bool
    total: int
    settled: int
    in_review: int
    known: int
    bad: int
    waiting: int
    cancelled: int


class BatchProblem(Schema):
    """A row that was not settled, and why."""

    line: int
    number: str
    column: str
    problem: str


def signed(scope: str, most: int = BODY_MAX) -> Callable[[HttpRequest], Caller]:
    """Let a signed call in that may do ``scope``. Refused ones say why, in the same words to all."""

    def admit(request: HttpRequest) -> Caller:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isdigit() or int(length) > most:
            raise operations.BodyTooLarge
        given = request.headers
        call = Signed(
            method=request.method or "", path=request.get_full_path(),
            key_id=given.get("Yilu-Key", ""), time=given.get("Yilu-Time", ""),
            nonce=given.get("Yilu-Nonce", ""), signature=given.get("Yilu-Signature", ""),
            body=request.body,
        )  # fmt: skip
        return operations.admit(call=call, scope=scope, at=timezone.now())

    return admit


@router.post("/eligibility", auth=signed("eligibility"), response={200: Answer, **REFUSALS})
def eligibility(request: HttpRequest, told: Question) -> Answer:
    """Ask before admission: in force, how much is left, ratio, deductible, an estimate."""
    caller = _caller(request)
    found = operations.check_eligibility(
        partner_id=caller.partner_id, patient=told.patient.known(), kind=told.kind, on=told.on,
        expected=Decimal(told.expected), fund_paid=Decimal(told.fund_paid), actor=caller.actor,
        at=timezone.now(),
    )  # fmt: skip
    left = found.estimate.left
    return Answer(
        covered=found.estimate.covered, product=found.product, estimate=str(found.estimate.benefit),
        ratio=str(found.estimate.ratio), deductible_left=str(found.estimate.deductible_left),
        cover_left=None if left is None else str(left), guarantee_limit=str(found.guarantee_limit),
        certain=found.estimate.certain,
    )  # fmt: skip


@router.post(
    "/admissions", auth=signed("visits"), response={201: VisitState, 200: VisitState, **REFUSALS}
)
def admission(request: HttpRequest, told: Admission) -> Status[VisitState]:
    """A patient is admitted; the visit number names the stay from here on."""
    caller = _caller(request)
    visit, is_new = operations.admit_patient(
        partner_id=caller.partner_id, number=told.number, patient=told.patient.known(),
        kind=told.kind, on=told.on, expected=Decimal(told.expected), department=told.department,
        actor=caller.actor, at=timezone.now(),
    )  # fmt: skip
    return Status(201 if is_new else 200, _state(caller, visit.number))


@router.get("/visits/{number}", auth=signed("visits"), response={200: VisitState, **REFUSALS})
def visit(request: HttpRequest, number: str) -> VisitState:
    """Where a visit stands."""
    return _state(_caller(request), number)


@router.post(
    "/visits/{number}/cancel", auth=signed("visits"), response={200: VisitState, **REFUSALS}
)
def cancel(request: HttpRequest, number: str) -> VisitState:
    """The visit is not billed directly after all."""
    caller = _caller(request)
    operations.cancel_visit(
        partner_id=caller.partner_id, number=number[:40], actor=caller.actor, at=timezone.now()
    )
    return _state(caller, number)


@router.post(
    "/visits/{number}/guarantees", auth=signed("guarantees"), response={200: Guaranteed, **REFUSALS}
)
def guarantee(
    request: HttpRequest, number: str, told: GuaranteeAsked, idempotency_key: Key = ""
) -> Guaranteed:
    """Ask for a guarantee; small ones are issued in this call, others wait for a person."""
    caller = _caller(request)
    if not 1 <= len(idempotency_key) <= 48 or not idempotency_key.isprintable():
        raise operations.KeyMissing
    operations.ask_guarantee(
        partner_id=caller.partner_id, number=number[:40], amount=Decimal(told.amount),
        request_key=idempotency_key, actor=caller.actor, at=timezone.now(),
    )  # fmt: skip
    given = _state(caller, number).guarantee
    assert given is not None
    return given


@router.post(
    "/visits/{number}/settlement", auth=signed("settlement"), response={200: VisitState, **REFUSALS}
)
def settlement(request: HttpRequest, number: str, told: Bill) -> VisitState:
    """Settle a stay at discharge. The same bill again is the same settlement."""
    caller = _caller(request)
    operations.settle_visit(
        partner_id=caller.partner_id, number=number[:40],
        invoices=[i.as_feed() for i in told.invoices], actor=caller.actor, at=timezone.now(),
    )  # fmt: skip
    return _state(caller, number)


@router.post("/orders", auth=signed("settlement"), response={200: VisitState, **REFUSALS})
def order(request: HttpRequest, told: Order) -> VisitState:
    """Settle a consultation or an online pharmacy's order in one call."""
    caller = _caller(request)
    operations.settle_order(
        partner_id=caller.partner_id, number=told.number, patient=told.patient.known(),
        kind=told.kind, on=told.on, invoices=[i.as_feed() for i in told.invoices],
        actor=caller.actor, at=timezone.now(),
    )  # fmt: skip
    return _state(caller, told.number)


@router.post(
    "/batches",
    auth=signed("batches", FILE_MAX),
    response={202: BatchState, 200: BatchState, **REFUSALS},
)
def send_batch(request: HttpRequest, name: str = "batch.csv") -> Status[BatchState]:
    """
    Send a file of visits as the body (.xlsx, .csv, .json); ``name`` says what it is called.

    The very same file again answers 200 with the first batch: nothing is settled twice.
    """
    caller = _caller(request)
    batch_id, is_new = operations.receive_batch(
        partner_id=caller.partner_id, filename=name, content=request.body, actor=caller.actor,
        at=timezone.now(),
    )  # fmt: skip
    return Status(202 if is_new else 200, _batch(caller, batch_id, is_new))


@router.get(
    "/batches/{int:batch_id}", auth=signed("batches"), response={200: BatchState, **REFUSALS}
)
def batch(request: HttpRequest, batch_id: int) -> BatchState:
    """How far a batch is."""
    return _batch(_caller(request), batch_id, False)


@router.get(
    "/batches/{int:batch_id}/problems",
    auth=signed("batches"),
    response={200: list[BatchProblem], **REFUSALS},
)
def problems(request: HttpRequest, batch_id: int) -> list[BatchProblem]:
    """The rows that were not settled, with line, column and sentence."""
    view = queries.batch_for_partner(_caller(request).partner_id, batch_id)
    return [
        BatchProblem(line=line, number=number, column=column, problem=problem)
        for line, number, column, problem in queries.batch_problems(view.id, 10_000)
    ]


@router.post(
    "/batches/{int:batch_id}/cancel", auth=signed("batches"), response={200: BatchState, **REFUSALS}
)
def cancel_batch(request: HttpRequest, batch_id: int) -> BatchState:
    """Settle nothing more of a batch."""
    caller = _caller(request)
    operations.cancel_batch(
        partner_id=caller.partner_id, batch_id=batch_id, actor=caller.actor, at=timezone.now()
    )
    return _batch(caller, batch_id, False)


def _caller(request: HttpRequest) -> Caller:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    return caller


def _state(caller: Caller, number: str) -> VisitState:
    view: VisitView = queries.visit_for_partner(caller.partner_id, number)
    given = view.guarantee
    return VisitState(
        number=view.number, state=view.state, state_label=view.state_label, total=_text(view.total),
        insurer_pays=_text(view.benefit), patient_owes=_text(view.owes), claim=view.claim_number,
        guarantee=None
        if given is None
        else Guaranteed(
            state=given.state, state_label=given.state_label, amount=str(given.amount),
            expires_on=given.expires_on, reason=given.reason,
        ),
    )  # fmt: skip


def _batch(caller: Caller, batch_id: int, is_new: bool) -> BatchState:
    view: BatchView = queries.batch_for_partner(caller.partner_id, batch_id)
    return BatchState(
        id=view.id, state=view.state, state_label=view.state_label,
        problem=said(view.problem, str), is_new=is_new, total=view.total, settled=view.settled,
        in_review=view.in_review, known=view.known, bad=view.bad, waiting=view.waiting,
        cancelled=view.cancelled,
    )  # fmt: skip


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
