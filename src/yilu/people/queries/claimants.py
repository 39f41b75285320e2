"""What a claim must know of the people in it, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.kernel import tx
from yilu.people.queries.accounts import AccountNotFound


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


_FACTS = """
    select coalesce(p.phone_index, ''), coalesce(a.number_index, ''), p.identity_index is not null,
           exists (select 1 from people_consent c
                    where c.party_id = %(subject)s::bigint and c.purpose = %(purpose)s
                      and c.withdrawn_at is null),
           a.id is not null
      from people_party p
      left join people_bankaccount a
        on a.id = %(account)s::bigint and a.party_id = %(payee)s::bigint and a.active
     where p.id = %(party)s::bigint
"""


def claimant_facts(
    party_id: int, *, consent_of: int, purpose: str, payee_id: int, account_id: int | None
) -> ClaimantFacts | None:
    """
    The claimant's phone as an index, the payee's account as an index, and whether ``consent_of``
    agreed to ``purpose``. None if there is no such party. One SQL statement.

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
    phone_index, account_index, identity_known, consents, has_account = found[0]
    if account_id is not None and not has_account:
        raise AccountNotFound
    return ClaimantFacts(phone_index, account_index, identity_known, consents)
