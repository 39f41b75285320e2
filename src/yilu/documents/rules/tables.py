"""Reading the items of a bill from where they stand: rows under a header, in one to three columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yilu.documents.rules import values
from yilu.documents.rules.invoices import LINES_MAX, Line, sum_of
from yilu.documents.rules.layouts import fold
from yilu.documents.rules.segments import Segment, in_rows

_HEADERS = {
    "name": (
        "项目名称",
        "货物或应税劳务名称",
        "货物或应税劳务、服务名称",
        "收费项目",
        "名称",
        "项目/规格",
        "药品名称",
        "项目",
    ),
    "spec": ("规格型号", "规格"),
    "unit": ("单位",),
    "quantity": ("数量/单位", "数量"),
    "price": ("单价", "标准"),
    "amount": ("金额(元)", "金额"),
    "rate": ("税率/征收率", "税率/征", "税率"),
    "tax": ("税额",),
    "note": ("备注", "医保类别", "类别", "等级", "自付比例"),
}
_BY_TEXT = sorted(
    ((fold(t), kind) for kind, texts in _HEADERS.items() for t in texts), key=lambda h: -len(h[0])
)
_NUMERIC = {"quantity", "price", "amount", "rate", "tax"}
_ENDS = ("金额合计", "合计", "价税合计", "(大写)", "大写", "(小写)")
_SUBTOTALS = ("小计", "本页小计", "本页合计")
"""Rows that sum up what stands above them and are no items; the list goes on."""
_NUMBER = re.compile(r"[¥￥]?-?\d[\d,，]*(?:\.\d+)?%?|\*+|免税|不征税")
_COUNTED = re.compile(r"(\d{1,5}(?:\.\d+)?)\s*/\s*([\u4e00-\u9fff]{1,3})")
"""A quantity with its unit in one cell: 2/次."""
_AMOUNT = r"[¥￥]?-?\d[\d,]*\.\d{1,2}"
_SPLITS = (
    re.compile(rf"^(.*[\u4e00-\u9fff)）])\s*({_AMOUNT})$"),  # 床位费 8,100.00
    re.compile(rf"^({_AMOUNT})\s*([\u4e00-\u9fff].*)$"),  # 132.14 自费
    re.compile(r"^(\d{1,4}(?:\.\d+)?)\s*([\u4e00-\u9fff]{1,3})$"),  # 1 次
    re.compile(rf"^(\d{{1,4}}(?:\.\d+)?)\s+({_AMOUNT})$"),  # 2 15.00
)


@dataclass(frozen=True, slots=True)
class Column:
    """A header cell: what its column holds, where it stands, and which block of columns it is in."""

    kind: str
    cell: Segment
    block: int


def read_lines(segments: Sequence[Segment], total: Decimal | None = None) -> tuple[Line, ...]:
    """
    The items under the first header that names both an item and an amount, on every page.

    Amounts of lines with their own tax include it. Empty where no such header stands. Where the pages
    behind a bill list the same money once more, as its ``total`` shows, the detailed list counts:
    it says what is insured and what is not.
    """
    pages = [
        list(_page_lines([s for s in segments if s.page == page]))
        for page in sorted({s.page for s in segments})
    ]
    lines = [line for page in pages for line in page]
    if total is not None and sum_of(lines) != total:
        for split in range(1, len(pages)):
            bill, listed = (
                [line for page in part for line in page] for part in (pages[:split], pages[split:])
            )
            if sum_of(listed) == total and any(n.category for n in listed):
                lines = listed
                break
            if sum_of(bill) == total:
                lines = bill
                break
    return tuple(lines[:LINES_MAX])


@dataclass(slots=True)
class _Block:
    """One block of columns while its rows are read."""

    lines: list[Line]
    pending: str = ""
    bottom: float = 0.0


def _page_lines(segments: Sequence[Segment]) -> Iterable[Line]:
    columns: list[Column] = []
    blocks: dict[int, _Block] = {}
    order: list[tuple[int, int]] = []
    for row in in_rows(_cut(segments)):
        header = _header(row)
        if len({c.kind for c in header} & {"name", "amount"}) == 2:
            columns = header
            continue
        if not columns:
            continue
        text = fold("".join(s.text for s in row))
        if any(text.startswith(fold(end)) for end in _ENDS):
            break
        if any(text.startswith(each) for each in _SUBTOTALS):
            continue
        for number, cell in _cells(row, columns):
            block = blocks.setdefault(number, _Block([]))
            if _read_cell(row, cell, block):
                order.append((number, len(block.lines) - 1))
    return [blocks[number].lines[n] for number, n in order]


def _cut(segments: Sequence[Segment]) -> list[Segment]:
    """Split what recognition glued: an item and its amount, an amount and its mark."""
    made = []
    for segment in segments:
        match = next((m for split in _SPLITS if (m := split.match(segment.text))), None)
        if match and (len(match.group(1)) >= 2 or match.group(1).isdigit()):
            made += [segment.part(0, match.end(1)), segment.part(match.start(2))]
        else:
            made.append(segment)
    return made


def _header(row: Sequence[Segment]) -> list[Column]:
    cells: list[tuple[str, Segment]] = []
    for n, segment in enumerate(row):
        folded = fold(segment.text)
        place, found = 0, []
        while place < len(folded):
            for text, kind in _BY_TEXT:
                if folded.startswith(text, place):
                    share = len(segment.text) / max(len(folded), 1)
                    part = segment.part(int(place * share), int((place + len(text)) * share))
                    found.append((kind, part))
                    if text == "数量/单位":
                        found.append(("unit", part))
                    place += len(text)
                    break
            else:
                place += 1
        covered = sum(len(fold(cell.text)) for _, cell in found)
        if found and covered >= 0.6 * len(folded):
            cells.extend(found)
        elif folded in "金税" and n + 1 < len(row) and fold(row[n + 1].text) == "额":
            # 金 额 printed wide apart
            part = row[n + 1]
            box = (segment.left, segment.box[1], part.right, part.box[3])
            cells.append(("amount" if folded == "金" else "tax", Segment("额", box, segment.page)))
    cells.sort(key=lambda c: c[1].left)
    block = 0
    columns: list[Column] = []
    seen: set[str] = set()
    for kind, cell in cells:
        if kind in seen and kind == "name":
            block, seen = block + 1, set()
        seen.add(kind)
        columns.append(Column(kind, cell, block))
    return columns


def _cells(row: Sequence[Segment], columns: list[Column]) -> list[tuple[int, dict[str, str]]]:
    """What stands in the row under each header, block by block."""
    cells: dict[int, dict[str, str]] = {}
    for segment, column in _assigned(row, columns):
        block = cells.setdefault(column.block, {})
        block[column.kind] = (block.get(column.kind, "") + " " + segment.text).strip()
    return sorted(cells.items())


def _read_cell(row: Sequence[Segment], cell: dict[str, str], block: _Block) -> bool:
    """Take a row of a block in; whether it made a line."""
    height = max(s.height for s in row)
    top = min(s.top for s in row)
    if "amount" not in cell:
        name = values.tidy(cell.get("name", ""))
        if not name:
            return False
        if block.lines and top - block.bottom < 0.8 * height:
            # The item's name goes on below its amount.
            latest = block.lines[-1]
            block.lines[-1] = replace(latest, name=(latest.name + name)[:120])
            block.bottom = max(s.bottom for s in row)
        else:
            block.pending += name
        return False
    name = block.pending + values.tidy(cell.get("name", ""))
    amount = values.read_amount(cell["amount"])
    block.pending, block.bottom = "", max(s.bottom for s in row)
    if amount is None or not name.strip():
        return False
    tax = values.read_amount(cell.get("tax", "")) if cell.get("tax") else None
    quantity, unit = cell.get("quantity", ""), cell.get("unit", "")
    if counted := _COUNTED.fullmatch(quantity):
        quantity, unit = counted.groups()
    block.lines.append(
        Line(
            re.sub(r"^\*[^*]+\*", "", name)[:120],
            amount + (tax or Decimal(0)),
            values.read_category(cell.get("note", "")),
            cell.get("spec", "")[:80],
            unit[:20],
            quantity[:20],
            cell.get("price", "")[:20],
        )
    )
    return True


def _assigned(row: Sequence[Segment], columns: list[Column]) -> Iterable[tuple[Segment, Column]]:
    """Each cell with its column: by their order where the row is full, else by where they stand."""
    # 数量/单位 heads one cell that two columns share.
    full = [c for n, c in enumerate(columns) if not n or c.cell != columns[n - 1].cell]
    if len(row) == len(full):
        in_order = list(zip(row, full, strict=True))
        if all(_fits(segment, column.kind) for segment, column in in_order):
            yield from in_order
            return
    for segment in row:
        column = _column_of(segment, columns)
        if column is not None:
            yield segment, column


def _fits(segment: Segment, kind: str) -> bool:
    """Whether a cell can be what its column holds: a row as long as the header may still have a gap."""
    number, share = _is_number(segment), "%" in segment.text
    match kind:
        case "name" | "unit":
            return not number
        case "amount":
            return number and not share and "/" not in segment.text
        case "rate":
            return share or not any(c.isdigit() for c in segment.text)
        case _:
            return True


def _is_number(segment: Segment) -> bool:
    text = "".join(values.halved(segment.text).split())
    return bool(_NUMBER.fullmatch(text) or _COUNTED.fullmatch(text))


def _share_under(segment: Segment, header: Segment) -> float:
    """How much of the narrower of two, a cell and a header, lies right under or over the other."""
    common = min(segment.right, header.right) - max(segment.left, header.left)
    narrower = min(segment.width, header.width)
    return round(common / narrower, 2) if common > 0 and narrower > 0 else 0.0


def _out_of_line(segment: Segment, header: Segment) -> float:
    """How far a number is from standing under its header by the left, the middle or the right."""
    middles = (header.left + header.right - segment.left - segment.right) / 2
    return min(abs(header.left - segment.left), abs(middles), abs(header.right - segment.right))


def _column_of(segment: Segment, columns: list[Column]) -> Column | None:
    """
    The column a cell belongs to.

    Numbers stand in line with a numeric header, or with a remark's (自付比例); texts stand under a text
    header, or begin near one or to the right of it, before the next column begins.
    """
    if _is_number(segment):
        rates = [c for c in columns if c.kind == "rate"]
        if rates and "%" in segment.text:
            return rates[0]
        numeric = [c for c in columns if c.kind in _NUMERIC or c.kind == "note"]
        return min(
            numeric,
            key=lambda c: (-_share_under(segment, c.cell), _out_of_line(segment, c.cell)),
            default=None,
        )
    texts = [c for c in columns if c.kind not in _NUMERIC]
    if under := [
        (share, -c.cell.left, c) for c in texts if (share := _share_under(segment, c.cell))
    ]:
        return max(under, key=lambda u: u[:2])[2]
    before = [c for c in texts if c.cell.left - 3 * segment.height <= segment.left]
    # Item names begin left of their centred header: the name column reaches back to the one before.
    after = [c for c in texts if c.kind == "name" and 0 < c.cell.left - segment.left < 0.25]
    if before:
        nearest = max(before, key=lambda c: c.cell.left)
        numbers_between = any(
            c.kind in _NUMERIC and nearest.cell.left < c.cell.left < segment.left for c in columns
        )
        if not (numbers_between and after):
            return nearest
    return min(after, key=lambda c: c.cell.left) if after else None
