"""What customers sign about a claim: a settlement to decide by, and a plan to give money back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from demo.cast import OFFICE, person, sent_to_review, who
from demo.claims import Chronicle
from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import add_years
from yilu.messaging import queries as messaging
from yilu.people import queries as people
from yilu.policies import operations as policies

CODE = re.compile(r"\d{6}")
PAID = Decimal(100_000)
PARTS = (Decimal(40_000), Decimal(30_000), Decimal(30_000))


def settled(chronicle: Chronicle) -> dict[str, Any]:
    """A disputed accident: both sides agreed on four fifths, and the customer has signed."""
    hurt_on = chronicle.today - timedelta(days=40)
    seen_by_chen = people.staff_access(chronicle.world.staff["chen.he"]).office_ids
    customer, told = sent_to_review(
        chronicle, "accident", "DISABILITY", on=hurt_on, why="伤情与既往旧伤难以分清，先协商",
        loss=claims.Loss(
            cause="ACCIDENT", event_on=hurt_on,
            injuries=(claims.Injury(part="右膝", grade=10, assessed_on=chronicle.today),),
        ),
        offices=seen_by_chen,
    )  # fmt: skip
    claims.calculate_claim(**told, chosen=claims.Chosen())
    desk = queries.desk(told["claim_id"], told["access"], told["at"])
    assert desk.calculation is not None
    amount = (desk.calculation.benefit * Decimal("0.8")).quantize(Decimal("0.01"))
    agreement = claims.ask_agreement(
        **told, kind="SETTLEMENT", amount=amount,
        terms="右膝伤情中有旧伤的影响，双方同意按理算金额的八成一次给付；今后出现新的伤残，仍可另行申请。",
    )  # fmt: skip
    signer = Ref("party", customer.party_id)
    shown = queries.get_agreement(agreement, customer.party_id)
    claims.send_agreement_code(
        agreement_id=agreement, digest=shown.digest, actor=signer, at=chronicle.past.now
    )
    chronicle.past.settle(1)
    [sent] = messaging.outbox(templates=("claims.agreement_code",), limit=1)
    [code] = CODE.findall(sent.text)[:1]
    claims.sign_agreement(
        agreement_id=agreement, code=code, actor=signer, at=chronicle.past.now, door="APP"
    )
    return {"claim_id": told["claim_id"], "number": desk.card.number, "amount": str(amount)}


def came_back(chronicle: Chronicle) -> dict[str, Any]:
    """Lost at sea, declared dead, paid for, and back: the wife is to give it back and may sign a plan."""
    claim_id, wife, phone = _declared_and_paid(chronicle)
    chronicle.past.settle()
    chen, lead = who(chronicle, "chen.he"), who(chronicle, "zhu.guan")
    [recovery] = claims.record_return(
        claim_id=claim_id, returned_on=chronicle.today - timedelta(days=1),
        revoked_number="（2026）浙0102民特31号", **chen,
    )  # fmt: skip
    claims.decide_recovery(
        claim_id=claim_id,
        recovery_id=recovery,
        approve=True,
        answer="判决已撤销，依法请返还",
        **lead,
    )
    desk = queries.desk(claim_id, chen["access"], chen["at"])
    claims.ask_agreement(
        claim_id=claim_id, kind="REPAYMENT", recovery_id=recovery,
        terms="同意分三期返还已领取的身故保险金，不计利息；一时有困难的，提前联系我们商量。",
        lines=[(chronicle.today + timedelta(days=30 * n), part) for n, part in enumerate(PARTS, 1)],
        **chen,
    )  # fmt: skip
    return {
        "claim_id": claim_id, "number": desk.card.number, "phone": phone,
        "wife": people.get_party(wife).name,
    }  # fmt: skip


def _declared_and_paid(chronicle: Chronicle) -> tuple[int, int, str]:
    """Declared dead by a court, the wife found entitled, paid: the claim, the wife, her phone."""
    at, today = chronicle.past.now, day_of(chronicle.past.now)
    lost_on = add_years(today, -3)
    wife, phone = person(chronicle, 7, "秦素云")
    insured, _phone = person(chronicle, 8, "顾远航")
    policy = policies.issue_policy(
        new=policies.NewPolicy(
            product_code="term-life", holder_id=wife, insured_id=insured,
            office_id=chronicle.world.offices[OFFICE], effective_on=date(today.year - 5, 3, 1),
            sum_insured=PAID, premium=Decimal("240.00"), pay_years=20,
        ),
        actor=SYSTEM, at=at,
    )  # fmt: skip
    [account] = people.list_accounts(wife)
    made = claims.report_claim(
        report=claims.Report(
            policy_number=policy.number, claimant_id=wife, claim_type="DEATH", loss_date=lost_on,
            channel="APP", request_key="demo-came-back", account_id=account.id,
            loss=claims.Loss(passing=claims.Passing(died_on=lost_on)),
        ),
        actor=Ref("party", wife), at=at,
    )  # fmt: skip
    chen, fu = who(chronicle, "chen.he"), who(chronicle, "fu.he")
    claims.send_to_review(
        claim_id=made.claim_id, reason="法院宣告死亡，转人工核对判决", **who(chronicle, "li.zhu")
    )
    claims.record_declared_death(
        claim_id=made.claim_id,
        says=claims.CourtSays(
            judgment=claims.Judgment(
                missing_on=lost_on, judged_on=today - timedelta(days=50), by_accident=True
            ),
            court="杭州市上城区人民法院", case_number="（2026）浙0102民特7号",
        ),
        **chen,
    )  # fmt: skip
    found = claims.establish_entitlement(
        claim_id=made.claim_id, note="户口簿、结婚证；父母已故，无子女",
        persons=[claims.Person(party_id=wife, relation="SPOUSE", fate="ALIVE")], **chen,
    )  # fmt: skip
    claims.confirm_entitlement(claim_id=made.claim_id, entitlement_id=found, **fu)
    claims.calculate_claim(claim_id=made.claim_id, chosen=claims.Chosen(), **chen)
    _approve(made.claim_id, chen, fu)
    return made.claim_id, wife, phone


def _approve(claim_id: int, by: dict[str, Any], second: dict[str, Any]) -> None:
    seen = queries.desk(claim_id, by["access"], by["at"])
    decided = claims.decide(
        claim_id=claim_id,
        verdict=claims.Verdict(
            digest=seen.digest, kind="APPROVE", reason="宣告死亡判决已生效，属于保险责任",
            override_reason="判决已生效，责任明确",
        ),
        **by,
    )  # fmt: skip
    if decided.second:
        seen = queries.desk(claim_id, second["access"], second["at"])
        claims.confirm_decision(
            claim_id=claim_id, digest=seen.digest, agrees=True, reason="", **second
        )
