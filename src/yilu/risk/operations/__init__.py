"""Every write of the room."""

from .comparing import (
    COMPARED_DAYS,
    COMPARED_MAX,
    Compared,
    Raised,
    Told,
    compare,
    note_device,
    raise_measured,
)
from .declaring import (
    Answer,
    Paper,
    UnknownQuestion,
    compare_diagnoses,
    keep_declaration,
    note_declaration,
)
from .findings import (
    Established,
    FindingMissing,
    SignalAlreadyCleared,
    clear_group,
    clear_signal,
    note_outcomes,
)
from .grouping import GroupFound, keep_groups
from .many import keep_traces, would_raise
from .modelling import (
    AlreadyTraining,
    NotReleasable,
    NotTrained,
    ReasonMissing,
    SamePerson,
    ask_for_training,
    beats_logistic,
    begin_training,
    give_up_training,
    keep_trained,
    release_model,
    retire_model,
)
from .renewing import forget_outdated, renew_traits
from .rulebook import NoRules, load_rules

__all__ = [
    "COMPARED_DAYS",
    "COMPARED_MAX",
    "AlreadyTraining",
    "Answer",
    "Compared",
    "Established",
    "FindingMissing",
    "GroupFound",
    "NoRules",
    "NotReleasable",
    "NotTrained",
    "Paper",
    "Raised",
    "ReasonMissing",
    "SamePerson",
    "SignalAlreadyCleared",
    "Told",
    "UnknownQuestion",
    "ask_for_training",
    "beats_logistic",
    "begin_training",
    "clear_group",
    "clear_signal",
    "compare",
    "compare_diagnoses",
    "forget_outdated",
    "give_up_training",
    "keep_declaration",
    "keep_groups",
    "keep_traces",
    "keep_trained",
    "load_rules",
    "note_declaration",
    "note_device",
    "note_outcomes",
    "raise_measured",
    "release_model",
    "renew_traits",
    "retire_model",
    "would_raise",
]
