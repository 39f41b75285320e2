"""Follow up incomplete small files twice a working day (资料跟踪), each half-day once."""

from __future__ import annotations

from datetime import date, datetime

import orjson

from yilu.claims import events
from yilu.claims.rules import promises
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.standards import queries as standards
from yilu.work import operations as work

from .promising import by, due

"""A customer is reminded at most this often; staff look twice a day."""

_DUE = """
    select c.id, c.number, c.claimant_id, c.office_id, c.reported_at,
           not exists (select 1 from claims_chase m
                        where m.claim_id = c.id and m."on" > %(on)s::date - %(every)s::int)
      from claims_claim c
     where c.state in ('REPORTED', 'COLLECTING', 'SUPPLEMENT')
       and c.id > %(after)s::bigint
       and (c.claimed_amount is null or c.claimed_amount <= %(limit)s::numeric)
       and c.reported_at < %(at)s::timestamptz - interval '4 hours'
       and c.office_id = any(%(offices)s::bigint[])
       and not exists (select 1 from claims_chase x
                        where x.claim_id = c.id and x."on" = %(on)s::date and x.slot = %(slot)s)
     order by c.id limit %(most)s::int
       for no key update of c skip locked
"""


@tx.use_case
def chase_incomplete_files(
    *, slot: str, on: date, office_ids: list[int], after: int = 0, limit: int = 200, at: datetime
) -> tuple[int, int]:
    """
    Follow up a batch of incomplete files of small claims (claims.fast_limit); how many, and the last claim's id.

    ``slot`` is AM or PM of the local day ``on``; a file is followed up once a slot however often
    the job runs. Staff get an item; the customer a kind reminder every few days at most.
    """
    rows = tx.rows(
        _DUE,
        {
            "on": on, "slot": slot, "after": after, "limit": standards.figure("claims.fast_limit", on), "at": at,
            "offices": office_ids, "most": limit, "every": standards.whole_figure("claims.remind_every_days", on),
        },
    )  # fmt: skip
    if not rows:
        return 0, after
    tx.changed(
        """
        insert into claims_chase (claim_id, "on", slot, chased_at)
        select claim_id, %s::date, %s, %s::timestamptz
          from json_to_recordset(%s::json) as r(claim_id bigint)
        on conflict do nothing
        """,
        [on, slot, at, orjson.dumps([{"claim_id": r[0]} for r in rows]).decode()],
    )
    for claim_id, number, claimant_id, office_id, _, remind in rows:
        ref = Ref("claim", claim_id)
        journal.record(
            events.IncompleteFileChased(slot=slot),
            about=ref,
            actor=SYSTEM,
            at=at,
            party=claimant_id,
        )
        work.open_item(
            "claims.chase", about=ref, office_id=office_id, at=at, title="资料未齐：联系客户，协助补齐",
            party_id=claimant_id, due_at=due(promises.CONTACT, office_id=office_id, at=at),
        )  # fmt: skip
        if remind:
            messaging.queue(
                "claims.progress", to=Ref("party", claimant_id), about=ref, at=at,
                facts={
                    "claim": number, "step": "还在等您的资料，有困难请告诉我们，我们来帮您",
                    "by": by(promises.CONTACT, office_id=office_id, at=at),
                },
            )  # fmt: skip
    return len(rows), int(rows[-1][0])
