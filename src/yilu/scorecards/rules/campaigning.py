"""A campaign: four themes, the figures each is measured by, and weeks long enough to see something (A146)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

THEMES: Final = {
    "ATTITUDE": _("服务态度"),
    "EFFICIENCY": _("服务效率"),
    "QUALITY": _("服务质量"),
    "ENVIRONMENT": _("服务环境"),
}
"""The themes of a month of better service."""
SHORTEST, LONGEST = 7, 92
MOST_FIGURES = 12


class BadCampaign(Invalid):
    """Something is missing; the hint says what."""

    code = "bad_campaign"
    message = _("活动填写有误")


def check(
    *, title: str, aim: str, since: date, until: date, themes: Mapping[str, Sequence[str]],
    known: Collection[str],
) -> None:  # fmt: skip
    """:raises BadCampaign: too short to compare, without a figure, or with one there is not."""
    if not 4 <= len(title) <= 60 or not 4 <= len(aim) <= 300:
        raise BadCampaign(hint=_("请写明活动名称和目标（各至少四个字）。"))
    days = (until - since).days
    if not SHORTEST <= days <= LONGEST:
        raise BadCampaign(
            hint=Sentence(
                _("活动为 {least} 至 {most} 天，现在是 {days} 天。"), least=SHORTEST, most=LONGEST, days=days
            )
        )  # fmt: skip
    codes = [code for chosen in themes.values() for code in chosen]
    if not set(themes) <= THEMES.keys() or not 1 <= len(codes) <= MOST_FIGURES:
        raise BadCampaign(hint=Sentence(_("请为主题选 1 至 {n} 项指标。"), n=MOST_FIGURES))
    if len(set(codes)) < len(codes):
        raise BadCampaign(hint=_("同一项指标只能放在一个主题里。"))
    if not set(codes) <= set(known):
        raise BadCampaign(hint=_("选了没有的指标。"))
