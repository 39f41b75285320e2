"""Ten weeks of journeys as the watcher saw them: breaks found at their hour and gone on with, a ledger with two problems, reviews."""

from __future__ import annotations

from datetime import datetime, timedelta

from demo.world import World
from yilu.journal import queries as journal
from yilu.journeys import operations as journeys
from yilu.journeys import queries
from yilu.journeys.models import Breakpoint, WeeklyReview
from yilu.kernel.days import day_of
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
    _last_reviews(now - timedelta(days=7))
    _ledger(made, now)
    journeys.draw_reviews(now)


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
        office_id=head, owner_id=lead, at=begun, change="SERVICE", programme="畅易续", **told,
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
        text="额度提示在最后一步才出现，客户填完才知道要转人工。", at=now - timedelta(hours=3),
        change="PROCESS", programme="畅易续", **told,
    )  # fmt: skip


DECISIONS = (
    "这类断点出现后十五分钟内由专人回电，当天逐件写明原因", "把客户最常问的两句话写到这一步的页面上",
    "超时的逐件排出办结日期，每天下班前在群里通报",
)  # fmt: skip


def _last_reviews(at: datetime) -> None:
    """
    The reviews of a week ago, held by whoever was there: every second point decided, the others talked about.

    Of what was decided one is done; the others are carried into this week's review.
    """
    journeys.draw_reviews(at)
    for row in WeeklyReview.objects.filter(state="DRAWN").order_by("pk"):
        managers = people.list_colleagues(row.office_id, "journeys.manage")
        present = [
            staff_id for staff_id, _n in people.list_colleagues(row.office_id, "journeys.view")
        ]
        if not managers or len(present) < 2:
            continue
        chair = managers[0][0]
        told = {"access": people.staff_access(chair), "actor": Ref("staff", chair)}
        decided = _talk_through(row.pk, [staff_id for staff_id, _n in managers], told, at)
        journeys.hold_review(
            review_id=row.pk, present=present[:4], at=at + timedelta(hours=1), **told,
            minutes="上一周的断点和超时集中在少数几个环节，原因都已找到；三件事有人、有期限，下周先看它们。",
        )  # fmt: skip
        for decision_id, owner in decided[:1]:
            journeys.finish_decision(
                decision_id=decision_id, outcome="已上线，三天内同类断点减少一半，继续观察。",
                access=people.staff_access(owner), actor=Ref("staff", owner), at=at + timedelta(days=4),
            )  # fmt: skip


def _talk_through(review_id: int, owners: list[int], told: dict, at: datetime) -> list:  # type: ignore[type-arg]
    """Decide every second point, up to three; say of the others what was said. The decisions with their owners."""
    decided = []
    for number, point in enumerate(queries.get_review(review_id, told["access"], at).points):
        given = {"review_id": review_id, "point_id": point.id, "at": at, **told}
        if number % 2 == 0 and len(decided) < len(DECISIONS):
            owner, text = owners[len(decided) % len(owners)], DECISIONS[len(decided)]
            due_on = day_of(at) + timedelta(days=5 + 4 * len(decided))
            made = journeys.decide_point(text=text, owner_id=owner, due_on=due_on, **given)
            decided.append((made, owner))
        else:
            journeys.note_point(text="原因已经清楚，随系统更新解决，下周再看数字。", **given)
    return decided
