"""What one person proposes about a customer's record waits in a queue for the other who settles it."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.obligations import queries as obligations
from yilu.work import operations as work

ERASURES, MERGERS = "people.erasure", "people.merger"
TITLES = {
    "people.erasure_proposed": _("复核删除客户资料"), "people.merge_proposed": _("复核合并客户资料"),
    "people.parting_asked": _("复核拆开客户资料"),
}  # fmt: skip


@tx.step
def wait_for_second(
    queue: str, *, proposal: str, about: Ref, office_id: int, party_id: int | None, at: datetime
) -> None:
    """Somebody proposed it, by the event named: another one is to look, before its clock ends. Twice is once."""
    due = [each.due_at for each in obligations.list_clocks(about, at) if each.state == "RUNNING"]
    work.open_item(
        queue, about=about, office_id=office_id, title=TITLES[proposal], at=at, party_id=party_id,
        due_at=min(due, default=None),
    )  # fmt: skip


@tx.step
def looked_at(queue: str, *, about: Ref, at: datetime) -> None:
    """It was settled, one way or the other: nothing waits any more."""
    work.close_items(about=about, at=at, queue=queue)
