"""
No NOTIFY inside a write transaction, also when a job is deferred in it.

The job library's own trigger would notify in the deferring transaction. We wake its worker after
commit instead, see ``yilu.journal.wakes``.
"""

from django.db import migrations

TRIGGER = "procrastinate_jobs_notify_queue_job_inserted_v1"


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.RunSQL(
            f"alter table procrastinate_jobs disable trigger {TRIGGER}",
            f"alter table procrastinate_jobs enable trigger {TRIGGER}",
        )
    ]
