"""
Every table of an empty database, straight from the models: seconds instead of half a minute.

Migrating renders every model again and again and takes longer with each room. Tests and a new demo
start from here; what an insurer has comes from the migrations alone, and ``make tables`` shows that
both end at the same tables, column by column and trigger by trigger.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

CATALOGUE = """
    select 'column', table_name || '.' || column_name,
           concat_ws(' ', data_type, character_maximum_length, numeric_precision, numeric_scale,
                     is_nullable, column_default, is_identity, generation_expression)
      from information_schema.columns where table_schema = 'public'
    union all
    select 'constraint', conrelid::regclass || ' ' || regexp_replace(conname, '_[0-9a-f]{8}(_|$)', '_x\\1'),
           pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select 'index', tablename || ' ' || regexp_replace(indexname, '_[0-9a-f]{8}(_|$)', '_x\\1'),
           regexp_replace(indexdef, '_[0-9a-f]{8}(_| )', '_x\\1')
      from pg_indexes where schemaname = 'public'
    union all
    select 'trigger', tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) || ' ' || tgenabled::text
      from pg_trigger where not tgisinternal
    union all
    select 'function', proname, md5(prosrc) from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select 'storage', relname, array_to_string(reloptions, ',')
      from pg_class where relnamespace = 'public'::regnamespace and reloptions is not null
    union all
    select 'migration', app || ' ' || name, '' from django_migrations
"""


def tables_up_to_date() -> None:
    """Make the tables of a database that has none of ours, migrate those of any other."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    ours = _our_rooms()
    applied = MigrationLoader(connection).applied_migrations or {}
    if any(label in ours for label, _ in applied):
        call_command("migrate", verbosity=0)
    else:
        make_tables()


def make_tables() -> None:
    """
    Make the tables of every room in the database the settings name, none of which may be there yet.

    What other packages keep is migrated as ever; ours is all there or, if it is killed, not at all.
    """
    import pgtrigger
    from django.apps import apps
    from django.core.management import call_command
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connection, transaction
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.operations import RunSQL
    from django.db.migrations.recorder import MigrationRecorder

    ours = _our_rooms()
    loader = MigrationLoader(connection)
    for label in sorted({label for label, _ in loader.graph.nodes} - ours):
        call_command("migrate", label, verbosity=0)
    models = [m for label in sorted(ours) for m in apps.get_app_config(label).get_models()]
    recorder = MigrationRecorder(connection)
    with transaction.atomic():
        with connection.schema_editor() as editor:
            for model in models:
                if model._meta.managed and not model._meta.proxy:
                    editor.create_model(model)
        for key, migration in sorted(loader.disk_migrations.items()):
            if key[0] in ours:
                with connection.schema_editor() as editor:
                    for operation in migration.operations:
                        if isinstance(operation, RunSQL):
                            state: Any = None
                            operation.database_forwards(key[0], editor, state, state)
                recorder.record_applied(*key)
        pgtrigger.install()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def _our_rooms() -> set[str]:
    from django.apps import apps

    return {c.label for c in apps.get_app_configs() if c.name.startswith("yilu.")}


def tables_of(url: str) -> set[tuple[str, str, str]]:
    """Everything there is in a database, but for the digests in generated names."""
    import psycopg

    with psycopg.connect(url) as connection:
        return {(kind, name, told or "") for kind, name, told in connection.execute(CATALOGUE)}


def compare() -> int:
    """Print what migrations and models do not make alike; 0 where they end at the same tables."""
    from yilu.site import postgres, test_template

    found = []
    with tempfile.TemporaryDirectory(prefix="yilu-tables-") as folder:
        Path(folder).chmod(0o755)
        for how in ("fresh", "migrate"):
            cluster = postgres.throw_away(Path(folder) / how)
            try:
                test_template.fill(cluster.start(), how)
                found.append(tables_of(cluster.url))
            finally:
                cluster.remove()
    made, migrated = found
    for where, rows in (
        ("only in the models", made - migrated),
        ("only migrated", migrated - made),
    ):
        for kind, name, told in sorted(rows):
            print(f"{where}: {kind} {name}: {told}")
    print(f"{len(migrated)} columns, constraints, indexes, triggers and functions compared")
    return int(made != migrated)


if __name__ == "__main__":
    if sys.argv[1:] == ["compare"]:
        # Told to end, it ends like any program of ours: its server goes with it.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        sys.exit(compare())
    import django

    django.setup()
    tables_up_to_date()
