"""Find renewals that are doubtful, and bring them to an adviser's desk."""

from __future__ import annotations

from yilu.kernel import tx
from yilu.renewals.models import PremiumDue
from yilu.renewals.operations import caring
from yilu.renewals.operations.span import NOT_HELD, Span
from yilu.renewals.rules.doubting import Signs, doubt
from yilu.standards import queries as standards

_UNPAID = f"""
    select d.id, d.failures, d.due_on < %(day)s::date, d.grace_ends_on - %(day)s::date <= 7,
           d.last_reason in ('ACCOUNT_CLOSED', 'NO_MANDATE'), d.agent_id is null and p.channel = 'AGENT',
           (select coalesce(sum(b.failures), 0) from renewals_premiumdue b
             where b.policy_id = d.policy_id and b.due_on < d.due_on),
           exists (select from messaging_message m
                    where m.recipient = 'party:' || d.holder_id and m.state = 'FAILED'
                      and m.about = 'policy:' || d.policy_id)
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
     where d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint and d.state = 'OPEN' and not d.for_new_year
       and (d.failures > 0 or d.due_on < %(day)s::date) and {NOT_HELD}
       and not exists (select from renewals_renewalcase c where c.due_id = d.id and c.kind = 'ADVISE')
     order by d.id
"""


def find_doubtful(span: Span) -> int:
    """Open an adviser's case for every unpaid premium whose points suffice, once a premium."""
    opened, enough = 0, standards.whole_figure("renewals.adviser_from_points", span.day)
    for row in tx.rows(_UNPAID, span.given()):
        due_id, failures, in_grace, last_week, closed, orphan, before, unreached = row
        found = doubt(
            Signs(
                failures=failures, in_grace=in_grace, last_week_of_grace=in_grace and last_week,
                failed_before=int(before), reached=not unreached, debit_closed=closed, orphan=orphan,
            )
        )  # fmt: skip
        if found.score < enough:
            continue
        due = PremiumDue.objects.get(pk=due_id)
        made = caring.open_case(
            due=due, kind="ADVISE", title="续期存疑，请续期顾问与客户商量", at=span.at,
            failure=due.last_reason, score=found.score, reasons=found.reasons,
        )  # fmt: skip
        opened += made is not None
    return opened
