"""A visit that is no claim's (上门办理): for who cannot come to us, about a request, a contract or just themselves."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from yilu.care.models import Visit
from yilu.kernel import sealing, tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.servicing import queries as servicing

from .refusals import BadVisit, HomeVisitOpen
from .visits import PLACE, say_asked

ORDERS = "servicing.call"
"""The right to order one for a customer."""


@tx.use_case
def ask_home_visit(
    *, party_id: int, place: str, wish: str = "", request_id: int | None = None,
    policy_id: int | None = None, access: Access | None = None, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Ask that somebody comes: the person themselves, or staff with ``servicing.call`` for them. The visit's id.

    At most one of ``request_id`` and ``policy_id`` says what about; with neither it is for whatever the
    person wants done. Whoever is near the person comes: the office that serves them arranges it.

    :raises PartyNotFound, RequestNotFound, PolicyNotFound: none, or not this person's.
    :raises BadVisit: no address, or a request that has ended. :raises HomeVisitOpen: one is under way.
    """
    if access is not None:
        access.require(ORDERS)
        person = people.see_party(access, party_id)
        access.require(ORDERS, office_id=person.office_id)
    elif actor == Ref("party", party_id):
        person = people.get_party(party_id)
    else:
        raise NotAllowed
    place, wish = place.strip(), wish.strip()
    if not 0 < len(place) <= 200 or len(wish) > 300:
        raise BadVisit(_("请填写地址或医院病房，不超过200字"))
    if request_id is not None and policy_id is not None:
        raise BadVisit(_("一次上门只选一件事；其他的写在要求里，来人一并办理。"))
    if request_id is not None:
        asked = servicing.get_for_customer(request_id, person.id, at)
        if not asked.open:
            raise BadVisit(_("这项申请已经办结，不需要再上门"))
    elif policy_id is not None and policy_id not in {
        each.id for each in policies.list_for_party(person.id)
    }:
        raise policies.PolicyNotFound
    try:
        with tx.savepoint():
            visit = Visit.objects.create(
                request_id=request_id, policy_id=policy_id, party_id=person.id,
                office_id=person.office_id, kind="SERVICE", wish=wish, place=sealing.seal(place, PLACE), asked_by=str(actor),
                asked_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise HomeVisitOpen from None
    say_asked(visit, actor, at)
    return visit.pk
