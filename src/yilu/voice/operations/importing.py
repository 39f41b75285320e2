"""Files of voices: received once, read row by row, good rows kept and bad ones reported with the reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import orjson
from django.db import IntegrityError, connection

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.voice import events
from yilu.voice.models import Batch, BatchProblem
from yilu.voice.refusals import BatchKnownAlready, BatchNotFound, UnreadableFile
from yilu.voice.rules import columns
from yilu.voice.rules.columns import Layout, Told
from yilu.voice.rules.labels import JOURNEYS
from yilu.voice.rules.masking import mask
from yilu.voice.storage import drawer

UPLOAD_MAX = 60 * 1024 * 1024
"""What a page takes; larger files are read by the console from their place."""
PROBLEMS_KEPT = 10_000
CHUNK = 5_000
UNDER_WAY = ("WAITING", "READING")


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a file when it is handed in."""

    label: str
    journey: str = "other"
    touchpoint: str = "import"
    scale: str = "0-10"
    """Of the recommendation column."""
    positive: bool | None = None
    """Of a text file without columns."""
    said_on: date | None = None


@tx.use_case
def import_file(
    *, filename: str, content: bytes, about: About, office_id: int, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Take a file in; it is read in the background. Its id.

    :raises UnreadableFile, UnknownColumns: at once, where no row could ever be read.
    :raises WrongScale: a recommendation on another scale than 0 to 10.
    :raises BatchKnownAlready: the very same file. :raises NotAllowed: without ``voice.manage``.
    """
    from yilu.voice import files

    if len(content) > UPLOAD_MAX:
        raise UnreadableFile(
            _("文件超过 60 MB"), hint=_("请用命令行 yilu voice-import 导入，或分成几个文件。")
        )
    layout = files.look(content, filename)
    digest = hashlib.sha256(content).hexdigest()
    key = drawer.keep(content, digest)
    batch_id = _made(
        filename, digest, key, len(content), about, layout, office_id, access, actor, at
    )
    journal.defer("voice.read_file", lock=f"voices:{batch_id}", batch_id=batch_id)
    return batch_id


@tx.use_case
def begin_from_place(
    *, filename: str, sha256: str, size: int, about: About, office_id: int, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Begin, or go on with, a file the console reads from its place; its id. Nothing of it is stored.

    :raises BatchKnownAlready: it was read to its end.
    """
    found = Batch.objects.filter(
        office_id=office_id, sha256=sha256, storage_key="", state__in=UNDER_WAY
    ).first()
    if found is not None:
        return found.pk
    return _made(filename, sha256, "", size, about, None, office_id, access, actor, at)


def _made(
    filename: str, digest: str, key: str, size: int, about: About, layout: Layout | None,
    office_id: int, access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    access.require("voice.manage", office_id=office_id)
    if layout is None or "recommend" in layout.places:
        columns.check_scale(about.scale)
    bare = re.sub(r"[\x00-\x1f/\\]", "", filename)[-120:] or "原声"
    try:
        with tx.savepoint():
            made = Batch.objects.create(
                office_id=office_id, filename=bare, label=(about.label.strip() or bare)[:80],
                sha256=digest, storage_key=key, size=size, touchpoint=about.touchpoint[:40] or "import",
                journey=about.journey if about.journey in JOURNEYS else "other",
                positive=about.positive, said_on=about.said_on or day_of(at), asked_by=str(actor),
                asked_at=at, changed_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise BatchKnownAlready from None
    journal.record(events.ImportAsked(batch_id=made.pk), about=made.ref, actor=actor, at=at)
    return made.pk


@tx.use_case
def begin_reading(*, batch_id: int, told: Sequence[tuple[str, str]], at: datetime) -> bool:
    """Whether there is still something to read; keeps what the columns were taken for."""
    return bool(
        Batch.objects.filter(pk=batch_id, state__in=UNDER_WAY).update(
            state="READING", columns=[list(pair) for pair in told], changed_at=at
        )
    )


_COPY = """
    copy voice_feedback (source, touchpoint, journey, who, office_id, about, stars, recommend, text,
         original, attributes, positive, batch_id, line, said_at, taken_by) from stdin
"""


@tx.use_case
def keep_rows(
    *, batch_id: int, rows: Sequence[tuple[int, Told]], problems: Sequence[tuple[int, str]],
    read: int, position: int, at: datetime,
) -> bool:  # fmt: skip
    """
    Keep some rows together with how far the file is read: each row once, whatever is killed.

    False where the import was stopped meanwhile, or these lines were kept before.
    """
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != "READING" or read <= batch.read:
        return False
    usual = datetime.combine(batch.said_on, time(4), UTC)
    if rows:
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for line, told in rows:
                copy.write_row(_written(batch, line, told, usual))
    kept = max(0, PROBLEMS_KEPT - batch.problems)
    BatchProblem.objects.bulk_create(
        [
            BatchProblem(batch=batch, line=line, reason=str(why)[:200])
            for line, why in problems[:kept]
        ],
        ignore_conflicts=True,
    )
    batch.read, batch.bytes_read, batch.changed_at = read, position, at
    batch.rows += len(rows)
    batch.problems += len(problems)
    batch.save(update_fields=["read", "bytes_read", "changed_at", "rows", "problems"])
    return True


def _written(batch: Batch, line: int, told: Told, usual: datetime) -> tuple[object, ...]:
    attributes = orjson.dumps(told.attributes).decode() if told.attributes else None
    return (
        "IMPORT", told.touchpoint or batch.touchpoint, batch.journey, "UNKNOWN", batch.office_id, "",
        told.stars, told.recommend, mask(told.comment).text, b"", attributes, told.positive, batch.pk,
        line, told.said_at or usual, batch.asked_by,
    )  # fmt: skip


@tx.use_case
def finish_reading(*, batch_id: int, at: datetime) -> None:
    """Say that the file is read to its end, and have its comments analysed."""
    from .analysing import ask_step

    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != "READING":
        return
    batch.state, batch.finished_at, batch.changed_at = "DONE", at, at
    batch.save(update_fields=["state", "finished_at", "changed_at"])
    actor = Ref.parse(batch.asked_by)
    journal.record(
        events.ImportFinished(batch_id=batch.pk, rows=batch.rows, problems=batch.problems),
        about=batch.ref, actor=actor, at=at,
    )  # fmt: skip
    if batch.rows:
        ask_step(office_id=batch.office_id, batch_id=batch.pk, since=None, actor=actor, at=at)


@tx.use_case
def refuse_file(*, batch_id: int, problem: str, at: datetime) -> None:
    """Say that the file as a whole cannot be read after all, and why."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state not in UNDER_WAY:
        return
    batch.state, batch.problem, batch.changed_at = "FAILED", str(problem)[:300], at
    batch.save(update_fields=["state", "problem", "changed_at"])
    journal.record(
        events.ImportFailed(batch_id=batch.pk), about=batch.ref,
        actor=Ref.parse(batch.asked_by), at=at,
    )  # fmt: skip


@tx.use_case
def stop_import(*, batch_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Stop reading; what is loaded stays. :raises BatchNotFound: none of one's offices."""
    found = Batch.objects.filter(pk=batch_id, office_id__in=access.offices_for("voice.manage"))
    if not found.exists():
        raise BatchNotFound
    found.filter(state__in=UNDER_WAY).update(state="STOPPED", changed_at=at, finished_at=at)
