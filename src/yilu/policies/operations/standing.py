"""How a policy stands: its end, and its way back where the end was a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.policies import events, rules
from yilu.policies.models import Policy
from yilu.policies.operations.guards import LIVE, PolicyStateStale
from yilu.policies.operations.lending import set_off
from yilu.policies.operations.waiving import PAY_UNTIL_DAYS
from yilu.policies.queries.leftover import premiums_given_back
from yilu.policies.queries.values import arrears_on
from yilu.policies.rules.schedule import due_days
from yilu.products import queries as products


@tx.step
def end_policy(*, policy_id: int, ending: str, on: date, actor: Ref, at: datetime) -> None:
    """
    End the contract on a day (``ending`` is a Policy.Ending); twice is once.

    Where a benefit was paid in full (PAID_OUT), the loan that was taken off it is settled.

    :raises PolicyStateStale: if it had ended otherwise before.
    """
    changed = Policy.objects.filter(pk=policy_id, state__in=LIVE).update(
        state=Policy.State.TERMINATED, ending=Policy.Ending(ending), ended_on=on
    )
    policy = Policy.objects.only("holder_id", "ending", "ended_on", "loan_owed").get(pk=policy_id)
    if changed:
        if ending == "PAID_OUT" and policy.loan_owed:
            set_off(policy, about=Ref("policy", policy_id), on=on, actor=actor, at=at)
        _say(events.PolicyEnded(ending=ending, ended_on=on.isoformat()), policy, actor, at)
    elif policy.ending != ending:
        raise PolicyStateStale


@tx.use_case
def terminate_policy(*, policy_id: int, ending: str, on: date, actor: Ref, at: datetime) -> None:
    """``end_policy`` as a use case of its own. :raises PolicyStateStale: see there."""
    end_policy(policy_id=policy_id, ending=ending, on=on, actor=actor, at=at)


@tx.step
def end_riders(*, main_id: int, on: date, at: datetime) -> int:
    """
    End the living riders of a contract that has ended (附加险随主合同终止); how many. Twice is once.

    A rider with cover of its own gives it to the end of the day on which the main contract was ended:
    whoever is paid for an illness may be in hospital meanwhile. One that only waives premiums, or whose
    insured has died, ends on the main contract's own day. What was paid ahead goes back.
    """
    main = Policy.objects.only("number", "holder_id", "state").get(pk=main_id)
    if main.state in LIVE:  # it goes on again
        return 0
    riders = list(
        Policy.objects.select_for_update(of=("self",)).select_related("product_version")
        .filter(main_id=main_id, state__in=LIVE).order_by("pk")
    )  # fmt: skip
    told_on = day_of(at) + timedelta(days=1)
    for rider in riders:
        day = on if _covers_nothing_more(rider) else max(on, told_on)
        end_policy(policy_id=rider.pk, ending="WITH_MAIN", on=day, actor=SYSTEM, at=at)
    if riders and people.died_on(main.holder_id) is None:
        messaging.queue(
            "policies.riders_ended", to=Ref("party", main.holder_id), about=main.ref, at=at,
            facts={
                "policy": main.number,
                "riders": "、".join(rider.product_version.name for rider in riders),
            },
        )  # fmt: skip
    return len(riders)


def _covers_nothing_more(rider: Policy) -> bool:
    waives = products.get_terms(rider.product_version_id).main_waiver is not None
    return waives or people.died_on(rider.insured_id) is not None


def _revive_riders(main_id: int, about: Ref, actor: Ref, at: datetime) -> None:
    """The riders that had ended with their main contract go on with it, where their term still runs."""
    riders = _still_running(Policy.objects.filter(main_id=main_id, ending="WITH_MAIN"), at)
    for rider_id in riders.values_list("pk", flat=True):
        _go_on(rider_id, "WITH_MAIN", about, actor, at)


@dataclass(frozen=True, slots=True)
class Revived:
    """
    A contract that goes on: the premiums that fell due meanwhile, without interest, and until when
    they may be paid; ``next_due`` is the premium after them.
    """

    dues: tuple[date, ...]
    owed: Decimal
    pay_until: date | None
    next_due: date | None
    premium: Decimal


@tx.step
def revive_paid_out(*, policy_id: int, about: Ref, actor: Ref, at: datetime) -> Revived:
    """
    Let a contract go on that had ended because its benefit was paid, now that the money is back
    and the event never happened (宣告死亡被撤销). What the benefit used up must be taken back before.

    Premiums that fell due while nobody could be asked for them are owed without interest, and there are
    sixty days for them (保险法 36): until then cover stands and the contract does not lapse.

    :raises PolicyStateStale: it did not end that way, or its term is over.
    """
    made = _go_on(policy_id, "PAID_OUT", about, actor, at)
    _revive_riders(policy_id, about, actor, at)
    return made


def _still_running(policies: QuerySet[Policy], at: datetime) -> QuerySet[Policy]:
    return policies.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day_of(at)))


def _go_on(policy_id: int, ending: str, about: Ref, actor: Ref, at: datetime) -> Revived:
    """One contract that had ended this way. :raises PolicyStateStale: it had not, or its term is over."""
    today = day_of(at)
    ended = Policy.objects.filter(pk=policy_id, state=Policy.State.TERMINATED, ending=ending)
    if not _still_running(ended, at).update(state=Policy.State.IN_FORCE, ending="", ended_on=None):
        raise PolicyStateStale
    policy = Policy.objects.get(pk=policy_id)
    _unpay(policy, premiums_given_back(policy_id))
    dues = tuple(line.due_on for line in arrears_on(policy_id, today).lines)
    until = today + timedelta(days=PAY_UNTIL_DAYS) if dues else None
    if until is not None:
        Policy.objects.filter(pk=policy_id).update(pay_until=until)
    made = Revived(
        dues, policy.premium * len(dues), until, next_after(policy, dues), policy.premium
    )
    fact = events.PolicyRevived(
        about=str(about), owed=str(made.owed), premiums=len(dues),
        pay_until=until.isoformat() if until else "",
    )  # fmt: skip
    _say(fact, policy, actor, at)
    return made


def _unpay(policy: Policy, given_back: Decimal) -> None:
    """Premiums that went back when the contract ended are not paid any more: they fall due again."""
    if not given_back or not policy.premium:
        return
    days = due_days(policy.effective_on, policy.ends_on, policy.pay_mode, policy.pay_years)
    paid = [day for day in days if policy.paid_to is None or day < policy.paid_to]
    policy.paid_to = paid[-int(given_back / policy.premium)]
    policy.premiums_paid -= given_back
    policy.save(update_fields=["paid_to", "premiums_paid"])


def next_after(policy: Policy, dues: tuple[date, ...]) -> date | None:
    """The day of the premium after these unpaid ones; None where there is none left to pay."""
    if policy.paid_to is None or policy.pay_mode not in rules.MONTHS:
        return None
    if not dues:
        return policy.paid_to
    every = [
        rules.due_date(policy.effective_on, period, policy.pay_mode)
        for period in range(rules.periods_of(policy.pay_years, policy.pay_mode))
    ]
    return next((day for day in every if day > dues[-1]), None)


def _say(fact: object, policy: Policy, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
