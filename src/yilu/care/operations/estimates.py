"""Repair estimates held against the price book are kept, and what was above it is answered for (A66)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.care import events
from yilu.care.models import EstimateCheck, EstimateLine, Price, PriceBook
from yilu.care.rules.prices import Estimated, Finding, PriceLine, check_estimate
from yilu.claims import queries as claims
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Stale
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access

from .refusals import NoPriceBook

LINES_MAX = 200
OUTCOMES = ("CUT", "KEPT")


class BadEstimate(Invalid):
    """No line, too many, or no number of the form."""

    code = "bad_estimate"
    message = _("定损单填写有误")
    hint = _("请至少填写一行；刷新页面后重试。")


class CheckNotFound(NotFound):
    """No such check of one's own."""

    code = "estimate_check_not_found"
    message = _("没有找到这次核对")


class CheckSettled(Stale):
    """It was answered for before, or nothing was above the book."""

    code = "estimate_check_settled"
    message = _("这次核对不用再说明")
    hint = _("要改结果，请重新核对一次。")


class OverNeedsReason(Invalid):
    """Paying more than the book takes a reason."""

    code = "over_needs_reason"
    message = _("按原价的，请写明原因")
    hint = _("会出现在价格偏差报告里，请至少写 5 个字。")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the book said, line by line; ``check_id`` is what to answer for."""

    check_id: int
    findings: tuple[Finding, ...]
    over: Decimal
    outcome: str


@tx.use_case
def check_an_estimate(
    *, region: str, lines: Sequence[Estimated], shop: str = "", claim_id: int | None = None,
    request_key: str, access: Access, actor: Ref, at: datetime,
) -> Checked:  # fmt: skip
    """
    Hold an estimate against the region's book in force, and keep what was found. The same form again is once.

    :raises NoPriceBook: the region has none. :raises BadEstimate: no line, or more than anybody reads.
    :raises ClaimNotFound: a claim that is not theirs to see.
    """
    if not 0 < len(lines) <= LINES_MAX or not 0 < len(request_key) <= 64:
        raise BadEstimate
    if claim_id is not None:
        claims.get_for_staff(claim_id, access)
    book = (
        PriceBook.objects.filter(region=region, effective_from__lte=at).order_by("-number").first()
    )
    if book is None:
        raise NoPriceBook
    prices = Price.objects.filter(book=book, code__in={each.code for each in lines})
    findings = check_estimate(
        lines, {p.code: PriceLine(0, p.code, p.name, p.kind, p.unit, p.price) for p in prices}
    )
    over = sum((each.over for each in findings), ZERO)
    row, made = EstimateCheck.objects.get_or_create(
        staff_id=access.staff_id, request_key=request_key,
        defaults={
            "region": region, "book": book, "shop": " ".join(shop.split())[:60],
            "claim_id": claim_id, "office_id": access.office_id, "over": over, "checked_at": at,
            "asked": sum((each.asked for each in findings), ZERO),
            "allowed": sum((each.allowed for each in findings), ZERO),
            "outcome": "OPEN" if over else "WITHIN",
        },
    )  # fmt: skip
    if not made:
        return Checked(row.pk, tuple(findings), over, row.outcome)
    EstimateLine.objects.bulk_create(
        EstimateLine(
            check_of=row, code=each.code, name=each.name, found=each.found, asked=each.asked,
            allowed=each.allowed,
        )
        for each in findings
    )  # fmt: skip
    journal.record(
        events.EstimateChecked(region=region, lines=len(findings), over=str(over)),
        about=Ref("estimate_check", row.pk), actor=actor, at=at,
    )  # fmt: skip
    return Checked(row.pk, tuple(findings), over, row.outcome)


@tx.use_case
def answer_for_estimate(
    *, check_id: int, outcome: str, reason: str = "", access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say what became of what was above the book: cut down to it (CUT), or paid as asked (KEPT), with a reason.

    :raises CheckNotFound: none of one's own. :raises CheckSettled: nothing is open.
    :raises OverNeedsReason: KEPT without one. :raises BadEstimate: another outcome.
    """
    if outcome not in OUTCOMES:
        raise BadEstimate
    why = reason.strip()[:300]
    if outcome == "KEPT" and len(why) < 5:
        raise OverNeedsReason
    if not EstimateCheck.objects.filter(pk=check_id, staff_id=access.staff_id).exists():
        raise CheckNotFound
    done = EstimateCheck.objects.filter(pk=check_id, outcome="OPEN").update(
        outcome=outcome, reason=why, settled_at=at
    )
    if not done:
        raise CheckSettled
    journal.record(
        events.EstimateAnswered(outcome=outcome),
        about=Ref("estimate_check", check_id), actor=actor, at=at,
    )  # fmt: skip
