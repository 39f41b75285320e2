"""How many visits began at a partner, by the month: what counts them all reads these, not the visits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import orjson

from yilu.kernel import tx
from yilu.kernel.days import day_of


@tx.step
def count_in(partner_id: int, begun: int, *, at: datetime) -> None:
    """Add visits that began at this moment; written last, so that nobody waits long for the partner's row."""
    tx.gather(_write, (partner_id, day_of(at).replace(day=1), begun))


def _write(added: Sequence[tuple[int, date, int]]) -> None:
    sums: Counter[tuple[int, date]] = Counter()
    for partner_id, month, begun in added:
        sums[partner_id, month] += begun
    rows = [{"partner": p, "month": m, "begun": n} for (p, m), n in sorted(sums.items())]
    tx.changed(
        """
        insert into direct_billing_monthsum as s (partner_id, month, begun)
        select partner, month, begun
          from json_to_recordset(%s::json) as r(partner bigint, month date, begun int)
         order by partner, month
            on conflict (partner_id, month) do update set begun = s.begun + excluded.begun
        """,
        [orjson.dumps(rows).decode()],
    )
