"""Comparing what is reported with everything reported before, and with published rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.kernel.tables import TableError
from yilu.risk import memory, rules
from yilu.risk.rules import scoring, supervision
from yilu.risk.rules.scoring import Value
from yilu.standards import queries as standards

COMPARED_DAYS = 730
"""How far back a trait is looked for."""
COMPARED_MAX = 50
"""How many earlier claims of one trait are looked at: more say nothing more."""
KEY_MAX = 80


@dataclass(frozen=True, slots=True)
class Raised:
    """A signal as its claim learns of it."""

    signal: str
    severity: str
    measure: int
    subjects: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The signal in words, with its number."""
        return rules.sentence(self.signal, self.measure)


@dataclass(frozen=True, slots=True)
class Told:
    """
    What the caller knows of the claim besides its traits: ``bills`` whose and of what kind, held
    against the supervision rules, and ``facts`` by the names of ``scoring.FEATURES``.
    """

    bills: Sequence[supervision.Bill] = ()
    sex: str | None = None
    birth_date: date | None = None
    accident: bool = False
    facts: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison: as the arguments of ``compare``."""

    party_id: int
    traits: Sequence[rules.Trait]
    effective_on: date
    loss_date: date
    reported_at: datetime
    measured: Sequence[rules.Measure] = ()
    told: Told | None = None


# What was noted before under the same subject (the device of the report) is compared as well.
_COMPARE = """
    with given as materialized (
        select distinct kind, key from json_to_recordset(%(traits)s::json) as g(kind text, key text)
        union
        select kind, key from risk_trace where subject = %(subject)s::text
    ), kept as (
        insert into risk_trace (kind, key, subject, party_id, happened_at)
        select kind, key, %(subject)s::text, %(party)s::bigint, %(at)s::timestamptz from given
        on conflict (subject, kind, key) do nothing
    ), known as (
        insert into risk_reported (subject, party_id, reported_at, facts)
        select %(subject)s::text, %(party)s::bigint, %(at)s::timestamptz, %(facts)s::jsonb
         where %(facts)s::text is not null
        on conflict (subject) do nothing
    )
    select g.kind, t.subject, t.party_id, t.happened_at
      from given g
     cross join lateral (
           select subject, party_id, happened_at from risk_trace
            where kind = g.kind and key = g.key and subject <> %(subject)s::text
              and happened_at > %(at)s::timestamptz - %(days)s::int * interval '1 day'
              and happened_at <= %(at)s::timestamptz
            order by happened_at desc limit %(most)s::int) t
     order by t.happened_at desc
"""


@tx.step
def compare(
    *,
    about: Ref,
    party_id: int,
    traits: Sequence[rules.Trait],
    effective_on: date,
    loss_date: date,
    reported_at: datetime,
    at: datetime,
    measured: Sequence[rules.Measure] = (),
    told: Told | None = None,
) -> tuple[Raised, ...]:
    """
    Keep the traits of something reported, and say which thresholds they pass.

    One SQL statement keeps and compares, whatever the number of traits; the thresholds are the
    decision table ``claims.signals``. ``measured`` are numbers the caller has found out itself,
    ``told`` what is held against the supervision rules and a released model.
    What is raised is kept as a signal about ``about`` (asked again, the newest numbers stand until
    a person has cleared it). A signal never refuses: the caller decides whose desk it goes to.
    """
    asked = Compared(
        party_id=party_id, traits=traits, effective_on=effective_on, loss_date=loss_date,
        reported_at=reported_at, measured=measured, told=told,
    )  # fmt: skip
    in_bills = measure_bills(asked)
    facts = facts_of(asked, in_bills)
    given = [{"kind": t.kind.value, "key": t.key[:KEY_MAX]} for t in traits]
    rows = tx.rows(
        _COMPARE,
        {
            "traits": orjson.dumps(given).decode(), "subject": str(about), "party": party_id,
            "at": reported_at, "days": COMPARED_DAYS, "most": COMPARED_MAX,
            "facts": None if facts is None else orjson.dumps(facts).decode(),
        },
    )  # fmt: skip
    sights = [rules.Sight(rules.TraitKind(kind), *seen) for kind, *seen in rows]
    thresholds = Thresholds(at)
    found = measured_in(asked, sights, in_bills, facts, thresholds)
    return raise_signals(about, found, thresholds, at)


def measured_in(
    asked: Compared, sights: Sequence[rules.Sight], in_bills: Sequence[rules.Measure],
    facts: Mapping[str, Value] | None, thresholds: Thresholds,
) -> tuple[rules.Measure, ...]:  # fmt: skip
    """Every number there is about one report: by its traits, its bills, a model and its caller."""
    found = rules.measures(
        sights, thresholds=thresholds, party_id=asked.party_id, effective_on=asked.effective_on,
        loss_date=asked.loss_date, reported_at=asked.reported_at,
    )  # fmt: skip
    by_model = _measure_model(facts, sights, asked, thresholds)
    return (*found, *in_bills, *by_model, *asked.measured)


def measure_bills(asked: Compared) -> tuple[rules.Measure, ...]:
    """What in the bills differs from the supervision rules in force."""
    told = asked.told
    if told is None or not told.bills:
        return ()
    person = supervision.Person(told.sex, told.birth_date)
    found = supervision.check(
        told.bills, person=person, book=memory.rulebook(), accident=told.accident
    )
    return tuple(
        rules.Measure(kind, len(each), findings=tuple(f.as_json() for f in each))
        for kind, each in found.items()
    )


def facts_of(asked: Compared, in_bills: Sequence[rules.Measure]) -> dict[str, Value] | None:
    """What is kept of a report for models; None where the caller told nothing."""
    if asked.told is None or asked.told.facts is None:
        return None
    return {
        **asked.told.facts,
        **scoring.times_of(asked.effective_on, asked.loss_date, asked.reported_at),
        "bill_findings": float(sum(m.value for m in in_bills)),
    }  # fmt: skip


def _measure_model(
    facts: Mapping[str, Value] | None, sights: Sequence[rules.Sight], asked: Compared,
    thresholds: Thresholds,
) -> tuple[rules.Measure, ...]:  # fmt: skip
    model = memory.released_model()
    if model is None or facts is None:
        return ()
    features = scoring.features_of(
        facts, sights, party_id=asked.party_id, reported_at=asked.reported_at
    )
    place = model.percentile(model.total(model.row(features)))
    threshold = thresholds("MODEL")
    if threshold is None or place < threshold.limit:
        return ()
    source = f"风险模型 v{model.version}"
    findings = tuple(
        {"name": "", "says": scoring.say(r), "source": source, "note": f"分值 {r.points:+.2f}"}
        for r in model.score(features).reasons
    )
    return (rules.Measure("MODEL", place, findings=findings),)


class Thresholds:
    """The rows of ``claims.signals`` that were asked for, each once; None where it has none."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._asked: dict[str, tuple[rules.Threshold, standards.Decision] | None] = {}

    def __call__(self, signal: str) -> rules.Threshold | None:
        said = self.said(signal)
        return said[0] if said else None

    def said(self, signal: str) -> tuple[rules.Threshold, standards.Decision] | None:
        """
        A threshold with the row that said it.

        A signal without a row is one that staff retired, or that their edited table does not know
        yet: it is not raised, and no claim stops for it.
        """
        if signal not in self._asked:
            self._asked[signal] = self._decided(signal)
        return self._asked[signal]

    def _decided(self, signal: str) -> tuple[rules.Threshold, standards.Decision] | None:
        try:
            said = standards.decide("claims.signals", {"signal": signal}, self._at)
        except TableError:
            return None
        out = said.outputs
        return rules.Threshold(out["threshold"], int(out["window_days"]), out["severity"]), said


@tx.step
def raise_measured(
    about: Ref, measured: Sequence[rules.Measure], *, at: datetime
) -> tuple[Raised, ...]:
    """Hold numbers found out later (diagnoses, groups) against the table, and keep what passes."""
    return raise_signals(about, measured, Thresholds(at), at)


def raise_signals(
    about: Ref, found: Sequence[rules.Measure], thresholds: Thresholds, at: datetime
) -> tuple[Raised, ...]:
    """Keep every number that passes its threshold as a signal, with its evidence."""
    raised = []
    for measure in found:
        row = thresholds.said(measure.signal)
        if row is None or not rules.passes(measure, row[0]):
            continue
        threshold, said = row
        one = Raised(measure.signal, threshold.severity, measure.value, measure.subjects)
        raised.append(one)
        evidence = {
            "subjects": list(measure.subjects[:COMPARED_MAX]),
            "findings": [dict(f) for f in measure.findings[: supervision.FINDINGS_MAX]],
            "table": f"{said.table} v{said.version}",
            "rows": list(said.rows),
        }
        tx.gather(_write_signals, (str(about), one, evidence, at))
    return tuple(raised)


def _write_signals(signals: Sequence[tuple[str, Raised, dict[str, Any], datetime]]) -> None:
    rows = [
        {
            "subject": subject, "signal": r.signal, "severity": r.severity, "measure": r.measure,
            "evidence": evidence, "raised_at": at,
        }
        for subject, r, evidence, at in signals
    ]  # fmt: skip
    tx.changed(
        """
        insert into risk_signal as s (subject, signal, severity, measure, evidence, raised_at,
               cleared_by, finding)
        select distinct on (subject, signal) subject, signal, severity, measure, evidence, raised_at, '', ''
          from jsonb_to_recordset(%s::jsonb) as r(subject text, signal text, severity text, measure int,
               evidence jsonb, raised_at timestamptz)
        on conflict (subject, signal) do update
           set severity = excluded.severity, measure = excluded.measure, evidence = excluded.evidence
         where s.cleared_at is null
        """,
        [orjson.dumps(rows).decode()],
    )


@tx.use_case
def note_device(*, about: Ref, party_id: int, device: str, at: datetime) -> None:
    """
    Keep by which device something was reported or changed (报案设备): ``device`` is a blind index.

    Compared with the next claim's review; said twice, it stays once. An empty one keeps nothing.
    """
    if not device:
        return
    tx.changed(
        """
        insert into risk_trace (kind, key, subject, party_id, happened_at)
        values ('DEVICE', %s::text, %s::text, %s::bigint, %s::timestamptz)
        on conflict (subject, kind, key) do nothing
        """,
        [device[:KEY_MAX], str(about), party_id, at],
    )
