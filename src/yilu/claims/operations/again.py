"""Run a use case again where somebody else was quicker by a hair."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from yilu.policies.operations import UseChanged

P = ParamSpec("P")
R = TypeVar("R")
TRIES_MAX = 3


def anew_if_used(function: Callable[P, R]) -> Callable[P, R]:
    """
    Run a use case anew where another claim on the same policy was approved while it ran.

    Nothing of the first try remains, and the second calculates with what is left of the benefit.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES_MAX - 1):
            try:
                return function(*args, **kwargs)
            except UseChanged:
                continue
        return function(*args, **kwargs)

    return run
