"""The tables of journeys."""

from .breaks import Breakpoint, KeptForm, Offer
from .forecasts import Forecast, ForecastStop
from .problems import Problem, ProblemNote
from .progress import EventEdge, FlowDay, Follower, HereNow, JourneyCase, StepDay, StepPassage
from .reviews import ReviewDecision, ReviewMinutes, ReviewPoint, WeeklyReview
from .versions import JourneyVersion, StandardText
from .wordings import StandardWording

__all__ = [
    "Breakpoint",
    "EventEdge",
    "FlowDay",
    "Follower",
    "Forecast",
    "ForecastStop",
    "HereNow",
    "JourneyCase",
    "JourneyVersion",
    "KeptForm",
    "Offer",
    "Problem",
    "ProblemNote",
    "ReviewDecision",
    "ReviewMinutes",
    "ReviewPoint",
    "StandardText",
    "StandardWording",
    "StepDay",
    "StepPassage",
    "WeeklyReview",
]
