"""Policies as customers, agents and staff see them (保单随身行)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from yilu.kernel import tx
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.policies.models import Policy
from yilu.policies.queries.refusals import PolicyNotFound
from yilu.policies.rules import VOID_ENDINGS
from yilu.products import queries as products

LIST_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """
    A policy in a list. ``roles``: what the asker is to it (HOLDER, INSURED, BENEFICIARY).

    ``waits_from``: from when waiting periods run: unbroken cover, or the latest reinstatement.
    """

    id: int
    number: str
    product_code: str
    product_name: str
    kind: str
    state: str
    state_label: str
    holder_id: int
    holder_name: str
    insured_id: int
    insured_name: str
    office_id: int
    agent_id: int | None
    sum_insured: Decimal
    premium: Decimal
    effective_on: date
    ends_on: date | None
    paid_to: date | None
    with_social_insurance: bool
    roles: tuple[str, ...]
    claim_types: tuple[str, ...]
    product_version_id: int
    waits_from: date

    @property
    def waiting(self) -> str:
        """Where waiting periods run otherwise than from its first day: SERVED (续保) or ANEW (复效); else empty."""
        if self.waits_from == self.effective_on:
            return ""
        waits = any(b.waiting_days for b in products.get_terms(self.product_version_id).benefits)
        return ("ANEW" if self.waits_from > self.effective_on else "SERVED") if waits else ""

    @property
    def can_claim(self) -> bool:
        """Whether anything can be reported on it: also on an ended one, for a loss before the end."""
        return bool(self.claim_types)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitCard:
    """A benefit in plain words. ``amount`` None where there is no single figure."""

    code: str
    name: str
    claim_type: str
    clause: str
    clause_text: str
    amount: Decimal | None
    waiting_days: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCard(PolicyRow):
    """
    One policy with all that must be open to query (信息披露办法 14).

    ``beneficiaries`` is empty for somebody who is only one of them. ``agreed_exclusions`` are those of
    this one contract (特别约定); ``received_on`` the day its holder signed for it; ``numbers_on_record``
    which of holder and insured have given the number of their identity document.
    """

    version: str
    terms_digest: str
    formed_on: date
    pay_mode: str
    pay_mode_label: str
    pay_years: int
    owed_premium: Decimal
    premiums_paid: Decimal
    cash_value: Decimal
    loan_owed: Decimal
    channel_label: str
    office_name: str
    agent_name: str
    beneficiaries: str
    benefits: tuple[BenefitCard, ...]
    exclusions: tuple[str, ...]
    received_on: date | None
    extra_premium: Decimal
    agreed_exclusions: tuple[str, ...]
    numbers_on_record: tuple[int, ...]


_COLUMNS = """
    p.id, p.number, d.code, v.name, d.kind, p.state, p.ending, p.holder_id, h.name, p.insured_id,
    i.name, p.office_id, p.agent_id, p.sum_insured, p.premium, p.effective_on, p.ends_on, p.paid_to,
    p.with_social_insurance, p.product_version_id,
    greatest(p.continuous_since, coalesce(p.reinstated_on, p.continuous_since)),
    p.effective_on - (now() at time zone 'Asia/Shanghai')::date
"""
_TABLES = """
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product d on d.id = v.product_id
      join people_party h on h.id = p.holder_id
      join people_party i on i.id = p.insured_id
"""
# Three ways to a policy, each by its own index.
_MINE = f"""
    with me(id) as (
        select id from people_party where id = %(party)s::bigint or merged_into_id = %(party)s::bigint
    ), mine(id, role) as (
        select p.id, 'HOLDER' from policies_policy p join me on p.holder_id = me.id
        union all
        select p.id, 'INSURED' from policies_policy p join me on p.insured_id = me.id
        union all
        select b.policy_id, 'BENEFICIARY' from policies_beneficiary b join me on b.party_id = me.id
    ), each(id, roles) as (select id, array_agg(distinct role) from mine group by id)
    select {_COLUMNS}, each.roles
      {_TABLES} join each on each.id = p.id
     order by p.state in ('EXPIRED', 'TERMINATED'), p.id desc
     limit {LIST_MAX}
"""


def list_for_party(party_id: int) -> tuple[PolicyRow, ...]:
    """Every policy somebody holds, is insured by or benefits from; living ones first; one statement."""
    return tuple(_row(row) for row in tx.rows(_MINE, {"party": party_id}))


_OF_AGENTS = f"""
    select {_COLUMNS}, array[]::text[]
      {_TABLES}
     where p.agent_id = any(%s::bigint[]) and p.id < coalesce(%s::bigint, 9223372036854775807)
     order by p.id desc limit %s::int
"""


def list_for_agent(
    agent_ids: Collection[int], *, after: int | None = None, limit: int = 50
) -> tuple[PolicyRow, ...]:
    """The policies an agent looks after, newest first; ``after`` is the last id already shown."""
    found = tx.rows(_OF_AGENTS, [list(agent_ids), after, min(limit, LIST_MAX)])
    return tuple(_row(row) for row in found)


_MATURING = f"""
    select {_COLUMNS}, array[]::text[]
      {_TABLES}
     where p.ends_on >= %s::date and p.ends_on < %s::date and d.kind = 'ENDOWMENT'
       and p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED') and p.office_id = any(%s::bigint[])
     order by p.ends_on, p.id limit {LIST_MAX}
"""


def numbers_of(policy_ids: Collection[int]) -> dict[int, str]:
    """The policy numbers of these ids that exist, for lists that only name them."""
    if not policy_ids:
        return {}
    return dict(
        tx.rows(
            "select id, number from policies_policy where id = any(%s::bigint[])",
            [sorted(set(policy_ids))],
        )
    )


def list_maturing(access: Access, *, from_on: date, to_on: date) -> tuple[PolicyRow, ...]:
    """Endowments of the reader's offices that mature in a span of days (满期给付提醒)."""
    offices = sorted(access.office_ids)
    return tuple(_row(row) for row in tx.rows(_MATURING, [from_on, to_on, offices]))


def label_of(state: str, effective_on: date, days_ahead: int) -> str:
    """
    A state in words; of a contract that is concluded and begins later (a renewed year, cover from tomorrow on)
    when it does: it covers nobody yet.
    """
    if state != "IN_FORCE" or days_ahead <= 0:
        return str(Policy.State(state).label)
    if days_ahead == 1:
        return _("明日生效")
    return Sentence(_("{on} 起生效"), on=effective_on.isoformat())


def _row(row: tuple[Any, ...]) -> PolicyRow:
    return PolicyRow(**_values(row))


def _values(row: tuple[Any, ...]) -> dict[str, Any]:
    void = row[6] in VOID_ENDINGS
    return {
        "id": row[0], "number": row[1], "product_code": row[2], "product_name": row[3],
        "kind": row[4], "state": row[5], "state_label": label_of(row[5], row[15], row[21]),
        "holder_id": row[7], "holder_name": row[8], "insured_id": row[9], "insured_name": row[10],
        "office_id": row[11], "agent_id": row[12], "sum_insured": row[13], "premium": row[14],
        "effective_on": row[15], "ends_on": row[16], "paid_to": row[17],
        "with_social_insurance": row[18], "product_version_id": row[19],
        "waits_from": row[20], "roles": tuple(row[22]),
        "claim_types": () if void else products.get_terms(row[19]).claim_types,
    }  # fmt: skip


_CARD = f"""
    select {_COLUMNS},
           array_remove(array[case when p.holder_id = any(me.ids) then 'HOLDER' end,
                              case when p.insured_id = any(me.ids) then 'INSURED' end,
                              case when exists (select 1 from policies_beneficiary b
                                                 where b.policy_id = p.id and b.party_id = any(me.ids))
                                   then 'BENEFICIARY' end], null),
           p.formed_on, p.pay_mode, p.pay_years, p.owed_premium,
           p.premiums_paid, p.cash_value, p.loan_owed, p.channel, o.name, coalesce(a.name, ''),
           array(select case when b.kind = 'NAMED' then n.name || ' ' || (b.share * 100)::float || '%%' end
              from policies_beneficiary b left join people_party n on n.id = b.party_id
             where b.policy_id = p.id and b.kind <> 'INSURED_SELF'
             order by b.ordinal, b.id),
           p.received_on, p.extra_premium,
           array(select e.wording from policies_specialexclusion e where e.policy_id = p.id order by e.id),
           array_remove(array[case when h.identity_index is not null then h.id end,
                              case when i.identity_index is not null then i.id end], null)
      {_TABLES}
      join people_office o on o.id = p.office_id
      left join people_agent a on a.id = p.agent_id
     cross join (select array(select id from people_party
                               where id = %(party)s::bigint or merged_into_id = %(party)s::bigint)) me(ids)
     where p.id = %(policy)s::bigint
"""


def get_for_party(policy_id: int, party_id: int) -> PolicyCard:
    """A policy for its holder, insured or beneficiary. :raises PolicyNotFound: for anybody else."""
    card = _card(policy_id, party_id)
    if not card.roles:
        raise PolicyNotFound
    return card


def get_for_agent(policy_id: int, agent_ids: Collection[int]) -> PolicyCard:
    """A policy for its agent of record. :raises PolicyNotFound: for any other agent."""
    card = _card(policy_id, None)
    if card.agent_id not in agent_ids:
        raise PolicyNotFound
    return card


def get_for_staff(access: Access, policy_id: int) -> PolicyCard:
    """
    A policy for staff of its office or one above.

    :raises PolicyNotFound: no such policy. :raises NotAllowed: right or branch lacks.
    """
    card = _card(policy_id, None)
    access.require("people.view", card.office_id)
    return card


def policy_card(policy_id: int) -> PolicyCard:
    """A policy for rooms above that have checked access already, e.g. the claim's own screen."""
    return _card(policy_id, None)


def _named(names: Sequence[str | None]) -> str:
    return gettext("、").join(name or gettext("法定继承人") for name in names)


def _card(policy_id: int, party_id: int | None) -> PolicyCard:
    found = tx.rows(_CARD, {"policy": policy_id, "party": party_id})
    if not found:
        raise PolicyNotFound
    row = found[0]
    terms = products.get_terms(row[19])
    shown = party_id is None or not {"HOLDER", "INSURED"}.isdisjoint(row[22])
    return PolicyCard(
        **_values(row),
        version=terms.version, terms_digest=terms.digest, formed_on=row[23], pay_mode=row[24],
        pay_mode_label=str(Policy.PayMode(row[24]).label), pay_years=row[25], owed_premium=row[26],
        premiums_paid=row[27], cash_value=row[28], loan_owed=row[29],
        channel_label=str(Policy.Channel(row[30]).label), office_name=row[31], agent_name=row[32],
        beneficiaries=_named(row[33]) if shown else "",
        benefits=tuple(
            BenefitCard(
                code=b.code, name=b.name, claim_type=b.claim_type, clause=b.clause,
                clause_text=terms.text_of(b.clause), waiting_days=b.waiting_days,
                amount=products.amount_of(b, row[13]), words=products.words_of(b, row[13]),
            )
            for b in terms.benefits
        ),
        exclusions=tuple(terms.text_of(e.clause) for e in terms.exclusions),
        received_on=row[34], extra_premium=row[35],
        agreed_exclusions=tuple(row[36]) if shown else (), numbers_on_record=tuple(row[37]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Related:
    """A contract beside another: ``is_main`` of the one a rider hangs on, otherwise a rider of it."""

    id: int
    number: str
    product_name: str
    state: str
    state_label: str
    is_main: bool


_RELATED = """
    select r.id, r.number, v.name, r.state, r.effective_on,
           r.effective_on - (now() at time zone 'Asia/Shanghai')::date, r.id = p.main_id
      from policies_policy p
      join policies_policy r on r.main_id = p.id or r.id = p.main_id
      join products_productversion v on v.id = r.product_version_id
     where p.id = %(policy)s::bigint
       and exists (select from people_party me
                    where (me.id = %(party)s::bigint or me.merged_into_id = %(party)s::bigint)
                      and me.id in (r.holder_id, r.insured_id))
     order by r.id = p.main_id desc nulls last, r.state in ('EXPIRED', 'TERMINATED'), r.id
"""


def related_for_party(policy_id: int, party_id: int) -> tuple[Related, ...]:
    """The main contract of a rider, or the riders of a contract, that somebody may open too."""
    return tuple(
        Related(id, number, name, state, label_of(state, begins, ahead), bool(is_main))
        for id, number, name, state, begins, ahead, is_main in tx.rows(
            _RELATED, {"policy": policy_id, "party": party_id}
        )
    )


assert {f.name for f in fields(PolicyRow)} < {f.name for f in fields(PolicyCard)}
