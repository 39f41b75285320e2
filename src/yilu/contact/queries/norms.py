"""What managers have set for the hotline and the follow-up of new policies, and whether it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.contact.models import CallRecording
from yilu.contact.queries.flows import flow_on
from yilu.contact.rules.follow_ups import Ladder
from yilu.contact.rules.ivr_reading import deepest
from yilu.contact.rules.measures import Measures
from yilu.standards import queries as standards


def ladder_on(on: date) -> Ladder:
    """How often one tries to reach the holder of a new policy, and by what next (新单回访)."""
    return Ladder(
        calls=standards.whole_figure("contact.follow_up_calls", on),
        visit_days=standards.whole_figure("contact.follow_up_visit_days", on),
        letter_days=standards.whole_figure("contact.follow_up_letter_days", on),
        hours=(
            standards.whole_figure("contact.calls_from_hour", on),
            standards.whole_figure("contact.calls_to_hour", on),
        ),
    )


def spares_on(on: date) -> bool:
    """Whether what is on record since the sale is not asked again (令2023-2 第35条)."""
    return standards.whole_figure("contact.follow_up_on_record", on) == 1


def manned_on(on: date) -> tuple[int, int]:
    """From which hour to which somebody answers, every day (人工服务时段)."""
    return (
        standards.whole_figure("contact.manned_from_hour", on),
        standards.whole_figure("contact.manned_to_hour", on),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Norms:
    """
    The hotline's norms (热线规范, E71): shares of one, seconds, levels of the menu, months.

    ``menu_levels`` is what the menu in use has.
    """

    answer_rate: Decimal
    service_level: Decimal
    wait_seconds: int
    menu_levels_most: int
    menu_levels: int
    recordings_months: int

    def kept(self, measured: Measures) -> tuple[bool | None, bool | None, bool | None]:
        """Whether answer rate, service level and mean wait keep the norm; None where nothing was measured."""
        rate, level, wait = measured.answer_rate, measured.service_level, measured.average_wait
        return (
            None if rate is None else rate >= self.answer_rate,
            None if level is None else level >= self.service_level,
            None if wait is None else wait <= self.wait_seconds,
        )


def last_kept_until() -> date | None:
    """Until when the latest closed recording is kept; None while there is none."""
    latest = CallRecording.objects.exclude(keep_until=None).order_by("-pk")
    return latest.values_list("keep_until", flat=True).first()


def norms_on(on: date) -> Norms:
    """The norms of a day."""
    return Norms(
        answer_rate=standards.figure("contact.answer_rate_least", on),
        service_level=standards.figure("contact.service_level_least", on),
        wait_seconds=standards.whole_figure("contact.wait_most_seconds", on),
        menu_levels_most=standards.whole_figure("contact.menu_levels_most", on),
        menu_levels=deepest(flow_on(on)),
        recordings_months=standards.whole_figure("contact.recordings_kept_months", on),
    )
