"""
OFD files (GB/T 33190) behind a seam: pages, text where it stands, parts and attachments.

The library is young; only this module knows it. It refuses DTDs and entities and never follows a
path out of the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ofdkit
from ofdkit import OFDError


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text on a page: its box as shares of the page (left, top, right, bottom)."""

    text: str
    page: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class OfdFile:
    """What we use of an OFD file."""

    pages: int
    runs: tuple[Run, ...]
    sizes: tuple[tuple[float, float], ...]  # millimetres
    tags: dict[str, tuple[str, ...]]  # leaf name → values, from custom tags and custom data
    items: tuple[dict[str, str], ...]
    xml: tuple[bytes, ...]  # attached XML, unparsed
    pictures: tuple[bytes, ...]
    signed: bool


class Unreadable(Exception):
    """Not an OFD document, or one with parts missing."""


class Unsafe(Exception):
    """A part declares a DTD or entities, or is out of all proportion."""


def count_pages(content: bytes) -> int:
    """The number of pages. :raises Unreadable, Unsafe: if it cannot be opened."""
    try:
        with ofdkit.open(content) as document:
            return max(len(document.pages), 1)
    except ofdkit.OFDLimitError:
        raise Unsafe from None
    except OFDError:
        raise Unreadable from None


def read(content: bytes) -> OfdFile:
    """Read everything we use; parts that cannot be read are left out."""
    with ofdkit.open(content) as document:
        runs: list[Run] = []
        sizes: list[tuple[float, float]] = []
        for number, page in enumerate(document.pages, 1):
            try:
                x0, y0, width, height = page.box
                sizes.append((width, height))
                runs.extend(
                    Run(
                        r.text,
                        number,
                        (
                            (r.x - x0) / width,
                            (r.y - y0 - r.size) / height,
                            (r.x - x0 + r.width) / width,
                            (r.y - y0 + r.size * 0.15) / height,
                        ),
                    )
                    for r in page.runs
                    if r.text.strip() and width > 0 and height > 0
                )
            except OFDError:
                continue
        invoice = document.invoice()
        package = document._package
        names = package.names
        return OfdFile(
            pages=max(len(document.pages), 1),
            runs=tuple(runs),
            sizes=tuple(sizes),
            tags=_tags(document, invoice),
            items=tuple(_item(i) for i in invoice.items) if invoice is not None else (),
            xml=tuple(_parts(package, [n for n in names if _is_data(n)])),
            pictures=tuple(
                _parts(package, [n for n in names if n.lower().endswith((".png", ".jpg", ".bmp"))])
            ),
            signed=any(n.lower().endswith("signedvalue.dat") for n in names),
        )


def _tags(document: Any, invoice: Any) -> dict[str, tuple[str, ...]]:
    tags: dict[str, list[str]] = {}
    if invoice is not None:
        for path, values in invoice.raw.items():
            tags.setdefault(path.rsplit("/", 1)[-1], []).extend(values)
    for name, value in document.info.custom_data.items():
        if value.strip():
            tags.setdefault(name, []).append(value.strip())
    return {name: tuple(values) for name, values in tags.items()}


def _item(item: Any) -> dict[str, str]:
    return {name: value for name, value in item.to_dict().items() if value}


def _is_data(name: str) -> bool:
    """An XML part that carries data of its own, as against the page description."""
    lowered = name.lower()
    return lowered.endswith((".xml", ".xbrl")) and (
        "attach" in lowered or "invoice" in lowered or "/data/" in lowered
    )


def _parts(package: Any, names: list[str]) -> list[bytes]:
    found = []
    for name in names:
        try:
            found.append(package.read(name))
        except OFDError:
            continue
    return found
