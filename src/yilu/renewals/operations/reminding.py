"""Tell holders of premiums that fall due, by their wish; the law's own notices always."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.renewals import events
from yilu.renewals.operations import caring
from yilu.renewals.operations.span import AGREED, NOT_HELD, Span
from yilu.renewals.rules import days

STAGES = {1: "FIRST", 2: "WEEK", 3: "DUE_DAY", 4: "GRACE_ENDING"}
TEMPLATES = {
    1: "renewals.coming", 2: "renewals.coming", 3: "renewals.due_today", 4: "renewals.grace_ending",
}  # fmt: skip
NEW_YEAR = {
    1: "renewals.new_year_offer", 2: "renewals.new_year_offer", 3: "renewals.new_year_today",
    4: "renewals.new_year_grace",
}  # fmt: skip
BY_DEBIT = {1: "renewals.coming_debit", 2: "renewals.coming_debit"}
NEW_YEAR_BY_DEBIT = {1: "renewals.new_year_debit", 2: "renewals.new_year_debit"}
AGENT_IS_TOLD = frozenset({2, 4})

_DUE = f"""
    select d.id, d.policy_id, p.number, r.name, d.holder_id, d.office_id, d.amount, d.due_on, d.grace_ends_on,
           coalesce(w.reminded, true), coalesce(nullif(w.reminder, ''), 'SMS'), coalesce(w.reminder_days, %(default)s::int),
           p.pay_method = 'BANK_DEBIT' and p.premium_account_id is not null
           and (not d.for_new_year or {AGREED}), d.for_new_year
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      left join people_servicepreference w on w.party_id = d.holder_id
     where d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint and d.state = 'OPEN'
       and d.remind_on <= %(day)s::date and {NOT_HELD}
     order by d.id
       for update of d
"""


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    policy_id: int
    number: str
    product: str
    holder_id: int
    office_id: int
    amount: Decimal
    due_on: date
    grace_ends_on: date
    reminded: bool
    reminder: str
    days_before: int
    by_debit: bool
    new_year: bool


def remind(span: Span) -> int:
    """
    Bring every premium to the stage of its day; how many holders were told.

    One message a holder, stage and due day, however many policies. The first two stages follow the
    holder's wish: none, a call, or the calendar alone; what comes on the day and before grace ends
    says what happens otherwise, and always goes out; so does what is said of the next year of a one-year
    contract, which ends by itself. Where its holder is silent a week before, somebody calls. While a hold
    is on, nothing is said.
    """
    due = [_Due(*row) for row in tx.rows(_DUE, span.given(default=days.REMIND_DEFAULT_DAYS))]
    if not due:
        return 0
    stages = {
        each.id: days.stage_on(span.day, each.due_on, each.grace_ends_on, each.days_before)
        for each in due
    }
    _keep(due, stages)
    groups: dict[tuple[int, int, date, bool, bool], list[_Due]] = defaultdict(list)
    for each in due:
        stage = stages[each.id]
        if each.new_year and stage == days.WEEK and not each.by_debit:
            caring.ask_for_word(each.id, span.at)
        if stage in (days.FIRST, days.WEEK) and not each.new_year:
            if not each.reminded or each.reminder == "CALENDAR":
                continue
            if each.reminder == "PHONE":
                if stage == days.FIRST:
                    caring.ask_for_call(each.id, each.holder_id, each.office_id, span.at)
                continue
        if stage:
            key = (each.holder_id, stage, each.due_on, each.by_debit, each.new_year)
            groups[key].append(each)
    for (holder_id, stage, due_on, _by_debit, _new_year), told in groups.items():
        _tell(holder_id, stage, due_on, told, span)
    return len(groups)


def _tell(holder_id: int, stage: int, due_on: date, told: Sequence[_Due], span: Span) -> None:
    total = sum((each.amount for each in told), ZERO)
    template = _template(stage, told[0])
    facts = {"policies": named([(e.product, e.number) for e in told]), "amount": str(total)}
    if stage in (days.FIRST, days.WEEK):
        facts["due"] = due_on.isoformat()
    else:
        facts["until"] = max(e.grace_ends_on for e in told).isoformat()
    about = Ref("policy", told[0].policy_id)
    messaging.queue(
        template, to=Ref("party", holder_id), about=about, at=span.at, facts=facts,
        copy_agent=stage in AGENT_IS_TOLD,
    )  # fmt: skip
    for each in told:
        fact = events.Reminded(
            due_id=each.id, stage=STAGES[stage], due_on=each.due_on.isoformat(),
            amount=str(each.amount),
        )  # fmt: skip
        about = Ref("policy", each.policy_id)
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)


def _template(stage: int, due: _Due) -> str:
    own, debited = (NEW_YEAR, NEW_YEAR_BY_DEBIT) if due.new_year else (TEMPLATES, BY_DEBIT)
    return debited.get(stage, own[stage]) if due.by_debit else own[stage]


def named(told: Sequence[tuple[str, str]], most: int = 1) -> str:
    """How policies are named in a message: product and the last four digits; never all of a number."""
    first = "、".join(f"《{product}》（尾号{number[-4:]}）" for product, number in told[:most])
    return first if len(told) <= most else f"{first}等{len(told)}张保单"


def _keep(due: Sequence[_Due], stages: dict[int, int]) -> None:
    rows = [
        {
            "id": each.id,
            "stage": stages[each.id],
            "next": days.next_reminder(
                stages[each.id], each.due_on, each.grace_ends_on, each.days_before
            ),
        }
        for each in due
    ]
    tx.changed(
        """
        update renewals_premiumdue d set reminded = row.stage, remind_on = row.next
          from json_to_recordset(%s::json) as row(id bigint, stage int, next date)
         where d.id = row.id
        """,
        [orjson.dumps(rows).decode()],
    )
