"""What a verdict refuses, and on what."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.claims.models import Decision


@dataclass(frozen=True, slots=True)
class Refuses:
    """A verdict's kind and what it cites; ``agreed``: both sides signed its sum."""

    kind: str
    clauses: tuple[str, ...]
    agreed: bool

    def __bool__(self) -> bool:
        """Whether it refuses anything, whole or in part, that both sides have not agreed to."""
        return not self.agreed and self.kind in (Decision.Kind.DECLINE, Decision.Kind.PARTIAL)
