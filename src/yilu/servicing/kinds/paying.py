"""What the kinds that move money share: the account it goes to, and how a sum is said."""

from __future__ import annotations

from decimal import Decimal

from yilu.kernel.errors import Sentence
from yilu.kernel.money import ZERO, said_yuan
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.servicing.frame import ACCOUNT, Case, Field, Form, QuoteLine

PAY_TO = Field(
    name="account_id", label=_("打到哪张卡"), kind=ACCOUNT, help=_("只能付到您本人名下的银行卡。")
)
PAY_FROM = Field(
    name="account_id",
    label=_("从哪张卡扣款"),
    kind=ACCOUNT,
    required=False,
    help=_("选了卡，确认后自动从卡上扣，不用再操作。"),
)
RETURN_AFTER_DAYS = _("确认后一般当日到账，最长不超过三十日。")


def require_own_account(case: Case, form: Form) -> None:
    """:raises AccountNotFound: not an account in the asker's own name (互联网办法 40)."""
    if form.get("account_id") is not None:
        people.get_payable_account(case.asker_id, form["account_id"])


def told(amount: Decimal) -> str:
    """A sum in the endorsement."""
    return Sentence(_("{amount} 元"), amount=said_yuan(amount))


def unless_nil(label: str, amount: Decimal, sign: int = 0, note: str = "") -> tuple[QuoteLine, ...]:
    """A line, left out where there is nothing to say."""
    return (QuoteLine(label, amount, sign, note),) if amount != ZERO else ()
