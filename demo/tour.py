"""For a visitor to carry on: an offer to tap, an inpatient who needs money now, visits, talks, a price book."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from datetime import timedelta
from decimal import Decimal
from typing import Any

from demo.cast import person, sent_to_review, who
from demo.claims import Chronicle
from demo.customers import Insured, agree
from yilu.care import operations as care
from yilu.care.queries import CHECKS, Answer
from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people

LINK = re.compile(r"/v/[\w-]+")
HANGZHOU = "30.25961,120.13026"
PRICES = (
    "编码,名称,类别,单位,单价",
    "G0101,前保险杠拆装,工时,次,120.00", "G0102,前保险杠喷漆,工时,次,480.00",
    "G0201,左前翼子板钣金修复,工时,次,260.00", "G0301,左前大灯更换,工时,次,80.00",
    "P0101,前保险杠（原厂）,配件,件,1260.00", "P0102,前保险杠（品牌件）,配件,件,680.00",
    "P0301,左前大灯总成,配件,件,2180.00", "P0401,前风挡玻璃,配件,块,1450.00",
)  # fmt: skip


def tell(chronicle: Chronicle) -> dict[str, Any]:
    """Each by its operations; what ``/demo`` says about them."""
    told: dict[str, Any] = {}
    stories: tuple[tuple[str, Callable[[Chronicle], dict[str, Any] | None]], ...] = (
        ("offer", _offer), ("served", _served), ("advance", _inpatient), ("survey", _survey),
        ("on_way", _on_way), ("home", _home),
        ("mediation", _talks), ("talks", _going_on), ("plan", _beyond), ("waiting", _waiting), ("prices", _prices),
    )  # fmt: skip
    for name, story in stories:
        try:
            told[name] = story(chronicle)
        except (Refusal, LookupError) as reason:
            print(f"    {name}: {reason}")
    return {name: found for name, found in told.items() if found}


def _grown_up(
    chronicle: Chronicle, *products: str, offices: Container[int] | None = None, first_claim: bool = False
) -> tuple[Insured, str]:  # fmt: skip
    """Somebody who signs in themselves; with ``first_claim`` one about whom no earlier claim makes a person look."""
    for _try in range(200):
        customer, product = chronicle.holder_of(*products, offices=offices)
        if (chronicle.today - customer.person.birth_date).days <= 365 * 19:
            continue
        if not first_claim or not queries.list_for_party(customer.party_id, limit=1):
            return customer, product
    raise LookupError("no grown-up")


def _offer(chronicle: Chronicle) -> dict[str, Any]:
    """A hospital has sent an invoice: worked out already, one tap accepts it."""
    customer, product = _grown_up(chronicle, "small-medical", first_claim=True)
    chronicle.ready(customer)
    agree(customer, chronicle.past.now, "MEDICAL_DATA_FETCH")
    provider = chronicle.provider()
    claims.offer_proactive_claim(
        policy_number=customer.policies[product], party_id=customer.party_id, claim_type="MEDICAL",
        provider_id=provider, invoices=[chronicle.bill(customer, largest="950").as_feed()],
        actor=Ref("provider", provider), at=chronicle.past.now,
    )  # fmt: skip
    return {"name": customer.person.name, "phone": customer.person.phone}


def _inpatient(chronicle: Chronicle) -> dict[str, Any]:
    """Still in hospital after a fall, the bill so far is high, and the deposit has run out."""
    access = people.staff_access(chronicle.world.staff["chen.he"])
    fell_on = chronicle.today - timedelta(days=6)
    customer, told = sent_to_review(
        chronicle, "accident", "ACCIDENT", on=fell_on, why="住院治疗中，押金不足，先垫付再结算",
        loss=claims.Loss(cause="ACCIDENT", event_on=fell_on), offices=access.office_ids,
    )  # fmt: skip
    provider = chronicle.provider()
    claims.hand_in_invoices(
        claim_id=told["claim_id"], provider_id=provider,
        invoices=[chronicle.bill(customer, kind="FISCAL_INPATIENT").as_feed()],
        actor=Ref("provider", provider), at=chronicle.past.now,
    )  # fmt: skip
    chronicle.past.settle()
    return _named(told)


def _survey(chronicle: Chronicle) -> dict[str, Any]:
    """A crash: a surveyor is to be there within the hour, the customer has sent where they are."""
    told = _crash(chronicle, "路口与货车相撞，需要现场查勘")
    visit_id, link = _planned(
        chronicle, told, "SURVEY", "文一西路与教工路口", "cha.shi", minutes=40
    )
    care.send_location(secret=link.removeprefix("/v/"), point=HANGZHOU, at=chronicle.past.now)
    return _named(told) | {"visit_id": visit_id, "link": link}


def _on_way(chronicle: Chronicle) -> dict[str, Any]:
    """Another crash: the customer was called at once, sent where they are, and sees the surveyor come."""
    told = _crash(chronicle, "下班路上被电动车撞伤，现场等候")
    visit_id, link = _planned(chronicle, told, "SURVEY", "", "cha.shi", minutes=35)
    care.send_location(secret=link.removeprefix("/v/"), point=HANGZHOU, at=chronicle.past.now)
    cha = who(chronicle, "cha.shi")
    care.note_first_call(
        visit_id=visit_id,
        reached=True,
        wechat="ADDED",
        words="轻微擦伤，人已到路边，三角牌已放好。",
        **cha,
    )
    care.set_out(visit_id=visit_id, eta_at=chronicle.past.now + timedelta(minutes=30), **cha)
    return _named(told) | {"visit_id": visit_id, "link": link}


def _served(chronicle: Chronicle) -> dict[str, Any]:
    """Two who cannot leave home had somebody come: one has confirmed it, the other is to."""
    branch = people.staff_access(chronicle.world.staff["gu.wen"]).office_ids
    links = []
    for wish, place, report in (
        ("腿脚不便，想改收款账户和电话", "拱墅区大关路 66 号 2 幢 301 室", "本人在家，已核对证件，账户和电话由本人确认修改。"),
        ("术后卧床，想问保单还有哪些保障", "西湖区古墩路 12 号 5 幢 102 室", "逐份讲清保障和到期日，留下了纸质说明。"),
    ):  # fmt: skip
        customer, _product = chronicle.holder_of(
            "small-medical", "accident", offices=branch, but=chronicle.told_of
        )
        chronicle.told_of.add(customer.party_id)
        visit_id = care.ask_home_visit(
            party_id=customer.party_id, place=place, wish=wish,
            actor=Ref("party", customer.party_id), at=chronicle.past.now,
        )  # fmt: skip
        links.append((visit_id, _visited(chronicle, visit_id, report)))
    confirmed, waiting = links
    care.confirm_visit(secret=confirmed[1].removeprefix("/v/"), at=chronicle.past.now)
    return {"visit_id": confirmed[0], "waiting_id": waiting[0], "link": waiting[1]}


def _visited(chronicle: Chronicle, visit_id: int, report: str) -> str:
    """gu.wen is planned, goes, does everything on the list and writes it down; the customer's link."""
    link = care.plan_visit(
        visit_id=visit_id, staff_id=chronicle.world.staff["gu.wen"],
        planned_at=chronicle.past.now + timedelta(minutes=9), **who(chronicle, "gu.wen"),
    )  # fmt: skip
    there = chronicle.past.now + timedelta(minutes=8)
    care.set_out(visit_id=visit_id, eta_at=there, **who(chronicle, "gu.wen"))
    chronicle.past.go_to(there)
    care.arrive(visit_id=visit_id, point=HANGZHOU, **who(chronicle, "gu.wen"))
    chronicle.past.go_to(there + timedelta(minutes=7))
    care.finish_visit(
        visit_id=visit_id, checks=list(CHECKS["SERVICE"]), result="DONE", report=report,
        **who(chronicle, "gu.wen"),
    )  # fmt: skip
    [path] = LINK.findall(link)
    return path


def _home(chronicle: Chronicle) -> dict[str, Any]:
    """Somebody who cannot walk: papers are fetched at home, and the colleague is on the way."""
    told = _crash(chronicle, "腿部骨折在家休养，申请上门收取资料")
    visit_id, link = _planned(
        chronicle, told, "HOME", "西湖区文三路 90 号 3 幢 502 室", "gu.wen", minutes=50
    )
    care.set_out(
        visit_id=visit_id,
        eta_at=chronicle.past.now + timedelta(minutes=45),
        **who(chronicle, "gu.wen"),
    )
    return _named(told) | {"visit_id": visit_id, "link": link}


def _talks(chronicle: Chronicle) -> dict[str, Any]:
    """Talks with somebody hurt that came to nothing: a legal colleague is to take over."""
    told = _crash(chronicle, "对方受伤，协商赔偿金额")
    chen = who(chronicle, "chen.he")
    made = care.plan_mediation(
        claim_id=told["claim_id"],
        basis=[
            ("误工费", Decimal("3000.00"), "单位证明，休息 30 天"),
            ("护理费", Decimal("1500.00"), "医嘱护理 15 天"),
            ("交通费", Decimal("260.00"), "就医往返票据"),
        ],
        **chen,
    )  # fmt: skip
    for ours, amount, reason in (
        (False, "12000", "要求一次了结"), (True, "4200", ""), (False, "9800", "最低接受"),
    ):  # fmt: skip
        care.make_bid(mediation_id=made, ours=ours, amount=Decimal(amount), reason=reason, **chen)
    care.end_mediation(mediation_id=made, agreed=None, words="差距过大，对方表示要起诉", **chen)
    care.ask_legal_aid(mediation_id=made, reason="对方准备起诉，客户不了解诉讼程序", **chen)
    return _named(told)


def _going_on(chronicle: Chronicle) -> dict[str, Any]:
    """Talks with a passer-by that go on by the template: offered at once, the next talk is in two days."""
    told = _crash(chronicle, "骑车人受伤，双方愿意协商")
    chen = who(chronicle, "chen.he")
    hurt, _phone = person(chronicle, 41, "骆平川", ages=(30, 40))
    third = care.enter_third_party(
        claim_id=told["claim_id"], party_id=hurt, relation="INJURED", demand=Decimal(6000),
        **who(chronicle, "gu.wen"),
    )  # fmt: skip
    made = care.plan_by_template(
        claim_id=told["claim_id"], kind="OUTPATIENT", third_party_id=third, offer=True,
        papers=("identity", "liability", "diagnosis", "bills", "rest", "income"),
        answers={
            "medical": Answer(amount=Decimal("2380.00"), ground="门诊票据 4 张"),
            "lost_income": Answer(amount=Decimal("140.00"), days=15, ground="单位证明"),
        },
        **chen,
    )  # fmt: skip
    care.make_bid(
        mediation_id=made, ours=False, amount=Decimal(6000),
        next_on=chronicle.today + timedelta(days=2), **chen,
    )  # fmt: skip
    return _named(told)


def _beyond(chronicle: Chronicle) -> dict[str, Any]:
    """A plan beyond the standard, with a paper missing: a lead is to confirm it or send it back."""
    told = _crash(chronicle, "电动车驾驶人骨折住院，已经出院，对方愿意协商")
    care.plan_by_template(
        claim_id=told["claim_id"], kind="INPATIENT", share=70, why_without="工资为现金发放，以单位考勤和邻居证言代替",
        papers=("identity", "liability", "diagnosis", "bills", "discharge", "rest", "care_note"),
        answers={
            "medical": Answer(amount=Decimal("18600.00"), ground="住院票据和清单"),
            "meals": Answer(amount=Decimal("100.00"), days=14, ground="出院小结"),
            "lost_income": Answer(amount=Decimal("220.00"), days=90, ground="休息证明"),
            "nursing": Answer(amount=Decimal("180.00"), days=14, ground="医嘱一人护理"),
        },
        **who(chronicle, "chen.he"),
    )  # fmt: skip
    return _named(told)


def _waiting(chronicle: Chronicle) -> dict[str, Any]:
    """
    Three reports by somebody else that wait: two for the customer's consent, one that the customer disowned.

    An agent's, whose customer may agree on the phone; one taken by telephone; one the insured knew nothing of.
    """
    kept: list[tuple[Insured, claims.Kept | claims.Reported]] = []
    for n, channel in enumerate(("AGENT", "PHONE", "PHONE")):
        but = {each.party_id for each, _made in kept}
        customer, product = _silent(chronicle, with_agent=channel == "AGENT", but=but)
        actor, access = Ref("agent", customer.agent_id or 0), None
        if channel == "PHONE":
            actor, access = chronicle.colleague("claims.register", customer.office_id)
        made = claims.report_or_keep(
            report=claims.Report(
                policy_number=customer.policies[product], claimant_id=customer.party_id,
                claim_type="MEDICAL", loss_date=chronicle.today - timedelta(days=2 + n),
                channel=channel, request_key=f"demo-waiting:{n}", claimed_amount=Decimal(860 + 240 * n),
            ),
            actor=actor, access=access, at=chronicle.past.now,
        )  # fmt: skip
        kept.append((customer, made))
    (first, _kept), _phone, (last, disowned) = kept
    if isinstance(disowned, claims.Kept):
        claims.refuse_report(
            waiting_id=disowned.waiting_id, answer="DISOWNED", actor=Ref("party", last.party_id),
            at=chronicle.past.now,
        )  # fmt: skip
    return {"name": first.person.name, "phone": first.person.phone}


def _silent(chronicle: Chronicle, *, with_agent: bool, but: Container[int]) -> tuple[Insured, str]:
    """Somebody grown up of gu.wen's branch, none of ``but``, who never agreed to the use of health data."""
    branch = people.staff_access(chronicle.world.staff["gu.wen"]).office_ids
    for _try in range(400):
        customer, product = _grown_up(chronicle, "small-medical", "million-medical", offices=branch)
        asked = people.has_consent(customer.party_id, "HEALTH_DATA")
        fits = bool(customer.agent_id) >= with_agent and customer.party_id not in but
        if fits and not asked:
            return customer, product
    raise LookupError("everybody has agreed")


def _prices(chronicle: Chronicle) -> None:
    """One region's labour and parts."""
    care.publish_prices(
        region="浙江", filename="浙江工时与配件价目.csv", content="\n".join(PRICES).encode("gb18030"),
        **who(chronicle, "biao.zhun"),
    )  # fmt: skip


def _crash(chronicle: Chronicle, why: str) -> dict[str, Any]:
    access = people.staff_access(chronicle.world.staff["gu.wen"])
    hurt_on = chronicle.today - timedelta(days=1)
    _customer, told = sent_to_review(
        chronicle, "accident", "ACCIDENT", on=hurt_on, why=why,
        loss=claims.Loss(cause="ACCIDENT", event_on=hurt_on), offices=access.office_ids,
    )  # fmt: skip
    return told


def _planned(
    chronicle: Chronicle, told: dict[str, Any], kind: str, place: str, goes: str, *, minutes: int
) -> tuple[int, str]:
    """Somebody goes at a time; the visit, and the link that the customer got."""
    lead = who(chronicle, "gu.wen")
    visit_id = care.ask_visit(
        claim_id=told["claim_id"], kind=kind, place=place, wish="请先打电话", **lead
    )
    link = care.plan_visit(
        visit_id=visit_id, staff_id=chronicle.world.staff[goes],
        planned_at=chronicle.past.now + timedelta(minutes=minutes), **lead,
    )  # fmt: skip
    [path] = LINK.findall(link)
    return visit_id, path


def _named(told: dict[str, Any]) -> dict[str, Any]:
    number = queries.progress(told["claim_id"], told["at"]).card.number
    return {"claim_id": told["claim_id"], "number": number}
