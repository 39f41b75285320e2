"""What the quality room says happened: ids, codes and counts; never a word somebody said."""

from __future__ import annotations

from yilu.kernel.facts import fact


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
