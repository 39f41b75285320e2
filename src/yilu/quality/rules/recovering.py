"""When a recovery may end: never empty, and not by having tried once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from yilu.kernel.words import marked as _

CHANNELS: Final[Mapping[str, str]] = {
    "PHONE": _("电话"),
    "LETTER": _("信函"),
    "MESSAGE": _("短信或微信"),
    "VISIT": _("上门"),
    "COUNTER": _("柜面面谈"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "CONTENT": _("客户接受"),
    "CORRECTED": _("已更正并告知客户"),
    "NOT_CONTENT": _("客户不接受，已告知投诉途径"),
    "COMPLAINT": _("转为投诉办理"),
    "UNREACHED": _("三天未联系上，已书面告知"),
}
HANDLE: Final = "complaints.handle"
"""The right of who may own one."""
TABLE: Final = "quality.recovery"
"""The decision table: what is put right without anybody asking for it."""
HANDLED_WRONGLY: Final = ("claim", "servicing_request", "policy")
"""The cases that may have been handled wrongly."""
ORIGINS: Final[Mapping[str, str]] = {
    "inspection": _("服务质检"),
    "finding": _("质检发现"),
    "clock": _("承诺超时"),
    "correction": _("服务检查不符合"),
    "claim": _("赔案处理有误"),
    "servicing_request": _("保全处理有误"),
    "policy": _("保单账务有误"),
}
"""What a recovery may come from."""
DAYS_TRIED: Final = 3
"""Who is not reached is tried on so many different days, and written to."""


def lacks(outcome: str, tries: Sequence[tuple[str, bool, date]]) -> str:
    """What a recovery still lacks before it may end so; nothing: "". Tries: channel, reached, day."""
    if outcome not in OUTCOMES:
        return _("请选择结果。")
    if outcome == "UNREACHED":
        days = {day for _channel, _reached, day in tries}
        written = any(channel in {"LETTER", "MESSAGE"} for channel, _reached, _day in tries)
        if len(days) < DAYS_TRIED or not written:
            return _("联系不上的，要在三个不同的日子联系过，并且书面告知。")
        return ""
    if not any(reached for _channel, reached, _day in tries):
        return _("还没有联系上客户的记录，请先联系并登记。")
    return ""
