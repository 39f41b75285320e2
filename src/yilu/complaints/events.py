"""What complaints says happened: ids and codes; what was said stays sealed in the tables."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("complaints.received", "投诉已登记")
class ComplaintReceived:
    """A complaint is here, and somebody answers for it from this moment."""

    office_id: int
    channel: str
    business: str
    reason: str
    owner_id: int
    major: bool
    spell: int = 1
    since: str = ""  # the day of receipt, where it was typed in later
    concerns: str = ""  # what it is about, where the complainant said so


@fact("complaints.joined", "重复投诉并入")
class ComplaintJoined:
    """The same complaint came again; it stands in the case that is open."""

    channel: str


@fact("complaints.urged", "投诉人催办")
class ComplaintUrged:
    """The complainant asks to be answered sooner; ``times`` counts this one."""

    times: int


@fact("complaints.owner_changed", "首问责任人变更")
class OwnerChanged:
    """Somebody else answers for it, for a reason that is on the case."""

    owner_id: int
    avoided: bool


@fact("complaints.word_noted", "投诉沟通已记录")
class WordNoted:
    """Something was said or done about it, with its proof where there is one."""

    word_id: int
    kind: str


@fact("complaints.new_facts", "投诉人提出新的事实")
class NewFacts:
    """New facts and grounds: the period begins anew (投诉办法 18)."""

    spell: int


@fact("complaints.escalated", "投诉升级处理")
class ComplaintEscalated:
    """The next tier takes it over; who answers for it stays."""

    tier: int
    round: int


@fact("complaints.found_complex", "投诉情况复杂")
class FoundComplex:
    """Thirty days instead of fifteen, counted from the day it was received."""

    since: str
    spell: int


@fact("complaints.extended", "投诉处理期限经批准延长")
class PeriodExtended:
    """Thirty days more, approved by a superior, told to the complainant."""

    since: str
    spell: int


@fact("complaints.outside_view_asked", "投诉转外部鉴定或调解")
class OutsideViewAsked:
    """Somebody outside appraises or mediates; the complainant knows by this proof."""

    view_id: int
    kind: str
    proof: str


@fact("complaints.outside_view_received", "外部鉴定或调解结束")
class OutsideViewReceived:
    """What they said is here."""

    view_id: int
    proof: str


@fact("complaints.decided", "投诉处理决定")
class ComplaintDecided:
    """Findings, basis and remedies are on their way to the complainant."""

    outcome: str
    tier: int
    round: int
    amount: str


@fact("complaints.told", "处理决定已告知投诉人")
class DecisionTold:
    """The decision reached the complainant; what may be asked for from here runs."""

    on: str


@fact("complaints.satisfaction_said", "投诉人评价处理结果")
class SatisfactionSaid:
    """Whether the complainant is content with the answer."""

    content: bool


@fact("complaints.review_asked", "申请投诉核查")
class ReviewAsked:
    """The complainant wants somebody else to look at the decision."""

    review_id: int
    office_id: int


@fact("complaints.review_decided", "投诉核查决定")
class ReviewDecided:
    """The review is over; ``changed``: the decision was wrong."""

    review_id: int
    changed: bool


@fact("complaints.withdrawn", "投诉人撤回投诉")
class ComplaintWithdrawn:
    """The complainant took it back; it ends the same day."""


@fact("complaints.closed", "投诉办结")
class ComplaintClosed:
    """Nothing more is to be done; ``content``: YES, NO, or UNSAID."""

    content: str


@fact("complaints.cause_named", "投诉根源已认定")
class CauseNamed:
    """What made it possible, and whether it can happen to others: the ledger of problems hears it."""

    office_id: int
    business: str
    cause: str
    common: bool
