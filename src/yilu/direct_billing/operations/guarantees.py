"""Our word to the hospital: asked for, given within cover and limit, with four eyes above a sum."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError

from yilu.claims.queries.estimating import estimate
from yilu.direct_billing import events
from yilu.direct_billing.models import Guarantee, Visit
from yilu.direct_billing.rules.lifecycle import OPEN, State
from yilu.direct_billing.rules.words import GUARANTEE_TERMS
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.standards import queries as standards
from yilu.work import operations as work

from .refusals import (
    AskedOtherwise,
    BadVisit,
    CoverChanged,
    GuaranteeAboveLimit,
    GuaranteeNotFound,
    GuaranteeOpen,
    NotNow,
    ReasonNeeded,
    SecondPersonNeeded,
)
from .visits import hold, most_guaranteed

QUEUE = "direct_billing.guarantee"


@tx.use_case
def ask_guarantee(
    *, partner_id: int, number: str, amount: Decimal, request_key: str, actor: Ref, at: datetime
) -> Guarantee:
    """
    Ask for a guarantee of an amount (申请担保). Within what is left, what the policy would pay and the
    partner's limit it is issued at once up to 10,000 yuan; above, a person decides, and above
    50,000 two. The same key again is the same guarantee.

    :raises GuaranteeAboveLimit: saying what is possible. :raises GuaranteeOpen: there is one.
    :raises VisitNotFound, NotNow: no such visit, or its bill is in. :raises BadVisit: no amount.
    :raises AskedOtherwise: the key was used for another amount. :raises CoverChanged: see there.
    """
    try:
        amount = yuan(amount)
    except (ValueError, TypeError):
        raise BadVisit from None
    if amount <= ZERO or not 0 < len(request_key) <= 64:
        raise BadVisit
    visit = hold(partner_id, number)
    if before := Guarantee.objects.filter(visit=visit, request_key=request_key).first():
        if before.amount != amount:
            raise AskedOtherwise
        return before
    if visit.state not in OPEN:
        raise NotNow
    possible = _possible(visit)
    if amount > possible:
        raise GuaranteeAboveLimit(possible)
    try:
        with tx.savepoint():
            asked = Guarantee.objects.create(
                visit=visit, state=Guarantee.State.ASKED, amount=amount, request_key=request_key,
                asked_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise GuaranteeOpen from None
    _record(events.GuaranteeAsked(guarantee_id=asked.pk, amount=str(amount)), visit, actor, at)
    if amount <= standards.figure("direct_billing.machine_guarantee", at):
        _issue(asked, visit, SYSTEM, at)
    else:
        work.open_item(
            QUEUE, about=Ref("visit", visit.pk), office_id=visit.partner.office_id, at=at,
            title=f"医疗直付担保：{amount:,.2f} 元", amount=amount, party_id=visit.party_id, priority=20,
        )  # fmt: skip
    return Guarantee.objects.get(pk=asked.pk)


def _possible(visit: Visit) -> Decimal:
    """The most we guarantee now: what is left of the cover, the estimate, and the partner's limit."""
    try:
        policy = policies.get_policy(visit.policy_id, visit.begun_on)
    except policies.PolicyNotInForce:
        raise CoverChanged from None
    found = estimate(policy, kind=visit.kind, on=visit.begun_on, total=visit.expected or ZERO)
    return most_guaranteed(found, visit.partner.guarantee_limit)


@tx.use_case
def decide_guarantee(
    *, guarantee_id: int, agree: bool, reason: str = "", access: Access, actor: Ref, at: datetime
) -> str:
    """
    A person agrees to a guarantee, or does not and says why; above direct_billing.four_eyes_above a second confirms.

    :raises GuaranteeNotFound: none within one's offices. :raises NotNow: it is decided.
    :raises SecondPersonNeeded: one's own proposal. :raises ReasonNeeded: a no without a reason.
    :raises AboveAuthority: more than one may decide about.
    """
    asked = Guarantee.objects.select_for_update(of=("self",)).filter(pk=guarantee_id).first()
    if asked is None:
        raise GuaranteeNotFound
    visit = Visit.objects.select_related("partner").get(pk=asked.visit_id)
    office_id = visit.partner.office_id
    if not access.may("claims.decide", office_id=office_id):
        raise GuaranteeNotFound
    if asked.state not in ("ASKED", "PROPOSED") or visit.state not in OPEN:
        raise NotNow
    if not agree:
        return _refuse(asked, visit, reason, actor, at)
    second = asked.state == "PROPOSED"
    if second and asked.decided_by == str(actor):
        raise SecondPersonNeeded
    if second or asked.amount <= standards.figure("direct_billing.four_eyes_above", at):
        access.require("claims.decide", office_id=office_id, amount=asked.amount)
        if asked.amount > _possible(visit):
            raise GuaranteeAboveLimit(_possible(visit))
        _issue(asked, visit, actor, at, second=second)
        return "ISSUED"
    Guarantee.objects.filter(pk=asked.pk).update(state="PROPOSED", decided_by=str(actor))
    _record(events.GuaranteeProposed(guarantee_id=asked.pk), visit, actor, at)
    return "PROPOSED"


def _refuse(asked: Guarantee, visit: Visit, reason: str, actor: Ref, at: datetime) -> str:
    if len(reason.strip()) < 5:
        raise ReasonNeeded
    Guarantee.objects.filter(pk=asked.pk).update(
        state="REFUSED", decided_by=str(actor), reason=reason.strip()[:300], decided_at=at
    )
    work.close_items(about=Ref("visit", visit.pk), at=at, queue=QUEUE)
    _record(events.GuaranteeRefused(guarantee_id=asked.pk), visit, actor, at)
    return "REFUSED"


def _issue(
    asked: Guarantee, visit: Visit, actor: Ref, at: datetime, *, second: bool = False
) -> None:
    today = day_of(at)
    expires_on = today + timedelta(
        days=standards.whole_figure("direct_billing.guarantee_days", today)
    )
    policy = policies.get_policy(visit.policy_id, visit.begun_on)
    about = Ref("visit", visit.pk)
    facts = {
        "policy": policy.number, "product": policy.product_name, "insured_id": visit.party_id,
        "visit": visit.number, "admitted_on": visit.begun_on.isoformat(),
        "amount": str(asked.amount), "issued_on": today.isoformat(),
        "expires_on": expires_on.isoformat(), "terms": list(GUARANTEE_TERMS),
    }  # fmt: skip
    if visit.department:
        facts["department"] = visit.department
    letter_id = letters.issue(
        kind="GUARANTEE",
        about=about,
        party_id=visit.partner.party_id,
        facts=facts,
        actor=actor,
        at=at,
    )
    by = {"approved_by": str(actor)} if second else {"decided_by": str(actor)}
    Guarantee.objects.filter(pk=asked.pk).update(
        state="ISSUED", letter_id=letter_id, decided_at=at, expires_on=expires_on, **by
    )
    Visit.objects.filter(pk=visit.pk).update(state=State.GUARANTEED.value)
    work.close_items(about=about, at=at, queue=QUEUE)
    _record(
        events.GuaranteeIssued(
            guarantee_id=asked.pk, amount=str(asked.amount), letter_id=letter_id
        ),
        visit, actor, at,
    )  # fmt: skip
    messaging.queue(
        "direct_billing.guaranteed", to=Ref("party", visit.party_id), about=about, at=at,
        facts={"visit": visit.number, "amount": str(asked.amount)},
    )  # fmt: skip


@tx.use_case
def expire_guarantees(*, at: datetime, limit: int = 200) -> int:
    """End guarantees whose time has passed; the visit may ask for another. How many."""
    over = list(
        Guarantee.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("visit")
        .filter(state="ISSUED", expires_on__lt=day_of(at))
        .order_by("pk")[:limit]
    )
    for each in over:
        Guarantee.objects.filter(pk=each.pk).update(state="EXPIRED")
        Visit.objects.filter(pk=each.visit_id, state=State.GUARANTEED).update(
            state=State.ADMITTED.value
        )
        _record(events.GuaranteeExpired(guarantee_id=each.pk), each.visit, SYSTEM, at)
    return len(over)


def _record(fact: object, visit: Visit, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=Ref("visit", visit.pk), actor=actor, at=at, party=visit.party_id)
