"""Links between claims, published rules against bill lines, and a model against logistic regression."""

from __future__ import annotations

import csv
import time
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

import bench

LINKS = 600_000
PERSONS, TRAITS, RINGS = 400_000, 330_000, 60
STRAY = 0.03
"""Links that fall on anybody's account or phone: enough to tie families into chains."""
LINES = 20_000
DATES = ("%d-%m-%Y", "%Y-%m-%d")
_NO_FEATURE = {
    "fraud_reported", "_c39", "", "policy_number", "policy_bind_date", "incident_date",
    "incident_location", "auto_model",
}  # fmt: skip


@bench.measure("risk.graph", unit="s", at_most=2)
def graph() -> bench.Value:
    """600,000 links: components, the densest part of each, and one claim's three hops."""
    from yilu.risk import groups

    a, b, hidden = _links()
    nodes = PERSONS + TRAITS
    began = time.perf_counter()
    label = groups.components(a, b, nodes)
    together = time.perf_counter()
    dense, _ = groups.densest(a, b, label, nodes)
    peeled = time.perf_counter()
    near = groups.neighbourhood(a, b, nodes, int(hidden[0][0]))
    done = time.perf_counter()
    sizes = np.bincount(label)
    suspicious = np.argsort(-dense, kind="stable")[:RINGS]
    found = len({int(label[ring[0]]) for ring in hidden} & {int(s) for s in suspicious})
    bench.also(
        "risk.rings_found", found, f"of {RINGS}", note="hidden rings among the densest groups"
    )
    return bench.Value(
        done - began,
        note=(
            f"components {together - began:.2f} s ({len(np.unique(label)):,}, largest {sizes.max():,}), "
            f"densest {peeled - together:.2f} s, three hops {done - peeled:.3f} s ({len(near):,} nodes)"
        ),
    )


@bench.measure("risk.bill_line", unit="µs", at_most=10)
def bill_lines() -> bench.Value:
    """One bill line held against the published rules; bills repeat their wordings as hospitals do."""
    from datetime import date
    from types import SimpleNamespace

    from yilu.risk import publications
    from yilu.risk.rules import supervision

    try:
        rules = publications.read_folder(bench.data_folder("medical", "nhsa_rules"))
    except bench.Skip:
        rules = publications.excerpt()
    book = supervision.rulebook("bench", rules)
    dice = np.random.default_rng(3)
    words = [f"[甲]{r.name} {n % 9 + 1}0mg*7片" for n, r in enumerate(rules[:600])]
    words += [f"注射用头孢曲松钠(厂牌{n}) 1g" for n in range(900)]
    bills = [
        SimpleNamespace(
            upload_id=n, issued_on=date(2026, 3, 1), visited_on=None, admitted_on=None,
            discharged_on=None, visit_kind="OUTPATIENT", department="内科",
            lines=[
                SimpleNamespace(name=words[int(w)], amount=Decimal(10), quantity="1")
                for w in dice.integers(0, len(words), 10)
            ],
        )
        for n in range(LINES // 10)
    ]  # fmt: skip
    person = supervision.Person("MALE", date(1980, 1, 1))
    began = time.process_time()
    hits = sum(
        len(f)
        for bill in bills
        for f in supervision.check([bill], person=person, book=book).values()
    )
    spent = time.process_time() - began
    return bench.Value(
        spent / LINES * 1e6, note=f"{LINES:,} lines, {len(rules):,} rules, {hits:,} findings"
    )


@bench.measure("risk.model", unit="AUC over logistic", at_least=0.0)
def model() -> bench.Value:
    """AUC of our model minus that of the best logistic regression, on the public sample of 1,000."""
    from yilu.risk import learning
    from yilu.risk.rules import scoring

    examples = _sample(bench.data_folder("fraud", "auto_claims_1000.csv"))
    began = time.process_time()
    kept, card = learning.train(examples)
    spent = time.process_time() - began
    auc, ap = card["auc"], card["average_precision"]
    bench.also(
        "risk.model_auc", auc["ours"][0], "AUC", note=_said(auc["ours"], f"; AP {ap['ours']}")
    )
    bench.also(
        "risk.logistic_auc",
        auc["logistic"][0],
        "AUC",
        note=_said(auc["logistic"], f"; AP {ap['logistic']}"),
    )
    bench.also("risk.training", spent, "s CPU", note=f"{len(examples):,} claims, 5 folds × 4")
    ready = scoring.Model(kept)
    began = time.process_time()
    for each in examples:
        ready.percentile(ready.total(ready.row(each.features)))
    bench.also(
        "risk.score", (time.process_time() - began) / len(examples) * 1e6, "µs", note="one claim"
    )
    _without_hobbies(examples)
    low, high = auc["difference"][1:]
    return bench.Value(
        auc["difference"][0],
        note=f"95 % [{low:+.4f}, {high:+.4f}]; age, sex, education, occupation, family not looked at",
    )


def _without_hobbies(examples: list) -> None:  # type: ignore[type-arg]
    """The sample's strongest column is a hobby: without it neither is better."""
    from yilu.risk import learning

    less = [
        learning.Example(
            {k: v for k, v in e.features.items() if k != "insured_hobbies"}, e.holds, e.group
        )
        for e in examples
    ]
    _, card = learning.train(less, repeats=2)
    bench.also(
        "risk.model_no_hobby", card["auc"]["difference"][0], "AUC over logistic",
        note=_said(card["auc"]["difference"], "; such a model cannot be released"),
    )  # fmt: skip


def _said(interval: list[float], more: str) -> str:
    return f"95 % [{interval[1]:.4f}, {interval[2]:.4f}]{more}"


def _sample(path):  # type: ignore[no-untyped-def]
    from yilu.risk import learning

    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for n, row in enumerate(csv.DictReader(file)):
            features = {k: _value(v) for k, v in row.items() if k not in _NO_FEATURE}
            at = _day(row["incident_date"])
            rows.append((at, learning.Example(features, row["fraud_reported"] == "Y", str(n))))
    return [e for _, e in sorted(rows, key=lambda r: r[0])]


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _day(text: str) -> datetime:
    for form in DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return datetime.min.replace(tzinfo=UTC)


def _links():  # type: ignore[no-untyped-def]
    """Families sharing two accounts or phones, strays among them, and rings of six that share five."""
    dice = np.random.default_rng(1)
    a = dice.integers(0, PERSONS, 2 * LINKS)
    own = (a // 3) * 2 + dice.integers(0, 2, len(a))
    stray = dice.random(len(a)) < STRAY
    pairs = [a * TRAITS + np.where(stray, dice.integers(0, TRAITS, len(a)), own % TRAITS)]
    hidden = [dice.choice(PERSONS, 6, replace=False) for _ in range(RINGS)]
    pairs += [
        (ring[:, None] * TRAITS + dice.choice(TRAITS, 5, replace=False)).ravel() for ring in hidden
    ]
    known = np.unique(np.concatenate(pairs[1:]))
    more = np.setdiff1d(pairs[0], known)
    chosen = np.concatenate([known, dice.permutation(more)[: LINKS - len(known)]])
    return chosen // TRAITS, PERSONS + chosen % TRAITS, hidden
