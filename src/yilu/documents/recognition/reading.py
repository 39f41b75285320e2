"""One file, read from the best source it has: data, then text, then codes, then the picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from yilu.documents.recognition import barcodes, catalogue, ofd, pages, pdf, xml_invoice, xmltree
from yilu.documents.rules import layouts, tables, witnesses
from yilu.documents.rules.found import Found, Recognised
from yilu.documents.rules.invoices import Line
from yilu.documents.rules.segments import Segment, as_text

if TYPE_CHECKING:
    from PIL.Image import Image

    from yilu.documents.recognition.engine import OcrEngine

OCR_PAGES_MAX = 3
"""Of a scanned file the first pages are read; a person sees the rest."""


def read_file(
    kind: str,
    media_type: str,
    content: bytes,
    today: date,
    engine: Callable[[], OcrEngine] | None = None,
) -> Recognised:
    """
    Read a file that passed inspection as what it was handed in as.

    Never refuses: what cannot be read comes back with source NONE or with few values. Loads the
    recognition models only where a picture has to be read.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    read, segments = _read(kind, media_type, content, engine or _engine)
    if read.layout and (layout := catalogue.get(read.layout)) and kind not in layout.kinds:
        read = replace(read, notes=(*read.notes, "WRONG_KIND"))
    if _holds_several(read, segments):
        read = replace(read, notes=(*read.notes, "SEVERAL_INVOICES"))
    read = witnesses.name_witnesses(read, segments, today)
    return replace(
        read,
        text=read.text or as_text(segments),
        seconds=time.perf_counter() - wall,
        cpu_seconds=time.process_time() - cpu,
    )


def _holds_several(read: Recognised, segments: Sequence[Segment]) -> bool:
    """Whether an invoice is not alone on its photo or in its file: no value may then stand for the whole."""
    layout = catalogue.get(read.layout)
    if layout is None or not layout.invoice_kind:
        return False
    coded = {code.number for text in read.barcodes if (code := witnesses.read_vat_code(text))}
    return len(coded) > 1 or len(layouts.numbers_on(layout, segments)) > 1


def payer_as_data(media_type: str, content: bytes) -> str:
    """
    Whom an invoice was made out to, where the file carries it as data: XML, tags of an OFD, XML in a PDF.

    Empty for anything else: what only a page or a picture shows may have been misread. Milliseconds.
    """
    parts: Sequence[bytes] = ()
    if media_type == "application/xml":
        parts = (content,)
    elif media_type == "application/pdf":
        parts = pdf.attachments(content)
    elif media_type == "application/ofd":
        file = ofd.read(content)
        tagged = xml_invoice.from_names((n, v) for n, found in file.tags.items() for v in found)
        if payer := tagged.get("payer_name"):
            return payer
        parts = file.xml
    for part in parts:
        if (data := _data(part)) and (named := data.values.get("payer_name")):
            return named.value
    return ""


def _engine() -> OcrEngine:
    from yilu.documents.recognition.engine import get_engine

    return get_engine()


def _read(
    kind: str, media_type: str, content: bytes, engine: Callable[[], OcrEngine]
) -> tuple[Recognised, Sequence[Segment]]:
    if media_type == "application/xml":
        return _data(content) or Recognised("NONE", "xml", xml_invoice.ENGINE_VERSION), ()
    if media_type == "application/ofd":
        return _read_ofd(kind, content)
    if media_type == "application/pdf":
        return _read_pdf(kind, content, engine)
    return _read_pictures(kind, [pages.open_image(content)], engine)


def _data(content: bytes, source: str = "XML") -> Recognised | None:
    try:
        return xml_invoice.read(content, source)
    except (xmltree.Unsafe, xmltree.Malformed):
        return None


def _read_ofd(kind: str, content: bytes) -> tuple[Recognised, Sequence[Segment]]:
    file = ofd.read(content)
    segments = [Segment(run.text, run.box, run.page) for run in file.runs]
    codes = _codes_in(file.pictures)
    text = _from_text(kind, segments, "OFD", "ofdkit", "0.2")
    for part in file.xml:
        if data := _data(part, "OFD"):
            return _with_page(replace(data, barcodes=codes, signed=file.signed), text), segments
    named = xml_invoice.from_names((n, v) for n, values in file.tags.items() for v in values)
    tagged = {name: Found(name, value, "OFD") for name, value in named.items() if name != "visit"}
    read = replace(
        text, values={**text.values, **tagged}, barcodes=codes, signed=file.signed, source="OFD"
    )
    read = replace(read, lines=_better(_lines_of(file.items), read.lines, named.get("total", "")))
    if not read.values:
        read = replace(read, source="NONE")
    return read, segments


def _better(tagged: tuple[Line, ...], seen: tuple[Line, ...], total: str) -> tuple[Line, ...]:
    """The items as data, unless only those on the page come to the total."""
    from yilu.documents.rules.invoices import sum_of

    if tagged and seen and str(sum_of(seen)) == total != str(sum_of(tagged)):
        return seen
    return tagged or seen


def _lines_of(items: Sequence[dict[str, str]]) -> tuple[Line, ...]:
    from yilu.documents.rules.values import read_amount
    from yilu.kernel import money

    lines = []
    for item in items:
        amount = read_amount(item.get("amount", ""))
        tax = read_amount(item.get("tax_amount", "")) or money.ZERO
        if item.get("name") and amount is not None:
            lines.append(
                Line(
                    item["name"][:120],
                    amount + tax,
                    spec=item.get("specification", "")[:80],
                    unit=item.get("unit", "")[:20],
                    quantity=item.get("quantity", "")[:20],
                    price=item.get("unit_price", "")[:20],
                )
            )
    return tuple(lines)


def _codes_in(pictures: Sequence[bytes]) -> tuple[str, ...]:
    found: list[str] = []
    for picture in pictures[:10]:
        try:
            found.extend(barcodes.read(pages.open_image(picture)))
        except (OSError, ValueError, SyntaxError):
            continue
    return tuple(dict.fromkeys(found))


def _read_pdf(
    kind: str, content: bytes, engine: Callable[[], OcrEngine]
) -> tuple[Recognised, Sequence[Segment]]:
    text = pdf.read_text(content)
    first = pages.render_pdf(content, 1, scale=pages.READING_SCALE, side_max=pages.READING_SIDE_MAX)
    if not text.has_text:
        count = min(text.pages, OCR_PAGES_MAX)
        others = [
            pages.render_pdf(content, n, scale=pages.READING_SCALE, side_max=pages.READING_SIDE_MAX)
            for n in range(2, count + 1)
        ]
        return _read_pictures(kind, [first, *others], engine)
    codes = barcodes.read(first)
    for number in range(2, min(text.pages, OCR_PAGES_MAX) + 1):
        if not codes:  # a letter or a form lies on top
            other = pages.render_pdf(
                content, number, scale=pages.READING_SCALE, side_max=pages.READING_SIDE_MAX
            )
            codes = barcodes.read(other)
    read = replace(
        _from_text(kind, text.segments, "PDF", "pdfium", _pdfium_version()), barcodes=codes
    )
    for part in pdf.attachments(content):
        if data := _data(part):
            return _with_page(replace(data, barcodes=codes), read), text.segments
    return read, text.segments


def _pdfium_version() -> str:
    from importlib.metadata import version

    return version("pypdfium2")


def _with_page(data: Recognised, page: Recognised) -> Recognised:
    """The values as data, with their places on the page, and whether the page says otherwise."""
    values = dict(data.values)
    notes = list(data.notes)
    for name, seen in page.values.items():
        if name not in values:
            if name == "capitals":
                values[name] = seen
            continue
        if values[name].value == seen.value:
            values[name] = replace(values[name], box=seen.box, page=seen.page)
        elif name in {"total", "number", "issued_on"}:
            notes.append("TEXT_DIFFERS")
    return replace(
        data, values=values, notes=tuple(dict.fromkeys(notes)), text=page.text or data.text
    )


def _from_text(
    kind: str, segments: Sequence[Segment], source: str, engine: str, version: str
) -> Recognised:
    """Read a page of text by the layout that fits it."""
    layout, _ = layouts.choose(catalogue.layouts(), segments, kind)
    if layout is None:
        return Recognised(source if segments else "NONE", engine, version, text=as_text(segments))
    values = layouts.extract(layout, segments, source)
    total = values["total"].value if "total" in values else ""
    if layout.code.startswith("fiscal") and (title := layouts.find_title(layout, segments, source)):
        values["title"] = title
    return Recognised(
        source,
        engine,
        version,
        layout.code,
        values,
        tables.read_lines(segments, Decimal(total) if total else None) if layout.table else (),
        text=as_text(segments),
    )


def _read_pictures(
    kind: str, pictures: Sequence[Image], engine: Callable[[], OcrEngine]
) -> tuple[Recognised, Sequence[Segment]]:
    from yilu.documents.recognition import looks

    codes = tuple(dict.fromkeys(code for picture in pictures for code in barcodes.read(picture)))
    reader = engine()
    segments: list[Segment] = []
    turns: list[tuple[float, float]] = []
    for number, picture in enumerate(pictures, 1):
        page = reader.read(picture, number)
        segments.extend(page.segments)
        turns.append((page.turned, page.skew))
    read = _from_text(kind, segments, "OCR", reader.name, reader.version)
    notes = looks.judge_quality(pictures[0])
    if not segments:
        notes = (*notes, "UNREADABLE")
    if not read.values and codes and witnesses.from_barcodes(codes):
        read = replace(read, source="QR")
    if kind == "BANK_CARD" and "account_number" not in read.values:
        if number_found := layouts.find_card_number(segments):
            read = replace(read, values={**read.values, "account_number": number_found})
    return (
        replace(
            read,
            barcodes=codes,
            notes=notes,
            phash=looks.fingerprint(pictures[0]),
            turns=tuple(turns),
        ),
        segments,
    )
