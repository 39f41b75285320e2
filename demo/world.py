"""The demo insurer's own side: offices, staff in every claim role, agents, hospitals."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from demo import names
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people

PASSWORD = "yilu-demo-2026"
"""Of every demo sign-in. The demo says so itself; nothing of it reaches a real installation."""
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

BRANCHES = {
    "ZJ": (
        "浙江分公司",
        {"ZJ-HZ": "杭州中心支公司", "ZJ-WZ": "温州中心支公司", "ZJ-NB": "宁波中心支公司"},
    ),
    "GD": ("广东分公司", {"GD-GZ": "广州中心支公司", "GD-DG": "东莞中心支公司"}),
    "SC": ("四川分公司", {"SC-CD": "成都中心支公司", "SC-MY": "绵阳中心支公司"}),
    "BJ": ("北京分公司", {"BJ-HD": "海淀中心支公司"}),
}

# username, name, office, roles; the first of each role is on the list the demo prints
STAFF = (
    ("baoan", "鲍安", "ZJ-HZ", ("INTAKE", "CALL_AGENT")),
    ("li.zhu", "祝立", "ZJ-HZ", ("REGISTRAR", "COUNTER")),
    ("shen.ce", "沈策", "ZJ-HZ", ("ASSESSOR",)),
    ("chen.he", "陈核", "ZJ", ("ASSESSOR", "CONSULTANT")),
    ("fu.he", "傅和", "ZJ", ("REVIEWER",)),
    ("cha.shi", "查实", "ZJ", ("INVESTIGATOR",)),
    ("fu.kuan", "付宽", "HEAD", ("PAYMENTS",)),
    ("gu.wen", "顾问", "ZJ", ("CONSULTANT", "ASSESSOR")),
    ("zhu.guan", "朱冠", "ZJ", ("TEAM_LEAD",)),
    ("fu.wu", "伏武", "HEAD", ("SERVICE_MANAGER",)),
    ("he.bao", "贺保", "HEAD", ("UNDERWRITER",)),
    ("yan.he", "严禾", "HEAD", ("UNDERWRITER",)),
    ("bao.quan", "鲍全", "ZJ", ("SERVICING", "COUNTER")),
    ("xu.qi", "徐琦", "ZJ", ("RENEWAL_ADVISER",)),
    ("jie.fen", "解芬", "HEAD", ("COMPLAINT_OFFICER",)),
    ("tiao.jie", "佟洁", "HEAD", ("COMPLAINT_OFFICER",)),
    ("biao.zhun", "标准", "HEAD", ("STANDARDS_EDITOR", "PRIVACY_OFFICER")),
    ("biao.fu", "卞复", "HEAD", ("STANDARDS_EDITOR", "REVIEWER", "PRIVACY_OFFICER")),
    ("yun.wei", "云维", "HEAD", ("OPERATOR",)),
    ("shen.ji", "申继", "HEAD", ("AUDITOR",)),
    ("guang.he", "广禾", "GD", ("ASSESSOR", "REGISTRAR")),
    ("guang.fu", "邝复", "GD", ("REVIEWER", "TEAM_LEAD")),
    ("shu.he", "舒禾", "SC", ("ASSESSOR", "REGISTRAR")),
    ("shu.fu", "蜀福", "SC", ("REVIEWER", "TEAM_LEAD")),
    ("jing.he", "景禾", "BJ", ("ASSESSOR", "REGISTRAR", "REVIEWER", "TEAM_LEAD")),
    ("yun.fu", "云复", "HEAD", ("OPERATOR",)),
)
HOSPITALS = (
    ("H330001", "杭州钱塘人民医院", "ZJ-HZ", "三级甲等"),
    ("H330002", "温州瓯江医院", "ZJ-WZ", "三级乙等"),
    ("H440001", "广州珠江医院中心院区", "GD-GZ", "三级甲等"),
    ("H510001", "成都锦江人民医院", "SC-CD", "三级甲等"),
    ("H110001", "北京海淀协和门诊部", "BJ-HD", "二级甲等"),
)


@dataclass
class World:
    """What was made, by the code it is known by."""

    offices: dict[str, int] = field(default_factory=dict)
    staff: dict[str, int] = field(default_factory=dict)
    agents: dict[int, int] = field(default_factory=dict)  # agent id → office id
    providers: dict[str, int] = field(default_factory=dict)
    provider_tokens: dict[str, tuple[str, str]] = field(default_factory=dict)


def build(at: datetime, chance: random.Random, agents: int = 60) -> World:
    """Make the insurer. Runs once, on an empty database."""
    world = World()
    head = people.open_office(code="HEAD", name="一路人寿总公司", level="HEAD", actor=SYSTEM, at=at)
    world.offices["HEAD"] = head
    for code, (name, subs) in BRANCHES.items():
        branch = people.open_office(
            code=code, name=name, level="BRANCH", parent_id=head, actor=SYSTEM, at=at
        )
        world.offices[code] = branch
        for sub_code, sub_name in subs.items():
            world.offices[sub_code] = people.open_office(
                code=sub_code,
                name=sub_name,
                level="SUB_BRANCH",
                parent_id=branch,
                actor=SYSTEM,
                at=at,
            )
    for n, (username, name, office, roles) in enumerate(STAFF):
        staff_id = people.hire_staff(
            username=username, name=name, office_id=world.offices[office], password=PASSWORD,
            totp_secret=TOTP_SECRET, phone=f"139571{n:05d}", actor=SYSTEM, at=at,
        )  # fmt: skip
        world.staff[username] = staff_id
        for role in roles:
            people.grant_role(
                staff_id=staff_id, role=role, office_id=world.offices[office], actor=SYSTEM, at=at
            )
    subs = [code for code in world.offices if "-" in code]
    for n in range(agents):
        office = world.offices[subs[n % len(subs)]]
        someone = names.person(chance, 60_000_000 + n, youngest=24, oldest=55)
        agent_id = people.appoint_agent(
            code=f"A{n + 1:05d}", name=someone.name, office_id=office, phone=someone.phone,
            leads=n < len(subs), actor=SYSTEM, at=at,
        )  # fmt: skip
        world.agents[agent_id] = office
    for code, name, office, grade in HOSPITALS:
        keys = people.register_provider(
            code=code, name=name, kind="HOSPITAL", office_id=world.offices[office], grade=grade,
            actor=SYSTEM, at=at,
        )  # fmt: skip
        world.providers[code] = keys.provider_id
        world.provider_tokens[code] = (keys.token, keys.hook_secret)
    return world


def ask_for_authority(world: World, at: datetime) -> None:
    """A reviewer for some weeks, above the standard: one administrator has asked, the visitor agrees or not."""
    people.propose_role(
        asked=people.Asked(
            staff_id=world.staff["guang.he"], role="REVIEWER", office_id=world.offices["GD"],
            amount_limit=Decimal(500_000), valid_from=None, valid_to=day_of(at) + timedelta(days=30),
            reason="COVER",
        ),
        actor=Ref("staff", world.staff["yun.fu"]), at=at,
    )  # fmt: skip
