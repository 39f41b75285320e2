"""Why a hold cannot be placed or lifted, and what to do about it."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.words import marked as _


class BadHold(Invalid):
    """No such cause, or nothing said."""

    code = "bad_hold"
    message = _("留存指令填写有误")
    hint = _("请选择事由，并用至少五个字写明为什么。案号不超过 60 个字。")


class AlreadyHeld(Refusal):
    """The same hold stands already."""

    code = "already_held"
    message = _("这张保单已有同一事由、同一案号的留存指令")
    hint = _("请在列表中查看；是另一件事的，请写明它自己的案号或文号。")


class HoldNotFound(NotFound):
    """None of this number, or of an office one does not serve: in the same words."""

    code = "hold_not_found"
    message = _("没有找到这条留存指令")
    hint = _("请从留存指令的列表重新进入。")


class OwnHold(NotAllowed):
    """Who placed it does not lift it."""

    code = "own_hold"
    message = _("不能解除自己下达的留存指令")
    hint = _("请由另一位有此权限的同事解除。")
