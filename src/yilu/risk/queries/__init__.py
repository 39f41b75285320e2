"""What others may know of risk: signals with their evidence, links, groups, models."""

from yilu.risk.publications import NotAPublication, icd10, read_folder
from yilu.risk.rules import SIGNAL_LABELS, Measure, Trait, TraitKind, worst
from yilu.risk.rules.scoring import EXCLUDED, FEATURES

from .links import GroupView, Links, Node, Why, get_group, links_of, list_groups
from .measuring import (
    Drift,
    EffectRow,
    Labelled,
    ModelView,
    RulesInForce,
    drift,
    effectiveness,
    get_model,
    labelled_claims,
    list_models,
    rules_in_force,
)
from .signals import FindingView, SignalView, claim_signals, list_open


def signal_label(code: str) -> str:
    """What a signal is called; the code itself for one there is no more."""
    return SIGNAL_LABELS.get(code, code)


def diagnosis_codes(text: str) -> tuple[str, ...]:
    """The codes of ICD-10 a diagnosis says, written out or by a listed name; nothing is guessed."""
    return icd10().codes_in(text)


__all__ = [
    "EXCLUDED",
    "FEATURES",
    "Drift",
    "EffectRow",
    "FindingView",
    "GroupView",
    "Labelled",
    "Links",
    "Measure",
    "ModelView",
    "Node",
    "NotAPublication",
    "RulesInForce",
    "SignalView",
    "Trait",
    "TraitKind",
    "Why",
    "claim_signals",
    "diagnosis_codes",
    "drift",
    "effectiveness",
    "get_group",
    "get_model",
    "labelled_claims",
    "links_of",
    "list_groups",
    "list_models",
    "list_open",
    "read_folder",
    "rules_in_force",
    "signal_label",
    "worst",
]
