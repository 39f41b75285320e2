"""What counts as known, so that nobody is asked twice (不重复询问)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yilu.kernel.words import marked as _

KNOWN_FOR: Final = timedelta(days=7)
"""How long what somebody told us in one conversation is known in their next."""
NEVER_CARRIED: Final = frozenset({"identity_checked", "hotline"})
"""Who somebody is must be seen to anew each time, which number they dialled is of that call; within one chain both hold."""
OF_ONE_TALK: Final = frozenset({"way", "recording", "handed_on"})
"""How somebody reached us, what was recorded and why it was handed on is of that talk alone, not of one that goes on with it."""
NOTED_BY_ITSELF: Final = OF_ONE_TALK | {"hotline", "broken"}
"""What the house notes of itself; nobody is asked to write it down."""
LABELS: Final[Mapping[str, str]] = {
    "identity_checked": _("身份已核对"),
    "what": _("来访要点"),
    "loss_date": _("出险日期"),
    "loss_what": _("出险经过"),
    "hospital": _("就诊医院"),
    "claim_type": _("理赔类型"),
    "policy": _("所说保单"),
    "claim": _("所说赔案"),
    "callback_phone": _("回电号码"),
    "wish": _("客户的要求"),
    "need": _("复杂需求"),
    "broken": _("刚才没办成的"),
    "cause": _("出险原因"),
    "to_on": _("出院日期"),
    "claimed_amount": _("大概花费（元）"),
    "recording": _("录音编号"),
    "way": _("接入方式"),
    "hotline": _("拨打的热线"),
    "handed_on": _("转接缘由"),
}
"""Names a screen knows; others are shown as they are."""
NOTED: Final = {name: label for name, label in LABELS.items() if name not in NOTED_BY_ITSELF}
"""What a seat may write down."""


@dataclass(frozen=True, slots=True)
class Known:
    """One thing somebody told us."""

    name: str
    value: str
    told_at: datetime
    conversation_id: int


def newest(
    facts: Iterable[Known], *, own: int, chain: frozenset[int], at: datetime
) -> tuple[Known, ...]:
    """
    The newest of every name that is still known.

    ``chain``: this conversation (``own``) and those it goes on with: there all counts, however old, but not
    what is of one talk alone; from others only what was told within some days, and never that somebody's
    identity was checked.
    """
    kept: dict[str, Known] = {}
    for fact in sorted(facts, key=lambda f: f.told_at):
        if fact.name in OF_ONE_TALK:
            carried = fact.conversation_id == own
        else:
            carried = fact.conversation_id in chain or (
                fact.name not in NEVER_CARRIED and at - fact.told_at <= KNOWN_FOR
            )
        if carried:
            kept[fact.name] = fact
    return tuple(sorted(kept.values(), key=lambda f: f.name))
