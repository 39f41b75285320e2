"""What we would suggest to one customer, for their own page (给您的建议): theirs, what fits, what to look after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yilu.insight.queries.person360 import person_for_themselves
from yilu.insight.rules import Prompt
from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.underwriting.queries.found import FoundCondition, conditions_found
from yilu.underwriting.queries.portrait import Fitting

__all__ = ["HEALTH", "Prompt", "Suggestions", "suggestions"]

HEALTH = "HEALTH_CARE"
REMEMBERED = timedelta(days=730)
"""How long a finding is listed: what is older says little of today."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """
    ``theirs``: what is due, ends or waits on their contracts, always. ``gaps`` and ``fitting`` only while they
    agree to hear of products, ``found`` only while they agree to be reminded of their health; None: they do not.
    """

    theirs: tuple[Prompt, ...]
    gaps: tuple[Prompt, ...] | None
    fitting: tuple[Fitting, ...]
    found: tuple[FoundCondition, ...] | None


def suggestions(party_id: int, at: datetime) -> Suggestions:
    """What to suggest to somebody now. The right is the caller's: it is for their own eyes."""
    whole = person_for_themselves(party_id, at)
    found = None
    if people.has_consent(party_id, HEALTH):
        found = conditions_found(party_id, day_of(at) - REMEMBERED)
    return Suggestions(
        theirs=tuple(each for each in whole.prompts if each.policy_id is not None),
        gaps=None
        if whole.offers_refused
        else tuple(each for each in whole.prompts if each.policy_id is None),
        fitting=whole.portrayed.fitting if whole.portrayed else (),
        found=found,
    )
