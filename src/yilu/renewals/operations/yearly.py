"""What the statement of a policy year says (保单年度报告): read for many policies at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import written
from yilu.kernel.money import ZERO
from yilu.policies import queries as policies

# The year that was completed: from the anniversary before up to, not including, the day.
_YEAR = """
    select p.id, p.sum_insured, (%(day)s::date - interval '1 year')::date, p.paid_to, r.code,
           coalesce(sum(e.premium) filter (where e.kind <> 'ADDED' and e."on" > %(day)s::date - interval '1 year'), 0),
           coalesce(sum(e.dividend) filter (where e.kind = 'DIVIDEND'
                    and e."on" > %(day)s::date - interval '1 year'), 0),
           coalesce(sum(e.customer) filter (where e.kind = 'ADDED_BACK'
                    and e."on" > %(day)s::date - interval '1 year'), 0)
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      left join policies_ledgerentry e on e.policy_id = p.id
     where p.id = any(%(ids)s::bigint[])
     group by p.id, r.code
"""


def statements(policy_ids: Sequence[int], day: date) -> dict[int, dict[str, Any]]:
    """The facts of the letters of these policies, whose anniversary is on a day; two statements."""
    values = policies.values_of(policy_ids, day)
    return {
        row[0]: _facts(row, values[row[0]], day)
        for row in tx.rows(_YEAR, {"ids": list(policy_ids), "day": day})
    }


def _facts(row: tuple[Any, ...], now: policies.Values, day: date) -> dict[str, Any]:
    _id, sum_insured, since, paid_to, _code, premium, dividend, added_back = row
    lines = [
        ("基本保险金额", sum_insured), ("红利购买的交清增额", now.added_sum), ("本年度收到的保险费", premium),
        ("现金价值", now.cash_value), ("其中增额部分的现金价值", now.added_value), ("还可借款", now.lendable), ("未还借款本息", now.loan_owed),
        ("本年度派发的红利", dividend), ("本年度领取的交清增额", added_back), ("留存的红利及利息", now.dividends),
        ("留存的生存金及利息", now.survival_account), ("溢交款", now.suspense),
    ]  # fmt: skip
    rows = [
        {"label": label, "text": f"{Decimal(amount):,.2f} 元"}
        for label, amount in lines
        if amount != ZERO
    ]
    if paid_to is not None:
        rows.append({"label": "下次交费日", "text": written(paid_to)})
    facts: dict[str, Any] = {"from_on": since.isoformat(), "to_on": day.isoformat(), "rows": rows}
    if dividend or now.dividends:
        facts["note"] = "红利不保证，以后年度可能变化或为零；所列红利率由公司按年度公布。"
    return facts
