"""Who may claim on what: a policy as its report and its assessment need it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson

from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.policies import rules
from yilu.policies.queries.refusals import PolicyNotFound
from yilu.policies.queries.values import Money, money_on
from yilu.policies.rules import PolicyNotInForce, renewing, schedule
from yilu.policies.terms import Contract, Cover
from yilu.products import queries as products
from yilu.products.terms import Terms


@dataclass(frozen=True, slots=True)
class AgreedExclusion:
    """What this one contract does not cover (特别约定除外); no prefixes: only a person can judge."""

    code: str
    wording: str
    icd_prefixes: tuple[str, ...]


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
    insured_sex: str | None
    office_id: int
    agent_id: int | None
    contract: Contract
    cover: Cover
    agreed: tuple[AgreedExclusion, ...] = ()
    pay_until: date | None = None

    @property
    def terms(self) -> Terms:
        """The wording it was sold under; each process reads a version once."""
        return products.get_terms(self.product_version_id)

    @property
    def with_social_insurance(self) -> bool:
        """Whether it was priced for a member of social medical insurance (有社保版)."""
        return self.contract.with_social_insurance

    @property
    def is_renewable(self) -> bool:
        """Whether it is a one-year contract that others of an unbroken row may stand beside (续保)."""
        return renewing.is_renewable(self.terms)

    def waiting_until(self, claim_type: str) -> date | None:
        """
        The day on which the last waiting period for a claim type is over; None where there is none.

        For the customer's information: whether it matters is for a person (see ``Ground``).
        """
        days = max((b.waiting_days for b in self.terms.for_claim(claim_type)), default=0)
        return self.contract.waits_from + timedelta(days=days) if days else None

    def cover_on(self, on: date) -> Cover:
        """The cover on another day. :raises PolicyNotInForce: saying since when and why not."""
        grace = _grace_days(self.contract, self.terms.grace_days, self.pay_until)
        return rules.cover_on(self.contract, on, grace_days=grace)

    def why_not_covered(self, on: date) -> str:
        """Since when and why there is no cover on a day, as a sentence; empty where there is."""
        try:
            self.cover_on(on)
        except PolicyNotInForce as none:
            return none.message
        return ""


_CONTRACT = """
    p.sum_insured, p.effective_on, coalesce(p.contested_since, p.formed_on), p.continuous_since, i.birth_date, p.ends_on,
    p.with_social_insurance, p.pay_mode, p.premium, p.paid_to, p.owed_premium, p.premiums_paid,
    p.cash_value, p.loan_owed, p.suspended_on, p.reinstated_on, p.ended_on, p.ending, p.waived_from,
    p.gaps
"""
_POLICY = f"""
    select p.id, p.number, p.product_version_id, v.name, p.state, p.holder_id, p.insured_id,
           i.name, p.office_id, p.agent_id, {_CONTRACT}, i.sex,
           (select jsonb_agg(jsonb_build_array(e.code, e.wording, e.icd_prefixes) order by e.id)
              from policies_specialexclusion e where e.policy_id = p.id),
           p.pay_until, p.pay_years,
           (select sum(o.premium) from policies_policy o
             where p.main_id is not null and o.id <> p.id and o.paid_to is not null and o.state in ('IN_FORCE', 'GRACE', 'SUSPENDED')
               and (o.id = p.main_id or o.main_id = p.main_id))
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
                when exists (select 1 from policies_policy m
                              where m.id = p.main_id and m.insured_id = any(me.ids)) then 'BENEFICIARY'
                when p.agent_id = %(agent)s::bigint then 'AGENT'
           end
      {_TABLES}
     cross join (select array(select id from people_party
                               where id = %(party)s::bigint or merged_into_id = %(party)s::bigint)) me(ids)
     where """
# Two statements, not one with "or": the server plans each once and keeps the plan.
_BY_NUMBER = _CLAIMABLE + "p.number = %(policy)s::text"
_BY_ID = _CLAIMABLE + "p.id = %(policy)s::bigint"


def get_claimable(
    policy: str | int,
    party_id: int | None,
    on: date,
    *,
    agent_id: int | None = None,
    without_cover: bool = False,
) -> ClaimablePolicy:
    """
    The policy by number (text) or id, with its cover on a day, where the asker may claim on it.

    Holder, insured and named beneficiaries may, and the agent of record on their behalf
    (``agent_id``). One SQL statement; the wording comes from the process's memory.

    ``without_cover``: a person is to judge whether there was cover; its state is then NONE instead
    of a refusal.

    :raises PolicyNotFound: no such policy, or not theirs: in the same words.
    :raises PolicyNotInForce: no cover on that day; the sentence says since when and why.
    """
    given = {"policy": policy, "party": party_id, "agent": agent_id}
    found = tx.rows(_BY_NUMBER if isinstance(policy, str) else _BY_ID, given)
    if not found or found[0][-1] is None:
        raise PolicyNotFound
    return _worth_on([_claimable(found[0], on, without_cover)], on)[0]


_ASSESSABLE = f"""{_POLICY}, 'SYSTEM'
      {_TABLES}
     where p.id = %s::bigint
"""


def get_policy(policy_id: int, on: date, *, without_cover: bool = False) -> ClaimablePolicy:
    """
    The policy of a claim already taken, for its assessment: nobody is asked who they are.

    ``without_cover``: a person must decide the claim although by our records there is no cover
    (lapsed before the loss, rescinded since); its state is then NONE instead of a refusal.

    :raises PolicyNotFound: no such policy. :raises PolicyNotInForce: no cover on that day.
    """
    found = tx.rows(_ASSESSABLE, [policy_id])
    if not found:
        raise PolicyNotFound
    return _worth_on([_claimable(found[0], on, without_cover)], on)[0]


_OF_INSURED = f"""{_POLICY}, 'INSURED'
      {_TABLES}
     where p.insured_id = any(array(select id from people_party
                                     where id = %s::bigint or merged_into_id = %s::bigint))
     order by p.id
"""


def for_insured_at_loss(
    party_id: int, on: date, claim_type: str | None = None
) -> tuple[ClaimablePolicy, ...]:
    """
    Every policy that insured somebody on a day, by id; only those answering for a claim type.

    For the order across policies (E17): which others pay for the same loss. One SQL statement.
    """
    found = []
    for row in tx.rows(_OF_INSURED, [party_id, party_id]):
        terms = products.get_terms(row[2])
        if claim_type is not None and not terms.for_claim(claim_type):
            continue
        try:
            found.append(_claimable(row, on))
        except PolicyNotInForce:
            continue
    return tuple(_worth_on(found, on))


def _worth_on(found: list[ClaimablePolicy], on: date) -> list[ClaimablePolicy]:
    """
    With the cash value and the loan as they are on the day, interest included.

    No statement where no policy of them has value: the rest is worked out for all at once.
    """
    ids = [p.id for p in found if p.contract.loan_owed or p.terms.cash_values]
    if not ids:
        return found
    worth = money_on(ids, on)
    return [
        replace(each, contract=_worth_now(each.contract, worth[each.id]))
        if each.id in worth
        else each
        for each in found
    ]


def _worth_now(contract: Contract, money: Money) -> Contract:
    return replace(
        contract, cash_value=money.value, loan_owed=money.owed, added_sum=money.added_sum,
        added_value=money.added_value,
    )  # fmt: skip


def _contract(row: tuple[Any, ...]) -> Contract:
    return Contract(
        sum_insured=row[0], effective_on=row[1], formed_on=row[2], continuous_since=row[3],
        insured_birth_date=row[4], ends_on=row[5], with_social_insurance=row[6], pay_mode=row[7],
        premium=row[8], paid_to=row[9], owed_premium=row[10], premiums_paid=row[11], cash_value=row[12],
        loan_owed=row[13], suspended_on=row[14], reinstated_on=row[15], ended_on=row[16], ending=row[17],
        waived_from=row[18],
        gaps=tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in _json(row[19])),
    )  # fmt: skip


def _with_waived(
    contract: Contract, on: date, *, pay_years: int, waives: Decimal | None
) -> Contract:
    """With what a waiver under it would free, and premiums waived so far counted as paid."""
    since = contract.waived_from
    counted = contract.premiums_paid
    if since is not None:
        days = schedule.due_days(
            contract.effective_on, contract.ends_on, contract.pay_mode, pay_years
        )
        counted += contract.premium * sum(since <= day <= on for day in days)
    return replace(contract, premiums_paid=counted, waives=waives or ZERO)


def _json(value: Any) -> Any:
    # Raw SQL through Django gives jsonb as text.
    return json.loads(value) if isinstance(value, str) else value


def _grace_days(contract: Contract, agreed: int, pay_until: date | None) -> int:
    """The days of grace, longer where premiums may be made up for until a later day (补交期限)."""
    if pay_until is None or contract.paid_to is None:
        return agreed
    return max(agreed, (pay_until - contract.paid_to).days)


def _claimable(row: tuple[Any, ...], on: date, without_cover: bool = False) -> ClaimablePolicy:
    contract = _with_waived(_contract(row[10:30]), on, pay_years=row[33], waives=row[34])
    grace_days = _grace_days(contract, products.get_terms(row[2]).grace_days, row[32])
    try:
        cover = rules.cover_on(contract, on, grace_days=grace_days)
    except PolicyNotInForce:
        if not without_cover:
            raise
        cover = Cover("NONE", contract.year_of(on), ZERO)
    return ClaimablePolicy(
        id=row[0], number=row[1], product_version_id=row[2], product_name=row[3], state=row[4],
        holder_id=row[5], insured_id=row[6], insured_name=row[7], office_id=row[8], agent_id=row[9],
        insured_birth_date=contract.insured_birth_date, insured_sex=row[30], asker=row[35], contract=contract,
        cover=cover,
        agreed=tuple(AgreedExclusion(c, w, tuple(icd)) for c, w, icd in _json(row[31]) or ()),
        pay_until=row[32],
    )  # fmt: skip


_MANY = f"""{_POLICY},
           case when p.holder_id = any(me.ids) then 'HOLDER'
                when p.insured_id = any(me.ids) then 'INSURED'
                when exists (select 1 from policies_beneficiary b
                              where b.policy_id = p.id and b.party_id = any(me.ids)) then 'BENEFICIARY'
           end, asked.n
      from json_to_recordset(%s::json) as asked(n int, policy text, party bigint)
     cross join lateral (select array(select asked.party
                                       union all
                                      select id from people_party where merged_into_id = asked.party
                                     )) me(ids)
      join policies_policy p on p.number = asked.policy
      join products_productversion v on v.id = p.product_version_id
      join people_party i on i.id = p.insured_id
"""


def get_many_claimable(asked: Sequence[tuple[str, int, date]]) -> list[ClaimablePolicy | None]:
    """
    ``get_claimable`` for many at once: (number, party, day) each, answered by place.

    One SQL statement. None where the one would be refused, whatever the reason: who needs the
    reason asks for that one alone.
    """
    given = [
        {"n": n, "policy": number, "party": party} for n, (number, party, _) in enumerate(asked)
    ]
    found: list[ClaimablePolicy | None] = [None] * len(asked)
    for row in tx.rows(_MANY, [orjson.dumps(given).decode()]):
        place = row[-1]
        if row[-2] is None:
            continue
        try:
            found[place] = _claimable(row, asked[place][2])
        except PolicyNotInForce:
            continue
    return found
