"""Which colour and word a state has, the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

WARN_MINUTES = 60
"""Working minutes left from which a clock warns."""
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
    "REPORTED": (_("已报案"), INFO),
    "COLLECTING": (_("待资料"), WARN),
    "READING": (_("识别中"), INFO),
    "ASSESSING": (_("机审中"), INFO),
    "REVIEW": (_("人工审核"), INFO),
    "SUPPLEMENT": (_("待补充"), WARN),
    "INVESTIGATING": (_("调查中"), INFO),
    "SECOND_REVIEW": (_("复核"), INFO),
    "APPROVED": (_("已核赔"), GOOD),
    "PAYING": (_("付款中"), GOOD),
    "PAYOUT_PROBLEM": (_("付款退回"), BAD),
    "PAID": (_("已到账"), GOOD),
    "DECLINED": (_("不予赔付"), PLAIN),
    "CLOSED": (_("结案"), PLAIN),
    "WITHDRAWN": (_("已撤回"), PLAIN),
    "MERGED": (_("已并案"), PLAIN),
    # Servicing.
    "DRAFT": (_("填写中"), PLAIN),
    "PREPARED": (_("等您确认"), WARN),
    "CONFIRMED": (_("等他人同意"), WARN),
    "IN_REVIEW": (_("资料审核中"), INFO),
    "WAITING_MONEY": (_("款项办理中"), INFO),
    # Files and fields.
    "RECEIVED": (_("等待识别"), INFO),
    "READ": (_("已收到"), GOOD),
    "NEEDS_PERSON": (_("人工核对中"), INFO),
    "SETTLED": (_("已确认"), GOOD),
    "REFUSED": (_("未受理"), BAD),
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

_TONES = {"waiting": WARN, "moving": INFO, "over": PLAIN}
"""What a room calls the mood of a state; good and bad are called the same here."""

NOTE_ICONS = {
    "info": "info-circle",
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-circle",
}


def of(state: str) -> str:
    """The tone of a state: good, warn, bad, info or none."""
    return _STATES.get(str(state), ("", PLAIN))[1]


def known(tone: str) -> str:
    """A room's tone (waiting, moving, good, bad, over) as one of ours."""
    return _TONES.get(tone, tone)


def label(state: str) -> str:
    """The word for a state in the reader's language; the state itself where we know none."""
    known = _STATES.get(str(state))
    return gettext(known[0]) if known else str(state)


@dataclass(frozen=True)
class ClockFace:
    """How a clock looks: its tone (run, warn, late, met, rest) and its icon."""

    tone: str
    icon: str


def _nearly_over(view: Any) -> bool:
    """By the time its limit counts: the office's working minutes, or plain time."""
    if isinstance(view.working_left, int):
        return view.working_left <= WARN_MINUTES
    left = getattr(view, "natural_left", None)
    return left is not None and left <= timedelta(minutes=WARN_MINUTES)


def clock_face(view: Any) -> ClockFace:
    """Late beats warning beats running; a stopped clock says whether it was met."""
    if getattr(view, "met_at", None) is not None or view.state == "MET":
        return ClockFace("late", "alarm") if view.breached else ClockFace("met", "circle-check")
    if view.state == "PAUSED":
        return ClockFace("rest", "clock-pause")
    if view.breached:
        return ClockFace("late", "alarm")
    if _nearly_over(view):
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
    return FileFace(ending[:4], str(getattr(view, "state", "")) == "REFUSED")
