"""Ten weeks of journeys as the watcher saw them: breaks found at their hour and gone on with, a ledger with two problems."""

from __future__ import annotations

from datetime import datetime, timedelta

from demo.world import World
from yilu.journal import queries as journal
from yilu.journeys import operations as journeys
from yilu.journeys.models import Breakpoint
from yilu.kernel.refs import Ref
from yilu.people import queries as people

BATCH = 80
LEFT_OPEN = timedelta(hours=20)
NOTES = (
    "已致电客户，按保存的内容协助提交。", "已回电，客户补交后办理完成。", "已告知客户原因和到账时间。",
    "视频协助办理，客户当场确认。",
)  # fmt: skip


def tell(made: World, now: datetime) -> None:
    """Read the journal hour by hour, as the worker would have; then the ledger."""
    lead = made.staff["fu.wu"]
    place = journal.START
    while True:
        events, place = journal.read_after(place, BATCH)
        if not events:
            break
        at = min(max(event.at for event in events), now)
        journeys.follow(at=at, limit=BATCH)
        journeys.expire_offers(at=at)
        journeys.find_late(at=at)
        _settle(at, lead, before=now - LEFT_OPEN)
    while journeys.follow(at=now):
        pass
    journeys.find_late(at=now)
    journeys.find_quiet(at=now)
    journeys.foretell_steps(now)
    _settle(now, lead, before=now - LEFT_OPEN)
    _ledger(made, now)


def look_ahead(now: datetime) -> None:
    """Who may not pay is foretold and told of ways on, and what came of it is written down, day by day."""
    journeys.foretell_premiums(now)
    journeys.help_ahead(now)
    journeys.settle_forecasts(now)


def _settle(at: datetime, lead: int, *, before: datetime) -> None:
    """What was found some hours ago has been gone on with by a colleague."""
    access = people.staff_access(lead)
    open_ones = Breakpoint.objects.filter(
        closed_at__isnull=True, state__in=["TASKED", "OFFERED", "FOUND"], found_at__lt=before
    )
    for row in open_ones.exclude(found_at__gt=at - timedelta(minutes=40))[:60]:
        journeys.finish(
            breakpoint_id=row.pk, needed=row.pk % 5 != 0, note=NOTES[row.pk % len(NOTES)],
            access=access, actor=Ref("staff", lead),
            at=min(at, row.found_at + timedelta(minutes=12 + row.pk % 15)),
        )  # fmt: skip


def _ledger(made: World, now: datetime) -> None:
    """One problem delivered and waiting for its close-out, one just found."""
    lead = made.staff["fu.wu"]
    head = people.staff_access(lead).office_id
    begun = now - timedelta(hours=60)
    told = {"access": people.staff_access(lead), "actor": Ref("staff", lead)}
    problem_id = journeys.open_problem(
        title="资料没交齐的客户停在交资料一步", journey="claim", step="papers", kind="ABANDONED_FORM",
        text="报案后三天内没有交齐资料的案件多，客户说不清楚还缺什么；每周都有。", severity=2, common=True,
        office_id=head, owner_id=lead, at=begun, **told,
    )  # fmt: skip
    plan = "清单改成一次一项、带样张；缺什么在短信里写明，附直接上传的链接。"
    done = "新清单已上线全部机构，短信模板同步更新；一线晨会已告知。"
    journeys.plan(problem_id=problem_id, text=plan, at=begun + timedelta(hours=9), **told)
    journeys.deliver(problem_id=problem_id, text=done, at=begun + timedelta(hours=50), **told)
    journeys.review(
        problem_id=problem_id,
        text="上线两天，同类断点减少，继续看一周。",
        at=now - timedelta(hours=5),
        **told,
    )
    journeys.open_problem(
        title="借款超过自助限额的客户不知道怎么接着办", journey="servicing.policy_loan", step="fill",
        kind="OVER_LIMIT", severity=2, common=True, office_id=head, owner_id=lead,
        text="额度提示在最后一步才出现，客户填完才知道要转人工。", at=now - timedelta(hours=3), **told,
    )  # fmt: skip
