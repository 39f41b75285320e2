"""A storm of some weeks ago, from its list to paid claims, and a list ready for a visitor's drill."""

from __future__ import annotations

import csv
import io
import random
from datetime import datetime, timedelta
from decimal import Decimal
from unittest import mock

from demo import papers
from demo.claims import within_the_list
from demo.customers import Insured, open_account
from demo.time import Past
from demo.world import World
from yilu.catastrophe import jobs, queries
from yilu.catastrophe import operations as catastrophe
from yilu.claims import operations as claims
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people

HURT, STRANGERS, IN_DRILL = 5, 6, 12
HEADINGS = ["姓名", "性别", "出生日期", "身份证号", "手机号", "医院", "状态"]
BY_EAR = {"伟": "玮", "明": "鸣", "静": "婧", "丽": "莉", "文": "雯", "华": "骅", "志": "智", "建": "健",
          "玉": "裕", "英": "瑛", "军": "君", "国": "果", "佳": "嘉", "俊": "峻", "浩": "昊", "红": "虹"}  # fmt: skip
DRILL_LIST = "演练-伤亡名单.csv"


def tell(world: World, insured: list[Insured], past: Past, chance: random.Random) -> None:
    """The storm: declared, listed, confirmed, reached, reported and paid, each at its minute."""
    lead = Ref("staff", world.staff["fu.wu"])
    access = people.staff_access(lead.id)
    hurt = _holders(insured, past)[:HURT]
    declared = past.now
    event_id = catastrophe.declare_event(
        new=catastrophe.NewEvent(
            name="特大暴雨灾害", kind="RAINSTORM", level="II", place="浙江省杭州市",
            occurred_at=declared - timedelta(hours=2), office_id=world.offices["HEAD"],
            request_key="demo-storm",
        ),
        access=access, actor=lead, at=declared,
    )  # fmt: skip
    _carry_out(event_id, declared, access, lead)
    past.go_to(declared + timedelta(minutes=18))
    list_id = catastrophe.import_list(
        event_id=event_id, filename="伤员名单（第一批）.csv", source="市应急管理局通报",
        content=_list(hurt, chance, strangers=STRANGERS), access=access, actor=lead, at=past.now,
    )  # fmt: skip
    with mock.patch.object(jobs, "_now", past.present):
        jobs.read_list(list_id=list_id)
    while (row_id := queries.next_row(event_id)) is not None:
        past.go_to(past.now + timedelta(minutes=2))
        desk = queries.desk(row_id, access)
        told = {"row_id": row_id, "access": access, "actor": lead, "at": past.now}
        if desk.candidates and desk.candidates[0].certain:
            catastrophe.confirm_row(party_id=desk.candidates[0].party_id, **told)  # type: ignore[arg-type]
        else:
            catastrophe.reject_row(**told)  # type: ignore[arg-type]
    by_party = {customer.party_id: customer for customer in hurt}
    for each in queries.list_affected(event_id, access):
        past.go_to(past.now + timedelta(minutes=6))
        told = {"affected_id": each.id, "access": access, "actor": lead, "at": past.now}
        try:
            catastrophe.record_contact(outcome="REACHED", **told)  # type: ignore[arg-type]
            open_account(by_party[each.party_id], past.now)
            catastrophe.open_claims(**told)  # type: ignore[arg-type]
        except Refusal:
            continue
        _bring_bill(by_party[each.party_id], event_id, each.id, access, past, chance)
    past.settle()
    past.go_to(declared + timedelta(hours=7, minutes=30))
    catastrophe.close_event(
        event_id=event_id, access=access, actor=lead, at=past.now,
        words="名单当日核对完毕，受影响客户全部联系上，主动报案并优先赔付。",
    )  # fmt: skip
    catastrophe.ask_report(event_id=event_id, access=access, actor=lead, at=past.now)


DONE = {
    "GREEN_LANE": (12, "应急专席三人，赔案排在最前"), "ANYONE_REPORTS": (14, "客服中心已按此受理"),
    "EXTENDED_HOURS": (16, "昼夜值守表已发"), "PROACTIVE": (18, "首份名单已导入"),
    "FEWER_PAPERS": (20, "已通知各分支机构"), "ANY_HOSPITAL": (25, "已通知各分支机构"),
    "DOOR_SERVICE": (55, "两个小组在两家医院"), "ADVANCE": (70, "审批人已指定"),
}  # fmt: skip
"""After how many minutes each measure worked, and how; one stayed open."""


def _carry_out(event_id: int, declared: datetime, access: people.Access, lead: Ref) -> None:
    for measure, (minutes, words) in DONE.items():
        catastrophe.carry_out(
            event_id=event_id, measure=measure, words=words, access=access, actor=lead,
            at=declared + timedelta(minutes=minutes),
        )  # fmt: skip


def _bring_bill(
    customer: Insured, event_id: int, affected_id: int, access: people.Access, past: Past,
    chance: random.Random,
) -> None:  # fmt: skip
    """The hospital's bill of somebody hurt, brought in at the bedside."""
    row = next(a for a in queries.list_affected(event_id, access) if a.id == affected_id)
    bill = within_the_list(
        papers.make_bill(
            customer.person.name, 700_000 + affected_id, issued_on=past.now.date(),
            largest=Decimal(chance.choice(["680", "920", "1450"])),
        )
    )  # fmt: skip
    for claim_id, *_rest in row.claims:
        if claim_id is not None:
            done = claims.hand_in_documents(
                claim_id=claim_id,
                papers=[claims.Paper("INVOICE", "电子票据.xml", papers.xml(bill))],
                actor=Ref("party", customer.party_id), at=past.now,
            )  # fmt: skip
            past.unread += done.upload_ids


def drill_list(insured: list[Insured], chance: random.Random) -> bytes:
    """A casualty list of the demo's own customers and strangers, as lists look: GB18030, masked."""
    known = [c for c in insured if "accident" in c.policies][:IN_DRILL]
    return _list(known, chance, strangers=8, deaths=True)


def _holders(insured: list[Insured], past: Past) -> list[Insured]:
    before = (past.now - timedelta(days=120)).date()
    return [
        c
        for c in insured
        if "accident" in c.policies
        and c.since["accident"] < before
        and c.person.birth_date.year < past.now.year - 20
    ]


def _list(
    known: list[Insured], chance: random.Random, *, strangers: int, deaths: bool = False
) -> bytes:
    from demo import names

    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(HEADINGS)
    rows = []
    for n, customer in enumerate(known):
        person = customer.person
        name = "".join(
            BY_EAR.get(c, c) if i and n % 3 == 0 else c for i, c in enumerate(person.name)
        )
        number = person.identity_number
        way = n % 3
        rows.append([
            name, "男" if int(number[16]) % 2 else "女",
            person.birth_date.isoformat() if way == 0 else "",
            ("", f"{number[:14]}****", f"{number[:6]}********{number[14:]}")[way],
            f"{person.phone[:3]}****{person.phone[7:]}" if way == 0 else "",
            ("市第一人民医院", "省立医院", "区中医院")[n % 3], "遇难" if deaths and n % 4 == 1 else "受伤",
        ])  # fmt: skip
    for n in range(strangers):
        other = names.person(chance, 70_000_000 + n)
        rows.append([
            other.name, "", other.birth_date.isoformat() if n % 2 else "", "", "",
            "市第一人民医院", "受伤",
        ])  # fmt: skip
    chance.shuffle(rows)
    sheet.writerows(rows)
    return out.getvalue().encode("gb18030")
