"""Claims over the API: report with invoices, offer a ready claim, ask where one stands."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Header, Router, Status

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.web.api.schemas import ClaimStatus, NewClaim, NewOffer, Offered, Patient, Problem

router = Router(tags=["claims"])
REFUSALS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
Key = Annotated[
    str, Header(alias="Idempotency-Key", description="1–48 characters, new for each claim")
]


class PatientNotFound(NotFound):
    """Name and number do not agree with anybody, or the policy is not theirs: the same words."""

    code = "patient_not_found"
    message = _("没有找到与姓名、证件号码和保单号都相符的客户")
    hint = _("请核对患者姓名、证件号码和保单号。")


class KeyMissing(Invalid):
    """A POST without its key could be carried out twice."""

    code = "idempotency_key_missing"
    message = _("缺少 Idempotency-Key 请求头")
    hint = _("每件报案使用一个新的编号（1 至 48 个字符），重试时使用同一编号。")


@router.post("/claims", response={201: ClaimStatus, 200: ClaimStatus, **REFUSALS})
def report(request: HttpRequest, told: NewClaim, idempotency_key: Key = "") -> Status[ClaimStatus]:
    """
    Report a claim with its invoices; small and clean ones are decided in this very call.

    The customer must have agreed that the insurer fetches their medical data. The same key again
    answers 200 with the first claim and changes nothing; with other contents it is refused. Where by
    the insurer's records there was no cover on the day, the claim is registered all the same and a
    person decides it: 201 with ``state`` REVIEW. Nothing is refused for that by machine.
    """
    provider, now = _provider(request), timezone.now()
    party_id = _patient(told.patient)
    try:
        made, _state = claims.report_with_invoices(
            report=claims.Report(
                policy_number=told.policy_number, claimant_id=party_id, claim_type=told.claim_type,
                loss_date=told.loss_date, channel="PROVIDER", request_key=_key(provider.id, idempotency_key),
                loss=claims.Loss(cause=told.cause), account_id=_account(party_id),
            ),
            provider_id=provider.id, invoices=[i.as_feed() for i in told.invoices],
            actor=Ref("provider", provider.id), at=now,
        )  # fmt: skip
    except (people.PartyNotFound, policies.PolicyNotFound):
        raise PatientNotFound from None
    card = queries.get_for_provider(made.number, provider.id)
    return Status(201 if made.is_new else 200, _status(card))


@router.post("/offers", response={201: Offered, **REFUSALS})
def offer(request: HttpRequest, told: NewOffer, idempotency_key: Key = "") -> Status[Offered]:
    """
    Send invoices of a visit: the customer gets a ready claim to confirm with one tap.

    The same invoices again answer with the first offer and change nothing; the same key with other
    invoices is refused.
    """
    provider = _provider(request)
    key = _key(provider.id, idempotency_key)
    party_id = _patient(told.patient)
    try:
        offer_id = claims.offer_proactive_claim(
            policy_number=told.policy_number, party_id=party_id, claim_type=told.claim_type,
            provider_id=provider.id, invoices=[i.as_feed() for i in told.invoices],
            request_key=key, actor=Ref("provider", provider.id), at=timezone.now(),
        )  # fmt: skip
    except policies.PolicyNotFound:
        raise PatientNotFound from None
    return Status(201, Offered(offer_id=offer_id))


@router.get("/claims/{number}", response={200: ClaimStatus, **REFUSALS})
def status(request: HttpRequest, number: str) -> ClaimStatus:
    """Where a claim stands for which this provider handed in an invoice."""
    return _status(queries.get_for_provider(number[:40], _provider(request).id))


def _provider(request: HttpRequest) -> people.ProviderView:
    provider: people.ProviderView = request.auth  # type: ignore[attr-defined]
    return provider


def _patient(patient: Patient) -> int:
    found = people.match_person(patient.name, patient.identity_number, today=timezone.localdate())
    if found is None:
        raise PatientNotFound
    return found


def _key(provider_id: int, given: str) -> str:
    if not 1 <= len(given) <= 48 or not given.isascii() or not given.isprintable():
        raise KeyMissing
    return f"p{provider_id}:{given}"


def _account(party_id: int) -> int | None:
    """The customer's latest own account; where there is none, payment waits until one is named."""
    return next((each.id for each in people.list_accounts(party_id)), None)


def _status(card: queries.ClaimCard) -> ClaimStatus:
    return ClaimStatus(
        number=card.number, state=card.state, state_label=card.state_label, claim_type=card.claim_type,
        loss_date=card.loss_date, reported_at=card.reported_at.isoformat(),
        benefit_amount=None if card.benefit_amount is None else str(card.benefit_amount),
        paid_amount=str(card.paid_amount),
    )  # fmt: skip
