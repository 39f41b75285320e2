"""When a third party takes part in a talk about a claim (三者在场): what is asked of them, and what stands in for it. Pure."""

from __future__ import annotations

from typing import Final

from yilu.kernel.words import marked as _

PHONE_PLACE: Final = "claims_contactnote.third_party_phone"
"""Under what name their number is sealed."""
THIRDS: Final = {
    "NONE": _("没有第三方"), "PRESENT": _("第三方在场"),
    "ABSENT": _("第三方不在场，已请客户提供其联系方式"),
}  # fmt: skip
WHY_NO_PHONE: Final = {
    "REFUSED": _("对方拒绝提供电话"), "NO_PHONE": _("对方没有电话"), "LEFT": _("对方已离开现场"),
    "HURT": _("对方受伤或送医，当时无法问"),
}  # fmt: skip
"""Why there is no number, of a talk that was no video; on a video the picture itself is the proof."""


def is_asked(*, kind: str, third_party: str, phone: bool, evidence: bool, why: str) -> bool:
    """Whether a third party who is present was asked for a number: it, the picture, or off video a reason."""
    if third_party != "PRESENT" or phone or evidence:
        return True
    return kind != "VIDEO" and why in WHY_NO_PHONE
