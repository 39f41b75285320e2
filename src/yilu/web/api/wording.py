"""What is wrong with a field of a call, in words for whoever wrote the caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

WORDS = {
    "missing": _("缺少这一项"),
    "extra_forbidden": _("接口里没有这一项，请核对名称"),
    "string_type": _("应为文字"),
    "string_too_short": _("不能为空"),
    "string_too_long": _("太长，请缩短"),
    "too_short": _("至少要有一项"),
    "too_long": _("太多，请分几次发送"),
    "list_type": _("应为数组"),
    "int_parsing": _("应为整数"),
    "bool_parsing": _("应为 true 或 false"),
    "model_attributes_type": _("应为对象"),
    "model_type": _("应为对象"),
}
DAY = _("应为日期，例如 2026-05-04")
AMOUNT = _("应为不小于零、最多两位小数的金额，例如 128.50")
ONE_OF = _("应为其中之一：%(choices)s")
WRONG = _("不符合接口说明")


def of(error: Mapping[str, Any]) -> str:
    """One error of pydantic as a sentence; unknown sorts are said in general."""
    sort = str(error.get("type", ""))
    if sort.startswith(("date_", "datetime_")):
        return gettext(DAY)
    if sort == "string_pattern_mismatch":
        pattern = str((error.get("ctx") or {}).get("pattern", ""))
        if "\\d" in pattern:
            return gettext(AMOUNT)
        return gettext(ONE_OF) % {"choices": pattern.strip("^$()").replace("|", "、")}
    return gettext(WORDS.get(sort, WRONG))
