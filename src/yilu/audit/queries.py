"""What screens may know of the recomputation of money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.audit import rules
from yilu.audit.models import MoneyDifference, MoneyRun
from yilu.kernel import tx
from yilu.people.queries import Access

KINDS = rules.KINDS


@dataclass(frozen=True, slots=True)
class RunView:
    """One recomputation of everything."""

    id: int
    state: str
    claims: int
    total: int
    amount: Decimal
    differences: int
    started_by: str
    started_at: datetime
    finished_at: datetime | None

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return min(100, self.claims * 100 // self.total) if self.total else 100


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A figure that was not confirmed, with why it was looked at, in Chinese."""

    id: int
    claim_id: int
    claim_number: str
    kind: str
    label: str
    place: str
    expected: str
    actual: str
    state: str
    found_at: datetime
    explanation: str
    ended_by: str


def latest_run() -> RunView | None:
    """The latest run, finished or not; how many claims there are is not counted."""
    run = MoneyRun.objects.order_by("-id").first()
    return _run(run, 0) if run is not None else None


def list_runs(access: Access, limit: int = 14) -> tuple[RunView, ...]:
    """The latest runs. :raises NotAllowed: without audit.money."""
    access.require("audit.money")
    runs = list(MoneyRun.objects.order_by("-id")[:limit])
    total = claims_with_money() if any(r.finished_at is None for r in runs) else 0
    return tuple(_run(run, total) for run in runs)


def claims_with_money() -> int:
    """About how many claims a run looks at: the most that may have money."""
    return int(tx.rows("select count(*) from claims_claim where benefit_amount is not null")[0][0])


def list_differences(
    access: Access, *, only_open: bool = True, after: int | None = None, limit: int = 50
) -> tuple[DifferenceView, ...]:
    """
    Differences of the asker's offices, latest first, before ``after``.

    :raises NotAllowed: without audit.money.
    """
    access.require("audit.money")
    found = MoneyDifference.objects.select_related("claim").filter(
        claim__office_id__in=access.offices_for("audit.money")
    )
    if only_open:
        found = found.filter(state=MoneyDifference.State.OPEN)
    if after is not None:
        found = found.filter(pk__lt=after)
    return tuple(
        DifferenceView(
            d.pk, d.claim_id, d.claim.number, d.kind, KINDS.get(d.kind, d.kind), d.place, d.expected,
            d.actual, d.state, d.found_at, d.explanation, d.ended_by,
        )
        for d in found.order_by("-pk")[:limit]
    )  # fmt: skip


def claim_numbers(claim_ids: set[int]) -> dict[int, str]:
    """The numbers of claims, for the console, which has every right."""
    return dict(
        tx.rows(
            "select id, number from claims_claim where id = any(%s::bigint[])", [list(claim_ids)]
        )
    )


def _run(run: MoneyRun, total: int) -> RunView:
    return RunView(
        run.pk, run.state, run.claims, total, run.amount, run.differences, run.started_by, run.started_at,
        run.finished_at,
    )  # fmt: skip
