"""Make the file of a letter: facts and names into data, data into a PDF/A with typst."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import segno
import typst
from django.conf import settings
from fontTools.ttLib import TTFont

from yilu.kernel.days import CHINA, written
from yilu.kernel.money import in_capitals
from yilu.letters import rules
from yilu.people import queries as people

TEMPLATES = Path(__file__).parent / "templates"
_lock = threading.Lock()


class NoFont(Exception):
    """``build/fonts`` is not there: ``make setup`` puts it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a letter is made from; the same order always makes the same bytes."""

    kind: str
    number: str
    code: str
    party_id: int
    facts: Mapping[str, Any]
    dated: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A finished letter."""

    content: bytes
    pages: int


def make(order: Order) -> Made:
    """
    Make the PDF/A-2b of a letter, about a tenth of a second of CPU; never inside a web request.

    :raises NoFont: if the font is not there. :raises typst.TypstError: if the template has a fault.
    """
    content = _typeset(order.kind, data_for(order), order.dated)
    document = pypdfium2.PdfDocument(content)
    try:
        return Made(content, len(document))
    finally:
        document.close()


def data_for(order: Order) -> dict[str, Any]:
    """Everything a template names, ready to print. Characters the font lacks become 〓."""
    shape = rules.SHAPES[order.kind]
    kinds = {**shape.needed, **shape.optional}
    data: dict[str, Any] = {}
    for name, value in order.facts.items():
        data[name.removesuffix("_id")] = _shown(kinds[name], value)
        if kinds[name] == "money":
            data[f"{name}_words"] = in_capitals(Decimal(value))
    rare: list[str] = []
    data |= {"addressee": _addressee(order.party_id), "insurer": settings.INSURER_NAME}
    data = _printable(data, rare)
    verify_url = f"{settings.PUBLIC_URL.rstrip('/')}/verify/{order.code}"
    return data | {
        "number": order.number,
        "hotline": settings.HOTLINE,
        "code": rules.grouped(order.code),
        "verify_url": verify_url,
        "qr": _qr(verify_url),
        "rare": rare,
    }


def report(template: str, data: Mapping[str, Any], dated: datetime) -> bytes:
    """
    The PDF/A-2b of a report: no letter to anybody, so without number, code and addressee.

    ``data`` is printed as it is; characters the font lacks become 〓. Never inside a web request.

    :raises NoFont: if the font is not there. :raises typst.TypstError: if the template has a fault.
    """
    rare: list[str] = []
    local = dated.astimezone(CHINA)
    told = _printable(dict(data), rare) | {
        "insurer": settings.INSURER_NAME, "hotline": settings.HOTLINE,
        "dated": f"{local.year}年{local.month}月{local.day}日",
    }  # fmt: skip
    return _typeset(template, told, dated)


def _addressee(party_id: int) -> str:
    party = people.get_party(party_id)
    return party.name + {"MALE": "先生", "FEMALE": "女士"}.get(party.sex or "", "")


def _typeset(kind: str, data: Mapping[str, Any], dated: datetime) -> bytes:
    # One compiler for the process: it keeps fonts and templates it has read.
    with _lock:
        made = _compiler().compile(
            input=TEMPLATES / f"{kind.lower()}.typ",
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards="a-2b",
            timestamp=dated.replace(microsecond=0),  # what a PDF can say
        )
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> typst.Compiler:
    folder = _fonts()
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
    return typst.Compiler(
        root=TEMPLATES, font_paths=fonts, package_path=TEMPLATES, package_cache_path=TEMPLATES
    )


def _fonts() -> Path:
    folder = Path(settings.BUILD) / "fonts"
    if not (folder / "NotoSansSC-Regular.ttf").exists():
        raise NoFont(f"{folder} has no font: run `make setup`")
    return folder


@cache
def _glyphs() -> frozenset[int]:
    with TTFont(_fonts() / "NotoSansSC-Regular.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())


def _has_glyph(char: str) -> bool:
    return ord(char) in _glyphs()


def _printable(value: Any, rare: list[str]) -> Any:
    if isinstance(value, str):
        text, missing = rules.without_rare(value, _has_glyph)
        rare.extend(name for name in missing if name not in rare)
        return text
    if isinstance(value, list):
        return [_printable(each, rare) for each in value]
    if isinstance(value, dict):
        return {name: _printable(each, rare) for name, each in value.items()}
    return value


def _shown(kind: str, value: Any) -> Any:
    if kind == "money":
        return f"{Decimal(value):,.2f}"
    if kind == "date":
        return written(date.fromisoformat(value))
    if kind == "time":
        local = datetime.fromisoformat(value).astimezone(CHINA)
        return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"
    if kind == "party":
        return people.get_party(value).name
    if kind == "texts":
        return list(value)
    if kind == "shares":
        return [
            {"name": people.get_party(row["party_id"]).name, "share": row["share"]} for row in value
        ]
    if kind in rules.ROWS:
        return [{part: _shown(rules.ROWS[kind][part], row[part]) for part in row} for row in value]
    return value


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", border=1, dark="#1d2733", xmldecl=False
    )
    return out.getvalue().decode()
