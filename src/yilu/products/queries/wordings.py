"""What the insurer sells, and under which terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.translation import gettext

from yilu.kernel.errors import NotFound
from yilu.products import rules
from yilu.products.models import EndOfSale, ProductVersion
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


@dataclass(frozen=True, slots=True)
class SaleEnd:
    """A proposed or confirmed end of sale (停售), with who said so, as written references."""

    last_day: date
    reason: str
    confirmed: bool
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sale:
    """
    Until when a version is sold. ``last_day``: None while nothing ends it; ``waiting`` is the proposal that
    nobody confirmed yet, ``ended_by`` the one that was (None where a newer version ended it).
    """

    first_day: date
    last_day: date | None
    waiting: SaleEnd | None
    ended_by: SaleEnd | None


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


def list_ended(on: date) -> tuple[ProductRow, ...]:
    """The newest version of every product that is no longer sold on a day, nor will be; by number."""
    newest: dict[int, ProductVersion] = {}
    rows = ProductVersion.objects.select_related("product")
    for version in rows.order_by("product__number", "-valid_from"):
        newest.setdefault(version.product_id, version)
    return tuple(_row(v) for v in newest.values() if v.valid_to is not None and v.valid_to <= on)


def sale_of(product_version_id: int) -> Sale:
    """From when until when a version is sold, and who ends that. :raises ProductNotFound: there is none."""
    version = ProductVersion.objects.filter(pk=product_version_id).first()
    if version is None:
        raise ProductNotFound
    said = {
        end.state: SaleEnd(
            end.last_day, end.reason, end.state == EndOfSale.State.CONFIRMED, end.proposed_by,
            end.proposed_at, end.decided_by, end.decided_at,
        )
        for end in EndOfSale.objects.filter(product_version=version)
        .exclude(state=EndOfSale.State.DROPPED).order_by("pk")
    }  # fmt: skip
    last = version.valid_to - timedelta(days=1) if version.valid_to else None
    return Sale(version.valid_from, last, said.get("PROPOSED"), said.get("CONFIRMED"))


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
