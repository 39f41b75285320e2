"""The insurer that benchmarks work for: one head office, its standards, promises and products."""

from __future__ import annotations

from datetime import UTC, datetime

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_office: list[int] = []


def insurer() -> int:
    """The head office's id, with everything that ships in force; made once a run, whoever asks first."""
    from yilu.kernel.refs import SYSTEM
    from yilu.obligations import operations as obligations
    from yilu.people import operations as people
    from yilu.people import queries
    from yilu.products import operations as products
    from yilu.standards import operations as standards

    if not _office:
        standards.load_catalogue(LONG_AGO)
        obligations.load_catalogue(LONG_AGO)
        products.load_catalogue(at=LONG_AGO)
        head = next((o.id for o in queries.list_offices() if o.level == "HEAD"), None)
        if head is None:
            head = people.open_office(
                code="BENCH", name="总公司", level="HEAD", actor=SYSTEM, at=LONG_AGO
            )
        _office.append(head)
    return _office[0]
