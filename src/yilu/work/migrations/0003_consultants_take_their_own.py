"""A queue's right as it ships now, where nobody chose another: consultants take their own work."""

from django.db import migrations


def to_register(apps, schema_editor):
    """Consultants hold claims.register, not claims.assess."""
    queues = apps.get_model("work", "Queue").objects
    queues.filter(code="claims.consultant", right="claims.assess").update(right="claims.register")


class Migration(migrations.Migration):

    dependencies = [
        ("work", "0002_helpers"),
    ]

    operations = [migrations.RunPython(to_register, migrations.RunPython.noop)]
