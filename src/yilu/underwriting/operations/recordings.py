"""Record a sale in five steps, and have some of them checked (双录与质检)."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of, start_of_day
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.resealing import FilePass
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.retention import queries as retention
from yilu.retention.operations import sweep
from yilu.underwriting import events, storage
from yilu.underwriting.catalogue import keeping
from yilu.underwriting.models import Application, Recording
from yilu.underwriting.queries.reading import recorded_with
from yilu.underwriting.queries.recordings import kept
from yilu.underwriting.rules import recording as rules
from yilu.work import operations as work

from .holding import hold
from .pricing import person
from .refusals import ApplicationNotFound, BadReason, BadRecording, RecordingMissing

QUEUE = "underwriting.recording"
LINKED_KINDS = frozenset({"LINKED"})
"""Kinds of product whose value follows an investment; none is sold yet."""
_files = FilePass(storage.drawer)
_SHA256 = re.compile(r"[0-9a-f]{64}")
REASON_MIN = 5
BYTES_MAX = 20 * 1024 * 1024


class BadDigest(Invalid):
    """What was registered for a step is no SHA-256."""

    code = "bad_recording_digest"
    message = _("录音录像文件的摘要应为 64 位十六进制（SHA-256）")
    hint = _("请从双录系统复制文件摘要。")


class RecordingTooLarge(Invalid):
    """The file is larger than we take in by a form."""

    code = "recording_too_large"
    message = _("录音录像文件超过 20 MB")
    hint = _("请存入双录系统，在这里只填文件的 SHA-256 摘要。")


class OtherRecording(Invalid):
    """The file is not the one whose digest was given."""

    code = "other_recording"
    message = _("这个文件和所填的摘要对不上")
    hint = _("请核对是否选错了环节的文件，或留空摘要由系统计算。")


class OwnRecording(NotAllowed):
    """Whoever sold does not check the recording of the sale."""

    code = "own_recording"
    message = _("不能质检自己办理的双录")
    hint = _("请由另一位同事质检。")


@tx.step
def need_recording(application: Application, *, kind: str, over_a_year: bool, at: datetime) -> None:
    """
    Open a record where the sale must be recorded (可回溯办法 6). Twice is once, and a family's sale is
    recorded once for all of them.

    The customer's own phone is the internet: its pages are kept as events (互联网办法 33), not recorded.
    """
    if application.channel == Application.Channel.APP:
        return
    holder = person(people.get_party(application.holder_id), day_of(at))
    why = rules.reasons(
        by_agency=_sold_by_a_bank(application), linked=kind in LINKED_KINDS, holder_age=holder.age or 0,
        over_a_year=over_a_year,
    )  # fmt: skip
    if not why:
        return
    found = _recordings(application).select_for_update().first()
    if found is None:
        found = Recording(application=application, reasons=[])
    found.reasons = list(dict.fromkeys([*found.reasons, *(each.value for each in why)]))
    found.fully_checked = found.fully_checked or rules.always_checked(why)
    found.save()


def _sold_by_a_bank(application: Application) -> bool:
    """Whether somebody of an ancillary agency sells it (保险兼业代理机构); whoever serves at our counter is ours."""
    if application.channel != Application.Channel.AGENT or application.agent_id is None:
        return False
    return people.get_agent(application.agent_id).sells_for_a_bank


def _recordings(application: Application) -> QuerySet[Recording]:
    """The record of an application's sale: its own, or the one of its family."""
    return Recording.objects.filter(application__in=recorded_with(application))


@tx.use_case
def record_step(
    *, application_id: int, step: str, sha256: str, actor: Ref, at: datetime,
    access: people.Access | None = None, content: bytes = b"",
) -> str:  # fmt: skip
    """
    Register the recording of the next step, chained to those before; the chain's end.

    ``content``: the file itself, kept sealed; then ``sha256`` may be left empty. The same file again
    for the step just recorded changes nothing.

    :raises RecordingTooLarge: keep it elsewhere. :raises OtherRecording: the file is not the one of the digest that was given with it.

    :raises BadRecording: out of order, or another file for a step that is recorded.
    :raises RecordingMissing: this sale is not recorded. :raises BadDigest: no SHA-256.
    """
    application = hold(application_id, actor=actor, access=access)
    found = _recordings(application).select_for_update().first()
    if found is None:
        raise RecordingMissing(_("这次投保不需要双录"))
    sha256 = sha256.strip().lower()
    if len(content) > BYTES_MAX:
        raise RecordingTooLarge
    if content:
        found_sha256 = hashlib.sha256(content).hexdigest()
        if sha256 not in {"", found_sha256}:
            raise OtherRecording
        sha256 = found_sha256
    if not _SHA256.fullmatch(sha256):
        raise BadDigest
    if found.steps and (found.steps[-1]["code"], found.steps[-1]["sha256"]) == (step, sha256):
        return found.chain
    if len(found.steps) == len(rules.CODES) or rules.CODES[len(found.steps)] != step:
        raise BadRecording
    found.chain = rules.chain(found.chain, step, sha256)
    found.steps = [
        *found.steps,
        {"code": step, "sha256": sha256, "at": at.isoformat(), "chained": found.chain,
         "file": _kept(found.pk, step, content, sha256)},
    ]  # fmt: skip
    if len(found.steps) == len(rules.CODES):
        found.finished_at = at
        if found.fully_checked or _is_drawn(found, at):
            found.check_state = Recording.Check.WAITING
    found.save()
    journal.record(
        events.StepRecorded(step=step, sha256=sha256, chain=found.chain),
        about=application.ref, actor=actor, at=at, party=application.holder_id,
    )  # fmt: skip
    return found.chain


def _is_drawn(found: Recording, at: datetime) -> bool:
    """
    Whether quality control looks at it: a share of what its office finishes in the month, for certain.

    Two that end at the same moment are counted one after the other. The draw is keyed: whoever knows
    the numbers and this program still cannot say who is next.
    """
    office_id = found.application.office_id
    day = day_of(at)
    month = start_of_day(at) - timedelta(days=day.day - 1)
    place = f"{office_id}:{month.date()}"
    tx.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"recording.lot:{place}"])
    before = Recording.objects.filter(
        application__office_id=office_id, finished_at__gte=month, fully_checked=False
    ).exclude(pk=found.pk)
    checked = before.exclude(check_state=Recording.Check.NOT_CHOSEN).count()
    return rules.chosen_for_check(
        before.count() + 1, checked, keeping().checked_share,
        lambda window: int(sealing.keyed_digests(f"{place}:{window}", "recording.lot")[0][:8], 16),
    )  # fmt: skip


def _kept(application_id: int, step: str, content: bytes, sha256: str) -> str:
    """The key of a step's file; empty where it lies in another system."""
    if not content:
        return ""
    return storage.drawer.keep_of(application_id, content, sha256, part=f"-{step.lower()}")


@tx.step
def open_check(application: Application, *, until: datetime, at: datetime) -> None:
    """
    Once the policy is issued: a chosen recording is checked ``until`` the cooling-off period ends.

    A family's one recording is due with the contract that was issued first.
    """
    found = _recordings(application).filter(check_state="WAITING").first()
    if found is None:
        return
    about = Ref("application", found.pk)
    work.open_item(
        QUEUE, about=about, office_id=application.office_id, title="双录质检", at=at, due_at=until,
        party_id=application.holder_id,
    )  # fmt: skip
    fact = events.RecordingCheckOpened(until=day_of(until).isoformat())
    journal.record(fact, about=about, actor=SYSTEM, at=at, party=application.holder_id)


@tx.use_case
def check_recording(
    *, application_id: int, passed: bool, finding: str, access: people.Access, actor: Ref, at: datetime
) -> None:  # fmt: skip
    """
    Say whether a recording is in order; where not, it is to be put right within 15 working days.

    :raises BadReason: not in order, and nothing said. :raises NotAllowed: without underwriting.decide.
    :raises OwnRecording: whoever made the sale does not check it.
    """
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        raise ApplicationNotFound
    access.require("underwriting.decide", office_id=application.office_id)
    found = Recording.objects.select_for_update().filter(application=application).first()
    if found is None or found.check_state not in {"WAITING", "FIX"}:
        raise ApplicationNotFound
    if application.prepared_by == str(actor):
        raise OwnRecording
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


@tx.use_case
def forget_recordings(*, at: datetime, after: int = 0, limit: int = 50) -> journal.Page:
    """
    Delete the files of recordings that nothing keeps any longer; the digests and who checked stay. A page by id.

    Each is held against the law before it goes: one that a contract, an open case or a dispute still
    keeps is looked at again when that can have changed.
    """
    if not retention.may_delete(at):
        return journal.Page(0, 0)
    due = list(
        Recording.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("application")
        .filter(Q(keep_until=None) | Q(keep_until__lt=day_of(at)), pk__gt=after, forgotten_at=None)
        .order_by("pk")[:limit]
    )
    return sweep(due, kept(due, at), _forget, at=at, limit=limit)


@tx.step
def _forget(row: Recording, found: retention.Kept, at: datetime) -> None:
    for step in row.steps:
        if step.get("file"):
            storage.drawer.remove(step["file"])
    row.steps = [{**step, "file": ""} for step in row.steps]
    row.forgotten_at, row.keep_until = at, found.until
    row.save(update_fields=["steps", "forgotten_at", "keep_until"])
    fact = events.RecordingForgotten(
        steps=len(row.steps), kept_until=str(found.until), why=found.why
    )
    about, holder_id = row.application.ref, row.application.holder_id
    journal.record(fact, about=about, actor=SYSTEM, at=at, party=holder_id)


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` recorded files anew with the newest key; 0 when none is outdated."""
    return _files.reseal_some(limit)
