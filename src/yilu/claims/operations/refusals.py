"""Why something about a claim could not be done; each is raised by more than one use case."""

from __future__ import annotations

from decimal import Decimal

from yilu.claims.rules.lifecycle import ACTION_LABELS, STATE_LABELS, Action, State
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Sentence, Stale
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.words import marked as _


class ClaimNotFound(NotFound):
    """There is no such claim, or it is not the asker's: both in the same words."""

    code = "claim_not_found"
    message = "没有找到您可以办理的这件赔案"
    hint = "请核对赔案号；申请人、被保险人本人或其服务代理人可以办理。"


class NotPossibleNow(Stale):
    """The claim is in a state in which this cannot be done."""

    code = "not_possible_now"
    message = "赔案目前的状态不能办理此项"
    hint = "请刷新页面查看最新进展。"

    def __init__(self, state: State, action: Action) -> None:
        super().__init__(f"赔案现在是“{STATE_LABELS[state]}”，不能{ACTION_LABELS[action]}")


class StaleDecision(Stale):
    """What the person decided on is no longer what the claim says."""

    code = "stale_decision"
    message = "您核定所依据的内容已有变化"
    hint = "请刷新页面，核对最新的资料、理算和信号后重新作出结论。"


class ReasonMissing(Invalid):
    """A step that must be explained was not."""

    code = "reason_missing"
    message = "请写明理由"
    hint = "理由会留存并用于复核，请至少写 5 个字。"


class NotForOneself(NotAllowed):
    """Four eyes: nobody confirms what they did themselves, or decides about themselves."""

    code = "not_for_oneself"
    message = "同一人不能既经办又复核"
    hint = "请交由另一位有权限的同事办理。"


class RoleTooLow(NotAllowed):
    """The table of authority asks for a higher role."""

    code = "role_too_low"
    message = "该金额须由更高级别的角色核定"
    hint = "请转交给有相应权限的同事。"


class AccountMissing(Refusal):
    """There is no account to pay to."""

    code = "account_missing"
    message = "还没有登记收款账户"
    hint = "请先登记收款人本人名下的银行账户。"


class BadAmount(Invalid):
    """An amount is no amount, or out of bounds."""

    code = "bad_amount"
    message = "金额有误"
    hint = "请填写大于零、最多两位小数的金额。"


def need_reason(text: str, *, what: str = "", least: int = 5) -> str:
    """
    The text without surrounding blanks; ``what`` names the field as its form does, else it is the reason.

    :raises ReasonMissing: if it says too little.
    """
    cleaned = text.strip()
    if len(cleaned) < least:
        raise ReasonMissing(
            Sentence(_("请填写“{what}”"), what=what) if what else None,
            hint=Sentence(_("会留存并用于复核，请至少写 {least} 个字。"), least=least),
        )
    return cleaned


def read_amount(amount: Decimal | None, *, zero_is_fine: bool = False) -> Decimal:
    """An amount above nothing (or nothing at all), to the cent. :raises BadAmount: if it is none."""
    try:
        read = yuan(amount if amount is not None else ZERO)
    except (ValueError, TypeError):
        raise BadAmount from None
    if read < ZERO or (read == ZERO and not zero_is_fine):
        raise BadAmount
    return read
