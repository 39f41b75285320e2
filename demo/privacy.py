"""The demo's register of personal data protection: written by one officer, approved by another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from demo.world import World
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import operations
from yilu.people import queries as people

WEEK = timedelta(weeks=1)

_TEXTS = {
    "data": "声音、文字转写和通话时间；客户的姓名、保单号会在通话中出现",
    "purpose": "复核服务质量，保存投诉和回访的证据",
    "method": "录音加密保存六十个月，质检员按抽样收听；不用于营销",
    "lawful": "履行监管的录音要求，开头告知客户；只收通话本身，不采集声纹",
    "effect": "录音可能含健康和财务情况，泄露会造成困扰",
    "risk": "外部窃取、内部越权收听、超期保存",
    "measures": "按岗位授权、收听留痕、落盘加密、到期自动删除；与风险相称",
}


def tell(made: World, now: datetime) -> None:
    """An assessment that stands, one that waits, a processor, an incident under way, an audit to come."""
    one, two = (_officer(made, name) for name in ("biao.zhun", "biao.fu"))
    day = day_of(now)

    def write(kind: str, title: str, at: datetime, **given: Any) -> int:
        new = operations.NewPrivacyRecord(kind=kind, title=title, **given)
        return operations.open_privacy_record(new=new, at=at, **one)

    def approve(record_id: int, at: datetime) -> None:
        operations.approve_privacy_record(
            record_id=record_id, revision=1, note="措施与风险相称，同意。", at=at, **two
        )

    said = {"ground": "SENSITIVE", "level": "MEDIUM", **_TEXTS}
    approve(
        write(
            "ASSESSMENT", "客服通话录音与质检", now - 8 * WEEK, said=said,
            starts_on=day - 7 * WEEK, until=day + 40 * WEEK,
        ),
        now - 8 * WEEK + timedelta(days=1),
    )  # fmt: skip
    handed_on = write(
        "ASSESSMENT", "委托短信服务商发送通知", now - 7 * WEEK,
        said={
            **said, "ground": "HANDED_ON", "level": "LOW", "data": "客户手机号和通知内容，不含证件号和健康情况",
            "purpose": "把办理结果、时限和验证码告诉客户", "method": "经专线交给服务商，发送后三十日删除",
            "lawful": "履行保险合同所必需；只交手机号和短信正文", "effect": "泄露可能招来骚扰和诈骗短信",
            "risk": "服务商越权使用、超期保存", "measures": "合同限定用途、加密传输、每半年检查删除记录",
        },
        starts_on=day - 6 * WEEK, until=day + 46 * WEEK,
    )  # fmt: skip
    approve(handed_on, now - 7 * WEEK + timedelta(days=1))
    processor = write(
        "PROCESSOR", "演示短信服务有限公司", now - 6 * WEEK, assessment_id=handed_on,
        said={
            "contract": "DEMO-SMS-2026-01", "purpose": "代发服务短信", "method": "接口接收，发送后三十日删除",
            "data": "客户手机号和短信正文", "protection": "专线加密、专人专号、访问留痕",
            "duties": "只按我们的指令发送；不得转委托；发现泄露一小时内告知我们",
            "supervision": "每半年现场检查一次，每月看删除记录",
        },
        starts_on=day - 5 * WEEK, until=day + 47 * WEEK,
    )  # fmt: skip
    approve(processor, now - 6 * WEEK + timedelta(days=1))
    operations.note_privacy_work(
        record_id=processor, note="看了十月的删除记录：三十日前的都已删除。", at=now - WEEK, **two
    )
    write(
        "ASSESSMENT", "就诊资料自动识别", now - timedelta(days=2),
        said={**said, "ground": "AUTOMATED", "data": "发票、病历和诊断上的文字", "purpose": "少让客户手填，快些赔付"},
        starts_on=day + 2 * WEEK, until=day + 54 * WEEK,
    )  # fmt: skip
    known = now - timedelta(hours=3)
    incident = write(
        "INCIDENT", "一封通知函寄错了人", now - timedelta(hours=2), known_at=known, persons=1,
        said={
            "data": "姓名、保单号和保险金额", "cause": "同名客户，手工填写地址时选错",
            "harm": "收件人知道了另一位客户的保险金额", "measures": "已取回信函，对方书面确认没有复制",
            "own_measures": "留意以保险为名的来电，有疑问请打客服热线核实", "contact": "客服热线 400-000-0000",
        },
    )  # fmt: skip
    operations.tell_of_incident(
        record_id=incident, addressee="AUTHORITY", told_at=now - timedelta(hours=1),
        note="电话报告并发送书面说明，对方已登记。", at=now - timedelta(minutes=50), **one,
    )  # fmt: skip
    write(
        "AUDIT", "二〇二六年个人信息保护合规审计", now - 3 * WEEK, until=day + 5 * WEEK,
        said={"scope": "本年度全部个人信息处理活动", "auditor": "内部审计部", "findings": "", "corrections": ""},
    )  # fmt: skip


def _officer(made: World, name: str) -> dict[str, Any]:
    id = made.staff[name]
    return {"access": people.staff_access(id), "actor": Ref("staff", id)}
