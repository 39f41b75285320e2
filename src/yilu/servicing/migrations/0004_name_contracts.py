"""Requests of before say which contract they are about: what was recorded of them is kept as long as its law says."""

from django.db import migrations

NAME_CONTRACTS = """
insert into retention_matter (kind, ref, party_id, policy_id, concerns, opened_at, closed_at)
select 'servicing_request', 'servicing_request:' || id, party_id, policy_id, '', started_at,
       case when state in ('CONFIRMED', 'IN_REVIEW', 'WAITING_MONEY') then null
            else coalesce(ended_at, started_at) end
  from servicing_request where policy_id is not null
    on conflict do nothing
"""


class Migration(migrations.Migration):
    dependencies = [("servicing", "0003_receipt_days"), ("retention", "0001_initial")]

    operations = [migrations.RunSQL(NAME_CONTRACTS, migrations.RunSQL.noop)]
