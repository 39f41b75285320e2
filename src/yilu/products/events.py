"""What products says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("products.version_published", "产品条款发布")
class VersionPublished:
    """A wording may be sold from its date on (条款发布)."""

    product: str
    version: str
    digest: str
