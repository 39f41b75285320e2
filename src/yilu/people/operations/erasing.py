"""
Erase a customer (删除客户资料; 个保法 47): one person proposes, another agrees, and only where no law keeps anything.

This room erases its own rows at once; the others hear ``PartyErased`` and erase theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed, Refusal, Stale
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import DataRequest, Erasure
from yilu.people.operations import rows
from yilu.people.operations.doubles import reason_told
from yilu.people.queries.doubles import records_of
from yilu.people.queries.erasing import what_keeps
from yilu.people.queries.parties import get_contacts, parties_calling_from
from yilu.people.queries.privacy import DataRequestNotFound
from yilu.people.rules.erasing import digest
from yilu.people.rules.rights import Access

RIGHT = "people.register"
ERASED_ANSWER = _("已删除")


_BEFORE: list[Callable[[int, tuple[str, ...]], None]] = []


def before_erasing(
    told: Callable[[int, tuple[str, ...]], None],
) -> Callable[[int, tuple[str, ...]], None]:
    """
    Call this step with somebody's id, phones and e-mail addresses just before they are erased.

    For what is found by an address alone: afterwards nobody knows which it was. Registered in ``reactions.py``.
    """
    _BEFORE.append(told)
    return told


class MustBeKept(Refusal):
    """Something is open, or the law wants the records kept for some time yet."""

    code = "must_be_kept"
    message = _("名下还有未办结的事项，或法定保存期限未满，不能删除")
    hint = _(
        "页面上列出了须保存什么、到何时、依据哪条规定。可先停用营销授权、删去不再需要的联系方式，并如实答复客户。"
    )


class AlreadyProposed(Refusal):
    """Somebody proposed it already: it waits for another person."""

    code = "erasure_proposed"
    message = _("已经有人提出删除，正等另一位同事复核")


class NothingProposed(Refusal):
    """Nobody proposed it, or it was settled meanwhile."""

    code = "erasure_settled"
    message = _("没有待复核的删除提议，或已有人处理")
    hint = _("请刷新页面，看看现在到哪一步。")


class AnotherPersonErases(NotAllowed):
    """Whoever proposed it does not confirm it."""

    code = "another_person_erases"
    message = _("提出删除的人不能自己复核")
    hint = _("请由另一位有客户建档权限的同事复核。")


class ErasureStale(Stale):
    """What keeps the person's data is not what it was when this was proposed."""

    code = "erasure_stale"
    message = _("提出删除以后，这位客户名下的情况有变化")
    hint = _("请退回，由同事重新核对后再提出。")


@tx.use_case
def propose_erasure(*, request_id: int, why: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Propose to erase whoever asked for it by an open request (提出删除); nothing is erased yet.

    :raises DataRequestNotFound: none open, of another kind, or another office's: the same words.
    :raises MustBeKept: something is open or must be kept (``queries.what_keeps``).
    :raises AlreadyProposed: it waits for somebody already. :raises WhyMissing: no reason.
    """
    request = _asked(request_id, access)
    told = reason_told(why)
    made = rows.add(
        Erasure, party_id=request.party_id, request_id=request_id, seen=_look(request.party_id, at),
        asked_by=str(actor), asked_at=at, asked_why=told,
    )  # fmt: skip
    if made is None:
        raise AlreadyProposed
    _say(events.ErasureProposed(office_id=request.party.office_id), request, actor, at)


@tx.use_case
def confirm_erasure(*, request_id: int, why: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Another person agrees (复核删除): the data is erased and the request answered, both or neither.

    The person cannot be told afterwards: nothing that would reach them is left.

    :raises AnotherPersonErases: whoever proposed it. :raises MustBeKept: as for proposing.
    :raises ErasureStale: what keeps the data changed since. :raises NothingProposed: none waits.
    """
    request = _asked(request_id, access)
    proposed = _waiting(request_id)
    reason_told(why)
    if proposed.asked_by == str(actor):
        raise AnotherPersonErases
    if _look(request.party_id, at) != proposed.seen:
        raise ErasureStale
    _settle(proposed, "DONE", actor, at)
    DataRequest.objects.filter(pk=request_id).update(
        state="DONE", answer=ERASED_ANSWER, closed_at=at
    )
    _say(events.ErasureSettled(outcome="DONE"), request, actor, at)
    closed = events.DataRequestClosed(request_id=request_id, kind=request.kind, outcome="DONE")
    _say(closed, request, actor, at)
    _erase(request.party_id, actor, at)


@tx.use_case
def send_erasure_back(
    *, request_id: int, why: str, access: Access, actor: Ref, at: datetime
) -> None:
    """Do not agree (退回), or take one's own proposal back, with the reason; the request stays open."""
    request = _asked(request_id, access)
    proposed = _waiting(request_id)
    _settle(proposed, "SENT_BACK", actor, at, reason_told(why))
    _say(events.ErasureSettled(outcome="SENT_BACK"), request, actor, at)


@tx.step
def let_erasure_lapse(request: DataRequest, *, actor: Ref, at: datetime) -> None:
    """The request is answered otherwise or taken back: what was proposed for it is void."""
    waiting = Erasure.objects.select_for_update().filter(request_id=request.pk, state="PROPOSED")
    for proposed in waiting:
        _settle(proposed, "LAPSED", actor, at)
        _say(events.ErasureSettled(outcome="LAPSED"), request, actor, at)


def _asked(request_id: int, access: Access) -> DataRequest:
    request = (
        DataRequest.objects.select_for_update(of=("self", "party"))
        .select_related("party")
        .filter(
            pk=request_id,
            state="OPEN",
            kind="DELETE",
            party__erased_at=None,
            party__merged_into=None,
        )
        .first()
    )
    if request is None or not access.may(RIGHT, office_id=request.party.office_id):
        raise DataRequestNotFound
    return request


def _waiting(request_id: int) -> Erasure:
    found = Erasure.objects.select_for_update().filter(request_id=request_id, state="PROPOSED")
    proposed: Erasure | None = found.first()
    if proposed is None:
        raise NothingProposed
    return proposed


def _look(party_id: int, at: datetime) -> str:
    """:raises MustBeKept: while anything keeps the data; else the digest of what once did."""
    found = what_keeps(party_id, day_of(at))
    if any(each.stands(day_of(at)) for each in found):
        raise MustBeKept
    return digest(found)


def _settle(proposed: Erasure, state: str, actor: Ref, at: datetime, why: str = "") -> None:
    Erasure.objects.filter(pk=proposed.pk).update(
        state=state, decided_by=str(actor), decided_at=at, decided_why=why
    )


def _say(fact: object, request: DataRequest, actor: Ref, at: datetime) -> None:
    about = Ref("data_request", request.pk)
    journal.record(fact, about=about, actor=actor, at=at, party=request.party_id)


def _own_addresses(ids: list[int]) -> tuple[str, ...]:
    """Phones and e-mail addresses of the person; a phone somebody else has as well is the family's, not theirs."""
    found: set[str] = set()
    for ref, contact in get_contacts(Ref("party", pk) for pk in ids).items():
        found.add(contact.email.lower())
        if set(parties_calling_from(contact.phone)) <= {ref.id, *ids}:
            found.add(contact.phone)
    return tuple(sorted(found - {""}))


@tx.step
def _erase(party_id: int, actor: Ref, at: datetime) -> None:
    """
    Erase what this room has, the kept earlier versions of it included.

    The id, the events and the dates of consents, requests and proposals remain: they name nobody.
    """
    # Records that were merged into this one hold the same person's particulars.
    ids = list(records_of(party_id))
    addresses = _own_addresses(ids)
    for told in _BEFORE:
        told(party_id, addresses)
    for statement in _ERASE:
        tx.changed(statement, {"ids": ids, "at": at})
    # The triggers have just kept the rows as they were: those go too, they are what must go.
    for statement in _FORGET:
        tx.changed(statement, {"ids": ids})
    journal.record(
        events.PartyErased(party_id=party_id),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip


_DOUBLES = """
    select id from people_double where first_id = any(%(ids)s::bigint[])
    union select id from people_double where second_id = any(%(ids)s::bigint[])
"""
_ERASE = (
    """
    update people_party set name = '已删除', sex = null, birth_date = null, identity_kind = null,
           identity = '', identity_index = null, phone = '', phone_index = null, email = '',
           signs_in = false, session_epoch = session_epoch + 1, erased_at = %(at)s
     where id = any(%(ids)s::bigint[])
    """,
    """
    update people_bankaccount set active = false, holder_name = '已删除', number = '',
           number_index = 'erased ' || id where party_id = any(%(ids)s::bigint[])
    """,
    f"update people_double set asked_why = '', decided_why = '', filled = '[]' where id in ({_DOUBLES})",
    """
    update people_datarequest set wish = '',
           answer = case when answer = '' then '' else '已删除' end where party_id = any(%(ids)s::bigint[])
    """,
    """
    update people_erasure set asked_why = '', decided_why = '' where party_id = any(%(ids)s::bigint[])
    """,
)
_FORGET = (
    "delete from people_searchkey where party_id = any(%(ids)s::bigint[])",
    "delete from people_identitycheck where party_id = any(%(ids)s::bigint[])",
    "delete from people_identitycheckevent where party_id = any(%(ids)s::bigint[])",
    "delete from people_decease where party_id = any(%(ids)s::bigint[])",
    "delete from people_servicepreference where party_id = any(%(ids)s::bigint[])",
    "delete from people_servicepreferenceevent where party_id = any(%(ids)s::bigint[])",
    "delete from people_onetimecode where audience <> 'agent' and owner_id = any(%(ids)s::bigint[])",
    "delete from people_partyevent where pgh_obj_id = any(%(ids)s::bigint[])",
    """
    delete from people_bankaccountevent
     where pgh_obj_id in (select id from people_bankaccount where party_id = any(%(ids)s::bigint[]))
    """,
    f"delete from people_doubleevent where pgh_obj_id in ({_DOUBLES})",
    """
    delete from people_erasureevent
     where pgh_obj_id in (select id from people_erasure where party_id = any(%(ids)s::bigint[]))
    """,
)
