"""How many services of each kind began at an office, by the month: what counts them all reads these, not the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import orjson

from yilu.kernel import tx
from yilu.kernel.days import day_of

MEDIATION = "MEDIATION"
"""What a mediation counts as; a visit counts as its own kind."""


@tx.step
def count_in(office_id: int, kind: str, *, at: datetime) -> None:
    """Add one that began at this moment; written last, so that nobody waits long for the office's row."""
    tx.gather(_write, (office_id, day_of(at).replace(day=1), kind))


def _write(added: Sequence[tuple[int, date, str]]) -> None:
    rows = [
        {"office": office, "month": month, "kind": kind, "begun": n}
        for (office, month, kind), n in sorted(Counter(added).items())
    ]
    tx.changed(
        """
        insert into care_monthsum as s (office_id, month, kind, begun)
        select office, month, kind, begun
          from json_to_recordset(%s::json) as r(office bigint, month date, kind text, begun int)
         order by office, month, kind
            on conflict (office_id, month, kind) do update set begun = s.begun + excluded.begun
        """,
        [orjson.dumps(rows).decode()],
    )
