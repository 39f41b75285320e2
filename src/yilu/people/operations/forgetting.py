"""What rooms do with the words about somebody who was erased: emptied where they stand, their history with them."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import models

from yilu.kernel import sealing, tx

GONE: Final = "已删除"
"""What stands where a sealed text was that every page expects to open."""


@tx.step
def empty(rows: models.QuerySet[Any], *sealed: str, **values: Any) -> int:
    """
    Write ``values`` over columns of these rows, seal ``GONE`` over the ``sealed`` ones, and forget their history.

    How many rows it was. The rows, their dates, codes and amounts stay. Sealed columns that may be empty
    are emptied instead.
    """
    model: type[models.Model] = rows.model
    ids = list(rows.values_list("pk", flat=True))
    for name in sealed:
        field: Any = model._meta.get_field(name)
        place = f"{model._meta.db_table}.{field.column}"
        values[name] = b"" if field.default == b"" else sealing.seal(GONE, place)
    if ids:
        model._default_manager.filter(pk__in=ids).update(**values)
        for versions in _histories(model):
            versions._default_manager.filter(pgh_obj_id__in=ids).delete()
    return len(ids)


@cache
def _histories(model: type[models.Model]) -> tuple[Any, ...]:
    """Where earlier versions of its rows are kept."""
    found = []
    for each in apps.get_models():
        kept = {f.name: f for f in each._meta.local_fields}.get("pgh_obj")
        if kept is not None and kept.related_model is model:
            found.append(each)
    return tuple(found)
