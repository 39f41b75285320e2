"""What must be asked of every new long-term policy's holder, and how often one tries (新单回访)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from yilu.kernel.days import CHINA, day_of
from yilu.kernel.words import marked as _

EDITION: Final = "2026-1"
ON_RECORD: Final = "RECORD"
GIVEN: Final = {"YES": _("是"), "EXPLAINED": _("解释后清楚"), "NO": _("否")}
"""What somebody may answer."""
ANSWERS: Final = {**GIVEN, ON_RECORD: _("见投保记录，未再问")}
"""How a question may stand; what is on record since the sale was not asked again (令2023-2 第35条)."""
SPARED: Final = frozenset({"bought", "read", "recording"})
"""What a record of the sale can tell; who it is, and what somebody knows now, are always asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """
    One thing the holder is asked.

    ``knowledge``: a NO can be put right by explaining; a NO to a fact cannot.
    """

    code: str
    text: str
    short: str
    citation: str
    knowledge: bool


_SEVEN = _("人身保险业务基本服务规定第十五条")
QUESTIONS: Final[tuple[Question, ...]] = (
    Question("self", _("请问您是这份保单的投保人本人吗？"), _("投保人本人"), _SEVEN, False),
    Question(
        "bought", _("这份保险是您自愿购买的，投保单上需要您和被保险人签名的地方都是亲笔签名吗？"),
        _("自愿购买、亲笔签名"), _SEVEN, False,
    ),
    Question("read", _("产品说明书和投保提示，您都看过并且明白了吗？"), _("已阅读说明书和投保提示"), _SEVEN, True),
    Question("cover", _("这份保险保什么、哪些情况不保、保多久，您清楚吗？"), _("保险责任、免除、期间"), _SEVEN, True),
    Question("loss", _("犹豫期过后退保可能有损失，这一点您清楚吗？"), _("退保损失"), _SEVEN, True),
    Question(
        "cooling_off", _("您在犹豫期内可以无理由退保，犹豫期从哪天算起、到哪天为止，您清楚吗？"),
        _("犹豫期的起算、期间和权利"), _SEVEN, True,
    ),
    Question(
        "premium", _("保险费怎么交、交多少年、每次什么时候交，您清楚吗？"), _("缴费期间和频率"), _SEVEN, True
    ),
    Question(
        "recording", _("投保时如果做过录音录像，录下来的内容是您本人真实的意思吗？没有录过的，请答“是”。"),
        _("录音录像真实"), _("保险销售行为可回溯管理暂行办法第十一条"), False,
    ),
)  # fmt: skip
"""The seven required questions, and the one about the recording. In our own words."""
BY_CODE: Final[Mapping[str, Question]] = {question.code: question for question in QUESTIONS}


def finding(answers: Mapping[str, str], *, explained: bool, on_record: Collection[str] = ()) -> str:
    """
    What the answers say: INCOMPLETE, NOT_HOLDER, TO_EXPLAIN, MIS_SELLING or GOOD.

    ``explained``: somebody of ours is on the line, so that what is not known has been explained; a NO
    that stays a NO is a finding. Without (the electronic form) it is first to be explained by phone.
    Whoever denies what is ``on_record`` says that the record is not true: nothing of that is to be explained.
    """
    if answers.get("self") == "NO":
        return "NOT_HOLDER"
    if any(code not in answers for code in BY_CODE):
        return "INCOMPLETE"
    denied = [BY_CODE[code] for code, answer in answers.items() if answer == "NO"]
    if any(not question.knowledge or question.code in on_record for question in denied):
        return "MIS_SELLING"
    if denied:
        return "MIS_SELLING" if explained else "TO_EXPLAIN"
    return "GOOD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """
    How often one tries and when the next way is taken, as managers set it for the day.

    With ``visit_days`` left nobody waits for the phone any longer: somebody of the branch goes. A customer
    may be called from hour to hour of ``hours``, where the insurer is.
    """

    calls: int
    visit_days: int
    letter_days: int
    hours: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rung:
    """Where a follow-up stands on the ladder: the state, and when the next thing is due."""

    state: str
    next_at: datetime


def next_rung(
    *, state: str, calls: int, wrong_number: bool, until: date, at: datetime, ladder: Ladder
) -> Rung | None:
    """
    The next rung after a try that reached nobody, or as time goes by; None: every way was tried.

    So many calls; with few days left, after the last call or with a wrong number somebody of the branch
    goes; with fewer still a letter; then it is over.
    """
    left = (until - day_of(at)).days
    if left < 0:
        return None
    if state == "LETTER" or (left <= ladder.letter_days and state == "VISITING"):
        return Rung("LETTER", end_of(until))
    if state == "VISITING" or calls >= ladder.calls or wrong_number or left <= ladder.visit_days:
        return Rung(
            "VISITING", _morning(until - timedelta(days=ladder.letter_days), at, ladder.hours)
        )
    return Rung("CALLING", next_call(calls, at, ladder.hours))


def next_call(calls: int, at: datetime, hours: tuple[int, int]) -> datetime:
    """
    When to call again: another part of the day, within calling hours; the first call at once.

    Odd tries three hours later, even ones the next day: who is never in at noon may be at six.
    """
    if calls == 0:
        return _within_hours(at, hours)
    wait = timedelta(hours=3) if calls % 2 else timedelta(hours=19)
    return _within_hours(at + wait, hours)


def may_call(at: datetime, hours: tuple[int, int]) -> bool:
    """Whether a customer may be called at this hour."""
    return hours[0] <= at.astimezone(CHINA).hour < hours[1]


def _within_hours(at: datetime, hours: tuple[int, int]) -> datetime:
    local = at.astimezone(CHINA)
    if local.hour < hours[0]:
        return datetime.combine(local.date(), time(hours[0]), CHINA)  # local, not UTC: its own day
    if local.hour >= hours[1]:
        return datetime.combine(local.date() + timedelta(days=1), time(hours[0]), CHINA)
    return at


def _morning(day: date, at: datetime, hours: tuple[int, int]) -> datetime:
    return max(datetime.combine(day, time(hours[0]), CHINA), at)


def end_of(day: date) -> datetime:
    """The moment a day is over, where the insurer is."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)
