"""Scorecards: schemes in force, last month closed, its stars, a campaign with its report, shared credit."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from demo.world import PASSWORD, TOTP_SECRET, World
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries as who_may
from yilu.scorecards import operations, queries
from yilu.scorecards.queries import Share

SECOND = "ke.he"
"""Who approves what the service manager writes."""


def _row(kpi: str, weight: int, target: float, zero: float, full: float) -> dict[str, str]:
    return {
        "kpi": kpi, "weight": str(weight), "target": str(target), "zero": str(zero), "full": str(full),
        "cap": "100",
    }  # fmt: skip


ASSESSORS = (
    _row("error_rate", 60, 1, 5, 0), _row("claim_days", 30, 1.5, 10, 0.5),
    _row("exams_passed", 10, 90, 0, 100),
)  # fmt: skip
SEATS = (
    _row("service_level_20s", 20, 85, 50, 95), _row("clean_conversations", 30, 98, 70, 100),
    _row("first_contact_resolution", 30, 80, 40, 95), _row("answer_rate", 20, 95, 70, 100),
)  # fmt: skip
# The others who serve customers: figure, weight, target, the value worth nothing and the one worth everything.
OTHERS: dict[str, tuple[str, str, tuple[tuple[str, int, float, float, float], ...]]] = {
    "INTAKE": ("报案受理岗考核", "told_at_once", (
        ("inspections_passed", 40, 95, 60, 100), ("nps", 30, 50, 0, 60), ("exams_passed", 30, 90, 0, 100),
    )),
    "REGISTRAR": ("立案岗考核", "told_at_once", (
        ("notice_hours", 40, 24, 96, 4), ("told_at_once", 40, 98, 80, 100), ("exams_passed", 20, 90, 0, 100),
    )),
    "REVIEWER": ("复核岗考核", "review_hours", (
        ("review_hours", 50, 8, 48, 2), ("error_rate", 40, 1, 5, 0), ("exams_passed", 10, 90, 0, 100),
    )),
    "INVESTIGATOR": ("调查岗考核", "investigation_days", (
        ("investigation_days", 60, 10, 30, 4), ("inspections_passed", 20, 95, 60, 100),
        ("exams_passed", 20, 90, 0, 100),
    )),
    "PAYMENTS": ("付款岗考核", "batches_discarded", (
        ("reissue_hours", 50, 48, 168, 12), ("batches_discarded", 40, 2, 20, 0), ("exams_passed", 10, 90, 0, 100),
    )),
    "CONSULTANT": ("理赔顾问考核", "visit_days", (
        ("visit_days", 40, 3, 10, 1), ("nps", 30, 50, 0, 60), ("inspections_passed", 30, 95, 60, 100),
    )),
    "COUNTER": ("柜员考核", "first_contact_resolution", (
        ("first_contact_resolution", 40, 80, 40, 95), ("inspections_passed", 30, 95, 60, 100),
        ("nps", 30, 50, 0, 60),
    )),
    "UNDERWRITER": ("核保岗考核", "underwriting_days", (
        ("underwriting_days", 50, 2, 10, 0.5), ("sent_back_rate", 30, 5, 30, 0), ("exams_passed", 20, 90, 0, 100),
    )),
    "SERVICING": ("保全岗考核", "servicing_days", (
        ("servicing_days", 50, 2, 10, 0.5), ("inspections_passed", 30, 95, 60, 100), ("nps", 20, 50, 0, 60),
    )),
    "RENEWAL_ADVISER": ("续期顾问考核", "renewal_care_days", (
        ("renewal_care_days", 50, 5, 20, 1), ("nps", 30, 50, 0, 60), ("continuation_rate", 20, 90, 50, 100),
    )),
    "COMPLAINT_OFFICER": ("争议投诉岗考核", "complaint_days", (
        ("complaint_days", 50, 7, 15, 2), ("reviews_changed", 40, 2, 20, 0), ("exams_passed", 10, 90, 0, 100),
    )),
    "TEAM_LEAD": ("主管岗考核", "review_hours", (
        ("review_hours", 40, 8, 48, 2), ("error_rate", 40, 1, 5, 0), ("inspections_passed", 20, 95, 60, 100),
    )),
}  # fmt: skip
OFFICES = (
    _row("nps", 20, 50, 0, 60), _row("claim_pay_days", 20, 1, 10, 0.2), _row("error_rate", 20, 1, 5, 0),
    _row("paid_ratio", 10, 97, 85, 99), _row("content_customers", 15, 90, 60, 98),
    _row("on_time", 15, 98, 80, 100),
)  # fmt: skip


def tell(made: World, now: datetime) -> None:
    """Everything by the operations, in the order it would have happened."""
    today = day_of(now)
    last = queries.period_of("MONTH", today).before
    begun = _noon(last.start - timedelta(days=3))
    _second(made, begun)
    _schemes(made, last.start, begun)
    _campaign(made, last.start, min(last.end, today), begun, now)
    operations.close_period(period=last.code, **_who(made, "fu.wu", now))
    _stars(made, last.code, now)
    _together(made, today, now)


def _second(made: World, at: datetime) -> None:
    head = made.offices["HEAD"]
    made.staff[SECOND] = people.hire_staff(
        username=SECOND, name="柯荷", office_id=head, password=PASSWORD, totp_secret=TOTP_SECRET,
        actor=SYSTEM, at=at,
    )  # fmt: skip
    people.grant_role(
        staff_id=made.staff[SECOND], role="SERVICE_MANAGER", office_id=head, actor=SYSTEM, at=at
    )


def _schemes(made: World, since: date, at: datetime) -> None:
    for subject, target, title, rows, volume in (
        ("ROLE", "ASSESSOR", "理赔审核岗考核", ASSESSORS, "error_rate"),
        ("ROLE", "CALL_AGENT", "坐席考核", SEATS, "first_contact_resolution"),
        *(
            ("ROLE", role, title, tuple(_row(*part) for part in parts), volume)
            for role, (title, volume, parts) in OTHERS.items()
        ),
        ("BRANCH", "", "机构服务考核", OFFICES, "error_rate"),
    ):
        draft = operations.write_scheme(
            subject=subject, target=target, title=title, rows=rows, volume=volume, revision=0,
            **_who(made, "fu.wu", at),
        )  # fmt: skip
        operations.approve_scheme(
            scheme_id=draft, revision=1, since=since, **_who(made, SECOND, at)
        )


def _campaign(made: World, since: date, until: date, begun: datetime, now: datetime) -> None:
    """A month of better service in one province, the others beside it."""
    offices = [office for code, office in made.offices.items() if code.startswith("ZJ")]
    campaign = operations.plan_campaign(
        title="浙江服务提升月", aim="态度、效率、质量、环境四个主题，让客户少等、少跑、少说一遍",
        offices=offices, since=since, until=until,
        themes={
            "ATTITUDE": ["nps", "content_customers"], "EFFICIENCY": ["claim_pay_days", "on_time"],
            "QUALITY": ["error_rate"], "ENVIRONMENT": ["site_score"],
        },
        **_who(made, "fu.wu", begun),
    )  # fmt: skip
    operations.close_campaign(
        campaign_id=campaign,
        conclusion="只有表中标为“确有改善”的指标计入成效；其余可能只是波动，继续观察三个月再下结论。",
        **_who(made, "fu.wu", now),
    )  # fmt: skip
    ahead = queries.period_of("MONTH", day_of(now)).after
    operations.plan_campaign(
        title="全国一次办好行动", aim="首次解决率达到八成，同一件事不让客户来第二次",
        offices=sorted(made.offices.values()), since=ahead.start, until=ahead.end,
        themes={"QUALITY": ["first_contact_resolution"], "ATTITUDE": ["nps"]},
        **_who(made, "fu.wu", now),
    )  # fmt: skip


def _stars(made: World, period: str, now: datetime) -> None:
    manager = _who(made, "fu.wu", now)
    board = operations.open_stars(
        period=period, office_id=made.offices["HEAD"], least_volume=2, **manager
    )
    _view, candidates = queries.get_board(board, manager["access"])
    reasons = iter(("差错为零，难办的案件主动接手", "办理件数多，补充资料一次说清"))
    named = 0
    for candidate in candidates:
        staff_id = candidate.standing.staff_id
        if candidate.place is None or staff_id == made.staff["fu.wu"] or named == 2:
            continue
        operations.name_star(board_id=board, staff_id=staff_id, reason=next(reasons), **manager)
        named += 1
    if named:
        operations.publish_stars(board_id=board, **_who(made, SECOND, now))


def _together(made: World, today: date, now: datetime) -> None:
    for title, story, days, shares, answer in (
        (
            "补料一次告知", "补充资料通知由三个岗位分别发出改为合并一次，客户不再重复跑。", 12,
            (("chen.he", "CLAIMS", 4, "把三份通知合成一份"), ("baoan", "CONTACT", 3, "先打电话说清要什么")),
            "已核对两个部门的记录，同意计分。",
        ),
        (
            "退回付款当天改好", "账户错误的退回件当天联系客户更正并重新付款。", 4,
            (("fu.kuan", "PAYMENTS", 3, "当天发出退回清单"), ("li.zhu", "COUNTER", 2, "上门核对账户")),
            "",
        ),
    ):  # fmt: skip
        made_id = operations.propose_initiative(
            title=title, story=story, office_id=made.offices["ZJ"], done_on=today - timedelta(days=days),
            shares=[Share(made.staff[who], *rest) for who, *rest in shares],
            **_who(made, "zhu.guan", now),
        )  # fmt: skip
        if answer:
            operations.decide_initiative(
                initiative_id=made_id, confirmed=True, answer=answer, **_who(made, "fu.wu", now)
            )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), CHINA)


def _who(made: World, name: str, at: datetime) -> dict[str, Any]:
    staff_id = made.staff[name]
    return {"access": who_may.staff_access(staff_id), "actor": Ref("staff", staff_id), "at": at}
