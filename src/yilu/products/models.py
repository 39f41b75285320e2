"""What products keeps."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from yilu.kernel import history
from yilu.products.terms import KIND_LABELS, Kind


@history.tracked()
class Product(models.Model):
    """Something the insurer sells (产品); ``number`` is its short number in policy numbers."""

    code = models.SlugField(max_length=40, unique=True)
    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=[(k.value, KIND_LABELS[k]) for k in Kind])

    class Meta:
        verbose_name = "产品"

    def __str__(self) -> str:
        return self.name


class ProductVersion(models.Model):
    """
    A published wording of a product (产品版本). Never changed: a new wording is a new version.

    ``terms`` is the whole wording as canonical JSON (amounts as text) and ``digest`` its SHA-256.
    It may be sold from ``valid_from`` to before ``valid_to``; policies keep theirs for ever.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="versions")
    version = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    name = models.CharField(max_length=80)
    terms = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "产品版本"
        constraints = [
            models.UniqueConstraint(fields=["product", "version"], name="version_once_per_product"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gt=models.F("valid_from")),
                name="version_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["product"],
                condition=models.Q(valid_to__isnull=True),
                name="one_open_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@history.tracked()
class EndOfSale(models.Model):
    """
    That a version is taken off sale after ``last_day`` (停售): proposed by one, confirmed by another.

    A newer version ends the sale of the one before it without this.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待复核"
        CONFIRMED = "CONFIRMED", "已确定"
        DROPPED = "DROPPED", "已放弃"

    product_version = models.ForeignKey(ProductVersion, models.PROTECT, related_name="ends_of_sale")
    last_day = models.DateField("最后销售日")
    reason = models.CharField("停售原因", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.CharField("提出人", max_length=64)
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.CharField("复核人", max_length=64, default="")
    decided_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = "停售"
        constraints = [
            models.UniqueConstraint(
                fields=["product_version"],
                condition=models.Q(state="PROPOSED"),
                name="end_of_sale_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="CONFIRMED")
                | ~models.Q(proposed_by=models.F("decided_by")),
                name="end_of_sale_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_version_id} {self.last_day}"


class Offering(models.Model):
    """
    How a published wording is sold (投保资料): pricing, questions, notices; never changed.

    All of it as canonical JSON (amounts as text); ``digest`` is its SHA-256, ``asked`` that of the
    questions alone: the version of the questionnaire's text an application was answered to.
    """

    product_version = models.OneToOneField(
        ProductVersion, models.PROTECT, related_name="offering", primary_key=True
    )
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "投保资料"

    def __str__(self) -> str:
        return f"{self.product_version_id}"


class RateTable(models.Model):
    """
    One table of premiums and cash values (费率与现金价值表), made when the wording is published.

    By age as text: ``premiums`` the yearly rate, ``values`` the cash value at the end of each policy
    year, ``paid_up`` what cover costs then with nothing more to pay. In cents, for 1,000 yuan of the
    sum insured (in a product priced by a grid: for its unit). ``years`` 0: for life.
    """

    product_version = models.ForeignKey(
        ProductVersion, models.PROTECT, related_name="rate_tables", db_index=False
    )
    sex = models.CharField(max_length=6)
    pay_years = models.PositiveSmallIntegerField()
    years = models.PositiveSmallIntegerField()
    premiums = models.JSONField()
    values = models.JSONField()
    paid_up = models.JSONField()

    class Meta:
        verbose_name = "费率与现金价值表"
        constraints = [
            models.UniqueConstraint(
                fields=["product_version", "sex", "pay_years", "years"], name="rate_table_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sex[0]}-{self.pay_years}-{self.years}"
