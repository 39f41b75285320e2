"""Binding a customer's WeChat (绑定微信): a QR code that is good for half an hour, and what follows its scanning."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet

from yilu.gateways.accounts import Trouble
from yilu.gateways.wechat import OfficialAccount
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import channels, events
from yilu.messaging.models import Address
from yilu.people import queries as people
from yilu.people.queries import Access

from .queueing import queue
from .wishes import address_indexes, keep_address_of

BIND_SALT: Final = "yilu.wechat.bind"
BINDS_FOR: Final = timedelta(minutes=30)
WECHAT: Final = "WECHAT"


class NoCodeNow(Refusal):
    """No official account is connected, or it does not answer."""

    code = "no_code_now"
    message = _("现在生成不了绑定二维码")
    hint = _("请稍后再试；没有绑定也会照常发短信和站内消息。")


@tx.use_case
def offer_binding(*, party_id: int, access: Access | None = None, actor: Ref, at: datetime) -> str:
    """
    The scene of a QR code that binds whoever scans it to this customer; that it was shown is recorded.

    The customer themselves, or staff who may look at them: they show it face to face.

    :raises NotAllowed: for anybody else. :raises PartyNotFound: not of one's offices.
    """
    _may(party_id, access, actor)
    journal.record(
        events.BindingOffered(channel=WECHAT), about=Ref("party", party_id), actor=actor, at=at,
        party=party_id,
    )  # fmt: skip
    return signing.dumps(party_id, salt=BIND_SALT)


def binding_link(scene: str) -> str:
    """
    What the QR code of a scene says: an address that opens our official account in WeChat.

    Asks WeChat, so never within a transaction. In the demo, where none is connected, a page plays its part.

    :raises NoCodeNow: none is connected, or it does not answer.
    """
    account = channels.available().get(WECHAT)
    interface = getattr(account, "interface", None)
    if isinstance(interface, OfficialAccount):
        try:
            return interface.code_of(scene, int(BINDS_FOR.total_seconds()))
        except Trouble:
            raise NoCodeNow from None
    if settings.DEMO:
        return f"{settings.PUBLIC_URL}/demo/wechat?scene={scene}"
    raise NoCodeNow


def can_bind() -> bool:
    """Whether there is an official account to bind to."""
    account = channels.available().get(WECHAT)
    return settings.DEMO or isinstance(getattr(account, "interface", None), OfficialAccount)


@tx.use_case
def bind_wechat(*, scene: str, address: str, at: datetime) -> bool:
    """
    Somebody scanned: from now on this account is the customer's; False for a code that is forged or too old.

    The customer is told by text message, never by the account that was just bound: whoever did not do it
    calls us. The same account again changes nothing.
    """
    party_id = _scanned(scene)
    if party_id is None or not address.strip():
        return False
    who = Ref("party", party_id)
    if not keep_address_of(who, WECHAT, address, at):
        return True
    fact = events.AddressBound(channel=WECHAT)
    journal.record(fact, about=who, actor=who, at=at, party=party_id)
    queue("people.wechat_bound", to=who, about=who, at=at)
    return True


@tx.use_case
def unbind_wechat(*, party_id: int, access: Access | None = None, actor: Ref, at: datetime) -> None:
    """
    Nothing goes to the customer's WeChat any more; twice is once.

    :raises NotAllowed, PartyNotFound: as for ``offer_binding``.
    """
    _may(party_id, access, actor)
    who = str(Ref("party", party_id))
    _end(Address.objects.filter(recipient=who, channel=WECHAT, until=None), actor, at)


@tx.use_case
def unfollow(*, address: str, at: datetime) -> bool:
    """Somebody left the account (取消关注): nothing goes there any more; True if it was known."""
    indexes = address_indexes(WECHAT, address)
    known = Address.objects.filter(channel=WECHAT, address_index__in=indexes, until=None)
    return _end(known, None, at)


def _may(party_id: int, access: Access | None, actor: Ref) -> None:
    """Whether somebody may do this for a customer."""
    if access is not None:
        access.require("people.view")
        people.see_party(access, party_id)
    elif actor != Ref("party", party_id):
        raise NotAllowed


def _end(bound: QuerySet[Address], actor: Ref | None, at: datetime) -> bool:
    """Those addresses end, and the journal knows; whether there were any. Without an actor it was their owner."""
    ended = False
    for row in bound.select_for_update().order_by("pk"):
        Address.objects.filter(pk=row.pk).update(until=at)
        who, fact = Ref.parse(row.recipient), events.AddressUnbound(channel=WECHAT)
        party = who.id if who.kind == "party" else None
        journal.record(fact, about=who, actor=actor or who, at=at, party=party)
        ended = True
    return ended


def _scanned(scene: str) -> int | None:
    """Whom the code that was scanned belongs to: signed by us, half an hour valid."""
    try:
        party_id = signing.loads(scene, salt=BIND_SALT, max_age=BINDS_FOR)
    except signing.BadSignature:
        return None
    return party_id if isinstance(party_id, int) else None
