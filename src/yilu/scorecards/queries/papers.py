"""Reports of outside surveys, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.people.queries import Access
from yilu.scorecards.models import StudyPaper
from yilu.scorecards.refusals import PaperNotFound
from yilu.scorecards.rules.papers import media_type
from yilu.scorecards.storage import drawer


@dataclass(frozen=True, slots=True)
class PaperView:
    """One report."""

    id: int
    study_id: int
    filename: str
    size: int
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A report opened."""

    content: bytes
    media_type: str
    filename: str


def papers_of_studies() -> dict[int, list[PaperView]]:
    """Every report by its survey, the newest first."""
    found: dict[int, list[PaperView]] = {}
    for row in StudyPaper.objects.order_by("-pk")[:1_000]:
        view = PaperView(row.pk, row.study_id, row.filename, row.size, row.added_by, row.added_at)
        found.setdefault(row.study_id, []).append(view)
    return found


def open_paper(paper_id: int, access: Access) -> PaperFile:
    """One report. :raises PaperNotFound: none. :raises FileMissing: the disk lost it."""
    access.require("scorecards.view")
    row = StudyPaper.objects.filter(pk=paper_id).first()
    if row is None:
        raise PaperNotFound
    content = drawer.get(f"{row.sha256[:2]}/{row.sha256}")
    return PaperFile(content, media_type(content), row.filename)
