"""Run the benchmarks: ``python -m bench [ONLY]`` with the beginning of a name, such as ``claims``."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

import bench
from bench import machine

OUT = bench.BUILD / "bench.jsonl"


def main(only: str) -> int:
    """Run what ``only`` names, or everything; returns the process's exit code."""
    from yilu.site import postgres

    bench.BUILD.mkdir(exist_ok=True)
    work = bench.BUILD / f"bench-{os.getpid()}"
    cluster = postgres.local(work / "postgres")
    broken: list[str] = []
    load = os.getloadavg()[0]
    try:
        print("starting a durable PostgreSQL of our own ...", flush=True)
        _prepare(cluster.start(), work)
        for name, value in machine.measure_limits(cluster.url, work).items():
            bench.MACHINE[name] = value
            bench.ROWS.append(bench.Row(f"machine.{name}", value, "1/s", note=bench.LIMITS[name]))
        busy = "others at work on this machine before we began: CPU figures suffer from them too"
        bench.ROWS.append(bench.Row("machine.load", load, "processes", note=busy))
        broken = _load(only)
        _settle()
        chosen = [b for n, b in sorted(bench.BENCHMARKS.items()) if _is_chosen(n, only)]
        if not chosen:
            broken.append(f"no benchmark is called {only}")
        for benchmark in chosen:
            broken += _run(benchmark)
    finally:
        _close()
        cluster.remove()
        shutil.rmtree(work, ignore_errors=True)
    _write()
    _print()
    for line in broken:
        print(f"FAILED {line}", file=sys.stderr)
    return 1 if broken else 0


def _prepare(url: str, work: Path) -> None:
    os.environ["DATABASE_URL"] = url
    os.environ["YILU_VAR"] = str(work / "var")
    os.environ.setdefault("YILU_SECRET_KEY", "benchmarks only, benchmarks only, benchmarks only")
    os.environ.setdefault("YILU_SEALING_KEY", "benchmarks only: sealing key, benchmarks only")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
    os.environ.setdefault("YILU_LOG_LEVEL", "ERROR")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from yilu.site import fresh

    fresh.tables_up_to_date()
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():  # pages name their files by it
        call_command("collectstatic", interactive=False, verbosity=0)


def _load(only: str) -> list[str]:
    """Import every ``bench/*.py``; a file that cannot be imported is reported, not fatal."""
    broken = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem in {"__init__", "__main__", "machine"}:
            continue
        try:
            importlib.import_module(f"bench.{path.stem}")
        except Exception as problem:  # noqa: BLE001  (reported; the run goes on)
            if not only or path.stem == only.partition(".")[0]:
                traceback.print_exc()
                broken.append(f"bench/{path.name}: {problem}")
    return broken


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


def _close() -> None:
    from django.conf import settings
    from django.db import connections

    if settings.configured:
        connections.close_all()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ONLY", "")))
