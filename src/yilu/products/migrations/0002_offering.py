import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("products", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offering",
            fields=[
                (
                    "product_version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="offering",
                        serialize=False,
                        to="products.productversion",
                    ),
                ),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("asked", models.CharField(max_length=64)),
                (
                    "published_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
            ],
            options={
                "verbose_name": "投保资料",
            },
        ),
        migrations.CreateModel(
            name="RateTable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("sex", models.CharField(max_length=6)),
                ("pay_years", models.PositiveSmallIntegerField()),
                ("years", models.PositiveSmallIntegerField()),
                ("premiums", models.JSONField()),
                ("values", models.JSONField()),
                ("paid_up", models.JSONField()),
                (
                    "product_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rate_tables",
                        to="products.productversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "费率与现金价值表",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product_version", "sex", "pay_years", "years"),
                        name="rate_table_once",
                    )
                ],
            },
        ),
    ]
