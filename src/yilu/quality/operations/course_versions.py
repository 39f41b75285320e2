"""Courses are written and changed by new versions: one person writes, another approves."""

from __future__ import annotations

import re
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality import events
from yilu.quality.books import courses as shipped
from yilu.quality.models import CourseVersion
from yilu.quality.operations import drafting
from yilu.quality.queries.in_force import course_shape
from yilu.quality.rules import courses
from yilu.quality.training_refusals import (
    BadNewCode,
    CourseNotFound,
    OwnTrainingDraft,
    TrainingDraftChanged,
)

_State = CourseVersion.State
CODE = re.compile(r"[a-z][a-z0-9_]{2,29}")


@tx.use_case
def load_courses(at: datetime) -> int:
    """The shipped courses that are not there yet; how many."""
    drafting.one_writer("courses")
    texts = shipped.shipped()
    known = CourseVersion.objects.values_list("course", flat=True)
    made = CourseVersion.objects.bulk_create(
        CourseVersion(course=code, state=_State.APPROVED, text=texts[code], **drafting.shipped(at))
        for code in drafting.missing(texts, known)
    )
    for row in made:
        _record_approved(row, SYSTEM, at)
    return len(made)


@tx.use_case
def write_course(
    *, course: str, text: str, revision: int, access: Access, actor: Ref, at: datetime, new: bool = False
) -> int:  # fmt: skip
    """
    Write a course's next version, or rewrite its draft as it was seen (``revision`` 0: none yet); its id.

    ``new`` begins a course that is not there yet. :raises BadNewCode: no code could be like this, or taken.
    :raises BadCourse: the text is none. :raises TrainingDraftChanged: somebody else wrote meanwhile.
    :raises CourseNotFound: no such course.
    """
    access.require("quality.manage")
    drafting.one_writer(f"course.{course}")
    versions = CourseVersion.objects.filter(course=course)
    if new and (versions.exists() or not CODE.fullmatch(course)):
        raise BadNewCode
    if not new and not versions.exists():
        raise CourseNotFound
    text = drafting.tidy(text)
    course_shape(people.ROLE_LABELS).read(text)
    courses.read(text)
    draft = drafting.next_draft(
        versions, CourseVersion(course=course), revision=revision, changed=TrainingDraftChanged
    )
    draft.text = text
    drafting.sign(draft, actor=actor, at=at)
    fact = events.CourseDrafted(course=course, version=draft.number, revision=draft.revision)
    journal.record(fact, about=Ref("course", draft.pk), actor=actor, at=at)
    return draft.pk


@tx.use_case
def approve_course(
    *, version_id: int, revision: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Approve a draft as it was seen: who begins from now on takes it.

    :raises OwnTrainingDraft: whoever wrote it does not approve. :raises TrainingDraftChanged: not as seen.
    """
    access.require("quality.manage")
    row = drafting.locked(CourseVersion.objects.all(), version_id, missing=CourseNotFound)
    drafting.refuse_unseen_or_own(
        row, revision=revision, actor=actor, changed=TrainingDraftChanged, own=OwnTrainingDraft
    )
    row.state = _State.APPROVED
    drafting.approve(row, actor=actor, at=at)
    _record_approved(row, actor, at)


@tx.use_case
def discard_course(*, version_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Give a draft up. :raises TrainingDraftChanged: an approved version is replaced, never deleted."""
    access.require("quality.manage")
    row = drafting.locked(CourseVersion.objects.all(), version_id, missing=CourseNotFound)
    if row.state != _State.DRAFT:
        raise TrainingDraftChanged
    fact = events.CourseDiscarded(course=row.course, version=row.number)
    journal.record(fact, about=Ref("course", row.pk), actor=actor, at=at)
    row.delete()


def _record_approved(row: CourseVersion, actor: Ref, at: datetime) -> None:
    fact = events.CourseApproved(course=row.course, version=row.number)
    journal.record(fact, about=Ref("course", row.pk), actor=actor, at=at)
