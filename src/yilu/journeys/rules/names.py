"""The words journeys are made of: touchpoints, kinds of breaks, ways of going on."""

from __future__ import annotations

from collections.abc import Mapping

from yilu.kernel.words import marked as _

TOUCHPOINTS: Mapping[str, str] = {
    "PAGE": _("线上自助"),
    "COUNTER": _("柜面"),
    "AGENT": _("服务人员"),
    "CALL": _("电话"),
    "CHAT": _("在线会话"),
    "VIDEO": _("视频"),
    "LETTER": _("短信与函件"),
    "PARTNER": _("合作机构"),
    "DESK": _("内部作业"),
    "BANK": _("银行"),
}
"""Where a customer and the insurer meet (触点), in the order a picture shows them."""

BREAKS: Mapping[str, str] = {
    "FAILED_SELF_SERVICE": _("自助办理失败"),
    "OVER_LIMIT": _("超过自助限额"),
    "STEP_LATE": _("环节超过标准时间"),
    "ATTEMPTS": _("反复尝试"),
    "ABANDONED_FORM": _("填写中断"),
    "FAILED_PAYMENT": _("款项未成功"),
    "DROPPED_CONTACT": _("通话或视频中断"),
    "UNREAD_NOTICE": _("补充通知未读"),
    "SILENCE": _("长时间没有进展"),
}
"""What breaks a journey (断点)."""

TIMED = frozenset({"STEP_LATE", "ABANDONED_FORM", "UNREAD_NOTICE", "FAILED_PAYMENT"})
"""What a step that goes on beyond its standard time may be."""

WAYS: Mapping[str, str] = {
    "CHAT": _("在线客服接着办"),
    "VIDEO": _("视频办理"),
    "CALLBACK": _("请专人回电"),
    "ADVISER": _("专人联系"),
    "COUNTER": _("预约柜面"),
}
"""How a customer may go on (接续方式)."""

SEVERITIES: Mapping[int, str] = {1: _("一般"), 2: _("较重"), 3: _("严重")}
