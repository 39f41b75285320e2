"""More than a role's standard authority: one administrator asks for it, another gives it or does not."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import events
from yilu.people.models import RoleProposal
from yilu.people.operations import authority, roles, rows
from yilu.people.rules import granting


class ProposalNotFound(NotFound):
    """There is no such request in one's offices, or it was decided already: the same words for both."""

    code = "proposal_not_found"
    message = "没有待复核的这项授权"


class AnotherAdministrator(NotAllowed):
    """Whoever asked for an authority does not give it."""

    code = "another_administrator"
    message = "自己提出的授权由另一位管理员同意"
    hint = "请告诉另一位管理员；提出人可以撤回。"


class WithinStandard(Refusal):
    """Nobody else is needed: the role can be given at once."""

    code = "within_standard"
    message = "金额没有超过这个角色的标准权限，可以直接授予"


class AskedAlready(Refusal):
    """The same role over the same office waits for another administrator."""

    code = "asked_already"
    message = "同一角色的授权正在等待另一位管理员同意"
    hint = "金额或日期要改的，请先撤回。"


@tx.use_case
def propose_role(*, asked: roles.Asked, actor: Ref, at: datetime) -> int:
    """
    Ask another administrator for a role above its standard authority (提出授权); returns the request's id.

    Nothing is given yet. :raises WithinStandard: ``grant_role`` gives it. :raises AskedAlready: it waits.
    :raises: besides, whatever ``grant_role`` would.
    """
    start, limit = roles.checked(asked, actor, at)
    if not granting.needs_a_second(asked.role, limit):
        raise WithinStandard()
    proposal_id = rows.add(
        RoleProposal,
        staff_id=asked.staff_id, role=asked.role, office_id=asked.office_id, amount_limit=limit,
        valid_from=start, valid_to=asked.valid_to, reason=asked.reason, asked_by_id=actor.id, asked_at=at,
    )  # fmt: skip
    if proposal_id is None:
        raise AskedAlready()
    journal.record(
        events.RoleProposed(
            staff_id=asked.staff_id, proposal_id=proposal_id, role=asked.role,
            office_id=asked.office_id, amount_limit=str(limit), reason=asked.reason,
        ),
        about=Ref("staff", asked.staff_id), actor=actor, at=at,
    )  # fmt: skip
    return proposal_id


@tx.use_case
def agree_to_role(*, proposal_id: int, actor: Ref, at: datetime) -> int:
    """
    Give what another administrator asked for (同意授权), from its day or today; returns the grant's id.

    :raises ProposalNotFound: none that waits. :raises AnotherAdministrator: whoever asked does not agree.
    :raises: besides, whatever ``grant_role`` would of this administrator, who must be able to give it alone.
    """
    held = _waiting(proposal_id, actor)
    if actor == Ref("staff", held.asked_by_id):
        raise AnotherAdministrator()
    asked = roles.Asked(
        held.staff_id, held.role, held.office_id, held.amount_limit,
        max(held.valid_from, day_of(at)), held.valid_to, held.reason,
    )  # fmt: skip
    start, limit = roles.checked(asked, actor, at)
    _settle(held, RoleProposal.Outcome.GIVEN, actor, at)
    return roles.give(asked, start, limit, actor=actor, at=at)


@tx.use_case
def decline_role(*, proposal_id: int, actor: Ref, at: datetime) -> None:
    """
    Do not give what was asked for (不同意), or take back what one asked for oneself (撤回).

    :raises ProposalNotFound: none that waits in the offices one administers.
    """
    held = _waiting(proposal_id, actor)
    _settle(held, RoleProposal.Outcome.DECLINED, actor, at)
    journal.record(
        events.RoleProposalDeclined(
            staff_id=held.staff_id, proposal_id=held.pk, role=held.role
        ),
        about=Ref("staff", held.staff_id), actor=actor, at=at,
    )  # fmt: skip


@tx.step
def _waiting(proposal_id: int, actor: Ref) -> RoleProposal:
    """The request, held: two administrators at once do not both decide."""
    held = RoleProposal.objects.select_for_update().filter(pk=proposal_id, outcome="").first()
    if held is None:
        raise ProposalNotFound()
    try:
        authority.require(actor, granting.ADMINISTER, held.office_id)
    except NotAllowed:
        raise ProposalNotFound() from None
    return held


@tx.step
def _settle(held: RoleProposal, outcome: str, actor: Ref, at: datetime) -> None:
    held.outcome, held.decided_by_id, held.decided_at = outcome, actor.id, at
    held.save(update_fields=["outcome", "decided_by", "decided_at"])
