"""What the quality room says happened: ids, codes and counts; never a word somebody said."""

from __future__ import annotations

from yilu.kernel.facts import fact
from yilu.quality.inspection_events import (
    AppealDecided,
    AuditBegun,
    AuditDone,
    AuditImported,
    BookApproved,
    BookDiscarded,
    BookDrafted,
    ChecklistDone,
    Corrected,
    CorrectionAsked,
    CorrectionConfirmed,
    InspectionAppealed,
    InspectionDrawn,
    InspectionFinal,
    InspectionScored,
    InspectionVoided,
    LotDrawn,
    OwnerChanged,
    RecordDoubted,
    RecordJudged,
    RecoveryClosed,
    RecoveryOpened,
    RecoveryTried,
)

__all__ = [
    "AppealDecided",
    "AuditBegun",
    "AuditDone",
    "AuditImported",
    "BookApproved",
    "BookDiscarded",
    "BookDrafted",
    "ChecklistDone",
    "ClientCorrected",
    "ConversationRead",
    "Corrected",
    "CorrectionAsked",
    "CorrectionConfirmed",
    "DeviationAsked",
    "DeviationDecided",
    "ExamEnded",
    "ExamPublished",
    "ExamStarted",
    "InspectionAppealed",
    "InspectionDrawn",
    "InspectionFinal",
    "InspectionScored",
    "InspectionVoided",
    "LotDrawn",
    "OwnerChanged",
    "PhraseTyped",
    "PilotEnded",
    "RecordDoubted",
    "RecordJudged",
    "RecoveryClosed",
    "RecoveryOpened",
    "RecoveryTried",
    "StandardApproved",
    "StandardDiscarded",
    "StandardDrafted",
]


@fact("quality.standard_drafted", "编制服务标准")
class StandardDrafted:
    """A touchpoint's standard is to change; nothing has yet."""

    touchpoint: str
    version: int
    revision: int


@fact("quality.standard_discarded", "放弃服务标准草稿")
class StandardDiscarded:
    """A draft was given up."""

    touchpoint: str
    version: int


@fact("quality.standard_approved", "批准服务标准")
class StandardApproved:
    """A second person approved a version; ``pilot_offices`` 0: for everybody."""

    touchpoint: str
    version: int
    since: str
    pilot_offices: int


@fact("quality.pilot_ended", "服务标准试点结束")
class PilotEnded:
    """A trial is over: rolled out to everybody, or stopped."""

    touchpoint: str
    version: int
    rolled_out: bool


@fact("quality.deviation_asked", "申请标准例外")
class DeviationAsked:
    """An office asks to do it otherwise for some time."""

    touchpoint: str
    office_id: int


@fact("quality.deviation_decided", "决定标准例外")
class DeviationDecided:
    """A second person said yes or no, with a reason."""

    allowed: bool
    office_id: int


@fact("quality.client_corrected", "更正客户类型")
class ClientCorrected:
    """A seat said what sort of client somebody was in this talk; ``told`` is what the rules had said."""

    told: str
    judged: str
    staff_id: int


@fact("quality.phrase_typed", "坐席输入服务禁语")
class PhraseTyped:
    """A seat was about to say what nobody says, and was warned."""

    code: str
    staff_id: int


@fact("quality.conversation_read", "会话质检完成")
class ConversationRead:
    """A conversation was read for phrases and against its record; how much was found."""

    staff_id: int
    forbidden: int
    missing: int
    misrecorded: bool


@fact("quality.exam_published", "发布考试")
class ExamPublished:
    """Staff may take an exam."""

    exam_id: int
    questions: int
    pass_mark: int


@fact("quality.exam_started", "开始考试")
class ExamStarted:
    """Somebody drew questions; their time runs."""

    exam_id: int
    staff_id: int
    attempt: int


@fact("quality.exam_ended", "考试交卷")
class ExamEnded:
    """Handed in or out of time, and scored."""

    exam_id: int
    staff_id: int
    attempt: int
    score: int
    passed: bool


@fact("quality.course_drafted", "编制培训课程")
class CourseDrafted:
    """A course is to change; nothing has yet."""

    course: str
    version: int
    revision: int


@fact("quality.course_approved", "批准培训课程")
class CourseApproved:
    """A second person approved a version; who begins from now on takes this one."""

    course: str
    version: int


@fact("quality.course_discarded", "放弃课程草稿")
class CourseDiscarded:
    """A draft was given up."""

    course: str
    version: int


@fact("quality.scenario_drafted", "编制演练情景")
class ScenarioDrafted:
    """A situation to practise is to change; nothing has yet."""

    scenario: str
    version: int
    revision: int


@fact("quality.scenario_approved", "批准演练情景")
class ScenarioApproved:
    """A second person approved a version; drills begun from now on go by this one."""

    scenario: str
    version: int


@fact("quality.scenario_discarded", "放弃情景草稿")
class ScenarioDiscarded:
    """A draft was given up."""

    scenario: str
    version: int


@fact("quality.course_assigned", "安排培训课程")
class CourseAssigned:
    """Somebody is to take a course within some days."""

    course: str
    staff_id: int
    office_id: int
    days: int
    why: str


@fact("quality.chapter_finished", "学完一章")
class ChapterFinished:
    """A chapter was read and its check answered rightly, for the first time."""

    course: str
    chapter: str
    staff_id: int


@fact("quality.course_completed", "完成培训课程")
class CourseCompleted:
    """Every chapter is done; said once."""

    course: str
    version: int
    staff_id: int
    office_id: int
    in_time: bool


@fact("quality.course_dropped", "取消培训课程")
class CourseDropped:
    """Nobody waits for it any more: the person left, or their role ended."""

    course: str
    staff_id: int


@fact("quality.class_planned", "安排实训班")
class ClassPlanned:
    """A batch will meet."""

    course: str
    office_id: int
    trainer_id: int
    seats: int


@fact("quality.class_joined", "加入实训班")
class ClassJoined:
    """Somebody has a place in a class."""

    staff_id: int


@fact("quality.class_held", "实训班签到")
class ClassHeld:
    """The trainer signed off who came."""

    course: str
    office_id: int
    came: tuple[int, ...]
    missed: tuple[int, ...]


@fact("quality.class_cancelled", "取消实训班")
class ClassCancelled:
    """The class will not meet."""

    office_id: int


@fact("quality.question_drafted", "编制考试题目")
class QuestionDrafted:
    """A question is to change or to come; exams do not draw it yet."""

    code: str
    version: int


@fact("quality.question_approved", "批准考试题目")
class QuestionApproved:
    """A second person approved a version; exams begun from now on draw it."""

    code: str
    version: int


@fact("quality.question_discarded", "放弃考试题目草稿")
class QuestionDiscarded:
    """A draft was given up."""

    code: str
    version: int


@fact("quality.question_retired", "停用考试题目")
class QuestionRetired:
    """No exam draws it any more."""

    code: str
    version: int


@fact("quality.drill_started", "开始情景演练")
class DrillStarted:
    """Somebody practises with a customer of ours."""

    scenario: str
    staff_id: int


@fact("quality.drill_ended", "情景演练结束")
class DrillEnded:
    """The customer accepted, asked for somebody above, or time was over; scored."""

    scenario: str
    staff_id: int
    outcome: str
    score: int
    passed: bool


@fact("quality.drill_score_corrected", "更正演练得分")
class DrillScoreCorrected:
    """A trainer put a score right, with a reason."""

    scenario: str
    staff_id: int
    was: int
    score: int
    passed: bool
