"""The stories of the demo's claims, and how they are told one after another along its past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from demo import papers
from demo.claims import Chronicle
from demo.customers import agree, open_account
from yilu.claims import operations as claims
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref


def small_by_feed(c: Chronicle) -> None:
    """A visit, the hospital's invoice as data, paid within minutes; often rated."""
    customer, product = c.holder_of("small-medical", "group-medical")
    bill = c.bill(customer, largest=str(c.chance.randrange(300, 980)))
    account = c.ready(customer)
    channel = c.chance.choices(["APP", "AGENT", "PHONE"], [8, 2, 1])[0]
    claim_id = c.report(customer, product, "MEDICAL", loss_on=bill.issued_on, channel=channel,
                           account_id=account)  # fmt: skip
    c.past.settle(1)
    claims.hand_in_invoices(
        claim_id=claim_id,
        provider_id=c.provider(),
        invoices=[bill.as_feed()],
        actor=SYSTEM,
        at=c.past.now,
    )
    c.past.settle()
    c.maybe_rate(claim_id, customer)


def small_by_file(c: Chronicle) -> None:
    """The customer's own XML, OFD or PDF, read by the machine."""
    customer, product = c.holder_of("small-medical", "group-medical")
    bill = c.bill(customer, largest=str(c.chance.randrange(300, 980)))
    account = c.ready(customer)
    claim_id = c.report(customer, product, "MEDICAL", loss_on=bill.issued_on, account_id=account)
    form = c.chance.choice([("xml", papers.xml), ("xml", papers.xml), ("ofd", papers.ofd)])
    c.hand_in(claim_id, customer, [("INVOICE", f"电子票据.{form[0]}", form[1](bill))])
    c.maybe_rate(claim_id, customer)


def ward_stay(c: Chronicle, upto: str = "decide") -> None:
    """A stay in hospital of some thousands: papers, a person, perhaps another."""
    customer, product = c.holder_of("million-medical-social", "small-medical", "million-medical")
    bill = c.bill(customer, "FISCAL_INPATIENT")
    account = c.ready(customer)
    channel = c.chance.choices(["APP", "AGENT", "PHONE"], [6, 2, 2])[0]
    claim_id = c.report(customer, product, "MEDICAL", loss_on=bill.admitted_on or bill.issued_on,
                           channel=channel, account_id=account)  # fmt: skip
    if upto == "report":
        return
    discharge = papers.discharge_pdf(
        customer.person.name, bill.admitted_on or bill.issued_on, bill.issued_on, seed=c.bills
    )
    files = [("INVOICE", "住院票据.xml", papers.xml(bill))]
    if upto != "incomplete":
        files += [("DISCHARGE", "出院小结.pdf", discharge), ("FEE_LIST", "费用清单.pdf", discharge)]
    c.hand_in(claim_id, customer, files)
    if upto == "incomplete":
        return
    c.confirm_papers(claim_id, customer)
    c.go_on(claim_id, customer, upto)


def critical_illness(c: Chronicle, upto: str = "decide") -> None:
    """A grave diagnosis: a consultant from the first day, a person decides."""
    customer, product = c.holder_of("critical-illness", since_days=800)
    account = c.ready(customer)
    claim_id = c.report(customer, product, "CRITICAL_ILLNESS", loss_on=c.today - timedelta(days=4),
                           channel="PHONE", account_id=account)  # fmt: skip
    if upto == "report":
        return
    _accompanied(c, claim_id, customer.office_id)
    proof = papers.diagnosis_pdf(customer.person.name, c.today - timedelta(days=4), seed=c.bills)
    discharge = papers.discharge_pdf(
        customer.person.name, c.today - timedelta(days=9), c.today - timedelta(days=2), seed=c.bills
    )
    c.hand_in(
        claim_id,
        customer,
        [("DIAGNOSIS", "诊断证明.pdf", proof), ("DISCHARGE", "出院小结.pdf", discharge)],
    )
    c.confirm_papers(claim_id, customer)
    c.go_on(claim_id, customer, upto)


def _accompanied(c: Chronicle, claim_id: int, office_id: int) -> None:
    """Somebody of the branch takes the customer on, by name and telephone."""
    actor, access = c.colleague("claims.register", office_id)
    claims.assign_consultant(
        claim_id=claim_id, staff_id=actor.id, access=access, actor=actor, at=c.past.now
    )


def allowance(c: Chronicle) -> None:
    """Days in hospital at the daily rate."""
    customer, product = c.holder_of("hospital-allowance")
    account = c.ready(customer)
    out = c.today - timedelta(days=2)
    admitted = out - timedelta(days=c.chance.randrange(3, 12))
    claim_id = c.report(
        customer, product, "ALLOWANCE", loss_on=admitted, account_id=account,
        loss=claims.Loss(stays=(claims.Stay(visit="INPATIENT", from_on=admitted, to_on=out, icu_days=0),)),
    )  # fmt: skip
    c.bills += 1
    c.hand_in(claim_id, customer, [
        ("DISCHARGE", "出院小结.pdf", papers.discharge_pdf(customer.person.name, admitted, out, seed=c.bills)),
    ])  # fmt: skip
    c.confirm_papers(claim_id, customer)
    c.go_on(claim_id, customer, "decide")


def returned_by_bank(c: Chronicle, mend: bool = True) -> None:
    """The account was closed: the bank returns the payment, the customer names another."""
    customer, product = c.holder_of("small-medical", "group-medical")
    bill = c.bill(customer, largest="900")
    c.ready(customer)
    closed = c.card_ending("0003", customer)
    claim_id = c.report(customer, product, "MEDICAL", loss_on=bill.issued_on, account_id=closed)
    claims.hand_in_invoices(
        claim_id=claim_id,
        provider_id=c.provider(),
        invoices=[bill.as_feed()],
        actor=SYSTEM,
        at=c.past.now,
    )
    c.past.settle()
    if mend:
        c.past.go_to(c.past.now + timedelta(hours=2))
        claims.correct_account(
            claim_id=claim_id, account_id=open_account(customer, c.past.now),
            actor=Ref("party", customer.party_id), at=c.past.now,
        )  # fmt: skip
        c.past.settle()
        c.maybe_rate(claim_id, customer)


def proactive(c: Chronicle, confirm: bool) -> None:
    """The hospital sends the invoice; the customer confirms with one tap, or has yet to."""
    customer, product = c.holder_of("small-medical", "group-medical")
    bill = c.bill(customer, largest="950")
    c.ready(customer)
    agree(customer, c.past.now, "MEDICAL_DATA_FETCH")
    provider = c.provider()
    offer = claims.offer_proactive_claim(
        policy_number=customer.policies[product], party_id=customer.party_id, claim_type="MEDICAL",
        provider_id=provider, invoices=[bill.as_feed()], actor=Ref("provider", provider), at=c.past.now,
    )  # fmt: skip
    c.past.settle()
    if confirm:
        c.past.go_to(c.past.now + timedelta(minutes=c.chance.randrange(4, 300)))
        claims.confirm_offer(
            offer_id=offer,
            account_id=customer.account_id,
            actor=Ref("party", customer.party_id),
            at=c.past.now,
        )
        c.past.settle()


def reported_twice(c: Chronicle) -> None:
    """The same loss by telephone and on the phone's page: one claim."""
    customer, product = c.holder_of("small-medical")
    c.ready(customer)
    loss_on = c.today - timedelta(days=1)
    c.report(customer, product, "MEDICAL", loss_on=loss_on)
    c.report(customer, product, "MEDICAL", loss_on=loss_on, channel="PHONE")
    c.past.settle()


def withdrawn(c: Chronicle) -> None:
    """Reported, then thought better of."""
    customer, product = c.holder_of("accident")
    c.ready(customer)
    claim_id = c.report(customer, product, "ACCIDENT", loss_on=c.today - timedelta(days=2),
                           loss=claims.Loss(cause="ACCIDENT"))  # fmt: skip
    claims.withdraw_claim(
        claim_id=claim_id,
        reason="费用已由学校承担",
        actor=Ref("party", customer.party_id),
        at=c.past.now,
    )
    c.past.settle()


STORIES: tuple[tuple[float, Callable[[Chronicle], None]], ...] = (
    (38, small_by_feed),
    (16, small_by_file),
    (10, lambda c: ward_stay(c, "decide")),
    (3, lambda c: ward_stay(c, "review")),
    (3, lambda c: ward_stay(c, "incomplete")),
    (2, lambda c: ward_stay(c, "report")),
    (3, lambda c: ward_stay(c, "supplement")),
    (2, lambda c: ward_stay(c, "investigate")),
    (2, lambda c: ward_stay(c, "decline")),
    (3, lambda c: critical_illness(c, "decide")),
    (1, lambda c: critical_illness(c, "review")),
    (1, lambda c: critical_illness(c, "report")),
    (5, allowance),
    (2, lambda c: returned_by_bank(c, True)),
    (1, lambda c: returned_by_bank(c, False)),
    (3, lambda c: proactive(c, True)),
    (1.5, lambda c: proactive(c, False)),
    (1.5, reported_twice),
    (1, withdrawn),
)

QUICK: tuple[tuple[float, Callable[[Chronicle], None]], ...] = (
    (38, small_by_feed),
    (16, small_by_file),
    (3, lambda c: ward_stay(c, "incomplete")),
    (2, lambda c: ward_stay(c, "report")),
    (1, lambda c: critical_illness(c, "report")),
    (3, lambda c: proactive(c, True)),
    (2, lambda c: proactive(c, False)),
    (1, lambda c: returned_by_bank(c, False)),
    (1, withdrawn),
)
"""Told within minutes: what the last days before today are made of. The others wait for an office hour."""
LAST_DAYS = timedelta(days=5)


def tell(
    chronicle: Chronicle, until: datetime, count: int, say: Callable[[int, int], None]
) -> dict[str, int]:
    """
    Tell ``count`` claims between the past's present and ``until``, or as many as there is time for:
    one story is told to its end before the next begins, and none may reach into the future.
    """
    start = chronicle.past.now
    span = (until - start).total_seconds()
    moments = sorted(
        start + timedelta(seconds=span * chronicle.chance.random() ** 0.9) for _ in range(count)
    )
    refused: dict[str, int] = {}
    for n, moment in enumerate(moments, 1):
        if chronicle.past.now > until:
            break
        if moment > chronicle.past.now:
            chronicle.past.advance(moment, chronicle.staff_round)
        stories = STORIES if until - chronicle.past.now > LAST_DAYS else QUICK
        story = chronicle.chance.choices(stories, [weight for weight, _ in stories])[0][1]
        try:
            story(chronicle)
        except Refusal as refusal:
            name = f"{type(refusal).__name__} ({refusal.message})"
            refused[name] = refused.get(name, 0) + 1
        say(n, count)
    return refused
