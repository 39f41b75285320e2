"""Letters as tests order them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests import make
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.letters import jobs, operations

CLAIM = Ref("claim", 42)
CLERK = Ref("staff", 3)


def facts(kind: str, insured_id: int, /, **given: Any) -> dict[str, Any]:
    case = {"claim": "LP1", "policy": "P1", "product": "一路安心医疗", "insured_id": insured_id}
    told: dict[str, dict[str, Any]] = {
        "DECISION": {
            **case, "event": "住院医疗", "decided_on": "2026-03-04", "amount": "12345.60",
            "basis": ["第2.3条住院医疗保险金"], "account": "工商银行 尾号1234",
            "pay_by": "2026-03-06T10:00:00+00:00",
        },
        "DENIAL": {
            **case, "event": "住院医疗", "decided_on": "2026-03-04", "reasons": ["在等待期内", "因疾病住院"],
            "clauses": [{"number": "第2.2条", "text": "等待期九十日。"}],
        },
        "NOTHING_DUE": {
            **case, "event": "住院医疗", "decided_on": "2026-03-04", "reasons": ["没有超过免赔额"],
            "clauses": [{"number": "第2.2条", "text": "年度免赔额一万元。"}],
            "lines": [
                {"label": "合理费用", "amount": "8000.00", "explanation": ""},
                {"label": "年度免赔额", "amount": "-8000.00", "explanation": "8,000 < 10,000"},
            ],
            "note": "本次费用中的 8000.00 元已计入您的免赔额。",
        },
        "RESCISSION": {
            **case, "decided_on": "2026-03-04", "opening": "经两人核实，所申请的保险事故没有发生。",
            "reasons": ["医院没有这次住院的记录"],
            "clauses": [{"number": "保险法27", "text": "有权解除合同，不退还保险费（第一款）。"}],
            "premiums": "已交的保险费不退还。",
        },
        "MEDIATION": {
            "claim": "LP1", "insured_id": insured_id, "hurt_id": insured_id, "kind": "轻伤", "agreed_on": "2026-03-04",
            "plan": "4500.00", "amount": "4200.00", "words": "各方对金额没有争议，签字确认。",
            "lines": [
                {"label": "误工费", "amount": "3000.00", "explanation": "单位证明，30 天"},
                {"label": "护理费", "amount": "1500.00", "explanation": "医嘱 15 天"},
            ],
        },
        "SUPPLEMENT": {
            **case, "requested_on": "2026-03-04",
            "items": [{"title": "出院小结", "note": "病案室盖章"}, {"title": "发票", "note": ""}],
        },
        "STATEMENT": {
            **case, "decided_on": "2026-03-04", "amount": "1634.56",
            "lines": [{"label": "住院医疗费用", "amount": "1634.56", "explanation": "3,000 − 1,200 − 165.44"}],
            "invoices": [{"number": "2631", "issued_on": "2026-02-10", "total": "3000.00"}],
        },
        "GUARANTEE": {
            "policy": "P2026000001", "product": "百万医疗（社保版）", "insured_id": insured_id,
            "visit": "ZY20260301001", "admitted_on": "2026-03-01", "amount": "20000.00",
            "issued_on": "2026-03-02", "expires_on": "2026-04-01",
            "terms": ["仅限本次住院。", "超出部分由患者承担。"], "department": "内科",
        },
        "REPAYMENT": {
            **case, "asked_on": "2026-03-04", "pay_by": "2026-04-03", "paid": "2000.00",
            "amount": "500.00", "reasons": ["票据后来冲红，多付差额"], "reference": "FH20260001",
            "basis": "《中华人民共和国民法典》第九百八十五条",
        },
    }  # fmt: skip
    told |= _of_policies_and_complaints(insured_id)
    return {**told[kind], **given}


def _of_policies_and_complaints(insured_id: int) -> dict[str, dict[str, Any]]:
    applied: dict[str, Any] = {
        "application": "T2026000001", "product": "一路安康", "insured_id": insured_id,
        "decided_on": "2026-03-04",
    }  # fmt: skip
    return {
        "ENDORSEMENT": {
            "request": "BQ1", "kind": "变更联系电话", "effective_on": "2026-03-04",
            "words": "按您的申请变更。", "rows": [{"label": "联系电话", "text": "138****0000"}],
        },
        "NOT_DONE": {
            "request": "BQ1", "kind": "变更受益人", "decided_on": "2026-03-04",
            "reasons": ["被保险人没有同意"],
        },
        "CONDITIONS": {
            **applied, "premium": "5432.10", "reasons": ["收缩压在 140 至 160 之间"],
            "changes": [{"label": "加费", "text": "50 点，每期 432.10 元"}], "answer_by": "2026-04-03",
            "exclusions": [{"number": "特别约定1", "text": "甲状腺癌及其转移癌"}],
        },
        "EXAMINATION": {
            **applied, "items": [{"title": "甲状腺 B 超", "note": ""}],
            "reasons": ["半年内没有带分级的报告"],
        },
        "RESCINDED": {
            "policy": "P1", "product": "终身寿险", "suspended_on": "2024-03-01",
            "until": "2026-03-01", "decided_on": "2026-03-04", "amount": "1234.50",
            "rows": [{"label": "现金价值", "text": "1,234.50 元"}],
        },
        "RETURNED": {
            "claim": "C1", "policy": "P1", "product": "终身寿险", "insured_id": insured_id, "decided_on": "2026-03-04", "outcome": "合同继续有效，请补交期间到期的保险费",
            "amount": "480.00", "pay_by": "2026-05-03", "reasons": ["款项已全部返还，恢复保障"],
            "rows": [{"label": "最晚哪天交", "text": "2026年5月3日"}], "ways": ["登录“我的缴费”交清"],
        },
        "LATE": {
            "claim": "C1", "policy": "P1", "product": "一路安心医疗", "insured_id": insured_id,
            "decided_on": "2026-03-04", "amount": "6.58", "words": "逾期的金额 10000.00 元，逾期 8 天。",
            "rows": [{"label": "应付款日", "text": "2026-02-20"}],
        },
        "YEARLY": {
            "policy": "P1", "product": "终身寿险", "year": "4", "from_on": "2025-03-01",
            "to_on": "2026-03-01", "rows": [{"label": "现金价值", "text": "9,876.00 元"}],
        },
        "POSTPONED": {**applied, "until": "2026-09-04", "reasons": ["血压不稳定，请先治疗"]},
        "REFUSAL": {**applied, "reasons": ["血压已影响心脏和肾脏"]},
        "COMPLAINT": {
            "number": "TS2026000001", "received_on": "2026-03-01", "decided_on": "2026-03-04",
            "business": "理赔", "outcome": "投诉成立", "findings": ["三次通知内容不一"],
            "basis": ["资料应一次性告知"], "measures": ["当日办结并致歉"], "amount": "200.00",
        },
        "REVIEWED": {
            "number": "TS2026000001", "asked_on": "2026-03-05", "decided_on": "2026-03-20",
            "outcome": "改变原处理决定", "findings": ["原核实有遗漏"], "measures": ["补发说明"],
        },
        "POLICY": {
            "policy": "P1", "product": "一路安心医疗", "holder_id": insured_id, "insured_id": insured_id,
            "effective_on": "2026-01-01", "ends_on": "2026-12-31", "sum_insured": "3000000.00",
            "premium": "386.00", "benefits": [{"title": "住院医疗保险金", "note": "比例100%"}],
            "clauses": [{"number": "第2.2条", "text": "等待期九十日。"}],
            "beneficiaries": [{"party_id": insured_id, "share": "100%"}],
        },
    }  # fmt: skip


def order(kind: str = "DECISION", party_id: int | None = None, **given: Any) -> int:
    party_id = party_id or make.party(make.office(), name="林晓雯")
    return tx.use_case(operations.issue)(
        kind=kind,
        about=CLAIM,
        party_id=party_id,
        facts=facts(kind, party_id, **given),
        actor=CLERK,
        at=make.NOON,
    )


def render(seconds: float = 0) -> int:
    return jobs.render_due(make.NOON + timedelta(seconds=seconds))
