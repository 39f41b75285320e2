"""How contracts stand, as far as it decides what may be asked of them: many in two statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import CHINA
from yilu.kernel.years import add_years
from yilu.policies import parameters, rules
from yilu.policies.queries.additions import participating
from yilu.policies.queries.values import LIVING, Values, values_of
from yilu.policies.rules import schedule
from yilu.products import queries as products

_PAID_IN_OTHER_WAYS = ("PAID_OUT", "WITH_MAIN")
"""Endings after which premiums paid ahead may still be the holder's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """
    How a contract stands on a day (保单现状). ``frozen``: why, empty where it is not (LOST, COURT, INSURER).

    ``cooling_off_until``: the last day on which all premiums may go back; None where there is no such
    period or a benefit was paid. ``reinstatable_until``: None where it is not suspended.
    ``next_survival_on``: when the next survival or maturity benefit falls due; None: there is none to come.
    ``pays_death``: somebody may be named who is paid at the insured's death. ``rests``: something may
    lie on it that is the customer's.
    """

    policy_id: int
    on: date
    state: str
    values: Values
    frozen: str = ""
    pledged: bool = False
    held: bool = False
    insured_died_on: date | None = None
    is_rider: bool = False
    riders: int = 0
    paying_riders: int = 0
    loan_open: bool = False
    loan_least: Decimal = Decimal(0)
    falls_due: bool = False
    waived: bool = False
    pay_modes: tuple[str, ...] = ()
    advances_premium: bool = False
    participating: bool = False
    matured: bool = False
    ends_on: date | None = None
    next_survival_on: date | None = None
    pays_death: bool = False
    cooling_off_until: date | None = None
    reinstatable_until: date | None = None
    sum_insured: Decimal = Decimal(0)
    sum_least: Decimal = Decimal(0)
    rests: bool = False


_STANDS = """
    select p.id, p.state, p.ending, p.product_version_id, p.main_id is not null, p.pay_mode, p.pay_years,
           p.paid_to, p.waived_from, p.effective_on, p.ends_on, p.formed_on, p.received_on, p.suspended_on,
           p.sum_insured, p.advances_premium, i.birth_date, d.died_on,
           array(select r.kind || ':' || r.reason from policies_restraint r
                  where r.policy_id = p.id and r.lifted_at is null),
           exists (select from policies_premiumhold h where h.policy_id = p.id and h.released_at is null),
           exists (select from policies_benefituse u where u.policy_id = p.id),
           exists (select from policies_policyloan l
                    where l.policy_id = p.id and l.kind = 'LOAN' and l.closed_on is null),
           (select count(*) from policies_policy r
             where r.main_id = p.id and r.state in ('IN_FORCE', 'GRACE', 'SUSPENDED')),
           (select count(*) from policies_policy r
             where r.main_id = p.id and r.state in ('IN_FORCE', 'GRACE', 'SUSPENDED')
               and r.paid_to is not null)
      from policies_policy p
      join people_party i on i.id = p.insured_id
      left join people_decease d on d.party_id = p.insured_id
     where p.id = any(%s::bigint[])
"""


def situations_of(policy_ids: Sequence[int], on: date) -> dict[int, Situation]:
    """How each of these contracts stands on a day; two statements, and the table of dividends."""
    ids = list(policy_ids)
    if not ids:
        return {}
    values = values_of(ids, on)
    sharing = participating(datetime.combine(on, time.max, CHINA))
    return {row[0]: _situation(row, values[row[0]], sharing, on) for row in tx.rows(_STANDS, [ids])}


def _situation(
    row: tuple[Any, ...], values: Values, sharing: tuple[str, ...], on: date
) -> Situation:
    id, state, ending, version, rider, mode, _years, paid_to, waived = row[:9]
    begun, ends_on, formed_on, received_on, suspended_on, insured_for, advances, born = row[9:17]
    died_on, restraints, held, used, loan, riders, paying = row[17:]
    terms = products.get_terms(version)
    bound = dict(each.split(":", 1) for each in restraints)
    falls_due = paid_to is not None and mode in rules.MONTHS and waived is None
    until = (received_on or max(on, formed_on)) + timedelta(days=terms.cooling_off_days)
    return Situation(
        policy_id=id, on=on, state=state, values=values, frozen=bound.get("FROZEN", ""),
        pledged="PLEDGED" in bound, held=held, insured_died_on=died_on, is_rider=rider, riders=riders,
        paying_riders=paying, loan_open=loan, loan_least=parameters.loan_terms(on).smallest, falls_due=falls_due, waived=waived is not None,
        pay_modes=tuple(
            each
            for each in rules.MONTHS
            if falls_due and each != mode and schedule.is_due_day(begun, each, paid_to)
        ),
        advances_premium=advances, participating=terms.code in sharing and not rider,
        matured=state == "EXPIRED", ends_on=ends_on,
        next_survival_on=_next_survival(version, begun, ends_on, insured_for, born, on),
        pays_death="DEATH" in terms.claim_types,
        cooling_off_until=until if terms.cooling_off_days and not used else None,
        reinstatable_until=_window_ends(state, suspended_on, on),
        sum_insured=insured_for, sum_least=terms.issue.sum_from,
        rests=ending in _PAID_IN_OTHER_WAYS
        or any((values.suspense, values.dividends, state not in LIVING and values.survival_account)),
    )  # fmt: skip


def _next_survival(
    version: int, begun: date, ends_on: date | None, sum_insured: Decimal, born: date | None, on: date
) -> date | None:  # fmt: skip
    if born is None:
        return None
    dues = products.scheduled_benefits(
        version, effective_on=begun, ends_on=ends_on, sum_insured=sum_insured, birth_date=born
    )
    return next((each.due_on for each in dues if each.due_on > on), None)


def reinstated_within_years(on: date) -> int:
    """How long a contract that is suspended can go on again (保险法 37)."""
    return parameters.reinstatement_terms(on).years


def _window_ends(state: str, suspended_on: date | None, on: date) -> date | None:
    if state != "SUSPENDED" or suspended_on is None:
        return None
    return add_years(suspended_on, reinstated_within_years(on))
