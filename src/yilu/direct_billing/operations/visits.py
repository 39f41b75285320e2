"""A patient at the hospital's desk: may they be billed directly, and what for; the visit begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError

from yilu.claims.queries.estimating import Estimate, estimate
from yilu.direct_billing import events
from yilu.direct_billing.models import Authorisation, Enquiry, Guarantee, Partner, Visit
from yilu.direct_billing.rules.lifecycle import OPEN, State
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.policies.queries import ClaimablePolicy

from .authorising import CONSENTS
from .refusals import BadVisit, NotNow, PatientUnknown, VisitDiffers, VisitNotFound
from .summing import count_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Whom it concerns, as the card on the hospital's desk says."""

    name: str
    identity_number: str
    policy_number: str


@dataclass(frozen=True, slots=True)
class Known:
    """A patient who agreed: their policy and the record of the agreement."""

    party_id: int
    authorisation_id: int
    policy: ClaimablePolicy


@dataclass(frozen=True, slots=True)
class Eligibility:
    """
    What the hospital learns: whether, and how much is left.

    ``guarantee_limit``: the most a guarantee for a stay of that cost would be issued for.
    """

    enquiry_id: int
    product: str
    estimate: Estimate
    guarantee_limit: Decimal


def find(partner_id: int, patient: Patient, on: date, today: date) -> Known:
    """
    The patient with cover on a day who agreed to this partner.

    :raises PatientUnknown: in the same words for nobody, no policy, no cover and no agreement.
    """
    party_id = people.match_person(patient.name, patient.identity_number, today=today) or 0
    given = (
        Authorisation.objects.filter(partner_id=partner_id, party_id=party_id, withdrawn_at=None)
        .values_list("pk", flat=True)
        .first()
    )
    if given is None:
        raise PatientUnknown
    if not all(people.has_consent(party_id, purpose) for purpose in CONSENTS):
        raise PatientUnknown
    try:
        policy = policies.get_claimable(patient.policy_number, party_id, on)
    except (policies.PolicyNotFound, policies.PolicyNotInForce):
        raise PatientUnknown from None
    if policy.insured_id != party_id:
        raise PatientUnknown
    return Known(party_id, given, policy)


def begun_before(
    partner_id: int, number: str, patient: Patient, *, kind: str, on: date, today: date
) -> bool:
    """Whether this very patient's visit is open under the number: what was found then still holds."""
    begun = (
        Visit.objects.select_related("policy")
        .filter(partner_id=partner_id, number=number.strip()[:40], kind=kind, begun_on=on)
        .first()
    )
    return (
        begun is not None
        and begun.policy.number == patient.policy_number
        and people.match_person(patient.name, patient.identity_number, today=today)
        == begun.party_id
    )


@tx.use_case
def check_eligibility(
    *, partner_id: int, patient: Patient, kind: str, on: date, expected: Decimal,
    fund_paid: Decimal = ZERO, actor: Ref, at: datetime,
) -> Eligibility:  # fmt: skip
    """
    Answer what a policy would pay of an expected bill; question and answer are kept.

    :raises PatientUnknown: and nobody learns why. :raises BadVisit: kind, day or amount are wrong.
    """
    expected, fund_paid = _checked(kind, on, expected, at), _amount(fund_paid)
    if fund_paid > expected:
        raise BadVisit
    partner = Partner.objects.get(pk=partner_id)
    known = find(partner_id, patient, on, day_of(at))
    found = estimate(known.policy, kind=kind, on=on, total=expected, fund_paid=fund_paid)
    enquiry = Enquiry.objects.create(
        partner=partner, party_id=known.party_id, asked_at=at,
        answer={"covered": found.covered, "benefit": str(found.benefit)},
    )  # fmt: skip
    about = Ref("enquiry", enquiry.pk)
    for fact in (
        events.EligibilityAsked(partner_id=partner_id, office_id=partner.office_id),
        events.EligibilityAnswered(eligible=found.covered),
    ):
        journal.record(fact, about=about, actor=actor, at=at, party=known.party_id)
    most = most_guaranteed(found, partner.guarantee_limit)
    return Eligibility(enquiry.pk, known.policy.product_name, found, most)


def most_guaranteed(found: Estimate, limit: Decimal) -> Decimal:
    """The most we guarantee: what the policy would pay, what is left of the cover, the partner's limit."""
    return min(limit, found.benefit, limit if found.left is None else found.left)


@tx.use_case
def admit_patient(
    *, partner_id: int, number: str, patient: Patient, kind: str = "INPATIENT", on: date,
    expected: Decimal, department: str = "", actor: Ref, at: datetime,
) -> tuple[Visit, bool]:  # fmt: skip
    """
    A patient is admitted (入院登记): the visit, and whether it is new. The same again is the same.

    :raises PatientUnknown: as for an enquiry. :raises VisitDiffers: the number is another visit's.
    :raises BadVisit: no number, no day, no amount, or a policy that does not cover the kind.
    """
    expected = _checked(kind, on, expected, at)
    known = find(partner_id, patient, on, day_of(at))
    if not estimate(known.policy, kind=kind, on=on, total=expected).covered:
        raise BadVisit(hint=_NOT_COVERED)
    visit, is_new = open_visit(
        partner_id, number, known, kind=kind, on=on, expected=expected, department=department,
        actor=actor, at=at,
    )  # fmt: skip
    if is_new:
        messaging.queue(
            "direct_billing.admitted", to=Ref("party", known.party_id), about=Ref("visit", visit.pk),
            at=at, facts={"hospital": _name(partner_id), "visit": number}, once="admitted",
        )  # fmt: skip
    return visit, is_new


_NOT_COVERED = "这张保单不承担此类就诊的费用，请按普通方式结算。"


@tx.step
def open_visit(
    partner_id: int, number: str, known: Known, *, kind: str, on: date, expected: Decimal | None,
    department: str, actor: Ref, at: datetime, batch_id: int | None = None,
) -> tuple[Visit, bool]:  # fmt: skip
    """Write the visit once. :raises VisitDiffers: :raises BadVisit: as ``admit_patient``."""
    number = number.strip()
    if not 0 < len(number) <= 40 or not number.isprintable():
        raise BadVisit
    told = {
        "kind": kind, "party_id": known.party_id, "policy_id": known.policy.id, "begun_on": on,
    }  # fmt: skip
    try:
        with tx.savepoint():
            visit = Visit.objects.create(
                partner_id=partner_id, number=number, state=State.ADMITTED.value, expected=expected,
                department=department[:60], authorisation_id=known.authorisation_id, opened_at=at,
                batch_id=batch_id, **told,
            )  # fmt: skip
    except IntegrityError:
        visit = hold(partner_id, number)
        if any(getattr(visit, name) != value for name, value in told.items()):
            raise VisitDiffers from None
        return visit, False
    journal.record(
        events.VisitOpened(
            partner_id=partner_id, kind=kind, office_id=known.policy.office_id
        ),
        about=Ref("visit", visit.pk), actor=actor, at=at, party=known.party_id,
    )  # fmt: skip
    count_in(partner_id, 1, at=at)
    return visit, True


@tx.step
def hold(partner_id: int, number: str) -> Visit:
    """A partner's visit, its row locked. :raises VisitNotFound: none of theirs."""
    visit = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("partner")
        .filter(partner_id=partner_id, number=number)
        .first()
    )
    if visit is None:
        raise VisitNotFound
    return visit


@tx.use_case
def cancel_visit(*, partner_id: int, number: str, actor: Ref, at: datetime) -> None:
    """
    The visit is not billed directly after all; its guarantee ends. Twice is once.

    :raises VisitNotFound: none of theirs. :raises NotNow: the bill is in.
    """
    visit = hold(partner_id, number)
    if visit.state == State.CANCELLED:
        return
    if visit.state not in OPEN:
        raise NotNow
    cancel(visit, "PROVIDER", actor=actor, at=at)


@tx.step
def cancel(visit: Visit, reason: str, *, actor: Ref = SYSTEM, at: datetime) -> None:
    """The step behind ``cancel_visit``."""
    Visit.objects.filter(pk=visit.pk).update(state=State.CANCELLED.value)
    Guarantee.objects.filter(visit=visit, state__in=["ASKED", "PROPOSED", "ISSUED"]).update(
        state="CANCELLED"
    )
    journal.record(
        events.VisitCancelled(reason=reason),
        about=Ref("visit", visit.pk), actor=actor, at=at, party=visit.party_id,
    )  # fmt: skip


def _checked(kind: str, on: date, expected: Decimal, at: datetime) -> Decimal:
    if kind not in Visit.Kind.values or on > day_of(at):
        raise BadVisit
    amount = _amount(expected)
    if amount <= ZERO:
        raise BadVisit
    return amount


def _amount(given: Decimal) -> Decimal:
    try:
        amount = yuan(given)
    except (ValueError, TypeError):
        raise BadVisit from None
    if amount < ZERO:
        raise BadVisit
    return amount


def _name(partner_id: int) -> str:
    provider_id = Partner.objects.values_list("provider_id", flat=True).get(pk=partner_id)
    return people.get_provider(provider_id).name
