"""
Learn how sure the first line may be of an answer, and where to set the limits.

Three kinds of questions teach a logistic regression: each phrasing we ship, asked while the index does
not know it; questions as people ask them (``practice.tsv``); questions we have no answer to
(``strangers.txt``). Every one is judged by a model that has seen nothing of its entry (five parts by
entry, not by phrasing). The limits are the lowest that keep the declared precision on ``practice.tsv``,
which is what people type; ``bench/answers_of_ours.tsv`` is never read here. Writes
``knowledge/catalogue/confidence.json`` with the whole curve.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")

from yilu.knowledge import shipped
from yilu.knowledge.rules import confidence
from yilu.knowledge.rules.ranking import Evidence, Index

LEAST_SURE, LEAST_OFFERED = 0.95, 0.80
"""Declared: so many of the answers given as they are are right; so many of the threes offered hold it."""
PARTS = 5
LIMITS = tuple(step / 50 for step in range(10, 50))


@dataclass(frozen=True, slots=True)
class Case:
    """
    A question, what speaks for its best hit, whether that was right, whether one of the three was, and
    the part it belongs to.
    """

    evidence: Evidence
    right: bool
    near: bool
    part: int
    practised: bool


def asked() -> list[Case]:
    """Every question to learn from."""
    index, known = Index(), shipped.entries()
    place = {entry.code: key for key, entry in enumerate(known)}
    for key, entry in enumerate(known):
        index.put(key, (entry.asked, *entry.phrasings), entry.answer)

    def case(text: str, key: int | None, part: int, *, practised: bool = False) -> Case:
        hits = index.search(text)
        keys = [hit.key for hit in hits]
        return Case(
            index.evidence(text, hits), keys[:1] == [key], key in keys, part % PARTS, practised
        )

    found = []
    for key, entry in enumerate(known):
        every = (entry.asked, *entry.phrasings)
        for text in every:
            index.put(key, (each for each in every if each != text), entry.answer)
            found.append(case(text, key, key))
        index.put(key, every, entry.answer)
    found += [case(text, None, n) for n, text in enumerate(shipped.strangers())]
    for n, (text, code) in enumerate(shipped.practice()):
        found.append(case(text, place.get(code), place.get(code, n), practised=True))
    return found


def learned(cases: list[Case]) -> tuple[tuple[float, ...], float]:
    """Weights and bias."""
    return confidence.learn([c.evidence for c in cases], [c.right for c in cases])


def main() -> None:
    """Learn, judge, set the limits, write."""
    cases = asked()
    judged: list[tuple[float, Case]] = []
    for part in range(PARTS):
        weights, bias = learned([c for c in cases if c.part != part])
        model = confidence.Model(weights, bias, 1.0, 1.0)
        judged += [(model.chance(c.evidence), c) for c in cases if c.practised and c.part == part]
    chances = [chance for chance, _case in judged]
    right, near = [c.right for _, c in judged], [c.near for _, c in judged]
    sure = confidence.limit_for(chances, right, LEAST_SURE)
    offer = min(sure, confidence.limit_for(chances, near, LEAST_OFFERED))
    curve = confidence.curve_of(chances, right, LIMITS)
    weights, bias = learned(cases)
    told = {
        "weights": [round(w, 4) for w in weights], "bias": round(bias, 4),
        "sure": round(sure, 3), "offer": round(offer, 3),
        "least_sure": LEAST_SURE, "least_offered": LEAST_OFFERED,
        "curve": [[p.limit, round(p.precision, 3), round(p.coverage, 3)] for p in curve],
    }  # fmt: skip
    path = Path(confidence.__file__).resolve().parents[1] / "catalogue" / "confidence.json"
    path.write_text(json.dumps(told) + "\n", encoding="utf-8")
    print(f"{len(cases)} questions, {len(judged)} of them practised")
    for name, limit, good in (("given", sure, right), ("three offered", offer, near)):
        (point,) = confidence.curve_of(chances, good, [limit])
        print(f"{name} from {limit:.3f}: {point.coverage:.2f} of them, {point.precision:.2f} right")


if __name__ == "__main__":
    main()
