"""After a new key was put first in the ring: seal everything again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.resealing import SealedColumn, reseal
from yilu.people import events

from .search_keys import build_search_keys

COLUMNS = (
    SealedColumn("people_party", "identity", "identity_index", "identity", "identity_kind"),
    SealedColumn("people_party", "phone", "phone_index", "phone"),
    SealedColumn("people_party", "email"),
    SealedColumn("people_bankaccount", "number", "number_index", "account"),
    SealedColumn("people_agent", "phone", "phone_index", "phone"),
    SealedColumn("people_agent", "email"),
    SealedColumn("people_staff", "phone"),
    SealedColumn("people_staff", "email"),
    SealedColumn("people_staff", "totp_secret"),
    SealedColumn("people_provider", "hook_secret"),
    SealedColumn("people_servicepreference", "address"),
    SealedColumn("people_onetimecode", "phone"),
    SealedColumn("people_servicepreferenceevent", "address"),
    # Earlier versions of rows hold sealed values too: without these a key could never be dropped.
    SealedColumn("people_partyevent", "identity", "identity_index", "identity", "identity_kind"),
    SealedColumn("people_partyevent", "phone", "phone_index", "phone"),
    SealedColumn("people_partyevent", "email"),
    SealedColumn("people_bankaccountevent", "number", "number_index", "account"),
    SealedColumn("people_agentevent", "phone", "phone_index", "phone"),
    SealedColumn("people_agentevent", "email"),
    SealedColumn("people_staffevent", "phone"),
    SealedColumn("people_staffevent", "email"),
    SealedColumn("people_staffevent", "totp_secret"),
)


_pass = reseal(*COLUMNS)


def reseal_all(*, at: datetime, batch: int = 500) -> int:
    """Seal every value of this room with the newest key (换密钥); how many were sealed anew."""
    total = 0
    while done := reseal_batch(at=at, limit=batch):
        total += done
    return total


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """
    Seal up to ``limit`` values anew with the newest key; 0 when nothing is outdated.

    Search keys that are missing or of an older edition are made anew last. Batches of their own
    transactions, so that work goes on beside it; it may be stopped and started at any time.
    """
    if count := _reseal_some(limit, at):
        return count
    last = 0
    while last := build_search_keys(after=last, limit=limit):
        pass
    return 0


@tx.use_case
def _reseal_some(limit: int, at: datetime) -> int:
    count = _pass.renew_some(limit)
    if count:
        journal.record(
            events.Resealed(table="people", rows=count), about=Ref("system", 0), actor=SYSTEM, at=at
        )
    return count
