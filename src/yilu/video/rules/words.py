"""The words of a video session."""

from __future__ import annotations

from typing import Final

from yilu.kernel.words import marked as _

COMPARED: Final = {
    "FACE": _("本人面容"),
    "ID_CARD": _("身份证件原件"),
    "NAME": _("姓名"),
    "NUMBER": _("证件号码"),
    "ANSWER": _("本人回答"),
}
"""What a seat may compare; face and card always."""

SIGN: Final = "SIGN"
"""Asked of the customer: to sign on their own page."""

GUIDE: Final = "GUIDE"
"""Asked of the customer: to let the seat see the page they are on."""

ENDINGS: Final = {
    "DONE": _("办理完毕"),
    "NOT_JOINED": _("客户没有进入"),
    "NOT_RESUMED": _("中断后没有恢复"),
}

FAULTS: Final = {
    "MISSING": _("缺少这一片"),
    "GONE": _("文件不在，或打不开"),
    "ALTERED": _("内容与摘要不符"),
    "CHAIN": _("与前一片接不上"),
    "HEAD": _("链的末端与存证不符"),
    "NO_EVIDENCE": _("没有找到结束时的存证"),
}
