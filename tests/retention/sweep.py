"""Sweeps as the worker makes them: what keeps recordings is read first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from yilu.journal import operations as journal
from yilu.retention import operations


def read_all(at: datetime) -> None:
    """Read the journal to its end."""
    while operations.follow(at):
        pass


def swept(forget: Callable[..., journal.Page], at: datetime) -> int:
    """How many recordings went."""
    read_all(at)
    return journal.through(partial(forget, at=at))
