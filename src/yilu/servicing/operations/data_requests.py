"""
Requests about one's own data (个人信息权利请求), which people keeps: who sees to them.

Whichever door or use case a request comes through, its event opens the work and tells the person.
"""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import queries
from yilu.work import operations as work

QUEUE = "people.data_request"
TITLES = {
    "ACCESS": "查阅个人信息", "COPY": "复制个人信息", "CORRECT": "更正个人信息", "DELETE": "删除个人信息",
}  # fmt: skip
OUTCOMES = {"DONE": "已办理", "DECLINED": "未能办理，理由写在答复里"}


@tx.step
def take_in(request_id: int, *, at: datetime) -> None:
    """Give a new request to the people who answer it, and tell who asked by when. Twice is once."""
    request = queries.get_data_request(request_id)
    if not request.open:
        return
    about = Ref("data_request", request_id)
    work.open_item(
        QUEUE, about=about, office_id=queries.get_party(request.party_id).office_id,
        title=TITLES[request.kind], at=at, due_at=request.due_at, party_id=request.party_id,
    )  # fmt: skip
    messaging.queue(
        "people.data_request_received", to=Ref("party", request.party_id), about=about, at=at,
        facts={"kind": request.label, "by": day_of(request.due_at).isoformat()}, once="received",
    )  # fmt: skip


@tx.step
def let_go(request_id: int, *, at: datetime) -> None:
    """The request was answered or taken back: close the work, tell the answer. Twice is once."""
    request = queries.get_data_request(request_id)
    about = Ref("data_request", request_id)
    work.close_items(about=about, at=at)
    erased = queries.get_party(request.party_id).erased
    if request.state in OUTCOMES and not erased:
        messaging.queue(
            "people.data_request_answered", to=Ref("party", request.party_id), about=about, at=at,
            facts={"kind": request.label, "outcome": OUTCOMES[request.state]}, once="answered",
        )  # fmt: skip
