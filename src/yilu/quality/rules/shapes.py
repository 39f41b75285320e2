"""
What a text that changes in versions is made of: read from TOML, checked field by field, written back.

Courses, drills, standards, forms, plans and phrases are each a ``Shape``: fields and groups of fields with
the words people know them by. The same shape draws the page on which such a text is written, so that a
field, its limits and what is said about it are in one place.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

LINE: Final = "line"
TEXT: Final = "text"
NUMBER: Final = "number"
PLACE: Final = "place"
"""Which one of several: stored counted from 0, shown and told counted from 1."""
LINES: Final = "lines"
ONE: Final = "one"
SOME: Final = "some"
YES: Final = "yes"
CODE: Final = "code"
"""What a machine knows a row by; people neither see nor write it."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_EMPTY: Final[Mapping[str, Any]] = {
    LINE: "", TEXT: "", NUMBER: 0, PLACE: 0, LINES: (), ONE: "", SOME: (), YES: False, CODE: "",
}  # fmt: skip


class BadText(Invalid):
    """The text is none of its kind; the hint says where and what to mend."""

    place = ""
    """The group it is in, as addresses of fields begin: ``chapter.1``; "" for the text itself."""

    def at(self, place: str) -> BadText:
        """The same, with the group it is in."""
        self.place = place
        return self


@dataclass(frozen=True, slots=True)
class Field:
    """
    One thing that is filled in.

    ``least`` and ``most`` bound a number, the signs of a line or text, and of each of several lines.
    """

    name: str
    label: str
    kind: str = LINE
    hint: str = ""
    least: int = 1
    most: int = 200
    optional: bool = False
    among: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> Any:
        """What an optional one holds that is left out."""
        return _EMPTY[self.kind]


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together: once (``single``), or as rows of which there are ``least`` or more."""

    name: str
    label: str
    parts: tuple[Field | Group, ...]
    hint: str = ""
    single: bool = False
    least: int = 1
    most: int = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two texts have differently: where, and the lines it lost and won; "" where there are none."""

    place: str
    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of text: its fields and groups, and how it is refused."""

    refusal: type[BadText]
    parts: tuple[Field | Group, ...]
    longest: int = 60_000

    def read(self, text: str) -> dict[str, Any]:
        """
        Every field of a text, tidied; what may be left out and was is empty.

        :raises BadText: (the kind's own) it is none; the hint says what to mend.
        """
        return _Reader(self.refusal).table(self.parts, self.parse(text), (), "")

    def parse(self, text: str) -> dict[str, Any]:
        """What a text says, whatever it says. :raises BadText: it is too long, or says nothing readable."""
        if len(text) > self.longest:
            raise self.refusal(hint=Sentence(_("不超过 {n} 字。"), n=self.longest))
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as wrong:
            raise self.refusal(hint=Sentence(_("格式有误：{what}"), what=str(wrong))) from None

    def write(self, told: Mapping[str, Any]) -> str:
        """The text that reads as this; what is empty and may be left out is."""
        return "\n".join(_written(self.parts, told, "")).strip() + "\n"

    def differences(self, was: str, now: str) -> list[Difference]:
        """What two texts have differently, field by field, rows are known by code."""
        old = dict(_leaves(self.parts, self.read(was), (), ""))
        new = dict(_leaves(self.parts, self.read(now), (), ""))
        nothing = _Leaf("", "", "")
        return [
            Difference(leaf.place, leaf.label, *_other_lines(before, after))
            for key, leaf in {**old, **new}.items()
            if (before := old.get(key, nothing).says) != (after := new.get(key, nothing).says)
        ]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One field of a text: where it stands, and what it says."""

    place: str
    label: str
    says: str


@dataclass(frozen=True, slots=True)
class _Reader:
    """Checks what was told against fields and groups; ``path`` says in words where it stands."""

    refusal: type[BadText]

    def table(
        self, parts: Sequence[Field | Group], told: Mapping[str, Any], path: tuple[str, ...], place: str
    ) -> dict[str, Any]:  # fmt: skip
        unknown = sorted(set(told) - {part.name for part in parts})
        if unknown:
            raise self._wrong(path, place, Sentence(_("没有“{name}”这一项。"), name=unknown[0]))
        return {
            part.name: self._group(part, told.get(part.name), path, place)
            if isinstance(part, Group) else self._field(part, told.get(part.name), path, place)
            for part in parts
        }  # fmt: skip

    def _group(self, group: Group, found: Any, path: tuple[str, ...], place: str) -> Any:
        here = f"{place}.{group.name}".lstrip(".")
        if group.single:
            if found is not None and not isinstance(found, dict):
                raise self._wrong(path, place, Sentence(_("“{name}”没有填写。"), name=group.label))
            return self.table(group.parts, found or {}, (*path, group.label), here)
        rows = [] if found is None else found
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._wrong(path, place, Sentence(_("“{name}”没有填写。"), name=group.label))
        if not group.least <= len(rows) <= group.most:
            what = Sentence(
                _("“{name}”写 {a} 到 {b} 项。"), name=group.label, a=group.least, b=group.most
            )
            raise self._wrong(path, place, what)
        made = []
        for n, row in enumerate(rows):
            named = Sentence("{label} {n}", label=group.label, n=n + 1)
            made.append(self.table(group.parts, row, (*path, named), f"{here}.{n}"))
        codes = [row["code"] for row in made if "code" in row]
        if len(set(codes)) != len(codes):
            raise self._wrong(
                path, place, Sentence(_("两个“{name}”用了同一个编号。"), name=group.label)
            )
        return made

    def _field(self, part: Field, found: Any, path: tuple[str, ...], place: str) -> Any:
        if part.optional and (found is None or found in ("", [], ())):
            return part.empty
        fits, tidy = _CHECKS[part.kind](part, found)
        if not fits:
            raise self._wrong(path, place, _wanted(part))
        return tidy

    def _wrong(self, path: tuple[str, ...], place: str, what: str) -> BadText:
        for named in reversed(path):
            what = Sentence(_("{place}：{what}"), place=named, what=what)
        return self.refusal(hint=what).at(place)


def _wanted(part: Field) -> Sentence:
    """What belongs into a field, in words."""
    if part.kind in {NUMBER, PLACE}:
        more = part.kind == PLACE
        return Sentence(
            _("“{name}”写 {a} 到 {b} 的整数。"), name=part.label, a=part.least + more, b=part.most + more
        )  # fmt: skip
    if part.kind == LINES:
        return Sentence(
            _("“{name}”至少写一条，每条 {a} 到 {b} 字。"),
            name=part.label,
            a=part.least,
            b=part.most,
        )
    if part.kind in {ONE, SOME}:
        return Sentence(_("请选“{name}”。"), name=part.label)
    if part.kind == CODE:
        return Sentence(_("code 用小写字母开头，只含小写字母、数字和下划线。"))
    return Sentence(_("“{name}”没有填写，或超过 {b} 字。"), name=part.label, b=part.most)


def _a_text(part: Field, found: Any) -> tuple[bool, Any]:
    if not isinstance(found, str):
        return False, found
    return part.least <= len(found.strip()) <= part.most, found.strip()


def _a_number(part: Field, found: Any) -> tuple[bool, Any]:
    return type(found) is int and part.least <= found <= part.most, found


def _some_lines(part: Field, found: Any) -> tuple[bool, Any]:
    if not isinstance(found, list) or not found:
        return False, found
    checked = [_a_text(part, each) for each in found]
    return all(fits for fits, _tidy in checked), tuple(tidy for _fits, tidy in checked)


def _one_of(part: Field, found: Any) -> tuple[bool, Any]:
    return isinstance(found, str) and (not part.among or found in part.among) and found != "", found


def _some_of(part: Field, found: Any) -> tuple[bool, Any]:
    if not isinstance(found, list) or not found:
        return False, found
    return all(_one_of(part, each)[0] for each in found), tuple(found)


def _yes(part: Field, found: Any) -> tuple[bool, Any]:
    return type(found) is bool, found


def _a_code(part: Field, found: Any) -> tuple[bool, Any]:
    return isinstance(found, str) and _CODE.fullmatch(found) is not None, found


_CHECKS: Final = {
    LINE: _a_text, TEXT: _a_text, NUMBER: _a_number, PLACE: _a_number, LINES: _some_lines,
    ONE: _one_of, SOME: _some_of, YES: _yes, CODE: _a_code,
}  # fmt: skip


def _written(parts: Sequence[Field | Group], told: Mapping[str, Any], path: str) -> Iterator[str]:
    """TOML: the fields of a table first, its groups after them, since a table's head ends the one before."""
    for part in parts:
        if isinstance(part, Group):
            continue
        value = told.get(part.name)
        if not (value is None or (part.optional and value in (part.empty, [], ()))):
            yield f"{part.name} = {_value(value)}"
    for part in parts:
        if not isinstance(part, Group):
            continue
        here = f"{path}.{part.name}".lstrip(".")
        if part.single:
            lines = list(_written(part.parts, told.get(part.name) or {}, here))
            yield from ("", f"[{here}]", *lines) if lines else ()
        for row in () if part.single else told.get(part.name) or ():
            yield from ("", f"[[{here}]]", *_written(part.parts, row, here))


def _value(value: Any) -> str:
    """JSON's way of writing texts, whole numbers and lists is one of TOML's, but for the sign of deletion."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(each) for each in value)}]"
    if isinstance(value, str):
        value = value.replace("\x7f", "")
    return json.dumps(value, ensure_ascii=False)


def _leaves(
    parts: Sequence[Field | Group], told: Mapping[str, Any], key: tuple[str, ...], place: str
) -> Iterator[tuple[tuple[str, ...], _Leaf]]:
    """Every field by the codes of the rows it stands in, so that a row moved up is the same row."""
    for part in parts:
        value, here = told[part.name], (*key, part.name)
        if isinstance(part, Field):
            if part.kind != CODE:
                yield here, _Leaf(place, part.label, _shown(part, value))
        elif part.single:
            yield from _leaves(part.parts, value, here, _within(place, part.label))
        else:
            for n, row in enumerate(value, 1):
                named = _within(place, Sentence("{label} {n}", label=part.label, n=n))
                yield from _leaves(part.parts, row, (*here, row.get("code") or str(n)), named)


def _other_lines(was: str, now: str) -> tuple[str, str]:
    """The lines only one of two texts has; both whole where they have the same ones in another order."""
    gone = [line for line in was.split("\n") if line not in now.split("\n")]
    came = [line for line in now.split("\n") if line not in was.split("\n")]
    return ("\n".join(gone), "\n".join(came)) if gone or came else (was, now)


def _within(place: str, label: str) -> str:
    return Sentence("{place} · {label}", place=place, label=label) if place else label


def _shown(part: Field, value: Any) -> str:
    """What a field holds as people read it."""
    if part.kind in {LINES, SOME}:
        return "\n".join(part.among.get(each, each) for each in value)
    if part.kind == PLACE:
        return str(value + 1)
    if part.kind == YES:
        return "✓" if value else ""
    return "" if part.optional and value == part.empty else part.among.get(value, str(value))
