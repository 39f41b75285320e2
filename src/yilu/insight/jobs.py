"""Working what-ifs out, adding years up, printing reports: what takes long. The kernel's numpy is loaded in the worker only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from yilu.insight import operations
from yilu.insight.queries import claims_years, what_if
from yilu.insight.whatif import changes
from yilu.journal import operations as journal
from yilu.kernel.days import day_of
from yilu.kernel.money import in_large_units
from yilu.letters import operations as letters
from yilu.people import queries as people
from yilu.products import queries as products


@journal.job(attempts=1)
def work_out(run_id: int) -> None:
    """
    Work one what-if out; may be killed anywhere and is then begun again.

    Nothing is shown that the single path does not confirm on the policies drawn by lot.
    """
    if not operations.begin(run_id=run_id, at=_now()):
        return
    try:
        _answer(run_id)
    except Exception:
        operations.give_up(run_id=run_id, reason="BROKEN", at=_now())
        raise


@journal.each_tick(seconds=300)
def begin_again(at: datetime) -> int:
    """Take up runs of which nothing was heard for a quarter of an hour."""
    return operations.begin_again(at=at)


NIGHT_SECONDS = 6 * 3600


@journal.each_tick(seconds=NIGHT_SECONDS, name="insight.claims_years")
def add_up_claims(at: datetime) -> int:
    """Add up this year's claims, in January the last one's too, and what lacks a newer column; the tick has no second helping."""
    today = day_of(at)
    wanted = {today.year, (today - timedelta(days=31)).year, *claims_years.years_not_split()}
    for year in sorted(wanted):
        operations.add_up_claims(year=year, at=at)
    return 0


@journal.job()
def print_claims_year(year: int) -> None:
    """Add a year up and print the whole insurer's report of it."""
    at = _now()
    operations.add_up_claims(year=year, at=at)
    told = claims_years.claims_year(year, None)
    content = letters.typeset("claims_year", report_data(told), at)
    operations.keep_claims_report(year=year, content=content, at=at)


def report_data(told: claims_years.Year) -> dict[str, Any]:
    """A year's figures as the template names them, ready to print."""

    def line(name: str, figures: claims_years.Figures) -> list[str]:
        return [
            name, f"{figures.closed:,}", f"{figures.amount:,.2f}", _or_dash(figures.share("paid"), ".2f", "%"),
            _or_dash(figures.days, ".2f"), _or_dash(figures.share("in_an_hour"), ".1f", "%"),
        ]  # fmt: skip

    whole, before = told.whole, told.before
    days = [month.days or 0.0 for month in told.months]
    return {
        "year": told.year,
        "closed": f"{whole.closed:,}",
        "amount": in_large_units(whole.amount),
        "average": _or_dash(whole.average, ",.2f"),
        "days": _or_dash(whole.days, ".2f"),
        "paid": _or_dash(whole.share("paid"), ".2f", "%"),
        "in_ten_minutes": _or_dash(whole.share("in_ten_minutes"), ".1f", "%"),
        "in_an_hour": _or_dash(whole.share("in_an_hour"), ".1f", "%"),
        "in_a_day": _or_dash(whole.share("in_a_day"), ".1f", "%"),
        "by_machine": _or_dash(whole.share("by_machine"), ".1f", "%"),
        "persons": f"{told.persons:,}",
        "e_invoices": f"{whole.e_invoices:,}",
        "e_invoices_share": _or_dash(whole.share("e_invoices"), ".1f", "%"),
        "advances": f"{whole.advances:,}",
        "advanced": in_large_units(whole.advanced),
        "before": None
        if not before.closed
        else {
            "year": told.year - 1, "closed": f"{before.closed:,}", "amount": in_large_units(before.amount),
            "days": _or_dash(before.days, ".2f"), "paid": _or_dash(before.share("paid"), ".2f", "%"),
        },
        "parts": [f"{part:.2f}" for part in whole.parts.values()],
        "shares": [round(part / (sum(whole.parts.values()) or 1), 4) for part in whole.parts.values()],
        "months": [
            {"closed": month.closed, "days": round(n, 3), "height": round(n / (max(days) or 1), 4)}
            for month, n in zip(told.months, days, strict=True)
        ],
        "businesses": [line(*each) for each in told.businesses],
        "programmes": [line(*each) for each in told.programmes],
        "channels": [line(*each) for each in told.channels],
        "types": [line(*each) for each in told.types],
    }  # fmt: skip


def _or_dash(number: float | Decimal | None, how: str, unit: str = "") -> str:
    return "—" if number is None else f"{number:{how}}{unit}"


def _answer(run_id: int) -> None:
    import numpy as np

    from yilu.insight.whatif import effects, portfolio, reading, recalculation
    from yilu.insight.whatif.encoding import Refused

    asked = what_if.question(run_id)
    today = products.get_terms(asked.version_id)
    other = changes.applied(today, asked.changes)

    def progress(done: int, total: int) -> None:
        operations.note_progress(run_id=run_id, done=done, total=total, at=_now())

    if asked.source == "SAMPLE":
        book = reading.invented(today, asked.sample_size, progress)
    else:
        book = reading.recorded(today, asked.version_id, progress)
    operations.begin_calculating(run_id=run_id, at=_now())
    laid = portfolio.laid_out(book.collector)
    try:
        before, after = (recalculation.recalculate(laid, terms) for terms in (today, other))
    except Refused as refused:
        operations.give_up(run_id=run_id, reason=refused.code, at=_now())
        return
    claims, differences = effects.checked(book, [(today, before), (other, after)])
    if differences:
        operations.give_up(run_id=run_id, reason="NOT_CONFIRMED", at=_now())
        return
    shown = np.ones(len(laid), np.bool_)
    if asked.source == "RECORDED":
        shown = np.isin(np.array(book.offices, np.int64), _below(asked.office_id))
    result = effects.summary(book, laid, before, after, shown)
    operations.answer(
        run_id=run_id,
        result={**result, "checked": claims},
        portfolio_digest=laid.digest(),
        rows=list(effects.rows(book, laid, before, after, shown)),
        at=_now(),
    )


def _below(office_id: int) -> list[int]:
    """An office and all below it."""
    found, before = {office_id}, 0
    offices = people.list_offices()
    while len(found) != before:
        before = len(found)
        found |= {o.id for o in offices if o.parent_id in found}
    return sorted(found)


def _now() -> datetime:
    return datetime.now(UTC)


@journal.each_tick(seconds=NIGHT_SECONDS, name="insight.tell_of_ends")
def tell_of_ends(at: datetime) -> int:
    """Tell of covers that end in thirty days; the tick has no second helping."""
    operations.tell_of_ends(at)
    return 0


@journal.each_tick(seconds=NIGHT_SECONDS, name="insight.tell_of_check_ups")
def tell_of_check_ups(at: datetime) -> int:
    """Remind of check-ups a year after; the tick has no second helping."""
    operations.tell_of_check_ups(at)
    return 0


@journal.each_tick(seconds=NIGHT_SECONDS, name="insight.plan_disclosures")
def plan_disclosures(at: datetime) -> int:
    """List in January what is to be published of the last year; the tick has no second helping."""
    operations.plan_disclosures(at=at)
    return 0
