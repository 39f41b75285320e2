"""How claims hang together, and the shortest way to say it. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A claim and a trait seen in it; ``node`` is ``KIND:key``."""

    claim: str
    node: str


def shortest(links: Iterable[Link], start: str, goal: str) -> tuple[str, ...]:
    """The shortest way from one claim to another through what they share; empty where there is none."""
    near: Mapping[str, list[str]] = _neighbours(links)
    before: dict[str, str] = {start: ""}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == goal:
            return tuple(_way(before, goal))
        for other in near.get(here, ()):
            if other not in before:
                before[other] = here
                waiting.append(other)
    return ()


def _neighbours(links: Iterable[Link]) -> Mapping[str, list[str]]:
    near: dict[str, list[str]] = defaultdict(list)
    for link in sorted(links, key=lambda each: (each.claim, each.node)):
        near[link.claim].append(link.node)
        near[link.node].append(link.claim)
    return near


def _way(before: Mapping[str, str], goal: str) -> Sequence[str]:
    found = [goal]
    while before[found[-1]]:
        found.append(before[found[-1]])
    return found[::-1]
