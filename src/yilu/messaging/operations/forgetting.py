"""A person was erased: what we wrote to them, what they wrote to us, and where they are reached."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging.models import Address, Message, Part, Preference, Reply
from yilu.messaging.operations.wishes import address_indexes
from yilu.people import operations as people


@tx.step
def attribute(party_id: int, addresses: tuple[str, ...]) -> None:
    """What came from somebody's own addresses and was put to nobody is theirs: it goes with them."""
    indexes = [
        index
        for channel in ("SMS", "SMTP")
        for each in addresses
        for index in address_indexes(channel, each)
    ]
    Reply.objects.filter(party_id=None, address_index__in=indexes).update(party_id=party_id)


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Words and addresses go; that something was sent, when and how stays. What waits is not sent any more."""
    names = [str(Ref("party", party_id)) for party_id in party_ids]
    written = Message.objects.filter(Q(recipient__in=names) | Q(copy_of__recipient__in=names))
    written.filter(state=Message.State.QUEUED).update(state=Message.State.SUPPRESSED)
    Part.objects.filter(message__in=written).update(address_index="")
    people.empty(written, secrets=b"", facts={}, title="", text="")
    _empty_replies(Reply.objects.filter(party_id__in=party_ids))
    Address.objects.filter(recipient__in=names).delete()
    Preference.objects.filter(recipient__in=names).delete()


@tx.step
def forget_replies(reply_ids: Sequence[int]) -> None:
    """These letters were found to be of somebody who was erased: their words and where they came from go."""
    _empty_replies(Reply.objects.filter(pk__in=reply_ids))


def _empty_replies(replies: QuerySet[Reply]) -> None:
    people.empty(replies, "address", "text", address_index="")
