"""Publish a region's labour and parts prices (工时与配件价目)."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import python_calamine

from yilu.care import events
from yilu.care.models import Price, PriceBook
from yilu.care.rules import prices as rules
from yilu.journal import operations as journal
from yilu.kernel import sheets, tx
from yilu.kernel.errors import Sentence
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access

from .refusals import BadPrices

BYTES_MAX = 5 * 1024 * 1024
PROBLEMS_SHOWN = 50
HEADER_WITHIN = 5


@tx.use_case
def publish_prices(
    *, region: str, filename: str, content: bytes, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Put a region's prices in force from now, from a CSV or Excel file: all lines or none. The version.

    :raises BadPrices: with each line's sentence: negative, doubled, missing, not a number.
    :raises NotAllowed: without ``standards.edit``.
    """
    access.require("standards.edit")
    if not 0 < len(region.strip()) <= 40:
        raise BadPrices(_("请填写地区"))
    rows = _read(filename, content)
    headed = [(n, rules.find_columns(row)) for n, row in enumerate(rows[:HEADER_WITHIN])]
    n, columns = next(((n, found) for n, found in headed if found is not None), (0, None))
    if columns is None:
        raise BadPrices(_("缺少列名：至少要有编码、名称、单价"))
    lines = rules.read_prices(rows[n + 1 :], columns, n + 2)
    if not lines:
        raise BadPrices(_("价目是空的"))
    if problems := [(each.line, each.problem) for each in lines if each.problem]:
        raise BadPrices(
            Sentence(_("有 {count} 行有误，没有导入任何一行"), count=len(problems)),
            problems=tuple(problems[:PROBLEMS_SHOWN]),
        )
    tx.rows("select pg_advisory_xact_lock(hashtext(%s))", [f"prices:{region.strip()}"])
    newest = PriceBook.objects.filter(region=region.strip()).order_by("-number").first()
    book = PriceBook.objects.create(
        region=region.strip(), number=newest.number + 1 if newest else 1, effective_from=at,
        lines_count=len(lines), source=filename[-120:], published_by=str(actor),
    )  # fmt: skip
    Price.objects.bulk_create(
        [
            Price(book=book, code=x.code, name=x.name, kind=x.kind, unit=x.unit, price=x.price)
            for x in lines
        ],
        batch_size=2000,
    )
    journal.record(
        events.PricesPublished(region=book.region, version=book.number, lines=len(lines)),
        about=Ref("price_book", book.pk), actor=actor, at=at,
    )  # fmt: skip
    return book.number


def _read(filename: str, content: bytes) -> list[list[str]]:
    if not content.strip():
        raise BadPrices(_("文件是空的"))
    if len(content) > BYTES_MAX:
        raise BadPrices(_("文件超过 5 MB"))
    if content[:2] == b"PK":
        try:
            sheet = sheets.open_workbook(content).get_sheet_by_index(0)
        except (python_calamine.CalamineError, OSError, ValueError):
            raise BadPrices(_("不是可以读取的 Excel 文件")) from None
        rows = [[_cell(c) for c in row] for row in sheet.to_python(skip_empty_area=False)]
    else:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = content.decode(encoding)
                break
            except UnicodeError:
                continue
        else:
            raise BadPrices(_("文件的文字编码无法识别"))
        try:
            rows = [[c.strip() for c in row] for row in csv.reader(io.StringIO(text))]
        except csv.Error:
            raise BadPrices(_("不是可以读取的 CSV 文件")) from None
    if len(rows) > rules.LINES_MAX:
        raise BadPrices(Sentence(_("价目超过 {most} 行"), most=rules.LINES_MAX))
    return rows


def _cell(cell: object) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()
