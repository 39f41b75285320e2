"""电子保单: open the policy's document and sign for it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.letters import operations as letter_operations
from yilu.letters import queries as letters
from yilu.letters.queries import LetterView
from yilu.policies import queries as policies
from yilu.policies.operations import documenting
from yilu.web.common import access
from yilu.web.common.errors import tell_refused
from yilu.web.common.files import pdf
from yilu.web.customer import pages


def latest(policy_id: int, party_id: int) -> LetterView | None:
    """The newest document of a policy written to its holder; None where there is none."""
    found = [
        each
        for each in letters.list_letters(Ref("policy", policy_id))
        if each.kind == documenting.KIND and each.party_id == party_id
    ]
    return found[-1] if found else None


@access.customers_only
@require_safe
def document(request: HttpRequest, policy_id: int) -> HttpResponse:
    """
    The policy as PDF; opening it is recorded as its delivery.

    :raises PolicyNotFound: another's policy. :raises LetterNotFound: there is no document of it.
    """
    me = pages.me(request)
    policies.get_for_party(policy_id, me.id)
    found = latest(policy_id, me.id)
    if found is None:
        raise letter_operations.LetterNotFound
    opened = letters.open_letter(found.id)
    letter_operations.mark_delivered(letter_id=found.id, proof="APP", actor=me, at=timezone.now())
    return pdf(opened.content, opened.filename)


def others(policy_id: int, party_id: int) -> list[LetterView]:
    """What else was written to somebody about a policy: yearly reports, notices; the latest first."""
    found = letters.list_letters(Ref("policy", policy_id))
    return [n for n in reversed(found) if n.kind != documenting.KIND and n.party_id == party_id]


def rescission(policy: policies.PolicyCard, party_id: int) -> LetterView | None:
    """The letter that told the holder of a rescission; it belongs to the claim in which that was decided."""
    if policy.state != "TERMINATED" or "HOLDER" not in policy.roles:
        return None
    return letters.latest_of_contract(party_id, "RESCISSION", policy.number)


@access.customers_only
@require_safe
def letter(request: HttpRequest, policy_id: int, letter_id: int) -> HttpResponse:
    """
    A yearly report or a notice as PDF; opening it is recorded as its delivery.

    :raises PolicyNotFound: another's policy. :raises LetterNotFound: not a letter of theirs about it.
    """
    me = pages.me(request)
    policies.get_for_party(policy_id, me.id)
    if letter_id not in {each.id for each in others(policy_id, me.id)}:
        raise letter_operations.LetterNotFound
    opened = letters.open_letter(letter_id)
    letter_operations.mark_delivered(letter_id=letter_id, proof="APP", actor=me, at=timezone.now())
    return pdf(opened.content, opened.filename)


@access.customers_only
@require_POST
def receipt(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Sign for the contract: the cooling-off period runs from today. :raises PolicyNotFound: another's."""
    me = pages.me(request)
    policies.get_for_party(policy_id, me.id)
    found = latest(policy_id, me.id)
    try:
        if found is None:
            raise letter_operations.LetterNotFound
        documenting.sign_receipt(
            policy_id=policy_id, letter_id=found.id, party_id=me.id, at=timezone.now()
        )
        messages.success(request, gettext("已签收。犹豫期从明天起算。"))
    except (documenting.NotReadYet, letter_operations.LetterNotFound) as refused:
        _say(request, refused)
    return redirect("customer:policy", policy_id=policy_id)


def _say(request: HttpRequest, refused: Refusal) -> None:
    tell_refused(request, refused)
