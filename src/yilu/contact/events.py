"""What the contact centre says happened: ids and codes only; what was said stays in the tables."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("contact.conversation_opened", "会话开始")
class ConversationOpened:
    """Somebody turned to us, or we to them."""

    channel: str
    direction: str
    office_id: int
    follows: int | None  # the conversation this one goes on with


@fact("contact.turn_added", "会话有新内容")
class TurnAdded:
    """Something was said."""

    turn_id: int
    who: str


@fact("contact.conversation_linked", "会话关联业务")
class ConversationLinked:
    """It is known now who it is, or what it is about."""

    about: str
    party_id: int | None


@fact("contact.unknown_number_called", "打到没有登记的热线号码")
class UnknownNumberCalled:
    """An exchange passed on a call of a number that the table of hotlines does not name; once a number."""

    number: str


@fact("contact.queued", "转人工排队")
class Queued:
    """A person is wanted."""

    skill: str
    channel: str
    urgency: int


@fact("contact.offered", "已派坐席")
class Offered:
    """A seat is asked to take it."""

    staff_id: int
    until: str


@fact("contact.offer_returned", "坐席未接")
class OfferReturned:
    """The seat declined or did not answer, it goes to the next; or it gave way to somebody who holds the line."""

    staff_id: int
    outcome: str  # DECLINED, MISSED, GAVE_WAY


@fact("contact.connected", "人工接通")
class Connected:
    """A seat and the customer talk."""

    staff_id: int
    waited: int  # seconds since the wait began
    channel: str


@fact("contact.transferred", "会话转接")
class Transferred:
    """Other hands are needed; everything known goes along."""

    from_staff_id: int
    skill: str


@fact("contact.abandoned", "客户未等到人工")
class Abandoned:
    """It ended before a person came."""

    cause: str  # CUSTOMER, LONG_WAIT, SYSTEM
    waited: int


@fact("contact.hung_up", "会话结束")
class HungUp:
    """Nobody talks any more."""

    by: str  # CUSTOMER, SEAT, MACHINE, SYSTEM
    seconds: int


@fact("contact.wrapped_up", "服务小结完成")
class WrappedUp:
    """The seat said what it was about and whether it is solved."""

    reason: str
    sub_reason: str
    resolved: bool


@fact("contact.callback_requested", "预约回电")
class CallbackRequested:
    """We call back; the place in the queue is kept."""

    callback_id: int
    not_before: str


@fact("contact.problem_opened", "问题件立项")
class ProblemOpened:
    """What could not be solved at once has an owner and a clock."""

    problem: str
    side: str
    office_id: int
    policy_id: int | None
    concerns: str = ""  # the conversation it came of


@fact("contact.problem_tracked", "问题件跟踪")
class ProblemTracked:
    """Somebody did something about it."""

    step: int


@fact("contact.problem_solved", "问题件解决")
class ProblemSolved:
    """The customer has the answer."""

    problem: str
    days: int


@fact("contact.problem_handed_over", "问题件移交")
class ProblemHandedOver:
    """The agent left; whoever looks after the customer now goes on with it."""

    from_agent_id: int
    to_agent_id: int | None


@fact("contact.seat_set_up", "坐席设置")
class SeatSetUp:
    """Somebody takes contacts, with these skills."""

    staff_id: int
    skills: tuple[str, ...]
    reserve: bool


@fact("contact.seat_changed", "坐席状态变更")
class SeatChanged:
    """A seat signed on, paused, came back or left."""

    staff_id: int
    state: str
    why: str


@fact("contact.shift_planned", "排班")
class ShiftPlanned:
    """Somebody is to sit then."""

    shift_id: int
    staff_id: int


@fact("contact.shift_cancelled", "取消班次")
class ShiftCancelled:
    """Somebody is not to sit then after all."""

    shift_id: int
    staff_id: int


@fact("contact.green_route_opened", "绿色通道开通")
class GreenRouteOpened:
    """A disaster: hotline, banner, seats and claim lane go over to it."""

    branch_ids: tuple[int, ...]
    about: str


@fact("contact.green_route_closed", "绿色通道关闭")
class GreenRouteClosed:
    """Back to the ordinary."""

    hours: int


@fact("contact.follow_up_begun", "新单回访开始")
class FollowUpBegun:
    """A new policy is on the list of those to follow up."""

    policy_id: int
    until: str
    office_id: int
    issued_on: str = ""


@fact("contact.follow_up_tried", "新单回访尝试")
class FollowUpTried:
    """Somebody tried to reach the holder."""

    policy_id: int
    attempt: int
    kind: str
    outcome: str


@fact("contact.follow_up_moved", "新单回访转下一方式")
class FollowUpMoved:
    """The next rung of the ladder: a visit, a letter, the end."""

    policy_id: int
    to: str


@fact("contact.follow_up_done", "新单回访完成")
class FollowUpDone:
    """All required questions were asked and answered."""

    policy_id: int
    way: str
    good: bool


@fact("contact.follow_up_given_up", "新单回访未能完成")
class FollowUpGivenUp:
    """Every way was tried within the time; the report lists it as an exception."""

    policy_id: int
    calls: int


@fact("contact.recording_closed", "通话录音封存")
class RecordingClosed:
    """A call's recording is complete; ``head`` is the end of its chain: whoever has it can check every piece."""

    recording_id: int
    pieces: int
    size: int
    head: str
    keep_until: str


@fact("contact.recording_heard", "听取通话录音")
class RecordingHeard:
    """A member of staff listened to a recording."""

    recording_id: int


@fact("contact.recording_transcribed", "通话录音转写")
class RecordingTranscribed:
    """A machine wrote down what was said."""

    recording_id: int
    turns: int


@fact("contact.recording_forgotten", "通话录音到期删除")
class RecordingForgotten:
    """The time of keeping is over: the files are gone, the digests stay. ``why``: the reasons for its last day."""

    recording_id: int
    pieces: int
    kept_until: str = ""
    why: str = ""  # GENERAL, CONTRACT, DISPUTE


@fact("contact.number_shown", "查看来电号码")
class NumberShown:
    """A seat looked at the number it is to call."""

    channel: str


@fact("contact.prompt_handed_in", "提交播报录音")
class PromptHandedIn:
    """Somebody read a text of the hotline out; nobody hears it before a second person approves it."""

    prompt: str
    number: int
    sha256: str


@fact("contact.prompt_approved", "批准播报录音")
class PromptApproved:
    """Callers hear this recording from now on; ``replaced`` is the version they heard before."""

    prompt: str
    number: int
    replaced: int | None


@fact("contact.prompt_withdrawn", "停用播报录音")
class PromptWithdrawn:
    """A recording is not played any more, or never will be."""

    prompt: str
    number: int


@fact("contact.desk_phone_given", "发放话机账号")
class DeskPhoneGiven:
    """A seat's telephone may register from now on, by a new password; an older one is void."""

    staff_id: int
    algorithm: str


@fact("contact.desk_phone_taken", "收回话机账号")
class DeskPhoneTaken:
    """A seat's telephone registers no more."""

    staff_id: int


@fact("contact.seat_line_chosen", "选择接听方式")
class SeatLineChosen:
    """A seat says whether calls come to the browser or to the telephone on the desk."""

    staff_id: int
    line: str


@fact("contact.flow_drafted", "热线流程已起草")
class FlowDrafted:
    """Somebody wrote a new version of the hotline's flow; nobody hears it yet."""

    number: int
    since: str


@fact("contact.flow_checked", "热线流程上线检查已答复")
class FlowChecked:
    """One of the seven pre-launch checks of a flow was answered with evidence (七必查)."""

    number: int
    check: str
    passed: bool


@fact("contact.flow_approved", "热线流程已批准")
class FlowApproved:
    """A second person has calls follow a version from a day on."""

    number: int
    since: str


@fact("contact.flow_withdrawn", "热线流程已撤回")
class FlowWithdrawn:
    """A version was given up before any call followed it."""

    number: int


@fact("contact.flow_rolled_back", "热线流程已回退")
class FlowRolledBack:
    """The flow before is in force again, as a new version."""

    number: int
    to_number: int
