"""Which programmes a claim may have and why (服务项目), and how many claims each has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from yilu.claims.operations.assess import is_first_illness
from yilu.claims.operations.naming import named_in
from yilu.claims.rules import triage
from yilu.claims.rules.loss import Loss
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO
from yilu.standards import queries as standards

from .speed import READ_MAX
from .views import ClaimDesk

OF_CLAIMS = {
    "FAST": "fast", "ONE_DAY_CRITICAL": "one_day_critical", "DISASTER": "disaster",
}  # fmt: skip
"""The programmes a claim is led by, by the name on the claim."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the latest cases of a programme are open and how many are over."""

    open: int
    closed: int


def programmes_of(
    desk: ClaimDesk, at: datetime, *, has_third_party: bool = False, cannot_travel: bool = False
) -> tuple[standards.Weighed, ...]:
    """
    Every programme on offer, weighed for this claim: those that apply first, each with its reason.

    What other rooms know (a third person hurt, somebody who cannot travel) the door hands in.
    """
    card = desk.card
    amount = card.benefit_amount
    if amount is None:
        amount = desk.calculation.benefit if desk.calculation else card.claimed_amount or ZERO
    begun = desk.policy.contract.waits_from
    inpatient = any(i.visit_kind == "INPATIENT" for i in desk.invoices)
    return standards.weigh_programmes(
        claim_type=card.claim_type, at=at, amount=amount,
        days_since_effective=triage.days_in_force(begun, card.loss_date), cause=desk.loss.get("cause") or "ILLNESS",
        is_inpatient=inpatient, is_disaster=card.programme == "DISASTER",
        cannot_travel=cannot_travel, has_third_party=has_third_party,
        is_named=bool(named_in(card.insured_id, day_of(at))),
        first_illness=is_first_illness(
            card.id, claim_type=card.claim_type, insured_id=card.insured_id,
            loss=Loss.from_json(desk.loss), begun=begun, loss_date=card.loss_date,
        ),
    )  # fmt: skip


_COUNTS = """
    with latest as (
        select id, insured_id, programme, channel, closed_at is null as open from claims_claim
         where office_id = any(%(offices)s::bigint[]) order by id desc limit %(most)s::int
    ), advanced as (
        select l.open from latest l join claims_decision d on d.claim_id = l.id
         where d.kind = 'ADVANCE' and d.state = 'STANDS'
    ), cared as (
        select l.open from latest l join claims_careorder c on c.claim_id = l.id
         where c.kind = 'ADVANCE'
    ), named as (
        select l.open from latest l join claims_decision d on d.claim_id = l.id
         where d.kind = 'ADVANCE' and d.state = 'STANDS'
           and exists (select from claims_namedperson n where n.party_id = l.insured_id
                          and n.ended_at is null)
    )
    select 'programme:' || programme, count(*) filter (where open), count(*) filter (where not open)
      from latest group by programme
    union all
    select 'channel:' || channel, count(*) filter (where open), count(*) filter (where not open)
      from latest group by channel
    union all
    select 'advanced', count(*) filter (where open), count(*) filter (where not open) from advanced
    union all
    select 'cared', count(*) filter (where open), count(*) filter (where not open) from cared
    union all
    select 'named', count(*) filter (where open), count(*) filter (where not open) from named
    union all
    select 'all', count(*) filter (where open), count(*) filter (where not open) from latest
"""


def count_programmes(office_ids: Collection[int]) -> dict[str, Count]:
    """
    Of the latest claims of these offices, how many each programme has; by the catalogue's codes.

    At most the latest ``READ_MAX`` claims are read: a list must not count millions.
    """
    found = {
        name: Count(int(still), int(over))
        for name, still, over in tx.rows(_COUNTS, {"offices": sorted(office_ids), "most": READ_MAX})
    }
    none = Count(0, 0)
    counts = {code: found.get(f"programme:{name}", none) for name, code in OF_CLAIMS.items()}
    return counts | {
        "proactive": found.get("channel:PROACTIVE", none),
        "advance_undisputed": found.get("advanced", none),
        "advance_named": found.get("named", none),
        "advance_inpatient": found.get("cared", none),
        "care_12345": found.get("all", none),
    }
