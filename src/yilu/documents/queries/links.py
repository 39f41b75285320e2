"""Upload links: what one allows, and which a customer has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from yilu.documents.models import FILE_KINDS, UploadLink
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref

LINK_SALT = "yilu upload link"
_KIND_LABELS = dict(FILE_KINDS)


class UploadLinkNotValid(NotFound):
    """Wrong, expired or withdrawn: said in the same words."""

    code = "upload_link_not_valid"
    message = "链接无效或已过期"
    hint = "请联系您的理赔服务人员重新发送链接。"


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a link allows: for whom and what, and which documents until when."""

    id: int
    about: Ref
    party_id: int
    items: tuple[str, ...]
    item_labels: tuple[str, ...]
    expires_at: datetime
    withdrawn_at: datetime | None


def read_upload_link(token: str, *, at: datetime) -> LinkView:
    """
    What the link with this token allows at ``at``.

    :raises UploadLinkNotValid: in the same words for a wrong, an expired and a withdrawn link.
    """
    try:
        secret = signing.Signer(salt=LINK_SALT).unsign(token)
    except signing.BadSignature:
        raise UploadLinkNotValid from None
    index = hashlib.sha256(secret.encode()).hexdigest()
    link = UploadLink.objects.filter(secret_index=index).first()
    if link is None or link.withdrawn_at is not None or link.expires_at <= at:
        raise UploadLinkNotValid
    return _view(link)


def list_upload_links(about: Ref) -> tuple[LinkView, ...]:
    """Every link made about something, the latest first."""
    return tuple(
        _view(link) for link in UploadLink.objects.filter(subject=str(about)).order_by("-id")
    )


def _view(link: UploadLink) -> LinkView:
    return LinkView(
        link.pk,
        Ref.parse(link.subject),
        link.party_id,
        tuple(link.items),
        tuple(_KIND_LABELS[item] for item in link.items),
        link.expires_at,
        link.withdrawn_at,
    )
