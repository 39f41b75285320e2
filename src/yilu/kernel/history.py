"""Row history kept by database triggers, so that bulk and raw writes are recorded too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pghistory


def tracked(*, exclude: tuple[str, ...] = ()) -> Callable[[Any], Any]:
    """
    Keep every earlier version of a model's rows (行级历史).

    The row as it was is written by a trigger on each UPDATE that changes it and on each DELETE; the
    present version is the row itself, so nothing is stored twice. Who and why is in the journal.
    """
    track: Callable[[Any], Any] = pghistory.track(
        # pghistory would keep the new row unless told otherwise.
        pghistory.UpdateEvent("before_change", row=pghistory.Old),
        pghistory.DeleteEvent("before_delete"),
        exclude=list(exclude),
        context_field=None,  # type: ignore[arg-type]
        obj_field=pghistory.ObjForeignKey(related_name="+", db_constraint=False, db_index=True),
    )
    return track
