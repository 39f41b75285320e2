"""A signed link with which a customer hands in named documents without signing in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core import signing

from yilu.documents.events import UploadLinkMade
from yilu.documents.models import FILE_KINDS, UploadLink
from yilu.documents.operations.intake import UnknownKind, take_in
from yilu.documents.queries import LINK_SALT, UploadLinkNotValid, read_upload_link
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref


class LinkWithoutItems(Invalid):
    """A link must say what to hand in, and end some time."""

    code = "link_without_items"
    message = "请选择需要客户提交的资料"
    hint = "至少选择一种资料，并设定失效时间。"


class NotAskedFor(Invalid):
    """The link is for other documents."""

    code = "not_asked_for"
    message = "这个链接不能提交此类资料"
    hint = "请在列表中选择需要提交的资料。"


@tx.step
def make_upload_link(
    *,
    about: Ref,
    party_id: int,
    items: Sequence[str],
    expires_at: datetime,
    actor: Ref,
    at: datetime,
) -> str:
    """
    Make a link for a customer; returns the token to put in the address, which is kept nowhere.

    :raises LinkWithoutItems, UnknownKind: if nothing is asked for, or something we have no name for.
    """
    if not items or expires_at <= at:
        raise LinkWithoutItems
    if not set(items) <= set(dict(FILE_KINDS)):
        raise UnknownKind
    secret = secrets.token_urlsafe(18)
    link = UploadLink.objects.create(
        subject=str(about),
        party_id=party_id,
        secret_index=hashlib.sha256(secret.encode()).hexdigest(),
        items=list(dict.fromkeys(items)),
        expires_at=expires_at,
        made_by=str(actor),
        made_at=at,
    )
    journal.record(
        UploadLinkMade(link_id=link.pk, items=tuple(link.items), expires_at=expires_at.isoformat()),
        about=about,
        actor=actor,
        at=at,
        party=party_id,
    )
    return signing.Signer(salt=LINK_SALT).sign(secret)


@tx.use_case
def hand_in_through_link(
    *, token: str, kind: str, filename: str, content: bytes, at: datetime, request_key: str = ""
) -> int:
    """
    Take a file in through a link, as the customer it was made for. Returns the upload's id.

    :raises UploadLinkNotValid: in the same words for a wrong, an expired and a withdrawn link.
    :raises NotAskedFor: for a kind the link does not name; and as ``take_in``.
    """
    link = read_upload_link(token, at=at)
    if kind not in link.items:
        raise NotAskedFor
    return take_in(
        about=link.about,
        party_id=link.party_id,
        kind=kind,
        filename=filename,
        content=content,
        actor=Ref("party", link.party_id),
        at=at,
        request_key=request_key,
    )


@tx.step
def withdraw_upload_links(*, about: Ref, at: datetime) -> int:
    """Make every open link about something invalid, as when its claim closes; returns how many."""
    return UploadLink.objects.filter(
        subject=str(about), withdrawn_at=None, expires_at__gt=at
    ).update(withdrawn_at=at)


__all__ = [
    "LinkWithoutItems",
    "NotAskedFor",
    "UploadLinkNotValid",
    "hand_in_through_link",
    "make_upload_link",
    "withdraw_upload_links",
]
