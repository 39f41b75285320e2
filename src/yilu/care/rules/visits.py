"""Visits: which state leads where, what is checked on the spot, what is said for safety. Pure."""

from __future__ import annotations

import math
from datetime import timedelta

from yilu.kernel.words import marked as _

KINDS = {
    "HOSPITAL": _("住院探视"), "HOME": _("上门收取资料"), "SURVEY": _("现场查勘"),
    "SERVICE": _("上门办理"),
}  # fmt: skip
"""What a visit is for; SERVICE is no claim's: it is ordered for who cannot come to us."""

STATES = {
    "ASKED": _("待安排"), "PLANNED": _("已约定"), "ON_WAY": _("已出发"), "ARRIVED": _("已到达"),
    "DONE": _("已完成"), "CONFIRMED": _("客户已确认"), "CANCELLED": _("已取消"),
}  # fmt: skip

AFTER = {
    "plan": {"ASKED": "PLANNED", "PLANNED": "PLANNED"},
    "set_out": {"PLANNED": "ON_WAY"},
    "delay": {"ON_WAY": "ON_WAY"},
    "arrive": {"ON_WAY": "ARRIVED"},
    "finish": {"ARRIVED": "DONE"},
    "confirm": {"DONE": "CONFIRMED"},
    "cancel": {"ASKED": "CANCELLED", "PLANNED": "CANCELLED", "ON_WAY": "CANCELLED"},
}
"""Where an action leads from which state; anything else is not possible."""

CHECKS = {
    "HOSPITAL": {
        "identity": _("核对患者身份（姓名、床号）"), "consent": _("征得患者或家属同意再谈"),
        "guidance": _("说明理赔资料和办理方法"), "papers": _("资料已拍照收取"),
        "needs": _("询问还需要什么帮助"),
    },
    "HOME": {
        "identity": _("出示工作证，核对客户身份"), "receipt": _("当面清点并开具资料收据"),
        "papers": _("资料已拍照收取"), "guidance": _("说明下一步和时间"),
    },
    "SURVEY": {
        "safety": _("确认现场人员安全"), "identity": _("核对当事人身份和联系方式"),
        "photos": _("全景、细节、证件照片已拍"), "third": _("第三方联系方式已登记或注明原因"),
        "opinion": _("查勘意见已向客户说明"),
    },
    "SERVICE": {
        "identity": _("出示工作证，核对客户本人证件"), "own_will": _("确认是客户本人的意愿，没有别人代为决定"),
        "explained": _("金额、后果和不能反悔的事项已读给客户听"),
        "own_hand": _("由客户本人确认或签字，没有代签、没有索要验证码"), "guidance": _("说明下一步和时间"),
    },
}  # fmt: skip
"""What is done on the spot, by kind (上门清单)."""

SAFETY = {
    "HOSPITAL": (_("先问护士是否方便探视，遵守病区规定。"), _("不在病人面前谈论病情和金额。")),
    "HOME": (_("两人以上或在约定地点会面，出示工作证。"), _("不收取现金和物品，不代签字。")),
    "SURVEY": (
        _("先看人有没有受伤，有伤先拨打120。"),
        _("打开双闪，所有人撤到护栏外，车后放置三角牌：普通道路50米外，高速150米外。"),
        _("快速路、高速上能动的车：拍照后立即撤离到安全地点，再等查勘，避免二次事故。"),
        _("不要站在行车道上通话或拍照。"),
    ),
    "SERVICE": (
        _("来人会出示工作证；不放心时先打客服热线核实，再开门。"),
        _("可以请家人在旁；业务只由您本人决定和确认。"),
        _("不收取现金、银行卡和密码，不代签字，不索要短信验证码。"),
    ),
}  # fmt: skip
"""What the customer and whoever goes are told first (安全提示)."""

RESULTS = {
    "DONE": _("已办妥"), "PARTLY": _("部分办妥，还需补充"), "NOT_MET": _("未见到本人"),
    "REFUSED": _("客户不需要"),
}  # fmt: skip

CANCELLED_FOR = {
    "ASKED": _("您提出不用来了"), "NO_NEED": _("事情已经办好，不需要再上门"),
    "STAFF": _("我们的人员来不了，会打电话与您另约"), "ROAD": _("天气或路况不允许，会打电话与您另约"),
    "OTHER": _("情况有变，我们会打电话向您说明"),
}  # fmt: skip
"""Why nobody comes, in the words the customer is told."""

WECHAT = {
    "ADDED": _("已添加微信"), "FAMILY": _("由家人添加"), "NO_WISH": _("客户不愿意添加"),
    "NONE": _("客户没有微信"), "LATER": _("不便操作，稍后再加"),
}  # fmt: skip
"""What became of adding each other on WeChat at the first call; without it something says why."""

TALKS = {"CALL": _("电话"), "VIDEO": _("视频"), "MESSAGE": _("消息"), "ON_SITE": _("现场")}
NEEDS_PLACE = frozenset({"HOSPITAL", "HOME", "SERVICE"})
OF_CLAIMS = tuple(kind for kind in KINDS if kind != "SERVICE")
"""Visits that need an address from the beginning; a scene sends its location."""
FAR_METRES = 500
"""Further from the customer's location than this, the arrival is kept but marked."""
WAY_FRESH, WAY_KEPT = timedelta(minutes=10), timedelta(minutes=30)
"""How long a position on the way is shown, and after how long it is forgotten."""


def after(action: str, state: str) -> str | None:
    """The state after an action; None where it is not possible now."""
    return AFTER[action].get(state)


def arranged_by(of_claim: bool) -> tuple[str, ...]:
    """Which rights, any of them, say who goes and when."""
    return ("claims.register",) if of_claim else ("claims.register", "servicing.handle")


def missing_checks(kind: str, done: list[str]) -> list[str]:
    """What of the list is not ticked yet, in its words."""
    return [words for code, words in CHECKS[kind].items() if code not in done]


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance of two points."""
    (a, b), (c, d) = ((math.radians(x), math.radians(y)) for x, y in (one, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6_371_000 * math.asin(math.sqrt(half))
