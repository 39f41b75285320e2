"""
Train the sentiment model that comes with Yilu (``src/yilu/voice/catalogue/sentiment.npz``).

``python tools/voice_sentiment.py FOLDER`` reads ``reviews/shopping_positive.txt`` and
``shopping_negative.txt`` of a folder of public data (MIT; see the catalogue's README). What is kept are
weights of hashed pieces that several reviews share: no review can be read out of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from yilu.voice.language import sentiment, words


def main() -> None:
    folder = Path(sys.argv[1]) / "reviews"
    texts: dict[str, bool] = {}
    for name, content in (("positive", True), ("negative", False)):
        for line in (folder / f"shopping_{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.strip():
                texts[line.strip()] = content
    card = {
        "source": "shopping_positive.txt, shopping_negative.txt (MIT)",
        "comments": len(texts),
        "positive": sum(texts.values()),
    }
    model = sentiment.train(
        list(texts), np.array(list(texts.values())), words.cut, bits=sentiment.SHIPPED_BITS, card=card
    )
    content = sentiment.packed(model)
    (sentiment.CATALOGUE / "sentiment.npz").write_bytes(content)
    print(f"{len(texts)} reviews, {len(content) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
