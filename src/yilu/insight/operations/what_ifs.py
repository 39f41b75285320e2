"""Every write of insight: a what-if is asked, moves on, and is answered or given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from django.db import IntegrityError

from yilu.insight import events
from yilu.insight.models import WhatIf, WhatIfRow
from yilu.insight.queries.what_if import REASONS, ROWS_KEPT
from yilu.insight.whatif import changes
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.money import ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.products import queries as products

SAMPLE_MOST = 200_000
FORGOTTEN_AFTER = timedelta(minutes=15)
UNDER_WAY = ("WAITING", "READING", "CALCULATING")

BadChange, NothingChanged = changes.BadChange, changes.NothingChanged


class BadSample(Invalid):
    """Too few to say anything, or more than a page should wait for."""

    code = "bad_sample_size"
    message = _("样本件数须在 100 至 200,000 之间")
    hint = _("件数越多越平稳；100,000 件大约需要十秒。")


class NothingToRecalculate(Invalid):
    """The product has no benefit whose figures a what-if can change."""

    code = "nothing_to_recalculate"
    message = _("这个产品没有可以测算的责任")
    hint = _("目前可以测算医疗费用补偿和住院津贴；身故、伤残、重大疾病等按保险金额给付，不在此列。")


class Found(Protocol):
    """A claim with another benefit than before."""

    @property
    def claim_id(self) -> int | None: ...
    @property
    def office_id(self) -> int | None: ...
    @property
    def age(self) -> int | None: ...
    @property
    def billed(self) -> Decimal: ...
    @property
    def before(self) -> Decimal: ...
    @property
    def after(self) -> Decimal: ...


@tx.use_case
def ask_what_if(
    *,
    version_id: int,
    figures: Mapping[str, str],
    sample_size: int | None,
    office_id: int,
    request_key: str,
    access: Access,
    actor: Ref,
    at: datetime,
) -> int:
    """
    Have a portfolio calculated anew under other figures; the run's id. The same key asks once.

    ``figures``: by key, as written; what is not named stays. ``sample_size`` None: the recorded claims.

    :raises NotAllowed: without insight.view at that office. :raises ProductNotFound: no such version.
    :raises BadChange: a figure no clause could have. :raises NothingChanged: none differs.
    :raises NothingToRecalculate: no benefit of the product can be. :raises BadSample: see there.
    """
    access.require("insight.view", office_id=office_id)
    terms = products.get_terms(version_id)
    if not changes.parts(terms):
        raise NothingToRecalculate
    if sample_size is not None and not 100 <= sample_size <= SAMPLE_MOST:
        raise BadSample
    changed = changes.read(terms, figures)
    try:
        with tx.savepoint():
            run = WhatIf.objects.create(
                product_version_id=version_id, office_id=office_id,
                source="RECORDED" if sample_size is None else "SAMPLE", sample_size=sample_size or 0,
                changes=[
                    {"key": c.key, "before": c.before, "after": c.after} for c in changed
                ],
                terms_digest=changes.digest(changes.applied(terms, changed)),
                request_key=request_key[:64], asked_by=str(actor), asked_at=at, changed_at=at,
            )  # fmt: skip
    except IntegrityError:
        known = WhatIf.objects.filter(request_key=request_key[:64], asked_by=str(actor)).first()
        if known is None:
            raise
        return known.pk
    journal.record(
        events.WhatIfAsked(
            product=terms.code, terms_digest=run.terms_digest, changes=len(changed)
        ),
        about=run.ref, actor=actor, at=at,
    )  # fmt: skip
    journal.defer("insight.work_out", run_id=run.pk)
    return run.pk


@tx.use_case
def begin(*, run_id: int, at: datetime) -> bool:
    """Start reading, also once more after the worker was lost; False where it is over."""
    return bool(
        WhatIf.objects.filter(pk=run_id, state__in=UNDER_WAY).update(
            state="READING", done=0, total=0, changed_at=at
        )
    )


@tx.use_case
def note_progress(*, run_id: int, done: int, total: int, at: datetime) -> None:
    """How far the reading is."""
    WhatIf.objects.filter(pk=run_id, state="READING").update(done=done, total=total, changed_at=at)


@tx.use_case
def begin_calculating(*, run_id: int, at: datetime) -> None:
    """All is read."""
    WhatIf.objects.filter(pk=run_id, state="READING").update(state="CALCULATING", changed_at=at)


@tx.use_case
def answer(
    *,
    run_id: int,
    result: dict[str, Any],
    portfolio_digest: str,
    rows: Sequence[Found],
    at: datetime,
) -> bool:
    """Keep what came out, with the largest changes; False where it was answered already."""
    run = WhatIf.objects.select_for_update().get(pk=run_id)
    if run.state not in UNDER_WAY:
        return False
    run.state, run.result, run.portfolio_digest = "DONE", result, portfolio_digest
    run.finished_at = run.changed_at = at
    run.save()
    WhatIfRow.objects.bulk_create(
        [
            WhatIfRow(
                run=run, place=place, claim_id=row.claim_id, office_id=row.office_id, age=row.age,
                billed=row.billed, before=row.before, after=row.after,
            )
            for place, row in enumerate(rows[:ROWS_KEPT], 1)
        ],
        batch_size=2000,
    )  # fmt: skip
    journal.record(
        events.WhatIfAnswered(
            claims=result["claims"], before=_yuan(result["before"]), after=_yuan(result["after"]),
            portfolio_digest=portfolio_digest,
        ),
        about=run.ref, actor=SYSTEM, at=at,
    )  # fmt: skip
    return True


def _yuan(fen: int) -> str:
    return str(ZERO + Decimal(fen).scaleb(-2))


@tx.use_case
def give_up(*, run_id: int, reason: str, at: datetime) -> None:
    """It cannot be calculated: say why instead of showing a figure that may be wrong."""
    given_up = WhatIf.objects.filter(pk=run_id, state__in=UNDER_WAY).update(
        state="FAILED", problem=REASONS.get(reason, reason), finished_at=at, changed_at=at
    )
    if given_up:
        journal.record(
            events.WhatIfFailed(reason=reason), about=Ref("what_if", run_id), actor=SYSTEM, at=at
        )


@tx.use_case
def begin_again(*, at: datetime) -> int:
    """Have those worked out again of which nothing was heard for a while (a lost worker)."""
    lost = list(
        WhatIf.objects.select_for_update(skip_locked=True)
        .filter(state__in=UNDER_WAY, changed_at__lt=at - FORGOTTEN_AFTER)
        .order_by("pk")[:20]
    )
    for run in lost:
        run.changed_at = at
        run.save(update_fields=["changed_at"])
        journal.defer("insight.work_out", run_id=run.pk)
    return len(lost)
