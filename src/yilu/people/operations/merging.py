"""Make two records answer as one (重复客户合并), and two of one again (拆开): the change itself, without the two people."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.people import events
from yilu.people.models import Party
from yilu.people.operations import following
from yilu.people.operations.party_changes import TakenMeanwhile, told_of
from yilu.people.operations.party_checks import NewParty, check
from yilu.people.operations.search_keys import keep_keys
from yilu.people.queries.parties import PartyNotFound
from yilu.people.rules.particulars import same_name

GAPS = ("identity_kind", "sex", "birth_date", "phone", "email", "agent_id")
"""What the standing record takes from the other where it has nothing itself; the number goes with its kind."""


class NotTheSamePerson(Invalid):
    """Two records whose names, dates of birth or identity numbers differ are two people."""

    code = "not_the_same_person"
    message = "两份资料不是同一人，不能合并"
    hint = "请核对姓名、出生日期和证件号码；一份录错的，先在保全里更正。"


@tx.use_case
def merge_parties(*, party_id: int, into_party_id: int, actor: Ref, at: datetime) -> None:
    """``merge_as_step`` as a use case of its own, for the platform itself; people go by ``confirm_merge``."""
    merge_as_step(party_id=party_id, into_party_id=into_party_id, actor=actor, at=at)


@tx.step
def merge_as_step(
    *, party_id: int, into_party_id: int, actor: Ref, at: datetime
) -> tuple[str, ...]:
    """
    Say that two records are one person: the first now answers as the second. Twice is once.

    What people keeps of the first (accounts, standing consents, requests) goes over at once, what other rooms
    keep soon after. What the second record lacked it takes from the first; which that was is returned. The
    first record's sessions end; if nobody could sign in as the second, its phone now signs in.

    :raises NotTheSamePerson: if names or dates of birth differ, or numbers of one kind.
    :raises PartyNotFound: one of them is not there, is erased, or was merged already.
    """
    one, other = _both(party_id, into_party_id)
    if one.merged_into_id == other.pk:
        return ()
    if one.merged_into_id or other.merged_into_id or one.erased_at or other.erased_at:
        raise PartyNotFound()
    require_same(one, other)
    signed_in = one.signs_in
    tx.changed(
        """
        update people_party set merged_into_id = %(into)s, signs_in = false,
               session_epoch = session_epoch + 1 where id = %(one)s or merged_into_id = %(one)s
        """,
        {"one": party_id, "into": into_party_id},
    )
    filled = _fill(one, other, signed_in=signed_in, at=at)
    if one.keep_until is not None:
        tx.changed(
            "update people_party set keep_until = greatest(keep_until, %s::date) where id = %s",
            [one.keep_until, other.pk],
        )
    following.move_own(party_id=party_id, into_id=into_party_id, at=at)
    journal.record(
        events.PartiesMerged(party_id=party_id, into_party_id=into_party_id),
        about=Ref("party", party_id), actor=actor, at=at, party=into_party_id,
    )  # fmt: skip
    return filled


@tx.step
def part_as_step(
    *, party_id: int, from_party_id: int, filled: tuple[str, ...], actor: Ref, at: datetime
) -> None:
    """
    Undo a merger: the record answers as itself again, and what came over goes back to it.

    What came about since the merger stays with the record that stood. A phone that came over signs in whom it
    came from again.

    :raises PartyNotFound: it is not merged into that record. :raises TakenMeanwhile: its identity number was
        registered for somebody else since.
    """
    one, other = _both(party_id, from_party_id)
    if one.merged_into_id != other.pk:
        raise PartyNotFound()
    gone: dict[str, Any] = {
        name: NewParty.__dataclass_fields__[name].default
        for name in filled
        if getattr(told_of(one), name) == getattr(told_of(other), name)
    }
    if "phone" in gone:  # first: nobody signs in without a phone
        tx.changed(
            "update people_party set signs_in = false, session_epoch = session_epoch + 1 where id = %s",
            [other.pk],
        )
    if gone:
        _keep(other, replace(told_of(other), **gone), at)
    try:
        with tx.savepoint():
            # Records that had been merged into this one before go with it.
            tx.changed(
                """
                update people_party p set merged_into_id = case when p.id = %(one)s then null else %(one)s end
                 where p.id = %(one)s or (p.merged_into_id = %(into)s and exists (
                       select from people_double d where d.keeps_id = %(one)s and d.state = 'MERGED'
                          and p.id in (d.first_id, d.second_id)))
                """,
                {"one": party_id, "into": from_party_id},
            )
    except IntegrityError:
        raise TakenMeanwhile() from None
    if "phone" in gone and other.signs_in:
        tx.changed("update people_party set signs_in = true where id = %s", [one.pk])
    journal.record(
        events.PartiesParted(party_id=party_id, from_party_id=from_party_id),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip


def require_same(one: Party, other: Party) -> None:
    """:raises NotTheSamePerson: names, dates of birth, or numbers of one kind differ."""
    told = [told_of(p) for p in (one, other)]
    numbers = {each.identity_number for each in told if each.identity_number}
    births = {each.birth_date for each in told if each.birth_date}
    same_kind = one.identity_kind == other.identity_kind
    if (
        one.kind != other.kind
        or (same_kind and len(numbers) > 1)
        or len(births) > 1
        or not same_name(one.name, other.name)
    ):
        raise NotTheSamePerson()


def _both(party_id: int, other_id: int) -> tuple[Party, Party]:
    ids = sorted({party_id, other_id})
    both = {p.pk: p for p in Party.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    if len(both) < 2:
        raise PartyNotFound()
    return both[party_id], both[other_id]


def _fill(one: Party, other: Party, *, signed_in: bool, at: datetime) -> tuple[str, ...]:
    has, lacks = told_of(one), told_of(other)
    gaps = {n: getattr(has, n) for n in GAPS if getattr(has, n) and not getattr(lacks, n)}
    if "identity_kind" in gaps:
        gaps["identity_number"] = has.identity_number
    if gaps:
        _keep(other, replace(lacks, **gaps), at)
    if signed_in and not other.signs_in and has.phone in (lacks.phone, gaps.get("phone")):
        tx.changed("update people_party set signs_in = true where id = %s", [other.pk])
    return tuple(sorted(gaps))


def _keep(party: Party, wanted: NewParty, at: datetime) -> None:
    checked = check(wanted, day_of(at))
    names = {f.name for f in fields(NewParty)} & set(checked.columns()) | {
        "identity", "identity_index", "phone_index",
    }  # fmt: skip
    columns = {k: v for k, v in checked.columns().items() if k in names}
    try:
        with tx.savepoint():
            Party.objects.filter(pk=party.pk).update(**columns)
    except IntegrityError:
        raise TakenMeanwhile() from None
    keep_keys(party.pk, checked)
