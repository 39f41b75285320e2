"""Which colour and word a state has, the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

GOOD, WARN, BAD, INFO, PLAIN = "good", "warn", "bad", "info", ""

_STATES: dict[str, tuple[str, str]] = {
    # Policies.
    "IN_FORCE": (_("有效"), GOOD),
    "GRACE": (_("宽限期内"), WARN),
    "LAPSED": (_("失效"), BAD),
    "SUSPENDED": (_("效力中止"), BAD),
    "EXPIRED": (_("已满期"), PLAIN),
    "ENDED": (_("已终止"), PLAIN),
    "TERMINATED": (_("已终止"), PLAIN),
    "SURRENDERED": (_("已退保"), PLAIN),
    # Claims.
    "OFFERED": (_("待您确认"), WARN),
    "REPORTED": (_("已报案"), INFO),
    "WAITING_DOCUMENTS": (_("待交资料"), WARN),
    "DOCUMENTS_RECEIVED": (_("资料已收"), INFO),
    "RECOGNISING": (_("资料识别中"), INFO),
    "SUPPLEMENT": (_("待补资料"), WARN),
    "WAITING_SUPPLEMENT": (_("待补资料"), WARN),
    "REGISTERED": (_("已立案"), INFO),
    "ASSESSING": (_("审核中"), INFO),
    "IN_REVIEW": (_("人工审核中"), INFO),
    "SECOND_REVIEW": (_("复核中"), INFO),
    "INVESTIGATING": (_("调查核实中"), INFO),
    "INVESTIGATION": (_("调查核实中"), INFO),
    "APPROVED": (_("已核定赔付"), GOOD),
    "PAYING": (_("付款中"), GOOD),
    "PAYOUT_FAILED": (_("付款被退回"), BAD),
    "PAID": (_("赔款到账"), GOOD),
    "DECLINED": (_("不予赔付"), PLAIN),
    "WITHDRAWN": (_("已撤回"), PLAIN),
    "MERGED": (_("已并案"), PLAIN),
    "CLOSED": (_("已结案"), PLAIN),
    # Files and fields.
    "RECEIVED": (_("已收到"), INFO),
    "WAITING": (_("等待识别"), INFO),
    "READING": (_("识别中"), INFO),
    "RECOGNISED": (_("已识别，待核对"), WARN),
    "SETTLED": (_("已确认"), GOOD),
    "REFUSED": (_("未受理"), BAD),
    "UNREADABLE": (_("无法识别"), BAD),
    # Clocks.
    "RUNNING": (_("计时中"), INFO),
    "PAUSED": (_("暂停计时"), PLAIN),
    "MET": (_("按时完成"), GOOD),
    "BREACHED": (_("已超时"), BAD),
    # Messages and payments.
    "QUEUED": (_("待发送"), INFO),
    "SENT": (_("已发送"), INFO),
    "DELIVERED": (_("已送达"), GOOD),
    "FAILED": (_("未送达"), BAD),
    "REQUESTED": (_("待付款"), INFO),
    "REJECTED": (_("银行退回"), BAD),
    "UNCLEAR": (_("结果待查"), WARN),
    # Work.
    "OPEN": (_("待处理"), INFO),
    "TAKEN": (_("处理中"), GOOD),
    "DONE": (_("已完成"), GOOD),
    # Lanes of triage.
    "GREEN": (_("绿色通道"), GOOD),
    "YELLOW": (_("需人工看"), WARN),
    "RED": (_("重点核实"), BAD),
}

NOTE_ICONS = {
    "info": "info-circle",
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-circle",
}


def of(state: str) -> str:
    """The tone of a state: good, warn, bad, info or none."""
    return _STATES.get(str(state), ("", PLAIN))[1]


def label(state: str) -> str:
    """The word for a state in the reader's language; the state itself where we know none."""
    known = _STATES.get(str(state))
    return gettext(known[0]) if known else str(state)


@dataclass(frozen=True)
class ClockFace:
    """How a clock looks: its tone (run, warn, late, met, rest) and its icon."""

    tone: str
    icon: str


def clock_face(view: Any) -> ClockFace:
    """Late beats warning beats running; a stopped clock says whether it was met."""
    if view.met_at is not None:
        return ClockFace("late", "alarm") if view.breached else ClockFace("met", "circle-check")
    if view.state == "PAUSED":
        return ClockFace("rest", "clock-pause")
    if view.breached:
        return ClockFace("late", "alarm")
    if view.working_left is not None and view.working_left <= 60:
        return ClockFace("warn", "hourglass-high")
    return ClockFace("run", "clock")


@dataclass(frozen=True)
class FileFace:
    """What stands on a file's tile."""

    letters: str
    bad: bool


def file_face(view: Any) -> FileFace:
    """The file's ending as letters; whether it needs the reader's attention."""
    name = str(getattr(view, "filename", "") or "")
    ending = name.rpartition(".")[2].upper() if "." in name else ""
    return FileFace(ending[:4], str(getattr(view, "state", "")) in {"REFUSED", "UNREADABLE"})
