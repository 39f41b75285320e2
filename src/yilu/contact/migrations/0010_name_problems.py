"""Problem cases of before say which talk they came of: its recording is kept while they are open."""

from django.db import migrations

NAME = """
insert into retention_matter (kind, ref, party_id, policy_id, concerns, opened_at, closed_at)
select 'problem', 'problem:' || id, party_id, policy_id, 'conversation:' || conversation_id, opened_at, solved_at
  from contact_problem where conversation_id is not null
    on conflict do nothing
"""


class Migration(migrations.Migration):
    dependencies = [("contact", "0009_attempts_by_conversation"), ("retention", "0001_initial")]

    operations = [migrations.RunSQL(NAME, migrations.RunSQL.noop)]
