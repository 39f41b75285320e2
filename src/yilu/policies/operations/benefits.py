"""Benefits that fall due while the insured lives: found by the calendar, left with us, paid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import events
from yilu.policies.models import DueBenefit
from yilu.policies.operations.guards import (
    LIVE,
    ValueChanged,
    day_asked,
    locked,
    refuse_if_restrained,
)
from yilu.policies.operations.ledger import Posting, post, post_many
from yilu.policies.operations.lending import set_off
from yilu.policies.operations.paying_out import PayOut, pay_out
from yilu.policies.queries.additions import additions_of
from yilu.policies.queries.benefits import Payable, payable_benefits, with_additions
from yilu.products import queries as products

MAY_HAVE_BENEFITS = (*LIVE, "EXPIRED")
"""States in which something that fell due may still lie with us."""


class NothingDue(Refusal):
    """No benefit waits to be paid."""

    code = "nothing_due"
    message = _("目前没有到期可领取的生存金或满期金")
    hint = _("可在保单页查看下一次领取日期；到期后会通知您。")


@dataclass(frozen=True, slots=True)
class Found:
    """A benefit that has fallen due; ``paying``: it is already on its way to the insured's account."""

    policy_id: int
    code: str
    due_on: date
    amount: Decimal
    paying: bool


_DUE_OF = """
    select p.id, p.product_version_id, p.effective_on, p.ends_on, p.sum_insured, i.birth_date,
           p.insured_id, p.holder_id, p.survival_option, p.benefit_account_id
      from policies_policy p join people_party i on i.id = p.insured_id
     where p.id = any(%s::bigint[]) and i.birth_date is not null
       and (p.state in ('IN_FORCE', 'GRACE') or (p.state = 'EXPIRED' and p.ending = 'MATURED'))
     order by p.id for update of p
"""


@tx.step
def find_due_benefits(
    policy_ids: Sequence[int], *, today: date, actor: Ref, at: datetime
) -> tuple[Found, ...]:
    """
    Book what has fallen due on policies by a day, each benefit once; what was new.

    It lies with us until its owner takes it (待领取), bearing interest. Where the insured's account is
    known and so chosen, it is paid at once.
    """
    rows = {row[0]: row for row in tx.rows(_DUE_OF, [list(policy_ids)])}
    added = additions_of(list(rows))
    wanted = [
        DueBenefit(
            policy_id=id, code=each.code, name=each.name, due_on=each.due_on,
            amount=with_additions(each.amount, each.due_on, row[4], added.get(id, ())),
            state="ACCUMULATED" if row[8] == "ACCUMULATE" else "DUE", found_at=at,
        )
        for id, row in rows.items()
        for each in products.scheduled_benefits(
            row[1], effective_on=row[2], ends_on=row[3], sum_insured=row[4], birth_date=row[5]
        )
        if each.due_on <= today
    ]  # fmt: skip
    known = set(
        DueBenefit.objects.filter(policy_id__in=rows).values_list("policy_id", "code", "due_on")
    )
    new = [b for b in wanted if (b.policy_id, b.code, b.due_on) not in known]
    DueBenefit.objects.bulk_create(new)
    post_many([_falling_due(b) for b in new], actor=actor, at=at)
    for b in new:
        fact = events.BenefitFellDue(code=b.code, due_on=str(b.due_on), amount=str(b.amount))
        _say(fact, b.policy_id, rows[b.policy_id][7], actor, at)
    paying = {
        id for id in {b.policy_id for b in new} if rows[id][8] == "PAY" and rows[id][9] is not None
    }
    goes = [_pay_at_once(id, rows[id][6], rows[id][9], today, actor, at) for id in sorted(paying)]
    pay_out([each for each in goes if each is not None], actor=actor, at=at)
    return tuple(Found(b.policy_id, b.code, b.due_on, b.amount, b.policy_id in paying) for b in new)


def _falling_due(b: DueBenefit) -> Posting:
    about = Ref(f"benefit_{b.code}"[:40], int(f"{b.due_on:%Y%m%d}"))
    legs = {"benefit": -b.amount, "survival": b.amount}
    return Posting(b.policy_id, "BENEFIT", legs, about, b.due_on)


def _pay_at_once(
    policy_id: int, insured_id: int, account_id: int, today: date, actor: Ref, at: datetime
) -> PayOut | None:
    about = Ref("benefit_day", int(f"{today:%Y%m%d}"))
    owed = payable_benefits(policy_id, today)
    if owed.pays <= ZERO:
        return None
    pay_benefits(policy_id=policy_id, expected=owed.pays, about=about, actor=actor, at=at)
    return PayOut(
        about=Ref("policy", policy_id), to_party=insured_id, account_id=account_id,
        amount=owed.pays, purpose="BENEFIT", key=f"benefit:{today:%Y%m%d}", made_with=(insured_id,),
    )  # fmt: skip


@tx.step
def pay_benefits(
    *,
    policy_id: int,
    expected: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    as_of: date | None = None,
) -> Payable:
    """
    Pay out everything that fell due and lies with us, with its interest (给付生存金、满期金).

    A loan on a contract that has matured is settled out of it first. ``expected`` is the sum the
    person saw (``queries.payable_benefits``); the caller pays it to the insured's own account.

    :raises NothingDue: nothing lies here. :raises ValueChanged: it is another sum now.
    :raises PolicyRestrained: frozen or pledged.
    """
    policy = locked(policy_id, MAY_HAVE_BENEFITS)
    refuse_if_restrained(policy_id)
    today = day_asked(as_of, at)
    owed = payable_benefits(policy_id, today)
    if owed.gross <= ZERO:
        raise NothingDue
    if owed.pays != expected:
        raise ValueChanged
    if owed.interest:
        legs = {"survival": owed.interest, "benefit": -owed.interest}
        post(policy_id=policy_id, entry="CREDITED", legs=legs, about=about, actor=actor, at=at)
    if owed.loan:
        set_off(
            policy, about=about, on=today, actor=actor, at=at, out_of="survival", most=owed.loan
        )
    legs = {"survival": -owed.pays, "customer": owed.pays}
    post(policy_id=policy_id, entry="BENEFIT_PAID", legs=legs, about=about, actor=actor, at=at)
    DueBenefit.objects.filter(policy_id=policy_id).exclude(state="PAID").update(
        state="PAID", paid_about=str(about)
    )
    fact = events.BenefitPaid(amount=str(owed.pays), interest=str(owed.interest))
    _say(fact, policy_id, policy.holder_id, actor, at)
    return owed


def _say(fact: object, policy_id: int, holder_id: int, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=Ref("policy", policy_id), actor=actor, at=at, party=holder_id)
