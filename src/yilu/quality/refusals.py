"""What quality refuses, with what to do."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.words import marked as _
from yilu.quality.rules.standards import BadStandard

__all__ = [
    "BadDeviation",
    "BadPlace",
    "BadStandard",
    "DecidedAlready",
    "DraftChanged",
    "NoPilot",
    "OwnDraft",
    "OwnRequest",
    "StandardInUse",
    "StandardNotFound",
]


class StandardNotFound(NotFound):
    """No such touchpoint, version or draft."""

    code = "standard_not_found"
    message = _("没有这项服务标准")
    hint = _("请从服务标准列表进入。")


class StandardInUse(Refusal):
    """What people work by is replaced, never deleted."""

    code = "standard_in_use"
    message = _("生效过的服务标准不能删除")
    hint = _("请编制新版本，批准后自动替换。")


class DraftChanged(Refusal):
    """It is not what the person saw."""

    code = "standard_draft_changed"
    message = _("草稿已被修改或已处理")
    hint = _("请刷新页面，看过现在的内容再办。")


class OwnDraft(NotAllowed):
    """Two people: one writes, another approves."""

    code = "own_standard_draft"
    message = _("编制人不能批准自己的草稿")
    hint = _("请另一位有权限的同事批准。")


class NoPilot(Refusal):
    """Only a version on trial is rolled out or taken back."""

    code = "no_pilot"
    message = _("这个版本不在试点中")
    hint = _("请刷新页面查看现在的状态。")


class BadPlace(Invalid):
    """An effective day in the past, or an office that is none."""

    code = "bad_standard_place"
    message = _("生效日或试点机构有误")
    hint = _("生效日不能早于今天；试点机构从列表中选择。")


class BadDeviation(Invalid):
    """An exception says what is done instead, why, and until when."""

    code = "bad_deviation"
    message = _("例外申请没有写清楚")
    hint = _("请写明改成怎样做、为什么、到哪一天为止（一年以内）。")


class OwnRequest(NotAllowed):
    """Whoever asks does not decide."""

    code = "own_deviation"
    message = _("申请人不能批准自己的例外")
    hint = _("请另一位有权限的同事决定。")


class DecidedAlready(Refusal):
    """Somebody was quicker."""

    code = "deviation_decided"
    message = _("这项申请已经决定过了")
    hint = _("请刷新页面查看结果。")
