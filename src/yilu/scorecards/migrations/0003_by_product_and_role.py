"""Figures are split by product and role as well; the reader counts the journal again under the new sums."""

from datetime import date

from django.db import migrations, models

COUNT_AGAIN = """
    truncate scorecards_countedcase, scorecards_heardsubject;
    update scorecards_reader set xact = 0, event_id = 0, events = 0;
"""


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0002_cards_stars_campaigns")]

    operations = [
        migrations.RunSQL(COUNT_AGAIN, migrations.RunSQL.noop),
        migrations.DeleteModel("Tally"),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.CharField(max_length=80, verbose_name="指标")),
                ("span", models.CharField(choices=[("D", "日"), ("M", "月")], max_length=1, verbose_name="跨度")),
                ("split", models.CharField(blank=True, default="", max_length=1, verbose_name="拆分")),
                ("day", models.DateField(verbose_name="日期")),
                ("office_id", models.BigIntegerField(default=0, verbose_name="机构")),
                ("customers", models.CharField(blank=True, default="", max_length=3, verbose_name="客户新老")),
                ("key", models.CharField(blank=True, default="", max_length=40, verbose_name="拆分值")),
                ("numerator", models.BigIntegerField(default=0, verbose_name="分子")),
                ("denominator", models.DecimalField(decimal_places=2, default=0, max_digits=20, verbose_name="分母")),
                ("total", models.DecimalField(decimal_places=6, default=0, max_digits=24, verbose_name="数值合计")),
            ],
            options={
                "verbose_name": "指标累计",
                "indexes": [models.Index(condition=models.Q(("split", "P")), fields=["series", "key", "span", "day"], name="tally_of_person")],
                "constraints": [models.UniqueConstraint(fields=("series", "span", "split", "day", "office_id", "customers", "key"), name="tally_once")],
            },
        ),
        migrations.AddField("countedcase", "role", models.CharField(blank=True, default="", max_length=20, verbose_name="岗位")),
        migrations.AddField("countedcase", "product", models.CharField(blank=True, default="", max_length=40, verbose_name="产品")),
        migrations.AddField("heardsubject", "product", models.CharField(blank=True, default="", max_length=40, verbose_name="产品")),
        migrations.AddField("heardsubject", "handler_id", models.BigIntegerField(default=0, verbose_name="经办人")),
        migrations.AddField("heardsubject", "heard_on", models.DateField(default=date(2000, 1, 1), verbose_name="最近事件")),
        migrations.AddIndex("heardsubject", models.Index(fields=["heard_on"], name="heard_subject_last")),
    ]
