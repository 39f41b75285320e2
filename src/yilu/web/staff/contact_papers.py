"""来信附件: what came with a letter is looked at, page by page where it is a fax, and put into a claim by one click."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import operations as claims_operations
from yilu.claims import queries as claims
from yilu.contact import queries
from yilu.documents import queries as documents
from yilu.documents.operations import came_by_letter
from yilu.kernel.errors import Invalid
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, number_in
from yilu.web.staff.documents import shown
from yilu.web.staff.page import access_of

TONES_OVER = frozenset({"over", "bad"})
"""Claims that take no more papers are not offered; whoever names one all the same is refused by claims."""
FAX = "image/tiff"


def papers_of(talk: queries.ConversationView) -> tuple[documents.UploadView, ...]:
    """What came with the letters of a conversation, in the order of arrival."""
    return tuple(
        paper for each in queries.letters_of(talk.id) for paper in documents.list_uploads(each)
    )


def beside(talk: queries.ConversationView, *, may_hand_in: bool) -> dict[str, Any]:
    """What the page needs to put papers into a claim: those of them, the customer's claims, the kinds."""
    found = papers_of(talk) if talk.channel in queries.LETTERS else ()
    mine = claims.list_for_party(talk.party_id) if found and talk.party_id else ()
    return {
        "paper_rows": [
            (each, range(1, each.pages + 1) if each.media_type == FAX else ()) for each in found
        ],
        "paper_claims": [card for card in mine if card.tone not in TONES_OVER],
        "paper_kinds": documents.FILE_KINDS, "may_hand_in": may_hand_in,
    }  # fmt: skip


def _paper(request: HttpRequest, conversation_id: int, upload_id: int) -> documents.UploadView:
    """:raises UploadNotFound: it did not come with this conversation's letters."""
    found = queries.get_for_staff(conversation_id, access_of(request))
    seen = documents.get_upload(upload_id)
    if seen.about not in queries.letters_of(found.id):
        raise documents.UploadNotFound
    return seen


@require_GET
@staff_only(right="contact.view")
def paper(request: HttpRequest, conversation_id: int, upload_id: int) -> HttpResponse:
    """What came with a letter: shown where it is a picture or PDF, a fax by its ``?page=``, else saved."""
    seen = _paper(request, conversation_id, upload_id)
    if page := whole(request.GET.get("page")):
        return HttpResponse(documents.preview(seen.id, page), content_type="image/png")
    return shown(seen)


@require_POST
@staff_only(right="contact.handle")
def to_claim(request: HttpRequest, conversation_id: int, upload_id: int) -> HttpResponse:
    """Put it into a claim of the customer who wrote: read like any other paper. Twice is once."""
    with telling(request):
        seen = _paper(request, conversation_id, upload_id)
        talk = queries.get_for_staff(conversation_id, access_of(request))
        number = number_in(request, "claim")
        mine = claims.list_for_party(talk.party_id) if talk.party_id else ()
        if number not in {card.id for card in mine}:
            raise Invalid(
                _("这不是这位客户的赔案"), hint=_("请先认出来信的是哪位客户，再选他（她）的赔案。")
            )
        content, _media = documents.open_file(seen.id)
        told = claims_operations.Paper(
            request.POST.get("kind", ""), seen.filename, content, f"letter:{seen.id}"
        )
        card = next(card for card in mine if card.id == number)
        claims_operations.hand_in_documents(
            claim_id=number, papers=[told],
            receipt=came_by_letter(seen.received_on, card.begun_on, timezone.localdate()),
            **acting(request),
        )  # fmt: skip
        messages.success(request, _("已放进赔案 %(number)s，正在识别。") % {"number": card.number})
    return redirect("staff:contact_conversation", conversation_id)
