"""Why something cannot be done in the contact centre, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, joined
from yilu.kernel.words import marked as _


class ConversationNotFound(NotFound):
    """No such conversation, or somebody else's: the same words."""

    code = "conversation_not_found"
    message = _("没有找到这次会话")
    hint = _("请从会话列表重新进入；如需帮助，请联系客服。")


class ConversationOver(Refusal):
    """It has ended, or is not where this could be done."""

    code = "conversation_over"
    message = _("这次会话已经结束，或不在可以这样办理的阶段")
    hint = _("请刷新页面查看最新状态；需要继续的，请开始新的会话。")


class BadConversation(Invalid):
    """What was given about a conversation cannot be."""

    code = "bad_conversation"
    message = _("会话信息有误")
    hint = _("请核对渠道、事由和内容后再试。")


class NoReasonGiven(Invalid):
    """Nothing was said of why a talk goes to other hands."""

    code = "no_reason_given"
    message = _("还没有写为什么转接")
    hint = _("写 2 到 200 个字：客户要什么、您办到哪一步。接手的同事照着说，客户不用再讲一遍。")


class BadAddress(Invalid):
    """The number or mailbox cannot be one."""

    code = "bad_address"
    message = _("号码或地址格式不正确")
    hint = _("请填写可以回电的电话号码。")


class BadTurn(Invalid):
    """Nothing was said, or too much at once."""

    code = "bad_turn"
    message = _("内容不能为空，且不超过 4000 字")
    hint = _("请分几次发送，或上传文件。")


class NoOffer(Refusal):
    """The contact is no longer offered to this seat."""

    code = "no_offer"
    message = _("这通来访已不在等您应答")
    hint = _("可能客户已挂断，或已转给下一位同事；请等待下一通。")


class NoDeskPhone(Refusal):
    """The seat has no desk telephone that may register."""

    code = "no_desk_phone"
    message = _("这个坐席还没有话机账号")
    hint = _("请班组长在“坐席与技能”里为话机发放账号，填进话机后再选用话机接听。")


class DeskPhoneAway(Refusal):
    """The seat's telephone is not registered, or the switch does not answer."""

    code = "desk_phone_away"
    message = _("话机现在响不了")
    hint = _("请看话机有没有通电、连网；急用请先换成浏览器耳机。")


class NotYourConversation(NotAllowed):
    """Another seat talks with this customer."""

    code = "not_your_conversation"
    message = _("这次会话由其他坐席服务")
    hint = _("需要接手的，请同事转接给您。")


class SeatNotSetUp(NotFound):
    """Nobody gave this person a seat."""

    code = "seat_not_set_up"
    message = _("您还没有设置坐席")
    hint = _("请班组长为您设置技能后再签入。")


class SeatBusy(Refusal):
    """There are conversations still open at the seat."""

    code = "seat_busy"
    message = _("还有未结束的会话，现在不能切换到这个状态")
    hint = _("请先结束会话并完成小结；完成后会自动切换。")


class BadSeat(Invalid):
    """Skills or measures of a seat that cannot be."""

    code = "bad_seat"
    message = _("坐席的技能或并发上限有误")
    hint = _("请至少选择一项技能，熟练度为 1 至 3，并发上限为 0 至 20。")


class ProblemNotFound(NotFound):
    """No such problem case, or not theirs to see."""

    code = "problem_not_found"
    message = _("没有找到这个问题件")
    hint = _("请从问题件列表重新进入。")


class BadProblem(Invalid):
    """A problem case needs words."""

    code = "bad_problem"
    message = _("请用一句话说明问题，不超过 500 字")
    hint = _("写清客户的诉求和已经做过的事。")


class ProblemOver(Refusal):
    """It is solved."""

    code = "problem_over"
    message = _("这个问题件已经解决")
    hint = _("客户又有新的问题，请另立问题件。")


class SellerMayNotSolve(NotAllowed):
    """Mis-selling is solved by somebody other than the seller (服务规定 18)."""

    code = "seller_may_not_solve"
    message = _("销售误导问题不能由销售人员本人处理")
    hint = _("请由客服或其他人员处理（人身保险业务基本服务规定第十八条）。")


class CallbackAlreadyAsked(Refusal):
    """A callback to this contact waits already."""

    code = "callback_already_asked"
    message = _("已经为您登记回电，排队位置保留")
    hint = _("请保持电话畅通；想改号码，请在回电时告知。")


class NotUnderGreenRoute(Refusal):
    """A reserve seat works while the green route is on."""

    code = "not_under_green_route"
    message = _("您是应急坐席，绿色通道开通后才签入")
    hint = _("平时接听来访的，请班组长把您改为日常坐席。")


class FollowUpNotFound(NotFound):
    """No follow-up of this number, or not theirs."""

    code = "follow_up_not_found"
    message = _("没有找到这份保单的回访")
    hint = _("请从回访列表或“我的保单”重新进入。")


class FollowUpOver(Refusal):
    """It is closed."""

    code = "follow_up_over"
    message = _("这份保单的回访已经结束")
    hint = _("如有疑问，请致电客服。")


class BadAnswers(Invalid):
    """Not every question was answered, or with something else than was offered."""

    code = "bad_answers"
    message = _("回访问题还没有全部回答，或回答有误")
    hint = _("请逐项回答；本人不是投保人的，请转请投保人回答。")


class NotAtThisHour(Refusal):
    """Customers are called in the daytime."""

    code = "not_at_this_hour"
    message = _("现在不是可以致电客户的时间")
    hint = _("请在上午九点到晚上八点之间回访。")


class BadGreenRoute(Invalid):
    """A disaster without a name, a notice, a reason, or with a branch that does not exist."""

    code = "bad_green_route"
    message = _("请填写灾害名称、给客户的公告和原因，并选择存在的机构")
    hint = _("名称不超过 60 字，公告不超过 300 字，原因不超过 200 字。")


class GreenRouteNotFound(NotFound):
    """No such green route."""

    code = "green_route_not_found"
    message = _("没有找到这条绿色通道")


class BadShift(Invalid):
    """A shift that ends before it begins, is too long, or overlaps another."""

    code = "bad_shift"
    message = _("班次的起止时间有误，或与已有班次重叠")
    hint = _("一个班次最长十二小时；请先取消重叠的班次。")


class CallNotFound(NotFound):
    """No such call, or it came by somebody else's exchange: the same words."""

    code = "call_not_found"
    message = _("没有这通电话，或它已经结束")
    hint = _("请重新拨打客服热线。")


class EventReused(Refusal):
    """An event's number came again with something else in it: one of the two is wrong."""

    code = "event_reused"
    message = _("这个事件编号已经用过，内容不同")
    hint = _("请交换机为每个事件给出自己的编号。")


class ShiftNotFound(NotFound):
    """No such shift."""

    code = "shift_not_found"
    message = _("没有找到这个班次")


class BadRecordingPiece(Invalid):
    """A piece of a recording that is empty, too large, or not what its digest says."""

    code = "bad_recording_piece"
    message = _("录音分片内容与摘要不符，或大小不对")
    hint = _("请重新上传这一片。")


class RecordingPieceOutOfOrder(Refusal):
    """A piece is missing before this one."""

    code = "recording_piece_out_of_order"
    message = _("录音分片不连续")
    hint = _("请先补传缺少的一片。")


class OtherRecordingPiece(Refusal):
    """The number is taken by a piece with other content."""

    code = "other_recording_piece"
    message = _("这个序号的录音分片已经收到，内容不同")
    hint = _("已收到的不会被替换，请核对序号。")


class RecordingClosed(Refusal):
    """The recording has its end in the evidence; nothing is added."""

    code = "recording_closed"
    message = _("这通电话的录音已经封存")
    hint = _("封存后不再接收分片。")


class RecordingNotFound(NotFound):
    """No recording, or not theirs to hear."""

    code = "recording_not_found"
    message = _("没有找到录音，或您不能听取")
    hint = _("录音由本人经办的坐席和本机构的主管听取。")


class PromptNotFound(NotFound):
    """No such text of the hotline, or no such recording of one."""

    code = "prompt_not_found"
    message = _("没有找到这条播报或录音")
    hint = _("请从热线播报的清单重新进入。")


class BadPromptSound(Invalid):
    """A recording that callers should not hear; the hint says what to do."""

    code = "bad_prompt_sound"
    message = _("这段录音不能用")
    hint = _("请上传 WAV 文件：单声道、16 位 PCM、8 或 16 千赫；也可以在本页直接用麦克风录。")


class PromptSoundShort(BadPromptSound):
    """Shorter than half a second."""

    message = _("录音太短，不到半秒")
    hint = _("请把整段文字读完再停止。")


class PromptSoundLong(BadPromptSound):
    """Longer than a minute."""

    message = _("录音太长，超过一分钟")
    hint = _("来电的人等不了那么久：请剪去多余的部分，或先请人改短文字。")


class PromptSoundQuiet(BadPromptSound):
    """Nobody in a street would hear it."""

    message = _("录音太轻，电话里听不清")
    hint = _("请靠近麦克风，用平常说话的音量重录。")


class PromptSoundLoud(BadPromptSound):
    """Too many samples are cut off."""

    message = _("录音太响，有破音")
    hint = _("请离麦克风远一点，或把录音音量调低后重录。")


class PromptSoundStill(BadPromptSound):
    """Silence at the beginning or the end."""

    message = _("录音开头或结尾有两秒以上没有声音")
    hint = _("来电的人会以为断线了：请剪去空白再上传。")


class OwnPromptRecording(NotAllowed):
    """Nobody approves what they handed in themselves."""

    code = "own_prompt_recording"
    message = _("自己提交的录音，要由另一位同事试听后批准")


class PromptWordsChanged(Refusal):
    """The text is another than the one that was read out."""

    code = "prompt_words_changed"
    message = _("播报的文字已经改过，这段录音读的是原来的文字")
    hint = _("请按现在的文字重录。")


class PromptRecordingOver(Refusal):
    """It is not where this could be done: approved already, replaced or withdrawn."""

    code = "prompt_recording_over"
    message = _("这段录音已经处理过，或有了更新的一版")
    hint = _("请刷新页面查看最新状态。")


class NoLetter(Refusal):
    """Nobody wrote in this conversation: there is no letter to be answered."""

    code = "no_letter"
    message = _("这次会话里没有来信可以回复")
    hint = _("需要联系客户的，请打电话。")


class AnswerTooLong(Invalid):
    """More than a message holds."""

    code = "answer_too_long"
    message = _("答复太长，最多 2000 字")
    hint = _("请写短一些，或分两次发。")


class NoNumber(Refusal):
    """No number is known to be called."""

    code = "no_number"
    message = _("这次来访没有可以拨打的号码")
    hint = _("认出了客户的，请在客户全貌里查看登记的电话。")


class FlowNotFound(NotFound):
    """There is no such version of the hotline's flow."""

    code = "flow_not_found"
    message = _("没有这个版本的热线流程")
    hint = _("请从热线流程的版本列表中选择。")


class WrongFlow(Invalid):
    """A caller could be lost in it; ``problems`` name each place and its reason."""

    code = "wrong_flow"
    message = _("热线流程有误，来电的人会走不通")

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(hint=joined(self.problems[:3]))


class FlowNoteNeeded(Invalid):
    """Whoever approves wants to know what changes."""

    code = "flow_note_needed"
    message = _("请写明改了什么、为什么改")
    hint = _("一句话即可，批准的同事和日后查阅的人都看得到。")


class BadFlowDay(Invalid):
    """A flow counts from a day on."""

    code = "bad_flow_day"
    message = _("请选择今天或以后的生效日")
    hint = _("生效日零点起打进来的电话按新流程走，通话中的不变。")


class FlowNoNews(Invalid):
    """It is what callers hear now."""

    code = "flow_no_news"
    message = _("内容与现行流程相同")
    hint = _("请修改后再保存。")


class FlowNotADraft(Refusal):
    """It is in force, was, or was given up."""

    code = "flow_not_a_draft"
    message = _("这个版本已经批准或撤回，不能再改")
    hint = _("请起草新版本；已生效的可以回退到上一版本。")


class OwnFlow(NotAllowed):
    """Nobody approves what they wrote."""

    code = "own_flow"
    message = _("自己编制的流程，要由另一位同事批准")


class NoEarlierFlow(Refusal):
    """Calls have always followed what they follow now."""

    code = "no_earlier_flow"
    message = _("没有可以回退的上一版本")
    hint = _("请起草一个修正的版本，由另一位同事批准。")
