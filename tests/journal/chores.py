"""Background jobs of the made-up room."""

from __future__ import annotations

from pathlib import Path

from yilu.journal import operations as journal


@journal.job()
def write_down(*, text: str, path: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text + "\n")


@journal.job(attempts=1)
def always_fails(*, path: str) -> None:
    raise ValueError("张三 13800000000")
