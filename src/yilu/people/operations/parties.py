"""Register customers and their kin, one or a thousand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import events
from yilu.people.operations.party_checks import (
    BadParticulars,
    Checked,
    NewParty,
    check,
    check_places,
    taken,
)
from yilu.people.operations.search_keys import keys_of

BULK_MAX = 1000


class AlreadyRegistered(Refusal):
    """Somebody with this identity number is a customer already: use that record."""

    code = "already_registered"
    message = "该证件号码已建档"
    hint = "请按证件号码查询已有客户，不要重复建档。"


@tx.use_case
def register_party(*, actor: Ref, at: datetime, **told: Any) -> int:
    """
    Register somebody (客户建档) and return the id; the other keywords are those of ``NewParty``.

    The first grown-up with a mobile phone signs in with it; others of the family may share it.

    :raises BadParticulars: with what is wrong. :raises AlreadyRegistered: the identity number is
        known.
    """
    return _register([NewParty(**told)], actor, at)[0]


@tx.use_case
def register_parties(*, parties: Sequence[NewParty], actor: Ref, at: datetime) -> list[int]:
    """
    Register up to 1,000 at once, all or none, with the checks of ``register_party``; ids in order.

    A fixed number of statements however many they are.
    """
    if len(parties) > BULK_MAX:
        raise ValueError(f"at most {BULK_MAX} at a time")
    return _register(parties, actor, at) if parties else []


@tx.step
def register_kin(*, actor: Ref, at: datetime, **told: Any) -> int:
    """
    ``register_party`` inside another room's use case: somebody a customer names, such as a beneficiary.

    :raises BadParticulars, AlreadyRegistered: as there.
    """
    return _register([NewParty(**told)], actor, at)[0]


_INSERT = """
    with told as (
        select * from json_to_recordset(%s::json) as row(
               n int, kind text, name text, sex text, birth_date date, identity_kind text,
               identity text, identity_index text, phone text, phone_index text, email text,
               office_id bigint, agent_id bigint, language text, large_type boolean,
               signs_in boolean, sound text, family text, id_head text, id_ends text, id_tail text,
               phone_ends text, edition text)
    ), made as (
    insert into people_party
           (kind, name, sex, birth_date, identity_kind, identity, identity_index, phone, phone_index,
            email, office_id, agent_id, language, large_type, signs_in, session_epoch, registered_at)
    select kind, name, sex, birth_date, identity_kind, decode(identity, 'hex'), identity_index,
           decode(phone, 'hex'), phone_index, decode(email, 'hex'), office_id, agent_id, language,
           large_type, signs_in, 0, %s::timestamptz
      from told
     order by n
        on conflict do nothing
    returning id
    ), numbered as (select id, row_number() over (order by id) - 1 as n from made), keyed as (
        insert into people_searchkey (party_id, sound, family, birth_date, id_head, id_ends, id_tail,
               phone_ends, edition)
        select id, sound, family, birth_date, id_head, id_ends, id_tail, phone_ends, edition
          from numbered join told using (n)
         where sound is not null
    )
    select id from made
"""


def _register(everybody: Sequence[NewParty], actor: Ref, at: datetime) -> list[int]:
    checked = [_checked(told, n, len(everybody), at) for n, told in enumerate(everybody, start=1)]
    check_places(everybody)
    identities, phones = taken(checked)
    rows = []
    for n, each in enumerate(checked):
        if identities.intersection(each.identity_indexes):
            raise AlreadyRegistered()
        signs_in = each.may_sign_in and not phones.intersection(each.phone_indexes)
        identities.update(each.identity_indexes)
        phones.update(each.phone_indexes if signs_in else ())
        columns = each.columns()
        hexed = {key: value.hex() for key, value in columns.items() if isinstance(value, bytes)}
        rows.append(columns | hexed | keys_of(each) | {"n": n, "signs_in": signs_in})
    ids = sorted(row[0] for row in tx.rows(_INSERT, [orjson.dumps(rows).decode(), at]))
    if len(ids) < len(rows):
        # Somebody registered the same person, or took the phone, since we looked.
        raise AlreadyRegistered()
    for party_id, each in zip(ids, checked, strict=True):
        journal.record(
            events.PartyRegistered(
                party_id=party_id, office_id=each.told.office_id, agent_id=each.told.agent_id
            ),
            about=Ref("party", party_id), actor=actor, at=at, party=party_id,
        )  # fmt: skip
    return ids


def _checked(told: NewParty, n: int, count: int, at: datetime) -> Checked:
    try:
        return check(told, day_of(at))
    except BadParticulars as problem:
        if count == 1:
            raise
        raise BadParticulars(f"第{n}条：{problem.message}", hint=problem.hint) from None
