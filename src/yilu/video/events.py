"""What the video room says happened, about the thing a session continues; numbers and codes only."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("video.asked", "发起视频服务")
class Asked:
    """A seat wants to see the customer."""

    session_id: int
    office_id: int


@fact("video.waiting", "客户进入视频等候室")
class Waiting:
    """A customer came by themselves, from a page that could not go on, and waits for a seat."""

    session_id: int
    office_id: int


@fact("video.invited", "发出视频邀请")
class Invited:
    """A link went to the customer's phone; earlier links no longer work."""

    session_id: int
    invitation_id: int


@fact("video.agreed", "客户同意视频录制")
class Agreed:
    """The customer was told what is recorded and agreed, before anything was."""

    session_id: int


@fact("video.connected", "视频接通")
class Connected:
    """They see each other for the first time."""

    session_id: int
    staff_id: int


@fact("video.dropped", "视频中断")
class Dropped:
    """One side has gone: VANISHED without a word, or LEFT by its own button. It may be resumed."""

    session_id: int
    office_id: int
    request: str
    missing: str
    cause: str
    pieces: int


@fact("video.resumed", "视频恢复")
class Resumed:
    """They see each other again in the same session."""

    session_id: int
    connection: int


@fact("video.identity_compared", "视频核身")
class IdentityCompared:
    """What the seat compared, and whether it is the same person."""

    session_id: int
    compared: tuple[str, ...]
    matched: bool


@fact("video.customer_asked_to", "视频中请客户操作")
class CustomerAskedTo:
    """To show a paper to the camera, or to sign on their own page."""

    session_id: int
    what: str


@fact("video.paper_taken", "视频中拍下资料")
class PaperTaken:
    """The customer took a picture of a paper and handed it in."""

    session_id: int
    upload_id: int
    kind: str


@fact("video.customer_signed", "视频中客户签名")
class CustomerSigned:
    """What the seat asked to be signed was signed, on the customer's own page, while they saw each other."""

    session_id: int


@fact("video.guidance_agreed", "客户同意屏幕协助")
class GuidanceAgreed:
    """The customer lets the seat see the page they are on; what they type stays on the phone."""

    session_id: int


@fact("video.guidance_declined", "客户不同意屏幕协助")
class GuidanceDeclined:
    """The customer keeps the page to themselves; the session goes on."""

    session_id: int


@fact("video.guidance_stopped", "屏幕协助结束")
class GuidanceStopped:
    """The seat no longer sees the page: ``by`` CUSTOMER, SEAT, DROP (one side gone, or the page opened anew) or END."""

    session_id: int
    by: str
    seconds: int


@fact("video.ended", "视频服务结束")
class Ended:
    """Closed; ``head`` is the end of the recording's chain: whoever has it can check every piece."""

    session_id: int
    ending: str
    pieces: int
    size: int
    head: str
    keep_until: str


@fact("video.recording_watched", "查看视频录像")
class RecordingWatched:
    """A member of staff played a part of the recording."""

    session_id: int
    take: int


@fact("video.recording_forgotten", "视频录像到期删除")
class RecordingForgotten:
    """The time of keeping is over: the files are gone, the digests stay. ``why``: the reasons for its last day."""

    session_id: int
    pieces: int
    kept_until: str = ""
    why: str = ""  # GENERAL, CONTRACT, DISPUTE
