"""What voice says happened: ids, codes and counts only; no word of a comment."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("voice.rating_taken", "收到评价")
class RatingTaken:
    """Somebody rated us: stars 1 to 5, would recommend 0 to 10; ``rated`` is what for, if that is known."""

    source: str
    touchpoint: str
    journey: str
    stars: int | None
    recommend: int | None
    office_id: int
    third_party: bool
    rated: str = ""


@fact("voice.comment_taken", "收到意见")
class CommentTaken:
    """Somebody said something in their own words, with or without a rating."""

    source: str
    touchpoint: str
    journey: str
    office_id: int
    third_party: bool


@fact("voice.survey_sent", "发出满意度调查")
class SurveySent:
    """A person was asked how it went, by a link that works once."""

    touchpoint: str


@fact("voice.survey_rule_changed", "修改调查规则")
class SurveyRuleChanged:
    """How often a touchpoint asks was changed."""

    touchpoint: str
    share: int
    quiet_days: int
    per_year: int
    enabled: bool


@fact("voice.card_made", "生成服务反馈卡")
class CardMade:
    """A member of staff has a card with a QR picture to show."""

    staff_id: int


@fact("voice.handling_opened", "反馈待答复")
class HandlingOpened:
    """A feedback wants an answer by a person; ``urgent`` ones within hours."""

    feedback_id: int
    urgent: bool
    office_id: int


@fact("voice.handling_taken", "专人领取反馈")
class HandlingTaken:
    """A person owns the feedback until it is answered."""

    staff_id: int


@fact("voice.original_shown", "查看反馈原文")
class OriginalShown:
    """The owner read the comment with the personal data it was written with."""

    staff_id: int


@fact("voice.feedback_replied", "答复客户反馈")
class FeedbackReplied:
    """The customer was answered, and asked whether it is solved."""

    round: int


@fact("voice.feedback_noted", "反馈已记录")
class FeedbackNoted:
    """There is nobody to answer: what was done about it is written down."""

    staff_id: int


@fact("voice.feedback_confirmed", "客户确认反馈结果")
class FeedbackConfirmed:
    """The customer said whether it is solved; if not, it goes on."""

    solved: bool


@fact("voice.feedback_silent", "客户未回应答复")
class FeedbackSilent:
    """The customer did not say whether it is solved."""

    days: int


@fact("voice.import_asked", "导入客户原声")
class ImportAsked:
    """A file of voices was handed in."""

    batch_id: int


@fact("voice.import_finished", "客户原声导入完成")
class ImportFinished:
    """Good rows are loaded, bad ones reported with line and reason."""

    batch_id: int
    rows: int
    problems: int


@fact("voice.import_failed", "客户原声未能导入")
class ImportFailed:
    """The file as a whole cannot be read."""

    batch_id: int


@fact("voice.analysis_asked", "发起原声分析")
class AnalysisAsked:
    """Comments are to be read: topics, sentiment, aspects, drivers."""

    analysis_id: int


@fact("voice.analysis_finished", "原声分析完成")
class AnalysisFinished:
    """Topics are ranked; ``emerging`` of them grow beyond chance."""

    analysis_id: int
    comments: int
    topics: int
    emerging: int


@fact("voice.analysis_failed", "原声分析未能完成")
class AnalysisFailed:
    """The comments could not be read."""

    analysis_id: int


@fact("voice.aspects_changed", "修改评价维度")
class AspectsChanged:
    """The words of an aspect were changed."""

    aspect: str


@fact("voice.label_given", "标注评论语气")
class LabelGiven:
    """A person said whether a comment is content."""

    feedback_id: int
    positive: bool


@fact("voice.reader_trained", "训练语气模型")
class ReaderTrained:
    """A model was trained on our own labels; ``released`` only if it beats the one before."""

    reader_id: int
    labels: int
    released: bool


@fact("voice.improvement_planned", "改进立项")
class ImprovementPlanned:
    """A topic has somebody who does something about it, and by when."""

    topic: str
    owner_id: int


@fact("voice.improvement_moved", "改进事项进展")
class ImprovementMoved:
    """An improvement went live, ended or was given up."""

    state: str


@fact("voice.study_imported", "导入第三方调查")
class StudyImported:
    """What an outside survey found about us."""

    study_id: int


@fact("voice.report_made", "生成部门月报")
class ReportMade:
    """Ratings, comments and handling of a month, for each department."""

    month: str
    journeys: int


@fact("voice.report_answered", "部门答复月报")
class ReportAnswered:
    """A department said what it will do about a month."""

    month: str
    department: str


@fact("voice.owner_changed", "客户反馈或改进换责任人")
class OwnerChanged:
    """Its owner left, or may no longer act there: somebody else owns it, or it waits in the queue again."""

    from_staff_id: int
    to_staff_id: int | None
    office_id: int
