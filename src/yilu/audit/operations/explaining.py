"""A person says why a figure differs."""

from __future__ import annotations

from datetime import datetime

from yilu.audit import events
from yilu.audit.models import MoneyDifference
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.work import operations as work

from .auditing import QUEUE


class DifferenceNotFound(NotFound):
    """There is no such open difference, or it is not for them to see: in the same words."""

    code = "money_difference_not_found"
    message = _("没有找到待查明的金额差异")
    hint = _("它可能已由同事说明，或在新一次稽核中消除，请刷新页面。")


class ExplanationMissing(Invalid):
    """Nobody learns from a difference that was only clicked away."""

    code = "explanation_missing"
    message = _("请写明差异的原因和处理结果")
    hint = _("至少五个字，例如：人工更正票据后未重新理算，已重新处理。")


@tx.use_case
def explain_difference(
    *, difference_id: int, explanation: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Close an open difference with what was found out. It changes no money.

    :raises NotAllowed: without audit.money. :raises DifferenceNotFound: none open, or another's.
    :raises ExplanationMissing: fewer than five characters.
    """
    access.require("audit.money")
    found = (
        MoneyDifference.objects.select_for_update(of=("self",))
        .select_related("claim", "policy")
        .filter(pk=difference_id, state=MoneyDifference.State.OPEN)
        .first()
    )
    if found is None or not access.may("audit.money", _office_of(found)):
        raise DifferenceNotFound
    text = explanation.strip()
    if len(text) < 5:
        raise ExplanationMissing
    found.state, found.explanation = MoneyDifference.State.EXPLAINED, text[:300]
    found.ended_at, found.ended_by = at, str(actor)
    found.save()
    journal.record(
        events.MoneyDifferenceExplained(
            subject=str(found.subject), difference=found.kind
        ),
        about=found.ref, actor=actor, at=at,
    )  # fmt: skip
    work.close_items(about=found.ref, queue=QUEUE, at=at)


def _office_of(found: MoneyDifference) -> int:
    """Whose office the claim or the policy is of."""
    of = found.claim or found.policy
    assert of is not None
    return int(of.office_id)
