"""Why something is not done in a video session."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Sentence, Stale
from yilu.kernel.words import marked as _


class SessionNotFound(NotFound):
    """None of this number, or of another office: in the same words."""

    code = "video_not_found"
    message = _("没有找到这次视频服务")
    hint = _("请从业务页面重新进入。")


class InvitationNotValid(NotFound):
    """Wrong, expired, withdrawn, used in another browser, or the session is over: in the same words."""

    code = "video_link_not_valid"
    message = _("这个视频链接已失效，或已在别的手机上打开")
    hint = _("请让工作人员重新发送链接；也可以致电客服热线。")


class WrongDigits(Invalid):
    """These are not the last four digits of the phone the link was sent to."""

    code = "video_wrong_digits"
    message = _("手机号后四位不对")
    hint = _("请输入收到链接的手机号的后四位；连续五次不对，链接就会作废。")


class NotAgreed(Invalid):
    """Nobody is recorded who has not agreed."""

    code = "video_not_agreed"
    message = _("需要您同意录制才能开始视频")
    hint = _("不同意也可以办理：请致电客服热线，或到柜面。")


class NoPhone(Invalid):
    """There is no phone to send the link to."""

    code = "video_no_phone"
    message = _("客户没有登记手机号，无法发送视频链接")
    hint = _("请先为客户登记手机号。")


class SeatTaken(Stale):
    """A colleague is in the session."""

    code = "video_seat_taken"
    message = _("另一位同事正在这次视频中")
    hint = _("请等同事离开，或请同事结束后再进入。")


class NotTheSeat(NotAllowed):
    """Only the seat of a session acts in it."""

    code = "video_not_the_seat"
    message = _("您不是这次视频的坐席")
    hint = _("请先进入视频。")


class NotNow(Stale):
    """The session is over, or not begun."""

    code = "video_not_now"
    message = _("这次视频现在不能这样做")
    hint = _("请刷新页面，看看视频进行到哪一步。")


class NotLive(NotNow):
    """What is done face to face, while they do not see each other."""

    code = "video_not_live"
    message = _("视频还没有接通")
    hint = _("先请客户进来；两边看得见以后再做这一步。")


class BadSignal(Invalid):
    """What a browser sent is no signal of ours."""

    code = "video_bad_signal"
    message = _("连接信息有误")
    hint = _("请刷新页面重新连接。")


class BadPiece(Invalid):
    """Empty, too large, or not what its digest says."""

    code = "video_bad_piece"
    message = _("录像分片有误：为空、过大，或与摘要不符")
    hint = _("请重新上传这一片。")


class PieceOutOfOrder(Stale):
    """A piece is missing before this one."""

    code = "video_piece_gap"
    message = _("录像分片不连续")
    hint = _("请从缺少的一片开始上传。")

    def __init__(self, expected: int) -> None:
        super().__init__(Sentence(_("录像分片不连续：应为第 {expected} 片"), expected=expected))
        self.expected = expected


class OtherPiece(Stale):
    """Another content was kept under this number."""

    code = "video_other_piece"
    message = _("这一片已经收到，内容不同")
    hint = _("已收到的录像不能更改。")


class BadCheck(Invalid):
    """Nothing was compared, or something we have no name for."""

    code = "video_bad_check"
    message = _("请选择比对了什么")
    hint = _("至少比对本人面容与身份证件。")


class NotAsked(Invalid):
    """The customer was not asked for this."""

    code = "video_not_asked"
    message = _("工作人员没有请您做这一步")
    hint = _("请等工作人员在页面上提示后再操作。")
