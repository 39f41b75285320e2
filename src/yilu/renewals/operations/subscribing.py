"""A customer's own calendar of due dates: opened, changed, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.renewals import events
from yilu.renewals.models import CalendarFeed

ALARM_DAYS = (0, 1, 3, 7, 15, 30)
TOKEN_BYTES = 32


class BadAlarms(Invalid):
    """Alarms are on the day or some days before."""

    code = "bad_alarms"
    message = _("请在列出的提醒时间中选择")


@tx.use_case
def open_calendar(
    *,
    party_id: int,
    alarm_days: Sequence[int],
    shows_amounts: bool,
    shows_products: bool,
    actor: Ref,
    at: datetime,
) -> str:
    """
    Subscribe a person to their due dates; the token of the address, told this once.

    An address from before no longer answers. :raises BadAlarms: another number of days.
    """
    alarms = sorted(set(alarm_days))
    if not set(alarms) <= set(ALARM_DAYS):
        raise BadAlarms
    _revoke(party_id, at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    CalendarFeed.objects.create(
        party_id=party_id, token_digest=digest_of(token), alarm_days=alarms,
        shows_amounts=shows_amounts, shows_products=shows_products, made_at=at,
    )  # fmt: skip
    about = Ref("party", party_id)
    journal.record(events.CalendarOpened(), about=about, actor=actor, at=at, party=party_id)
    return token


@tx.use_case
def revoke_calendar(*, party_id: int, actor: Ref, at: datetime) -> bool:
    """Stop the address from answering; whether there was one."""
    if not _revoke(party_id, at):
        return False
    about = Ref("party", party_id)
    journal.record(events.CalendarRevoked(), about=about, actor=actor, at=at, party=party_id)
    return True


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _revoke(party_id: int, at: datetime) -> int:
    return CalendarFeed.objects.filter(party_id=party_id, revoked_at=None).update(revoked_at=at)
