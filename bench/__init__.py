"""
Benchmarks: ``make bench``, or ``make bench ONLY=claims`` for one group.

A file ``bench/<group>.py`` holds functions marked with :func:`measure`. The harness starts a durable
PostgreSQL of its own on disk, measures what the machine can do at all, runs each file in a process
and a database of its own, its functions in the order of their names, prints a table and writes
``build/bench.jsonl``::

    @bench.measure("claims.single", unit="claims/core-s", at_least=120, limit="insert")
    def single() -> bench.Value:
        with bench.core_seconds() as cpu:
            for n in range(500): ...
        return bench.Value(500 / cpu.total, note=f"{cpu}")

A function may return a plain number. What it sees are the rows of its own file's functions before
it, in a database of their own: make what you need, and say in the note how much there was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"

LIMITS = {
    "fdatasync": "fdatasync of 8 kB a second",
    "insert": "single rows inserted and committed a second, raw psycopg",
    "copy": "rows a second by COPY",
    "sha256": "SHA-256 of 64 bytes a second, one core",
}
"""What the machine can do at all, measured in the same run; ``measure(limit=…)`` names one."""


@dataclass(frozen=True)
class Value:
    """One figure and what a reader must know to judge it."""

    value: float
    note: str = ""


class Skip(Exception):
    """A benchmark cannot run here; the reason is printed and the run goes on."""


@dataclass(frozen=True)
class Benchmark:
    """A registered function with the name, unit and target of its figure."""

    name: str
    unit: str
    run: Callable[[], Value | float]
    at_least: float | None
    at_most: float | None
    limit: str | None

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:,g}"
        if self.at_most is not None:
            return f"≤ {self.at_most:,g}"
        return ""

    def reached(self, value: float) -> bool | None:
        """Whether the figure meets its target; None where there is none."""
        if self.at_least is not None:
            return value >= self.at_least
        if self.at_most is not None:
            return value <= self.at_most
        return None


@dataclass(frozen=True)
class Row:
    """A line of the table and of ``build/bench.jsonl``."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""
    target: str = ""
    reached: bool | None = None


BENCHMARKS: dict[str, Benchmark] = {}
ROWS: list[Row] = []
MACHINE: dict[str, float] = {}


def measure(
    name: str,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    limit: str | None = None,
) -> Callable[[Callable[[], Value | float]], Callable[[], Value | float]]:
    """
    Register a benchmark called ``group.what``.

    :param at_least: the target, where more is better; ``at_most`` where less is.
    :param limit: which of :data:`LIMITS` to print beside it.
    """
    if limit is not None and limit not in LIMITS:
        raise ValueError(f"{name}: no such machine limit: {limit}")

    def register(function: Callable[[], Value | float]) -> Callable[[], Value | float]:
        if name in BENCHMARKS:
            raise ValueError(f"two benchmarks are called {name}")
        BENCHMARKS[name] = Benchmark(name, unit, function, at_least, at_most, limit)
        return function

    return register


def also(
    name: str,
    value: float,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    limit: str | None = None,
    note: str = "",
) -> None:
    """Report a further figure from inside a benchmark (a second number of the same run)."""
    made = Benchmark(name, unit, lambda: value, at_least, at_most, limit)
    ROWS.append(row_of(made, Value(value, note)))


def row_of(benchmark: Benchmark, result: Value | float) -> Row:
    """The finished line of a benchmark."""
    made = result if isinstance(result, Value) else Value(float(result))
    return Row(
        benchmark.name,
        made.value,
        benchmark.unit,
        MACHINE.get(benchmark.limit) if benchmark.limit else None,
        made.note,
        benchmark.target,
        benchmark.reached(made.value),
    )


@dataclass
class Cpu:
    """CPU seconds spent in a ``core_seconds`` block, and the seconds that passed."""

    client: float = 0.0
    backend: float = 0.0
    wall: float = 0.0
    _before: dict[int, float] = field(default_factory=dict, repr=False)

    @property
    def total(self) -> float:
        """Client and PostgreSQL backends together: the "core-seconds"."""
        return self.client + self.backend

    def __str__(self) -> str:
        return (
            f"client {self.client:.2f} s + PostgreSQL {self.backend:.2f} s CPU in {self.wall:.2f} s"
        )


@contextmanager
def core_seconds() -> Iterator[Cpu]:
    """
    Measure the CPU of this process (all threads) and of every PostgreSQL backend serving it.

    The figures are there after the block. Parallel query workers and backends that end inside
    the block are not counted; nothing else may use the bench cluster meanwhile.
    """
    cpu = Cpu()
    before = {pid: _cpu_of(pid) for pid in _backends()}
    wall, client = time.perf_counter(), time.process_time()
    yield cpu
    cpu.client = time.process_time() - client
    cpu.wall = time.perf_counter() - wall
    cpu.backend = sum(_cpu_of(pid) - before.get(pid, 0.0) for pid in _backends())


def _backends() -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pid from pg_stat_activity where backend_type = 'client backend'")
        return [pid for (pid,) in cursor.fetchall()]


def _cpu_of(pid: int) -> float:
    """CPU seconds of a process so far: in nanoseconds where the kernel tells, else in its ticks."""
    with suppress(OSError, ValueError, IndexError):
        on_cpu = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
        if on_cpu:
            return on_cpu / 1e9
    with suppress(OSError, ValueError, IndexError):
        after_name = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements Django sends in the block (also from raw cursors)."""
    from django.db import connection

    sent: list[str] = []

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def data_folder(*parts: str) -> Path:
    """A part of the public sample data. :raises Skip: where it is not on this machine."""
    path = Path(os.environ.get("YILU_DATA") or ROOT.parent / "shared" / "data").joinpath(*parts)
    if not path.exists():
        raise Skip(f"sample data {'/'.join(parts)} is not on this machine: set YILU_DATA")
    return path
