"""From what was handed in to what is calculated with; and what about it a person must look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from yilu.claims.rules.facts import UNKNOWN, Bill, BillLine, CaseFacts, Stay
from yilu.claims.rules.loss import Loss
from yilu.kernel.money import ZERO
from yilu.kernel.words import marked as _
from yilu.policies.terms import Contract, Cover

BILLED = frozenset({"MEDICAL", "ACCIDENT", "ALLOWANCE"})
"""Types that are measured by hospital bills and stays."""


class PaperLine(Protocol):
    """An item of a bill as documents knows it."""

    @property
    def name(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def category(self) -> str: ...


class Paper(Protocol):
    """An invoice as documents knows it (``documents.queries.InvoiceView``)."""

    @property
    def upload_id(self) -> int: ...
    @property
    def settled(self) -> bool: ...
    @property
    def number(self) -> str: ...
    @property
    def issued_on(self) -> date | None: ...
    @property
    def payer_name(self) -> str: ...
    @property
    def payee_name(self) -> str: ...
    @property
    def total(self) -> Decimal | None: ...
    @property
    def fund_paid(self) -> Decimal | None: ...
    @property
    def account_paid(self) -> Decimal | None: ...
    @property
    def self_cost(self) -> Decimal | None: ...
    @property
    def other_paid(self) -> Decimal | None: ...
    @property
    def visit_kind(self) -> str: ...
    @property
    def admitted_on(self) -> date | None: ...
    @property
    def discharged_on(self) -> date | None: ...
    @property
    def visited_on(self) -> date | None: ...
    @property
    def department(self) -> str: ...
    @property
    def lines(self) -> Sequence[PaperLine]: ...
    @property
    def reversed(self) -> bool: ...
    @property
    def exchanged(self) -> bool: ...
    @property
    def registry_state(self) -> str: ...


REASON_LABELS = {
    "PAYER_DIFFERS": _("票据交款人与被保险人不一致"),
    "BILL_BEFORE_LOSS": _("票据日期早于出险日期"),
    "BILL_BEFORE_COVER": _("票据日期早于保单生效日"),
    "BILL_IN_FUTURE": _("票据日期晚于今天"),
    "BILL_NOT_GENUINE": _("票据查验未通过"),
    "BILL_REVERSED": _("票据已冲红或已换开"),
    "BILL_NOT_MEDICAL": _("从票据上看不出是医疗费用"),
    "BILL_NOT_VERIFIED": _("票据暂未能完成查验"),
    "NOTHING_PAYABLE": _("按条款理算金额为零，须人工核定"),
    "FACTS_MISSING": _("理算所需信息不全"),
    "GROUND": _("存在须人工判断的条款事由"),
    "AGREED_EXCLUSION": _("保单有特别约定的除外责任，须由人核对诊断"),
    "OVER_LIMIT": _("金额超过自动核赔范围"),
    "BY_TABLE": _("按分案规则须人工审核"),
    "SIGNAL": _("存在风险信号"),
    "PAYEE_IS_GUARDIAN": _("未成年人的赔款由监护人代领"),
    "HEIRS": _("须先确定受益人"),
    "DOCUMENT_TO_CONFIRM": _("资料识别结果须人工确认"),
    "BY_HAND": _("资料从简，转人工审核"),
    "CONSENT_UNABLE": _("被保险人无法表示同意，经两人核实先行受理，只由人工办理"),
    "CONSENT_WITHDRAWN": _("客户撤回了健康信息授权，按已有资料人工办理"),
    "CLAIMANT_DIED": _("医院直付后得知患者已身故，须人工核定"),
    "BILLED_BESIDE": _("同一次就诊既有客户申请又有医院直付账单，须人工核定付给谁"),
    "NO_COVER": _("按保单记录，出险日不在保障期内，须人工核定"),
    "NOT_COVERED": _("按保单条款，没有所报的这项保障责任，须人工核定"),
    "REOPENED": _("重新处理"),
    "PARTED": _("并案后拆分，单独办理"),
    "ADVANCED": _("已经预付，须人工核定并扣除预付款"),
    "AGE": _("年龄误告，保险金按比例给付，须人工核定"),
    "DIVIDED": _("赔款部分付给第三方，须人工核定"),
}
"""Why a claim goes to a person, by code, as staff and customers may read it."""
ABOUT_COVER = ("NO_COVER", "NOT_COVERED")
"""The contract itself, by our records, does not answer for the loss: whether that is right a person says."""
INVESTIGATION_REASONS = {
    "SIGNAL": _("风险信号核实"),
    "DISCLOSURE": _("健康告知核实"),
    "ACCIDENT_FACTS": _("事故经过核实"),
    "HOSPITAL_RECORDS": _("就诊记录核实"),
    "IDENTITY": _("身份或受益人核实"),
    "OTHER": _("其他情况核实"),
}
"""Why facts are verified outside the file."""
COMPLEXITY_REASONS = {
    "RESPONSIBILITY": _("责任认定有争议，或涉及第三人责任"),
    "AUTHORITY": _("须等公安、司法或行政机关的结论"),
    "APPRAISAL": _("须鉴定或专家意见"),
    "BENEFICIARIES": _("受益人或继承有争议"),
    "ABROAD": _("境外出险，资料须核验"),
    "CONTRACT": _("合同效力或如实告知须核实"),
    "OTHER": _("其他复杂情形"),
}
"""Why a claim is complex, as a person states it (服务规定 23): the sum and a death are not among them."""
FOR_CUSTOMERS = {
    "SIGNAL": _("需要人工核对相关信息"),
    "BY_TABLE": _("该类案件由理赔人员亲自审核"),
    "GROUND": _("需要理赔人员核对保险条款"),
    "AGREED_EXCLUSION": _("需要理赔人员核对保单的特别约定"),
    "NO_COVER": _("按保单记录，出险当天不在保障期内"),
    "NOT_COVERED": _("按保单条款，没有您所报的这项保障责任"),
    "ADVANCED": _("已经预付一部分，由理赔人员核定并扣除预付款"),
    "CONSENT_UNABLE": _("被保险人暂时无法表示同意，由理赔人员人工办理"),
    "CONSENT_WITHDRAWN": _("您撤回了健康信息授权，由理赔人员按已有资料办理"),
    "BILLED_BESIDE": _(
        "同一次就诊，您和医院都提交了申请，由理赔人员核对付给谁，不会重复也不会漏付"
    ),
}
"""What the customer reads instead of the trade's own words."""


_OF_THE_MOMENT = frozenset(
    {
        "PAYER_DIFFERS", "BILL_BEFORE_LOSS", "BILL_BEFORE_COVER", "BILL_IN_FUTURE", "BILL_REVERSED",
        "BILL_NOT_GENUINE", "BILL_NOT_VERIFIED", "BILL_NOT_MEDICAL", "DOCUMENT_TO_CONFIRM", "GROUND", "FACTS_MISSING",
        "NOTHING_PAYABLE", "NO_COVER", "NOT_COVERED", "AGREED_EXCLUSION", "DIVIDED", "AGE",
    }
)  # fmt: skip
"""Reasons that lie in the papers and the sum: found anew with every calculation."""


def refreshed(before: Iterable[str], now: Iterable[str]) -> list[str]:
    """The reasons after a new calculation: those of the papers as they are now, the others stay."""
    return list(dict.fromkeys((*(r for r in before if r not in _OF_THE_MOMENT), *now)))


def said_to_customer(reasons: Iterable[str]) -> str:
    """The reasons as one phrase for a message, each said once."""
    words = [FOR_CUSTOMERS.get(r) or REASON_LABELS.get(r, "") for r in reasons]
    return "；".join(dict.fromkeys(w for w in words if w)) or "由理赔人员审核"


def day_of(paper: Paper) -> date | None:
    """The day a bill belongs to: admission, else the visit, else the day of issue."""
    return paper.admitted_on or paper.visited_on or paper.issued_on


def visit_of(paper: Paper) -> str:
    """What makes bills one visit: the hospital and its day."""
    return f"{paper.payee_name[:50]}|{day_of(paper)}"


def bill_of(paper: Paper) -> Bill | None:
    """A bill to calculate with; None where the paper lacks its day or its sum."""
    on = day_of(paper)
    if on is None or paper.total is None:
        return None
    kind = paper.visit_kind or ("INPATIENT" if paper.admitted_on else "OUTPATIENT")
    if kind == "OUTPATIENT" and "急诊" in paper.department:
        kind = "EMERGENCY"
    return Bill(
        visit=visit_of(paper),
        kind=kind,
        on=on,
        total=paper.total,
        lines=tuple(
            BillLine(amount=line.amount, category=line.category or UNKNOWN, name=line.name)
            for line in paper.lines
        ),
        fund_paid=paper.fund_paid or ZERO,
        account_paid=paper.account_paid or ZERO,
        other_paid=paper.other_paid or ZERO,
        self_cost=paper.self_cost,
    )


def stays_of(papers: Iterable[Paper], said: Sequence[Stay]) -> tuple[Stay, ...]:
    """Stays in hospital from bills; what staff or the report says counts where no bill does."""
    stays = {stay.visit: stay for stay in said}
    for paper in papers:
        if paper.admitted_on and paper.discharged_on:
            visit = visit_of(paper)
            known = stays.get(visit)
            stays[visit] = Stay(
                visit=visit,
                from_on=paper.admitted_on,
                to_on=paper.discharged_on,
                icu_days=known.icu_days if known else 0,
            )
    return tuple(stays.values())


def facts_of(
    *,
    claim_type: str,
    loss_date: date,
    loss: Loss,
    papers: Sequence[Paper],
    contract: Contract,
    cover: Cover,
    reported_on: date,
    paid_elsewhere: Decimal = ZERO,
    other_death_cover: Decimal = ZERO,
    upheld: tuple[str, ...] = (),
) -> CaseFacts:
    """The facts of the case for the calculation. Bills that cannot be read are left out."""
    billed = claim_type in BILLED
    return CaseFacts(
        claim_type=claim_type,
        event_on=loss.event_on or loss_date,
        contract=contract,
        cause="ACCIDENT" if claim_type == "ACCIDENT" else loss.cause,
        bills=tuple(b for b in map(bill_of, papers) if b is not None) if billed else (),
        stays=stays_of(papers, loss.stays) if billed else (),
        diagnoses=loss.diagnoses,
        injuries=loss.injuries,
        passing=loss.passing,
        circumstances=loss.circumstances,
        owed_premium=cover.owed_premium,
        paid_elsewhere=paid_elsewhere,
        other_death_cover=other_death_cover,
        upheld=upheld,
        reported_on=reported_on,
        premium_share=loss.premium_share,
    )


def doubts_about(
    papers: Sequence[Paper], *, insured_name: str, loss_date: date, effective_on: date, today: date
) -> tuple[str, ...]:
    """Reasons in the papers themselves why a person must look, each code once."""
    found: dict[str, None] = {}
    for paper in papers:
        on = day_of(paper)
        if same_name(paper.payer_name, insured_name) is False:
            found["PAYER_DIFFERS"] = None
        if on is not None:
            last = paper.discharged_on or on
            if last < loss_date:
                found["BILL_BEFORE_LOSS"] = None
            if on < effective_on:
                found["BILL_BEFORE_COVER"] = None
            if on > today:
                found["BILL_IN_FUTURE"] = None
        if paper.reversed or paper.exchanged or paper.registry_state in ("REVERSED", "EXCHANGED"):
            found["BILL_REVERSED"] = None
        elif paper.registry_state in ("NOT_FOUND", "MISMATCH"):
            found["BILL_NOT_GENUINE"] = None
        elif paper.registry_state in ("WAITING", "UNAVAILABLE"):
            found["BILL_NOT_VERIFIED"] = None
        if not is_medical(paper):
            found["BILL_NOT_MEDICAL"] = None
        if not paper.settled:
            found["DOCUMENT_TO_CONFIRM"] = None
    return tuple(found)


_CARE = re.compile(
    r"医|诊|药|卫生|护理|康复|急救|透析|牙|齿|口腔|眼科|hospital|clinic|medical|pharmacy",
    re.IGNORECASE,
)
_CARE_ITEM = re.compile(
    r"药|诊|医|检查|化验|检验|治疗|手术|麻醉|护理|床位|输血|注射|透析|病理|影像"
)


def is_medical(paper: Paper) -> bool:
    """
    Whether a bill shows that it is for care: its form does, or who was paid, or every one of its items.

    An ordinary invoice (发票) may be for anything: a meal or a train adds up and is genuine all the same.
    """
    if paper.visit_kind or _CARE.search(paper.payee_name):
        return True
    return bool(paper.lines) and all(_CARE_ITEM.search(line.name) for line in paper.lines)


def same_name(written: str, name: str) -> bool | None:
    """Whether a bill names the insured; None where it names nobody."""
    left, right = (_bare(each) for each in (written, name))
    return None if not left else left == right


def for_another(written: str, names: Iterable[str]) -> bool:
    """Whether a bill clearly names somebody who is none of these: neither nobody, nor 个人, nor masked."""
    if _bare(written) in {"", "个人"} or "*" in written:
        return False
    return not any(same_name(written, name) for name in names)


def _bare(name: str) -> str:
    return "".join(c for c in name if not c.isspace() and c not in "·•.．・‧∙⋅").casefold()


def daily_cost(papers: Iterable[Paper]) -> int:
    """The highest cost of a day in hospital, in whole yuan; 0 where nobody stayed."""
    highest = 0
    for paper in papers:
        if paper.admitted_on and paper.discharged_on and paper.total:
            days = max(1, (paper.discharged_on - paper.admitted_on).days)
            highest = max(highest, int(paper.total / days))
    return highest


def traits_of(papers: Iterable[Paper]) -> tuple[str, ...]:
    """What makes two bills look alike although their numbers differ: hospital, day and sum."""
    return tuple(
        dict.fromkeys(
            f"{p.payee_name[:40]}|{day_of(p)}|{p.total}"
            for p in papers
            if p.payee_name and p.total is not None and day_of(p) is not None
        )
    )


def told_to_risk(
    papers: Sequence[Paper],
    *,
    claim_type: str,
    channel: str,
    has_account: bool,
    payee_is_insured: bool,
) -> dict[str, float | str | None]:
    """What a model may know of a report: how it was made and what it sums to, nothing of the person."""
    return {
        "amount": float(sum((p.total for p in papers if p.total is not None), ZERO)),
        "bills": float(len(papers)),
        "lines": float(sum(len(p.lines) for p in papers)),
        "daily_cost": float(daily_cost(papers)),
        "inpatient": float(any(p.admitted_on is not None for p in papers)),
        "claim_type": claim_type,
        "channel": channel,
        "has_account": float(has_account),
        "payee_is_insured": float(payee_is_insured),
    }
