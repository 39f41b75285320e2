"""Complaints of before say what they are about: they keep what was recorded of that, not everything of the customer."""

from django.db import migrations

NAME = """
insert into retention_matter (kind, ref, party_id, policy_id, concerns, opened_at, closed_at)
select 'complaint', 'complaint:' || id, party_id,
       case when about ~ '^policy:[0-9]+$' then substr(about, 8)::bigint end, about, received_at, ended_at
  from complaints_complaint where about <> ''
    on conflict do nothing
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_urging"), ("retention", "0001_initial")]

    operations = [migrations.RunSQL(NAME, migrations.RunSQL.noop)]
