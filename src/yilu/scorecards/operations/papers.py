"""The report an outside survey's figures come from is kept, sealed, beside them (A132)."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.kernel.resealing import FilePass
from yilu.people.queries import Access
from yilu.scorecards import events
from yilu.scorecards.models import StudyPaper
from yilu.scorecards.refusals import BadPaper, PaperNotFound
from yilu.scorecards.rules.papers import LARGEST, media_type
from yilu.scorecards.storage import drawer
from yilu.voice import queries as voice

_files = FilePass(drawer)


@tx.use_case
def add_paper(
    *, study_id: int, filename: str, content: bytes, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Keep a survey's report; the same file again is the same paper. Its id.

    :raises BadPaper: no PDF, PNG or JPEG, empty or too large. :raises PaperNotFound: no such survey.
    """
    access.require("scorecards.manage")
    if not 0 < len(content) <= LARGEST or not media_type(content):
        raise BadPaper
    if study_id not in {study.id for study in voice.list_studies(limit=5_000)}:
        raise PaperNotFound
    digest = hashlib.sha256(content).hexdigest()
    bare = re.sub(r"[\x00-\x1f/\\]", "", filename)[-120:] or "report"
    held = StudyPaper.objects.filter(study_id=study_id, sha256=digest).first()
    if held is not None:
        return held.pk
    drawer.keep(content, digest)
    made, new = StudyPaper.objects.get_or_create(
        study_id=study_id, sha256=digest,
        defaults={
            "filename": bare, "size": len(content), "added_by": str(actor), "added_at": at,
        },
    )  # fmt: skip
    if new:
        fact = events.StudyPaperAdded(study_id=study_id)
        journal.record(fact, about=Ref("voice_study", study_id), actor=actor, at=at)
    return made.pk


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """After a new sealing key: seal up to ``limit`` reports anew; 0 when none is outdated."""
    return _files.reseal_some(limit)
