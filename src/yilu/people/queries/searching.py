"""Find the people of a list among all customers: candidates by index, scored piece by piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from yilu.kernel import sealing, tx
from yilu.people.queries.parties import PLACES
from yilu.people.rules import matching, names
from yilu.people.rules.matching import Agreement, Known, Sought

RULES_EDITION = "1"
"""Raised when sounds or fragments are made otherwise: every key is then made anew."""
DOMAINS = {
    "head": ("id_head", "identity head"),
    "ends": ("id_ends", "identity ends"),
    "tail": ("id_tail", "identity tail"),
    "phone": ("phone_ends", "phone ends"),
}
"""By which piece of a number: the column of its blind index, and the index's domain."""
NAMESAKES_MAX = 300
"""So many people of one sound are compared; beyond, the list must tell more."""
ANYHOW_MAX = 60
"""So many namesakes are compared although the told birth date is not theirs: lists are wrong too."""
KEPT_MAX = 10
LEAD_FROM = 25
"""Below this somebody is not even a lead."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody known who may be the one sought (候选客户), with the reasons."""

    party_id: int
    office_id: int
    agreement: Agreement


def edition() -> str:
    """What keys made from now on begin with: the rules and the sealing key."""
    return f"{RULES_EDITION}:{sealing.newest_index_prefix()}"


_FIND = """
    with sought as (
        select * from jsonb_to_recordset(%(sought)s::jsonb) as row(n int, sounds text[], family text,
               born_from date, born_to date, exact boolean, heads text[], ends text[], tails text[],
               phones text[], identities text[], full_phones text[])
    ), found as (
        select s.n, c.id from sought s cross join lateral (
            select k.id from unnest(s.sounds) as t(sound) cross join lateral (
                select party_id as id from people_searchkey
                 where s.born_from is not null and sound = t.sound
                   and birth_date between s.born_from and s.born_to limit %(most)s::int) k
            union
            select k.id from unnest(s.sounds) as t(sound) cross join lateral (
                select party_id as id from people_searchkey
                 where s.born_from is null and sound = t.sound limit %(most)s::int) k
            union
            (select party_id from people_searchkey
              where s.born_from is not null and sound = s.sounds[1] limit %(few)s::int)
            union
            (select party_id from people_searchkey
              where s.exact and birth_date = s.born_from and family = s.family limit %(most)s::int)
            union
            select k.id from unnest(s.heads) as t(piece) cross join lateral (
                select party_id as id from people_searchkey where id_head = t.piece
                 limit %(most)s::int) k
            union
            select k.id from unnest(s.ends) as t(piece) cross join lateral (
                select party_id as id from people_searchkey where id_ends = t.piece
                 limit %(most)s::int) k
            union
            select k.id from unnest(s.tails) as t(piece) cross join lateral (
                select party_id as id from people_searchkey where id_tail = t.piece
                 limit %(most)s::int) k
            union
            select k.id from unnest(s.phones) as t(piece) cross join lateral (
                select party_id as id from people_searchkey where phone_ends = t.piece
                 limit %(most)s::int) k
            union
            select k.id from unnest(s.identities) as t(piece) cross join lateral (
                select p.id from people_party p where p.identity_index = t.piece limit 2) k
            union
            select k.id from unnest(s.full_phones) as t(piece) cross join lateral (
                select p.id from people_party p where p.phone_index = t.piece limit %(most)s::int) k
        ) c
    )
    select f.n, p.id, p.office_id, p.name, p.sex, p.birth_date, p.identity, p.phone
      from found f cross join lateral (
           select * from people_party p where p.id = f.id limit 1) p
     where p.merged_into_id is null and p.erased_at is null and p.kind = 'PERSON'
       and p.office_id = any(%(offices)s::bigint[])
"""


def find_leads(sought: Sequence[Sought], office_ids: Collection[int]) -> list[list[Lead]]:
    """
    For each sought person the people known who may be the one, the likeliest first; two statements.

    Only this room calls it: ``operations.match_people`` asks for the right and keeps the record.
    """
    asked = [_asked(n, each) for n, each in enumerate(sought)]
    # Compiling this statement takes two seconds, running it a tenth of one.
    tx.changed("set local jit = off")
    found = tx.rows(
        _FIND,
        {
            "sought": orjson.dumps(asked).decode(),
            "most": NAMESAKES_MAX,
            "few": ANYHOW_MAX,
            "offices": sorted(office_ids),
        },
    )
    by_row: dict[int, list[tuple[int, Agreement]]] = defaultdict(list)
    office_of: dict[int, int] = {}
    for n, party_id, office_id, name, sex, birth_date, identity, phone in found:
        one = sought[n]
        known = Known(
            name=name, sex=sex, birth_date=birth_date,
            # Opened only where there is something to compare it with.
            identity=_opened(identity, "identity") if one.identity or one.place else "",
            phone=_opened(phone, "phone") if one.phone else "",
        )  # fmt: skip
        agreement = matching.agree(one, known)
        if agreement.score >= LEAD_FROM:
            by_row[n].append((party_id, agreement))
            office_of[party_id] = office_id
    return [
        [
            Lead(party_id, office_of[party_id], agreement)
            for party_id, agreement in matching.best_first(by_row[n])[:KEPT_MAX]
        ]
        for n in range(len(sought))
    ]


def _asked(n: int, one: Sought) -> dict[str, Any]:
    span = one.born_between
    pieces = matching.fragments_of(one.identity, one.phone, one.born)
    indexes = {
        piece: sealing.blind_indexes(pieces[piece], domain) if piece in pieces else []
        for piece, (_, domain) in DOMAINS.items()
    }
    whole = bool(one.identity) and matching.STAR not in one.identity
    full_phone = bool(one.phone) and matching.STAR not in one.phone
    return {
        "n": n, "sounds": list(names.sounds_to_try(one.name)), "family": names.family(one.name),
        "born_from": span[0] if span else None, "born_to": span[1] if span else None,
        "exact": one.born is not None,
        "heads": indexes["head"], "ends": indexes["ends"], "tails": indexes["tail"],
        "phones": indexes["phone"],
        "identities": _whole_identities(one.identity) if whole else [],
        "full_phones": sealing.blind_indexes(f"+86{one.phone}", "phone") if full_phone else [],
    }  # fmt: skip


def _whole_identities(number: str) -> list[str]:
    kinds = ("RESIDENT_ID", "RESIDENCE_PERMIT", "FOREIGN_RESIDENT_ID", "PASSPORT", "HK_MACAO_PASS")
    return [i for kind in kinds for i in sealing.blind_indexes(f"{kind}:{number}", "identity")]


def _opened(sealed: bytes | memoryview, field: str) -> str:
    return sealing.unseal(sealed, PLACES[field]) if sealed else ""
