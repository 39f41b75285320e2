"""Words that cannot wait (紧急来信): a complaint, the press, a court, somebody in danger; before anybody has read them."""

from __future__ import annotations

import re
from typing import Final

PRESSING_WORDS: Final = (
    "投诉", "举报", "曝光", "媒体", "记者", "律师", "起诉", "法院", "监管", "银保监", "金融监管", "金监局",
    "黑猫", "抖音", "报警", "轻生", "不想活", "自杀", "维权", "信访",
)  # fmt: skip
_HOTLINES: Final = re.compile(r"(?<!\d)(?:12378|12345|12315)(?!\d)")


def presses(text: str) -> bool:
    """Whether what somebody wrote is answered before the rest."""
    return bool(_HOTLINES.search(text)) or any(word in text for word in PRESSING_WORDS)
