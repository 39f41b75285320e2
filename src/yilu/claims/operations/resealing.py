"""After a new sealing key: phones in notes, and the indexes claims are compared by, again."""

from __future__ import annotations

from datetime import datetime

import orjson

from yilu.kernel import sealing, tx
from yilu.kernel.resealing import Pass, SealedColumn, reseal
from yilu.people import queries as people
from yilu.risk import operations as risk
from yilu.risk import queries as risks

COLUMNS = (
    SealedColumn("claims_contactnote", "third_party_phone"),
    SealedColumn("claims_rowexport", "content"),
)


@tx.use_case
def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """
    Seal and index up to ``limit`` rows anew with the newest key; 0 when nothing is outdated.

    What risk compares claims by is renewed with them; what belongs to no claim's present phone or
    account any more is forgotten: with a key that has leaked it could be guessed.
    """
    return _notes.renew_some(limit) or _indexes.renew_some(limit) or risk.forget_outdated(limit)


@tx.step
def _reindex(after: int, limit: int) -> tuple[int, int]:
    found = tx.rows(
        """
        select id, claimant_id, account_id, phone_index, account_index from claims_claim
         where id > %(after)s::bigint
           and (phone_index <> '' and left(phone_index, 2) <> %(newest)s
                or account_index <> '' and left(account_index, 2) <> %(newest)s)
         order by id limit %(limit)s::int for no key update
        """,
        {"after": after, "newest": sealing.newest_index_prefix(), "limit": limit},
    )
    if not found:
        return 0, after
    phones = people.newest_phone_indexes({claimant_id for _, claimant_id, *_ in found})
    accounts = people.account_indexes({a for _, _, a, _, _ in found if a is not None})
    renewed: dict[tuple[risks.TraitKind, str], str] = {}
    rows = []
    for id, _, account_id, phone, account in found:
        now = {"id": id, "phone": phones.get(phone, ""), "account": accounts.get(account_id, "")}
        if not account:
            now["account"] = ""  # an account that is everybody's is not compared by
        renewed[risks.TraitKind.PHONE, phone] = now["phone"]
        renewed[risks.TraitKind.ACCOUNT, account] = now["account"]
        rows.append(now)
    risk.renew_traits({k: v for k, v in renewed.items() if k[1] and v and v != k[1]})
    tx.changed(
        """
        update claims_claim c set phone_index = row.phone, account_index = row.account
          from json_to_recordset(%s::json) as row(id bigint, phone text, account text)
         where c.id = row.id
        """,
        [orjson.dumps(rows).decode()],
    )
    return len(rows), int(found[-1][0])


@tx.step
def _reindex_history(after: int, limit: int) -> tuple[int, int]:
    found = tx.rows(
        """
        select pgh_id, account_id from claims_claimevent
         where pgh_id > %s::bigint and account_index <> '' and left(account_index, 2) <> %s
         order by pgh_id limit %s::int for no key update
        """,
        [after, sealing.newest_index_prefix(), limit],
    )
    if not found:
        return 0, after
    accounts = people.account_indexes({a for _, a in found if a is not None})
    rows = [{"id": id, "account": accounts.get(account_id, "")} for id, account_id in found]
    tx.changed(
        """
        update claims_claimevent c set account_index = row.account
          from json_to_recordset(%s::json) as row(id bigint, account text) where c.pgh_id = row.id
        """,
        [orjson.dumps(rows).decode()],
    )
    return len(rows), int(found[-1][0])


_notes = reseal(*COLUMNS)
_indexes = Pass([_reindex, _reindex_history])
