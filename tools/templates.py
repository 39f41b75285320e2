"""
Lay the pages' templates out, a tag's parts below it, so that they are read and compared line by line.

A line is broken only where the browser shows the same: at white space that is there already, inside a tag, and
beside what stands on lines of its own anyway (``<p>``, ``<td>``, ``<li>`` …). No text changes. ``python
tools/templates.py`` writes; ``python tools/templates.py check`` names what is not as it would be written.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from tools.template_parts import (  # noqa: E402
    ATTRIBUTE,
    FLOWS,
    FREE,
    JOINED,
    SPACE,
    STANDS,
    VANISHES,
    Part,
    Unreadable,
    classes,
    tree,
)

PAGES = ROOT / "src" / "yilu" / "web"
WIDTH = 120
STEP = "  "

SHOWN_AS_IS = ("pre", "textarea")
PRESERVED = re.compile(r"\b(y-pre|y-chat-text|y-code-text|y-sending)\b")
"""Classes whose white space is shown, or whose emptiness is asked for."""
_APART = "d-flex row btn btn-list input-group card-header list-group breadcrumb nav weui-btn"
APART = frozenset(_APART.split())
"""Classes of the libraries that set their children apart."""
ELEMENTS = ("icon", "badge", "clock", "clock_face")
"""Our tags that show one element."""
ONLY_IF = ("td", "th")
"""Elements that a narrow screen leaves out when they are empty: nothing is put into them."""
PARTS = {
    "note": "note", "clock": "clock", "timeline": "timeline", "progress": "progress", "field": "field",
    "empty": "empty", "file_tile": "file", "pager": "pager", "badge": "badge", "clock_face": "clock_face",
}  # fmt: skip
"""Our tags, and the part in common/parts that each shows."""
SILENT = ("csrf_token", "load", "extends", "get_current_language", "cycle")


@cache
def apart_classes() -> frozenset[str]:
    """Classes whose element sets its children apart, by our own sheets and the libraries'."""
    found = set(APART)
    for sheet in PAGES.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
        for names, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
            if re.search(r"\bdisplay:\s*(inline-)?(flex|grid)\b", rules):
                found |= {
                    name[1:]
                    for name in map(str.strip, names.split(","))
                    if re.fullmatch(r"\.[\w-]+", name)
                }
    return frozenset(found)


def edge(part: Part, side: int, apart: bool = False) -> str:
    """
    How a part meets what is before it (0) or after it (-1).

    ``apart``: within an element that sets its children apart (flex, grid), where only text flows.
    """
    if part.stands or (apart and (part.kind == "tag" or part.name in ELEMENTS)):
        return STANDS
    if part.kind == "tag":
        return VANISHES if part.name == "input" and 'type="hidden"' in part.text else FLOWS
    if part.kind == "whole" and (
        part.name in ("script", "style", "comment") or " asvar " in part.text
    ):
        return VANISHES
    if part.kind != "django" or part.name == "block":
        return FLOWS
    if part.text.startswith("{#") or part.name in SILENT or re.search(r" as \w+ %}$", part.text):
        return VANISHES
    if part.end is not None:
        found = {edge_of(way, side, apart) for way in branches(part)}
        if part.name == "with" or FLOWS in found:
            return FLOWS if FLOWS in found else found.pop()
        return VANISHES
    shown = f"common/parts/{PARTS[part.name]}.html" if part.name in PARTS else ""
    if part.name == "include" and (literal := re.match(r'\{% include "([^"]+)"', part.text)):
        shown = literal[1]
    return edge_of_page(shown, side) if shown else FLOWS


def edge_of(row: list[Part], side: int, apart: bool = False) -> str:
    """How a row of parts begins (0) or ends (-1): the first that certainly shows something says."""
    for part in row if side == 0 else reversed(row):
        met = edge(part, side, apart)
        if met != VANISHES:
            return met
    return VANISHES


@cache
def edge_of_page(name: str, side: int) -> str:
    """The same for a template that is shown within others."""
    for page in PAGES.glob(f"*/templates/{name}"):
        return edge_of(tree(page.read_text(encoding="utf-8")), side)
    return FLOWS


def may_be_nothing(part: Part) -> bool:
    """Whether a part may show nothing at all."""
    if part.kind == "django":
        if part.text.startswith("{{") or (edge(part, 0) == VANISHES and part.end is None):
            return True
        if part.end is not None:
            other = any(child.is_branch and child.name != "elif" for child in part.children)
            ways = branches(part)
            return not (other or part.name == "with") or any(
                all(map(may_be_nothing, way)) for way in ways
            )
    return False


def branches(part: Part) -> list[list[Part]]:
    """The ways through a tag of Django's."""
    ways: list[list[Part]] = [[]]
    for child in part.children:
        if child.is_branch:
            ways.append([])
        else:
            ways[-1].append(child)
    return ways


def classify(
    children: list[Part],
    end: Part | None,
    first: bool,
    last: bool,
    *,
    apart: bool = False,
    everywhere: bool = False,
) -> None:
    """
    Say for each gap whether a line may end there.

    ``first`` and ``last``: whether one may at the very beginning and end, as what is around says.
    ``everywhere``: nothing of it is shown, as between the blocks of a page that extends another.
    """

    def meets(part: Part, side: int) -> str:
        return edge(part, side, apart)

    row = [*children, *([end] if end else [])]
    gaps = [FREE if everywhere else JOINED for _ in row]
    for at, part in enumerate(row):
        is_end = end is not None and at == len(children)
        before = row[at - 1] if at else None
        if is_end:
            ok = last or (before is not None and meets(before, -1) == STANDS)
        elif before is None:
            ok = first or meets(part, 0) == STANDS
        else:
            ok = meets(before, -1) == STANDS or meets(part, 0) == STANDS
        if ok:
            gaps[at] = FREE
    for at in range(1, len(row)):  # what may vanish hands on what is before it …
        if gaps[at - 1] == FREE and meets(row[at - 1], 0) == meets(row[at - 1], -1) == VANISHES:
            gaps[at] = FREE
    for at in range(len(row) - 2, -1, -1):  # … and after it
        if gaps[at + 1] == FREE and meets(row[at], 0) == meets(row[at], -1) == VANISHES:
            gaps[at] = FREE
    for at, part in enumerate(row):
        part.gap = SPACE if part.before else gaps[at]
    for at, part in enumerate(children):
        if part.end is None:
            continue
        after = gaps[at + 1] if at + 1 < len(row) else (FREE if last or everywhere else JOINED)
        inside(part, gaps[at] == FREE, after == FREE, apart)


def inside(part: Part, before: bool, after: bool, apart: bool) -> None:
    """The gaps within a part."""
    children = part.children
    if part.kind == "tag":
        if part.name in SHOWN_AS_IS or PRESERVED.search(part.text):
            freeze(part)
            return
        if not children:
            part.end.gap = SPACE if part.end.before else JOINED  # type: ignore[union-attr]
            return
        tight = part.name in ONLY_IF and all(map(may_be_nothing, children))
        sets_apart = bool(classes(part) & apart_classes())
        is_open = (part.stands or sets_apart) and not tight
        classify(children, part.end, is_open, is_open, apart=sets_apart)
        return
    hand_on = before and after and part.name != "block"
    if part.name == "for":  # the next round follows the one before
        hand_on = hand_on and FLOWS not in {edge(part, 0, apart), edge(part, -1, apart)}
    way: list[Part] = []
    for child in [*children, part.end]:
        assert child is not None
        if child is part.end or child.is_branch:
            if way:
                classify(way, child, hand_on, hand_on, apart=apart)
            else:
                child.gap = SPACE if child.before else JOINED
            way = []
        else:
            way.append(child)


def freeze(part: Part) -> None:
    """Nothing inside is broken anew."""
    for child in [*(part.children), *([part.end] if part.end else [])]:
        child.gap = "frozen"
        if child.end is not None:
            freeze(child)


def flat(part: Part) -> str:
    """A part on one line."""
    text = part.text
    for child in part.children:
        text += space(child) + flat(child)
    if part.end is not None:
        text += space(part.end) + part.end.text
    return text


def space(part: Part) -> str:
    if part.gap == "frozen":
        return part.before
    return " " if part.gap == SPACE else ""


def many_lines(part: Part) -> bool:
    """Whether somebody broke a line within."""
    row = [*(part.children), *([part.end] if part.end else [])]
    return "\n" in part.text or any(
        (child.gap != "frozen" and "\n" in child.before) or many_lines(child) for child in row
    )


class Writer:
    """The lines so far."""

    def __init__(self) -> None:
        self.lines = [""]

    @property
    def column(self) -> int:
        return len(self.lines[-1])

    def put(self, text: str) -> None:
        first, *rest = text.split("\n")
        self.lines[-1] += first
        self.lines += rest

    def end_line(self, depth: int, blank: bool = False) -> None:
        self.lines[-1] = self.lines[-1].rstrip()
        if self.lines[-1] or len(self.lines) > 1:
            if blank:
                self.lines.append("")
            self.lines.append("")
        self.lines[-1] = STEP * depth

    def row(self, children: list[Part], depth: int, around: int) -> None:
        """Children below one another, as their gaps let them."""
        for at, child in enumerate(children):
            self.gap(child, around if child.is_branch else depth, reach(children, at))
            self.part(child, depth)

    def gap(self, part: Part, depth: int, wide: int) -> None:
        if part.gap == "frozen":
            self.put(part.before)
        elif part.gap == FREE or (part.gap == SPACE and "\n" in part.before):
            self.end_line(depth, blank=part.before.count("\n") > 1)
        elif part.gap == SPACE:
            if self.column + 1 + wide > WIDTH and self.lines[-1].strip():
                self.end_line(depth)
            else:
                self.put(" ")

    def part(self, part: Part, depth: int) -> None:
        """One part, on one line where it fits and nobody broke it."""
        if part.end is None:
            self.token(part, depth)
            return
        whole = flat(part)
        if not many_lines(part) and self.column + len(whole) <= WIDTH:
            self.put(whole)
            return
        self.token(part, depth)
        inner = depth if part.name == "block" or part.name == "html" else depth + 1
        self.row(part.children, inner, depth)
        if part.end is not None:
            self.gap(part.end, depth, len(part.end.text))
            self.put(part.end.text)

    def token(self, part: Part, depth: int) -> None:
        """A token; a tag too wide for the line has its attributes on several."""
        if part.kind != "tag" or self.column + len(part.text) <= WIDTH:
            self.put(part.text)
            return
        first, *rest = ATTRIBUTE.findall(part.text)
        self.put(first)
        for each in rest:
            if self.column + 1 + len(each) > WIDTH:
                self.end_line(depth + 2)
                self.put(each)
            else:
                self.put(" " + each)


def reach(children: list[Part], at: int) -> int:
    """How far the line goes from a child to the next place where it may end."""
    wide = first_width(children[at])
    for child in children[at + 1 :]:
        if child.gap != JOINED:
            break
        wide += first_width(child)
    return wide


def first_width(part: Part) -> int:
    return len(flat(part).split("\n")[0])


def written(source: str) -> str:
    """A template as it is laid out. :raises Unreadable: a tag that is not closed, or no token."""
    parts = tree(source)
    extends = any(part.name == "extends" for part in parts)
    begins, ends = (extends or edge_of(parts, side) != FLOWS for side in (0, -1))
    classify(parts, None, begins, ends, everywhere=extends)
    writer = Writer()
    for at, part in enumerate(parts):
        if at:
            writer.gap(part, 0, reach(parts, at))
        writer.part(part, 0)
    text = "\n".join(line.rstrip() for line in writer.lines).strip()
    # What is shown in the middle of a line may not end one.
    return text + "\n" if ends or source.endswith("\n") else text


def not_laid_out() -> list[tuple[Path, str]]:
    """Pages that would be written otherwise, and how; nothing but white space differs."""
    found = []
    for page in sorted(PAGES.rglob("*.html")):
        source = page.read_text(encoding="utf-8")
        better = written(source)
        if re.sub(r"\s", "", source) != re.sub(r"\s", "", better):
            raise Unreadable(page)
        if better != source:
            found.append((page, better))
    return found


def main(arguments: list[str]) -> int:
    """Write, or name what is not as it would be written."""
    for page, better in (found := not_laid_out()):
        print(f"{page.relative_to(PAGES)}")
        if arguments != ["check"]:
            page.write_text(better, encoding="utf-8")
    return 1 if found and arguments == ["check"] else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
