"""Undo a lapse that was a mistake: cover was never broken (中止更正)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.policies import events
from yilu.policies.models import Policy, PremiumHold
from yilu.policies.operations.guards import PolicyStateStale
from yilu.policies.operations.premiums import use_own_money
from yilu.policies.operations.standing import Revived, next_after
from yilu.policies.operations.waiving import PAY_UNTIL_DAYS
from yilu.policies.queries.values import arrears_on


class NotLapsed(PolicyStateStale):
    """It is not suspended for an unpaid premium: there is no such lapse to undo."""

    code = "not_lapsed"
    message = _("保单现在不是因未交保险费而中止，没有可以更正的中止")
    hint = _(
        "请刷新页面核对保单状态；因借款超过现金价值而中止的，按复效办理；已经复效或终止的，请先与保全同事核对。"
    )


def require_lapsed(policy_id: int) -> date:
    """The day from which it is suspended for an unpaid premium. :raises NotLapsed: it is not."""
    since = _lapsed().filter(pk=policy_id).values_list("suspended_on", flat=True).first()
    if since is None:
        raise NotLapsed
    return since


@tx.step
def undo_lapse(*, policy_id: int, about: Ref, actor: Ref, at: datetime) -> Revived:
    """
    Let a contract stand as if it had never been suspended, found by two people of the room that calls.

    Unlike a reinstatement it leaves no gap in cover, and no waiting period runs anew. What arrived
    meanwhile and lay in suspense pays the premiums due; the rest is owed without interest, with sixty
    days for it, in which cover stands. Riders suspended with it go the same way, and a rider brings the
    main contract with which it was suspended. The holder is told.

    :raises NotLapsed: it is not suspended for an unpaid premium.
    """
    asked = _lapsed().filter(pk=policy_id).first()
    if asked is None:
        raise NotLapsed
    main_id = None if asked.main_id is None else _main_with(asked.main_id, asked.suspended_on)
    policy = _lapsed().select_for_update(of=("self",)).get(pk=main_id or asked.pk)
    riders = _lapsed().filter(main_id=policy.pk, suspended_on=policy.suspended_on).order_by("pk")
    beside = [_go_on(r, about, actor, at) for r in riders.select_for_update(of=("self",))]
    made = _go_on(policy, about, actor, at)
    every = [made, *beside]
    owing = next((each.pay_until for each in every if each.pay_until is not None), None)
    facts = {"policy": policy.number}
    if owing is not None:
        facts |= {
            "count": str(len({due for each in every for due in each.dues})),
            "amount": str(sum((each.owed for each in every), ZERO)), "until": owing.isoformat(),
        }  # fmt: skip
    messaging.queue(
        "policies.lapse_undone_owes" if owing else "policies.lapse_undone",
        to=Ref("party", policy.holder_id), about=policy.ref, at=at, facts=facts,
    )  # fmt: skip
    return made


def _main_with(main_id: int, suspended_on: date | None) -> int | None:
    """The main contract, where it was suspended on the same day as its rider."""
    found = _lapsed().filter(pk=main_id, suspended_on=suspended_on)
    return found.values_list("pk", flat=True).first()


def _lapsed() -> QuerySet[Policy]:
    return Policy.objects.filter(
        state=Policy.State.SUSPENDED, suspended_for=Policy.SuspendedFor.PREMIUM
    )


def _go_on(policy: Policy, about: Ref, actor: Ref, at: datetime) -> Revived:
    today, since = day_of(at), policy.suspended_on
    policy.state, policy.suspended_on, policy.suspended_for = Policy.State.IN_FORCE, None, ""
    policy.save(update_fields=["state", "suspended_on", "suspended_for"])
    held = PremiumHold.objects.filter(policy_id=policy.pk, released_at=None).exists()
    while not held and arrears_on(policy.pk, today).lines:
        if not use_own_money(policy_id=policy.pk, actor=actor, at=at):
            break
    dues = tuple(line.due_on for line in arrears_on(policy.pk, today).lines)
    policy.refresh_from_db()
    until = today + timedelta(days=PAY_UNTIL_DAYS) if dues else None
    if until is not None:
        Policy.objects.filter(pk=policy.pk).update(pay_until=until)
    made = Revived(
        dues, policy.premium * len(dues), until, next_after(policy, dues), policy.premium
    )
    fact = events.LapseUndone(
        about=str(about), suspended_on=since.isoformat() if since else "", owed=str(made.owed),
        premiums=len(dues), pay_until=until.isoformat() if until else "",
    )  # fmt: skip
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return made
