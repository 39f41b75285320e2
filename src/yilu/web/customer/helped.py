"""视频帮我办: somebody at a seat helps with a claim's papers, face to face, asked for on the claim's own page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yilu.claims import queries as claims
from yilu.contact import operations as contact
from yilu.contact import queries as talks
from yilu.kernel.refs import Ref
from yilu.video import operations as video
from yilu.web.common import access
from yilu.web.common.templatetags.yilu import moment
from yilu.web.customer import pages

SKILL = "claims"
WISH = "视频帮我办：交理赔资料"
"""What the seat reads of why they come."""


@access.customers_only
@require_POST
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """
    Into the waiting room of a video session about this claim, and a seat is called; twice is once.

    While nobody is on duty nobody waits: the page says from when on somebody is there.
    """
    me, now = pages.me(request), timezone.now()
    card = claims.get_for_customer(claim_id, me.id)
    somebody = talks.opening(now)
    if not somebody.open:
        messages.info(request, _closed(somebody))
        return redirect("customer:documents", card.id)
    about = Ref("claim", card.id)
    token = video.wait(about=about, party_id=me.id, case_number=card.number, actor=me, at=now)
    contact.continue_in_chat(
        party_id=me.id, about=about, skill=SKILL, known={"wish": WISH}, actor=me, at=now
    )
    return redirect("customer:video", token)


def _closed(somebody: talks.Opening) -> str:
    if somebody.next_at is None:
        return _("现在没有客服人员在岗。您可以先自己拍照交资料，或拨打热线留言、预约回电。")
    return _(
        "现在没有客服人员在岗，%(at)s 起可以视频。您可以先自己拍照交资料，或拨打热线留言、预约回电。"
    ) % {"at": moment(somebody.next_at)}
