"""What people find: about a signal, about a group; and what became of claims in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.risk import events
from yilu.risk.models import Group, Outcome, Signal

FINDING_MIN = 5


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
class Established:
    """What people established about a claim (``Outcome.Source``)."""

    about: Ref
    source: str
    holds: bool
    known_at: datetime


@tx.use_case
def clear_signal(
    *, signal_id: int, holds: bool, finding: str, access: Access, actor: Ref, at: datetime,
    about: Ref | None = None,
) -> None:  # fmt: skip
    """
    Write down what a signal turned out to be (核实). ``holds`` says whether there was something in it.

    ``about``: only if the signal is about this, for doors that have checked who may see that.

    :raises NotAllowed: without the right to see signals.
    :raises NotFound: no such signal. :raises FindingMissing: nothing was written down.
    :raises SignalAlreadyCleared: somebody did it before.
    """
    access.require("risk.view")
    if len(finding.strip()) < FINDING_MIN:
        raise FindingMissing
    signal = Signal.objects.select_for_update(of=("self",)).filter(pk=signal_id).first()
    if signal is None or (about is not None and signal.subject != str(about)):
        raise NotFound
    if signal.cleared_at is not None:
        raise SignalAlreadyCleared
    Signal.objects.filter(pk=signal_id).update(
        cleared_by=str(actor), cleared_at=at, holds=holds, finding=finding.strip()
    )
    _follow_findings(signal.subject, at)
    journal.record(
        events.SignalCleared(signal=signal.signal, holds=holds),
        about=Ref.parse(signal.subject), actor=actor, at=at,
    )  # fmt: skip


def _follow_findings(subject: str, at: datetime) -> None:
    """One signal that holds makes the claim one; dismissed only when none is left open."""
    signals = list(Signal.objects.filter(subject=subject).values_list("cleared_at", "holds"))
    if any(holds for _cleared, holds in signals):
        _write([Established(Ref.parse(subject), Outcome.Source.FINDING, True, at)])
    elif all(cleared for cleared, _holds in signals):
        _write([Established(Ref.parse(subject), Outcome.Source.FINDING, False, at)])


@tx.use_case
def clear_group(
    *, group_id: int, holds: bool, finding: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Write down what a group turned out to be; the claims keep their own decisions.

    :raises NotAllowed: without the right. :raises NotFound: no such group.
    :raises FindingMissing: nothing was written down. :raises SignalAlreadyCleared: done before.
    """
    access.require("risk.view")
    if len(finding.strip()) < FINDING_MIN:
        raise FindingMissing
    done = Group.objects.filter(pk=group_id, cleared_at=None).update(
        cleared_by=str(actor), cleared_at=at, holds=holds, finding=finding.strip()
    )
    if not done:
        if not Group.objects.filter(pk=group_id).exists():
            raise NotFound
        raise SignalAlreadyCleared
    journal.record(
        events.GroupCleared(holds=holds), about=Ref("risk_group", group_id), actor=actor, at=at
    )


@tx.use_case
def note_outcomes(*, established: Sequence[Established]) -> int:
    """What became of claims that people decided or investigated; said again, the newest stands."""
    return _write(established) if established else 0


def _write(established: Sequence[Established]) -> int:
    rows = [
        {"subject": str(e.about), "source": str(e.source), "holds": e.holds, "known_at": e.known_at}
        for e in established
    ]
    return tx.changed(
        """
        insert into risk_outcome as o (subject, source, holds, known_at)
        select distinct on (subject, source) subject, source, holds, known_at
          from json_to_recordset(%s::json) as r(subject text, source text, holds bool,
               known_at timestamptz)
         order by subject, source, known_at desc
        on conflict (subject, source) do update set holds = excluded.holds, known_at = excluded.known_at
         where o.holds is distinct from excluded.holds
        """,
        [orjson.dumps(rows).decode()],
    )
