"""
Training: small boosted trees beside a logistic regression, on the same rows and the same folds.

numpy is enough: two questions a tree, histograms of at most 32 bins, everything seeded, so the same
rows give the same model to the last bit. Only the worker and the console import this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .rules.scoring import RISING, Value, is_protected

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
BINS, TREES, RATE, RIDGE, LEAF_MIN, GAIN_MIN = 32, 120, 0.06, 4.0, 12, 2.0
ROWS_SHARE = 0.8
MANY_WORDS, DRAW, INNER = 6, 10.0, 99
FOLDS, REPEATS, RESAMPLES = 5, 4, 400
WORD_MIN = 10
"""A word that fewer rows have gets no column of its own."""
STRENGTHS = (1.0, 10.0, 30.0, 100.0)
"""Ridges tried for the logistic regression; the best of them is what we must beat."""


@dataclass(frozen=True, slots=True)
class Example:
    """One claim that people have judged: what was known when it was reported, and what it was."""

    features: Mapping[str, Value]
    holds: bool
    group: str
    """Rows of one group (a person) are never on both sides of a split."""


@dataclass(frozen=True, slots=True)
class Table:
    """Examples as columns: numbers with nan where unknown, and words as numbers of their list."""

    numbers: dict[str, Floats]
    words: dict[str, tuple[list[str], npt.NDArray[np.int64]]]
    y: Floats
    groups: list[str]

    @property
    def features(self) -> list[str]:
        """What was looked at."""
        return sorted([*self.numbers, *self.words])


def tabulate(examples: Sequence[Example]) -> Table:
    """Protected columns are left out, whatever table they come in."""
    numbers: dict[str, Floats] = {}
    words: dict[str, tuple[list[str], npt.NDArray[np.int64]]] = {}
    for name in sorted({n for e in examples for n in e.features if not is_protected(n)}):
        values = [e.features.get(name) for e in examples]
        if any(isinstance(v, str) for v in values):
            listed, codes = np.unique(
                ["" if v is None else str(v) for v in values], return_inverse=True
            )
            words[name] = ([str(w) for w in listed], codes.astype(np.int64))
        elif any(v is not None for v in values):
            numbers[name] = np.array([np.nan if v is None else float(v) for v in values])
    y = np.array([float(e.holds) for e in examples])
    return Table(numbers, words, y, [e.group for e in examples])


class Coding:
    """
    Columns for the trees: numbers; a yes or no for each of few words; for a feature of many words the
    share of confirmed cases among those with the same word, drawn towards the whole where few have it.
    """

    def __init__(self, table: Table, rows: Rows) -> None:
        self.table = table
        self.overall = float(table.y[rows].mean())
        self.columns: list[dict[str, Any]] = [{"feature": name} for name in table.numbers]
        for name, (listed, codes) in table.words.items():
            counts = np.bincount(codes[rows], minlength=len(listed))
            if len(listed) < MANY_WORDS:
                frequent = [w for w, n in zip(listed, counts, strict=True) if w and n >= WORD_MIN]
                self.columns += [{"feature": name, "value": w} for w in frequent]
            else:
                shares = self._shares(name, rows)
                rates = {w: round(float(r), 6) for w, r in zip(listed, shares, strict=True) if w}
                self.columns.append(
                    {"feature": name, "rates": rates, "other": round(self.overall, 6)}
                )

    def _shares(self, name: str, rows: Rows) -> Floats:
        listed, codes = self.table.words[name]
        ones = np.bincount(codes[rows], self.table.y[rows], minlength=len(listed))
        every = np.bincount(codes[rows], minlength=len(listed))
        return np.asarray((ones + DRAW * self.overall) / (every + DRAW))

    def read(self, rows: Rows) -> Floats:
        """The columns of these rows."""
        return np.column_stack([self._column(c, rows) for c in self.columns])

    def read_own(self, rows: Rows) -> Floats:
        """The columns of the rows it was made from: no row's share counts the row itself."""
        x = self.read(rows)
        part = folds_of([self.table.groups[i] for i in rows], INNER)
        for at, column in enumerate(self.columns):
            if "rates" not in column:
                continue
            name = column["feature"]
            codes = self.table.words[name][1]
            for fold in range(FOLDS):
                here, others = part == fold, rows[part != fold]
                if here.any() and len(others):
                    x[here, at] = self._shares(name, others)[codes[rows[here]]]
        return x

    def _column(self, column: Mapping[str, Any], rows: Rows) -> Floats:
        name = column["feature"]
        if name in self.table.numbers:
            return np.asarray(self.table.numbers[name][rows])
        listed, codes = self.table.words[name]
        if "value" in column:
            return np.asarray(codes[rows] == listed.index(column["value"]), dtype=float)
        by_word = np.array([column["rates"].get(w, column["other"]) for w in listed])
        return np.asarray(by_word[codes[rows]])


def plain_columns(table: Table, rows: Rows) -> Floats:
    """The usual columns of a logistic regression: numbers, and a yes or no for every word."""
    made = [table.numbers[name][rows] for name in table.numbers]
    for listed, codes in table.words.values():
        made += [(codes[rows] == n).astype(float) for n in range(len(listed))]
    return np.column_stack(made)


class Boosted:
    """A sum of trees of depth two, grown by second-order gradients (提升树)."""

    def __init__(self, rising: Sequence[bool], seed: int = 7, trees: int = TREES) -> None:
        self.rising = np.array(rising, dtype=bool)
        self.seed, self.count = seed, trees
        self.base = 0.0
        self.trees: list[list[list[float]]] = []

    def fit(self, x: Floats, y: Floats) -> Boosted:
        """Grow the trees on these rows."""
        dice = np.random.default_rng(self.seed)
        edges = [_edges(x[:, j]) for j in range(x.shape[1])]
        codes = np.column_stack([_codes(x[:, j], e) for j, e in enumerate(edges)])
        flat = codes + np.arange(x.shape[1]) * (BINS + 1)
        share = np.clip(y.mean(), 1e-3, 1 - 1e-3)
        self.base = float(np.log(share / (1 - share)))
        total = np.full(len(y), self.base)
        for _ in range(self.count):
            chance = 1 / (1 + np.exp(-total))
            g, h = chance - y, np.maximum(chance * (1 - chance), 1e-6)
            rows = np.flatnonzero(dice.random(len(y)) < ROWS_SHARE)
            tree = self._grow(flat, codes, edges, g, h, rows)
            self.trees.append(tree)
            total += _walk(tree, x)
        return self

    def raw(self, x: Floats) -> Floats:
        """Scores before calibration."""
        return self.base + sum((_walk(t, x) for t in self.trees), np.zeros(len(x)))

    def _grow(
        self, flat: Any, codes: Any, edges: list[Floats], g: Floats, h: Floats, rows: Any
    ) -> list[list[float]]:
        tree: list[list[float]] = []

        def value(chosen: Any) -> float:
            return float(-g[chosen].sum() / (h[chosen].sum() + RIDGE) * RATE)

        def node(chosen: Any, depth: int, low: float, high: float) -> int:
            here = len(tree)
            mine = float(np.clip(value(chosen), low, high))
            tree.append([-1, 0.0, 0, 0, mine])
            found = None if depth == 2 else self._split(flat, g, h, chosen)
            if found is None:
                return here
            column, cut = found
            goes_left = codes[chosen, column] <= cut
            left, right = chosen[goes_left], chosen[~goes_left]
            bounds = (low, high, low, high)
            if self.rising[column]:
                middle = (np.clip(value(left), low, high) + np.clip(value(right), low, high)) / 2
                bounds = (low, float(middle), float(middle), high)
            tree[here][0], tree[here][1] = float(column), float(edges[column][cut - 1])
            tree[here][2] = node(left, depth + 1, bounds[0], bounds[1])
            tree[here][3] = node(right, depth + 1, bounds[2], bounds[3])
            return here

        node(rows, 0, -np.inf, np.inf)
        return tree

    def _split(self, flat: Any, g: Floats, h: Floats, rows: Any) -> tuple[int, int] | None:
        width = BINS + 1
        cells = flat[rows].ravel()
        p = flat.shape[1]

        def sums(weights: Floats) -> Floats:
            return np.bincount(cells, np.repeat(weights, p), p * width).reshape(p, width).cumsum(1)

        gl, hl, nl = sums(g[rows]), sums(h[rows]), sums(np.ones(len(rows)))
        gt, ht, nt = gl[:, -1:], hl[:, -1:], nl[:, -1:]
        gr, hr, nr = gt - gl, ht - hl, nt - nl
        gain = gl**2 / (hl + RIDGE) + gr**2 / (hr + RIDGE) - gt**2 / (ht + RIDGE)
        gain[(nl < LEAF_MIN) | (nr < LEAF_MIN)] = 0.0
        gain[self.rising[:, None] & (gl / (hl + RIDGE) < gr / (hr + RIDGE))] = 0.0
        gain[:, 0] = 0.0  # nothing is split off by being unknown alone
        best = int(gain.argmax())
        return None if gain.flat[best] <= GAIN_MIN else divmod(best, width)


def _edges(column: Floats) -> Floats:
    known = column[~np.isnan(column)]
    found = (
        np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else known
    )
    return found[: BINS - 1]


def _codes(column: Floats, edges: Floats) -> npt.NDArray[np.int64]:
    codes = np.searchsorted(edges, column, side="left") + 1
    codes[np.isnan(column)] = 0
    return codes


def _walk(tree: list[list[float]], x: Floats) -> Floats:
    at = np.zeros(len(x), dtype=np.int64)
    nodes = np.array(tree)
    for _ in range(2):
        columns = nodes[at, 0].astype(np.int64)
        inner = columns >= 0
        known = x[np.arange(len(x)), np.maximum(columns, 0)]
        left = np.isnan(known) | (known <= nodes[at, 1])
        to = np.where(left, nodes[at, 2], nodes[at, 3]).astype(np.int64)
        at = np.where(inner, to, at)
    return np.asarray(nodes[at, 4])


class Logistic:
    """Logistic regression with a ridge, by Newton's method: what every model must beat (逻辑回归)."""

    def __init__(self, strength: float) -> None:
        self.strength = strength

    def fit(self, x: Floats, y: Floats) -> Logistic:
        """Standardise, fill what is unknown with the mean, and solve."""
        with np.errstate(all="ignore"):
            self.mean = np.nan_to_num(np.nanmean(np.vstack([x, np.zeros(x.shape[1])]), axis=0))
        z = np.where(np.isnan(x), self.mean, x)
        self.mean = z.mean(axis=0)
        self.scale = np.maximum(z.std(axis=0), 1e-9)
        z = np.column_stack([np.ones(len(z)), (z - self.mean) / self.scale])
        ridge = np.eye(z.shape[1]) * self.strength
        ridge[0, 0] = 1e-9
        w = np.zeros(z.shape[1])
        for _ in range(25):
            chance = 1 / (1 + np.exp(-np.clip(z @ w, -30, 30)))
            gradient = z.T @ (chance - y) + ridge @ w
            curve = (z * np.maximum(chance * (1 - chance), 1e-6)[:, None]).T @ z + ridge
            step = np.linalg.solve(curve, gradient)
            w -= step
            if np.abs(step).max() < 1e-7:
                break
        self.w = w
        return self

    def raw(self, x: Floats) -> Floats:
        """Log-odds."""
        z = (np.where(np.isnan(x), self.mean, x) - self.mean) / self.scale
        return np.asarray(self.w[0] + z @ self.w[1:])


def folds_of(groups: Sequence[str], repeat: int) -> npt.NDArray[np.int64]:
    """A fold for every row by a hash of its group: nobody is on both sides, and nobody can steer it."""
    return np.array(
        [hashlib.sha256(f"{repeat}:{g}".encode()).digest()[0] % FOLDS for g in groups]
    )  # fmt: skip


def auc(y: Floats, scores: Floats) -> float:
    """Area under the ROC curve; ties count half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    ones = y.sum()
    zeros = len(y) - ones
    if not ones or not zeros:
        return 0.5
    return float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def average_precision(y: Floats, scores: Floats) -> float:
    """Area under the precision-recall curve."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(y[order])
    return float((hits / np.arange(1, len(y) + 1))[y[order] == 1].mean()) if y.sum() else 0.0


def interval(y: Floats, ours: Floats, theirs: Floats, seed: int = 11) -> dict[str, list[float]]:
    """AUC of both and of the difference with 95 % intervals, by resampling claims in pairs."""
    dice = np.random.default_rng(seed)
    made: list[tuple[float, float]] = []
    for _ in range(RESAMPLES):
        rows = dice.integers(0, len(y), len(y))
        if 0 < y[rows].sum() < len(rows):
            made.append((auc(y[rows], ours[rows]), auc(y[rows], theirs[rows])))
    drawn = np.array(made)

    def band(at: Floats, middle: float) -> list[float]:
        low, high = np.quantile(at, [0.025, 0.975])
        return [round(float(v), 4) for v in (middle, low, high)]

    a, b = auc(y, ours), auc(y, theirs)
    return {
        "ours": band(drawn[:, 0], a), "logistic": band(drawn[:, 1], b),
        "difference": band(drawn[:, 0] - drawn[:, 1], a - b),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tried:
    """Scores of rows that the model had not seen, and of the best logistic regression beside it."""

    ours: Floats
    logistic: Floats
    strength: float


def cross_validate(table: Table, repeats: int = REPEATS) -> Tried:
    """
    Out-of-fold scores, the mean of repeats. The logistic regression's ridge is the one that does best
    on these very folds: the comparison may only favour it.
    """
    n = len(table.y)
    ours, by_strength = np.zeros(n), {s: np.zeros(n) for s in STRENGTHS}
    for repeat in range(repeats):
        part = folds_of(table.groups, repeat)
        for fold in range(FOLDS):
            learn, hold = np.flatnonzero(part != fold), np.flatnonzero(part == fold)
            if not len(hold) or not 0 < table.y[learn].sum() < len(learn):
                continue
            model, coding = _fit(table, learn)
            ours[hold] += model.raw(coding.read(hold)) / repeats
            x, z = plain_columns(table, learn), plain_columns(table, hold)
            for strength, scores in by_strength.items():
                scores[hold] += Logistic(strength).fit(x, table.y[learn]).raw(z) / repeats
    best = max(STRENGTHS, key=lambda s: auc(table.y, by_strength[s]))
    return Tried(ours, by_strength[best], best)


def _fit(table: Table, rows: Rows) -> tuple[Boosted, Coding]:
    coding = Coding(table, rows)
    model = Boosted([c["feature"] in RISING for c in coding.columns])
    return model.fit(coding.read_own(rows), table.y[rows]), coding


def train(
    examples: Sequence[Example], repeats: int = REPEATS
) -> tuple[dict[str, Any], dict[str, Any]]:
    """
    A model as plain data, and its measurements: on rows it had not seen, beside logistic regression.

    Same examples, same model. The last fifth in time is tried once more by a model of the rest.
    """
    table = tabulate(examples)
    tried = cross_validate(table, repeats)
    every = np.arange(len(table.y))
    model, coding = _fit(table, every)
    slope, shift = _calibration(tried.ours, table.y)
    kept = {
        "columns": coding.columns, "base": model.base, "trees": model.trees,
        "calibration": [slope, shift],
        "quantiles": [round(float(q), 6) for q in np.quantile(tried.ours, np.linspace(0.01, 1, 100))],
    }  # fmt: skip
    chance = 1 / (1 + np.exp(-(slope * tried.ours + shift)))
    measured = {
        "examples": len(examples), "confirmed": int(table.y.sum()), "features": table.features,
        "auc": interval(table.y, tried.ours, tried.logistic),
        "average_precision": {
            "ours": round(average_precision(table.y, tried.ours), 4),
            "logistic": round(average_precision(table.y, tried.logistic), 4),
        },
        "logistic_ridge": tried.strength, "folds": FOLDS, "repeats": repeats,
        "calibration": _reliability(chance, table.y), "brier": round(float(((chance - table.y) ** 2).mean()), 4),
        "top": _top(tried.ours, table.y), "later": _later(table), "weights": _weights(model, coding),
    }  # fmt: skip
    return kept, measured


def _calibration(scores: Floats, y: Floats) -> tuple[float, float]:
    fitted = Logistic(1.0).fit(scores[:, None], y)
    slope = fitted.w[1] / fitted.scale[0]
    return round(float(slope), 6), round(float(fitted.w[0] - slope * fitted.mean[0]), 6)


def _reliability(chance: Floats, y: Floats) -> list[dict[str, float]]:
    parts = np.array_split(np.argsort(chance, kind="stable"), min(10, max(2, len(y) // 20)))
    return [
        {"said": round(float(chance[p].mean()), 3), "was": round(float(y[p].mean()), 3), "claims": len(p)}
        for p in parts
    ]  # fmt: skip


def _top(scores: Floats, y: Floats) -> list[dict[str, float]]:
    order = np.argsort(-scores, kind="stable")
    found = []
    for share in (0.01, 0.05, 0.1):
        n = max(1, round(len(y) * share))
        found.append(
            {"share": share, "claims": n, "precision": round(float(y[order[:n]].mean()), 3),
             "found": round(float(y[order[:n]].sum() / max(1.0, y.sum())), 3)}
        )  # fmt: skip
    return found


def _later(table: Table) -> dict[str, float] | None:
    """Examples are given in the order of time: the last fifth as if it had not yet happened."""
    cut = int(len(table.y) * 0.8)
    before = {table.groups[i] for i in range(cut)}
    learn = np.arange(cut)
    hold = np.array(
        [i for i in range(cut, len(table.y)) if table.groups[i] not in before], dtype=np.int64
    )
    if (
        len(hold) < 20
        or not 0 < table.y[hold].sum() < len(hold)
        or not 0 < table.y[learn].sum() < cut
    ):
        return None
    model, coding = _fit(table, learn)
    return {"claims": len(hold), "auc": round(auc(table.y[hold], model.raw(coding.read(hold))), 4)}


def _weights(model: Boosted, coding: Coding) -> list[dict[str, Any]]:
    """How much each feature moves scores, as a share of all."""
    moved: dict[str, float] = {}
    for tree in model.trees:
        for column, _limit, left, right, value in tree:
            if column >= 0:
                feature = coding.columns[int(column)]["feature"]
                reach = abs(tree[int(left)][4] - value) + abs(tree[int(right)][4] - value)
                moved[feature] = moved.get(feature, 0.0) + reach
    whole = sum(moved.values()) or 1.0
    ranked = sorted(moved.items(), key=lambda m: (-m[1], m[0]))
    return [{"feature": f, "share": round(m / whole, 4)} for f, m in ranked]
