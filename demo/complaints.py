"""What some customers were not content with over the past weeks, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from demo.customers import Insured, open_account
from demo.world import World
from yilu.complaints import operations as complaints
from yilu.complaints import queries
from yilu.complaints.operations import Answer, Told
from yilu.kernel.refs import Ref
from yilu.people import queries as people

CASES = (
    # days ago, channel, business, reason, what was said, what was wished for
    (52, "PHONE", "CLAIMS", "AGAIN", "住院理赔交了三次材料，每次说的都不一样，来回跑了半个月。", "一次说清楚还差什么。"),
    (41, "APP", "SALES", "MISLED", "买的时候说随时可以取，现在才知道退保要扣很多钱。", "退还损失的部分。"),
    (33, "REGULATOR", "RENEWAL", "UNASKED", "没有告诉我就从银行卡里扣了续期保险费。", "说明依据，以后先通知。"),
    (24, "COUNTER", "SERVICING", "SLOW", "变更受益人交了材料八天还没有办好，也没有人回话。", "尽快办好。"),
    (17, "PHONE", "CONTACT", "UNREACHABLE", "客服电话等了二十分钟没有人接，打了四次。", "安排专人联系我。"),
    (12, "APP", "CLAIMS", "AMOUNT", "赔款比自己算的少了一千多，清单看不懂。", "逐项解释怎么算的。"),
    (8, "WECHAT", "PRIVACY", "PRIVACY", "住院以后总有人打电话推销，怀疑信息被泄露了。", "查清楚是谁泄露的。"),
    (3, "PHONE", "CLAIMS", "SLOW", "理赔提交五天了一直显示审核中，没有人联系过我。", "告诉我什么时候能到账。"),
    (1, "APP", "SERVICING", "ATTITUDE", "柜台人员态度很不耐烦，问两句就说自己看牌子。", "道歉。"),
)  # fmt: skip


class Desk:
    """Who takes them and who answers: a lead who may decide for the whole insurer, two officers."""

    def __init__(self, made: World) -> None:
        self.lead = Ref("staff", made.staff["fu.wu"])
        self.officer = Ref("staff", made.staff["jie.fen"])
        self.other = Ref("staff", made.staff["tiao.jie"])

    def by(
        self, who: Ref, operation: Callable[..., object], case: int, at: datetime, **given: object
    ) -> None:
        operation(complaint_id=case, access=people.staff_access(who.id), actor=who, at=at, **given)


def tell(made: World, insured: list[Insured], now: datetime) -> int:
    """Complaints in every state; how many."""
    desk = Desk(made)
    those = iter(insured[40:])
    taken: list[tuple[int, Insured, datetime]] = []
    for days, channel, business, reason, words, demand in CASES:
        customer, at = next(those), now - timedelta(days=days, hours=2)
        told = Told(
            business=business, reason=reason, words=words, demand=demand,
            regulator_number="浙保转〔2026〕1187号" if channel == "REGULATOR" else "",
        )  # fmt: skip
        access = None if channel == "APP" else people.staff_access(desk.lead.id)
        actor = Ref("party", customer.party_id) if access is None else desk.lead
        got = complaints.receive(
            party_id=customer.party_id,
            channel=channel,
            told=told,
            access=access,
            actor=actor,
            at=at,
        )
        taken.append((got.id, customer, at))
    for place, story in enumerate(
        (_made_good, _reviewed, _lengthened, _content, _second_round, _answered, _outside, _called)
    ):
        story(desk, *taken[place])
    return len(taken)


def _answer(
    desk: Desk,
    case: int,
    at: datetime,
    outcome: str = "UPHELD",
    who: Ref | None = None,
    **given: object,
) -> None:
    told = {
        "findings": "已调取全部记录，与您所说一致。", "basis": "服务标准：一次告知、按时办结、全程可查。",
        "measures": "当日办结，并由部门负责人致电道歉。",
    }  # fmt: skip
    answer = Answer(outcome=outcome, **{**told, **given})  # type: ignore[arg-type]
    desk.by(who or desk.lead, complaints.decide, case, at, answer=answer)


def _call(desk: Desk, case: int, at: datetime) -> None:
    desk.by(
        desk.lead, complaints.note_word, case, at + timedelta(hours=3), kind="CALL",
        text="已致电，听取经过，说明处理安排。", proof="录音编号随案保存",
    )  # fmt: skip


def _made_good(desk: Desk, case: int, customer: Insured, at: datetime) -> None:
    _call(desk, case, at)
    account = customer.account_id or open_account(customer, at)
    _answer(desk, case, at + timedelta(days=2), amount=Decimal("200.00"), account_id=account)
    complaints.say_content(
        complaint_id=case, content=True, actor=Ref("party", customer.party_id),
        at=at + timedelta(days=4),
    )  # fmt: skip
    desk.by(
        desk.lead, complaints.name_cause, case, at + timedelta(days=5), cause="PROCESS",
        words="补充资料通知分散在三个岗位发出，没有合并。", common=True,
    )  # fmt: skip


def _reviewed(desk: Desk, case: int, customer: Insured, at: datetime) -> None:
    _call(desk, case, at)
    me = Ref("party", customer.party_id)
    _answer(
        desk,
        case,
        at + timedelta(days=6),
        "NOT_UPHELD",
        findings="双录显示退保损失已经说明并确认。",
    )
    complaints.ask_review(
        complaint_id=case, words="录音里说得太快，老人听不清。", actor=me, at=at + timedelta(days=9)
    )
    owner_id = next(row.owner_id for row in queries.list_for_customer(me.id) if row.id == case)
    desk.by(
        desk.other if owner_id == desk.officer.id else desk.officer, complaints.decide_review, case,
        at + timedelta(days=20), changed=True,
        findings="语速过快，重点未复述，按新标准不算说清。", measures="按犹豫期规则重新处理，并纳入话术修订。",
    )  # fmt: skip
    desk.by(
        desk.lead, complaints.name_cause, case, at + timedelta(days=21), cause="WORDING",
        words="退保损失的话术语速没有标准。", common=True,
    )  # fmt: skip


def _lengthened(desk: Desk, case: int, customer: Insured, at: datetime) -> None:
    _call(desk, case, at)
    desk.by(
        desk.lead, complaints.find_complex, case, at + timedelta(days=11),
        reason="需向合作银行调取扣款签约原件",
    )  # fmt: skip
    desk.by(
        desk.officer, complaints.extend, case, at + timedelta(days=27),
        reason="银行档案调取尚未完成",
    )  # fmt: skip


def _content(desk: Desk, case: int, customer: Insured, at: datetime) -> None:
    _call(desk, case, at)
    _answer(desk, case, at + timedelta(days=1))
    complaints.say_content(
        complaint_id=case, content=True, actor=Ref("party", customer.party_id),
        at=at + timedelta(days=2),
    )  # fmt: skip


def _second_round(desk: Desk, case: int, customer: Insured, at: datetime) -> None:
    _call(desk, case, at)
    _answer(desk, case, at + timedelta(days=4), "PARTLY")
    complaints.say_content(
        complaint_id=case, content=False, words="道歉收到了，但以后打电话还会这样吗？",
        actor=Ref("party", customer.party_id), at=at + timedelta(days=6),
    )  # fmt: skip


def _answered(desk: Desk, case: int, customer: Insured, at: datetime) -> None:
    _call(desk, case, at)
    _answer(
        desk, case, at + timedelta(days=3), "NOT_UPHELD",
        findings="赔款按条款扣除免赔额和医保已报销部分，逐项清单已重发。",
    )  # fmt: skip


def _outside(desk: Desk, case: int, customer: Insured, at: datetime) -> None:
    _call(desk, case, at)
    desk.by(
        desk.lead, complaints.ask_outside, case, at + timedelta(days=2), kind="APPRAISAL",
        body="信息安全测评机构", proof="短信告知，客户已读",
    )  # fmt: skip


def _called(desk: Desk, case: int, customer: Insured, at: datetime) -> None:
    _call(desk, case, at)
