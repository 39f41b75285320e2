"""Hold a message against its definition: names, order, how often, types, lengths, codes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

FOLDER = Path(__file__).parent / "definitions"
BYTES_MAX = 20 * 1024 * 1024
DEPTH_MAX = 40
FAULTS_MAX = 20
"""After so many faults nobody reads on."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a message departs from its definition, as a path, and how, in Chinese."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}：{self.reason}"


class FileRefused(Exception):
    """The file is not such a message: too large, not XML, or not after the definition."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("；".join(str(fault) for fault in faults))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a type: its name, how often it stands, its type (``*``: not looked into)."""

    name: str
    least: int
    most: int | None
    type: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A message definition: its namespaces, its types, and the checks of its texts."""

    namespaces: tuple[str, ...]
    types: Mapping[str, tuple[str, tuple[Part, ...]]]
    texts: Mapping[str, Callable[[str], str]]
    amounts: frozenset[str]


@cache
def definition(name: str) -> Definition:
    """The definition kept in ``definitions/<name>.toml``."""
    table = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    types = {
        of: (kind, tuple(_part(line) for line in given["parts"]))
        for kind in ("sequence", "choice")
        for of, given in table.get(kind, {}).items()
    }
    written = {**table["text"], **table.get("amount", {})}
    return Definition(
        tuple(table["namespaces"]),
        types,
        {of: _text_check(rule) for of, rule in written.items()},
        frozenset(table.get("amount", {})),
    )


def read(content: bytes, name: str) -> Element:
    """
    The checked tree of a message, its names without namespace.

    :raises FileRefused: saying where and how it departs; entities, DTDs and depth are refused too.
    """
    if not content.strip():
        raise FileRefused(Fault("/", "文件是空的"))
    if len(content) > BYTES_MAX:
        raise FileRefused(Fault("/", f"文件超过 {BYTES_MAX // 1024 // 1024} MB"))
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise FileRefused(Fault("/", "不是有效的 XML 文件")) from None
    rules = definition(name)
    namespace, bare = _split(root.tag)
    if bare != "Document" or namespace not in rules.namespaces:
        raise FileRefused(Fault("/", f"不是 {name} 报文，或版本不是我方约定的版本"))
    faults: list[Fault] = []
    _check(root, "Document", namespace, rules, "", faults, 0)
    if faults:
        raise FileRefused(*faults[:FAULTS_MAX])
    return root


def _check(
    element: Element,
    of: str,
    namespace: str,
    rules: Definition,
    path: str,
    faults: list[Fault],
    depth: int,
) -> None:
    """One element and everything below it; its tag is bared on the way."""
    bare = _split(element.tag)[1]
    path = f"{path}/{bare}"
    element.tag = bare
    if len(faults) >= FAULTS_MAX:
        return
    if depth > DEPTH_MAX:
        faults.append(Fault(path, "层次太深"))
    elif of == "*":
        pass
    elif of in rules.texts:
        _check_text(element, of, rules, path, faults)
    else:
        _check_parts(element, of, namespace, rules, path, faults, depth)


def _check_parts(
    element: Element,
    of: str,
    namespace: str,
    rules: Definition,
    path: str,
    faults: list[Fault],
    depth: int,
) -> None:
    kind, parts = rules.types[of]
    if element.attrib:
        faults.append(Fault(path, "这里不能有属性"))
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        faults.append(Fault(path, "这里不能有文字"))
    for child in element:
        if not isinstance(child.tag, str) or _split(child.tag)[0] != namespace:
            faults.append(Fault(path, "有不属于本报文的内容"))
            return
    names = [_split(child.tag)[1] for child in element]
    places = {part.name: n for n, part in enumerate(parts)}
    strange = next((name for name in names if name not in places), None)
    if strange is not None:
        faults.append(Fault(f"{path}/{strange[:40]}", "报文定义中没有这个元素"))
        return
    if kind == "choice":
        if len(names) != 1:
            faults.append(Fault(path, f"应当且只能有一项：{'、'.join(places)}"))
            return
    elif [places[name] for name in names] != sorted(places[name] for name in names):
        faults.append(Fault(path, "元素的顺序不对"))
        return
    else:
        _check_how_often(names, parts, path, faults)
    for child, name in zip(element, names, strict=True):
        _check(child, parts[places[name]].type, namespace, rules, path, faults, depth + 1)


def _check_how_often(
    names: Sequence[str], parts: Sequence[Part], path: str, faults: list[Fault]
) -> None:
    for part in parts:
        times = names.count(part.name) if part.least or part.most is not None else 0
        if times < part.least:
            faults.append(Fault(f"{path}/{part.name}", "缺少这个必填元素"))
        elif part.most is not None and times > part.most:
            faults.append(Fault(f"{path}/{part.name}", f"最多出现 {part.most} 次"))


def _check_text(
    element: Element, of: str, rules: Definition, path: str, faults: list[Fault]
) -> None:
    if len(element):
        faults.append(Fault(path, "这里只能是文字"))
        return
    wanted = {"Ccy"} if of in rules.amounts else set()
    if set(element.attrib) != wanted:
        faults.append(Fault(path, "币种属性缺失" if wanted else "这里不能有属性"))
        return
    if wanted and not re.fullmatch("[A-Z]{3}", element.attrib["Ccy"]):
        faults.append(Fault(path, "币种应为三个大写字母"))
    if reason := rules.texts[of](element.text or ""):
        faults.append(Fault(path, reason))


def _split(tag: str) -> tuple[str, str]:
    if tag.startswith("{"):
        namespace, _, bare = tag[1:].partition("}")
        return namespace, bare
    return "", tag


def _part(line: str) -> Part:
    name, often, of = line.split()
    least, most = often.split("..")
    return Part(name, int(least), None if most == "n" else int(most), of)


def _text_check(rule: str) -> Callable[[str], str]:
    """The check a rule writes: it answers what is wrong with a text, or nothing."""
    sort, _, rest = rule.partition(" ")
    if sort == "text":
        least, most = (rest or "0..1000000").split("..")
        return lambda text: (
            "" if int(least) <= len(text) <= int(most) else f"长度应为 {least} 至 {most} 个字符"
        )
    if sort == "code":
        codes = frozenset(rest.split())
        return lambda text: "" if text in codes else "代码不在约定的代码表内"
    if sort == "pattern":
        pattern = re.compile(rest)
        return lambda text: "" if pattern.fullmatch(text) else "格式不对"
    if sort == "number":
        return _number_check(rest)
    return {"date": _date_problem, "time": _time_problem, "truth": _truth_problem}[sort]


def _number_check(rest: str) -> Callable[[str], str]:
    digits, _, bound = rest.partition(" ")
    total, fraction = map(int, digits.split("/"))

    def check(text: str) -> str:
        found = re.fullmatch(r"\s*([+-]?)0*(\d*)(?:\.(\d*?)0*)?\s*", text, re.ASCII)
        if not found or not re.search(r"\d", text):
            return "不是数字"
        sign, whole, part = found[1], found[2], found[3] or ""
        if len(part) > fraction or len(whole) + len(part) > total:
            return f"最多 {total} 位数字，其中小数 {fraction} 位"
        if bound and sign == "-" and (whole or part):
            return "不能是负数"
        return ""

    return check


def _date_problem(text: str) -> str:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?", text, re.ASCII):
            raise ValueError
        date.fromisoformat(text[:10])
    except ValueError:
        return "不是日期"
    return ""


def _time_problem(text: str) -> str:
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
    try:
        if not re.fullmatch(form, text, re.ASCII):
            raise ValueError
        datetime.fromisoformat(re.sub(r"\.\d+", "", text))
    except ValueError:
        return "不是日期时间"
    return ""


def _truth_problem(text: str) -> str:
    return "" if text in {"true", "false", "0", "1"} else "应为 true 或 false"
