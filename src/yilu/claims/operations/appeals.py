"""After an appeal somebody else decides (申诉复核): nobody judges their own decision."""

from __future__ import annotations

from yilu.claims.models import Decision, Reopening
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref


class SomebodyElseDecides(NotAllowed):
    """The appeal is against a decision of one's own."""

    code = "somebody_else_decides"
    message = "客户申诉的是您作出的结论，须由另一位同事重新核定"
    hint = "请把这件赔案转交给没有参与原结论的同事。"


def somebody_else_after_appeal(claim_id: int, actor: Ref) -> None:
    """
    :raises SomebodyElseDecides: while the latest reopening is an appeal against a decision that
        this person made or confirmed.
    """
    latest = Reopening.objects.filter(claim_id=claim_id).order_by("-pk").first()
    if latest is None or latest.cause != Reopening.Cause.APPEAL:
        return
    before = Decision.objects.filter(claim_id=claim_id, decided_at__lte=latest.opened_at).exclude(
        state=Decision.State.OPINION
    )
    if str(actor) in {who for d in before for who in (d.decided_by, d.approved_by)}:
        raise SomebodyElseDecides
