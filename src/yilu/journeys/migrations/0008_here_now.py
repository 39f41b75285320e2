"""How many cases are at each step now is kept, not counted: what is open today is added up once."""

from django.db import migrations, models


COUNT = """
    insert into journeys_herenow (code, step, touchpoint, office_id, count)
    select code, step, touchpoint, office_id, count(*) from journeys_journeycase
     where ended_at is null and step <> '' group by 1, 2, 3, 4
"""


class Migration(migrations.Migration):

    dependencies = [
        ('journeys', '0007_standard_wordings'),
    ]

    operations = [
        migrations.CreateModel(
            name='HereNow',
            fields=[
                ('pk', models.CompositePrimaryKey('code', 'step', 'touchpoint', 'office_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=60, verbose_name='旅程类别')),
                ('step', models.CharField(max_length=30, verbose_name='环节')),
                ('touchpoint', models.CharField(max_length=10, verbose_name='触点')),
                ('office_id', models.BigIntegerField(verbose_name='机构')),
                ('count', models.BigIntegerField(default=0, verbose_name='在途')),
            ],
            options={
                'verbose_name': '环节在途',
            },
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
