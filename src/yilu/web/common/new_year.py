"""下一年度: what changes in the next year of a one-year contract, in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_noop as _

CHANGES = {
    "PREMIUM": _("保险费"),
    "AGE": _("计费年龄"),
    "WORDING": _("条款版本"),
    "BENEFIT": _("保险责任有调整"),
    "BENEFIT_NEW": _("新增保险责任"),
    "BENEFIT_GONE": _("减少保险责任"),
}
WHY = {
    "GROUP": _("团体保单，保险费由双方商定"),
    "NOT_PRICED": _("年龄、保额或职业超出费率表"),
    "UNKNOWN": _("缺被保险人的出生日期或性别"),
}


def told(changes: Iterable[tuple[str, str, str]]) -> list[dict[str, object]]:
    """Each change with its label; amounts are marked, so that the page writes them as money."""
    return [
        {"label": CHANGES[code], "was": was, "will": will, "is_money": code == "PREMIUM"}
        for code, was, will in changes
        if code in CHANGES
    ]
