"""
Two records of one person: found by what they share, looked at by one person, settled by another.

Nothing is merged by itself: a machine only asks people to look.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Double, Party
from yilu.people.operations import rows
from yilu.people.operations.merging import merge_as_step, part_as_step, require_same
from yilu.people.queries.doubles import RIGHT, DoubleNotFound
from yilu.people.queries.parties import PartyNotFound
from yilu.people.queries.personnel import head_office_id
from yilu.people.rules import doubles as rules
from yilu.people.rules.rights import Access

NAMESAKES = 50
"""With so many records of one sound and birth date, or one phone, the rest are not looked at."""
WHY_MIN = 4


class DoubleMoved(Refusal):
    """Somebody else settled it meanwhile, or it is not at this step."""

    code = "double_moved"
    message = _("这一对资料的状态已变化")
    hint = _("请刷新页面，看看现在到哪一步。")


class AnotherPersonConfirms(NotAllowed):
    """Whoever proposed it does not confirm it."""

    code = "another_person_confirms"
    message = _("提出的人不能自己复核")
    hint = _("请由另一位有客户建档权限的同事复核。")


class WhyMissing(Invalid):
    """Whoever merges, parts, sets apart or erases says why."""

    code = "why_missing"
    message = _("请写明理由")
    hint = _("写清核对了什么、凭什么判断，至少四个字，至多五百字。")


_COMPARE = f"""
    with due as (
        select party_id from people_searchkey where not compared
         order by party_id limit %(limit)s::int for update skip locked
    ), taken as (
        update people_searchkey k set compared = true from due where k.party_id = due.party_id
        returning k.party_id, k.sound, k.birth_date, k.id_tail, k.id_ends
    )
    select t.party_id, found.*
      from taken t left join lateral (
        select o.id, p.office_id, o.office_id as other_office, k.sound = t.sound,
               coalesce(p.birth_date = o.birth_date, false), coalesce(p.phone_index = o.phone_index, false),
               coalesce(t.id_tail = k.id_tail or t.id_ends = k.id_ends, false),
               coalesce(p.identity_kind = o.identity_kind and p.identity_index <> o.identity_index, false),
               coalesce(p.birth_date <> o.birth_date, false)
          from people_party p
         cross join lateral (
               (select party_id as id from people_searchkey
                 where sound = t.sound and birth_date = t.birth_date limit {NAMESAKES})
               union (select party_id from people_searchkey where id_tail = t.id_tail limit {NAMESAKES})
               union (select party_id from people_searchkey where id_ends = t.id_ends limit {NAMESAKES})
               union (select id from people_party where phone_index = p.phone_index limit {NAMESAKES})) c
          join people_searchkey k on k.party_id = c.id
          join people_party o on o.id = c.id and o.id <> p.id and o.kind = 'PERSON'
           and o.merged_into_id is null and o.erased_at is null
         where p.id = t.party_id and p.merged_into_id is null and p.erased_at is null) found on true
"""


@tx.use_case
def find_doubles(*, at: datetime, limit: int = 200) -> int:
    """
    Look at records that are new or changed beside all others, by index; how many were looked at.

    Pairs that may be one person become ``SUSPECTED``; a pair people once settled is not brought up again.
    """
    found = tx.rows(_COMPARE, {"limit": limit})
    for party_id, other_id, office_id, _other_office, *shared in found:
        if other_id is not None and (why := rules.grounds(rules.Shared(*shared))):
            _suspect(party_id, other_id, office_id, why, SYSTEM, at)
    return len({row[0] for row in found})


@tx.use_case
def name_double(*, party_id: int, other_id: int, access: Access, actor: Ref, at: datetime) -> int:
    """
    A colleague says that two records may be one person (登记疑似重复); the pair's id, also of one known already.

    :raises PartyNotFound: one of them is beyond the asker's offices, or is not there.
    """
    both = {
        p.pk: p
        for p in Party.objects.filter(
            pk__in={party_id, other_id}, merged_into=None, erased_at=None,
            office_id__in=access.offices_for(RIGHT),
        )
    }  # fmt: skip
    if len(both) < 2:
        raise PartyNotFound()
    made = _suspect(party_id, other_id, both[party_id].office_id, ("STAFF",), actor, at)
    if made is None:
        first, second = sorted((party_id, other_id))
        made = Double.objects.values_list("pk", flat=True).get(first=first, second=second)
    return made


@tx.use_case
def propose_merge(
    *, double_id: int, keeps_id: int, why: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say that the two are one person, and which record is to stand (提出合并); nothing changes yet.

    :raises NotTheSamePerson: names, dates of birth or numbers of one kind differ: mend the mistyped one first.
    """
    double = _hold(double_id, access, "SUSPECTED", "DISTINCT", "PARTED")
    pair = {double.first_id: double.first, double.second_id: double.second}
    if keeps_id not in pair:
        raise DoubleNotFound
    if any(p.merged_into_id or p.erased_at for p in pair.values()):
        raise DoubleMoved
    require_same(double.first, double.second)
    _go(double, "PROPOSED", asked=(actor, at, reason_told(why)), keeps_id=keeps_id)
    other = double.second_id if keeps_id == double.first_id else double.first_id
    fact = events.MergeProposed(
        party_id=other, into_party_id=keeps_id, office_id=_office_of(double)
    )
    _say(double, fact, actor, at)


@tx.use_case
def confirm_merge(*, double_id: int, why: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Another person agrees: the records become one (复核合并), by ``merge_as_step`` with its refusals.

    :raises AnotherPersonConfirms: whoever proposed it.
    """
    double = _hold(double_id, access, "PROPOSED")
    reason = reason_told(why)
    _another(double, actor)
    keeps = double.keeps_id or 0
    other = double.second_id if keeps == double.first_id else double.first_id
    filled = merge_as_step(party_id=other, into_party_id=keeps, actor=actor, at=at)
    _go(double, "MERGED", decided=(actor, at, reason), filled=list(filled))
    _say(double, events.DoubleSettled(outcome="MERGED"), actor, at)


@tx.use_case
def call_distinct(*, double_id: int, why: str, access: Access, actor: Ref, at: datetime) -> None:
    """Say that they are two people (不是同一人): it is not brought up again by itself."""
    double = _hold(double_id, access, "SUSPECTED")
    _go(double, "DISTINCT", decided=(actor, at, reason_told(why)))
    _say(double, events.DoubleSettled(outcome="DISTINCT"), actor, at)


@tx.use_case
def send_back(*, double_id: int, why: str, access: Access, actor: Ref, at: datetime) -> None:
    """Do not agree to a proposed merger or parting (退回): it stays as it was, with the reason."""
    double = _hold(double_id, access, "PROPOSED", "PARTING")
    back = "SUSPECTED" if double.state == "PROPOSED" else "MERGED"
    # A merger that stands keeps the two who made it; a proposal that fell through keeps its answer.
    if back == "SUSPECTED":
        _go(double, back, decided=(actor, at, reason_told(why)))
    else:
        reason_told(why)
        _go(double, back)
    _say(double, events.DoubleSettled(outcome=back), actor, at)


@tx.use_case
def ask_to_part(*, double_id: int, why: str, access: Access, actor: Ref, at: datetime) -> None:
    """Say that a merger was a mistake (提出拆开); nothing changes until another one agrees."""
    double = _hold(double_id, access, "MERGED")
    _go(double, "PARTING", asked=(actor, at, reason_told(why)))
    other, keeps = _merged(double)
    fact = events.PartingAsked(party_id=other, from_party_id=keeps, office_id=_office_of(double))
    _say(double, fact, actor, at)


@tx.use_case
def confirm_parting(*, double_id: int, why: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Another person agrees: the records stand for themselves again (复核拆开), by ``part_as_step``.

    :raises AnotherPersonConfirms: whoever asked for it.
    """
    double = _hold(double_id, access, "PARTING")
    reason = reason_told(why)
    _another(double, actor)
    other, keeps = _merged(double)
    part_as_step(
        party_id=other, from_party_id=keeps, filled=tuple(double.filled), actor=actor, at=at
    )
    _go(double, "PARTED", decided=(actor, at, reason), filled=[])
    _say(double, events.DoubleSettled(outcome="PARTED"), actor, at)


def _suspect(
    party_id: int, other_id: int, office_id: int, why: tuple[str, ...], actor: Ref, at: datetime
) -> int | None:
    first, second = sorted((party_id, other_id))
    made = rows.add(
        Double, first_id=first, second_id=second, office_id=office_id, grounds=_json(why), found_at=at,
        filled=_json(()),
    )  # fmt: skip
    if made is not None:
        fact = events.DoubleFound(first_id=first, second_id=second, grounds=why)
        journal.record(fact, about=Ref("double", made), actor=actor, at=at, party=first)
    return made


def _json(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def _hold(double_id: int, access: Access, *states: str) -> Double:
    double = (
        Double.objects.select_for_update(of=("self",))
        .select_related("first", "second")
        .filter(pk=double_id)
        .first()
    )
    if double is None or not all(
        access.may(RIGHT, office_id=p.office_id) for p in (double.first, double.second)
    ):
        raise DoubleNotFound
    if double.state not in states:
        raise DoubleMoved
    return double


def _office_of(double: Double) -> int:
    """Whose work it is to look: the office of both records, the head office where they lie in two."""
    if double.first.office_id == double.second.office_id:
        return double.first.office_id
    return head_office_id() or double.first.office_id


def _another(double: Double, actor: Ref) -> None:
    if str(actor) == double.asked_by:
        raise AnotherPersonConfirms


def _merged(double: Double) -> tuple[int, int]:
    """The record that went, and the one that stands for it now, which later mergers may have moved."""
    one = double.second if double.keeps_id == double.first_id else double.first
    if one.merged_into_id is None:
        raise DoubleMoved
    return one.pk, one.merged_into_id


def reason_told(why: str) -> str:
    """The reason as it is kept. :raises WhyMissing: none, or too short or long to be one."""
    told = why.strip()
    if not WHY_MIN <= len(told) <= 500:
        raise WhyMissing
    return told


def _go(
    double: Double,
    state: str,
    *,
    asked: tuple[Ref, datetime, str] | None = None,
    decided: tuple[Ref, datetime, str] | None = None,
    **more: Any,
) -> None:
    changes: dict[str, Any] = {"state": state, **more}
    if asked:
        changes |= {"asked_by": str(asked[0]), "asked_at": asked[1], "asked_why": asked[2]}
        changes |= {"decided_by": "", "decided_at": None, "decided_why": ""}
    if decided:
        changes |= {
            "decided_by": str(decided[0]),
            "decided_at": decided[1],
            "decided_why": decided[2],
        }
    Double.objects.filter(pk=double.pk).update(**changes)


def _say(double: Double, fact: Any, actor: Ref, at: datetime) -> None:
    journal.record(
        fact, about=double.ref, actor=actor, at=at, party=double.keeps_id or double.first_id
    )
