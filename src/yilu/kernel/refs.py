"""Names for things across rooms, such as ``claim:42``, where a foreign key would be wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """What a thing is and which one: ``Ref("claim", 42)`` is written ``claim:42``."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read ``claim:42`` back. :raises ValueError: if the text is not of that shape."""
        kind, colon, number = text.partition(":")
        if not kind or not colon or not (number.isascii() and number.isdigit()):
            raise ValueError(f"not a reference: {text!r}")
        return cls(kind, int(number))


SYSTEM = Ref("system", 0)
"""The platform itself as an actor: it may approve, never refuse a person."""
