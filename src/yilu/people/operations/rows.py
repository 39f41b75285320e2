"""One row in, unless a unique constraint is in the way."""

from __future__ import annotations

from typing import Any

from django.db import models

from yilu.kernel import tx


@tx.step
def add(model: type[models.Model], **values: Any) -> int | None:
    """
    Insert one row in one statement; its id, or None where a unique constraint already holds.

    Unlike catching the database's error, this leaves the transaction usable. Fields not given take
    their model's default.
    """
    columns: list[str] = []
    given: list[Any] = []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        name = field.attname
        columns.append(f'"{field.column}"')
        given.append(values.pop(name) if name in values else field.get_default())
    if values:
        raise TypeError(f"{model.__name__} has no {', '.join(values)}")
    made = tx.rows(
        f'insert into "{model._meta.db_table}" ({", ".join(columns)}) '
        f"values ({', '.join(['%s'] * len(columns))}) on conflict do nothing returning id",
        given,
    )
    return int(made[0][0]) if made else None
