import django.db.models.deletion
from django.db import migrations, models

# The visits and mediations of before the sums were kept.
BEFORE = """
    insert into care_monthsum (office_id, month, kind, begun)
    select office_id, date_trunc('month', begun_at at time zone 'Asia/Shanghai')::date, kind, count(*)
      from (select office_id, asked_at as begun_at, kind from care_visit
            union all
            select office_id, planned_at, 'MEDIATION' from care_mediation) each
     group by 1, 2, 3
        on conflict do nothing
"""


class Migration(migrations.Migration):

    dependencies = [
        ('care', '0009_sketches'),
        ('people', '0020_identity_checks'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthSum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='月份')),
                ('kind', models.CharField(max_length=12, verbose_name='类别')),
                ('begun', models.PositiveIntegerField(default=0, verbose_name='登记')),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.office')),
            ],
            options={
                'verbose_name': '上门与人伤月累计',
                'constraints': [models.UniqueConstraint(fields=('office', 'month', 'kind'), name='care_sum_once')],
            },
        ),
        migrations.AddIndex(
            model_name='mediation',
            index=models.Index(condition=models.Q(('state__in', ['PREPARED', 'PLANNED', 'TALKING', 'LEGAL_AID'])), fields=['office'], name='mediation_under_way'),
        ),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
