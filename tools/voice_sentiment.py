"""
Train the sentiment model that comes with Yilu (``src/yilu/voice/catalogue/sentiment.npz``).

``python tools/voice_sentiment.py FOLDER`` reads ``reviews/shopping_positive.txt`` and
``shopping_negative.txt`` of a folder of public data (MIT; see the catalogue's README). What is kept are
weights of hashed pieces: no review can be read out of them. Sentences of our own about service
(``service_phrases.toml``) are learned too, since shops are not insurers.
"""

from __future__ import annotations

import random
import sys
import tomllib
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from yilu.voice.language import sentiment, words

OWN = 6_000


def service_sentences() -> dict[str, bool]:
    """Sentences about service put together from our own phrases, half of them content."""
    parts = tomllib.loads((sentiment.CATALOGUE / "service_phrases.toml").read_text("utf-8"))
    drawing, made = random.Random(1), {}
    for n in range(OWN):
        content = n % 2 == 0
        said = drawing.sample(
            parts["positive" if content else "negative"], drawing.choice((1, 1, 2))
        )
        made[drawing.choice(parts["subjects"]) + drawing.choice(parts["joins"]).join(said)] = (
            content
        )
    return made


def main() -> None:
    folder = Path(sys.argv[1]) / "reviews"
    texts: dict[str, bool] = {}
    for name, content in (("positive", True), ("negative", False)):
        for line in (folder / f"shopping_{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.strip():
                texts[line.strip()] = content
    learned = len(texts)
    texts |= service_sentences()
    card = {
        "source": "shopping_positive.txt, shopping_negative.txt (MIT); sentences of our own",
        "comments": learned,
        "own_sentences": len(texts) - learned,
    }
    model = sentiment.train(
        list(texts),
        np.array(list(texts.values())),
        words.cut,
        bits=sentiment.SHIPPED_BITS,
        card=card,
    )
    content = sentiment.packed(model)
    (sentiment.CATALOGUE / "sentiment.npz").write_bytes(content)
    print(f"{len(texts)} reviews, {len(content) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
