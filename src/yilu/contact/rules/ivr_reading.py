"""Read a flow from its table, and refuse one in which a caller could be lost; errors say where and why."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from yilu.contact.rules.ivr import LEVELS_MAX, Flow, Node
from yilu.contact.rules.knowing import LABELS
from yilu.contact.rules.reasons import fits
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

NEEDS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    kind: (frozenset(must), frozenset(may))
    for kind, must, may in (
        ("menu", {"say", "en", "keys"}, {"reason", "sub_reason"}),
        ("gather", {"say", "en", "keep", "shape", "next"}, {"unless_checked", "reason", "sub_reason"}),
        ("check", {"ok", "wrong"}, set()),
        ("tell", {"what", "next"}, {"say", "en"}),
        ("note", {"next"}, {"facts", "reason", "sub_reason"}),
        ("say", {"say", "en", "next"}, set()),
        ("language", {"to", "next"}, set()),
        ("record", {"say", "en", "next"}, {"reason", "sub_reason"}),
        ("callback", {"say", "en"}, {"reason", "sub_reason"}),
        ("person", {"say", "en"}, {"reason", "sub_reason"}),
        ("end", {"say", "en"}, set()),
    )
}  # fmt: skip
"""What each kind of node must have, and may have besides."""
PLACES: Final = ("start", "person", "closed", "goodbye", "green", "waiting", "locked")
SHAPES: Final = frozenset({"tail", "birth", "date"})
TELLS: Final = frozenset({"claim_progress", "my_policies", "premium_due", "request_progress"})


TEXTS: Final = frozenset(
    {
        "kind",
        "say",
        "en",
        "next",
        "keep",
        "shape",
        "ok",
        "wrong",
        "what",
        "reason",
        "sub_reason",
        "to",
    }
)
"""What must be a text; of the rest ``keys`` and ``facts`` are tables of texts, ``unless_checked`` is yes or no."""


class BadFlow(ValueError):
    """A flow nobody should call; ``problems`` names each place and its reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def read_flow(text: str, *, edition: str = "") -> Flow:
    """
    The flow of a table; ``edition`` is what calls that follow it remember, else what the table says.

    :raises BadFlow: with everything that is wrong, each with its place.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise BadFlow([Sentence(_("不是有效的 TOML：{fault}"), fault=fault)]) from None
    head, rows = told.get("flow", {}), told.get("nodes", {})
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise BadFlow([_("nodes：应是一张张表，每处一张")])
    if not isinstance(head, dict):
        raise BadFlow([_("flow：应是一张表")])
    problems = [
        _at("flow", _("没有 {key} 这一项"), key=key)
        for key in head
        if key not in {"name", "edition", "entrances", *PLACES}
    ]
    problems += [
        Sentence(_("没有 [{key}] 这张表"), key=key) for key in told if key not in {"flow", "nodes"}
    ]
    for place in PLACES:
        name = head.get(place)
        if not isinstance(name, str) or name not in rows:
            problems.append(_at(f"flow.{place}", _("没有“{way}”这一处"), way=name))
    entrances = head.get("entrances", [])
    if not isinstance(entrances, list):
        problems.append(_at("flow.entrances", _("应是一列名称")))
        entrances = []
    problems += [
        _at("flow.entrances", _("没有“{way}”这个菜单"), way=name) for name in entrances
        if not isinstance(name, str) or rows.get(name, {}).get("kind") != "menu"
    ]  # fmt: skip
    for name, row in rows.items():
        problems += _wrong(f"nodes.{name}", row, rows)
    if problems:
        raise BadFlow(problems)
    nodes = {name: Node(id=name, **row) for name, row in rows.items()}
    flow = Flow(
        name=str(head.get("name", "")), edition=edition or str(head.get("edition", "")), nodes=nodes,
        entrances=tuple(entrances),
        **{place: head[place] for place in PLACES},
    )  # fmt: skip
    if lost := [*_shapes(flow), *_walks(flow)]:
        raise BadFlow(lost)
    return flow


def _at(place: str, template: str, **figures: object) -> Sentence:
    return Sentence("{place}：{reason}", place=place, reason=Sentence(template, **figures))


def _wrong(place: str, row: Mapping[str, Any], rows: Mapping[str, Any]) -> Iterator[Sentence]:
    kind = str(row.get("kind"))
    if kind not in NEEDS:
        yield _at(place, _("没有“{kind}”这一类"), kind=kind)
        return
    must, may = NEEDS[kind]
    for key in sorted(set(row) - must - may - {"kind"}):
        yield _at(place, _("没有 {key} 这一项"), key=key)
    for key in sorted(must):
        if not row.get(key):
            yield (
                _at(place, _("没有写播报的文字")) if key in ("say", "en")
                else _at(place, _("缺少 {key}"), key=key)
            )  # fmt: skip
    if bool(row.get("say")) != bool(row.get("en")):
        yield _at(place, _("播报的文字只有一种语言"))
    if unfit := [key for key, value in row.items() if not _fits(key, value)]:
        yield from (_at(place, _("{key} 的写法不对"), key=key) for key in unfit)
        return
    for key in row.get("keys", {}):
        if not re.fullmatch(r"[1-9*#]", key):
            yield _at(place, _("按键 {key}：只能是 1 到 9、* 和 #；0 总是转人工"), key=key)
    ways = [*row.get("keys", {}).values(), *(row[k] for k in ("next", "ok", "wrong") if row.get(k))]
    for way in ways:
        if way not in rows:
            yield _at(place, _("通往“{way}”，没有这一处"), way=way)
    yield from _values(place, row, kind)


def _fits(key: str, value: Any) -> bool:
    if key in ("keys", "facts"):
        return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    return isinstance(value, str) if key in TEXTS else isinstance(value, bool)


def _values(place: str, row: Mapping[str, Any], kind: str) -> Iterator[Sentence]:
    if row.get("reason") and not fits(row["reason"], row.get("sub_reason", "")):
        reason = f"{row['reason']}.{row.get('sub_reason', '')}"
        yield _at(place, _("没有 {code} 这个来访事由"), code=reason)
    if kind == "gather" and row.get("shape") not in SHAPES:
        yield _at(place, _("没有“{shape}”这种号码"), shape=row.get("shape"))
    if kind == "tell" and row.get("what") not in TELLS:
        yield _at(place, _("没有“{what}”可以告知"), what=row.get("what"))
    if kind == "language" and row.get("to") not in ("zh", "en"):
        yield _at(place, _("没有“{to}”这种语言"), to=row.get("to"))
    facts = row.get("facts", {})
    names = [*facts, row["keep"]] if kind == "gather" and row.get("keep") else [*facts]
    for name in names:
        if name not in LABELS and row.get("shape") not in ("tail", "birth"):
            yield _at(place, _("坐席页面上没有“{name}”这项信息"), name=name)


def _shapes(flow: Flow) -> Iterator[Sentence]:
    for place, kinds in (
        ("person", ("person",)), ("closed", ("menu",)), ("goodbye", ("end",)), ("waiting", ("menu",)),
        ("green", ("menu",)), ("locked", ("say",)),
    ):  # fmt: skip
        if flow.nodes[getattr(flow, place)].kind not in kinds:
            yield _at(f"flow.{place}", _("应是 {kinds} 这一类"), kinds="、".join(kinds))
    for way in flow.nodes[flow.waiting].keys.values():
        if flow.nodes[way].kind != "callback":
            yield _at(f"nodes.{flow.waiting}", _("排队的人只能要求回电"))
    for node in flow.nodes.values():
        if node.kind == "check" and not flow_has_identity(flow):
            yield _at(f"nodes.{node.id}", _("没有地方收集身份证号后六位和出生日期"))


def flow_has_identity(flow: Flow) -> bool:
    """Whether the flow collects both halves of the identity check."""
    kept = {(node.keep, node.shape) for node in flow.nodes.values() if node.kind == "gather"}
    return {("tail", "tail"), ("birth", "birth")} <= kept


def deepest(flow: Flow) -> int:
    """How many menus lie at most on the shortest way to any place (菜单层数)."""
    return max(_levels(flow).values())


def _levels(flow: Flow) -> dict[str, int]:
    """The menus on the shortest way to each place that is reached."""
    places = {getattr(flow, place) for place in PLACES} | set(flow.entrances)
    levels: dict[str, int] = {}
    queue = [(place, 0) for place in sorted(places)]
    while queue:
        name, above = queue.pop(0)
        level = above + (flow.nodes[name].kind == "menu")
        if name in levels and levels[name] <= level:
            continue
        levels[name] = level
        queue += [(way, level) for way in flow.nodes[name].ways()]
    return levels


def _walks(flow: Flow) -> Iterator[Sentence]:
    """Nobody is lost: every node is reached, leads to an end, says nothing in circles, is not too deep."""
    levels = _levels(flow)
    for name in flow.nodes:
        if name not in levels:
            yield _at(f"nodes.{name}", _("没有一处通往这里"))
        elif levels[name] > LEVELS_MAX:
            yield _at(f"nodes.{name}", _("在第 {most} 层菜单以下"), most=LEVELS_MAX)
    good = {name for name, node in flow.nodes.items() if node.kind in ("person", "callback", "end")}
    grown = True
    while grown:
        found = {n for n, node in flow.nodes.items() if n not in good and set(node.ways()) & good}
        good |= found
        grown = bool(found)
    for name in flow.nodes:
        if name not in good:
            yield _at(f"nodes.{name}", _("断头路：从这里走不到人工、回电或结束"))
    for name, node in flow.nodes.items():
        seen, at = set(), node
        while on := _passes(at):
            if at.id in seen:
                yield _at(f"nodes.{name}", _("说话在原地打转"))
                break
            seen.add(at.id)
            at = flow.nodes[on]


def _passes(node: Node) -> str:
    """Where a node leads without waiting for anybody, once the caller is known; empty if it waits."""
    if node.kind in ("say", "note", "language") or (node.kind == "gather" and node.unless_checked):
        return node.next
    return node.ok if node.kind == "check" else ""
