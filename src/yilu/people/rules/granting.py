"""Who may give which role to whom, and the reasons people name for what they do about staff."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from yilu.kernel.errors import NotAllowed
from yilu.kernel.money import ZERO
from yilu.kernel.words import marked as _
from yilu.people.rules.rights import ROLE_RIGHTS, STANDARD_LIMITS, Access

ADMINISTER = "people.staff"

GIVE_WHY: Mapping[str, str] = {
    "NEW": _("新入职"),
    "MOVED": _("岗位调整"),
    "COVER": _("临时代岗"),
    "PROJECT": _("专项工作"),
}
END_WHY: Mapping[str, str] = {
    "MOVED": _("岗位调整"),
    "COVERED": _("代岗结束"),
    "AWAY": _("长期休假"),
    "REVIEW": _("权限核查"),
}
ENDED_BY_ITSELF: Mapping[str, str] = {"DATE": _("授权到期")}
"""Why a role ended that nobody took back. No administrator chooses it."""
LEAVE_WHY: Mapping[str, str] = {
    "RESIGNED": _("辞职"),
    "RETIRED": _("退休"),
    "DISMISSED": _("解除合同"),
    "ELSEWHERE": _("调往外单位"),
}
KEY_WHY: Mapping[str, str] = {
    "NEW": _("新入职"),
    "FORGOTTEN": _("忘记密码"),
    "NEW_PHONE": _("换了手机"),
    "LOST": _("手机遗失"),
    "SUSPECTED": _("怀疑被他人使用"),
}
WHY: Mapping[str, Mapping[str, str]] = {
    "give": GIVE_WHY, "end": END_WHY, "leave": LEAVE_WHY, "key": KEY_WHY,
}  # fmt: skip
"""By what is done: the reasons there are, by code. Codes go into the journal, words onto screens."""


class BeyondOwnRights(NotAllowed):
    """A branch's administrator would give what they do not have themselves."""

    code = "beyond_own_rights"
    message = _("这个角色或金额超出您自己的权限，不能授予")
    hint = _("请由总公司的管理员授予，或降低金额。")


def giveable(giver: Access, office_id: int, head_id: int) -> tuple[str, ...]:
    """The roles an administrator may give over an office, to some amount, in the order of the list."""
    everything = giver.may(ADMINISTER, head_id)
    return tuple(
        role
        for role, held in ROLE_RIGHTS.items()
        if everything or all(giver.may(right, office_id) for right in held)
    )


def needs_a_second(role: str, amount: Decimal) -> bool:
    """Whether an authority is so large that one administrator alone cannot give it: above the role's standard."""
    return amount > STANDARD_LIMITS.get(role, ZERO)


def require_giving(
    giver: Access, role: str, *, office_id: int, amount: Decimal, head_id: int
) -> None:
    """
    Insist that an administrator may give a role over an office up to an amount.

    Whoever administers the whole insurer (``people.staff`` over the head office) may give every role;
    otherwise nobody could. Everybody else gives only rights they hold over that office themselves, each
    up to the amount.

    :raises NotAllowed: no administrator of that office. :raises BeyondOwnRights: more than they have.
    """
    giver.require(ADMINISTER, office_id=office_id)
    if giver.may(ADMINISTER, head_id):
        return
    for right in ROLE_RIGHTS[role]:
        if not giver.may(right, office_id, amount):
            raise BeyondOwnRights()
