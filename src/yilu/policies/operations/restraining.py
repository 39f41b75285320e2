"""Freeze and pledge: while it stands nothing leaves the policy and nobody changes it."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import events
from yilu.policies.models import Policy, Restraint
from yilu.policies.operations.guards import LIVE, changeable, locked


class NotRestrained(Refusal):
    """There is nothing to lift."""

    code = "not_restrained"
    message = _("保单没有冻结或质押")
    hint = _("请刷新后核对保单状态。")


class NotTheirsToLift(Refusal):
    """A court's freeze, and a pledge, are lifted by whoever they are for."""

    code = "not_theirs_to_lift"
    message = _("这项冻结不能由投保人解除")
    hint = _("司法冻结凭有权机关文书解除，公司核查中的保单由经办部门解除。")


@tx.step
def freeze(*, policy_id: int, reason: str, about: Ref, actor: Ref, at: datetime) -> bool:
    """Freeze a living policy (冻结); ``reason`` is LOST, COURT or INSURER. Whether it was new."""
    policy = locked(policy_id, LIVE)
    return _restrain(policy, "FROZEN", reason, None, about, actor, at)


@tx.step
def unfreeze(
    *, policy_id: int, about: Ref, actor: Ref, at: datetime, by_holder: bool = False
) -> None:
    """
    Let a frozen policy be changed again.

    :raises NotRestrained: it is not frozen. :raises NotTheirsToLift: the holder asks, but it was
        not the holder's own freeze.
    """
    standing = _standing(policy_id, "FROZEN")
    if by_holder and standing.reason != "LOST":
        raise NotTheirsToLift
    _lift(standing, actor, at)


@tx.step
def pledge(
    *, policy_id: int, in_favour_of: int | None, about: Ref, actor: Ref, at: datetime
) -> bool:
    """
    Record that the policy secures a debt (质押登记). Whether it was new.

    :raises PolicyRestrained: it is frozen or pledged to somebody else already.
    """
    kept = Restraint.objects.filter(policy_id=policy_id, kind="PLEDGED", lifted_at=None).first()
    if kept is not None and (kept.about, kept.in_favour_of_id) == (str(about), in_favour_of):
        return False
    policy = changeable(policy_id, at=at)
    return _restrain(policy, "PLEDGED", "PLEDGE", in_favour_of, about, actor, at)


@tx.step
def release(*, policy_id: int, about: Ref, actor: Ref, at: datetime) -> None:
    """The pledgee has agreed that the pledge ends. :raises NotRestrained: there is none."""
    _lift(_standing(policy_id, "PLEDGED"), actor, at)


def _restrain(
    policy: Policy, kind: str, reason: str, party: int | None, about: Ref, actor: Ref, at: datetime
) -> bool:
    # The policy's row is held: nobody else restrains it between the look and the write.
    if Restraint.objects.filter(policy=policy, kind=kind, lifted_at=None).exists():
        return False
    Restraint.objects.create(
        policy=policy, kind=kind, reason=Restraint.Reason(reason), in_favour_of_id=party,
        about=str(about), since=at,
    )  # fmt: skip
    fact = events.PolicyRestrained(restraint=kind, reason=reason)
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return True


def _standing(policy_id: int, kind: str) -> Restraint:
    standing = (
        Restraint.objects.select_for_update(of=("self",))
        .select_related("policy")
        .filter(policy_id=policy_id, kind=kind, lifted_at=None)
        .first()
    )
    if standing is None:
        raise NotRestrained
    return standing


def _lift(standing: Restraint, actor: Ref, at: datetime) -> None:
    standing.lifted_at = at
    standing.save(update_fields=["lifted_at"])
    policy = standing.policy
    fact = events.RestraintLifted(restraint=standing.kind)
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
