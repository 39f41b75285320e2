"""Facts: what an event says happened. Each is a frozen dataclass in some room's ``events.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol, TypeVar, dataclass_transform

from .refs import Ref

T = TypeVar("T")

REGISTRY: dict[str, type[Any]] = {}
"""Every kind of fact the program knows, by kind; the events catalogue is made from it."""

_ALLOWED = {"str", "int", "bool", "str | None", "int | None", "tuple[str, ...]", "tuple[int, ...]"}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def fact(kind: str, label: str, *, begins: bool = False) -> Callable[[type[T]], type[T]]:
    """
    Declare a fact: ``@fact("claims.claim_reported", "客户报案", begins=True)``.

    ``kind`` is ``room.past_tense``; ``label`` is the Chinese sentence a timeline shows. Fields hold
    plain values only (text, whole numbers, truth values): ids, codes, amounts as text, never a
    name, a phone, an identity number or free text about a person. ``begins`` says that what it is
    about is made in the very transaction that records it: nothing can be known of it from before.
    """

    def declare(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        for field in fields(made):  # type: ignore[arg-type]
            written = (
                field.type if isinstance(field.type, str) else getattr(field.type, "__name__", "?")
            )
            if written not in _ALLOWED:
                raise TypeError(f"{kind}.{field.name}: {field.type} is not a plain value")
        if kind in REGISTRY:
            raise ValueError(f"two facts are called {kind}")
        made.fact_kind = kind  # type: ignore[attr-defined]
        made.fact_label = label  # type: ignore[attr-defined]
        made.fact_begins = begins  # type: ignore[attr-defined]
        REGISTRY[kind] = made
        return made

    return declare


class Told(Protocol):
    """An event as rules and readers see it, whether it was just recorded or is read from the journal."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def about(self) -> Ref: ...
    @property
    def actor(self) -> Ref: ...
    @property
    def party_id(self) -> int | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def facts(self) -> dict[str, Any]: ...
