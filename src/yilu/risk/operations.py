"""Comparing what is reported with everything reported before; clearing what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.standards import queries as standards

from . import events, rules
from .models import Signal

COMPARED_DAYS = 730
"""How far back a trait is looked for."""
COMPARED_MAX = 50
"""How many earlier claims of one trait are looked at: more say nothing more."""


class SignalAlreadyCleared(Refusal):
    """Somebody has looked into it before."""

    code = "signal_cleared"
    message = "这条风险信号已经核实过了"
    hint = "请刷新页面查看核实结果。"


class FindingMissing(Invalid):
    """A signal is cleared with what was found, not with silence."""

    code = "finding_missing"
    message = "请写明核实结果"
    hint = "说明核实了什么、结论是什么（至少 5 个字）。"


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


_COMPARE = """
    with given as materialized (
        select distinct kind, key from jsonb_to_recordset(%(traits)s::jsonb) as g(kind text, key text)
    ), kept as (
        insert into risk_trace (kind, key, subject, party_id, happened_at)
        select kind, key, %(subject)s::text, %(party)s::bigint, %(at)s::timestamptz from given
        on conflict (subject, kind, key) do nothing
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
) -> tuple[Raised, ...]:
    """
    Keep the traits of something reported, and say which thresholds they pass.

    One SQL statement keeps and compares, whatever the number of traits; the thresholds are the
    decision table ``claims.signals``. ``measured`` are numbers the caller has found out itself.
    What is raised is kept as a signal about ``about`` (asked again, the newest numbers stand until
    a person has cleared it). A signal never refuses: the caller decides whose desk it goes to.
    """
    given = [{"kind": t.kind.value, "key": t.key} for t in traits]
    rows = tx.rows(
        _COMPARE,
        {
            "traits": orjson.dumps(given).decode(), "subject": str(about), "party": party_id,
            "at": reported_at, "days": COMPARED_DAYS, "most": COMPARED_MAX,
        },
    )  # fmt: skip
    sights = [rules.Sight(rules.TraitKind(kind), *seen) for kind, *seen in rows]
    threshold_of, asked = _thresholds(at)
    found = rules.measures(
        sights, thresholds=threshold_of, party_id=party_id, effective_on=effective_on,
        loss_date=loss_date, reported_at=reported_at,
    )  # fmt: skip
    raised = []
    for measure in (*found, *measured):
        threshold = threshold_of(measure.signal)
        if not rules.passes(measure, threshold):
            continue
        one = Raised(measure.signal, threshold.severity, measure.value, measure.subjects)
        raised.append(one)
        said = asked[measure.signal][1]
        evidence = {
            "subjects": list(measure.subjects[:COMPARED_MAX]),
            "table": f"{said.table} v{said.version}",
            "rows": list(said.rows),
        }
        tx.gather(_write_signals, (str(about), one, evidence, at))
    return tuple(raised)


def _thresholds(
    at: datetime,
) -> tuple[
    Callable[[str], rules.Threshold], dict[str, tuple[rules.Threshold, standards.Decision]]
]:
    """The thresholds of the table ``claims.signals``, each asked once; and what the table said."""
    asked: dict[str, tuple[rules.Threshold, standards.Decision]] = {}

    def threshold_of(signal: str) -> rules.Threshold:
        if signal not in asked:
            said = standards.decide("claims.signals", {"signal": signal}, at)
            out = said.outputs
            threshold = rules.Threshold(out["threshold"], int(out["window_days"]), out["severity"])
            asked[signal] = (threshold, said)
        return asked[signal][0]

    return threshold_of, asked


@dataclass(frozen=True, slots=True)
class Compared:
    """One of many comparisons: as the arguments of ``compare``."""

    party_id: int
    traits: Sequence[rules.Trait]
    effective_on: date
    loss_date: date
    reported_at: datetime
    measured: Sequence[rules.Measure] = ()


_SIGHTS = """
    select g.n, g.kind, t.subject, t.party_id, t.happened_at
      from jsonb_to_recordset(%(traits)s::jsonb) as g(n int, kind text, key text, at timestamptz)
     cross join lateral (
           select subject, party_id, happened_at from risk_trace
            where kind = g.kind and key = g.key
              and happened_at > g.at - %(days)s::int * interval '1 day' and happened_at <= g.at
            order by happened_at desc limit %(most)s::int) t
"""


@tx.step
def would_raise(compared: Sequence[Compared], at: datetime) -> list[bool]:
    """
    Whether ``compare`` would raise anything for each of many new reports, by the same rules.

    One SQL statement, and nothing is kept: what is clean is kept afterwards by ``keep_traces``;
    what is not goes through ``compare`` itself.
    """
    given = [
        {"n": n, "kind": t.kind.value, "key": t.key, "at": c.reported_at}
        for n, c in enumerate(compared)
        for t in dict.fromkeys(c.traits)
    ]
    asked = {"traits": orjson.dumps(given).decode(), "days": COMPARED_DAYS, "most": COMPARED_MAX}
    sights: dict[int, list[rules.Sight]] = {}
    for n, kind, *seen in tx.rows(_SIGHTS, asked):
        sights.setdefault(n, []).append(rules.Sight(rules.TraitKind(kind), *seen))
    threshold_of, _ = _thresholds(at)
    raised = []
    for n, c in enumerate(compared):
        found = rules.measures(
            sights.get(n, ()), thresholds=threshold_of, party_id=c.party_id,
            effective_on=c.effective_on, loss_date=c.loss_date, reported_at=c.reported_at,
        )  # fmt: skip
        raised.append(any(rules.passes(m, threshold_of(m.signal)) for m in (*found, *c.measured)))
    return raised


@tx.step
def keep_traces(kept: Sequence[tuple[Ref, Compared]]) -> None:
    """Keep the traits of many reports that raised nothing, in one statement."""
    rows = [
        {
            "kind": t.kind.value, "key": t.key, "subject": str(about), "party": c.party_id,
            "at": c.reported_at,
        }
        for about, c in kept
        for t in dict.fromkeys(c.traits)
    ]  # fmt: skip
    tx.changed(
        """
        insert into risk_trace (kind, key, subject, party_id, happened_at)
        select kind, key, subject, party, at from jsonb_to_recordset(%s::jsonb)
               as r(kind text, key text, subject text, party bigint, at timestamptz)
        on conflict (subject, kind, key) do nothing
        """,
        [orjson.dumps(rows).decode()],
    )


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
def clear_signal(
    *, signal_id: int, holds: bool, finding: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Write down what a signal turned out to be (核实). ``holds`` says whether there was something in it.

    :raises NotAllowed: without the right to see signals.
    :raises NotFound: no such signal. :raises FindingMissing: nothing was written down.
    :raises SignalAlreadyCleared: somebody did it before.
    """
    access.require("risk.view")
    if len(finding.strip()) < 5:
        raise FindingMissing
    signal = Signal.objects.select_for_update(of=("self",)).filter(pk=signal_id).first()
    if signal is None:
        raise NotFound
    if signal.cleared_at is not None:
        raise SignalAlreadyCleared
    Signal.objects.filter(pk=signal_id).update(
        cleared_by=str(actor), cleared_at=at, finding=finding.strip()
    )
    journal.record(
        events.SignalCleared(signal=signal.signal, holds=holds),
        about=Ref.parse(signal.subject), actor=actor, at=at,
    )  # fmt: skip
