"""What screens may know of what-ifs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.insight.models import WhatIf, WhatIfRow
from yilu.insight.whatif import changes
from yilu.insight.whatif.changes import Change, Figure, Part
from yilu.kernel.errors import NotFound
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.products import queries as products

__all__ = [
    "Change",
    "Figure",
    "Part",
    "Question",
    "RowView",
    "RunView",
    "VersionRow",
    "WhatIfNotFound",
    "get_run",
    "list_rows",
    "list_runs",
    "list_versions",
    "parts_of",
    "question",
]

ROWS_KEPT = 20_000
REASONS = {
    "TOO_LARGE": _("这些赔案的金额太大，无法精确到分地测算，请减少小数位数后再试"),
    "TOO_FINE": _("改动的数值小数位数太多，无法精确到分地测算"),
    "OTHER_SHAPE": _("改动涉及责任的范围而不只是数值，须重新审阅资料，不能测算"),
    "OTHER_BENEFITS": _("改动增加或减少了责任，不能测算"),
    "NOT_CONFIRMED": _(
        "抽查的保单与逐案理算不一致，为避免给出错误数字，本次不显示结果，请联系运维"
    ),
    "BROKEN": _("测算中断，请重新发起；如再次出现请联系运维"),
}
"""Why a what-if was given up."""
LEFT_OUT = {
    "UPHELD": _("人工认定了免责等事由"),
    "WRONG_AGE": _("因年龄误告按比例给付"),
    "OTHER_BENEFIT": _("按保险金额给付的责任"),
    "NOT_WHOLE_FEN": _("记录的金额不是整分"),
    "NOT_CALCULATED": _("核定时没有理算"),
    "DECIDED_OTHERWISE": _("核定金额与理算不同"),
    "DECLINED": _("人工核定不予赔付"),
}
"""Why a claim is left as it was decided."""


class WhatIfNotFound(NotFound):
    """There is no such run, or it is of offices the asker does not see."""

    code = "what_if_not_found"
    message = _("没有找到这次测算")
    hint = _("请从条款测算的列表进入。")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be calculated."""

    version_id: int
    office_id: int
    changes: tuple[Change, ...]
    source: str
    sample_size: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a product whose figures can be changed."""

    id: int
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One what-if."""

    id: int
    version_id: int
    product: str
    version: str
    office_id: int
    office: str
    changes: tuple[Change, ...]
    terms_digest: str
    portfolio_digest: str
    source: str
    source_label: str
    sample_size: int
    state: str
    state_label: str
    done: int
    total: int
    problem: str
    result: dict[str, Any]
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None

    @property
    def is_moving(self) -> bool:
        """Whether it is still worked on."""
        return self.state in ("WAITING", "READING", "CALCULATING")

    @property
    def is_sample(self) -> bool:
        """Whether the claims are invented."""
        return self.source == "SAMPLE"

    @property
    def difference(self) -> int:
        """What the change costs in fen, negative where it saves."""
        return int(self.result.get("after", 0)) - int(self.result.get("before", 0))


@dataclass(frozen=True, slots=True)
class RowView:
    """A claim with another benefit; number and id only for those who may see the claim."""

    place: int
    claim_id: int | None
    number: str
    office_id: int | None
    age: int | None
    billed: Decimal
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """What it would be more, or less."""
        return self.after - self.before


def list_versions() -> tuple[VersionRow, ...]:
    """Every version of a product with a benefit that can be recalculated."""
    return tuple(
        VersionRow(v.version_id, v.name, v.version)
        for v in products.list_versions()
        if changes.parts(products.get_terms(v.version_id))
    )


def parts_of(version_id: int) -> tuple[Part, ...]:
    """Its benefits with their figures of today. :raises ProductNotFound: no such version."""
    return changes.parts(products.get_terms(version_id))


def question(run_id: int) -> Question:
    """What a run asks: for the worker, which has every right."""
    run = WhatIf.objects.get(pk=run_id)
    return Question(
        run.product_version_id, run.office_id, _changes(run), run.source, run.sample_size
    )


def get_run(run_id: int, access: Access) -> RunView:
    """
    One run of one's offices.

    :raises NotAllowed: without insight.view. :raises WhatIfNotFound: none such, or another's.
    """
    access.require("insight.view")
    run = WhatIf.objects.select_related("office", "product_version").filter(pk=run_id).first()
    if run is None or not access.may("insight.view", run.office_id):
        raise WhatIfNotFound
    return _run(run)


def list_runs(access: Access, *, before: int | None = None, limit: int = 20) -> tuple[RunView, ...]:
    """The runs of one's offices, the newest first. :raises NotAllowed: without insight.view."""
    access.require("insight.view")
    found = WhatIf.objects.select_related("office", "product_version").filter(
        office_id__in=access.offices_for("insight.view")
    )
    if before is not None:
        found = found.filter(pk__lt=before)
    return tuple(_run(run) for run in found.order_by("-pk")[:limit])


def list_rows(run_id: int, access: Access, limit: int = 10) -> Iterator[RowView]:
    """
    The claims with the largest change, up to ``limit``.

    :raises WhatIfNotFound: no such run, or another's.
    """
    get_run(run_id, access)
    seen = access.offices_for("claims.view") if access.may("claims.view") else frozenset()
    rows = WhatIfRow.objects.filter(run_id=run_id, place__lte=limit).order_by("place")
    named = rows.values_list(
        "place", "claim_id", "claim__number", "office_id", "age", "billed", "before", "after"
    )
    for place, claim_id, number, office_id, age, billed, before, after in named.iterator(2000):
        mine = claim_id is not None and office_id in seen
        shown = number if mine else f"····{number[-4:]}" if number else ""
        yield RowView(
            place, claim_id if mine else None, shown, office_id, age, billed, before, after
        )


def _changes(run: WhatIf) -> tuple[Change, ...]:
    names = {
        figure.key: (part.name, figure)
        for part in changes.parts(products.get_terms(run.product_version_id))
        for figure in part.figures
    }
    return tuple(
        Change(
            c["key"],
            names[c["key"]][0],
            names[c["key"]][1].label,
            names[c["key"]][1].unit,
            c["before"],
            c["after"],
        )
        for c in run.changes
    )


def _run(run: WhatIf) -> RunView:
    return RunView(
        id=run.pk, version_id=run.product_version_id, product=run.product_version.name,
        version=run.product_version.version, office_id=run.office_id, office=run.office.name,
        changes=_changes(run), terms_digest=run.terms_digest, portfolio_digest=run.portfolio_digest,
        source=run.source, source_label=WhatIf.Source(run.source).label, sample_size=run.sample_size,
        state=run.state, state_label=WhatIf.State(run.state).label, done=run.done, total=run.total,
        problem=run.problem, result=run.result, asked_by=run.asked_by, asked_at=run.asked_at,
        finished_at=run.finished_at,
    )  # fmt: skip
