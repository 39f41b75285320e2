"""The day on which papers really came, as a form tells it (收到日)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from yilu.documents.operations import BadReceiptDay, Receipt


def receipt_in(given: Mapping[str, str]) -> Receipt | None:
    """
    What the fields of ``common/parts/receipt.html`` say; None where the day is left empty.

    :raises BadReceiptDay: if what is written is no day.
    """
    told = given.get("received_on", "").strip()
    if not told:
        return None
    try:
        return Receipt(date.fromisoformat(told), given.get("received_why", ""))
    except ValueError:
        raise BadReceiptDay(_("收到日填写有误，请从日历中选择")) from None
