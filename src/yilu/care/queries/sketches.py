"""Plans of a scene, as the desk and whoever draws see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.care.models import Sketch
from yilu.care.rules.sketches import SIGNS, Item, path_of


@dataclass(frozen=True, slots=True)
class SignView:
    """A sign to choose, with its lines as a path of SVG."""

    code: str
    label: str
    path: str
    filled: bool
    view: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """A sign on a plan, in words and as it was said."""

    item: Item
    label: str


@dataclass(frozen=True, slots=True)
class SketchView:
    """A plan that was kept; ``sha256`` is of the picture among the claim's files."""

    id: int
    upload_id: int
    words: str
    sha256: str
    drawn_at: datetime
    items: tuple[ItemView, ...]


def list_signs() -> tuple[SignView, ...]:
    """Every sign of the board."""
    return tuple(
        SignView(c, s.label, path_of(s), s.filled, f"{-s.reach:g} {-s.reach:g} {2 * s.reach:g} {2 * s.reach:g}")
        for c, s in SIGNS.items()
    )  # fmt: skip


def sketches_of(visit_id: int) -> tuple[SketchView, ...]:
    """The plans of a visit, the latest first; that the reader may see the visit is the caller's."""
    return tuple(
        SketchView(
            s.pk, s.upload_id, s.words, s.sha256, s.drawn_at,
            tuple(ItemView(item, SIGNS[item.sign].label) for item in (Item(*i) for i in s.items)),
        )
        for s in Sketch.objects.filter(visit_id=visit_id).order_by("-pk")[:10]
    )  # fmt: skip
