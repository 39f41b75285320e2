"""The bill comes: claims assesses it by its own straight path, the hospital is paid, the rest is owed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.claims.operations import Assignment, Report
from yilu.claims.operations.again import anew_if_used
from yilu.claims.operations.hand_in import take_invoices
from yilu.claims.operations.steps import hold as hold_claim
from yilu.claims.operations.steps import take_report
from yilu.direct_billing import events
from yilu.direct_billing.models import Guarantee, Visit
from yilu.direct_billing.rules.lifecycle import OPEN, State
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.policies import queries as policies

from .refusals import BadVisit, NotNow, VisitDiffers
from .visits import Patient, begun_before, cancel, find, hold, open_visit

STRAIGHT = ("PAYING", "PAID", "CLOSED")
"""States of a claim whose money is on its way."""


@anew_if_used
@tx.use_case
def settle_visit(
    *, partner_id: int, number: str, invoices: Sequence[dict[str, Any]], actor: Ref, at: datetime
) -> tuple[Visit, bool]:
    """
    Settle a stay at discharge (出院结算): the visit, and whether it is settled by this very call.

    The bill becomes a claim of the patient's whose payee is the hospital, and is assessed at once:
    paid straight through, or looked into by a person while the patient leaves: also where the cover
    of the first day is gone since, the patient took their consent back or has died, or claims the
    stay themselves. The same bill again is the same settlement.

    :raises VisitNotFound: none of theirs. :raises VisitDiffers: settled with another bill before.
    :raises NotNow: cancelled.
    :raises InvoiceFeedMalformed: and every refusal of a report.
    """
    visit = hold(partner_id, number)
    digest = digest_of(invoices)
    if visit.claim_id is not None:
        if visit.digest != digest:
            raise VisitDiffers
        return visit, False
    if visit.state not in OPEN:
        raise NotNow
    _settle(visit, invoices, digest, actor, at)
    return Visit.objects.get(pk=visit.pk), True


@anew_if_used
@tx.use_case
def settle_order(
    *, partner_id: int, number: str, patient: Patient, kind: str, on: date,
    invoices: Sequence[dict[str, Any]], batch_id: int | None = None, actor: Ref, at: datetime,
) -> tuple[Visit, bool]:  # fmt: skip
    """
    Settle a visit or an order that is over as it begins: a consultation, an online pharmacy's order.
    A patient admitted before under this number is settled as ``settle_visit`` does.

    :raises PatientUnknown: as for an enquiry; else as ``settle_visit``.
    """
    if kind not in Visit.Kind.values or on > day_of(at):
        raise BadVisit
    if not begun_before(partner_id, number, patient, kind=kind, on=on, today=day_of(at)):
        known = find(partner_id, patient, on, day_of(at))
        open_visit(
            partner_id, number, known, kind=kind, on=on, expected=None, department="", actor=actor,
            at=at, batch_id=batch_id,
        )  # fmt: skip
    visit = hold(partner_id, number)
    digest = digest_of(invoices)
    if visit.claim_id is not None:
        if visit.digest != digest:
            raise VisitDiffers
        return visit, False
    if visit.state not in OPEN:
        raise NotNow
    _settle(visit, invoices, digest, actor, at)
    return Visit.objects.get(pk=visit.pk), True


def digest_of(invoices: Sequence[dict[str, Any]]) -> str:
    """What tells two bills apart."""
    told = orjson.dumps(list(invoices), option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(told).hexdigest()


def request_key(partner_id: int, number: str) -> str:
    """By which claims knows the visit's report: the same visit is never reported twice."""
    return "visit:" + hashlib.sha256(f"{partner_id}:{number}".encode()).hexdigest()[:40]


def sums_of(invoices: Sequence[dict[str, Any]]) -> tuple[Decimal, Decimal]:
    """What the bills come to, and what of it social insurance and others left to the patient."""
    total = sum((yuan(str(i["total"])) for i in invoices), ZERO)
    paid = sum(
        (yuan(str(i.get(name) or "0")) for i in invoices for name in ("fund_paid", "other_paid")),
        ZERO,
    )
    return total, max(ZERO, total - paid)


def report_of(
    *, partner_id: int, number: str, policy_number: str, party_id: int, on: date,
    payee: tuple[int, int], authorisation_id: int,
) -> Report:  # fmt: skip
    """What claims is told of a visit: the patient's claim, paid to the partner on their word."""
    payee_party, account_id = payee
    return Report(
        policy_number=policy_number, claimant_id=party_id, claim_type="MEDICAL", loss_date=on,
        channel="PROVIDER", request_key=request_key(partner_id, number), account_id=account_id,
        assignment=Assignment(payee_party, Ref("authorisation", authorisation_id)),
    )  # fmt: skip


def _settle(
    visit: Visit, invoices: Sequence[dict[str, Any]], digest: str, actor: Ref, at: datetime
) -> None:
    partner = visit.partner
    # The patient was let in on our word. Whatever speaks against the bill since (a cover ended
    # backwards, a consent taken back, a death, a claim of their own), a person judges it; it is
    # never turned away here.
    policy = policies.get_claimable(
        visit.policy_id, visit.party_id, visit.begun_on, without_cover=True
    )
    report = report_of(
        partner_id=partner.pk, number=visit.number, policy_number=policy.number,
        party_id=visit.party_id, on=visit.begun_on, payee=(partner.party_id, partner.account_id),
        authorisation_id=visit.authorisation_id,
    )  # fmt: skip
    reported = take_report(
        report=report, actor=actor, at=at, policy=policy, arrives_complete=True, let_in=True
    )
    state, _ = take_invoices(
        hold_claim(reported.claim_id), provider_id=partner.provider_id, invoices=invoices,
        actor=actor, at=at, policy=policy,
    )  # fmt: skip
    straight = state.value in STRAIGHT
    benefit = hold_claim(reported.claim_id).benefit_amount if straight else None
    total, own_part = sums_of(invoices)
    Visit.objects.filter(pk=visit.pk).update(
        state=(State.SETTLED if straight else State.IN_DOUBT).value, claim_id=reported.claim_id,
        digest=digest, total=total, own_part=own_part, benefit=benefit, discharged_at=at,
        settled_at=at if straight else None,
    )  # fmt: skip
    Guarantee.objects.filter(visit=visit, state="ISSUED").update(state="USED")
    Guarantee.objects.filter(visit=visit, state__in=["ASKED", "PROPOSED"]).update(state="CANCELLED")
    say_discharged(visit.pk, visit.party_id, reported.claim_id, benefit, actor=actor, at=at)
    if not straight and people.died_on(visit.party_id) is None:
        messaging.queue(
            "direct_billing.in_doubt", to=Ref("party", visit.party_id), about=Ref("visit", visit.pk),
            at=at, facts={"visit": visit.number},
        )  # fmt: skip


@tx.step
def say_discharged(
    visit_id: int,
    party_id: int,
    claim_id: int,
    benefit: Decimal | None,
    *,
    actor: Ref,
    at: datetime,
) -> None:
    """Record that a bill came in and, where it went straight through, what we pay of it."""
    about = Ref("visit", visit_id)
    journal.record(
        events.VisitDischarged(claim_id=claim_id, straight_through=benefit is not None),
        about=about, actor=actor, at=at, party=party_id,
    )  # fmt: skip
    if benefit is not None:
        journal.record(
            events.VisitSettled(claim_id=claim_id, benefit=str(benefit)),
            about=about, actor=SYSTEM, at=at, party=party_id,
        )  # fmt: skip


def _of_claim(claim_id: int) -> Visit | None:
    return Visit.objects.select_for_update(of=("self",)).filter(claim_id=claim_id).first()


@tx.step
def note_paid(*, claim_id: int, amount: str, at: datetime) -> None:
    """The hospital has the money of a claim; one that was in doubt is settled with it. Twice is once."""
    visit = _of_claim(claim_id)
    if visit is None or visit.state not in (State.SETTLED, State.IN_DOUBT):
        return
    if visit.state == State.IN_DOUBT:
        _settle_late(visit, yuan(amount), at)
    Visit.objects.filter(pk=visit.pk).update(state=State.PAID.value, paid_at=at)
    journal.record(
        events.VisitPaid(claim_id=claim_id),
        about=Ref("visit", visit.pk), actor=SYSTEM, at=at, party=visit.party_id,
    )  # fmt: skip


@tx.step
def note_nothing(*, claim_id: int, at: datetime) -> None:
    """The claim of a visit pays nothing: the whole of the patient's part is theirs. Twice is once."""
    visit = _of_claim(claim_id)
    if visit is not None and visit.state == State.IN_DOUBT:
        _settle_late(visit, ZERO, at)


@tx.step
def note_withdrawn(*, claim_id: int, at: datetime) -> None:
    """The patient took the claim back: they pay the hospital themselves. Twice is once."""
    visit = _of_claim(claim_id)
    if visit is not None and visit.state == State.IN_DOUBT:
        cancel(visit, "WITHDRAWN", at=at)


def _settle_late(visit: Visit, benefit: Decimal, at: datetime) -> None:
    Visit.objects.filter(pk=visit.pk).update(
        state=State.SETTLED.value, benefit=benefit, settled_at=at
    )
    journal.record(
        events.VisitSettled(claim_id=visit.claim_id or 0, benefit=str(benefit)),
        about=Ref("visit", visit.pk), actor=SYSTEM, at=at, party=visit.party_id,
    )  # fmt: skip
    owes = max(ZERO, (visit.own_part or ZERO) - benefit)
    messaging.queue(
        "direct_billing.settled", to=Ref("party", visit.party_id), about=Ref("visit", visit.pk),
        at=at, facts={"visit": visit.number, "benefit": str(benefit), "owes": str(owes)}, once="settled",
    )  # fmt: skip
