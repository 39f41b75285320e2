"""Which texts inspection goes by, and how each is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from yilu.kernel.words import marked as _
from yilu.quality.rules import clients, manners, sampling, scoring, wording

PLAN: Final = "plan"
PHRASES: Final = "phrases"
CLIENTS: Final = "clients"
MANNER: Final = "manner"
BOOKS: Final[Mapping[str, str]] = {
    PLAN: _("抽检计划"),
    PHRASES: _("服务用语清单"),
    CLIENTS: _("客户类型识别"),
    MANNER: _("演练客户的共同表现"),
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
    """
    That a text is one of its kind.

    :raises BadPlan: :raises BadPhrases: :raises BadClients: :raises BadManner: :raises BadForm: it is none.
    """
    readers: Mapping[str, Callable[[str], object]] = {
        PLAN: sampling.read, PHRASES: wording.read, CLIENTS: clients.read, MANNER: manners.read,
    }  # fmt: skip
    readers.get(book, scoring.read)(text)
