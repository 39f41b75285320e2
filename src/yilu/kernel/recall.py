"""
What a process remembers of rows that rarely change: calendars, decision tables, definitions.

Every such set of rows has an edition, a token that changes with each edit. A process asks for the
editions at most every few seconds and forgets what is no longer current, so an edit takes effect
at once where it was made and within seconds everywhere else, without a query on the hot path.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

CHECK_SECONDS = 3.0
"""How long an edit made by another process may stay unseen."""

read_editions: Callable[[], Mapping[str, str]] = dict
"""Reads the present editions by name; set by the room that keeps them."""

_all: list[Recall] = []  # type: ignore[type-arg]
_editions: Mapping[str, str] = {}
_checked = float("-inf")


class Recall(Generic[K, V]):
    """
    Values by key, loaded when first asked for and kept while their edition stands.

    ``name`` is the edition they belong to, ``load`` reads one value. Values are shared by all
    threads of the process: they must not be changed.
    """

    def __init__(self, name: str, load: Callable[[K], V]) -> None:
        self.name = name
        self._load = load
        self._values: dict[K, V] = {}
        self._edition: str | None = None
        _all.append(self)

    def __call__(self, key: K) -> V:
        """The value of ``key``, at most ``CHECK_SECONDS`` older than the database."""
        check()
        edition = _editions.get(self.name, "")
        if edition != self._edition:
            self._values = {}
            self._edition = edition
        try:
            return self._values[key]
        except KeyError:
            # Kept in the dictionary of this edition: a slow load never fills a newer one.
            values = self._values
            values[key] = value = self._load(key)
            return value

    def forget(self) -> None:
        """Read everything anew: after an edit in this process."""
        global _checked
        self._edition = None
        self._values = {}
        _checked = float("-inf")


Kept = Mapping[Recall, tuple[str | None, Mapping[Any, Any]]]  # type: ignore[type-arg]


def check() -> None:
    """Look at the editions if it is time to."""
    global _checked, _editions
    now = time.monotonic()
    if now - _checked >= CHECK_SECONDS:
        _editions = read_editions()
        _checked = now


def forget(name: str) -> None:
    """Forget all that belongs to one edition."""
    for recall in _all:
        if recall.name == name:
            recall.forget()


def kept() -> Kept:
    """What is remembered now, with its editions; for ``resume``."""
    return {each: (each._edition, dict(each._values)) for each in _all if each._values}


def resume(what: Kept) -> None:
    """Remember again what was ``kept`` of the same rows; tests do so that lay those out again."""
    global _checked
    for each, (edition, values) in what.items():
        each._edition, each._values = edition, dict(values)
    _checked = float("-inf")


def forget_all() -> None:
    """Start from nothing, as a new process does; tests do so between one another."""
    global _checked, _editions
    _editions, _checked = {}, float("-inf")
    for recall in _all:
        recall.forget()
