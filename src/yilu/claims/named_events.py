"""What claims says of advances and of groups whose members get them, in the same terms as ``events``."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("claims.named_group_proposed", "提出特定人群")
class NamedGroupProposed:
    """A group was proposed whose members may be paid in advance (特定人员预付)."""

    group_id: int


@fact("claims.named_group_decided", "批准或不批准特定人群")
class NamedGroupDecided:
    """A second person put a group in force, or refused it."""

    group_id: int
    approved: bool


@fact("claims.named_group_ended", "停用特定人群")
class NamedGroupEnded:
    """The group counts no more."""

    group_id: int


@fact("claims.person_named", "登记特定人员")
class PersonNamed:
    """Somebody was entered into a named group, by a paper that was seen."""

    group_id: int


@fact("claims.person_unnamed", "移出特定人员")
class PersonUnnamed:
    """Somebody was taken off the list."""

    group_id: int


@fact("claims.advance_paid", "预付（单据未到）")
class AdvancePaid:
    """Costs were advanced before a bill was there; the decision takes them off (A74)."""

    payout_id: int
    amount: str
