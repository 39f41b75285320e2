"""What people did for customers is kept until its week is drawn, with what speaks for looking at it first."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people

SERVICES_KEPT = timedelta(days=42)
MARKS_KEPT = timedelta(days=120)
AT_ONCE = 2000


@tx.step
def keep_service(
    *, what: str, subject: Ref, staff_id: int, party_id: int | None, done_at: datetime
) -> None:
    """A member of staff did something for a customer; twice is once."""
    office_id = people.get_staff(staff_id).office_id
    tx.changed(
        "insert into quality_service (what, subject, staff_id, office_id, party_id, done_at) values"
        " (%s, %s, %s::bigint, %s::bigint, %s::bigint, %s::timestamptz) on conflict do nothing",
        [what, str(subject), staff_id, office_id, party_id, done_at],
    )


@tx.step
def mark(*, subject: Ref, code: str, at: datetime) -> None:
    """Something speaks for looking at a service; twice is once."""
    tx.changed(
        "insert into quality_mark (subject, code, marked_at) values (%s, %s, %s::timestamptz)"
        " on conflict do nothing",
        [str(subject), code, at],
    )


@tx.use_case
def forget_old(*, at: datetime) -> int:
    """Services whose weeks are long drawn and marks nobody needs any more; how many."""
    services = tx.changed(
        "delete from quality_service where id in (select id from quality_service"
        " where done_at < %s::timestamptz limit %s::int)",
        [at - SERVICES_KEPT, AT_ONCE],
    )
    marks = tx.changed(
        "delete from quality_mark where id in (select id from quality_mark"
        " where marked_at < %s::timestamptz limit %s::int)",
        [at - MARKS_KEPT, AT_ONCE],
    )
    return services + marks
