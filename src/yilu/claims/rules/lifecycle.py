"""The life of a claim as one table: in which state which action is possible, and where it leads."""

from __future__ import annotations

from enum import StrEnum

from yilu.kernel.words import marked as _


class State(StrEnum):
    """Where a claim stands (赔案状态)."""

    REPORTED = "REPORTED"
    COLLECTING = "COLLECTING"
    READING = "READING"
    ASSESSING = "ASSESSING"
    REVIEW = "REVIEW"
    SUPPLEMENT = "SUPPLEMENT"
    INVESTIGATING = "INVESTIGATING"
    SECOND_REVIEW = "SECOND_REVIEW"
    APPROVED = "APPROVED"
    PAYING = "PAYING"
    PAYOUT_PROBLEM = "PAYOUT_PROBLEM"
    PAID = "PAID"
    DECLINED = "DECLINED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"
    MERGED = "MERGED"


STATE_LABELS = {
    State.REPORTED: _("已报案"),
    State.COLLECTING: _("待资料"),
    State.READING: _("识别中"),
    State.ASSESSING: _("机审中"),
    State.REVIEW: _("人工审核"),
    State.SUPPLEMENT: _("待补充"),
    State.INVESTIGATING: _("调查中"),
    State.SECOND_REVIEW: _("复核"),
    State.APPROVED: _("已核赔"),
    State.PAYING: _("付款中"),
    State.PAYOUT_PROBLEM: _("付款退回"),
    State.PAID: _("已到账"),
    State.DECLINED: _("不予赔付"),
    State.CLOSED: _("结案"),
    State.WITHDRAWN: _("已撤回"),
    State.MERGED: _("已并案"),
}
NOTHING_DUE = _("应付金额为零")
"""What a decision is called that refuses nothing: covered, and what is payable comes to nothing."""


class Action(StrEnum):
    """What can be done to a claim (操作)."""

    WAIT_FOR_PAPERS = "WAIT_FOR_PAPERS"
    HAND_IN = "HAND_IN"
    ASSESS = "ASSESS"
    SEND_TO_REVIEW = "SEND_TO_REVIEW"
    MACHINE_APPROVE = "MACHINE_APPROVE"
    CALCULATE = "CALCULATE"
    APPROVE = "APPROVE"
    PROPOSE = "PROPOSE"
    SEND_BACK = "SEND_BACK"
    DECLINE = "DECLINE"
    REQUEST_SUPPLEMENT = "REQUEST_SUPPLEMENT"
    RECEIVE_SUPPLEMENT = "RECEIVE_SUPPLEMENT"
    RESUME = "RESUME"
    INVESTIGATE = "INVESTIGATE"
    STATE_COMPLEX = "STATE_COMPLEX"
    TELL_PROGRESS = "TELL_PROGRESS"
    END_INVESTIGATION = "END_INVESTIGATION"
    PAY_UNDISPUTED = "PAY_UNDISPUTED"
    PAY_AHEAD = "PAY_AHEAD"
    GRANT_EX_GRATIA = "GRANT_EX_GRATIA"
    NOTE_GROUND = "NOTE_GROUND"
    PAY = "PAY"
    RETURN_PAYOUT = "RETURN_PAYOUT"
    CORRECT_ACCOUNT = "CORRECT_ACCOUNT"
    NAME_SHARE_ACCOUNT = "NAME_SHARE_ACCOUNT"
    SETTLE = "SETTLE"
    CLOSE = "CLOSE"
    WITHDRAW = "WITHDRAW"
    MERGE = "MERGE"
    PART = "PART"
    REOPEN = "REOPEN"
    RATE = "RATE"


ACTION_LABELS = {
    Action.WAIT_FOR_PAPERS: _("等待资料"),
    Action.HAND_IN: _("提交资料"),
    Action.ASSESS: _("机审"),
    Action.SEND_TO_REVIEW: _("转人工审核"),
    Action.MACHINE_APPROVE: _("自动核赔"),
    Action.CALCULATE: _("重新理算"),
    Action.APPROVE: _("核定赔付"),
    Action.PROPOSE: _("提交复核"),
    Action.SEND_BACK: _("复核退回"),
    Action.DECLINE: _("不予赔付"),
    Action.REQUEST_SUPPLEMENT: _("通知补充资料"),
    Action.RECEIVE_SUPPLEMENT: _("收到补充资料"),
    Action.RESUME: _("补齐后继续"),
    Action.INVESTIGATE: _("发起调查"),
    Action.STATE_COMPLEX: _("认定情形复杂（三十日）"),
    Action.TELL_PROGRESS: _("告诉客户进展"),
    Action.END_INVESTIGATION: _("完成调查"),
    Action.PAY_UNDISPUTED: _("先行支付无争议部分"),
    Action.PAY_AHEAD: _("预付（单据未到）"),
    Action.GRANT_EX_GRATIA: _("通融赔付"),
    Action.NOTE_GROUND: _("登记解除事由"),
    Action.PAY: _("发起付款"),
    Action.RETURN_PAYOUT: _("付款退回"),
    Action.CORRECT_ACCOUNT: _("更正账户"),
    Action.NAME_SHARE_ACCOUNT: _("登记受益人账户"),
    Action.SETTLE: _("确认到账"),
    Action.CLOSE: _("结案"),
    Action.WITHDRAW: _("撤回申请"),
    Action.MERGE: _("并案"),
    Action.PART: _("拆分并案"),
    Action.REOPEN: _("重新处理"),
    Action.RATE: _("评价"),
}

MACHINE, CUSTOMER, STAFF = "machine", "customer", "staff"
S, A = State, Action

_COLLECTING = (S.REPORTED, S.COLLECTING)
_READING = (S.READING, S.ASSESSING)
_OPEN = (S.REVIEW, S.INVESTIGATING, S.SUPPLEMENT)
_BEFORE_DECISION = (*_COLLECTING, *_READING, *_OPEN)
_STAYS = None
UNDECIDED = frozenset({*_BEFORE_DECISION, S.SECOND_REVIEW})
"""Nobody has said yes or no."""

_TABLE: tuple[tuple[Action, tuple[State, ...], State | None, tuple[str, ...]], ...] = (
    # action, from, to (None: stays), who may
    (A.WAIT_FOR_PAPERS, (S.REPORTED, S.READING, S.ASSESSING), S.COLLECTING, (MACHINE,)),
    (A.HAND_IN, (*_COLLECTING, S.READING, S.ASSESSING), S.READING, (MACHINE, CUSTOMER, "claims.register")),
    (A.HAND_IN, (S.REVIEW, S.INVESTIGATING, S.SUPPLEMENT, S.SECOND_REVIEW), _STAYS,
     (MACHINE, CUSTOMER, "claims.register")),
    (A.ASSESS, (*_COLLECTING, S.READING), S.ASSESSING, (MACHINE,)),
    (A.SEND_TO_REVIEW, (*_COLLECTING, *_READING, S.SUPPLEMENT), S.REVIEW, (MACHINE, "claims.register")),
    (A.MACHINE_APPROVE, (*_COLLECTING, *_READING), S.APPROVED, (MACHINE,)),
    (A.CALCULATE, (S.REVIEW, S.INVESTIGATING, S.SUPPLEMENT), _STAYS, (MACHINE, "claims.assess")),
    (A.APPROVE, (S.REVIEW,), S.APPROVED, ("claims.decide",)),
    (A.PROPOSE, (S.REVIEW,), S.SECOND_REVIEW, ("claims.decide", "claims.decline")),
    (A.APPROVE, (S.SECOND_REVIEW,), S.APPROVED, ("claims.review",)),
    (A.DECLINE, (S.REVIEW,), S.DECLINED, ("claims.decline",)),
    (A.DECLINE, (S.SECOND_REVIEW,), S.DECLINED, ("claims.review",)),
    (A.SEND_BACK, (S.SECOND_REVIEW,), S.REVIEW, ("claims.review",)),
    (A.REQUEST_SUPPLEMENT, (*_COLLECTING, *_READING, S.REVIEW), S.SUPPLEMENT, (MACHINE, "claims.assess")),
    (A.RESUME, (S.SUPPLEMENT,), S.READING, (MACHINE,)),
    (A.RECEIVE_SUPPLEMENT, (S.SUPPLEMENT,), S.REVIEW, (MACHINE, CUSTOMER, "claims.register")),
    (A.INVESTIGATE, (S.REVIEW,), S.INVESTIGATING, ("claims.assess", "claims.investigate")),
    (A.STATE_COMPLEX, (S.REVIEW,), _STAYS, ("claims.assess",)),
    (A.TELL_PROGRESS, tuple(UNDECIDED), _STAYS,
     ("claims.assess", "claims.register", "claims.investigate")),
    (A.END_INVESTIGATION, (S.INVESTIGATING,), S.REVIEW, ("claims.investigate",)),
    (A.PAY_UNDISPUTED, (S.REVIEW, S.INVESTIGATING, S.SUPPLEMENT, S.SECOND_REVIEW), _STAYS,
     ("claims.decide",)),
    (A.PAY_AHEAD, _BEFORE_DECISION, _STAYS, ("claims.review",)),
    (A.GRANT_EX_GRATIA, (S.REVIEW, S.DECLINED), S.APPROVED, ("claims.review",)),
    (A.NOTE_GROUND, _OPEN, _STAYS, ("claims.assess", "claims.investigate")),
    (A.RETURN_PAYOUT, (S.PAYING, S.APPROVED), S.PAYOUT_PROBLEM, (MACHINE,)),
    (A.CORRECT_ACCOUNT, (S.PAYOUT_PROBLEM,), S.PAYING, (CUSTOMER, "claims.pay")),
    (A.CORRECT_ACCOUNT, (*_BEFORE_DECISION, S.SECOND_REVIEW, S.APPROVED), _STAYS,
     (CUSTOMER, "claims.register", "claims.pay")),
    (A.NAME_SHARE_ACCOUNT, (S.PAYING,), _STAYS, (CUSTOMER, "claims.pay")),
    (A.PAY, (S.APPROVED,), S.PAYING, (MACHINE, "claims.pay")),
    (A.SETTLE, (S.PAYING, S.PAYOUT_PROBLEM, S.APPROVED), S.PAID, (MACHINE,)),
    (A.CLOSE, (S.PAID, S.DECLINED, S.APPROVED), S.CLOSED, (MACHINE, "claims.decide")),
    (A.WITHDRAW, (*_BEFORE_DECISION, S.SECOND_REVIEW), S.WITHDRAWN, (CUSTOMER, "claims.register")),
    (A.MERGE, (*_COLLECTING, *_READING, S.REVIEW), S.MERGED, (MACHINE, "claims.assess")),
    (A.PART, (S.MERGED,), S.REVIEW, ("claims.assess",)),
    (A.REOPEN, (S.DECLINED, S.CLOSED, S.PAID), S.REVIEW, (CUSTOMER, "claims.review")),
    (A.RATE, (S.PAID, S.CLOSED, S.DECLINED), _STAYS, (CUSTOMER,)),
)  # fmt: skip

TRANSITIONS: dict[tuple[State, Action], tuple[State, tuple[str, ...]]] = {
    (state, action): (to or state, who) for action, sources, to, who in _TABLE for state in sources
}
"""(state, action) → (state after it, who may: machine, customer or a staff right)."""

ENDED = frozenset({S.CLOSED, S.WITHDRAWN, S.MERGED})
"""Nothing more happens by itself."""


def after(state: State, action: Action) -> State | None:
    """The state an action leads to, None where it is not possible in that state."""
    found = TRANSITIONS.get((state, action))
    return found[0] if found else None


def sources(action: Action) -> tuple[State, ...]:
    """Every state from which an action is possible."""
    return tuple(state for state, each in TRANSITIONS if each is action)


def who_may(state: State, action: Action) -> tuple[str, ...]:
    """Who may do an action in a state: machine, customer, or rights of staff; empty: nobody."""
    found = TRANSITIONS.get((state, action))
    return found[1] if found else ()


def diagram() -> str:
    """The table as a Mermaid state diagram, for the README."""
    lines = ["stateDiagram-v2", "    [*] --> REPORTED: 报案"]
    edges: dict[tuple[State, State], list[str]] = {}
    for (state, action), (to, _who) in TRANSITIONS.items():
        if to is not state:
            edges.setdefault((state, to), []).append(ACTION_LABELS[action])
    lines += [
        f"    {a} --> {b}: {'/'.join(dict.fromkeys(labels))}" for (a, b), labels in edges.items()
    ]
    lines += [f"    {state} --> [*]" for state in State if state in ENDED]
    return "\n".join(lines)
