"""
What the demo's customers say: ratings over half a year, a file of comments of our own making, answers.

Every sentence is ours, put together from parts; nobody wrote them.
"""

from __future__ import annotations

import csv
import io
import random
from datetime import datetime, timedelta
from decimal import Decimal

from demo.customers import Insured
from demo.world import World
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.voice import jobs, queries
from yilu.voice import operations as voice

FILE, VISITORS = "voices-sample.csv", "voices-to-import.csv"
COMMENTS = 420
RATINGS = 130
# Subject, how it ends, stars; the later ones come up more and more.
_PARTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[int, ...]], ...] = (
    ("时效", ("理赔审核", "赔款到账", "案件进度", "补充资料后的审核"), ("等了{n}天还没有结果，催了几次", "太慢了，拖了{n}天", "一直显示处理中，已经{n}天"), (1, 2)),
    ("时效", ("小额理赔", "赔款", "手机报案后赔款"), ("当天就到账，比想象的快", "{m}分钟就打款了，很及时", "速度很快，没有催过"), (5, 5, 4)),
    ("资料", ("住院发票和费用清单", "诊断证明", "理赔资料"), ("让我交了{k}遍，每次说法都不一样", "要盖章又要原件，跑了{k}趟医院", "没有一次说清楚，反复提交"), (1, 2, 2)),
    ("态度", ("客服", "柜台的工作人员", "回访人员"), ("很不耐烦，话没听完就挂电话", "态度冷漠，问三句答一句", "互相推诿，没有人负责"), (1, 2)),
    ("态度", ("理赔顾问小姐姐", "上门的工作人员", "柜员"), ("很耐心，一步一步教我操作", "态度热情，讲解也很清楚", "特别贴心，帮老人把资料都填好了"), (5, 5, 4)),
    ("线上操作", ("手机上传发票", "公众号办理变更", "线上借款"), ("很方便，{m}分钟就办完", "操作简单，不用跑柜台", "界面清楚，老人也会用"), (5, 4)),
    ("续期", ("续期扣款", "缴费提醒", "自动垫交"), ("没有提前通知，卡里钱不够就说失效", "提醒得很及时，一键就缴好了", "扣款失败也没人联系我"), (2, 5, 1)),
    ("解释", ("不赔的理由", "免赔额", "条款里的除外责任"), ("看不懂，客服也解释不清", "解释得很明白，我能接受", "投保时业务员没有说过"), (2, 4, 1)),
    ("人脸识别", ("人脸识别", "手机登录", "验证码"), ("老是通不过，试了{k}次系统就闪退", "一直转圈打不开，只好去柜台", "父母的手机登录不上，没法操作"), (1, 2, 1)),
)  # fmt: skip
_JOURNEYS = (("claim", 8), ("servicing", 5), ("renewal", 3), ("application", 3))


def tell(made: World, insured: list[Insured], now: datetime) -> bytes:
    """
    Ratings, a file with its analysis, the inbox in every state, an improvement and its effect.

    Returns another such file, for the visitor to import.
    """
    chance = random.Random(11)  # its own, so that other stories stay as they were
    manager = Ref("staff", made.staff["fu.wu"])
    access = people.staff_access(manager.id)
    head = made.offices["HEAD"]
    _rate(insured, now, chance)
    content = comments(day_of(now), chance)
    batch_id = voice.import_file(
        filename=FILE, content=content,
        about=voice.About(label="热线回访原声（样本）", journey="claim"), office_id=head, access=access,
        actor=manager, at=now,
    )  # fmt: skip
    jobs.read_file(batch_id=batch_id)
    newest = next(a for a in queries.list_analyses(access) if a.batch_id == batch_id)
    jobs.analyse(analysis_id=newest.id)
    _answer(insured, access, manager, now)
    topic = queries.get_analysis(newest.id, access).topics[0]
    improved = voice.plan_improvement(
        topic_id=topic.id, title="审核超过三天的赔案，每天主动告知进度", journey="claim",
        owner_id=manager.id, due_on=day_of(now), access=access, actor=manager, at=now,
    )  # fmt: skip
    voice.move_improvement(
        improvement_id=improved, state="RUNNING", on=day_of(now - timedelta(days=60)), note="",
        access=access, actor=manager, at=now,
    )  # fmt: skip
    voice.enter_study(
        name="寿险服务满意度（虚构）", by="某第三方调查公司（虚构）", measure="NPS", lowest=0, highest=10,
        value=Decimal("38.5"), others=Decimal("31.0"), sample=2400, journey="claim",
        held_on=day_of(now - timedelta(days=90)), access=access, actor=manager, at=now,
    )  # fmt: skip
    voice.make_reports(at=now)
    return comments(day_of(now), chance)


def comments(today: object, chance: random.Random) -> bytes:
    """A file of comments over eight months, one subject of them growing."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["评论", "满意度", "推荐意愿", "日期"])
    for n in range(COMMENTS):
        days_ago = chance.randint(0, 240)
        late = days_ago < 60 and chance.random() < 0.45
        _subject, begins, ends, stars = _PARTS[-1] if late else chance.choice(_PARTS[:-1])
        place = chance.randrange(len(ends))
        said = chance.choice(begins) + ends[place].format(
            n=chance.randint(5, 60), m=chance.randint(3, 30), k=chance.randint(2, 5)
        )
        score = stars[place % len(stars)]
        recommend = min(10, max(0, 2 * score + chance.choice((-2, -1, 0, 0))))
        on = today - timedelta(days=days_ago)  # type: ignore[operator]
        writer.writerow([said + chance.choice("。！，"), score, recommend, on.isoformat()])
        if n == 200:
            writer.writerow(["这一行故意写错：评分不在量表上", 9, "", on.isoformat()])
    return out.getvalue().encode()


def _rate(insured: list[Insured], now: datetime, chance: random.Random) -> None:
    for n in range(RATINGS):
        customer = insured[n % len(insured)]
        journey = chance.choices([j for j, _w in _JOURNEYS], [w for _j, w in _JOURNEYS])[0]
        ago = chance.randint(1, 150)
        # Claims got better sixty days ago.
        glad = 0.72 if journey != "claim" or ago < 60 else 0.5
        stars = chance.choice((4, 5, 5)) if chance.random() < glad else chance.choice((2, 3, 4))
        recommend = min(10, 2 * stars + chance.choice((-1, 0, 0, 1)))
        voice.take_rating(
            said=voice.Said(stars=stars, recommend=recommend), touchpoint=f"{journey}_page",
            journey=journey, request_key=f"demo:{n}", actor=Ref("party", customer.party_id),
            at=now - timedelta(days=ago, hours=chance.randint(0, 9)),
        )  # fmt: skip


def _answer(insured: list[Insured], access: people.Access, manager: Ref, now: datetime) -> None:
    """One urgent, one waiting, one answered, one solved, one paper of the box."""
    told = (
        "理赔进度好几天没有变化，再没人联系我，我就打12378投诉了",
        "请问补充的诊断证明你们收到了吗？我的电话是13800138000",
        "柜台排队太久，能不能网上预约？",
        "缴费日历很好用，建议能改提醒时间，怎么设置？",
    )
    ids = [
        voice.take_comment(
            comment=said, topic="claim" if n < 2 else "other",
            actor=Ref("party", insured[n].party_id), at=now - timedelta(hours=5 + n),
        )
        for n, said in enumerate(told)
    ]  # fmt: skip
    for place, feedback_id in enumerate(ids[2:]):
        do = {"feedback_id": feedback_id, "access": access, "actor": manager}
        voice.take_feedback(**do, at=now - timedelta(hours=3))
        link = voice.reply(
            text="您好，预约功能在“服务大厅—预约到店”，提醒时间可在缴费日历里修改，已为您打开。",
            **do, at=now - timedelta(hours=2),
        )  # fmt: skip
        if place:
            voice.confirm(secret=link.rpartition("/")[2], solved=True, at=now - timedelta(hours=1))
    voice.type_in_opinion(
        comment="事故另一方：定损时没有人告诉我什么时候能拿到修车款。", who="THIRD_PARTY", journey="claim",
        office_id=access.office_id, found_on="营业厅意见箱", access=access, actor=manager,
        at=now - timedelta(hours=4),
    )  # fmt: skip
