"""Which texts inspection goes by, and how each is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from yilu.kernel.words import marked as _
from yilu.quality.rules import sampling, scoring, wording

PLAN: Final = "plan"
PHRASES: Final = "phrases"
BOOKS: Final[Mapping[str, str]] = {
    PLAN: _("抽检计划"),
    PHRASES: _("服务用语清单"),
    "form.phone": _("评分表：电话"),
    "form.chat": _("评分表：在线咨询"),
    "form.video": _("评分表：视频"),
    "form.counter": _("评分表：柜面"),
    "form.home_visit": _("评分表：上门"),
    "form.claim": _("评分表：赔案"),
    "form.servicing": _("评分表：保全"),
}
"""Every text that is changed on a page by two people."""


def check(book: str, text: str) -> None:
    """:raises BadPlan: :raises BadForm: :raises BadPhrases: the text is none of its kind."""
    readers: Mapping[str, Callable[[str], object]] = {PLAN: sampling.read, PHRASES: wording.read}
    readers.get(book, scoring.read)(text)
