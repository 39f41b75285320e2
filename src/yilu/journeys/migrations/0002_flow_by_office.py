"""The flow from step to step is kept by office; what was added up before is worked out again from the passages."""

from django.db import migrations, models

# Final steps are named by the flows of whole journeys that were kept; a table of the moment.
KEEP_FINALS = """
    create temporary table journeys_final on commit drop as
    select distinct code, target from journeys_flowday where source = '*'
"""
# rules.buckets.bucket_of, in SQL.
REBUILD = """
    with passed as (
        select c.code, c.office_id, c.started_at, p.step, p.entered_at,
               lag(p.step) over way as source, lag(p.entered_at) over way as since
          from journeys_steppassage p join journeys_journeycase c on c.id = p.case_id
        window way as (partition by p.case_id order by p.ordinal)),
    flows as (
        select entered_at, code, source, step as target, office_id, entered_at - since as took
          from passed where source is not null
        union all
        select p.entered_at, p.code, '*', p.step, p.office_id, p.entered_at - p.started_at
          from passed p join journeys_final f on f.code = p.code and f.target = p.step)
    insert into journeys_flowday (day, code, source, target, office_id, bucket, count)
    select (entered_at at time zone 'Asia/Shanghai')::date, code, source, target, office_id,
           floor(16 * ln(1 + greatest(0, extract(epoch from took))::float8) / ln(2::float8))::smallint,
           count(*)
      from flows group by 1, 2, 3, 4, 5, 6
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0001_initial")]

    operations = [
        migrations.RunSQL(KEEP_FINALS, migrations.RunSQL.noop),
        migrations.DeleteModel("FlowDay"),
        migrations.CreateModel(
            name="FlowDay",
            fields=[
                ("pk", models.CompositePrimaryKey("day", "code", "source", "target", "office_id", "bucket", blank=True, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField(verbose_name="日期")),
                ("code", models.CharField(max_length=60, verbose_name="旅程类别")),
                ("source", models.CharField(max_length=30, verbose_name="从")),
                ("target", models.CharField(max_length=30, verbose_name="到")),
                ("office_id", models.BigIntegerField(verbose_name="机构")),
                ("bucket", models.SmallIntegerField(verbose_name="用时档")),
                ("count", models.IntegerField(default=0, verbose_name="次数")),
            ],
            options={"verbose_name": "环节流转"},
        ),
        migrations.RunSQL(REBUILD, migrations.RunSQL.noop),
    ]
