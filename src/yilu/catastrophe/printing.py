"""What the printed report of an event or drill says: counts, times and measures, nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from yilu.kernel.days import CHINA
from yilu.kernel.money import in_large_units

from .queries import GOAL_HOURS, AffectedRow, EventPage


def report_data(page: EventPage, affected: Sequence[AffectedRow], at: datetime) -> dict[str, Any]:
    """An event as the template names it, ready to print."""
    card, far = page.card, page.funnel
    last = page.milestones[-1]
    until = last.at or card.closed_at or at
    took = until - card.declared_at
    goal = timedelta(hours=GOAL_HOURS)
    return {
        "drill": card.drill,
        "number": card.number,
        "name": card.name,
        "kind": card.kind_label,
        "level": card.level_label,
        "place": card.place,
        "office": card.office_name,
        "occurred_at": _moment(card.occurred_at),
        "declared_at": _moment(card.declared_at),
        "closed_at": _moment(card.closed_at),
        "printed_at": _moment(at),
        "goal": str(GOAL_HOURS),
        "finished": last.at is not None,
        "took": _lasting(took),
        "in_time": took <= goal,
        "share": min(1.0, round(took / goal, 4)),
        "listed": str(far.listed),
        "matched": str(far.matched),
        "not_matched": str(far.listed - far.matched - far.to_confirm),
        "to_confirm": str(far.to_confirm),
        "problems": str(far.problems),
        "contacted": str(far.contacted),
        "claims": str(far.claims),
        "paid_claims": str(far.paid_claims),
        "amount": in_large_units(far.amount),
        "steps": [
            [step.label, _hour(step.at), "未完成" if step.took is None else _lasting(step.took), _mark(step.in_time)]
            for step in page.milestones
        ],
        "measures": [
            [m.name, m.owner_name or "未指定", _hour(m.due_at), _hour(m.done_at), m.told or _mark(m.in_time)]
            for m in page.measures
        ],
        "lists": [
            [each.filename, each.source, str(each.total), _moment(each.imported_at)]
            for each in reversed(page.lists)
        ],
        "people": [
            [
                str(place), each.condition_label, each.contact_label or "未联系上", _hour(each.contacted_at),
                str(len(each.claims)), str(sum(paid for *_rest, paid in each.claims)),
                f"{sum(amount or 0 for _id, _number, amount, paid in each.claims if paid):,.2f}",
            ]
            for place, each in enumerate(affected, start=1)
        ],
        "words": page.closing_words,
    }  # fmt: skip


def _moment(at: datetime | None) -> str:
    if at is None:
        return "—"
    local = at.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _hour(at: datetime | None) -> str:
    """Without the year, for tables: the report names it once."""
    return _moment(at).partition("年")[2] or "—"


def _lasting(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return f"{hours} 小时 {minutes} 分钟" if hours else f"{minutes} 分钟"


def _mark(in_time: bool | None) -> str:
    return "未完成" if in_time is None else "按时" if in_time else "超时"
