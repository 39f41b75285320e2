"""
What somebody holds goes over when their record is merged, and back when the records are parted.

A reference to a party is the same promise in every room, so all of them follow it in one way, as a foreign
key follows its key: rooms need not (and must not) each remember to. Which columns these are is read from the
models, so that a new table is followed from its first day; ``tests/house/test_people_follow.py`` names the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.models import Party

STAY = {
    "journal.Event.party_id": "what happened is never rewritten; timelines read both records",
    "people.Party.merged_into": "it says who was merged",
    "people.SearchKey.party": "each record is found by its own particulars",
    "people.Double.first": "it names the two records",
    "people.Double.second": "it names the two records",
    "people.Double.keeps": "it names the record that stands",
    "people.MovedReference.party": "it names the record something came from",
}
"""References that stay with the record they were written for, and why."""


@cache
def references() -> tuple[tuple[type[models.Model], str], ...]:
    """Every column that names somebody we insure, pay or talk to, and follows when they are merged."""
    return tuple(
        (model, field)
        for model, field in _all_references()
        if f"{model._meta.label}.{field}" not in STAY
    )


def _all_references() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        if hasattr(model, "pgh_tracks"):
            continue  # earlier versions of rows: they say how it was
        if any(f.name == "pgh_obj" for f in model._meta.local_fields):
            continue
        for field in model._meta.local_fields:
            if field.is_relation:
                if field.related_model is Party:
                    yield model, field.name
            elif field.name == "party_id" or field.name == "recipient":
                yield model, field.name


def move_own(*, party_id: int, into_id: int, at: datetime) -> int:
    """What this room itself keeps (accounts, consents, requests) goes over at once; how much it was."""
    return _move(party_id, into_id, at, own=True)


@tx.step
def move_elsewhere(*, party_id: int, at: datetime) -> int:
    """
    Everything other rooms keep goes over to the record that stands now, however often it moved since.

    Twice is once. What cannot go (the standing record has the like already) stays and is noted.
    """
    into_id = Party.objects.filter(pk=party_id).values_list("merged_into_id", flat=True).first()
    return _move(party_id, into_id, at, own=False) if into_id else 0


def _move(party_id: int, into_id: int, at: datetime, *, own: bool) -> int:
    moved = 0
    for model, name in references():
        if (model._meta.app_label == "people") == own:
            moved += _move_column(model, name, party_id, into_id, at)
    return moved


def _move_column(
    model: type[models.Model], name: str, party_id: int, into_id: int, at: datetime
) -> int:
    field: Any = model._meta.get_field(name)
    table, column, key = model._meta.db_table, field.column, model._meta.pk.column
    text = isinstance(field, models.CharField)
    was, now = (str(Ref("party", i)) if text else i for i in (party_id, into_id))
    place = f"{model._meta.label}.{name}"
    sql = f"""
        with moved as (update "{table}" set "{column}" = %s where "{column}" = %s {{only}} returning "{key}" as key)
        insert into people_movedreference (party_id, place, row, stayed, moved_at)
        select %s::bigint, %s, key::text, false, %s::timestamptz from moved
            on conflict (party_id, place, row) do update set stayed = false, moved_at = excluded.moved_at
    """
    try:
        with tx.savepoint():
            return tx.changed(sql.format(only=""), [now, was, party_id, place, at])
    except IntegrityError:
        pass  # some of them stand in the way of the like: one by one
    moved = 0
    for (row,) in tx.rows(f'select "{key}" from "{table}" where "{column}" = %s', [was]):
        try:
            with tx.savepoint():
                moved += tx.changed(
                    sql.format(only=f'and "{key}" = %s'), [now, was, row, party_id, place, at]
                )
        except IntegrityError:
            tx.changed(
                """
                insert into people_movedreference (party_id, place, row, stayed, moved_at)
                values (%s, %s, %s, true, %s) on conflict do nothing
                """,
                [party_id, place, str(row), at],
            )
    return moved


@tx.step
def move_back(*, party_id: int, from_id: int) -> int:
    """Everything that came over with a record goes back to it, where it still is with ``from_id``."""
    places = tx.rows(
        """
        select place, array_agg(row) from people_movedreference
         where party_id = %s::bigint and not stayed group by place order by place
        """,
        [party_id],
    )
    given = 0
    for place, rows in places:
        label, _, name = place.rpartition(".")
        model = apps.get_model(label)
        field: Any = model._meta.get_field(name)
        text = isinstance(field, models.CharField)
        was, now = (str(Ref("party", i)) if text else i for i in (from_id, party_id))
        for row in rows:
            try:
                with tx.savepoint():
                    given += tx.changed(
                        f'update "{model._meta.db_table}" set "{field.column}" = %s'
                        f' where "{model._meta.pk.column}" = %s and "{field.column}" = %s',
                        [now, model._meta.pk.to_python(row), was],
                    )
            except IntegrityError:
                continue  # the record has the like again by now: it stays
    tx.changed("delete from people_movedreference where party_id = %s::bigint", [party_id])
    return given
