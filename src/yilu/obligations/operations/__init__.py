"""What changes promises and their clocks: following the journal, the tick, edits, the catalogue."""

from .editing import (
    BeforeTheOneInForce,
    ChangeGone,
    InThePast,
    SameHands,
    UnknownDefinition,
    WrongDefinition,
    agree_to_change,
    drop_change,
    end_definition,
    revise_definition,
)
from .following import follow
from .resetting import set_clocks_anew
from .shipping import load_catalogue, shipped
from .ticking import tick

__all__ = [
    "BeforeTheOneInForce",
    "ChangeGone",
    "InThePast",
    "SameHands",
    "UnknownDefinition",
    "WrongDefinition",
    "agree_to_change",
    "drop_change",
    "end_definition",
    "follow",
    "load_catalogue",
    "revise_definition",
    "set_clocks_anew",
    "shipped",
    "tick",
]
