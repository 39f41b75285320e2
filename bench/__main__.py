"""
Run the benchmarks: ``python -m bench [ONLY]`` with the beginning of a name, such as ``claims``.

Each file runs in a process of its own on tables of its own, copied from a template: what one group
makes up never meets what another makes up, and no figure carries another's rows, queues or memory.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import bench
from bench import machine

OUT = bench.BUILD / "bench.jsonl"
FILES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("*.py")
    if path.stem not in {"__init__", "__main__", "machine"}
)


# -- the whole run --------------------------------------------------------------------------------


def main(only: str) -> int:
    """Run what ``only`` names, or everything; returns the process's exit code."""
    from yilu.site import postgres

    bench.BUILD.mkdir(exist_ok=True)
    work = bench.BUILD / f"bench-{os.getpid()}"
    cluster = postgres.local(work / "postgres")
    load, began = os.getloadavg()[0], time.perf_counter()
    try:
        print("starting a durable PostgreSQL of our own ...", flush=True)
        url = cluster.start()
        _settings(url, work)
        bench.MACHINE |= machine.measure_limits(url, work)
        for name, value in bench.MACHINE.items():
            bench.ROWS.append(bench.Row(f"machine.{name}", value, "1/s", note=bench.LIMITS[name]))
        busy = "others at work on this machine before we began: CPU figures suffer from them too"
        bench.ROWS.append(bench.Row("machine.load", load, "processes", note=busy))
        _make_template()
        broken = _run_files(only, url, work)
    finally:
        cluster.remove()
        shutil.rmtree(work, ignore_errors=True)
    _write()
    _print()
    print(f"the whole took {(time.perf_counter() - began) / 60:.1f} min")
    for line in broken:
        print(f"FAILED {line}", file=sys.stderr)
    return 1 if broken else 0


def _settings(url: str, work: Path) -> None:
    os.environ["DATABASE_URL"] = url
    os.environ["YILU_VAR"] = str(work / "var")
    os.environ["YILU_BENCH_MACHINE"] = "{}"
    os.environ.setdefault("YILU_SECRET_KEY", "benchmarks only, benchmarks only, benchmarks only")
    os.environ.setdefault("YILU_SEALING_KEY", "benchmarks only: sealing key, benchmarks only")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
    os.environ.setdefault("YILU_LOG_LEVEL", "ERROR")
    import django

    django.setup()


def _make_template() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from yilu.site import fresh

    fresh.tables_up_to_date()
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():  # pages name their files by it
        call_command("collectstatic", interactive=False, verbosity=0)
    connections.close_all()


def _run_files(only: str, url: str, work: Path) -> list[str]:
    """Every file that measures something of ``only``, each by itself; what broke."""
    broken: list[str] = []
    chosen: dict[str, list[str]] = {}
    for stem in FILES:
        try:
            importlib.import_module(f"bench.{stem}")
        except Exception as problem:  # noqa: BLE001  (reported; the run goes on)
            if not only or stem == only.partition(".")[0]:
                traceback.print_exc()
                broken.append(f"bench/{stem}.py: {problem}")
    for name, benchmark in sorted(bench.BENCHMARKS.items()):
        if _is_chosen(name, only):
            chosen.setdefault(_file_of(benchmark), []).append(name)
    if not chosen:
        broken.append(f"no benchmark is called {only}")
    for n, (stem, names) in enumerate(sorted(chosen.items()), 1):
        print(f"bench/{stem}.py, {n} of {len(chosen)} files", flush=True)
        broken += _run_file(stem, names, only, url, work)
    bench.ROWS.sort(key=lambda row: (not row.name.startswith("machine."), row.name.split(".")[0]))
    return broken


def _file_of(benchmark: bench.Benchmark) -> str:
    return benchmark.run.__module__.removeprefix("bench.")


def _run_file(stem: str, names: list[str], only: str, url: str, work: Path) -> list[str]:
    told = work / f"{stem}.json"
    command = [sys.executable, "-m", "bench", only, "--file", stem, "--told", str(told)]
    machine_limits = {"YILU_BENCH_MACHINE": json.dumps(bench.MACHINE)}
    with _database(url, f"bench_{stem}") as own:
        environment = {**os.environ, "DATABASE_URL": own, **machine_limits}
        ended = subprocess.run(command, env=environment, cwd=bench.ROOT, check=False)
    if not told.exists():
        return [f"bench/{stem}.py ended with {ended.returncode}: {', '.join(names)}"]
    found = json.loads(told.read_text(encoding="utf-8"))
    bench.ROWS.extend(bench.Row(**row) for row in found["rows"])
    return list(found["broken"])


@contextmanager
def _database(url: str, name: str) -> Iterator[str]:
    """A database of that name with the template's tables, gone afterwards; its address."""
    import psycopg

    whole = urlsplit(url)
    with psycopg.connect(
        urlunsplit(whole._replace(path="/postgres")), autocommit=True
    ) as connection:
        template = whole.path.lstrip("/")
        connection.execute(f'create database "{name}" template "{template}"'.encode())
        try:
            yield urlunsplit(whole._replace(path=f"/{name}"))
        finally:
            connection.execute(f'drop database "{name}" with (force)'.encode())


# -- one file, in a process of its own ------------------------------------------------------------


def run_file(stem: str, only: str, told: Path) -> int:
    """Run what one file measures of ``only``, and leave its rows where ``told`` says."""
    import django
    from django.conf import settings
    from django.db import connections

    django.setup()
    bench.MACHINE |= json.loads(os.environ["YILU_BENCH_MACHINE"])
    importlib.import_module(f"bench.{stem}")
    _settle()
    broken: list[str] = []
    for name, benchmark in sorted(bench.BENCHMARKS.items()):
        if _is_chosen(name, only) and _file_of(benchmark) == stem:
            broken += _run(benchmark)
    if settings.configured:
        connections.close_all()
    rows = [asdict(row) for row in bench.ROWS]
    told.write_text(json.dumps({"rows": rows, "broken": broken}), encoding="utf-8")
    return 0


def _settle() -> None:
    """Be in the state of a server that has started: everything imported, and kept (site/wsgi.py)."""
    from django.urls import get_resolver

    from yilu.kernel import memory

    get_resolver().url_patterns  # noqa: B018
    memory.keep_what_is_loaded()


def _is_chosen(name: str, only: str) -> bool:
    return not only or name == only or name.startswith(f"{only}.")


def _run(benchmark: bench.Benchmark) -> list[str]:
    print(f"{benchmark.name} ...", flush=True)
    began = time.perf_counter()
    try:
        bench.ROWS.append(bench.row_of(benchmark, benchmark.run()))
    except bench.Skip as reason:
        print(f"{benchmark.name} skipped: {reason}", flush=True)
    except Exception as problem:  # noqa: BLE001  (reported; the run goes on)
        traceback.print_exc()
        return [f"{benchmark.name}: {type(problem).__name__}: {problem}"]
    finally:
        print(f"{benchmark.name} took {time.perf_counter() - began:.1f} s", flush=True)
    return []


# -- what is told ---------------------------------------------------------------------------------


def _write() -> None:
    with OUT.open("w", encoding="utf-8") as out:
        for row in bench.ROWS:
            line = {
                "name": row.name,
                "value": round(row.value, 6),
                "unit": row.unit,
                "limit": row.limit and round(row.limit, 3),
                "note": row.note,
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _print() -> None:
    head = ("name", "value", "unit", "target", "reached", "machine limit", "note")
    table = [
        (
            row.name,
            _figure(row.value),
            row.unit,
            row.target,
            {True: "yes", False: "NO", None: ""}[row.reached],
            _figure(row.limit) if row.limit is not None else "",
            row.note,
        )
        for row in bench.ROWS
    ]
    widths = [max(len(line[n]) for line in [head, *table]) for n in range(len(head) - 1)]
    for line in [head, *table]:
        cells = [
            text.rjust(width) if n in {1, 5} else text.ljust(width)
            for n, (text, width) in enumerate(zip(line, widths, strict=False))
        ]
        print("  ".join([*cells, line[-1]]).rstrip())
    print(f"written to {OUT.relative_to(bench.ROOT)}")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("only", nargs="?", default=os.environ.get("ONLY", ""))
    asked.add_argument("--file", help=argparse.SUPPRESS)
    asked.add_argument("--told", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.file:
        sys.exit(run_file(given.file, given.only, given.told))
    sys.exit(main(given.only))
