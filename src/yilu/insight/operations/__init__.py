"""Every write of insight: what-ifs that are asked and answered, years that are added up."""

from yilu.insight.operations.claims_years import (
    NoSuchYear,
    NothingToPrint,
    add_up_claims,
    ask_claims_report,
    keep_claims_report,
)
from yilu.insight.operations.proposing import tell_of_ends
from yilu.insight.operations.what_ifs import (
    FORGOTTEN_AFTER,
    SAMPLE_MOST,
    UNDER_WAY,
    BadChange,
    BadSample,
    Found,
    NothingChanged,
    NothingToRecalculate,
    answer,
    ask_what_if,
    begin,
    begin_again,
    begin_calculating,
    give_up,
    note_progress,
)

__all__ = [
    "FORGOTTEN_AFTER",
    "SAMPLE_MOST",
    "UNDER_WAY",
    "BadChange",
    "BadSample",
    "Found",
    "NoSuchYear",
    "NothingChanged",
    "NothingToPrint",
    "NothingToRecalculate",
    "add_up_claims",
    "answer",
    "ask_claims_report",
    "ask_what_if",
    "begin",
    "begin_again",
    "begin_calculating",
    "give_up",
    "keep_claims_report",
    "note_progress",
    "tell_of_ends",
]
