"""Every write of the video room; one file a use case."""

from yilu.video.operations.asking import agree, arrive, ask, invite, open_invitation, sit, wait
from yilu.video.operations.connecting import (
    News,
    connect,
    drop_silent,
    exchange_as_customer,
    exchange_as_seat,
    leave,
)
from yilu.video.operations.ending import end, end_forgotten, forget_recordings, watch
from yilu.video.operations.guiding import answer_guidance, stop_guidance, stop_guiding
from yilu.video.operations.recording import record_piece
from yilu.video.operations.resealing import reseal_batch
from yilu.video.operations.serving import (
    ask_customer,
    compare_identity,
    hand_in_picture,
    note_signed,
)
from yilu.video.refusals import (
    BadCheck,
    BadPiece,
    BadSignal,
    InvitationNotValid,
    NoPhone,
    NotAgreed,
    NotAsked,
    NotLive,
    NotNow,
    NotTheSeat,
    OtherPiece,
    PieceOutOfOrder,
    SeatTaken,
    SessionNotFound,
    WrongDigits,
)

__all__ = [
    "BadCheck",
    "BadPiece",
    "BadSignal",
    "InvitationNotValid",
    "News",
    "NoPhone",
    "NotAgreed",
    "NotAsked",
    "NotLive",
    "NotNow",
    "NotTheSeat",
    "OtherPiece",
    "PieceOutOfOrder",
    "SeatTaken",
    "SessionNotFound",
    "WrongDigits",
    "agree",
    "answer_guidance",
    "arrive",
    "ask",
    "ask_customer",
    "compare_identity",
    "connect",
    "drop_silent",
    "end",
    "end_forgotten",
    "exchange_as_customer",
    "exchange_as_seat",
    "forget_recordings",
    "hand_in_picture",
    "invite",
    "leave",
    "note_signed",
    "open_invitation",
    "record_piece",
    "reseal_batch",
    "sit",
    "stop_guidance",
    "stop_guiding",
    "wait",
    "watch",
]
