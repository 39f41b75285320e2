"""What a claim must know of the people in it, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import orjson

from yilu.kernel import tx
from yilu.people.queries.accounts import AccountNotFound
from yilu.people.queries.parties import identity_indexes


@dataclass(frozen=True, slots=True)
class ClaimantFacts:
    """
    What a report needs to know about its people (申请人情况).

    The indexes are blind: they say whether two claims share a phone or an account, not which.
    """

    phone_index: str
    account_index: str
    identity_known: bool
    consents: bool
    died: bool = False


_FACTS = """
    select coalesce(p.phone_index, ''), coalesce(a.number_index, ''), p.identity_index is not null,
           exists (select 1 from people_consent c
                    where c.party_id = %(subject)s::bigint and c.purpose = %(purpose)s
                      and c.withdrawn_at is null),
           a.id is not null, exists (select 1 from people_decease d where d.party_id = p.id)
      from people_party p
      left join people_bankaccount a
        on a.id = %(account)s::bigint and a.party_id = %(payee)s::bigint and a.active
     where p.id = %(party)s::bigint
"""


def claimant_facts(
    party_id: int, *, consent_of: int, purpose: str, payee_id: int, account_id: int | None
) -> ClaimantFacts | None:
    """
    The claimant's phone as an index, the payee's account as an index, whether ``consent_of``
    agreed to ``purpose``, and whether the claimant is said to have died. None if there is no such party. One SQL statement.

    :raises AccountNotFound: if the account is not the payee's own, or closed.
    """
    found = tx.rows(
        _FACTS,
        {
            "party": party_id,
            "subject": consent_of,
            "purpose": purpose,
            "payee": payee_id,
            "account": account_id,
        },
    )
    if not found:
        return None
    phone_index, account_index, identity_known, consents, has_account, died = found[0]
    if account_id is not None and not has_account:
        raise AccountNotFound
    return ClaimantFacts(phone_index, account_index, identity_known, consents, died)


@dataclass(frozen=True, slots=True)
class Asked:
    """One of many questions: as the arguments of ``claimant_facts``."""

    party_id: int
    consent_of: int
    payee_id: int
    account_id: int | None


_MANY = """
    select q.n, coalesce(p.phone_index, ''), coalesce(a.number_index, ''),
           p.identity_index is not null,
           (select count(*) from people_consent c
             where c.party_id = q.subject and c.purpose = any(%(purposes)s::text[])
               and c.withdrawn_at is null) = cardinality(%(purposes)s::text[])
      from json_to_recordset(%(asked)s::json)
           as q(n int, party bigint, subject bigint, payee bigint, account bigint)
      join people_party p on p.id = q.party
      left join people_bankaccount a on a.id = q.account and a.party_id = q.payee and a.active
     where q.account is null or a.id is not null
"""


def many_claimant_facts(
    asked: Sequence[Asked], purposes: Sequence[str]
) -> list[ClaimantFacts | None]:
    """
    ``claimant_facts`` of many at once, answered by place, in one SQL statement.

    ``consents`` says whether the person agreed to every one of ``purposes``. None where the one
    would be refused: no such party, or the account is not the payee's own.
    """
    given = [
        {
            "n": n, "party": q.party_id, "subject": q.consent_of, "payee": q.payee_id,
            "account": q.account_id,
        }
        for n, q in enumerate(asked)
    ]  # fmt: skip
    found: list[ClaimantFacts | None] = [None] * len(asked)
    for n, *facts in tx.rows(
        _MANY, {"asked": orjson.dumps(given).decode(), "purposes": list(purposes)}
    ):
        found[n] = ClaimantFacts(*facts)
    return found


_BY_IDENTITY = """
    select q.n, p.id
      from jsonb_to_recordset(%s::jsonb) as q(n int, name text, keys jsonb)
     cross join lateral jsonb_array_elements_text(q.keys) as k(key)
      join people_party p on p.identity_index = k.key and p.name = q.name
       and p.merged_into_id is null and p.erased_at is null
"""


def match_persons(asked: Sequence[tuple[str, str]], *, today: date) -> list[int | None]:
    """``match_person`` for many (name, identity number), answered by place; one SQL statement."""
    given = [
        {"n": n, "name": name.strip(), "keys": keys}
        for n, (name, number) in enumerate(asked)
        if (keys := identity_indexes(number, None, today))
    ]
    found: list[int | None] = [None] * len(asked)
    for n, party_id in tx.rows(_BY_IDENTITY, [orjson.dumps(given).decode()]):
        found[n] = party_id
    return found
