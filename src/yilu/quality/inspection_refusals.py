"""What inspecting refuses, with what to do."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.words import marked as _
from yilu.quality.rules.sampling import BadPlan
from yilu.quality.rules.scoring import BadForm, BadScores
from yilu.quality.rules.wording import BadPhrases

__all__ = [
    "AppealTooLate",
    "AuditDoneAlready",
    "AuditNotFound",
    "AuditUnfinished",
    "BadAuditFile",
    "BadAuditItem",
    "BadCorrection",
    "BadForm",
    "BadPhrases",
    "BadPlan",
    "BadRecovery",
    "BadScores",
    "BookChanged",
    "BookInUse",
    "BookNotFound",
    "CorrectionNotFound",
    "FileImportedAlready",
    "InspectionNotFound",
    "JudgedAlready",
    "NoCustomer",
    "NoReason",
    "NoSuchLine",
    "NotYourResult",
    "OwnBook",
    "OwnOffice",
    "OwnWork",
    "PastDay",
    "RecoveryClosedAlready",
    "RecoveryNotFound",
    "SameInspector",
    "ScoredAlready",
    "TooNear",
]


class BookNotFound(NotFound):
    """No such plan, form or list."""

    code = "quality_book_not_found"
    message = _("没有这项质检规范")
    hint = _("请从质检规范列表进入。")


class BookInUse(Refusal):
    """What was in force is replaced, never deleted."""

    code = "quality_book_in_use"
    message = _("生效过的质检规范不能删除")
    hint = _("请编制新版本，批准后自动替换。")


class BookChanged(Refusal):
    """It is not what the person saw."""

    code = "quality_book_changed"
    message = _("草稿已被修改或已处理")
    hint = _("请刷新页面，看过现在的内容再办。")


class OwnBook(NotAllowed):
    """Two people: one writes, another approves."""

    code = "own_quality_book"
    message = _("编制人不能批准自己的草稿")
    hint = _("请另一位有权限的同事批准。")


class PastDay(Invalid):
    """A version counts from today on at the earliest."""

    code = "quality_past_day"
    message = _("生效日不能早于今天")
    hint = _("请重新选择生效日。")


class InspectionNotFound(NotFound):
    """None, or not theirs to see."""

    code = "inspection_not_found"
    message = _("没有这件质检")
    hint = _("请从质检列表进入。")


class OwnWork(NotAllowed):
    """Nobody inspects what they did themselves."""

    code = "own_work"
    message = _("不能质检自己办的业务")
    hint = _("请由其他质检人员办理。")


class TooNear(NotAllowed):
    """A team lead and the people of the team do not inspect each other."""

    code = "inspection_too_near"
    message = _("主管与本团队成员之间不能互相质检")
    hint = _("请由其他机构或上级机构的质检人员办理。")


class SameInspector(NotAllowed):
    """A second pair of eyes answers an objection."""

    code = "same_inspector"
    message = _("原质检人不能复核自己的评分")
    hint = _("请由另一位质检人员复核。")


class ScoredAlready(Refusal):
    """Somebody was quicker, or it is over."""

    code = "inspection_scored_already"
    message = _("这件质检已经处理过")
    hint = _("请刷新页面查看现在的状态。")


class NoReason(Invalid):
    """What is decided against somebody says why."""

    code = "inspection_no_reason"
    message = _("请写明理由")
    hint = _("至少四个字，不超过 2000 字。")


class NotYourResult(NotFound):
    """Another's result reads like none."""

    code = "inspection_not_yours"
    message = _("没有这件质检")
    hint = _("请从质检列表进入。")


class AppealTooLate(Refusal):
    """The days to object are over, or one objected before."""

    code = "appeal_too_late"
    message = _("已经过了申诉期限，或已经申诉过")
    hint = _("每件质检可以申诉一次；如有新情况，请与主管沟通。")


class JudgedAlready(Refusal):
    """Somebody decided."""

    code = "record_judged_already"
    message = _("这项记录已经核定过")
    hint = _("请刷新页面查看结果。")


class NoCustomer(Refusal):
    """Nobody knows yet who the customer is."""

    code = "quality_no_customer"
    message = _("这次服务还没有关联客户")
    hint = _("请先在会话页面关联客户，再发起。")


class BadRecovery(Invalid):
    """Something is missing: what was wrong, who calls, what came of it."""

    code = "bad_recovery"
    message = _("服务补救没有填写完整")
    hint = _("请写明不足之处、联系内容或处理结果（四个字以上）。")


class RecoveryNotFound(NotFound):
    """None, or not theirs."""

    code = "recovery_not_found"
    message = _("没有这件服务补救")
    hint = _("请从服务补救列表进入。")


class RecoveryClosedAlready(Refusal):
    """It is over."""

    code = "recovery_closed"
    message = _("这件服务补救已经办结")
    hint = _("请刷新页面查看结果。")


class OwnOffice(NotAllowed):
    """An office is looked at by somebody who does not work there."""

    code = "audit_own_office"
    message = _("不能检查自己所在的机构")
    hint = _("请由其他机构或上级机构的人员检查。")


class AuditNotFound(NotFound):
    """None, or not theirs to see."""

    code = "audit_not_found"
    message = _("没有这次服务检查")
    hint = _("请从服务检查列表进入。")


class AuditDoneAlready(Refusal):
    """What was handed in never changes."""

    code = "audit_done"
    message = _("这次检查已经完成，不能再改")
    hint = _("有新情况请另做一次检查。")


class BadAuditItem(Invalid):
    """A line that failed says what was seen."""

    code = "bad_audit_item"
    message = _("检查项没有填写完整")
    hint = _("请选择结果；不符合的写明看到了什么（不超过 300 字）。")


class AuditUnfinished(Refusal):
    """Every line has a result before it is handed in."""

    code = "audit_unfinished"
    message = _("还有检查项没有结果")
    hint = _("请逐项填写；不适用的选“不适用”。")


class BadCorrection(Invalid):
    """An owner of that office, a day to come, evidence in words."""

    code = "bad_correction"
    message = _("整改事项没有填写完整")
    hint = _("请选择责任人和今天以后的期限；提交整改时写明做了什么。")


class CorrectionNotFound(NotFound):
    """None, or not theirs."""

    code = "correction_not_found"
    message = _("没有这项整改")
    hint = _("请从整改列表进入。")


class BadAuditFile(Invalid):
    """The file is no table we can read."""

    code = "bad_audit_file"
    message = _("评测文件无法读取")
    hint = _(
        "请使用 .xlsx 或 .csv，第一行写列名：机构代码、触点、检查内容、结果、说明、责任人、整改期限。"
    )


class FileImportedAlready(Refusal):
    """The same file changes nothing a second time."""

    code = "audit_file_imported"
    message = _("这个文件已经导入过")
    hint = _("请从外部评测列表查看；改正后的文件可以再导入。")


class NoSuchLine(NotFound):
    """The checklist was replaced meanwhile, or has no such line."""

    code = "checklist_no_such_line"
    message = _("清单已经更新")
    hint = _("请刷新页面，按现在的清单核对。")
