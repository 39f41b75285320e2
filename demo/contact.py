"""The hotline's last weeks: seats, some hundreds of contacts, follow-ups that end in every way, a roster."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from demo.customers import Insured
from demo.world import World
from yilu.contact import operations
from yilu.contact.models import Call, Conversation, FollowUp, Problem, Waiting
from yilu.contact.rules.follow_ups import BY_CODE
from yilu.gateways.calls import CallEvent
from yilu.journal import operations as journal
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.quality import operations as quality

DAYS, SMALL_DAYS = 28, 8
CONTACTS, SMALL_CONTACTS = 10, 9
"""How many days are told, and how many contacts a working day has."""
SEATS = (
    ("zuo.xi", "左希", {"general": 1, "claims": 2, "servicing": 1}), ("jie.ting", "解婷", {"general": 1, "claims": 1}),
    ("hui.fang", "惠芳", {"follow_up": 1, "general": 2}), ("lao.nian", "劳年", {"senior": 1, "general": 1}),
    ("tou.su", "佟素", {"complaints": 1, "general": 3}), ("bao.xian", "鲍先", {"servicing": 1, "general": 2}),
)  # fmt: skip
HOTLINES = {"": 6, "4000000001": 4, "4000000002": 2, "4000000003": 1}
"""How often each number is dialled: the national one, which exchanges need not tell, claims, agents, companies."""
EXCHANGE = "demo"
"""The exchange of the demo's past; today's calls come by another, so that nobody tells this one anything."""
SHAPE = (1, 2, 4, 5, 5, 3, 2, 4, 5, 4, 3, 2)
"""How contacts spread over the manned hours, eight to eight."""
STORIES = (
    ("QUERY", "claim_progress", "请问我的理赔到哪一步了？", "查到了，已到账日期告知客户。", True),
    ("QUERY", "policy", "我想查一下保单的保额。", "已核对身份并告知。", True),
    ("CONSULT", "claim_how", "住院了，报销要准备什么？", "一次性告知清单，短信已发。", True),
    ("CONSULT", "premium", "这期保费能晚几天交吗？", "说明宽限期六十天。", True),
    (
        "CONSULT",
        "critical_repeat",
        "重疾赔过一次，第二次还赔吗？",
        "已转专属顾问说明间隔期。",
        False,
    ),
    ("CHANGE", "phone", "我换手机号了。", "核对身份后协助在页面变更。", True),
    ("REPORT", "illness", "家里人住院了，要报案。", "已受理报案。", True),
    ("COMPLAINT", "service", "上次打电话没人接。", "致歉并登记。", False),
)


def tell(made: World, insured: list[Insured], now: datetime, *, small: bool) -> None:
    """Everything in the order of time, by the operations themselves."""
    chance = random.Random(95519)
    days = SMALL_DAYS if small else DAYS
    begun = now - timedelta(days=days + 1)
    seats = _seats(made, begun)
    boss = _who(made.staff["fu.wu"])
    first = day_of(now) - timedelta(days=days)
    for n in range(days):
        day = first + timedelta(days=n)
        contacts = (SMALL_CONTACTS if small else CONTACTS) * (1.0 if day.weekday() < 5 else 0.55)
        _day(seats, insured, datetime.combine(day, time(), CHINA), contacts, chance, now)
    _roster(seats, boss, day_of(now), now)
    _follow_ups(insured, seats[2], boss, now)
    _present(seats, [each.party_id for each in insured], now, chance)


def _seats(made: World, at: datetime) -> list[dict[str, Any]]:
    from demo.world import PASSWORD, TOTP_SECRET

    boss = _who(made.staff["fu.wu"])
    found = []
    for username, name, skills in SEATS:
        staff_id = people_operations.hire_staff(
            username=username, name=name, office_id=made.offices["HEAD"], password=PASSWORD,
            totp_secret=TOTP_SECRET, actor=SYSTEM, at=at,
        )  # fmt: skip
        people_operations.grant_role(
            staff_id=staff_id, role="CALL_AGENT", office_id=made.offices["HEAD"], amount_limit=None,
            actor=SYSTEM, at=at,
        )  # fmt: skip
        made.staff[username] = staff_id
        operations.set_up_seat(
            staff_id=staff_id, skills=skills, reserve=username == "bao.xian", at=at, **boss
        )
        found.append(_who(staff_id))
    return found


def _who(staff_id: int) -> dict[str, Any]:
    return {"access": people.staff_access(staff_id), "actor": Ref("staff", staff_id)}


def _day(
    seats: list[dict[str, Any]], insured: list[Insured], midnight: datetime, contacts: float,
    chance: random.Random, now: datetime,
) -> None:  # fmt: skip
    """One day: two seats sign on at eight, contacts come and are answered, the seats leave at eight."""
    on = [seats[0], seats[1]]
    opening = midnight + timedelta(hours=8)
    if opening >= now:
        return
    for seat in on:
        operations.ready(at=opening, **seat)
    moments = sorted(
        opening + timedelta(hours=hour, seconds=chance.uniform(0, 3600))
        for hour, weight in enumerate(SHAPE)
        for _n in range(_poisson(weight / sum(SHAPE) * contacts, chance))
    )
    free = {id(seat): opening for seat in on}
    for n, at in enumerate(moments):
        if at > now - timedelta(minutes=40):
            break
        _contact(on, free, insured, at, chance, n)
    closing = min(midnight + timedelta(hours=20, minutes=20), now - timedelta(minutes=20))
    for seat in on:
        operations.sign_off(at=max(closing, free[id(seat)]), **seat)


def _contact(
    on: list[dict[str, Any]], free: dict[int, datetime], insured: list[Insured], at: datetime,
    chance: random.Random, n: int,
) -> None:  # fmt: skip
    """One contact from the machine to its end: answered, or given up with its cause."""
    reason, sub, said, note, solved = STORIES[chance.randrange(len(STORIES))]
    chats, who = chance.random() < 0.25, chance.choice(insured)
    talk = _writes(who, at) if chats else _rings(who, at, chance)
    if n % 3 == 0:
        operations.add_turn(conversation_id=talk, who="CUSTOMER", text=said, actor=SYSTEM, at=at)
    seat = _asked(talk, on)
    if seat is None:  # nobody is there for this hotline at this hour: the machine has said so
        _rings_off(talk, at + timedelta(seconds=20))
        return
    answer = max(at + timedelta(seconds=chance.uniform(3, 14)), free[id(seat)])
    patience = chance.expovariate(1 / 150)
    if (answer - at).total_seconds() > patience or chance.random() < 0.02:
        cause = "SYSTEM" if n % 23 == 0 else "LONG_WAIT" if patience > 120 else "CUSTOMER"
        operations.abandon(
            conversation_id=talk, cause=cause, actor=SYSTEM, at=at + timedelta(seconds=patience)
        )
        _rings_off(talk, at + timedelta(seconds=patience))
        _call_back(talk, on, free, at + timedelta(seconds=patience))
        return
    operations.accept(conversation_id=talk, at=answer, **seat)
    operations.link(conversation_id=talk, party_id=who.party_id, actor=seat["actor"], at=answer)
    end = answer + timedelta(seconds=chance.gammavariate(3, 70))
    _rings_off(talk, end)
    written = end + timedelta(seconds=chance.uniform(15, 60))
    if n % 11 == 5:
        quality.judge_client(conversation_id=talk, sort="talkative", at=end, **seat)
    operations.wrap_up(
        conversation_id=talk, reason=reason, sub_reason=sub, resolved=solved or n % 3 > 0, note=note,
        problem=said if not solved and n % 3 == 0 else "", at=written, **seat,
    )  # fmt: skip
    free[id(seat)] = written + timedelta(seconds=1)


def _writes(who: Insured, at: datetime) -> int:
    """A chat that asks for a person."""
    talk = operations.open_conversation(
        channel="CHAT", direction="IN", party_id=who.party_id, actor=SYSTEM, at=at
    )
    operations.queue(conversation_id=talk, skill="general", actor=SYSTEM, at=at)
    return talk


def _rings(who: Insured, at: datetime, chance: random.Random) -> int:
    """A call on one of the hotlines whose caller presses 0 at once; its conversation."""
    key = f"demo-{chance.getrandbits(60):015x}"
    [called] = chance.choices(list(HOTLINES), weights=list(HOTLINES.values()))
    told = {"call": key, "at": at}
    offered = CallEvent(
        id=f"{key}:1", kind="offered", caller=who.person.phone, called=called, **told
    )
    talk = _hear(offered, at)
    _hear(CallEvent(id=f"{key}:2", kind="digits", digits="0", **told), at)
    return talk


def _rings_off(talk: int, at: datetime) -> None:
    """The caller puts the telephone down; of a chat nothing."""
    call = Call.objects.filter(conversation_id=talk, released_at=None).first()
    if call is not None:
        _hear(CallEvent(id=f"{call.key}:9", call=call.key, kind="released", at=at), at)


def _hear(event: CallEvent, at: datetime) -> int:
    return operations.hear(
        driver=EXCHANGE, event=event, tell=lambda _what, _who, _language: "", at=at
    ).conversation_id


def _asked(talk: int, on: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The seat that a talk is offered to; None where to nobody."""
    waits = Waiting.objects.filter(pk=talk).first()
    return next((each for each in on if waits and each["actor"].id == waits.seat_id), None)


def _call_back(
    talk: int, on: list[dict[str, Any]], free: dict[int, datetime], at: datetime
) -> None:
    """Who waited in vain, and whose number was shown, is called back as soon as a seat is free."""
    for back in Conversation.objects.filter(follows_id=talk, direction="OUT", state="QUEUED"):
        seat = _asked(back.pk, on)
        if seat is not None:
            begins = max(at + timedelta(seconds=20), free[id(seat)])
            operations.accept(conversation_id=back.pk, at=begins, **seat)
            free[id(seat)] = _wrap(back.pk, seat, "没等到的来电，已回电说明并致歉。", begins)


def _calls(party_id: int, seat: dict[str, Any], note: str, at: datetime) -> int:
    """A seat calls a customer; the conversation, written up."""
    talk = operations.open_conversation(
        channel="PHONE", direction="OUT", party_id=party_id, actor=seat["actor"], at=at
    )
    operations.take_up(conversation_id=talk, at=at, **seat)
    _wrap(talk, seat, note, at)
    return talk


def _wrap(talk: int, seat: dict[str, Any], note: str, begun: datetime) -> datetime:
    """Some minutes of talk and a note; when the seat is free again."""
    written = begun + timedelta(minutes=3, seconds=40)
    operations.wrap_up(
        conversation_id=talk, reason="CONSULT", resolved=True, note=note, at=written, **seat
    )
    return written + timedelta(seconds=1)


def _roster(seats: list[dict[str, Any]], boss: dict[str, Any], today: Any, now: datetime) -> None:
    """The next days are covered from eight to eight, but for one hour somebody will have to fill."""
    for n in range(-2, 6):
        midnight = datetime.combine(today + timedelta(days=n), time(), CHINA)
        for seat, first, last in ((seats[0], 8, 17), (seats[1], 11, 20), (seats[3], 8, 14)):
            late = n == 3 and last == 20
            operations.plan_shift(
                staff_id=seat["actor"].id, from_at=midnight + timedelta(hours=first),
                to_at=midnight + timedelta(hours=last - late), at=now, **boss,
            )  # fmt: skip


def _follow_ups(
    insured: list[Insured], seat: dict[str, Any], boss: dict[str, Any], now: datetime
) -> None:
    """New policies of six weeks, followed up day by day: most answer, some are not reached."""
    policies_made: dict[int, int] = {}
    today = day_of(now)
    grown = [one for one in insured if 20 <= today.year - one.person.birth_date.year <= 55]
    for back in range(40, -1, -2):
        noon = datetime.combine(today - timedelta(days=back), time(12), CHINA)
        if noon >= now:
            break
        if back % 4 == 0:
            n = len(policies_made)
            policies_made[_new_policy(grown[n * 7 % len(grown)], noon)] = n
        journal.through(partial(operations.sweep, at=noon))
        due = FollowUp.objects.filter(closed_at=None, next_at__lte=noon).order_by("pk")
        for n, visit in enumerate(due):
            at = min(noon + timedelta(minutes=6 * n), now)
            _reach(visit, policies_made.get(visit.policy_id, 1), seat, at)
        operations.climb_all(at=noon)
    journal.through(partial(operations.sweep, at=now))
    for case in Problem.objects.filter(state="OPEN", kind__in=["CONSULT", "MIS_SELLING"]).order_by(
        "pk"
    )[:6]:
        operations.solve_problem(
            problem_id=case.pk,
            answer="已致电客户说明，客户表示明白。",
            at=now - timedelta(hours=1),
            **boss,
        )


def _new_policy(one: Insured, at: datetime) -> int:
    made = policies.issue_policy(
        new=policies.NewPolicy(
            product_code="critical-illness", holder_id=one.party_id, insured_id=one.party_id,
            office_id=one.office_id, agent_id=one.agent_id, effective_on=day_of(at) + timedelta(days=1),
            formed_on=day_of(at), sum_insured=Decimal(200_000), premium=Decimal("5200.00"),
            pay_mode="YEARLY", pay_years=20, with_social_insurance=True,
        ),
        actor=SYSTEM, at=at - timedelta(hours=2),
    )  # fmt: skip
    return int(made.id)


def _reach(visit: FollowUp, n: int, seat: dict[str, Any], at: datetime) -> None:
    """What becomes of a try: by the policy's turn in the story."""
    good = dict.fromkeys(BY_CODE, "YES")
    told = {"follow_up_id": visit.pk, "at": at, **seat}
    turn = n % 7
    if visit.state == FollowUp.State.LETTER or turn == 4:  # never reached, whatever is tried
        if visit.state == FollowUp.State.CALLING:
            operations.note_attempt(outcome="NO_ANSWER", **told)
    elif turn == 5 and visit.calls == 0:
        operations.note_attempt(outcome="WRONG_NUMBER", **told)
    elif turn == 6:
        told["conversation_id"] = _calls(visit.party_id, seat, "新单回访：退保损失仍不清楚。", at)
        operations.complete(answers={**good, "loss": "NO"}, **told)
    elif turn == 2:
        operations.complete_electronically(
            policy_id=visit.policy_id, answers=good, actor=Ref("party", visit.party_id), at=at
        )
    else:
        way = "VISIT" if visit.state == FollowUp.State.VISITING else "PHONE"
        if way == "PHONE":
            told["conversation_id"] = _calls(visit.party_id, seat, "新单回访完成。", at)
        operations.complete(answers=good, way=way, **told)


def _present(
    seats: list[dict[str, Any]], parties: list[int], now: datetime, chance: random.Random
) -> None:
    """As it is now: one seat talks, one is free, one pauses, one waits for somebody with another skill."""
    for seat in (seats[0], seats[1]):
        operations.ready(at=now - timedelta(minutes=15), **seat)
    talk = operations.open_conversation(
        channel="PHONE", direction="IN", party_id=chance.choice(parties), actor=SYSTEM,
        at=now - timedelta(minutes=4),
    )  # fmt: skip
    operations.keep_fact(
        conversation_id=talk, name="what", value="住院三天，想问怎么报销", actor=SYSTEM,
        at=now - timedelta(minutes=4),
    )  # fmt: skip
    operations.queue(
        conversation_id=talk, skill="claims", actor=SYSTEM, at=now - timedelta(minutes=4)
    )
    operations.accept(conversation_id=talk, at=now - timedelta(minutes=3, seconds=50), **seats[1])
    operations.pause(why="MEAL", at=now - timedelta(minutes=9), **seats[0])
    for n, skill in enumerate(("complaints",)):
        waits = operations.open_conversation(
            channel="PHONE", direction="IN", party_id=chance.choice(parties), actor=SYSTEM,
            at=now - timedelta(seconds=50 - 20 * n),
        )  # fmt: skip
        operations.queue(
            conversation_id=waits,
            skill=skill,
            actor=SYSTEM,
            at=now - timedelta(seconds=50 - 20 * n),
        )


def _poisson(mean: float, chance: random.Random) -> int:
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count += 1
        passed += chance.expovariate(1.0)
    return count
