"""Whoever refuses for what was not disclosed rescinds first: otherwise the refusal fails (解释二 8)."""

from __future__ import annotations

from yilu.claims.models import KnowledgeEvent
from yilu.claims.rules import authority
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.words import marked as _

from .case import Case
from .refusing import Refuses


class RescissionMissing(Refusal):
    """The contract stands: what was not disclosed frees nobody from paying under it."""

    code = "rescission_missing"
    message = _("合同没有解除，不能以未如实告知为由不赔或少赔")
    hint = _(
        "先在“解除权”页登记事由，由另一位同事在三十日和二年之内决定解除，再作结论。解除权已经放弃或消灭的，按合同给付；"
        "与客户另行谈妥金额的，先请客户签署给付金额协议（司法解释二第八条）。"
    )


@tx.step
def keep_to_rescission(case: Case, refuses: Refuses) -> None:
    """
    Let a refusal, whole or in part, rest on non-disclosure only where the contract was rescinded for it.

    Where both sides signed the sum, the contract may go on (解释二 8). Waived, lapsed or barred
    rights are no rescission. No statement where nothing rests on it.

    :raises RescissionMissing: the contract was not rescinded.
    """
    if not refuses:
        return
    undisclosed = {authority.NON_DISCLOSURE, case.policy.terms.contest_clause} - {""}
    if undisclosed.isdisjoint(refuses.clauses) and "NON_DISCLOSURE" not in case.chosen.upheld:
        return
    rescinded = KnowledgeEvent.objects.filter(
        policy_id=case.held.policy_id,
        outcome=KnowledgeEvent.Outcome.RESCINDED,
        article=KnowledgeEvent.Article.UNDISCLOSED,
    )
    if not rescinded.exists():
        raise RescissionMissing
