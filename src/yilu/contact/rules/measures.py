"""What the figures of a contact centre mean, said once (接通率、服务水平、占用率)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

WITHIN: Final = 20
"""Seconds within which a person should answer (20 秒服务水平)."""
SHORT_ABANDON: Final = 5
"""Who hangs up sooner did not wait: left out of the service level."""
FCR_DAYS: Final = 7
"""Solved at the first contact: nobody came back about it within so many days."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts and seconds of the contacts that asked for a person in some time."""

    asked: int
    answered: int
    answered_in_time: int
    gave_up_customer: int
    gave_up_long_wait: int
    gave_up_system: int
    gave_up_at_once: int
    called_back: int
    waited_seconds: float
    talked_seconds: float
    talked: int

    @property
    def gave_up(self) -> int:
        """All that ended before a person came."""
        return self.gave_up_customer + self.gave_up_long_wait + self.gave_up_system

    @property
    def answer_rate(self) -> Decimal | None:
        """接通率: answered of all that asked; who waits still or is called back counts not yet."""
        return share(self.answered, self.answered + self.gave_up)

    @property
    def service_level(self) -> Decimal | None:
        """Answered within 20 seconds of all answered and given up after more than five."""
        return share(self.answered_in_time, self.answered + self.gave_up - self.gave_up_at_once)

    @property
    def average_wait(self) -> float | None:
        """Seconds until a person answered (ASA)."""
        return self.waited_seconds / self.answered if self.answered else None

    @property
    def average_talk(self) -> float | None:
        """Seconds of a talk."""
        return self.talked_seconds / self.talked if self.talked else None


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Seconds of talk and wrap-up, and seconds signed on."""

    busy: float
    staffed: float

    @property
    def share(self) -> Decimal | None:
        """占用率."""
        return share(self.busy, self.staffed)


def share(part: float, whole: float) -> Decimal | None:
    """A share of one to a thousandth; None of nothing."""
    return round(Decimal(part / whole), 3) if whole > 0 else None
