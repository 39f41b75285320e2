"""
Complaints by the book (银行业保险业消费投诉处理管理办法, 令2020-3; numbers are its articles).

What the insurer sets for itself is marked as its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal

from yilu.kernel.words import marked as _

OPEN, DECIDED, REVIEWING = "OPEN", "DECIDED", "REVIEWING"
CLOSED, WITHDRAWN = "CLOSED", "WITHDRAWN"
STATES: Mapping[str, str] = {
    OPEN: _("处理中"),
    DECIDED: _("已答复"),
    REVIEWING: _("核查中"),
    CLOSED: _("已办结"),
    WITHDRAWN: _("已撤回"),
}
FOLLOWS: Mapping[str, frozenset[str]] = {
    OPEN: frozenset({DECIDED, WITHDRAWN}),
    DECIDED: frozenset({OPEN, REVIEWING, CLOSED}),
    REVIEWING: frozenset({CLOSED, WITHDRAWN}),
    CLOSED: frozenset(),
    WITHDRAWN: frozenset(),
}
"""``DECIDED`` to ``OPEN`` is the second round: somebody not content with the first answer."""

CHANNELS: Mapping[str, str] = {
    "PHONE": _("客服热线"),
    "APP": _("手机自助"),
    "COUNTER": _("柜面来访"),
    "CHAT": _("在线客服"),
    "WECHAT": _("微信公众号"),
    "EMAIL": _("电子邮件"),
    "LETTER": _("信函"),
    "BOX": _("意见箱"),
    "STAFF": _("员工转交"),
    "REGULATOR": _("监管转办"),
}
BUSINESSES: Mapping[str, str] = {
    "SALES": _("销售"),
    "UNDERWRITING": _("承保"),
    "SERVICING": _("保全"),
    "RENEWAL": _("续期收费"),
    "CLAIMS": _("理赔"),
    "SURRENDER": _("退保"),
    "CONTACT": _("电话与柜面服务"),
    "PRIVACY": _("个人信息"),
    "OTHER": _("其他"),
}
REASONS: Mapping[str, str] = {
    "MISLED": _("销售时说明不清或误导"),
    "UNASKED": _("未经同意办理"),
    "AMOUNT": _("金额有异议"),
    "REFUSED": _("不予赔付有异议"),
    "SLOW": _("办理太慢"),
    "AGAIN": _("反复要资料"),
    "ATTITUDE": _("服务态度"),
    "UNREACHABLE": _("联系不上"),
    "WRONG": _("办理差错"),
    "PRIVACY": _("信息泄露或打扰"),
    "OTHER": _("其他"),
}
OUTCOMES: Mapping[str, str] = {
    "UPHELD": _("投诉成立"),
    "PARTLY": _("部分成立"),
    "NOT_UPHELD": _("不成立"),
}
WORDS: Mapping[str, str] = {
    "SAID": _("投诉人陈述"),
    "URGED": _("投诉人催办"),
    "CALL": _("电话沟通"),
    "MEETING": _("当面沟通"),
    "MESSAGE": _("书面或短信告知"),
    "INQUIRY": _("内部核实"),
    "OFFER": _("协商方案"),
}
NOTED: Mapping[str, str] = {code: said for code, said in WORDS.items() if code != "URGED"}
"""What whoever handles a case may note; only the complainant urges."""
TALKED = frozenset({"CALL", "MEETING"})
"""How the first call that was promised is made."""
OUTSIDE: Mapping[str, str] = {"APPRAISAL": _("外部鉴定"), "MEDIATION": _("第三方调解")}
CAUSES: Mapping[str, str] = {
    "RULE": _("规则不合理"),
    "PROCESS": _("流程有断点"),
    "SYSTEM": _("系统问题"),
    "SKILL": _("业务不熟"),
    "CONDUCT": _("言行不当"),
    "WORDING": _("条款或话术难懂"),
    "PRODUCT": _("产品设计"),
    "NONE": _("不属于我方问题"),
}
TIERS: Mapping[int, str] = {1: _("首问岗"), 2: _("机构负责人"), 3: _("争议投诉岗")}
"""Three tiers (三道分级): first to hear it, who leads the institution, the branch's dispute officer."""
RIGHT_OF_TIER: Mapping[int, str] = {
    1: "complaints.handle", 2: "complaints.decide", 3: "complaints.review",
}  # fmt: skip
LIMIT_OF_TIER: Mapping[int, str] = {
    1: "complaints.first_tier_limit", 2: "complaints.second_tier_limit",
    3: "complaints.third_tier_limit",
}  # fmt: skip
"""The figure that says what a tier may give to make good; a person's authority still counts."""

REPRESENTATIVES_MAX = 5
"""Of a joint complaint (12)."""
MAJOR_PERSONS = 20
"""From here a joint complaint is a major one (29)."""
REVIEW_DAYS = 30
"""Within which a review may be asked for, from the day the decision arrived (20)."""
CONTENT_DAYS = 30
"""After which an answered complaint without another word is closed. The same days: nothing is cut off."""


def next_states(state: str) -> frozenset[str]:
    """The states that may follow; none after an end."""
    return FOLLOWS[state]


def is_interested(staff_id: int, against: Collection[int]) -> bool:
    """Whether somebody is complained about or decided what is complained about (17: they step aside)."""
    return staff_id in against


def tier_for(amount: Decimal, tier: int, limits: Mapping[int, Decimal]) -> int:
    """The lowest tier from ``tier`` on that may give the amount; beyond the last there is none: 0."""
    return next((t for t in sorted(TIERS) if t >= tier and amount <= limits[t]), 0)


def is_major(persons: int) -> bool:
    """Whether so many complain together that it is a major complaint."""
    return persons >= MAJOR_PERSONS


def review_open(told_on: date | None, today: date) -> bool:
    """Whether a review may still be asked for: while nobody knows that the decision arrived, always."""
    return told_on is None or today <= told_on + timedelta(days=REVIEW_DAYS)


def review_until(told_on: date | None) -> date | None:
    """The last day to ask for a review, where it is known."""
    return told_on + timedelta(days=REVIEW_DAYS) if told_on else None
