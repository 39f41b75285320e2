"""What products says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("products.version_published", "产品条款发布")
class VersionPublished:
    """A wording may be sold from its date on (条款发布)."""

    product: str
    version: str
    digest: str


@fact("products.sale_end_proposed", "提出停售")
class SaleEndProposed:
    """Somebody proposes the last day on which a version is sold; another one decides."""

    version_id: int
    last_day: str


@fact("products.sale_end_confirmed", "停售确定")
class SaleEndConfirmed:
    """After that day nobody applies for the version any more."""

    version_id: int
    last_day: str


@fact("products.sale_end_dropped", "放弃停售")
class SaleEndDropped:
    """The version stays on sale."""

    version_id: int
