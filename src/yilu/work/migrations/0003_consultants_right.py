"""Consultants register and accompany, they do not assess: their own queue asks for what they hold."""

from django.db import migrations


def let_consultants_take(apps, editor):
    """Where staff have not chosen another right meanwhile."""
    queues = apps.get_model("work", "Queue").objects
    queues.filter(code="claims.consultant", right="claims.assess").update(right="claims.register")


class Migration(migrations.Migration):
    dependencies = [("work", "0002_helpers")]

    operations = [migrations.RunPython(let_consultants_take, migrations.RunPython.noop)]
