"""What somebody is found by when only fragments are known: made with the party, kept with it."""

from __future__ import annotations

from typing import Any

import orjson

from yilu.kernel import sealing, tx
from yilu.people.models import Party
from yilu.people.operations.party_checks import Checked
from yilu.people.queries.parties import PLACES
from yilu.people.queries.searching import DOMAINS, edition
from yilu.people.rules import matching, names

COLUMNS = ("sound", "family", "id_head", "id_ends", "id_tail", "phone_ends", "edition")


def keys_of(checked: Checked) -> dict[str, Any]:
    """The columns of a search key; nothing for an organisation, which no casualty list names."""
    if checked.told.kind != Party.Kind.PERSON:
        return {}
    return _keys(checked.name, checked.identity, checked.phone, checked)


def _keys(name: str, identity: str, phone: str, born: Any) -> dict[str, Any]:
    birth_date = getattr(born, "birth_date", born)
    pieces = matching.fragments_of(identity, phone.removeprefix("+86"), birth_date)
    made: dict[str, Any] = {
        "sound": names.sound(name), "family": names.family(name)[:12], "edition": edition(),
    }  # fmt: skip
    for piece, (column, domain) in DOMAINS.items():
        made[column] = sealing.blind_index(pieces[piece], domain) if piece in pieces else None
    return made


_WRITE = """
    insert into people_searchkey (party_id, sound, family, birth_date, id_head, id_ends, id_tail,
           phone_ends, edition)
    select * from json_to_recordset(%s::json) as row(party_id bigint, sound text, family text,
           birth_date date, id_head text, id_ends text, id_tail text, phone_ends text, edition text)
        on conflict (party_id) do update set sound = excluded.sound, family = excluded.family,
           birth_date = excluded.birth_date, id_head = excluded.id_head, id_ends = excluded.id_ends,
           id_tail = excluded.id_tail, phone_ends = excluded.phone_ends, edition = excluded.edition,
           compared = false
"""


@tx.step
def keep_keys(party_id: int, checked: Checked) -> None:
    """Make somebody's search key anew after their particulars changed."""
    if keys := keys_of(checked):
        row = keys | {"party_id": party_id, "birth_date": checked.birth_date}
        tx.changed(_WRITE, [orjson.dumps([row]).decode()])


_OUTDATED = """
    select p.id, p.name, p.birth_date, p.identity, p.phone from people_party p
      left join people_searchkey k on k.party_id = p.id
     where p.id > %s::bigint and p.kind = 'PERSON' and p.erased_at is null
       and (k.party_id is null or k.edition <> %s)
     order by p.id limit %s::int for no key update of p skip locked
"""


@tx.use_case
def build_search_keys(*, after: int = 0, limit: int = 2000) -> int:
    """
    Make the search keys of people who have none, or one of an older edition (another sealing key,
    changed rules); the last id done, 0 when nothing is left after ``after``.

    Small batches of their own, so that work goes on beside it; it may be stopped at any time.
    """
    found = tx.rows(_OUTDATED, [after, edition(), limit])
    rows = []
    for party_id, name, birth_date, identity, phone in found:
        opened_identity = sealing.unseal(identity, PLACES["identity"]) if identity else ""
        opened_phone = sealing.unseal(phone, PLACES["phone"]) if phone else ""
        keys = _keys(name, opened_identity, opened_phone, birth_date)
        rows.append(keys | {"party_id": party_id, "birth_date": birth_date})
    if rows:
        tx.changed(_WRITE, [orjson.dumps(rows).decode()])
    return int(found[-1][0]) if found else 0
