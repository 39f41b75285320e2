"""
Reading papers by their labels: what stands behind 票据号码：, in whatever place it stands.

A layout is data (``recognition/layouts/*.toml``): its marks, its fields with their labels, its
table. Nothing depends on coordinates of a certain form, only on what stands beside and below what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from yilu.documents.rules import values
from yilu.documents.rules.found import Found
from yilu.documents.rules.segments import UNKNOWN_LETTER, Box, Segment, around, in_rows, share_a_row

LABEL_GAP_MAX = 0.30
"""A value stands at most this share of the paper's width to the right of its label."""
_FOLDED = str.maketrans(
    "貨帳帐額稅價號醫療費據單數實發證開戶圓", "货账账额税价号医疗费据单数实发证开户元"
)
_PUNCTUATION = " :：;；,，.。、·_-—|*"
_DOTS = "·•・‧∙⋅"
"""What stands between the parts of a name (买买提·吐尔逊), as different software writes it."""
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010fffd"
"""Characters that only their maker knows: a rare one in a name, kept so that nobody takes the rest for the whole."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """
    One field of a layout.

    ``occurrence`` chooses among equal labels from top left (1) to bottom right (-1 is the last).
    ``glued`` labels need no colon (姓名代用名). ``pattern`` finds the value anywhere where no label
    does; its first group is the value. ``shape`` is what the normalised value must match whole.
    """

    name: str
    labels: tuple[str, ...]
    type: str = "text"
    required: bool = False
    occurrence: int = 1
    glued: bool = False
    below: bool = False
    lines: int = 1
    pattern: str = ""
    shape: str = ""
    longest: int = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of paper: how to know it, what to read on it."""

    code: str
    title: str
    kinds: tuple[str, ...]
    marks: tuple[tuple[str, int], ...]
    threshold: int
    fields: tuple[FieldRule, ...]
    stops: tuple[str, ...] = ()
    table: bool = False
    invoice_kind: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A label where it stands, and what follows it in the same segment."""

    text: str
    segment: Segment
    inline: Segment


def fold(text: str) -> str:
    """As labels are compared: half-width, simplified, without spaces."""
    return "".join(values.halved(text).split()).translate(_FOLDED)


def choose(
    layouts: Iterable[Layout], segments: Sequence[Segment], kind: str
) -> tuple[Layout | None, int]:
    """
    The layout whose marks the text carries most, and by how much over its threshold.

    Of two as good, the one made for what the file was handed in as; another one only where its
    marks leave no doubt.
    """
    text = fold("".join(s.text for s in segments))
    best: tuple[int, int, Layout] | None = None
    for layout in layouts:
        score = sum(weight for mark, weight in layout.marks if mark in text)
        if score >= layout.threshold * (1 if kind in layout.kinds else 2):
            rank = (score * 10 // layout.threshold, int(kind in layout.kinds), layout)
            if best is None or rank[:2] > best[:2]:
                best = rank
    return (best[2], best[0] - 10) if best else (None, 0)


def extract(layout: Layout, segments: Sequence[Segment], source: str) -> dict[str, Found]:
    """Every field of the layout that can be read, normalised by its type."""
    labels = find_labels(layout, segments)
    found: dict[str, Found] = {}
    for rule in layout.fields:
        for value, segment in _candidates(rule, labels, segments):
            read = normalise(value, rule.type, rule.longest)
            if read and (not rule.shape or re.fullmatch(rule.shape, read)):
                found[rule.name] = Found(
                    rule.name, read, source, segment.confidence, segment.page, segment.box
                )
                break
    payer, payee = found.get("payer_name"), found.get("payee_name")
    if payer and payee and payer.box == payee.box:
        del found["payer_name"]  # only one of two equal labels was read: whose it is, is unknown
    return found


NUMBERS = FieldRule("number", ("票据号码", "发票号码"), "digits", shape=r"\d{8,12}|\d{18,20}")


def numbers_on(layout: Layout, segments: Sequence[Segment]) -> tuple[str, ...]:
    """
    The different invoice numbers a file carries behind labels, in the order they stand.

    One digit apart is another invoice: two that are issued one after the other are. A number printed twice
    and misread once counts as two as well, and a person looks.
    """
    labels = find_labels(replace(layout, fields=(*layout.fields, NUMBERS)), segments)
    found: list[str] = []
    for value, _ in _candidates(NUMBERS, labels, segments):
        read = normalise(value, NUMBERS.type)
        if re.fullmatch(NUMBERS.shape, read) and read not in found:
            found.append(read)
    return tuple(found)


def find_labels(layout: Layout, segments: Sequence[Segment]) -> list[Label]:
    """Every label of the layout in the text, longest first where they overlap, in reading order."""
    wanted: dict[str, bool] = {fold(stop): False for stop in layout.stops}
    for rule in layout.fields:
        for text in rule.labels:
            wanted[fold(text)] = wanted.get(fold(text), False) or rule.glued
    longest_first = sorted(wanted.items(), key=lambda w: -len(w[0]))
    labels: list[Label] = []
    for segment in segments:
        labels.extend(_labels_in(segment, longest_first))
    order = {
        id(s): n for n, s in enumerate(s for row in in_rows(n.segment for n in labels) for s in row)
    }
    return sorted(labels, key=lambda n: order[id(n.segment)])


def _labels_in(segment: Segment, wanted: list[tuple[str, bool]]) -> list[Label]:
    folded, places = _fold_with_places(segment.text)
    taken: list[tuple[int, int, str]] = []
    for text, glued in wanted:
        start = folded.find(text)
        while start >= 0:
            end = start + len(text)
            free = all(end <= t[0] or start >= t[1] for t in taken)
            if free and _is_label(folded, start, end, glued):
                taken.append((start, end, text))
            start = folded.find(text, start + 1)
    taken.sort()
    found = []
    for n, (start, end, text) in enumerate(taken):
        stop = taken[n + 1][0] if n + 1 < len(taken) else len(folded)
        begin = places[end] if end < len(places) else len(segment.text)
        limit = places[stop] if stop < len(places) else len(segment.text)
        inline = segment.part(begin, limit)
        found.append(Label(text, segment.part(places[start], begin), _stripped(inline)))
    return found


def _is_label(folded: str, start: int, end: int, glued: bool) -> bool:
    """A label is a whole segment, or begins one, or is followed by a colon."""
    rest = folded[end:]
    if folded[end - 1] == ")":
        return True
    if re.match(r"(\([^)]{0,6}\))?[:;.]", rest) or not rest.strip(_PUNCTUATION):
        return True
    if re.match(r"(\([^)]{0,6}\))", rest):
        return True
    if start == 0 or folded[start - 1] in "()（）:;":
        return glued or bool(re.match(r"[\d¥￥(]", rest))
    return False


def _fold_with_places(text: str) -> tuple[str, list[int]]:
    folded: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for made in values.halved(char).translate(_FOLDED):
            if not made.isspace():
                folded.append(made)
                places.append(place)
    return "".join(folded), places


def _stripped(segment: Segment) -> Segment:
    """Without the colon, an explaining parenthesis and other signs around the value."""
    text = segment.text
    lead = re.match(r"\s*([（(][^）)]{0,6}[）)])?[\s:：;；.．、_—|]*", text)
    start = lead.end() if lead else 0
    end = len(text.rstrip(_PUNCTUATION))
    return segment.part(min(start, end), max(end, start)) if end > start else segment.part(end, end)


def _candidates(
    rule: FieldRule, labels: list[Label], segments: Sequence[Segment]
) -> Iterable[tuple[str, Segment]]:
    ranks = {fold(text): rank for rank, text in reversed(list(enumerate(rule.labels)))}
    ours = sorted((n for n in labels if n.text in ranks), key=lambda n: ranks[n.text])
    if ours and rule.occurrence != 1:
        best = [n for n in ours if n.text == ours[0].text]
        chosen = best[-1:] if rule.occurrence < 0 else best[rule.occurrence - 1 : rule.occurrence]
        ours = chosen + [n for n in ours if n.text != ours[0].text]
    paper = around(segments) or (0.0, 0.0, 1.0, 1.0)
    for label in ours:
        if label.inline.text.strip(_PUNCTUATION):
            yield _continued(rule, label.inline, labels, segments)
        elif (beside := _beside(label, labels, segments, paper)) is not None:
            yield _continued(rule, beside, labels, segments)
        elif rule.below:
            for under in _under(label.segment, labels, segments):
                yield _continued(rule, under, labels, segments)
    if rule.pattern:
        compiled = re.compile(rule.pattern)
        others = [values.halved(n.inline.text) for n in labels if n.text not in ranks]
        for segment in segments:
            match = compiled.search(values.halved(segment.text))
            # What stands behind another label is that one's: 医疗机构类型：综合医院 names no payee.
            if match and not any(match.group(1) in other for other in others):
                yield match.group(1), segment


def _beside(
    label: Label, labels: list[Label], segments: Sequence[Segment], paper: Box
) -> Segment | None:
    """The nearest segment to the right on the label's row that no other label stands before."""
    reach = LABEL_GAP_MAX * (paper[2] - paper[0])
    row = [
        s
        for s in segments
        if share_a_row(s, label.segment)
        and s.height < 2.2 * label.segment.height
        and s.left >= label.segment.right - 0.3 * label.segment.height
        and s.left - label.segment.right <= reach
        and s.text.strip(_PUNCTUATION)
    ]
    if not row:
        return None
    nearest = min(
        row, key=lambda s: (s.left - label.segment.right) + abs(s.middle - label.segment.middle)
    )
    if any(n.segment.page == nearest.page and _overlaps(n.segment, nearest) for n in labels):
        first = min(
            (n for n in labels if _overlaps(n.segment, nearest)), key=lambda n: n.segment.left
        )
        head = nearest.part(0, max(_letters_before(nearest, first.segment.left), 0))
        return head if head.text.strip(_PUNCTUATION) else None
    return nearest


def _letters_before(segment: Segment, x: float) -> int:
    share = (x - segment.left) / segment.width if segment.width else 0
    return round(share * len(segment.text))


def _overlaps(one: Segment, other: Segment) -> bool:
    """Whether a label's part lies inside a segment."""
    return (
        abs(one.middle - other.middle) < 0.3 * max(one.height, other.height)
        and one.left >= other.left - 1e-6
        and one.right <= other.right + 1e-6
    )


def _under(label: Segment, labels: list[Label], segments: Sequence[Segment]) -> list[Segment]:
    """What stands below a label before the next one, nearest first."""
    lower = [
        s
        for s in segments
        if s.page == label.page
        and 0 < s.top - label.top < 4 * label.height
        and s.left < label.right + 6 * label.height
        and s.right > label.left
        and not share_a_row(s, label)
        and not any(_overlaps(n.segment, s) for n in labels)
    ]
    return sorted(lower, key=lambda s: (round(s.top, 2), abs(s.left - label.left)))[:4]


def _continued(
    rule: FieldRule, start: Segment, labels: list[Label], segments: Sequence[Segment]
) -> tuple[str, Segment]:
    """A value over several lines: the lines below it that begin no new field; a name printed wide apart."""
    if rule.type == "name":
        start = _spread(start, labels, segments)
    if rule.lines <= 1:
        return start.text, start
    text, latest = start.text, start
    for _ in range(rule.lines - 1):
        under = [
            s
            for s in segments
            if s.page == latest.page
            and 0.4 * latest.height < s.middle - latest.middle < 2.2 * latest.height
            and abs(s.left - start.left) < 3 * start.height
        ]
        if not under:
            break
        latest = min(under, key=lambda s: abs(s.left - start.left))
        if any(_overlaps(n.segment, latest) for n in labels):
            break
        text += latest.text
    box = (
        start.left,
        start.box[1],
        max(start.right, latest.right),
        max(start.box[3], latest.box[3]),
    )
    sure = min(start.confidence, latest.confidence)
    return text, Segment(text, box, start.page, sure, start.tilt)


def _spread(start: Segment, labels: list[Label], segments: Sequence[Segment]) -> Segment:
    """A name whose characters are printed apart to fill its place: 王　伟, 欧 阳 慧 敏."""
    pieces = [start]
    while _is_piece(pieces[-1].text):
        latest = pieces[-1]
        reach = 3.2 if len(pieces) == 1 and len(latest.text.strip()) == 1 else 1.6
        beside = [
            s
            for s in segments
            if share_a_row(s, latest)
            and 0 < s.left - latest.right <= reach * latest.height
            and _is_piece(s.text)
            and not any(_overlaps(n.segment, s) for n in labels)
        ]
        if not beside:
            break
        pieces.append(min(beside, key=lambda s: s.left))
    if len(pieces) == 1:
        return start
    box = (start.left, start.box[1], pieces[-1].right, start.box[3])
    sure = min(p.confidence for p in pieces)
    return replace(start, text="".join(p.text for p in pieces), box=box, confidence=sure)


def _is_piece(text: str) -> bool:
    """One or two Chinese characters and nothing else."""
    bare = text.strip()
    return len(bare) in {1, 2} and all(c.isalpha() and ord(c) > 0x2E7F for c in bare)


def normalise(text: str, kind: str, longest: int = 60) -> str:
    """
    A value as its type writes it, or empty if it cannot be one.

    Types: text, name, code, digits, amount, date, first_date, latest_date, days, identity, card, capitals, sex.
    """
    cleaned = values.tidy(text).strip(_PUNCTUATION)
    if kind == "amount":
        # Recognition sets a point apart where it was printed wide: 512. 30.
        signed = values.tidy(text).strip(_PUNCTUATION.replace("-", "")).rstrip("-")
        whole = re.sub(r"(?<=\d)\s*([.,])\s*(?=\d)", r"\1", signed)
        amount = values.read_amount(re.split(r"\s", whole)[0] if whole else "")
        return "" if amount is None else str(amount)
    if kind in {"date", "first_date", "latest_date"}:
        days = values.read_dates(cleaned)
        if not days:
            return ""
        return (
            max(days) if kind == "latest_date" else min(days) if kind == "first_date" else days[0]
        ).isoformat()
    return _normalise_text(cleaned, kind)[:longest]


def _normalise_text(cleaned: str, kind: str) -> str:
    if kind == "code":
        code = values.read_code(cleaned)
        return code if len(code) >= 4 else ""
    if kind == "check":
        match = re.match(r"[0-9A-Za-z ]{4,30}", cleaned)
        return "".join(match.group(0).split()) if match else ""
    if kind == "digits":
        digits = values.read_digits(cleaned) if re.search(r"\d", cleaned) else ""
        return digits if len(digits) >= 6 else ""
    if kind == "days":
        match = re.match(r"(\d{1,3}(?:\.\d)?)", cleaned)
        return match.group(1) if match else ""
    if kind == "identity":
        match = re.search(r"\d{17}[\dXx]|\d{6}[\d*]{8,9}[\d*Xx]{1,4}", cleaned.replace(" ", ""))
        return match.group(0).upper() if match else ""
    if kind == "card":
        match = re.search(r"\d{12,19}", re.sub(r"[\s-]", "", cleaned))
        return match.group(0) if match else ""
    if kind == "capitals":
        return re.sub(
            r"[^零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正〇一二三四五六七八九十百千]", "", cleaned
        )
    if kind == "sex":
        match = re.search(r"[男女]", cleaned)
        return match.group(0) if match else ""
    if kind == "name":
        if UNKNOWN_LETTER in cleaned:
            return ""  # the rest of a name is another name
        # A person's or an organisation's name: no digits at the end, no sign but dots between parts.
        match = re.match(rf"(?:[^\W\d_]|[{_PRIVATE}{_DOTS}'’()\s.-])+", cleaned)
        name = _closed(match.group(0)).strip(_PUNCTUATION) if match else ""
        if name.endswith(("'", "’")):
            return ""  # O’Neil, torn apart
        if name.count("(") != name.count(")"):
            name = name.strip("()")
        return name if len(name) >= 2 or (name and ord(name) > 0x2E7F) else ""
    return cleaned


def _closed(name: str) -> str:
    """Without the spaces printed between Chinese characters; those between other words stay."""
    return re.sub(r"(?<![A-Za-z\u00c0-\u024f])\s+|\s+(?![A-Za-z\u00c0-\u024f])", "", name)


def printed_twice(value: str, segments: Sequence[Segment]) -> bool:
    """Whether a number of six or more characters stands in two separate places of the paper."""
    wanted = values.read_code(value)
    if len(wanted) < 6:
        return False
    return sum(wanted in values.read_code(s.text) for s in segments) >= 2


def are_close(one: str, other: str) -> bool:
    """Whether two texts differ in at most one character, position by position."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 1


def gaps_of(row: Sequence[Segment]) -> list[float]:
    """The white between the segments of a row."""
    return [b.left - a.right for a, b in pairwise(row)]


def find_title(layout: Layout, segments: Sequence[Segment], source: str) -> Found | None:
    """
    The printed title of a fiscal bill, completed where a seal hides part of it.

    The form's name is known; the place before it (上海市) is read.
    """
    wanted = fold(layout.title)
    for segment in segments:
        text = fold(segment.text)
        common = sum(1 for c in set(wanted) if c in text)
        if common < 0.6 * len(set(wanted)) or len(text) > len(wanted) + 14:
            continue
        match = re.match(r"([\u4e00-\u9fff]{2,8}?(?:省|市|自治区|兵团)?)(?=医疗|医)", text)
        place = match.group(1) if match else ""
        ending = "(电子)" if "电子" in text else ""
        return Found(
            "title",
            place + layout.title + ending,
            source,
            segment.confidence,
            segment.page,
            segment.box,
        )
    return None


def find_card_number(segments: Sequence[Segment]) -> Found | None:
    """
    A card number without a label: the digits of one row, all of them, 16 to 19.

    A row that passes the check digit comes first; one that does not is still shown to a person.
    """
    seen: list[tuple[bool, Found]] = []
    for row in in_rows(segments):
        digits = re.sub(r"\D", "", "".join(values.halved(s.text) for s in row))
        if 16 <= len(digits) <= 19 and digits[0] in "3456":
            worst = min(s.confidence for s in row)
            found = Found("account_number", digits, "OCR", worst, row[0].page, around(row))
            seen.append((values.passes_luhn(digits), found))
    return max(seen, key=lambda s: s[0])[1] if seen else None
