"""
What the hotline says and what a key does (IVR 流程): a flow is data, this is its pure interpreter.

A state and what the caller did give the next state, what to say, what to listen for and what to ask of
the rooms behind. Every path ends: who keys nothing, nonsense or in circles comes to a person, or out of
manned hours to an honest word. Lone ``0`` asks for a person wherever keys are listened for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from yilu.contact.rules.hotlines import Hotline

MISSES_MAX: Final = 3
"""So many silent or senseless answers at one place, and a person is asked to come."""
CHECKS_MAX: Final = 3
"""So many wrong identities, and a person is asked to come."""
STEPS_MAX: Final = 60
"""Who goes round in circles is met by a person."""
LEVELS_MAX: Final = 3
TAIL: Final = 6
STOPS: Final = frozenset({"menu", "gather", "check", "tell", "record", "callback", "person", "end"})
GREETING: Final = "hotline_greeting"
"""The name of what a hotline says of itself; its words stand in its table, not in the flow."""
ENDS: Final = frozenset({"person", "callback", "end"})


@dataclass(frozen=True, slots=True)
class Node:
    """One place of a flow; what it needs depends on its kind (``rules.ivr_reading``)."""

    id: str
    kind: str
    say: str = ""
    en: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    next: str = ""
    keep: str = ""
    shape: str = ""
    unless_checked: bool = False
    ok: str = ""
    wrong: str = ""
    what: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    sub_reason: str = ""
    to: str = ""

    def ways(self) -> tuple[str, ...]:
        """Everywhere this leads by itself or by a key."""
        return tuple(way for way in (*self.keys.values(), self.next, self.ok, self.wrong) if way)


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow: its nodes, where it begins, and where people, closed hours and disasters are."""

    name: str
    edition: str
    start: str
    person: str
    closed: str
    goodbye: str
    green: str
    waiting: str
    locked: str
    nodes: Mapping[str, Node]
    entrances: tuple[str, ...] = ()
    """Where callers of other hotlines begin."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is so at this moment: is somebody there, from when, is the green route on, which day."""

    open: bool
    today: date
    green: str = ""
    from_when: str = ""
    from_when_en: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """
    Where a caller is. ``done``: QUEUED, ENDED or nothing yet.

    ``entrance``: where they came in by a hotline of their own; it is their main menu until they leave it
    for the national one.
    """

    node: str
    misses: int = 0
    steps: int = 0
    checks: int = 0
    checked: bool = False
    language: str = "zh"
    kept: tuple[tuple[str, str], ...] = ()
    done: str = ""
    entrance: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """
    Something the rooms behind are to do.

    ``note`` (name, value) · ``reason`` (reason, sub-reason) · ``check`` (tail, birth date) · ``tell``
    (what) · ``person`` · ``callback`` · ``voicemail`` · ``end``.
    """

    kind: str
    first: str = field(default="", repr=False)
    second: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Listen:
    """Keys to wait for."""

    digits: int
    record: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What comes of it."""

    state: State
    says: tuple[tuple[str, str], ...] = ()
    """Prompt and text, in order."""
    asks: tuple[Ask, ...] = ()
    listen: Listen | None = None


def begin(flow: Flow, around: Around, hotline: Hotline = Hotline()) -> Step:  # noqa: B008  (frozen)
    """A call comes in: the disaster's word first, if there is one, then what its hotline says."""
    entrance = hotline.entrance if hotline.entrance in flow.entrances else ""
    node = flow.green if around.green else entrance or flow.start
    state = State(node, entrance=entrance, language="en" if hotline.language == "en" else "zh")
    step = _go(flow, state, node, around)
    said = (("green_notice", around.green), (GREETING, hotline.greeting))
    return replace(step, says=(*((name, text) for name, text in said if text), *step.says))


def hear(flow: Flow, state: State, digits: str, around: Around) -> Step:
    """Keys came, or (empty) none in time."""
    if state.done == "ENDED":
        return Step(state, asks=(Ask("end"),))
    if state.done == "QUEUED":
        return _while_waiting(flow, state, digits)
    state = replace(state, steps=state.steps + 1)
    if state.steps > STEPS_MAX:
        return _give_up(flow, state, around)
    node = flow.nodes[state.node]
    if digits in ("0", "0#"):
        return to_person(flow, state, around)
    if node.kind == "menu" and digits[:1] in node.keys:
        return _go(flow, replace(state, misses=0), node.keys[digits[:1]], around)
    if node.kind == "gather":
        kept = read_keys(node.shape, digits.rstrip("#"), around.today)
        if kept:
            held = (*((n, v) for n, v in state.kept if n != node.keep), (node.keep, kept))
            told = () if node.shape in ("tail", "birth") else (Ask("note", node.keep, kept),)
            step = _go(flow, replace(state, misses=0, kept=held), node.next, around)
            return replace(step, asks=(*told, *step.asks))
    return _missed(flow, state, around)


def told(flow: Flow, state: State, outcome: str, around: Around) -> Step:
    """What was asked came back: ``ok`` or ``wrong`` of a check, ``said`` of an answer."""
    node = flow.nodes[state.node]
    if state.done or node.kind not in ("check", "tell"):
        return Step(state)
    if node.kind == "tell":
        return _go(flow, state, node.next, around)
    forgotten = tuple((n, v) for n, v in state.kept if n not in ("tail", "birth"))
    if outcome == "ok":
        return _go(flow, replace(state, checked=True, kept=forgotten), node.ok, around)
    state = replace(state, checks=state.checks + 1, kept=forgotten)
    if state.checks >= CHECKS_MAX:
        said = (_prompt(flow.nodes[flow.locked], state, around),)
        step = to_person(flow, state, around)
        return replace(step, says=(*said, *step.says))
    return _go(flow, state, node.wrong, around)


def recorded(flow: Flow, state: State, around: Around) -> Step:
    """The caller has left their words."""
    node = flow.nodes[state.node]
    if state.done or node.kind != "record":
        return Step(state)
    step = _go(flow, state, node.next, around)
    return replace(step, asks=(Ask("voicemail"), *step.asks))


def to_person(flow: Flow, state: State, around: Around) -> Step:
    """A person, or out of manned hours the honest word, from wherever the caller is."""
    return _go(flow, replace(state, misses=0), flow.person, around)


def read_keys(shape: str, digits: str, today: date) -> str:
    """What keys mean in a shape; empty if they cannot be that. ``*`` stands for the X of an identity."""
    if shape == "tail":
        plain = digits.replace("*", "X")
        return (
            plain
            if len(plain) == TAIL and plain[:-1].isdigit() and plain[-1] in "0123456789X"
            else ""
        )
    if shape in ("birth", "date"):
        if len(digits) != 8 or not digits.isdigit():
            return ""
        try:
            day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return ""
        return day.isoformat() if date(1900, 1, 1) <= day <= today else ""
    return ""


def _go(flow: Flow, state: State, to: str, around: Around) -> Step:
    """Walk on until something must be heard, asked or ended."""
    says: list[tuple[str, str]] = []
    asks: list[Ask] = []
    for _n in range(len(flow.nodes) + 1):
        if to == flow.start and state.entrance:
            if state.node == state.entrance:  # they ask for the national menu
                state = replace(state, entrance="")
            else:
                to = state.entrance
        node = flow.nodes[to]
        state = replace(state, node=to)
        if node.kind == "language":
            state = replace(state, language=node.to)
        if node.reason:
            asks.append(Ask("reason", node.reason, node.sub_reason))
        asks += [Ask("note", name, value) for name, value in node.facts.items()]
        if node.kind == "check" and state.checked:
            to = node.ok
        elif node.kind == "gather" and node.unless_checked and state.checked:
            to = node.next
        elif node.kind in STOPS:
            return _stop(flow, node, state, tuple(says), tuple(asks), around)
        else:
            if node.say:
                says.append(_prompt(node, state, around))
            to = node.next
    raise ValueError(f"flow {flow.name}: goes in circles at {to}")


def _stop(
    flow: Flow, node: Node, state: State, says: tuple[tuple[str, str], ...], asks: tuple[Ask, ...],
    around: Around,
) -> Step:  # fmt: skip
    if node.kind == "person" and not around.open:
        step = _go(flow, replace(state, misses=0), flow.closed, around)
        return replace(step, says=(*says, *step.says), asks=(*asks, *step.asks))
    if node.say:
        says = (*says, _prompt(node, state, around))
    kept = dict(state.kept)
    match node.kind:
        case "menu":
            return Step(state, says, asks, Listen(1))
        case "gather":
            return Step(state, says, asks, Listen(TAIL if node.shape == "tail" else 8))
        case "record":
            return Step(state, says, asks, Listen(1, record=True))
        case "check":
            asks = (*asks, Ask("check", kept.get("tail", ""), kept.get("birth", "")))
            return Step(state, says, asks)
        case "tell":
            return Step(state, says, (*asks, Ask("tell", node.what)))
        case "person":
            return Step(replace(state, done="QUEUED"), says, (*asks, Ask("person")), Listen(1))
    ask = (Ask("callback"),) if node.kind == "callback" else ()
    return Step(replace(state, done="ENDED"), says, (*asks, *ask, Ask("end")))


def _give_up(flow: Flow, state: State, around: Around) -> Step:
    return _go(flow, state, flow.person if around.open else flow.goodbye, around)


def _missed(flow: Flow, state: State, around: Around) -> Step:
    state = replace(state, misses=state.misses + 1)
    if state.misses >= MISSES_MAX:
        return _give_up(flow, state, around)
    return _stop(flow, flow.nodes[state.node], state, (), (), around)


def _while_waiting(flow: Flow, state: State, digits: str) -> Step:
    """In the queue: 1 asks for a call back and keeps the place; anything else waits on."""
    node = flow.nodes[flow.waiting]
    if digits[:1] in node.keys:
        there = flow.nodes[node.keys[digits[:1]]]
        says = (_words(there, state),) if there.say else ()
        return Step(replace(state, done="ENDED"), says, (Ask("callback"), Ask("end")))
    return Step(state, (_words(node, state),), (), Listen(1))


def _prompt(node: Node, state: State, around: Around) -> tuple[str, str]:
    prompt, text = _words(node, state)
    when = around.from_when_en if state.language == "en" else around.from_when
    return prompt, text.replace("{from}", when)


def _words(node: Node, state: State) -> tuple[str, str]:
    english = state.language == "en"
    return f"{node.id}.en" if english else node.id, node.en if english else node.say
