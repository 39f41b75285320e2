"""
Is a comment content or not: three linear models over the same pieces, their margins added.

The pieces are weighed in three ways: by rarity (TF-IDF), by how much more often content people write them
than others (the log-count ratio of Wang and Manning, 2012), and by rarity times the root of that ratio.
Each has a linear support vector machine of its own; together they err less than any of them, also on
subjects none of them was trained on. What is kept of a model are tables of one byte a place.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .grams import Rows, counted, normalised

F32 = NDArray[np.float32]
BITS = 22
SHIPPED_BITS = 19
CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"
Cut = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Weighing:
    """One of the models: how each place is scaled, and what a scaled place is worth."""

    scale: F32
    worth: F32  # scale times weight
    bias: float
    spread: float


@dataclass(frozen=True, slots=True)
class Model:
    """A trained reader of sentiment, and where it comes from."""

    weighings: tuple[Weighing, ...]
    slope: float
    offset: float
    card: dict[str, Any]

    @property
    def bits(self) -> int:
        """How many bits a place has."""
        return int(len(self.weighings[0].scale) - 1).bit_length()

    def margins(self, rows: Rows) -> F32:
        """For each text how far it lies on the content side; 0 is undecided."""
        told = 1 + np.log(np.maximum(rows.counts, 1))
        total = np.zeros(len(rows), np.float64)
        for one in self.weighings:
            scaled = one.scale[rows.indices] * told
            length = np.sqrt(_summed(scaled * scaled, rows.indptr))
            said = _summed(one.worth[rows.indices] * told, rows.indptr)
            total += (said / np.where(length > 0, length, 1) + one.bias) / one.spread
        return (total / len(self.weighings)).astype(np.float32)

    def read(self, texts: Sequence[str], cut: Cut) -> F32:
        """For each text how likely its writer is content, 0 to 1."""
        rows = counted([normalised(text) for text in texts], self.bits, cut)
        return self.probabilities(self.margins(rows))

    def probabilities(self, margins: F32) -> F32:
        """What margins mean, as measured on texts the model had not seen."""
        return np.asarray(1 / (1 + np.exp(-(self.slope * margins + self.offset))), np.float32)


def _summed(values: NDArray[Any], indptr: NDArray[np.int64]) -> NDArray[np.float64]:
    whole = np.concatenate([np.zeros(1), np.cumsum(values, dtype=np.float64)])
    return np.asarray(whole[indptr[1:]] - whole[indptr[:-1]], np.float64)


def train(
    texts: Sequence[str], content: NDArray[np.bool_], cut: Cut, *, bits: int = BITS,
    card: dict[str, Any] | None = None, calibrated: bool = True,
) -> Model:  # fmt: skip
    """
    Learn from labelled texts; a fifth stays apart first, to find out what margins mean.

    Not ``calibrated``: the sign of a margin tells, its size does not.
    """
    rows = counted([normalised(text) for text in texts], bits, cut)
    told = rows.matrix(1 << bits)
    told.data = 1 + np.log(told.data)
    if not calibrated:
        return Model(_weighings(told, content), 1, 0, card or {})
    fifth = np.random.default_rng(5).permutation(len(texts)) % 5 == 0
    trial = Model(_weighings(told[~fifth], content[~fifth]), 1, 0, {})
    slope, offset = _meaning(trial.margins(_part(rows, fifth)), content[fifth])
    return Model(_weighings(told, content), slope, offset, card or {})


def _part(rows: Rows, chosen: NDArray[np.bool_]) -> Rows:
    told = rows.matrix(int(rows.indices.max(initial=0)) + 1)[chosen]
    return Rows(told.indptr.astype(np.int64), told.indices, told.data)


def _weighings(told: Any, content: NDArray[np.bool_]) -> tuple[Weighing, ...]:
    rare = _rarity(told)
    ratio = _ratio(told, content)
    present = told.copy()
    present.data = np.ones_like(present.data)
    return (
        _fitted(told, rare, content),
        _fitted(present, ratio, content),
        _fitted(told, rare * np.sqrt(np.abs(ratio)), content),
    )


def _rarity(told: Any) -> F32:
    among = np.bincount(told.indices, minlength=told.shape[1])
    return np.asarray(np.log((1 + told.shape[0]) / (1 + among)) + 1, np.float32)


def _ratio(told: Any, content: NDArray[np.bool_]) -> F32:
    """The log of how much likelier a place is among content texts than among others."""
    here = np.repeat(content, np.diff(told.indptr))
    yes = 1.0 + np.bincount(told.indices[here], minlength=told.shape[1])
    no = 1.0 + np.bincount(told.indices[~here], minlength=told.shape[1])
    return np.asarray(np.log((yes / yes.sum()) / (no / no.sum())), np.float32)


def _fitted(told: Any, scale: F32, content: NDArray[np.bool_]) -> Weighing:
    from sklearn.svm import LinearSVC

    scaled = told.copy()
    scaled.data = scaled.data * scale[scaled.indices]
    lengths = np.sqrt(_summed(scaled.data * scaled.data, scaled.indptr))
    scaled.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(scaled.indptr))
    found = LinearSVC(C=1.0, dual=True, tol=1e-2, random_state=0).fit(scaled, content)
    weight = found.coef_[0].astype(np.float32)
    spread = float(np.std(found.decision_function(scaled))) or 1.0
    return Weighing(scale, scale * weight, float(found.intercept_[0]), spread)


def _meaning(margins: F32, content: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of the logistic curve through unseen margins (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    if len(set(content.tolist())) < 2:
        return 1.0, 0.0
    found = LogisticRegression(C=1e6).fit(margins.reshape(-1, 1), content)
    return float(found.coef_[0, 0]), float(found.intercept_[0])


# -- kept ----------------------------------------------------------------------------------------


def packed(model: Model) -> bytes:
    """A model as bytes: every table one signed byte a place, the root so that small weights last."""
    given: dict[str, NDArray[Any]] = {
        "card": np.frombuffer(json.dumps(model.card, ensure_ascii=False).encode(), np.uint8),
        "line": np.array([model.slope, model.offset], np.float64),
    }
    for n, one in enumerate(model.weighings):
        for name, table in (("scale", one.scale), ("worth", one.worth)):
            most = float(np.abs(table).max()) or 1.0
            root = np.sign(table) * np.sqrt(np.abs(table) / most)
            given[f"{name}{n}"] = np.round(root * 127).astype(np.int8)
            given[f"{name}{n}_most"] = np.array(most)
        given[f"line{n}"] = np.array([one.bias, one.spread], np.float64)
    out = io.BytesIO()
    np.savez_compressed(out, **given)  # type: ignore[arg-type]
    return out.getvalue()


def unpacked(content: bytes) -> Model:
    """The model that ``packed`` kept."""
    kept = np.load(io.BytesIO(content), allow_pickle=False)
    weighings = []
    for n in range(sum(name.startswith("line") for name in kept.files) - 1):
        scale, worth = (
            _opened(kept[f"{name}{n}"], kept[f"{name}{n}_most"]) for name in ("scale", "worth")
        )
        bias, spread = kept[f"line{n}"].tolist()
        weighings.append(Weighing(scale, worth, bias, spread))
    slope, offset = kept["line"].tolist()
    return Model(tuple(weighings), slope, offset, json.loads(bytes(kept["card"])))


def _opened(table: NDArray[np.int8], most: NDArray[np.float64]) -> F32:
    root = table.astype(np.float32) / 127
    return (np.sign(root) * root * root * np.float32(most)).astype(np.float32)


def shipped() -> Model:
    """The model that comes with Yilu; see ``catalogue/README.md`` for what it was trained on."""
    return unpacked((CATALOGUE / "sentiment.npz").read_bytes())
