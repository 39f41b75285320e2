"""The public event logs, read for tests and benchmarks only."""

from __future__ import annotations

import gzip
import itertools
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree


def read_xes(path: Path) -> list[tuple[str, str, int]]:
    """(case, activity, milliseconds) of every complete event, in the log's own order."""
    rows: list[tuple[str, str, int]] = []
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        number = 0
        for _event, element in ElementTree.iterparse(file):
            if element.tag.rpartition("}")[2] != "trace":
                continue
            number += 1
            for each in element:
                if each.tag.rpartition("}")[2] == "event":
                    given = {child.get("key"): child.get("value") for child in each}
                    at = datetime.fromisoformat(str(given["time:timestamp"]))
                    rows.append(
                        (str(number), str(given["concept:name"]), round(at.timestamp() * 1000))
                    )
            element.clear()
    return rows


def by_hand(rows: list[tuple[str, str, int]]) -> tuple[dict, dict]:
    """Edges with their times, and variants, by the plainest loop there is: what the fast way must equal."""
    cases: dict[str, list[tuple[str, int]]] = {}
    for case, activity, at in rows:
        cases.setdefault(case, []).append((activity, at))
    edges: dict[tuple[str, str], list[int]] = {}
    ways: dict[tuple[str, ...], int] = {}
    for events in cases.values():
        for (a, t), (b, u) in itertools.pairwise(events):
            edges.setdefault((a, b), []).append(u - t)
        way = tuple(activity for activity, _ in events)
        ways[way] = ways.get(way, 0) + 1
    return edges, ways
