"""What every change of a contract asks first: its row is locked, living, free and not backdated."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal, Sentence, Stale
from yilu.kernel.words import marked as _
from yilu.policies.models import Policy, Restraint
from yilu.policies.operations.holding import refuse_if_held

LIVE = ("IN_FORCE", "GRACE", "SUSPENDED")
COVERING = ("IN_FORCE", "GRACE")


class PolicyStateStale(Stale):
    """The policy is not in a state from which this can be done."""

    code = "policy_state"
    message = _("保单当前状态不能办理此项")
    hint = _("请刷新后核对保单状态。")


class PolicyLapsed(PolicyStateStale):
    """Suspended for unpaid premiums: it must be reinstated first."""

    code = "policy_lapsed"
    message = _("保单已中止，不能直接办理")
    hint = _("请先申请复效：补交保险费及利息后继续有效。中止之日起二年内可以申请。")


class PolicyRestrained(Refusal):
    """Frozen or pledged: nothing is paid out or changed until that is lifted."""

    code = "policy_restrained"
    message = _("保单已冻结或质押，暂不能办理")
    hint = _("解除冻结或质押后即可办理；冻结由申请人或有权机关解除，质押须质权人同意。")


class InsuredDied(Refusal):
    """The insured is said to have died: the contract stays as it stood on that day."""

    code = "insured_died"
    message = _("被保险人已登记身故，保单不能再变更、借款或退保")
    hint = _("身故后的变更无效，请由受益人申请身故保险金；登记有误的，请致电客服核实更正。")


class Backdated(Invalid):
    """A change never takes effect before the day it is asked for."""

    code = "backdated"
    message = _("变更不能追溯到申请日之前生效")
    hint = _("请选择今天或以后的日期；若当初登记有误，请走差错更正并附证明。")


class ValueChanged(Stale):
    """The sum is no longer the one the person saw."""

    code = "value_changed"
    message = _("金额已经变化，与您确认时看到的不同")
    hint = _("请按最新金额重新确认。")


ASKED_AT_MOST = 90 + 60
"""For how many days a day's sum binds us: as long as a paper may lie here untyped, and then be looked at."""


def day_asked(as_of: date | None, at: datetime) -> date:
    """
    The day whose sums count: that of the request, which may be earlier than its effect.

    :raises Backdated: in the future, or longer ago than we are bound by what we showed.
    """
    today = day_of(at)
    if as_of is None:
        return today
    if not today - timedelta(days=ASKED_AT_MOST) <= as_of <= today:
        raise Backdated(_("申请日期已超过试算有效期，请重新申请"))
    return as_of


def require_changeable(policy_id: int, *, states: tuple[str, ...] = LIVE) -> None:
    """
    What every change will ask, asked before anybody fills in a form: nothing is held.

    :raises PolicyLapsed, PolicyStateStale, PolicyRestrained, PremiumHeld, InsuredDied: as the change.
    """
    _refuse_state(Policy.objects.filter(pk=policy_id).first(), states)
    _refuse_if_bound(policy_id)


def locked(policy_id: int, states: tuple[str, ...]) -> Policy:
    """
    The policy's row, held until commit.

    :raises PolicyLapsed: suspended where it must give cover. :raises PolicyStateStale: another state.
    """
    policy = Policy.objects.select_for_update(of=("self",)).filter(pk=policy_id).first()
    return _refuse_state(policy, states)


def _refuse_state(policy: Policy | None, states: tuple[str, ...]) -> Policy:
    if policy is None:
        raise PolicyStateStale
    if policy.state not in states:
        if policy.state == "SUSPENDED":
            raise PolicyLapsed
        label = str(Policy.State(policy.state).label)
        raise PolicyStateStale(Sentence(_("保单状态为“{state}”，不能办理此项"), state=label))
    return policy


def changeable(
    policy_id: int,
    *,
    at: datetime,
    states: tuple[str, ...] = LIVE,
    on: date | None = None,
    expressed_on: date | None = None,
) -> Policy:
    """
    The policy's row held until commit, for a change that takes effect ``on`` a day (default: today).

    :raises PolicyStateStale: not living. :raises PolicyRestrained: frozen or pledged.
    :raises PremiumHeld: a ground for rescission is open. :raises Backdated: a day in the past.
    :raises InsuredDied: what is changed after the event is void; not where it is told that the wish was
        ``expressed_on`` a day of the insured's life, as only a change of beneficiaries may.
    """
    if on is not None and on < day_of(at):
        raise Backdated
    policy = locked(policy_id, states)
    _refuse_if_bound(policy_id, expressed_on)
    return policy


def _refuse_if_bound(policy_id: int, expressed_on: date | None = None) -> None:
    """
    Whether anything keeps it as it is, in one statement.

    :raises PolicyRestrained, PremiumHeld, InsuredDied: naming what stands in the way.
    """
    [(restrained, held, died_on)] = tx.rows(
        """
        select exists (select from policies_restraint
                        where policy_id = %(policy)s::bigint and lifted_at is null),
               exists (select from policies_premiumhold
                        where policy_id = %(policy)s::bigint and released_at is null),
               (select d.died_on from people_decease d join policies_policy p on p.insured_id = d.party_id
                 where p.id = %(policy)s::bigint)
        """,
        {"policy": policy_id},
    )
    if restrained:
        refuse_if_restrained(policy_id)
    if held:
        refuse_if_held(policy_id)
    if died_on is not None and (expressed_on is None or expressed_on > died_on):
        raise InsuredDied(
            Sentence(_("被保险人已于 {on} 登记身故，保单不能再变更、借款或退保"), on=died_on)
        )


def refuse_if_restrained(policy_id: int) -> None:
    """:raises PolicyRestrained: naming what stands in the way."""
    standing = Restraint.objects.filter(policy_id=policy_id, lifted_at=None).first()
    if standing is not None:
        raise PolicyRestrained(
            Sentence(
                _("保单已{kind}（{reason}），暂不能办理"),
                kind=str(Restraint.Kind(standing.kind).label),
                reason=str(Restraint.Reason(standing.reason).label),
            )
        )
