"""
Agreed money that has not reached its people, and what keeps each sum back (保险法 23 III).

Nobody may interfere with a benefit being paid or limit who receives it: whatever keeps money back is
named here with whose turn it is, so that a reason which is none of these is seen to be a mistake of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.claims.rules.case import REASON_LABELS
from yilu.claims.rules.lifecycle import STATE_LABELS, UNDECIDED, State
from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.people.queries import Access

CLOCK = "law.pay_ten_days"
WAITING = (State.APPROVED.value, State.PAYING.value, State.PAYOUT_PROBLEM.value)
PAGE = 25
OURS, BANK, PAYEE = "OURS", "BANK", "PAYEE"
TURNS = {OURS: _("等我们"), BANK: _("等银行"), PAYEE: _("等收款人")}
"""Whose turn it is."""
CAUSES: dict[str, tuple[str, str]] = {
    "ACCOUNT_MISSING": (PAYEE, _("收款人还没有登记账户")),
    "SHARE_ACCOUNT_MISSING": (PAYEE, _("有受益人还没有登记账户")),
    "THIRD_PARTY_ACCOUNT_MISSING": (PAYEE, _("第三方收款人还没有登记账户")),
    "IDENTITY_MISSING": (PAYEE, _("收款人的身份还没有核实（反洗钱法第二十九条）")),
    "BANK_RETURNED": (PAYEE, _("银行退回，等收款人更正账户")),
    "BANK_UNCLEAR": (OURS, _("银行的答复互相矛盾，须核实后才能再付")),
    "HELD": (OURS, _("替代的付款暂缓：被替代的一笔结果还不清楚")),
    "IN_FILE": (OURS, _("在付款文件里，等放行或银行回执")),
    "SEND_TROUBLE": (OURS, _("已发起，但一直没有送到银行")),
    "TO_SEND": (OURS, _("已发起，正在排队送银行")),
    "AT_BANK": (BANK, _("银行处理中")),
    "NOT_DECIDED": (OURS, _("双方已签赔付协议，还没有作出结论")),
    "UNEXPLAINED": (OURS, _("没有发起付款，也查不到原因：请立即核查")),
}
"""What can keep agreed money back, and whose turn it is then."""

_PAGE = """
    with found as (
        (select c.id, c.benefit_amount as agreed from claims_claim c
          where c.state = any(%(waiting)s::text[]) and c.office_id = any(%(offices)s::bigint[])
            and c.id > %(after)s::bigint
          order by c.id limit %(limit)s::int)
        union all
        (select c.id, a.amount from claims_agreement a join claims_claim c on c.id = a.claim_id
          where a.kind = 'SETTLEMENT' and a.state = 'SIGNED' and a.claim_id > %(after)s::bigint
            and c.state = any(%(undecided)s::text[]) and c.office_id = any(%(offices)s::bigint[])
          order by c.id limit %(limit)s::int)
    )
    select c.id, c.number, c.office_id, c.state, f.agreed, c.paid_amount, c.decided_at,
           array(select jsonb_array_elements_text(c.reasons)),
           (select array_agg(distinct k.cause order by k.cause) from (
                select case when p.state = 'REJECTED' then 'BANK_RETURNED' when p.state = 'UNCLEAR' then 'BANK_UNCLEAR'
                            when p.held then 'HELD' when p.state = 'SENT' then 'AT_BANK' when p.channel = 'FILE' then 'IN_FILE'
                            when p.attempts > 0 and p.problem <> '' then 'SEND_TROUBLE' else 'TO_SEND' end as cause
                  from payments_payout p
                 where p.about = 'claim:' || c.id and p.purpose <> 'INTEREST'
                   and p.state in ('REQUESTED', 'SENDING', 'SENT', 'UNCLEAR', 'REJECTED')
                   and not exists (select from payments_payout n where n.replaces_id = p.id)
                union all
                select case when y.direct then 'THIRD_PARTY_ACCOUNT_MISSING' else 'SHARE_ACCOUNT_MISSING' end
                  from claims_payee y join claims_decision d on d.id = y.decision_id and d.state = 'STANDS'
                 where y.claim_id = c.id and y.payout_id is null and y.account_id is null
                union all
                select 'IDENTITY_MISSING' from claims_identitywait w
                 where w.claim_id = c.id and w.until is null
                union all
                select 'ACCOUNT_MISSING' where c.state = 'APPROVED' and c.account_id is null
                   and not exists (select from claims_payee y join claims_decision d
                                     on d.id = y.decision_id and d.state = 'STANDS' where y.claim_id = c.id)
                union all
                select 'NOT_DECIDED' where c.state = any(%(undecided)s::text[])) k),
           i.label, i.staff_id
      from found f join claims_claim c on c.id = f.id
      left join lateral (
           select q.label, i.staff_id from work_item i join work_queue q on q.code = i.queue_id
            where i.subject = 'claim:' || c.id and i.state in ('OPEN', 'TAKEN')
            order by i.state desc, i.priority, i.id limit 1) i on true
     order by c.id limit %(limit)s::int
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """
    A claim whose agreed money is not all there: how much is missing, why, whose turn, who has it in hand.

    ``questions``: what an undecided claim waits for. ``handler`` empty: nobody has taken the ``queue``'s work.
    """

    claim_id: int
    number: str
    state: str
    state_label: str
    office: str
    missing: Decimal
    since: datetime | None
    causes: tuple[tuple[str, str, str], ...]  # code, whose turn, words
    questions: tuple[str, ...]
    queue: str
    handler: str
    clock: obligations.ClockView | None


def kept_back(
    access: Access, at: datetime, *, after: int = 0, limit: int = PAGE
) -> tuple[tuple[Kept, ...], int]:
    """Of one's offices, the longest known first; the place to go on from, 0 at the end. Four statements."""
    rows = tx.rows(
        _PAGE,
        {
            "waiting": list(WAITING), "undecided": sorted(s.value for s in UNDECIDED), "after": after,
            "offices": sorted(access.offices_for("claims.view")), "limit": limit + 1,
        },
    )  # fmt: skip
    shown = rows[:limit]
    clocks = obligations.open_of(CLOCK, [Ref("claim", r[0]) for r in shown], at)
    named = people.names_of(Ref("staff", r[10]) for r in shown if r[10])
    offices = {o.id: o.name for o in people.list_offices()}
    found = tuple(
        Kept(
            claim_id=r[0], number=r[1], office=offices.get(r[2], ""), state=r[3],
            state_label=STATE_LABELS[State(r[3])], missing=(r[4] or ZERO) - r[5], since=r[6],
            causes=tuple((code, *CAUSES[code]) for code in r[8] or ["UNEXPLAINED"]),
            questions=() if r[3] in WAITING else tuple(REASON_LABELS[c] for c in r[7] if c in REASON_LABELS),
            queue=r[9] or "", handler=named.get(Ref("staff", r[10]), "") if r[10] else "",
            clock=clocks.get(Ref("claim", r[0])),
        )
        for r in shown
    )  # fmt: skip
    return found, found[-1].claim_id if len(rows) > limit else 0
