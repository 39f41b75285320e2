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
    "NOT_AGREED": _("客户撤回了录制同意"),
}
