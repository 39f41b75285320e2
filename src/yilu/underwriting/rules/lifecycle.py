"""The life of an application as one table: in which state which action is possible."""

from __future__ import annotations

from enum import StrEnum

from yilu.kernel.words import marked as _


class State(StrEnum):
    """Where an application stands (投保件状态)."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    ACCEPTED = "ACCEPTED"
    REFERRED = "REFERRED"
    EXAMINATION = "EXAMINATION"
    OFFERED = "OFFERED"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    ISSUED = "ISSUED"
    POSTPONED = "POSTPONED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """For a column."""
        return [(state.value, LABELS[state]) for state in cls]


LABELS = {
    State.DRAFT: _("填写中"),
    State.SUBMITTED: _("已提交"),
    State.ACCEPTED: _("核保通过"),
    State.REFERRED: _("人工核保中"),
    State.EXAMINATION: _("待体检或补充资料"),
    State.OFFERED: _("待确认承保条件"),
    State.AWAITING_PAYMENT: _("待支付首期保险费"),
    State.ISSUED: _("已承保"),
    State.POSTPONED: _("延期"),
    State.DECLINED: _("不予承保"),
    State.WITHDRAWN: _("已撤回"),
    State.EXPIRED: _("已失效"),
}


class Action(StrEnum):
    """What can be done to an application (操作)."""

    FILL_IN = "FILL_IN"
    SUBMIT = "SUBMIT"
    DECIDE = "DECIDE"
    HAND_IN_REPORT = "HAND_IN_REPORT"
    AGREE = "AGREE"
    PAY = "PAY"
    ISSUE = "ISSUE"
    TALK = "TALK"
    WITHDRAW = "WITHDRAW"
    EXPIRE = "EXPIRE"


S, A = State, Action
OPEN = frozenset(
    {S.DRAFT, S.SUBMITTED, S.ACCEPTED, S.REFERRED, S.EXAMINATION, S.OFFERED, S.AWAITING_PAYMENT}
)
"""States in which something is still to come."""

UNDECIDED = frozenset({S.SUBMITTED, S.REFERRED, S.EXAMINATION, S.OFFERED})
"""States in which a verdict, or the customer's word to it, is still awaited."""

POSSIBLE: dict[Action, frozenset[State]] = {
    A.FILL_IN: frozenset({S.DRAFT}),
    A.SUBMIT: frozenset({S.DRAFT}),
    A.DECIDE: frozenset({S.SUBMITTED, S.REFERRED, S.EXAMINATION}),
    A.HAND_IN_REPORT: frozenset({S.EXAMINATION, S.REFERRED}),
    A.AGREE: frozenset({S.OFFERED}),
    A.PAY: frozenset({S.ACCEPTED, S.AWAITING_PAYMENT}),
    A.ISSUE: frozenset({S.AWAITING_PAYMENT}),
    # A verdict is explained also where it was a no.
    A.TALK: frozenset({S.REFERRED, S.EXAMINATION, S.OFFERED, S.POSTPONED, S.DECLINED}),
    # A premium that was paid ends in a policy; going back is the cooling-off period's business.
    A.WITHDRAW: OPEN,
    A.EXPIRE: OPEN,
}

AFTER_VERDICT = {
    "ACCEPT": S.ACCEPTED,
    "REDUCE": S.OFFERED,
    "LOADING": S.OFFERED,
    "EXCLUSION": S.OFFERED,
    "EXAMINE": S.EXAMINATION,
    "REFER": S.REFERRED,
    "POSTPONE": S.POSTPONED,
    "DECLINE": S.DECLINED,
}
"""Where a verdict leads."""


def possible(state: State, action: Action) -> bool:
    """Whether an action may be done in a state."""
    return state in POSSIBLE[action]


TRACK = (
    (_("填写投保单"), frozenset({S.DRAFT})),
    (_("核保"), frozenset({S.SUBMITTED, S.REFERRED, S.EXAMINATION, S.OFFERED})),
    (_("支付首期保险费"), frozenset({S.ACCEPTED, S.AWAITING_PAYMENT})),
    (_("承保"), frozenset({S.ISSUED})),
)
"""The steps a customer sees, in order (投保轨迹)."""
