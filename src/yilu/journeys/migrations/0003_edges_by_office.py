"""The directly-follows graph is kept by office too; what was kept so far is the whole company's (office 0)."""

from django.db import migrations, models

KEEP = "create temporary table journeys_edges on commit drop as select * from journeys_eventedge"
RESTORE = """
    insert into journeys_eventedge (family, office_id, month, source, target, bucket, count)
    select family, 0, month, source, target, bucket, count from journeys_edges
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0002_flow_by_office")]

    operations = [
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.DeleteModel("EventEdge"),
        migrations.CreateModel(
            name="EventEdge",
            fields=[
                ("pk", models.CompositePrimaryKey("family", "office_id", "month", "source", "target", "bucket", blank=True, editable=False, primary_key=True, serialize=False)),
                ("family", models.CharField(max_length=30, verbose_name="旅程")),
                ("office_id", models.BigIntegerField(default=0, verbose_name="机构")),
                ("month", models.DateField(verbose_name="月份")),
                ("source", models.CharField(max_length=80, verbose_name="从")),
                ("target", models.CharField(max_length=80, verbose_name="到")),
                ("bucket", models.SmallIntegerField(verbose_name="用时档")),
                ("count", models.BigIntegerField(default=0, verbose_name="次数")),
            ],
            options={"verbose_name": "事件流转"},
        ),
        migrations.RunSQL(RESTORE, migrations.RunSQL.noop),
    ]
