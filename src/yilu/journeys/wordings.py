"""What a standard says on a day: the insurer's newest wording in force, else the text that shipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilu.journeys.models import StandardText, StandardWording


@dataclass(frozen=True, slots=True)
class Worded:
    """A standard with the wording in force; none where the shipped text still counts."""

    standard: StandardText
    wording: StandardWording | None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.wording.title if self.wording else self.standard.title

    @property
    def text(self) -> str:
        """What it says."""
        return self.wording.text if self.wording else self.standard.text

    @property
    def ours(self) -> bool:
        """Whether the insurer has not worded it yet."""
        return self.wording is None and self.standard.ours


def worded(catalogue: str, on: date) -> list[Worded]:
    """The standards of a catalogue as they are on a day, in their order; two statements."""
    approved = StandardWording.objects.filter(
        standard__catalogue=catalogue, state="APPROVED", since__lte=on
    ).order_by("number")
    in_force = {each.standard_id: each for each in approved}
    standards = StandardText.objects.filter(catalogue=catalogue).order_by("position")
    return [Worded(each, in_force.get(each.pk)) for each in standards]
