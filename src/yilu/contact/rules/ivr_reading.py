"""Read a flow from its table, and refuse one in which a caller could be lost; errors say where and why."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from yilu.contact.rules.ivr import LEVELS_MAX, Flow, Node
from yilu.contact.rules.knowing import LABELS
from yilu.contact.rules.reasons import fits

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


class BadFlow(ValueError):
    """A flow nobody should call; ``problems`` names each place and its reason."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def read_flow(text: str) -> Flow:
    """:raises BadFlow: with everything that is wrong, each with its place."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise BadFlow([f"file: not TOML ({fault})"]) from None
    head, rows = told.get("flow", {}), told.get("nodes", {})
    problems = [
        f"flow: unknown key {key}"
        for key in head
        if key not in {"name", "edition", "entrances", *PLACES}
    ]
    problems += [f"file: unknown table {key}" for key in told if key not in {"flow", "nodes"}]
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise BadFlow([*problems, "nodes: not a table of tables"])
    for place in PLACES:
        if head.get(place) not in rows:
            problems.append(f"flow.{place}: no node {head.get(place)!r}")
    entrances = head.get("entrances", [])
    if not isinstance(entrances, list):
        problems.append("flow.entrances: not a list")
        entrances = []
    problems += [
        f"flow.entrances: no menu {name!r}" for name in entrances
        if not isinstance(name, str) or rows.get(name, {}).get("kind") != "menu"
    ]  # fmt: skip
    for name, row in rows.items():
        problems += [f"nodes.{name}: {reason}" for reason in _wrong(row, rows)]
    if problems:
        raise BadFlow(problems)
    nodes = {name: Node(id=name, **row) for name, row in rows.items()}
    flow = Flow(
        name=str(head.get("name", "")), edition=str(head.get("edition", "")), nodes=nodes,
        entrances=tuple(entrances),
        **{place: head[place] for place in PLACES},
    )  # fmt: skip
    if lost := [*_shapes(flow), *_walks(flow)]:
        raise BadFlow(lost)
    return flow


def _wrong(row: Mapping[str, Any], rows: Mapping[str, Any]) -> Iterator[str]:
    kind = str(row.get("kind"))
    if kind not in NEEDS:
        yield f"unknown kind {kind!r}"
        return
    must, may = NEEDS[kind]
    for key in sorted(set(row) - must - may - {"kind"}):
        yield f"unknown key {key}"
    for key in sorted(must):
        if not row.get(key):
            yield "missing prompt" if key in ("say", "en") else f"missing {key}"
    if bool(row.get("say")) != bool(row.get("en")):
        yield "a prompt in one language only"
    keys = row.get("keys", {})
    if not isinstance(keys, dict):
        yield "keys is not a table"
        return
    for key in keys:
        if not re.fullmatch(r"[1-9*#]", key):
            yield f"key {key}: one of 1 to 9, * and #; 0 is always a person"
    ways = [*keys.values(), *(row[k] for k in ("next", "ok", "wrong") if row.get(k))]
    for way in ways:
        if way not in rows:
            yield f"leads to {way!r}, which is nowhere"
    yield from _values(row, kind)


def _values(row: Mapping[str, Any], kind: str) -> Iterator[str]:
    if row.get("reason") and not fits(row["reason"], row.get("sub_reason", "")):
        yield f"no such reason {row['reason']}.{row.get('sub_reason', '')}"
    if kind == "gather" and row.get("shape") not in SHAPES:
        yield f"unknown shape {row.get('shape')!r}"
    if kind == "tell" and row.get("what") not in TELLS:
        yield f"nobody tells {row.get('what')!r}"
    if kind == "language" and row.get("to") not in ("zh", "en"):
        yield f"no language {row.get('to')!r}"
    facts = row.get("facts", {})
    names = [*facts, row["keep"]] if kind == "gather" and row.get("keep") else [*facts]
    for name in names:
        if name not in LABELS and row.get("shape") not in ("tail", "birth"):
            yield f"no screen knows the fact {name}"


def _shapes(flow: Flow) -> Iterator[str]:
    for place, kinds in (
        ("person", ("person",)), ("closed", ("menu",)), ("goodbye", ("end",)), ("waiting", ("menu",)),
        ("green", ("menu",)), ("locked", ("say",)),
    ):  # fmt: skip
        if flow.nodes[getattr(flow, place)].kind not in kinds:
            yield f"flow.{place}: must be of kind {' or '.join(kinds)}"
    for way in flow.nodes[flow.waiting].keys.values():
        if flow.nodes[way].kind != "callback":
            yield f"nodes.{flow.waiting}: who waits can only ask for a call back"
    for node in flow.nodes.values():
        if node.kind == "check" and not flow_has_identity(flow):
            yield f"nodes.{node.id}: nothing collects tail and birth"


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


def _walks(flow: Flow) -> Iterator[str]:
    """Nobody is lost: every node is reached, leads to an end, says nothing in circles, is not too deep."""
    levels = _levels(flow)
    for name in flow.nodes:
        if name not in levels:
            yield f"nodes.{name}: nothing leads here"
        elif levels[name] > LEVELS_MAX:
            yield f"nodes.{name}: below {LEVELS_MAX} levels of menus"
    good = {name for name, node in flow.nodes.items() if node.kind in ("person", "callback", "end")}
    grown = True
    while grown:
        found = {n for n, node in flow.nodes.items() if n not in good and set(node.ways()) & good}
        good |= found
        grown = bool(found)
    for name in flow.nodes:
        if name not in good:
            yield f"nodes.{name}: a dead end, no call ends from here"
    for name, node in flow.nodes.items():
        seen, at = set(), node
        while on := _passes(at):
            if at.id in seen:
                yield f"nodes.{name}: talks in circles"
                break
            seen.add(at.id)
            at = flow.nodes[on]


def _passes(node: Node) -> str:
    """Where a node leads without waiting for anybody, once the caller is known; empty if it waits."""
    if node.kind in ("say", "note", "language") or (node.kind == "gather" and node.unless_checked):
        return node.next
    return node.ok if node.kind == "check" else ""
