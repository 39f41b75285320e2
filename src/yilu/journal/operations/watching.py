"""Signs of life of our processes, and verifications of the evidence log that staff ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from yilu.journal.events import EvidenceVerified
from yilu.journal.models import Heartbeat, Verification
from yilu.journal.operations.deferring import defer
from yilu.journal.operations.recording import record
from yilu.journal.queries.verification import Verdict
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _

FORGOTTEN_AFTER = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(hours=1)


class VerificationUnderWay(Refusal):
    """Somebody asked for one that is not finished."""

    code = "verification_under_way"
    message = _("存证正在核验")
    hint = _("请等待本次核验完成。")


@tx.use_case
def note_heartbeat(
    *, process: str, started_at: datetime, ticks: Mapping[str, Any], at: datetime
) -> None:
    """Note that a process lives; processes silent for a day are forgotten."""
    Heartbeat.objects.update_or_create(
        process=process[:120],
        defaults={"started_at": started_at, "seen_at": at, "ticks": dict(ticks)},
    )
    Heartbeat.objects.filter(seen_at__lt=at - FORGOTTEN_AFTER).delete()


@tx.use_case
def request_verification(*, actor: Ref, at: datetime) -> int:
    """
    Have the worker verify the whole evidence log; return the run's id.

    :raises VerificationUnderWay: while one runs (one that is older than an hour is given up).
    """
    tx.rows("select pg_advisory_xact_lock(hashtext('journal.verification'))")
    if Verification.objects.filter(finished_at=None, requested_at__gt=at - GIVEN_UP_AFTER).exists():
        raise VerificationUnderWay
    run = Verification.objects.create(requested_by=str(actor), requested_at=at)
    defer("journal.verify", verification_id=run.pk)
    return run.pk


@tx.use_case
def note_progress(*, verification_id: int, done: int, size: int) -> None:
    """Note how far a run is."""
    Verification.objects.filter(pk=verification_id).update(done=done, size=size)


@tx.use_case
def finish_verification(*, verification_id: int, verdict: Verdict, at: datetime) -> None:
    """Note what a run found, once; recorded as an event."""
    problem = verdict.problem
    finished = Verification.objects.filter(pk=verification_id, finished_at=None).update(
        finished_at=at,
        done=verdict.size,
        size=verdict.size,
        checkpoints=verdict.checkpoints,
        problem=problem.message[:400] if problem else "",
        event_id=problem.event_id if problem else None,
    )
    if finished:
        run = Verification.objects.get(pk=verification_id)
        record(
            EvidenceVerified(size=verdict.size, sound=verdict.sound),
            about=Ref("verification", run.pk),
            actor=Ref.parse(run.requested_by),
            at=at,
        )
