"""What the insurer sells, and under which terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.translation import gettext

from yilu.kernel.errors import NotFound
from yilu.products import rules
from yilu.products.models import ProductVersion
from yilu.products.terms import KIND_LABELS, Benefit, Kind, Terms


class ProductNotFound(NotFound):
    """There is no such product, or it was not sold on that day."""

    code = "product_not_found"
    message = "没有找到这个产品"
    hint = "请核对产品代码和日期。"


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as lists show it, in the version sold on the asked day."""

    code: str
    number: int
    name: str
    kind: str
    kind_label: str
    version_id: int
    version: str
    valid_from: date
    summary: str
    long_term: bool
    claim_types: tuple[str, ...]


@lru_cache(maxsize=1024)
def get_terms(product_version_id: int) -> Terms:
    """
    The terms of a published version. They never change, so each process reads them once.

    :raises ProductNotFound: if there is no such version.
    """
    row = (
        ProductVersion.objects.filter(pk=product_version_id).values_list("terms", "digest").first()
    )
    if row is None:
        raise ProductNotFound
    terms, problems = rules.read_terms(row[0])
    if terms is None:
        raise ValueError(f"version {product_version_id} was published unreadable: {problems}")
    return replace(terms, digest=row[1])


def words_of(benefit: Benefit, sum_insured: Decimal) -> str:
    """What a benefit pays for this sum insured, in a few phrases of the reader's language."""
    return rules.words_of(benefit, sum_insured, gettext)


def amount_of(benefit: Benefit, sum_insured: Decimal) -> Decimal | None:
    """The one figure of a benefit for this sum insured; None where it has none."""
    return rules.amount_of(benefit, sum_insured)


def find_version_id(code: str, on: date) -> int | None:
    """The version of a product that was sold on a day; None where none was."""
    found: int | None = _sold(on).filter(product__code=code).values_list("pk", flat=True).first()
    return found


def get_version_id(code: str, on: date) -> int:
    """Like ``find_version_id``. :raises ProductNotFound: where none was sold."""
    found = find_version_id(code, on)
    if found is None:
        raise ProductNotFound
    return found


def list_products(on: date) -> tuple[ProductRow, ...]:
    """Every product sold on a day, by number."""
    rows = _sold(on).select_related("product").order_by("product__number")
    return tuple(_row(version) for version in rows)


def list_versions() -> tuple[ProductRow, ...]:
    """Every version ever published, the newest of a product first."""
    rows = ProductVersion.objects.select_related("product")
    return tuple(_row(version) for version in rows.order_by("product__number", "-valid_from"))


def names_of_codes() -> dict[str, str]:
    """What every product ever sold is called, in its newest version's words."""
    found: dict[str, str] = {}
    for row in list_versions():
        found.setdefault(row.code, row.name)
    return found


def _sold(on: date) -> QuerySet[ProductVersion]:
    return ProductVersion.objects.filter(valid_from__lte=on).exclude(valid_to__lte=on)


def _row(version: ProductVersion) -> ProductRow:
    terms = get_terms(version.pk)
    return ProductRow(
        code=terms.code,
        number=terms.number,
        name=terms.name,
        kind=terms.kind,
        kind_label=KIND_LABELS[Kind(terms.kind)],
        version_id=version.pk,
        version=terms.version,
        valid_from=version.valid_from,
        summary=terms.summary,
        long_term=terms.long_term,
        claim_types=terms.claim_types,
    )
