"""Where whoever comes is, shown to who waits until they arrive, and the first call before anybody sets out."""

from __future__ import annotations

from datetime import datetime

from yilu.care import events
from yilu.care.models import Way
from yilu.care.rules import visits as rules
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access

from .refusals import BadVisit, NotNow
from .talking import log_call
from .visits import WAY, going, held, read_point, say

CALLED_BEFORE = ("ASKED", "PLANNED", "ON_WAY")
NOT_REACHED = "没有接通"


@tx.use_case
def share_way(*, visit_id: int, point: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Show the customer where one is; again to show where one is now. Only the latest place is kept, sealed.

    :raises VisitNotFound, NotAllowed: as ``set_out``. :raises NotNow: one is not on the way.
    :raises BadVisit: no such point on earth.
    """
    visit = going(visit_id, access)
    if visit.state != "ON_WAY" or visit.staff_id != access.staff_id:
        raise NotNow
    if read_point(point) is None:
        raise BadVisit(_("没有收到位置"))
    sealed = sealing.seal(point.replace(" ", ""), WAY)
    _way, is_new = Way.objects.update_or_create(visit=visit, defaults={"point": sealed, "at": at})
    if is_new:
        say(visit, events.WayShared(claim_id=visit.claim_id), actor, at)


@tx.use_case
def end_way(*, visit_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Show it no longer; what was kept of it is gone. Twice is once. :raises VisitNotFound: none of theirs."""
    visit = going(visit_id, access)
    if Way.objects.filter(visit=visit).delete()[0]:
        say(visit, events.WayEnded(claim_id=visit.claim_id), actor, at)


@tx.use_case
def forget_ways(*, at: datetime, limit: int = 200) -> int:
    """Forget the places of phones that fell silent; how many."""
    silent = Way.objects.select_for_update(skip_locked=True).filter(at__lt=at - rules.WAY_KEPT)
    ids = list(silent.order_by("at").values_list("pk", flat=True)[:limit])
    Way.objects.filter(pk__in=ids).delete()
    return len(ids)


@tx.use_case
def note_first_call(
    *, visit_id: int, reached: bool, wechat: str = "", words: str = "", access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Write down the first call: whether the customer was reached, and whether WeChat was added or why not.

    A call nobody answered is kept and the clock goes on. Reached once, it is done.

    :raises VisitNotFound: none of theirs. :raises NotNow: it was made, or nobody is to come any more.
    :raises BadVisit: reached, and not said what became of WeChat.
    """
    visit = held(visit_id, access, "care.visit")
    if visit.first_called_at is not None or visit.state not in CALLED_BEFORE:
        raise NotNow
    if reached and wechat not in rules.WECHAT:
        raise BadVisit(_("请选择是否已添加微信，没有添加的说明原因"))
    wechat = wechat if reached else ""
    if reached:
        visit.first_called_at, visit.wechat = at, wechat
        visit.save(update_fields=["first_called_at", "wechat"])
    told = rules.WECHAT[wechat] if reached else NOT_REACHED
    text = f"首次通话：{told}。{words.strip()}"[:2000]
    log_call(visit, text, actor=actor, at=at)
    fact = events.FirstCalled(claim_id=visit.claim_id, reached=reached, wechat=wechat)
    say(visit, fact, actor, at)
