"""Who may claim on what, what has been used, and policies as screens show them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.money import ZERO
from yilu.policies import rules
from yilu.policies.rules import PolicyNotInForce
from yilu.policies.terms import BenefitUsed, Contract, Cover, IllnessPaid, Used
from yilu.products import queries as products
from yilu.products.terms import Terms

__all__ = ["ClaimablePolicy", "PolicyNotFound", "PolicyNotInForce", "benefit_use", "get_claimable"]


class PolicyNotFound(NotFound):
    """There is no such policy, or it is not the asker's: both in the same words."""

    code = "policy_not_found"
    message = "没有找到您可以办理的这张保单"
    hint = "请核对保单号；投保人、被保险人、受益人本人或其服务代理人可以办理。"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimablePolicy:
    """
    A policy as a report and its assessment need it (可理赔保单).

    ``asker`` says by which right it was opened: HOLDER, INSURED, BENEFICIARY or AGENT. ``cover`` is
    that of the asked day.
    """

    id: int
    number: str
    product_version_id: int
    product_name: str
    state: str
    asker: str
    holder_id: int
    insured_id: int
    insured_name: str
    insured_birth_date: date | None
    office_id: int
    agent_id: int | None
    contract: Contract
    cover: Cover

    @property
    def terms(self) -> Terms:
        """The wording it was sold under; each process reads a version once."""
        return products.get_terms(self.product_version_id)

    @property
    def with_social_insurance(self) -> bool:
        """Whether it was priced for a member of social medical insurance (有社保版)."""
        return self.contract.with_social_insurance

    def cover_on(self, on: date) -> Cover:
        """The cover on another day. :raises PolicyNotInForce: saying since when and why not."""
        return rules.cover_on(self.contract, on, grace_days=self.terms.grace_days)


_CONTRACT = """
    p.sum_insured, p.effective_on, p.formed_on, p.continuous_since, i.birth_date, p.ends_on,
    p.with_social_insurance, p.pay_mode, p.premium, p.paid_to, p.owed_premium, p.premiums_paid,
    p.cash_value, p.loan_owed, p.suspended_on, p.reinstated_on, p.ended_on, p.ending, p.waived_from,
    p.gaps
"""
_POLICY = f"""
    select p.id, p.number, p.product_version_id, v.name, p.state, p.holder_id, p.insured_id,
           i.name, p.office_id, p.agent_id, {_CONTRACT}
"""
_TABLES = """
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join people_party i on i.id = p.insured_id
"""

_CLAIMABLE = f"""{_POLICY},
           case when p.holder_id = any(me.ids) then 'HOLDER'
                when p.insured_id = any(me.ids) then 'INSURED'
                when exists (select 1 from policies_beneficiary b
                              where b.policy_id = p.id and b.party_id = any(me.ids)) then 'BENEFICIARY'
                when p.agent_id = %(agent)s::bigint then 'AGENT'
           end
      {_TABLES}
     cross join (select array(select id from people_party
                               where id = %(party)s::bigint or merged_into_id = %(party)s::bigint)) me(ids)
     where p.number = %(number)s::text or p.id = %(id)s::bigint
"""  # noqa: S608  (constants of ours)


def get_claimable(
    policy: str | int, party_id: int | None, on: date, *, agent_id: int | None = None
) -> ClaimablePolicy:
    """
    The policy by number (text) or id, with its cover on a day, where the asker may claim on it.

    Holder, insured and named beneficiaries may, and the agent of record on their behalf
    (``agent_id``). One SQL statement; the wording comes from the process's memory.

    :raises PolicyNotFound: no such policy, or not theirs: in the same words.
    :raises PolicyNotInForce: no cover on that day; the sentence says since when and why.
    """
    number, policy_id = (policy, None) if isinstance(policy, str) else (None, policy)
    given = {"number": number, "id": policy_id, "party": party_id, "agent": agent_id}
    found = tx.rows(_CLAIMABLE, given)
    if not found or found[0][-1] is None:
        raise PolicyNotFound
    return _claimable(found[0], on)


_ASSESSABLE = f"""{_POLICY}, 'SYSTEM'
      {_TABLES}
     where p.id = %s::bigint
"""


def get_policy(policy_id: int, on: date) -> ClaimablePolicy:
    """
    The policy of a claim already taken, for its assessment: nobody is asked who they are.

    :raises PolicyNotFound: no such policy. :raises PolicyNotInForce: no cover on that day.
    """
    found = tx.rows(_ASSESSABLE, [policy_id])
    if not found:
        raise PolicyNotFound
    return _claimable(found[0], on)


def _contract(row: tuple[Any, ...]) -> Contract:
    return Contract(
        sum_insured=row[0], effective_on=row[1], formed_on=row[2], continuous_since=row[3],
        insured_birth_date=row[4], ends_on=row[5], with_social_insurance=row[6], pay_mode=row[7],
        premium=row[8], paid_to=row[9], owed_premium=row[10], premiums_paid=row[11], cash_value=row[12],
        loan_owed=row[13], suspended_on=row[14], reinstated_on=row[15], ended_on=row[16], ending=row[17],
        waived_from=row[18],
        gaps=tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in _json(row[19])),
    )  # fmt: skip


def _json(value: Any) -> Any:
    # Raw SQL through Django gives jsonb as text.
    return json.loads(value) if isinstance(value, str) else value


def _claimable(row: tuple[Any, ...], on: date) -> ClaimablePolicy:
    contract = _contract(row[10:30])
    grace_days = products.get_terms(row[2]).grace_days
    return ClaimablePolicy(
        id=row[0], number=row[1], product_version_id=row[2], product_name=row[3], state=row[4],
        holder_id=row[5], insured_id=row[6], insured_name=row[7], office_id=row[8], agent_id=row[9],
        insured_birth_date=contract.insured_birth_date, asker=row[30], contract=contract,
        cover=rules.cover_on(contract, on, grace_days=grace_days),
    )  # fmt: skip


_USED = """
    select benefit_code, year, visit, level, condition, "group", min(used_on), sum(paid),
           sum(deductible_used), sum(days)::int, sum(times)::int, max(ordinal)
      from policies_benefituse
     where policy_id = %s::bigint
     group by benefit_code, year, visit, level, condition, "group"
     order by 7
"""


def benefit_use(policy_id: int, benefit_codes: Iterable[str] | None = None) -> Used:
    """
    What earlier claims used up, added up in one statement.

    All benefits are read (``seen`` must know every row); ``benefit_codes`` keeps only some.
    """
    wanted = None if benefit_codes is None else set(benefit_codes)
    seen = 0
    tallies: dict[str, _Tally] = {}
    for (
        code,
        year,
        visit,
        level,
        condition,
        group,
        on,
        paid,
        deductible,
        days,
        times,
        last,
    ) in tx.rows(_USED, [policy_id]):
        seen = max(seen, last)
        if wanted is not None and code not in wanted:
            continue
        tally = tallies.setdefault(code, _Tally())
        tally.add(year, visit, paid, deductible, days)
        if level and times > 0:
            tally.illnesses.append(IllnessPaid(condition, group, level, on))
    return Used(seen, {code: tally.closed() for code, tally in tallies.items()})


class _Tally:
    def __init__(self) -> None:
        self.paid, self.days = ZERO, 0
        self.paid_by_year: dict[int, Decimal] = defaultdict(Decimal)
        self.deductible_by_year: dict[int, Decimal] = defaultdict(Decimal)
        self.days_by_year: dict[int, int] = defaultdict(int)
        self.paid_by_visit: dict[str, Decimal] = defaultdict(Decimal)
        self.deductible_by_visit: dict[str, Decimal] = defaultdict(Decimal)
        self.days_by_visit: dict[str, int] = defaultdict(int)
        self.illnesses: list[IllnessPaid] = []

    def add(self, year: int, visit: str, paid: Decimal, deductible: Decimal, days: int) -> None:
        self.paid += paid
        self.days += days
        self.paid_by_year[year] += paid
        self.deductible_by_year[year] += deductible
        self.days_by_year[year] += days
        self.paid_by_visit[visit] += paid
        self.deductible_by_visit[visit] += deductible
        self.days_by_visit[visit] += days

    def closed(self) -> BenefitUsed:
        return BenefitUsed(
            self.paid, self.days, self.paid_by_year, self.deductible_by_year, self.days_by_year,
            self.paid_by_visit, self.deductible_by_visit, self.days_by_visit, tuple(self.illnesses),
        )  # fmt: skip
