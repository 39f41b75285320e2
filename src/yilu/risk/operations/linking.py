"""Looking at who is behind linked claims."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.people.queries import UNMASK_REASONS, Access
from yilu.risk import events


class UnmaskReasonMissing(Invalid):
    """Names are shown for a reason."""

    code = "unmask_reason"
    message = "请选择查看原因"
    hint = "查看身份信息会留下记录。"


@tx.use_case
def unmask_links(
    *, about: Ref, reason: str, persons: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Record that the names in a claim's link graph were shown; the door shows them afterwards.

    :raises NotAllowed: without the rights. :raises UnmaskReasonMissing: without a listed reason.
    """
    access.require("risk.view")
    access.require("people.unmask")
    if reason not in UNMASK_REASONS:
        raise UnmaskReasonMissing
    journal.record(
        events.LinksUnmasked(reason=reason, persons=persons), about=about, actor=actor, at=at
    )
