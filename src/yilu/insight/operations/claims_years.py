"""A year's claims are added up, day by day, and the report of it is printed."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from yilu.insight import events
from yilu.insight.models import ClaimsYear
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access

FIRST_YEAR = 2000


class NoSuchYear(Invalid):
    """Before there was anything, or in the future."""

    code = "no_such_year"
    message = _("没有这个年度的理赔数据")
    hint = _("请选择今年或以前的年度。")


class NothingToPrint(Invalid):
    """No claim was closed in that year."""

    code = "nothing_to_print"
    message = _("这个年度没有结案的赔案，不能生成报告")
    hint = _("请先汇总数据，或选择别的年度。")


# What the customer did first: until the papers were there, and while something was asked for.
# A claim decided without any paper waited for nobody. An electronic invoice is one that was read from
# its own file or its two-dimensional code, not from the look of a photograph.
_ADD_UP = """
    with closed as (
      select (c.closed_at at time zone 'Asia/Shanghai')::date as day, c.office_id, c.claim_type, c.programme,
             c.channel, case when p.channel = 'GROUP' then 'GROUP' else 'PERSONAL' end as business,
             c.outcome, c.paid_amount,
             extract(epoch from c.closed_at - c.reported_at) as whole,
             greatest(extract(epoch from c.closed_at - coalesce(c.documents_at, c.reported_at))
                      - s.waited, 0) as ours,
             least(extract(epoch from c.closed_at - coalesce(c.decided_at, c.closed_at)),
                   greatest(extract(epoch from c.closed_at - coalesce(c.documents_at, c.reported_at))
                            - s.waited, 0)) as bank,
             exists (select from claims_decision d where d.claim_id = c.id and d.state = 'STANDS'
                        and d.decided_by = 'system:0') as by_machine,
             exists (select from documents_upload u where u.subject = 'claim:' || c.id and u.live
                        and u.kind = 'INVOICE' and u.source in ('XML', 'OFD', 'PDF', 'QR')) as electronic
        from claims_claim c
        join policies_policy p on p.id = c.policy_id
        cross join lateral (
          select coalesce(sum(extract(epoch from least(n.received_at, c.closed_at) - n.requested_at)), 0)
                 as waited
            from claims_supplementnotice n
           where n.claim_id = c.id and n.received_at is not null and n.requested_at < c.closed_at) s
       where c.closed_at >= %(since)s::timestamptz and c.closed_at < %(until)s::timestamptz
         and c.outcome in ('PAID', 'DECLINED', 'ZERO')
    ), ahead as (
      select d.claim_id, d.decided_at as promised_at, d.amount
        from claims_decision d
       where d.kind = 'ADVANCE' and d.state = 'STANDS'
         and d.decided_at >= %(since)s::timestamptz and d.decided_at < %(until)s::timestamptz
      union all
      select o.claim_id, o.decided_at, o.amount
        from claims_careorder o
       where o.kind = 'ADVANCE' and o.state in ('APPROVED', 'DONE')
         and o.decided_at >= %(since)s::timestamptz and o.decided_at < %(until)s::timestamptz
    ), counted as (
      select day, office_id, claim_type, programme, channel, business, count(*) as closed,
             count(*) filter (where outcome = 'PAID') as paid, sum(paid_amount) as amount,
             count(*) filter (where by_machine) as by_machine,
             count(*) filter (where ours <= 600) as in_ten_minutes,
             count(*) filter (where ours <= 3600) as in_an_hour,
             count(*) filter (where ours <= 86400) as in_a_day,
             round(sum(whole - ours)) as customer, round(sum(ours - bank)) as us, round(sum(bank)) as bank,
             count(*) filter (where electronic) as e_invoices, 0 as advances, 0 as advanced
        from closed group by 1, 2, 3, 4, 5, 6
      union all
      select (a.promised_at at time zone 'Asia/Shanghai')::date, c.office_id, c.claim_type, c.programme,
             c.channel, case when p.channel = 'GROUP' then 'GROUP' else 'PERSONAL' end,
             0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), sum(a.amount)
        from ahead a join claims_claim c on c.id = a.claim_id join policies_policy p on p.id = c.policy_id
       group by 1, 2, 3, 4, 5, 6
    )
    insert into insight_claimsday (
        day, office_id, claim_type, programme, channel, business, closed, paid, amount, by_machine,
        in_ten_minutes, in_an_hour, in_a_day, customer, us, bank, e_invoices, advances, advanced)
    select day, office_id, claim_type, programme, channel, business, sum(closed), sum(paid), sum(amount),
           sum(by_machine), sum(in_ten_minutes), sum(in_an_hour), sum(in_a_day), sum(customer), sum(us),
           sum(bank), sum(e_invoices), sum(advances), sum(advanced)
      from counted group by 1, 2, 3, 4, 5, 6
"""
_COUNT_PEOPLE = """
    insert into insight_claimspersons (year, office_id, business, persons)
    select %(year)s::smallint, coalesce(office_id, 0), coalesce(business, ''), count(distinct insured_id)
      from (select c.office_id, c.insured_id,
                   case when p.channel = 'GROUP' then 'GROUP' else 'PERSONAL' end as business
              from claims_claim c join policies_policy p on p.id = c.policy_id
             where c.closed_at >= %(since)s::timestamptz and c.closed_at < %(until)s::timestamptz
               and c.outcome in ('PAID', 'DECLINED', 'ZERO')) one
     group by grouping sets ((office_id, business), (office_id), (business), ())
    having count(*) > 0
"""


@tx.use_case
def add_up_claims(*, year: int, at: datetime) -> int:
    """
    Add up anew the claims closed in a year, Beijing time; how many rows the year has now.

    Always whole: a claim that was reopened meanwhile leaves the day it had been closed on.
    Withdrawn and merged claims count nowhere. With them the people they were of, and what was paid
    in advance.

    :raises NoSuchYear: before 2000 or after this year.
    """
    if not FIRST_YEAR <= year <= day_of(at).year:
        raise NoSuchYear
    # One at a time: the row is the lock.
    tx.changed(
        "insert into insight_claimsyear (year, added_up_at, printed, sha256)"
        " values (%s::smallint, %s::timestamptz, '', '')"
        " on conflict (year) do update set added_up_at = excluded.added_up_at",
        [year, at],
    )
    tx.changed(
        "delete from insight_claimsday where day >= %s::date and day < %s::date",
        [date(year, 1, 1), date(year + 1, 1, 1)],
    )
    tx.changed("delete from insight_claimspersons where year = %s::smallint", [year])
    since, until = _bounds(year)
    given = {"year": year, "since": since, "until": until}
    tx.changed(_COUNT_PEOPLE, given)
    return tx.changed(_ADD_UP, given)


def _bounds(year: int) -> tuple[datetime, datetime]:
    return datetime(year, 1, 1, tzinfo=CHINA), datetime(year + 1, 1, 1, tzinfo=CHINA)


@tx.use_case
def ask_claims_report(*, year: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Have a year added up anew and the insurer's report of it printed; it is there a moment later.

    :raises NotAllowed: without the right over the head office: it is the whole insurer's.
    :raises NothingToPrint: no claim was closed in that year.
    """
    head = next(o.id for o in people.list_offices() if o.level == "HEAD")
    access.require("insight.view", office_id=head)
    if not FIRST_YEAR <= year <= day_of(at).year or not tx.rows(
        "select 1 from claims_claim where closed_at >= %s::timestamptz and closed_at < %s::timestamptz limit 1",
        list(_bounds(year)),
    ):
        raise NothingToPrint
    journal.record(
        events.ClaimsReportAsked(year=year), about=Ref("claims_year", year), actor=actor, at=at
    )
    journal.defer("insight.print_claims_year", year=year)


@tx.use_case
def keep_claims_report(*, year: int, content: bytes, at: datetime) -> str:
    """Keep the printed report of a year in the place of an earlier one; its SHA-256, in hex."""
    digest = hashlib.sha256(content).hexdigest()
    ClaimsYear.objects.filter(pk=year).update(printed=content, printed_at=at, sha256=digest)
    journal.record(
        events.ClaimsReportPrinted(year=year, sha256=digest),
        about=Ref("claims_year", year), actor=SYSTEM, at=at,
    )  # fmt: skip
    return digest
