"""No premium is collected while a question about the contract is open (暂停收费)."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.policies import events
from yilu.policies.models import Policy, PremiumHold


class PremiumHeld(Refusal):
    """Taking a premium now would forfeit the right of rescission (解释二 7)."""

    code = "premium_held"
    message = "这张保单正在处理解除事由，暂停收取保险费"
    hint = "处理完毕前不得收费；收费会丧失解除权（司法解释二第七条）。请等待理赔部门的结论。"


@tx.step
def hold_premiums(*, policy_id: int, about: Ref, reason: str, actor: Ref, at: datetime) -> bool:
    """Collect nothing until ``release_premiums`` for the same subject; whether it was new."""
    made = tx.rows(
        """
        insert into policies_premiumhold (policy_id, about, reason, held_at)
        values (%s::bigint, %s, %s, %s::timestamptz)
        on conflict do nothing returning id
        """,
        [policy_id, str(about), reason[:20], at],
    )
    if made:
        _say(
            events.PremiumCollectionHeld(reason=reason[:20], about=str(about)), policy_id, actor, at
        )
    return bool(made)


@tx.step
def release_premiums(*, policy_id: int, about: Ref, actor: Ref, at: datetime) -> bool:
    """The question of this subject is settled; whether anything was held for it. Twice is once."""
    found = tx.rows(
        """
        update policies_premiumhold set released_at = %s::timestamptz
         where policy_id = %s::bigint and about = %s and released_at is null returning reason
        """,
        [at, policy_id, str(about)],
    )
    if found:
        fact = events.PremiumCollectionReleased(reason=found[0][0], about=str(about))
        _say(fact, policy_id, actor, at)
    return bool(found)


def refuse_if_held(policy_id: int) -> None:
    """:raises PremiumHeld: while any question is open."""
    if PremiumHold.objects.filter(policy_id=policy_id, released_at=None).exists():
        raise PremiumHeld


def _say(fact: object, policy_id: int, actor: Ref, at: datetime) -> None:
    holder = Policy.objects.values_list("holder_id", flat=True).get(pk=policy_id)
    journal.record(fact, about=Ref("policy", policy_id), actor=actor, at=at, party=holder)
