"""What quality refuses, with what to do."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.words import marked as _
from yilu.quality.rules.standards import BadStandard

__all__ = [
    "BadAnswer",
    "BadDeviation",
    "BadExam",
    "BadPlace",
    "BadStandard",
    "DecidedAlready",
    "DraftChanged",
    "ExamNotOpen",
    "NoMoreAttempts",
    "NoPilot",
    "NoSuchClient",
    "NotYourTalk",
    "OwnDraft",
    "OwnRequest",
    "PassedAlready",
    "SheetHandedIn",
    "SheetNotFound",
    "StandardInUse",
    "StandardNotFound",
    "WaitForRetake",
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


class NoSuchClient(Invalid):
    """The rules know no such sort of client."""

    code = "no_such_client"
    message = _("没有这一类客户")
    hint = _("请从列出的类型里选一类。")


class NotYourTalk(NotAllowed):
    """Whoever speaks with a customer says how the customer is; nobody else."""

    code = "not_your_talk"
    message = _("只有正在服务这位客户的同事能更正")
    hint = _("会话转接后由接手的同事判断。")


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


class BadExam(Invalid):
    """Figures no exam could have."""

    code = "bad_exam"
    message = _("考试的设置有误")
    hint = _("请填写名称、限时、题数（不超过题库）、及格分、次数和起止时间。")


class ExamNotOpen(Refusal):
    """Before it opens or after it closes."""

    code = "exam_not_open"
    message = _("考试不在开放时间内")
    hint = _("请看考试列表里的起止时间。")


class PassedAlready(Refusal):
    """Whoever passed need not sit again."""

    code = "exam_passed"
    message = _("您已经通过这场考试")
    hint = _("不需要再考。")


class NoMoreAttempts(Refusal):
    """All attempts are used."""

    code = "exam_no_more"
    message = _("这场考试的次数已经用完")
    hint = _("请联系主管安排培训后再报名下一场。")


class WaitForRetake(Refusal):
    """Some days of study lie between two attempts."""

    code = "exam_wait"
    message = _("还没有到补考的时间")
    hint = _("请按考试说明的间隔复习后再考。")


class SheetNotFound(NotFound):
    """No such exam or sheet, or another's."""

    code = "sheet_not_found"
    message = _("没有这场考试或这份答卷")
    hint = _("请从考试列表进入。")


class SheetHandedIn(Refusal):
    """What was handed in, or whose time is over, never changes."""

    code = "sheet_handed_in"
    message = _("答卷已经交了，或时间已到")
    hint = _("按时保存的答案已经计分，请看结果。")


class BadAnswer(Invalid):
    """An answer to what was not asked."""

    code = "bad_answer"
    message = _("答案与题目不符")
    hint = _("请刷新页面后作答。")
