"""Papers that are typed in later than they came: by post, over the counter, through an agent (收到日)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

REASON_AFTER = timedelta(days=7)
"""Papers that lay here longer than so before anybody typed them in: whoever does says why."""
FURTHEST = timedelta(days=90)
"""An earlier day is a slip of the pen."""
WHY_MIN, WHY_MAX = 5, 200
ON_PAPER = frozenset({"staff", "agent"})
"""Who takes papers from a hand; what the customer uploads is here at that moment."""
BY_LETTER = "来信附件，按来信到达日计"


class BadReceiptDay(Invalid):
    """The day on which papers are said to have come cannot be."""

    code = "bad_receipt_day"
    message = _("收到日填写有误")
    hint = _("请填写资料实际到达本公司（含网点、代理人）的那一天；今天收到的不用填。")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day on which something on paper reached us or our agent, and why it is typed in so late."""

    on: date
    why: str = ""

    def from_when(self, at: datetime) -> datetime:
        """The moment from which it counts as here: the first of that day."""
        return min(datetime.combine(self.on, time(), CHINA), at)


def came_by_letter(on: date, not_before: date, today: date) -> Receipt:
    """
    What came with a letter was here since the letter came, whenever somebody puts it where it belongs.

    Before the thing it belongs to began nothing waited for it.
    """
    return Receipt(max(on, not_before, today - FURTHEST), BY_LETTER)


def checked(told: Receipt | None, *, not_before: date | None, at: datetime) -> Receipt | None:
    """
    What counts of a told day of receipt; None where it is today, which needs no telling.

    ``not_before``: the day on which what the papers belong to began, where there is one.

    :raises BadReceiptDay: a day to come, before what they belong to, longer ago than anybody could
        mean, or more than a week ago without a reason.
    """
    today = day_of(at)
    if told is None or told.on == today:
        return None
    why = " ".join(told.why.split())
    if told.on > today:
        raise BadReceiptDay(_("收到日不能晚于今天"))
    if not_before is not None and told.on < not_before:
        raise BadReceiptDay(
            Sentence(_("收到日不能早于{day}"), day=not_before),
            hint=_("这是报案（或提出申请、发生事故）的那一天；资料若更早到达，请先核对。"),
        )
    if today - told.on > FURTHEST:
        raise BadReceiptDay(_("收到日不能早于九十天前"))
    if today - told.on > REASON_AFTER and not WHY_MIN <= len(why) <= WHY_MAX:
        raise BadReceiptDay(
            _("收到已超过七天，请写明补录的原因"), hint=_("原因写五个字以上，不超过二百字。")
        )
    return Receipt(told.on, why[:WHY_MAX])
