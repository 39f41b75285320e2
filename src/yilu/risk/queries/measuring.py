"""How well signals do, and what a model is trained on."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.risk import memory, rules
from yilu.risk.models import Outcome, RiskModel, RuleEdition
from yilu.risk.operations.comparing import COMPARED_DAYS, COMPARED_MAX
from yilu.risk.rules import scoring
from yilu.risk.rules.comparing import Sight, TraitKind

DRIFT_DAYS = 90
DRIFT_MAX = 5_000


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One signal: how often it was raised, and what people found (信号效果)."""

    signal: str
    label: str
    raised: int
    open: int
    confirmed: int
    dismissed: int

    @property
    def precision(self) -> float | None:
        """Confirmed among those people looked into, as a percentage; None before anybody has."""
        seen = self.confirmed + self.dismissed
        return round(100 * self.confirmed / seen, 1) if seen else None

    @property
    def interval(self) -> tuple[int, int] | None:
        """The 95 % interval of the precision (Wilson): few findings say little."""
        n = self.confirmed + self.dismissed
        if not n:
            return None
        p, z = self.confirmed / n, 1.96
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * ((p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5) / (1 + z * z / n)
        return round(100 * max(0.0, middle - half)), round(100 * min(1.0, middle + half))


def effectiveness(since: datetime) -> tuple[EffectRow, ...]:
    """Every signal since a day, the most often raised first. One statement over an index range."""
    rows = tx.rows(
        """
        select signal, count(*), count(*) filter (where cleared_at is null),
               count(*) filter (where holds), count(*) filter (where holds = false)
          from risk_signal where signal = any(%s::text[]) and raised_at >= %s::timestamptz
         group by signal
        """,
        [list(rules.SIGNAL_LABELS), since],
    )
    found = {r[0]: r[1:] for r in rows}
    made = [
        EffectRow(code, label, *found.get(code, (0, 0, 0, 0)))
        for code, label in rules.SIGNAL_LABELS.items()
    ]
    return tuple(sorted(made, key=lambda r: (-r.raised, r.signal)))


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """Which supervision rules are held against bills."""

    name: str
    count: int
    loaded_at: datetime | None


def rules_in_force() -> RulesInForce:
    """The newest edition, or the excerpt that is shipped."""
    edition = RuleEdition.objects.order_by("-pk").only("name", "count", "loaded_at").first()
    if edition:
        return RulesInForce(edition.name, edition.count, edition.loaded_at)
    book = memory.rulebook()
    return RulesInForce(book.edition, sum(len(r) for r in book.by_name.values()), None)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A claim that people judged: what was known when it was reported, and what they found."""

    subject: str
    party_id: int
    features: dict[str, scoring.Value]
    holds: bool


def labelled_claims() -> tuple[Labelled, ...]:
    """
    Every claim with an outcome in the order of time, for training.

    An investigation outweighs a finding about a signal, that one a plain decision. Features come from
    what was kept when the claim was first compared, and from traits that had been seen by then.
    """
    rank = {s: n for n, s in enumerate(Outcome.Source.values)}
    labels: dict[str, tuple[int, bool]] = {}
    for subject, source, holds in tx.rows("select subject, source, holds from risk_outcome"):
        labels[subject] = min(labels.get(subject, (99, False)), (rank[source], holds))
    known = _as_reported(list(labels))
    return tuple(Labelled(s, party, f, labels[s][1]) for s, party, f in known)


def _as_reported(subjects: list[str]) -> list[tuple[str, int, dict[str, scoring.Value]]]:
    rows = tx.rows(
        """
        select subject, party_id, reported_at, facts::text from risk_reported
         where subject = any(%s::text[]) order by reported_at, subject
        """,
        [subjects],
    )
    sights = _sights([r[0] for r in rows])
    return [
        (s, p, scoring.features_of(json.loads(f), sights[s], party_id=p, reported_at=at))
        for s, p, at, f in rows
    ]


def _sights(subjects: list[str]) -> dict[str, list[Sight]]:
    """For each claim what had been seen of its traits when it was reported, as ``compare`` saw it."""
    found: dict[str, list[Sight]] = defaultdict(list)
    for mine, kind, subject, party_id, at in tx.rows(
        """
        select r.subject, o.kind, t.subject, t.party_id, t.happened_at
          from risk_reported r
          join risk_trace o on o.subject = r.subject
         cross join lateral (
               select subject, party_id, happened_at from risk_trace t
                where t.kind = o.kind and t.key = o.key and t.subject <> r.subject
                  and t.happened_at > r.reported_at - %s::int * interval '1 day'
                  and t.happened_at <= r.reported_at
                order by t.happened_at desc limit %s::int) t
         where r.subject = any(%s::text[])
        """,
        [COMPARED_DAYS, COMPARED_MAX, subjects],
    ):
        found[mine].append(Sight(TraitKind(kind), subject, party_id, at))
    return found


@dataclass(frozen=True, slots=True)
class Drift:
    """Whether claims still look like those the model was tried on (分布漂移)."""

    claims: int
    psi: float | None
    bands: tuple[tuple[str, float, float], ...]

    @property
    def says(self) -> str:
        """The index in words, by the usual bounds 0.1 and 0.25."""
        if self.psi is None:
            return "UNKNOWN"
        return "STABLE" if self.psi < 0.1 else "MOVING" if self.psi < 0.25 else "DRIFTED"


def drift(model_id: int, at: datetime) -> Drift:
    """Scores of the last ninety days' claims against those of training, in ten bands."""
    kept = get_model(model_id).kept
    if not kept:
        return Drift(0, None, ())
    model = scoring.Model(kept, model_id)
    recent = tx.rows(
        """
        select subject from risk_reported where reported_at > %s::timestamptz
         order by reported_at desc limit %s::int
        """,
        [at - timedelta(days=DRIFT_DAYS), DRIFT_MAX],
    )
    places = [
        model.percentile(model.total(model.row(f)))
        for _s, _p, f in _as_reported([r[0] for r in recent])
    ]
    if len(places) < 20:
        return Drift(len(places), None, ())
    counts = [0] * 10
    for place in places:
        counts[min(9, place // 10)] += 1
    psi, bands = scoring.population_shift(counts)
    names = (f"{n * 10}–{n * 10 + 10}%" for n in range(10))
    return Drift(len(places), psi, tuple((n, 0.1, b) for n, b in zip(names, bands, strict=True)))


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model with its card."""

    id: int
    state: str
    state_label: str
    card: dict[str, Any]
    kept: dict[str, Any]
    problem: str
    asked_by: str
    asked_at: datetime
    trained_at: datetime | None
    released_by: str
    released_at: datetime | None
    release_reason: str
    retired_by: str
    retired_at: datetime | None


def list_models() -> tuple[ModelView, ...]:
    """Every model, the newest first, without its trees."""
    return tuple(_model(m) for m in RiskModel.objects.defer("kept").order_by("-pk")[:50])


def get_model(model_id: int) -> ModelView:
    """One model with its trees. :raises NotFound: no such model."""
    model = RiskModel.objects.filter(pk=model_id).first()
    if model is None:
        raise NotFound
    return _model(model, with_trees=True)


def _model(m: RiskModel, *, with_trees: bool = False) -> ModelView:
    return ModelView(
        id=m.pk, state=m.state, state_label=RiskModel.State(m.state).label, card=m.card,
        kept=m.kept if with_trees else {}, problem=m.problem, asked_by=m.asked_by, asked_at=m.asked_at,
        trained_at=m.trained_at, released_by=m.released_by, released_at=m.released_at,
        release_reason=m.release_reason, retired_by=m.retired_by, retired_at=m.retired_at,
    )  # fmt: skip
