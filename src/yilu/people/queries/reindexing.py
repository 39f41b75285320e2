"""Blind indexes that other rooms keep, made anew from what this room can open (换密钥)."""

from __future__ import annotations

from collections.abc import Collection

from yilu.kernel import sealing, tx
from yilu.people.models import BankAccount

NUMBER_PLACE, PHONE_PLACE = "people_bankaccount.number", "people_party.phone"


def account_indexes(account_ids: Collection[int]) -> dict[int, str]:
    """The index of each account's number under the newest key."""
    numbers = BankAccount.objects.filter(pk__in=account_ids).values_list("pk", "number")
    return {
        id: sealing.blind_index(sealing.unseal(number, NUMBER_PLACE), "account")
        for id, number in numbers
    }


def newest_phone_indexes(party_ids: Collection[int]) -> dict[str, str]:
    """
    The index under the newest key by the index under any key of the ring, for every phone that one
    of these people has or had.
    """
    sealed = tx.rows(
        """
        select phone from people_party where id = any(%(ids)s::bigint[])
        union all
        select phone from people_partyevent where pgh_obj_id = any(%(ids)s::bigint[])
        """,
        {"ids": list(party_ids)},
    )
    phones = {sealing.unseal(phone, PHONE_PLACE) for (phone,) in sealed if phone}
    newest = {phone: sealing.blind_indexes(phone, "phone") for phone in phones}
    return {index: indexes[0] for indexes in newest.values() for index in indexes}
