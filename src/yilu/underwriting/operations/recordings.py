"""Record a sale in five steps, and have some of them checked (双录与质检)."""

from __future__ import annotations

import re
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.underwriting import events
from yilu.underwriting.models import Application, Recording
from yilu.underwriting.rules import recording as rules
from yilu.work import operations as work

from .holding import hold
from .pricing import person
from .refusals import ApplicationNotFound, BadReason, BadRecording, RecordingMissing

QUEUE = "underwriting.recording"
LINKED_KINDS = frozenset({"LINKED"})
"""Kinds of product whose value follows an investment; none is sold yet."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
REASON_MIN = 5


class BadDigest(Invalid):
    """What was registered for a step is no SHA-256."""

    code = "bad_recording_digest"
    message = _("录音录像文件的摘要应为 64 位十六进制（SHA-256）")
    hint = _("请从双录系统复制文件摘要。")


@tx.step
def need_recording(application: Application, *, kind: str, over_a_year: bool, at: datetime) -> None:
    """
    Open a record where the sale must be recorded (可回溯办法 6). Twice is once.

    The customer's own phone is the internet: its pages are kept as events (互联网办法 33), not recorded.
    """
    if application.channel == Application.Channel.APP:
        return
    holder = person(people.get_party(application.holder_id), day_of(at))
    why = rules.reasons(
        by_agency=False, linked=kind in LINKED_KINDS, holder_age=holder.age or 0,
        over_a_year=over_a_year,
    )  # fmt: skip
    if why:
        Recording.objects.get_or_create(
            application=application,
            defaults={
                "reasons": [each.value for each in why],
                "fully_checked": rules.always_checked(why),
            },
        )


@tx.use_case
def record_step(
    *, application_id: int, step: str, sha256: str, actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> str:  # fmt: skip
    """
    Register the recording of the next step, chained to those before; the chain's end.

    The same file again for the step just recorded changes nothing.

    :raises BadRecording: out of order, or another file for a step that is recorded.
    :raises RecordingMissing: this sale is not recorded. :raises BadDigest: no SHA-256.
    """
    application = hold(application_id, actor=actor, access=access)
    found = Recording.objects.select_for_update().filter(application=application).first()
    if found is None:
        raise RecordingMissing(_("这次投保不需要双录"))
    sha256 = sha256.strip().lower()
    if not _SHA256.fullmatch(sha256):
        raise BadDigest
    if found.steps and (found.steps[-1]["code"], found.steps[-1]["sha256"]) == (step, sha256):
        return found.chain
    if len(found.steps) == len(rules.CODES) or rules.CODES[len(found.steps)] != step:
        raise BadRecording
    found.chain = rules.chain(found.chain, step, sha256)
    found.steps = [
        *found.steps,
        {"code": step, "sha256": sha256, "at": at.isoformat(), "chained": found.chain},
    ]
    if len(found.steps) == len(rules.CODES):
        found.finished_at = at
        if rules.chosen_for_check(application.pk, found.reasons):
            found.check_state = Recording.Check.WAITING
    found.save()
    journal.record(
        events.StepRecorded(step=step, sha256=sha256, chain=found.chain),
        about=application.ref, actor=actor, at=at, party=application.holder_id,
    )  # fmt: skip
    return found.chain


@tx.step
def open_check(application: Application, *, at: datetime) -> None:
    """Once the policy is issued: a chosen recording is checked within the cooling-off period."""
    found = Recording.objects.filter(application=application, check_state="WAITING").first()
    if found is not None:
        work.open_item(
            QUEUE, about=application.ref, office_id=application.office_id, title="双录质检", at=at,
            party_id=application.holder_id,
        )  # fmt: skip


@tx.use_case
def check_recording(
    *, application_id: int, passed: bool, finding: str, access: people.Access, actor: Ref, at: datetime
) -> None:  # fmt: skip
    """
    Say whether a recording is in order; where not, it is to be put right within 15 working days.

    :raises BadReason: not in order, and nothing said. :raises NotAllowed: without underwriting.decide.
    """
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        raise ApplicationNotFound
    access.require("underwriting.decide", office_id=application.office_id)
    found = Recording.objects.select_for_update().filter(application=application).first()
    if found is None or found.check_state not in {"WAITING", "FIX"}:
        raise ApplicationNotFound
    if not passed and len(finding.strip()) < REASON_MIN:
        raise BadReason
    before = found.check_state
    found.check_state = ("PASSED" if before == "WAITING" else "FIXED") if passed else "FIX"
    found.checked_by, found.checked_at, found.finding = str(actor), at, finding.strip()[:300]
    found.save()
    if passed:
        work.close_items(about=application.ref, at=at, queue=QUEUE)
    journal.record(
        events.RecordingChecked(passed=passed),
        about=application.ref, actor=actor if actor.kind == "staff" else SYSTEM, at=at,
        party=application.holder_id,
    )  # fmt: skip
