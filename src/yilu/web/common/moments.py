"""Days and hours as forms write them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from yilu.kernel.errors import Invalid


def moment_of(text: str) -> datetime | None:
    """A day and hour in the zone screens show; None if left empty. :raises Invalid: if it is none."""
    text = text.strip()
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(text).replace(tzinfo=None))
    except (ValueError, OverflowError):
        raise Invalid(_("日期或时间填写有误"), hint=_("请从日历中选择。")) from None
