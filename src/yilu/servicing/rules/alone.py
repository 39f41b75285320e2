"""How much a customer may have paid out by themselves in a day (自助限额). Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

TABLE = "servicing.self_service"
UNCHANGED = {"days_since_phone": Decimal(-1), "days_since_account": Decimal(-1)}
"""What the table is asked where neither phone nor account was ever changed."""


def questions(today: date, phone_on: date | None, account_on: date | None) -> dict[str, Decimal]:
    """The inputs of ``TABLE``: whole days since each change, -1 where there was none."""
    return {
        "days_since_phone": Decimal((today - phone_on).days if phone_on else -1),
        "days_since_account": Decimal((today - account_on).days if account_on else -1),
    }


def above(amount: Decimal, before: Decimal, most: Decimal) -> str:
    """What the customer reads where the day's sum would be more than ``most``; empty where it is not."""
    if amount + before <= most:
        return ""
    if not before:
        return Sentence(_("自助办理每天合计最多 {most} 元"), most=f"{most:,.2f}")
    return Sentence(
        _("自助办理每天合计最多 {most} 元，今天已办理 {before} 元"),
        most=f"{most:,.2f}", before=f"{before:,.2f}",
    )  # fmt: skip
