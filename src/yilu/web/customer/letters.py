"""我的文书: every letter we wrote to the customer, whatever it is about and whoever's case it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yilu.letters import operations as letter_operations
from yilu.letters import queries
from yilu.web.common import access
from yilu.web.common.files import pdf
from yilu.web.common.numbers import whole
from yilu.web.customer import pages

PAGE = 30


@access.customers_only
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The letters to the customer, newest first."""
    me = pages.me(request)
    found = queries.written_to(me.id, before=whole(request.GET.get("after")), limit=PAGE + 1)
    following = found[PAGE - 1].id if len(found) > PAGE else None
    return pages.show(
        request, "letters", {"letters": found[:PAGE], "following": following}, tab="me"
    )


@access.customers_only
@require_safe
def own_letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """
    One of them as PDF; opening it is recorded as its delivery.

    :raises LetterNotFound: unless it was written to the asker. :raises LetterNotReady: while it is being made.
    """
    me = pages.me(request)
    found = queries.find_letter(letter_id)
    if found is None or found.party_id != me.id:
        raise letter_operations.LetterNotFound
    opened = queries.open_letter(letter_id)
    letter_operations.mark_delivered(letter_id=letter_id, proof="APP", actor=me, at=timezone.now())
    return pdf(opened.content, opened.filename)
