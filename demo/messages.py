"""The demo's messages: words that two people changed, text messages of yesterday and today, answers to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from demo.world import World
from yilu.gateways import opening
from yilu.journal import operations as journal
from yilu.kernel.refs import Ref
from yilu.messaging import channels, jobs, operations, templates
from yilu.messaging.models import Message
from yilu.messaging.operations import Inbound

LAST_DAYS = timedelta(days=2)
ANSWERS = (
    "收到了，谢谢，服务很周到。",
    "请问我的赔款大概什么时候到账？",
    "TD",
    "资料已经在手机上补传了，麻烦看一下。",
)


@contextmanager
def texting(now: datetime, latest: datetime) -> Iterator[None]:
    """In the last days messages go as text messages through the practice gateway, before into the mailbox."""
    if now < latest - LAST_DAYS:
        yield
        return
    with channels.use({"SMS": _texts(), "OUTBOX": channels.Mailbox()}):
        yield


@cache
def _texts() -> channels.TextMessage:
    return channels.TextMessage([opening.open_gateway("sandbox://demo")])


def tell(world: World, now: datetime) -> None:
    """Keep the shipped words, and change two."""
    operations.load_catalogue(now - timedelta(weeks=10))
    _change_words(world, now)


def let_answer(now: datetime) -> None:
    """Let people answer what they were texted: after the contact centre's weeks, whose seats would be asked to read it."""
    for n, (party_id, text) in enumerate(zip(_reached(), ANSWERS, strict=False)):
        phone = _phone(party_id)
        operations.take_reply(
            inbound=Inbound("SMS", "sandbox", f"demo-{n}", phone, text),
            at=now - timedelta(minutes=50 - 10 * n),
        )


def catch_up(now: datetime) -> None:
    """What the stories promised outside the worker's rounds leaves at its own time, not all of it today."""
    while journal.run_reactions(at=now, limit=1000):
        pass
    waiting = Message.objects.filter(state="QUEUED", not_before__lte=now).order_by("not_before")
    for moment in waiting.values_list("not_before", flat=True).distinct():
        with texting(moment, now):
            while jobs.send_due(moment):
                pass


def _change_words(world: World, now: datetime) -> None:
    """One change is in force since the day before yesterday; another waits for a second person."""
    writer, checker = Ref("staff", world.staff["biao.zhun"]), Ref("staff", world.staff["biao.fu"])
    body = templates.bodies()["claims.closed_rate_us"]
    begun = now - timedelta(days=3)
    changed = operations.draft_template(
        **_words("claims.closed_rate_us", body, "这次理赔，我们做得怎么样"),
        reason="标题说得更像人话", actor=writer, at=begun,
    )  # fmt: skip
    for check in ("told", "way_on"):
        operations.answer_template_check(
            version_id=changed, check=check, passed=True, actor=writer, at=begun + timedelta(hours=1),
            evidence="班前会上念过新的标题，坐席知道客户会怎样问",
        )  # fmt: skip
    operations.approve_template(
        version_id=changed, effective_from=now - timedelta(days=2), actor=checker,
        at=begun + timedelta(hours=5),
    )  # fmt: skip
    operations.draft_template(
        **_words("claims.paid", templates.bodies()["claims.paid"], "赔款已转入您的账户"),
        reason="客户反映“已到账”时银行还没有入账", actor=writer, at=now - timedelta(hours=3),
    )  # fmt: skip


def _words(code: str, body: Any, title: str) -> dict[str, Any]:
    words = {tongue: dict(body[tongue]) for tongue in ("zh-hans", "en")}
    words["zh-hans"]["title"] = title
    agent = {tongue: dict(body["agent"][tongue]) for tongue in words} if "agent" in body else {}
    return {"template": code, "words": words, "agent": agent, "channels": tuple(body["channels"])}


def _reached() -> list[int]:
    """The customers texted last, one after the other."""
    found = Message.objects.filter(
        channel="SMS", state="DELIVERED", recipient__startswith="party:"
    ).order_by("-pk")
    ids = [Ref.parse(each).id for each in found.values_list("recipient", flat=True)[:200]]
    return list(dict.fromkeys(ids))


def _phone(party_id: int) -> str:
    from yilu.people import queries as people

    return people.get_contact(Ref("party", party_id)).phone
