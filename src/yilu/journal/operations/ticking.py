"""What the worker does again and again: rooms register, the worker calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar, overload

Ticks = Callable[[datetime], object]
F = TypeVar("F", bound=Ticks)


@dataclass(frozen=True)
class Tick:
    """A function the worker calls with the time, and how often."""

    name: str
    function: Ticks
    every: timedelta
    own_thread: bool = False


TICKS: dict[str, Tick] = {}
"""Every registered tick, by name."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of a sweep did, and the last id it looked at: 0 where none was left."""

    did: int
    last: int


def through(page: Callable[..., Page]) -> int:
    """
    Go once through all that is due, page after page, whatever becomes of each; how many were done.

    ``page(after=…)`` takes those after an id.

    For what may stay due though it was looked at (somebody was asked and has not answered, money is
    under way): taken from the front each time, as many as one page holds would keep all others from
    ever being looked at. What is left waits for the next time: the tick returns 0.
    """
    done = after = 0
    while True:
        seen = page(after=after)
        done, after = done + seen.did, seen.last
        if not after:
            return done


@overload
def each_tick(
    function: F, *, seconds: float = 1, name: str = "", own_thread: bool = False
) -> F: ...
@overload
def each_tick(
    *, seconds: float = 1, name: str = "", own_thread: bool = False
) -> Callable[[F], F]: ...
def each_tick(
    function: F | None = None, *, seconds: float = 1, name: str = "", own_thread: bool = False
) -> F | Callable[[F], F]:
    """
    Have the worker call ``function(at)`` about every ``seconds``; also usable as a decorator.

    Register it in the room's ``jobs.py``, which every process imports. Ticks run one after the
    other in a thread of their own, beside the reactions: one that fails is logged and called again
    after a back-off, the others go on. Several workers may run, so a tick takes its rows with SKIP
    LOCKED. It returns how many things it did; while that is more than nothing it is called again
    at once, so it may take its work in small batches. With ``own_thread`` it runs beside the other
    ticks: for what must not wait for them.
    """

    def register(ticks: F) -> F:
        known = name or f"{ticks.__module__}.{getattr(ticks, '__name__', 'tick')}"
        TICKS[known] = Tick(known, ticks, timedelta(seconds=seconds), own_thread)
        return ticks

    return register(function) if function is not None else register
