"""Claims with something to look into: bills that differ from rules, a shared device, a declaration."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from demo import papers
from demo.claims import Chronicle
from yilu.claims import operations as claims
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.risk import jobs
from yilu.risk import operations as risk
from yilu.risk import queries as risks

RING = 5
FAMILY = 3
NOT_DECLARED = ("HYPERTENSION", "HEART", "DIABETES", "LUNG", "DIGESTIVE", "TUMOUR", "KIDNEY")


def tell(chronicle: Chronicle) -> None:
    """A few claims that a reviewer should look at, and what people found about some of them."""
    for story in (_other_sex, _charged_twice, _undeclared):
        for _ in range(2):
            try:
                story(chronicle)
            except Refusal:
                continue
    _by_one_device(chronicle, RING)
    _by_one_device(chronicle, FAMILY)
    chronicle.past.settle()
    _find_out(chronicle)
    jobs.search_groups(chronicle.past.now)


def _claim(
    chronicle: Chronicle, bill: papers.Bill, customer, product: str, device: str = ""
) -> int:  # type: ignore[no-untyped-def]
    claim_id = chronicle.report(
        customer, product, "MEDICAL", loss_on=bill.admitted_on or bill.issued_on,
        account_id=chronicle.ready(customer),
    )  # fmt: skip
    if device:
        risk.note_device(
            about=Ref("claim", claim_id), party_id=customer.party_id, device=device,
            at=chronicle.past.now,
        )  # fmt: skip
    chronicle.past.settle(1)
    claims.hand_in_invoices(
        claim_id=claim_id, provider_id=chronicle.provider(), invoices=[bill.as_feed()], actor=SYSTEM,
        at=chronicle.past.now,
    )  # fmt: skip
    return claim_id


def _with_line(bill: papers.Bill, name: str, amount: str) -> papers.Bill:
    return replace(bill, lines=(*bill.lines, papers.Line(name, Decimal(amount), "B")))


def _other_sex(chronicle: Chronicle) -> None:
    """A drug for women on a man's bill."""
    while True:
        customer, product = chronicle.holder_of("small-medical", "group-medical")
        if customer.person.sex == "M":
            break
    bill = _with_line(chronicle.bill(customer, largest="420"), "[乙]妇炎舒胶囊 0.4g*24粒", "38.60")
    _claim(chronicle, bill, customer, product)


def _charged_twice(chronicle: Chronicle) -> None:
    """A consultation that the emergency ward's fee already contains."""
    customer, product = chronicle.holder_of("small-medical", "group-medical")
    bill = chronicle.bill(customer, largest="360")
    for name, amount in (("急诊监护费", "96.00"), ("急诊诊查费", "25.00")):
        bill = _with_line(bill, name, amount)
    _claim(chronicle, bill, customer, product)


def _undeclared(chronicle: Chronicle) -> None:
    """A diagnosis within two years of a declaration that said no."""
    customer, product = chronicle.holder_of("small-medical", "million-medical")
    policy_id = customer.policy_ids[product]
    declared_on = chronicle.today - timedelta(days=400)
    risk.note_declaration(
        policy=Ref("policy", policy_id), party_id=customer.party_id, declared_on=declared_on,
        answers=[(question, False) for question in NOT_DECLARED],
    )  # fmt: skip
    claim_id = _claim(
        chronicle,
        _with_line(chronicle.bill(customer, largest="500"), "心电监测", "18.00"),
        customer,
        product,
    )
    policy = policies.get_policy(policy_id, chronicle.today)
    from yilu.kernel import tx

    tx.use_case(risk.compare_diagnoses)(
        about=Ref("claim", claim_id), policy=Ref("policy", policy_id), party_id=customer.party_id,
        papers=[risk.Paper("高血压病2级（I10.x00）；2型糖尿病", chronicle.today, "门诊病历")],
        sex=policy.insured_sex, birth_date=policy.insured_birth_date, waiting_until=None,
        loss_date=chronicle.today, reported_on=chronicle.today, at=chronicle.past.now,
    )  # fmt: skip


def _by_one_device(chronicle: Chronicle, count: int) -> None:
    """Several customers' claims from one telephone: a family's, or somebody's who does it for others."""
    device = f"demo-device-{chronicle.chance.getrandbits(48):x}"
    for _ in range(count):
        customer, product = chronicle.holder_of("small-medical", "group-medical")
        try:
            _claim(chronicle, chronicle.bill(customer, largest="480"), customer, product, device)
        except Refusal:
            continue


def _find_out(chronicle: Chronicle) -> None:
    """People look into every other signal, and write down what it was."""
    for n, signal in enumerate(risks.list_open(limit=40)):
        if n % 2 or signal.about.kind != "claim":
            continue
        holds = signal.signal in ("BILL_SEX", "SHARED_DEVICE")
        reviewers = [people.staff_access(s) for s in chronicle.world.staff.values()]
        access = next(a for a in reviewers if a.may("risk.view"))
        risk.clear_signal(
            signal_id=signal.id, holds=holds, access=access, actor=Ref("staff", access.staff_id),
            finding="已电话核实并与医院核对：" + ("与所报不符，按规定处理" if holds else "情况合理，予以排除"),
            at=chronicle.past.now,
        )  # fmt: skip
