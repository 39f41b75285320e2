"""When a customer's phone and account last changed: what a thief changes first (A36)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilu.journal import queries as journal
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people.models import BankAccount


@dataclass(frozen=True, slots=True)
class LatelyChanged:
    """The last day of each change; None where there was none. A first account is no change."""

    phone_on: date | None
    account_on: date | None


def lately_changed(party_id: int, account_id: int) -> LatelyChanged:
    """When the phone was last changed, and when this account took the place of, or came beside, another."""
    changes = (
        event.at
        for event in journal.timeline(Ref("party", party_id))
        if event.kind == "people.party_changed" and "phone" in event.facts.get("fields", ())
    )
    phone = next(changes, None)
    accounts = list(
        BankAccount.objects.filter(party_id=party_id).order_by("pk").values_list("pk", "added_at")
    )
    added = next((at for pk, at in accounts if pk == account_id), None)
    first = not accounts or accounts[0][0] == account_id
    return LatelyChanged(
        day_of(phone) if phone else None, day_of(added) if added and not first else None
    )
