"""
Reaction rows are leased and done in place: leave room for that in their pages.

Then taking a lease touches no index (a heap-only update), and what is done is cleaned up soon.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_quiet_jobs")]

    operations = [
        migrations.RunSQL(
            "alter table journal_reaction set (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02)",
            "alter table journal_reaction reset (fillfactor, autovacuum_vacuum_scale_factor)",
        )
    ]
