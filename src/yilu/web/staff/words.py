"""What the codes in decision tables mean to a reader."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

CODES: dict[str, str] = {
    "MEDICAL": _("医疗费用"),
    "ALLOWANCE": _("住院津贴"),
    "CRITICAL_ILLNESS": _("重大疾病"),
    "DISABILITY": _("伤残"),
    "DEATH": _("身故"),
    "ACCIDENT": _("意外医疗"),
    "WAIVER": _("保费豁免"),
    "APP": _("手机自助"),
    "PHONE": _("电话或柜面"),
    "AGENT": _("代理人代报"),
    "PROVIDER": _("医院直报"),
    "PROACTIVE": _("主动理赔"),
    "GREEN": _("绿色通道"),
    "YELLOW": _("人工审核"),
    "RED": _("重点核实"),
    "FAST": _("小额快赔"),
    "STANDARD": _("普通案件"),
    "COMPLEX": _("复杂案件"),
    "ONE_DAY_CRITICAL": _("重疾一日赔"),
    "DISASTER": _("灾害应急"),
    "NONE": _("无"),
    "LOW": _("低"),
    "MEDIUM": _("中"),
    "HIGH": _("高"),
    "URGENT": _("紧急"),
    "NORMAL": _("普通"),
    "ASSESSOR": _("理赔审核"),
    "REVIEWER": _("复核"),
    "TEAM_LEAD": _("主管"),
    "UNDER_3K": _("3,000 元以下"),
    "UNDER_10K": _("3,000 至 1 万元"),
    "UNDER_100K": _("1 万至 10 万元"),
    "OVER_100K": _("10 万元以上"),
    "FREQUENT_REPORTS": _("频繁报案"),
    "FREQUENT_REPORTS_30": _("三十天内频繁报案"),
    "EARLY_CLAIM": _("早期出险"),
    "SHARED_ACCOUNT": _("账户与他人相同"),
    "SHARED_PHONE": _("电话与他人相同"),
    "SHARED_INVOICE": _("发票重复"),
    "HIGH_DAILY_COST": _("日均费用偏高"),
    "LATE_REPORT": _("延迟报案"),
    "ACCEPT": _("标准承保"),
    "LOADING": _("加费"),
    "EXCLUSION": _("除外"),
    "EXAMINE": _("需要检查"),
    "REFER": _("转人工"),
    "POSTPONE": _("建议延期"),
    "DECLINE": _("建议不予承保"),
}


def say(code: str) -> str:
    """The word for a code in the reader's language; the code itself where there is none."""
    return gettext(CODES[code]) if code in CODES else code


def say_cell(
    text: str, choices: tuple[str, ...] | list[str], labels: Mapping[str, str] | None = None
) -> str:
    """
    A cell with its codes as words: ``MEDICAL, DEATH`` → ``医疗费用、身故``.

    ``labels`` are the column's own words for its codes and go before everybody's.
    """
    written = text.strip()
    if written == "-":
        return gettext("任意")
    if not choices:
        return written
    negated = next((w for w in ("not ", "不是 ") if written.lower().startswith(w)), "")
    parts = [p.strip() for p in written[len(negated) :].replace("，", ",").split(",")]
    own = labels or {}
    said = (", " if get_language() == "en" else "、").join(
        own.get(part) or say(part) for part in parts
    )
    return gettext("除 %(values)s 外") % {"values": said} if negated else said
