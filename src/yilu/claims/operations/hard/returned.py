"""Tell the holder what becomes of the contract of somebody who came back (保单恢复的告知)."""

from __future__ import annotations

from datetime import datetime

from yilu.claims.operations.holding import Held
from yilu.kernel import tx
from yilu.kernel.days import day_of, written
from yilu.kernel.money import said_yuan
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.policies import operations as policies
from yilu.policies import queries as contracts

SHOWN = 6


@tx.step
def tell_holder(
    held: Held, outcome: str, *, revived: policies.Revived | None, reason: str, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    A message and a letter: whether the contract goes on, which premiums are owed, by when, and how.

    ``revived`` is None where the contract had never ended, or does not go on.
    """
    policy = contracts.get_policy(held.policy_id, held.loss_date, without_cover=True)
    to, facts = Ref("party", policy.holder_id), {"policy": policy.number}
    owed = revived is not None and revived.pay_until is not None
    if outcome != "REVIVED":
        template = "claims.returned_policy_ended"
    elif owed and revived is not None and revived.pay_until is not None:
        template = "claims.returned_policy_owes"
        facts |= {
            "count": str(len(revived.dues)), "amount": str(revived.owed),
            "until": revived.pay_until.isoformat(),
        }  # fmt: skip
    else:
        template = "claims.returned_policy_revived"
    messaging.queue(template, to=to, about=held.ref, at=at, facts=facts, once="returned")
    letters.issue(
        kind="RETURNED", about=held.ref, party_id=policy.holder_id, actor=actor, at=at,
        facts={
            "claim": held.number, "policy": policy.number, "product": policy.product_name,
            "insured_id": held.insured_id, "decided_on": day_of(at).isoformat(),
            "reasons": [reason],
        } | (_goes_on(revived) if outcome == "REVIVED" else _ended()),
    )  # fmt: skip


def _goes_on(revived: policies.Revived | None) -> dict[str, object]:
    """What a letter says of a contract that goes on."""
    rows = [{"label": "保障", "text": "自始有效，如同没有发生过这次给付；用掉的额度已退回。"}]
    if revived is None or revived.pay_until is None:
        if revived is not None and revived.next_due is not None:
            rows.append({"label": "下一次交费", "text": _next(revived)})
        return {
            "outcome": "合同继续有效，没有需要补交的保险费", "rows": rows,
            "ways": ["您不需要做什么。今后到期的保险费，我们会像往常一样提前提醒您。"],
        }  # fmt: skip
    days = "、".join(written(day) for day in revived.dues[:SHOWN])
    more = f" 等 {len(revived.dues)} 期" if len(revived.dues) > SHOWN else ""
    until = written(revived.pay_until)
    rows += [
        {
            "label": "没有交的保险费",
            "text": f"{days}{more}，每期 {said_yuan(revived.premium)} 元，不收利息",
        },
        {"label": "最晚哪天交", "text": f"{until}；在这之前保障不受影响，也不会因未交费而中止"},
    ]
    if revived.next_due is not None:
        rows.append({"label": "再下一次交费", "text": _next(revived)})
    return {
        "outcome": "合同继续有效，请补交期间到期的保险费", "rows": rows, "amount": str(revived.owed),
        "pay_by": revived.pay_until.isoformat(),
        "ways": [
            f"在 {until} 前登录“我的缴费”逐期交清，或到任一服务网点交费；我们不会为这几期自动扣款。",
            "在此之前发生保险事故的，照常赔付，只从赔款中扣除欠交的保险费。",
            f"到 {until} 仍未交清的，合同从次日起中止，二年内可以申请复效；一次交清有困难的，请先和我们商量。",
        ],
    }  # fmt: skip


def _ended() -> dict[str, object]:
    return {
        "outcome": "合同不再恢复",
        "rows": [{"label": "合同状态", "text": "已经终止，不再收取保险费，也不再提供保障"}],
        "ways": [
            "不同意这一决定的，可以要求我们说明理由并由另一位人员复核。",
            "需要新的保障时，请联系我们，我们按您现在的情况另行安排。",
        ],
    }


def _next(revived: policies.Revived) -> str:
    assert revived.next_due is not None
    return f"{written(revived.next_due)}，{said_yuan(revived.premium)} 元"
