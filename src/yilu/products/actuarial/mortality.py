"""The tables that ship with the program: deaths (生命表) and, for show, illnesses (发生率)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

LAST_AGE = 105
"""The last age of the tables: who reaches it dies within the year."""
SOURCE = "中国人身保险业经验生命表（2010—2013），保监发〔2016〕107号"
DEMO_SOURCE = "示例发生率（DEMO），不是公布的数据"

_DATA = Path(__file__).parent / "data"
_SEX = {"MALE": "M", "FEMALE": "F"}


@cache
def _columns(name: str) -> dict[str, tuple[float, ...]]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    head, *rows = [line.split(",") for line in lines if not line.startswith("#")]
    return {
        column: tuple(float(row[n]) for row in rows)
        for n, column in enumerate(head)
        if column != "age"
    }


def tables() -> tuple[str, ...]:
    """The names of the life tables: CL1 … CL6."""
    return tuple(_columns("cl-2010-2013.csv"))


def deaths(table: str) -> tuple[float, ...]:
    """The chance to die within the year, by age from 0 to ``LAST_AGE``."""
    return _columns("cl-2010-2013.csv")[table]


def illnesses(sex: str) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """By age: the chance of a first severe illness, of a lighter one, and the share of deaths they cause."""
    found, letter = _columns("incidence-demo.csv"), _SEX[sex]
    return found[f"severe_{letter}"], found[f"light_{letter}"], found[f"k_{letter}"]
