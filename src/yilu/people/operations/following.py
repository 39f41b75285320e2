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
from django.db.models import Q

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
    "people.MergedLately.party": "it names the record that went",
}
"""References that stay with the record they were written for, and why."""

PAGE = 500
"""So many rows go over in one transaction."""


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


@cache
def found_by_index(model: type[models.Model], name: str) -> bool:
    """Whether an index of the whole table begins with this column: what somebody has is found at once."""
    field: Any = model._meta.get_field(name)
    filled = Q(**{f"{name}__isnull": False})
    return bool(field.db_index or field.unique) or any(
        each.fields
        and each.fields[0].removeprefix("-") == name
        and each.condition in (None, filled)
        for each in (*model._meta.indexes, *model._meta.constraints)
        if isinstance(each, models.Index | models.UniqueConstraint)
    )


@cache
def found_in_part(model: type[models.Model], name: str) -> tuple[Q, ...]:
    """Which rows an index of a part of the table finds by this column: what is open, above all."""
    return tuple(
        each.condition
        for each in (*model._meta.indexes, *model._meta.constraints)
        if isinstance(each, models.Index | models.UniqueConstraint)
        and each.fields
        and each.fields[0].removeprefix("-") == name
        and each.condition is not None
    )


def move_own(*, party_id: int, into_id: int, at: datetime) -> int:
    """What this room itself keeps (accounts, consents, requests) goes over at once; how much it was."""
    return sum(
        _move(model, name, party_id, into_id, at)
        for model, name in references()
        if model._meta.app_label == "people"
    )


@tx.step
def move_elsewhere(*, party_id: int, at: datetime) -> int:
    """
    What other rooms keep goes over to the record that stands now, however often it moved since; how much.

    Only what an index finds, of a part of the table where it covers no more: a table read whole inside a transaction would hold up every reader of the
    journal. The rest is noted for ``move_left``. Twice is once. What cannot go (the standing record has the
    like already) stays and is noted.
    """
    into_id = _stands_for(party_id)
    if not into_id:
        return 0
    tx.changed(
        """
        insert into people_mergedlately (party_id, merged_at) values (%s::bigint, %s::timestamptz)
            on conflict (party_id) do update set merged_at = excluded.merged_at
        """,
        [party_id, at],
    )
    moved = 0
    for model, name in references():
        if model._meta.app_label == "people":
            continue
        if found_by_index(model, name):
            moved += _move(model, name, party_id, into_id, at)
        elif keys := _open_keys(model, name, party_id):
            moved += _move(model, name, party_id, into_id, at, keys)
    return moved


def _open_keys(model: type[models.Model], name: str, party_id: int) -> list[Any]:
    """The rows of a record that an index of a part of the table finds."""
    field: Any = model._meta.get_field(name)
    mine = {field.attname: str(Ref("party", party_id)) if _is_text(field) else party_id}
    keys: set[Any] = set()
    for part in found_in_part(model, name):
        keys.update(model._default_manager.filter(part, **mine).values_list("pk", flat=True))
    return sorted(keys)


def find_left(*, at: datetime) -> Iterator[tuple[str, list[tuple[int, Any]]]]:
    """
    What still names a record merged until then: places with (record, row), in pages. Reads whole tables,
    each once for all records, and must not run inside a transaction.
    """
    lately = tx.rows("select party_id from people_mergedlately where merged_at <= %s", [at])
    if not lately:
        return
    for model, name in references():
        field: Any = model._meta.get_field(name)
        by_name = {str(Ref("party", i)) if _is_text(field) else i: i for (i,) in lately}
        found = [
            (by_name[was], row)
            for was, row in tx.rows(
                f'select "{field.column}", "{model._meta.pk.column}" from "{model._meta.db_table}"'
                f' where "{field.column}" = any(%s)',
                [list(by_name)],
            )
        ]
        for begin in range(0, len(found), PAGE):
            yield f"{model._meta.label}.{name}", found[begin : begin + PAGE]


@tx.use_case
def move_left(*, place: str, found: list[tuple[int, Any]], at: datetime) -> int:
    """A page of what ``find_left`` found goes over as well; how much still had to."""
    label, _, name = place.rpartition(".")
    moved = 0
    for party_id in sorted({party_id for party_id, row in found}):
        if into_id := _stands_for(party_id):  # else parted meanwhile
            keys = [row for of, row in found if of == party_id]
            moved += _move(apps.get_model(label), name, party_id, into_id, at, keys)
    return moved


@tx.use_case
def forget_merged_lately(*, at: datetime) -> int:
    """Nothing is left of the records merged until then; how many. One merged again since is looked at again."""
    return tx.changed("delete from people_mergedlately where merged_at <= %s", [at])


def _stands_for(party_id: int) -> int | None:
    # Held: who is being parted, or merged once more, is not moved halfway.
    found = Party.objects.select_for_update(of=("self",)).filter(pk=party_id)
    return found.values_list("merged_into_id", flat=True).first()


def _is_text(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.CharField)


def _move(
    model: type[models.Model],
    name: str,
    party_id: int,
    into_id: int,
    at: datetime,
    keys: list[Any] | None = None,
) -> int:
    """All rows of a column that name the record, or those of them with these ``keys``; how many went."""
    field: Any = model._meta.get_field(name)
    table, column, key = model._meta.db_table, field.column, model._meta.pk.column
    was, now = (str(Ref("party", i)) if _is_text(field) else i for i in (party_id, into_id))
    place = f"{model._meta.label}.{name}"

    def go(only: str, *of: Any) -> int:
        with tx.savepoint():
            return tx.changed(
                f"""
                with moved as (
                    update "{table}" set "{column}" = %s where "{column}" = %s {only} returning "{key}" as key
                )
                insert into people_movedreference (party_id, place, row, stayed, moved_at)
                select %s::bigint, %s, key::text, false, %s::timestamptz from moved
                    on conflict (party_id, place, row)
                    do update set stayed = false, moved_at = excluded.moved_at
                """,
                [now, was, *of, party_id, place, at],
            )

    try:
        return go("") if keys is None else go(f'and "{key}" = any(%s)', keys)
    except IntegrityError:
        pass  # some of them stand in the way of the like: one by one
    if keys is None:
        keys = [
            k for (k,) in tx.rows(f'select "{key}" from "{table}" where "{column}" = %s', [was])
        ]
    moved = 0
    for row in keys:
        try:
            moved += go(f'and "{key}" = %s', row)
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
