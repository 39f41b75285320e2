"""Order a letter. It is made after commit, outside any request."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.letters import rules


class WrongFacts(ValueError):
    """The letter cannot be made from these facts: a mistake in the program, found at once."""


_ISSUE = """
    with next as (select nextval(pg_get_serial_sequence('letters_issuedletter', 'id')) as id)
    insert into letters_issuedletter (id, kind, about, party_id, facts, language, code, requested_by,
           requested_at, state, attempts, problem, number, template_version, storage_key, size, pages,
           delivery_proof)
    select id, %(kind)s, %(about)s, %(party)s::bigint, %(facts)s::jsonb, %(language)s, %(code)s, %(actor)s,
           %(at)s::timestamptz, 'PENDING', 0, '', %(prefix)s || lpad(id::text, 10, '0'), 0, '', 0, 0, ''
      from next
    returning id
"""


@tx.step
def issue(
    *,
    kind: str,
    about: Ref,
    party_id: int,
    facts: Mapping[str, Any],
    actor: Ref,
    at: datetime,
    language: str = "zh-hans",
) -> int:
    """
    Order a letter to a party and return its id; one statement. It is made once the change commits.

    What ``facts`` must hold for each kind says ``rules.SHAPES``. Persons are named by their party
    ids in it; their names are asked for when the letter is made. ``LetterIssued`` tells when it
    is there, with the file's SHA-256.

    :raises WrongFacts: if anything is missing, surplus or not of its kind.
    """
    try:
        rules.check_facts(kind, facts)
    except rules.BadFacts as fault:
        raise WrongFacts(str(fault)) from None
    made = tx.rows(
        _ISSUE,
        {
            "kind": kind, "about": str(about), "party": party_id, "language": language,
            "facts": orjson.dumps(facts).decode(), "code": rules.code_from(os.urandom(10)),
            "prefix": f"{rules.SHAPES[kind].prefix}{at:%Y}", "actor": str(actor), "at": at,
        },
    )  # fmt: skip
    return int(made[0][0])


@dataclass(frozen=True, slots=True)
class Ordered:
    """One of many letters: as the arguments of ``issue``."""

    kind: str
    about: Ref
    party_id: int
    facts: Mapping[str, Any]


_ISSUE_MANY = """
    insert into letters_issuedletter (id, kind, about, party_id, facts, language, code, requested_by,
           requested_at, state, attempts, problem, number, template_version, storage_key, size, pages,
           delivery_proof, lane)
    select id, kind, about, party, facts, 'zh-hans', code, %(actor)s, %(at)s::timestamptz, 'PENDING', 0,
           '', prefix || lpad(id::text, 10, '0'), 0, '', 0, 0, '', 1
      from (select nextval(pg_get_serial_sequence('letters_issuedletter', 'id')) as id, row.*
              from (select * from jsonb_to_recordset(%(letters)s::jsonb) as r(n int, kind text,
                    about text, party bigint, facts jsonb, code text, prefix text) order by n) row
           ) numbered
"""


@tx.step
def issue_many(*, letters: Sequence[Ordered], actor: Ref, at: datetime) -> None:
    """
    ``issue`` for many, in one statement; they are made after the letters of single cases.

    :raises WrongFacts: if the facts of any of them are missing, surplus or not of their kind.
    """
    rows = []
    for n, letter in enumerate(letters):
        try:
            rules.check_facts(letter.kind, letter.facts)
        except rules.BadFacts as fault:
            raise WrongFacts(str(fault)) from None
        rows.append(
            {
                "n": n, "kind": letter.kind, "about": str(letter.about), "party": letter.party_id,
                "facts": letter.facts, "code": rules.code_from(os.urandom(10)),
                "prefix": f"{rules.SHAPES[letter.kind].prefix}{at:%Y}",
            }
        )  # fmt: skip
    if rows:
        given = {"letters": orjson.dumps(rows).decode(), "actor": str(actor), "at": at}
        tx.changed(_ISSUE_MANY, given)
