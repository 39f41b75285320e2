"""What was recorded about a policy and deleted since: never before the law's day, never under a hold."""

from __future__ import annotations

from collections.abc import Iterator

from yilu.audit.books.span import Found, Span, told
from yilu.kernel import tx

LONG, SHORT, DISPUTE = "120 months", "60 months", "24 months"
"""保险法 87: ten years after a contract of more than a year, five after a shorter one; after a dispute two."""

# Read from the contract's own dates and the holds people placed, not from what retention made of them. A
# recording belongs to a policy by what it is about: the policy itself, a claim on it, the application it came of.
_DELETED_EARLY = """
    with judged as (
        select p.id, p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED') as living,
               coalesce(p.ended_on, p.ends_on) as ended,
               case when p.ends_on is null or p.ends_on > p.effective_on + interval '1 year'
                    then %(long)s::interval else %(short)s::interval end as kept_for
          from policies_policy p where p.id > %(after)s::bigint and p.id <= %(last)s::bigint
    ), subject as (
        select id as policy_id, 'policy:' || id as about from judged
         union all
        select c.policy_id, 'claim:' || c.id from claims_claim c
         where c.policy_id > %(after)s::bigint and c.policy_id <= %(last)s::bigint
    ), deleted as (
        select s.policy_id, 'conversation:' || r.conversation_id as about, r.forgotten_at
          from subject s
          join contact_concern n on n.about = s.about
          join contact_callrecording r on r.conversation_id = n.conversation_id
         where r.forgotten_at is not null
         union
        select s.policy_id, 'video:' || v.id, v.forgotten_at
          from subject s join video_session v on v.about = s.about
         where v.forgotten_at is not null
         union
        select a.policy_id, 'application:' || a.id, r.forgotten_at
          from underwriting_application a
          join underwriting_recording r on r.application_id = a.id
         where a.policy_id > %(after)s::bigint and a.policy_id <= %(last)s::bigint
           and r.forgotten_at is not null
    ), weighed as (
        select d.*, (d.forgotten_at at time zone 'Asia/Shanghai')::date as gone_on, j.living,
               (j.ended + j.kept_for)::date as kept_to,
               exists (select from retention_hold h
                        where h.policy_id = d.policy_id and h.placed_at <= d.forgotten_at
                          and (h.lifted_at is null
                               or h.lifted_at + %(dispute)s::interval > d.forgotten_at)) as held
          from deleted d join judged j on j.id = d.policy_id
    )
    select policy_id, 'RECORDING', about, '',
           case when living then 'KEPT' when held then 'HOLD' else kept_to::text end, gone_on::text
      from weighed
     where living or held or kept_to is null or gone_on <= kept_to
     order by policy_id, about
"""


def deleted_early(span: Span) -> Iterator[Found]:
    """Calls, video and sale recordings that are gone though their policy's law or a hold still kept them."""
    given = span.given(long=LONG, short=SHORT, dispute=DISPUTE)
    yield from told(tx.rows(_DELETED_EARLY, given))
