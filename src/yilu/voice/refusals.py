"""What voice refuses, with what to do."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.words import marked as _
from yilu.voice.rules.columns import UnknownColumns
from yilu.voice.rules.scores import OutOfScale, WrongScale

__all__ = [
    "AlreadyAnalysing",
    "AlreadyAnswered",
    "BadImprovement",
    "BadRule",
    "BadStudy",
    "BatchKnownAlready",
    "BatchNotFound",
    "CardEnded",
    "CommentTooLong",
    "FeedbackNotFound",
    "FewLabels",
    "NobodyToAnswer",
    "NotTheOwner",
    "NothingSaid",
    "NothingToAnalyse",
    "OutOfScale",
    "RatedAlready",
    "StaffNeverRate",
    "SurveyOver",
    "UnknownColumns",
    "UnreadableFile",
    "WrongScale",
]


class StaffNeverRate(Refusal):
    """A rating is the customer's word alone."""

    code = "staff_never_rate"
    message = _("评价只能由客户本人填写")
    hint = _(
        "员工不能为自己或代客户评价；请让客户用自己的手机扫码。客户书面或口头的意见请录入意见箱。"
    )
    status = 403


class SurveyOver(NotFound):
    """Used, out of time or never sent: all said in the same words."""

    code = "survey_over"
    message = _("这个链接已经失效")
    hint = _(
        "每个链接只能使用一次，过期也会失效。您的意见可以在“我的—意见反馈”告诉我们，或拨打客服电话。"
    )


class CardEnded(NotFound):
    """Ended or guessed: said in the same words."""

    code = "card_ended"
    message = _("这张服务反馈卡已停用")
    hint = _("请让工作人员重新出示二维码，或拨打客服电话告诉我们。")


class RatedAlready(Refusal):
    """One rating a telephone for a card."""

    code = "voice_rated_already"
    message = _("您已经评价过了，谢谢")
    hint = _("还有话想说，可以在“我的—意见反馈”留言。")


class NothingSaid(Invalid):
    """Neither a figure nor a word."""

    code = "nothing_said"
    message = _("请至少选择一项评分，或写下您的意见")


class CommentTooLong(Invalid):
    """More than a comment."""

    code = "comment_too_long"
    message = _("意见请在 2,000 字以内")
    hint = _("请写要点；需要提交材料的，请到赔案或保全页面上传。")


class FeedbackNotFound(NotFound):
    """None, or another office's: the same words."""

    code = "feedback_not_found"
    message = _("没有找到这条反馈")


class AlreadyAnswered(Refusal):
    """Somebody else was quicker, or it is over."""

    code = "feedback_changed"
    message = _("这条反馈已由其他同事处理，或已经结束")
    hint = _("请刷新页面查看最新情况。")


class NotTheOwner(Refusal):
    """Only who took it answers."""

    code = "not_the_owner"
    message = _("请先领取这条反馈，再答复")
    status = 403


class NobodyToAnswer(Refusal):
    """Nobody knows who wrote it."""

    code = "nobody_to_answer"
    message = _("这条反馈没有留下联系方式，无法答复")
    hint = _("请写明已采取的措施并记录。")


class BadRule(Invalid):
    """Figures no survey could have."""

    code = "bad_survey_rule"
    message = _("抽样比例须为 0 至 100，间隔 7 至 365 天，每年 1 至 12 次")


class UnreadableFile(Invalid):
    """Not one row of it can be read."""

    code = "unreadable_voices"
    message = _("这个文件无法读取")
    hint = _("请用 CSV（UTF-8 或 GB18030）、每行一条评论的文本，或 Parquet 文件。")


class BatchKnownAlready(Refusal):
    """The very same file."""

    code = "voices_known_already"
    message = _("这个文件已经导入过，没有重复导入")
    hint = _("请在导入记录中查看。")


class BatchNotFound(NotFound):
    """None, or another office's."""

    code = "voice_batch_not_found"
    message = _("没有找到这次导入")


class NothingToAnalyse(Refusal):
    """Too few comments to say anything."""

    code = "nothing_to_analyse"
    message = _("评论少于 20 条，还看不出主题")
    hint = _("请先导入或等待更多评论。")


class AlreadyAnalysing(Refusal):
    """One at a time for the same comments."""

    code = "already_analysing"
    message = _("这些评论正在分析")
    hint = _("请等它完成，通常几分钟之内。")


class FewLabels(Refusal):
    """A model from a handful of labels would be worse than none."""

    code = "few_labels"
    message = _("至少标注 100 条、满意和不满各 30 条，才能训练")
    hint = _("请继续标注；最拿不准的评论排在最前面。")


class BadImprovement(Invalid):
    """Not enough said to hold somebody to it."""

    code = "bad_improvement"
    message = _("请写明做什么、谁负责、何时上线")


class BadStudy(Invalid):
    """Not enough said to compare it with anything."""

    code = "bad_study"
    message = _("请填写调查名称、机构、得分、量表和日期")


class ReportNotFound(NotFound):
    """None, or of an office one has no say in."""

    code = "voice_report_not_found"
    message = _("没有找到这份月报")


class NoSuchDepartment(Invalid):
    """The month had nothing to say to it."""

    code = "no_such_department"
    message = _("这个月没有要反馈给这个部门的内容")


class AnswerNeeded(Invalid):
    """Not enough said to hold a department to it."""

    code = "report_answer_needed"
    message = _("请写明打算怎么改（10 至 500 字）")
    hint = _("写清做什么、谁负责、何时完成；不用改的写明理由。")
