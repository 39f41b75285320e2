"""What journeys say happened: codes and ids; never what somebody filled in."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("journeys.form_failed", "自助填写未通过")
class FormFailed:
    """A form on a page was refused; what was filled in is kept, sealed."""

    journey: str
    request: str  # the kind within the journey, such as policy_loan
    code: str  # of the refusal
    attempts: int
    stuck: bool  # refused for a reason of the business, or a second time
    office_id: int


@fact("journeys.breakpoint_found", "发现服务断点")
class BreakpointFound:
    """A customer's journey broke somewhere (断点)."""

    journey: str
    step: str
    kind: str
    severity: int
    subject: str
    office_id: int


@fact("journeys.continuation_offered", "已提供实时接续")
class ContinuationOffered:
    """The page offers ways of going on, the half-filled form kept (实时接续)."""

    offer_id: int
    ways: tuple[str, ...]


@fact("journeys.continuation_owed", "已安排接续任务")
class ContinuationOwed:
    """Somebody has to go to the customer: a task with an owner and a clock (主动响应)."""

    priority: str  # URGENT, SOON, NORMAL
    queue: str
    office_id: int


@fact("journeys.continuation_accepted", "客户选择接续方式")
class ContinuationAccepted:
    """The customer chose one of the ways offered."""

    offer_id: int
    way: str


@fact("journeys.continuation_declined", "客户不需要接续")
class ContinuationDeclined:
    """The customer goes on alone or not at all."""

    offer_id: int


@fact("journeys.continuation_expired", "实时接续未被接受")
class ContinuationExpired:
    """Nobody answered the offer on the page: a task follows where the rules say so."""

    offer_id: int


@fact("journeys.continued", "断点已接续")
class Continued:
    """The journey goes on, or a person settled it: the break is closed (接续完成)."""

    how: str  # MOVED_ON, BY_PERSON, NOT_NEEDED, TAKEN_BACK
    accepted: bool


@fact("journeys.version_drafted", "旅程新版本已起草")
class VersionDrafted:
    """A new version of a journey waits for its seven checks."""

    code: str
    number: int


@fact("journeys.check_answered", "上线前检查已回答")
class CheckAnswered:
    """One of the seven pre-launch checks was answered with evidence (七必查)."""

    code: str
    number: int
    check: str
    passed: bool


@fact("journeys.version_switched_on", "旅程新版本上线")
class VersionSwitchedOn:
    """The seven checks are answered; new cases follow this version."""

    code: str
    number: int


@fact("journeys.version_rolled_back", "旅程回退到上一版本")
class VersionRolledBack:
    """The version before is in force again."""

    code: str
    number: int
    to_number: int


@fact("journeys.standard_changed", "接续标准目录已修改")
class StandardChanged:
    """Another person approved a wording of 三防三管、七必查 or 九应接; it counts from a day on."""

    catalogue: str
    item: str
    number: int = 0
    since: str = ""


@fact("journeys.standard_worded", "接续标准新版本待批准")
class StandardWorded:
    """How the insurer would word a standard from a day on; nothing has changed yet."""

    catalogue: str
    item: str
    number: int
    since: str


@fact("journeys.standard_wording_discarded", "接续标准新版本已撤回")
class StandardWordingDiscarded:
    """A proposed wording was taken back."""

    catalogue: str
    item: str
    number: int


@fact("journeys.helped_ahead", "提前帮忙")
class HelpedAhead:
    """Somebody likely to break off was told of ways on, or is to be called, before anything broke (A97)."""

    journey: str
    step: str
    help: str  # TOLD, CALL
    chance: int  # of a hundred


@fact("journeys.foretelling_stopped", "客户不要预判")
class ForetellingStopped:
    """A customer wants nothing foretold of them (个保法 24)."""


@fact("journeys.foretelling_allowed", "客户恢复预判")
class ForetellingAllowed:
    """A customer wants help before anything breaks, again."""


@fact("journeys.problem_opened", "问题登记入台账")
class ProblemOpened:
    """A problem of service has an owner and a place in the ledger (台账)."""

    number: str
    journey: str
    severity: int
    common: bool
    office_id: int


@fact("journeys.problem_handed_over", "问题换责任人")
class ProblemHandedOver:
    """Its owner left, or may no longer look after problems: somebody else owns it. The clocks run on."""

    number: str
    from_staff_id: int
    to_staff_id: int


@fact("journeys.problem_planned", "优化方案已提出")
class ProblemPlanned:
    """What will be done about it is written down (24 小时出方案)."""

    number: str


@fact("journeys.problem_sorted", "问题已归类")
class ProblemSorted:
    """It was said which of the six changes a problem takes, and to which programme it belongs."""

    number: str
    change: str
    is_initiative: bool


@fact("journeys.problem_delivered", "优化已落地")
class ProblemDelivered:
    """The improvement is in place, with evidence (72 小时落地)."""

    number: str


@fact("journeys.problem_reviewed", "问题进度已跟踪")
class ProblemReviewed:
    """Its progress was looked at, and when next is settled (定期跟踪)."""

    number: str
    next_on: str


@fact("journeys.problem_closed", "问题销号")
class ProblemClosed:
    """Closed with evidence by somebody other than its owner (销号)."""

    number: str
    breaks: int


@fact("journeys.problem_reopened", "问题重新打开")
class ProblemReopened:
    """The same came up again, or the evidence did not hold."""

    number: str


@fact("journeys.review_drawn", "周复盘已生成")
class ReviewDrawn:
    """What an office looks back on together is drawn up: what is late, open, broken and carried over."""

    office_id: int
    week: str
    points: int
    carried: int
    meet_by: str


@fact("journeys.review_held", "周复盘已召开")
class ReviewHeld:
    """People looked at every point and wrote down what came of it."""

    office_id: int
    week: str
    present: int
    decisions: int


@fact("journeys.minutes_printed", "复盘纪要已生成")
class MinutesPrinted:
    """A held review's minutes as a file; who has the file can compare its digest."""

    sha256: str


@fact("journeys.review_missed", "周复盘未召开")
class ReviewMissed:
    """The next week's review was drawn up before anybody held this one."""

    office_id: int
    week: str


@fact("journeys.review_decided", "复盘作出决定")
class ReviewDecided:
    """A review decided what is done, by whom and until when."""

    review_id: int
    office_id: int
    owner_id: int
    due_on: str


@fact("journeys.review_decision_done", "复盘决定已完成")
class ReviewDecisionDone:
    """Its owner did it and said what came of it."""

    carried: int


@fact("journeys.review_decision_dropped", "复盘决定不再办理")
class ReviewDecisionDropped:
    """Somebody other than its owner said, with a reason, that it is not done."""

    carried: int


@fact("journeys.review_decision_handed_over", "复盘决定换责任人")
class ReviewDecisionHandedOver:
    """Its owner left, or may no longer do it: somebody else owns it. The day stays."""

    from_staff_id: int
    to_staff_id: int
