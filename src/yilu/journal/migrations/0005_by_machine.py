"""What the machine did by itself is found by its kind, however long the journal."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0004_watching'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('actor', 'system:0')), fields=['kind', 'id'], name='event_by_machine'),
        ),
    ]
