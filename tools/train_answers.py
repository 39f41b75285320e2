"""
Learn how sure the first line may be of an answer, from the phrasings we ship.

Each phrasing is taken out and asked: is the best of the rest its own question? And it is asked with
slips and courtesies while the index knows it, as most people will. With the questions we have no
answer to (``strangers.txt``) that teaches a logistic regression. Writes
``knowledge/catalogue/confidence.json``; prints what it would do, each phrasing judged by a model
that has not seen it (five parts).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")

from yilu.knowledge import shipped
from yilu.knowledge.rules import confidence
from yilu.knowledge.rules.ranking import Evidence, Index

PRECISION_SURE, PRECISION_OFFER, PARTS = 0.96, 0.83, 5


def asked() -> list[tuple[Evidence, bool]]:
    """What speaks for each best hit, and whether it was right."""
    index, known = Index(), shipped.entries()
    for key, entry in enumerate(known):
        index.put(key, (entry.asked, *entry.phrasings), entry.answer)
    found = []
    for key, entry in enumerate(known):
        every = (entry.asked, *entry.phrasings)
        for text in every:
            index.put(key, (each for each in every if each != text), entry.answer)
            hits = index.search(text)
            found.append((index.evidence(text, hits), bool(hits) and hits[0].key == key))
        index.put(key, every, entry.answer)
        for n, text in enumerate(every):
            said = _as_people_type(text, n + key)
            hits = index.search(said)
            found.append((index.evidence(said, hits), bool(hits) and hits[0].key == key))
    found.extend((index.evidence(text, index.search(text)), False) for text in shipped.strangers())
    return found


def _as_people_type(text: str, n: int) -> str:
    """The same with a courtesy and a slip: a word too many, a character missing, two exchanged."""
    middle = len(text) // 2
    slipped = (
        text[:middle] + text[middle + 1 :],
        text[:middle] + text[middle : middle + 2][::-1] + text[middle + 2 :],
        text[middle:] + "，" + text[:middle],
        text.rstrip("？"),
    )[n % 4]
    before = ("", "请问", "你好，", "我想问一下", "那个", "")[n % 6]
    return before + slipped + ("", "谢谢", "啊", "，急", "")[n % 5]


def main() -> None:
    """Learn, judge, write."""
    found = asked()
    chances = [0.0] * len(found)
    for part in range(PARTS):
        rest = [pair for n, pair in enumerate(found) if n % PARTS != part]
        weights, bias = confidence.learn([e for e, _ in rest], [r for _, r in rest])
        model = confidence.Model(weights, bias, 1.0, 1.0)
        for n in range(part, len(found), PARTS):
            chances[n] = model.chance(found[n][0])
    right = [is_right for _, is_right in found]
    sure = confidence.limit_for(chances, right, PRECISION_SURE)
    offer = min(sure, confidence.limit_for(chances, right, PRECISION_OFFER))
    weights, bias = confidence.learn([e for e, _ in found], right)
    path = Path(confidence.__file__).resolve().parents[1] / "catalogue" / "confidence.json"
    told = {
        "weights": [round(w, 4) for w in weights], "bias": round(bias, 4),
        "sure": round(sure, 3), "offer": round(offer, 3),
    }  # fmt: skip
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    own = [c for c, r in zip(chances, right, strict=True)][: -len(shipped.strangers())]
    other = chances[-len(shipped.strangers()) :]
    print(f"{len(own)} phrasings, first hit right {sum(right) / len(own):.3f}")
    print(
        f"sure from {sure:.3f}: {sum(c >= sure for c in own) / len(own):.2f} of them; "
        f"strangers answered {sum(c >= sure for c in other)} of {len(other)}"
    )
    print(
        f"three offered from {offer:.3f}: {sum(offer <= c < sure for c in own) / len(own):.2f}; "
        f"strangers {sum(offer <= c < sure for c in other)}"
    )


if __name__ == "__main__":
    main()
