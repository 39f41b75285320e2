"""What this machine can do at all: every figure of a run is to be read beside these."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import psycopg

SECONDS = 1.0
"""How long each limit is measured."""


def measure_limits(url: str, folder: Path) -> dict[str, float]:
    """Measure each of ``bench.LIMITS`` on the disk under ``folder`` and the server at ``url``."""
    return {
        "fdatasync": _fdatasync(folder),
        "insert": _insert(url),
        "copy": _copy(url),
        "sha256": _sha256(),
    }


def _fdatasync(folder: Path) -> float:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fdatasync"
    block = os.urandom(8192)
    done, began = 0, time.perf_counter()
    with path.open("wb", buffering=0) as file:
        # As a write-ahead log does: the file has its size already, only content is synced.
        file.write(bytes(8192 * 64))
        os.fsync(file.fileno())
        while (passed := time.perf_counter() - began) < SECONDS:
            file.seek(8192 * (done % 64))
            file.write(block)
            os.fdatasync(file.fileno())
            done += 1
    path.unlink()
    return done / passed


def _insert(url: str) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        _make_table(connection)
        done, began = 0, time.perf_counter()
        while (passed := time.perf_counter() - began) < SECONDS:
            connection.execute(
                "insert into machine_limit (kind, subject, facts) values (%s, %s, %s)",
                ["claims.claim_reported", f"claim:{done}", '{"policy_id": 1}'],
            )
            done += 1
        connection.execute("drop table machine_limit")
    return done / passed


def _copy(url: str, rows: int = 20_000) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        _make_table(connection)
        began = time.perf_counter()
        command = "copy machine_limit (kind, subject, facts) from stdin"
        with connection.cursor() as cursor, cursor.copy(command) as copy:
            for n in range(rows):
                copy.write_row(("claims.claim_reported", f"claim:{n}", '{"policy_id": 1}'))
        passed = time.perf_counter() - began
        connection.execute("drop table machine_limit")
    return rows / passed


def _make_table(connection: psycopg.Connection) -> None:
    connection.execute(
        "create table machine_limit (id bigint generated always as identity primary key, "
        "kind text, subject text, facts jsonb, at timestamptz default now())"
    )


def _sha256(rounds: int = 200_000) -> float:
    block = os.urandom(64)
    sha256 = hashlib.sha256
    began = time.perf_counter()
    for _ in range(rounds):
        sha256(block).digest()
    return rounds / (time.perf_counter() - began)
