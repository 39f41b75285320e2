"""Reads of the register of personal data protection (个人信息保护台账)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.models import PrivacyRecord, PrivacyStep
from yilu.people.rules import privacy_register as rules
from yilu.people.rules.privacy_register import FORMS, Form
from yilu.people.rules.rights import Access

__all__ = [
    "FORMS",
    "PRIVACY_KINDS",
    "PrivacyEntry",
    "PrivacyRecordNotFound",
    "PrivacyRow",
    "PrivacyStepView",
    "judges_without_entry",
    "list_privacy_records",
    "privacy_export",
    "see_privacy_record",
    "standing_assessments",
    "standing_judges",
]
RIGHT = "people.privacy_read"
PAGE = 30
PRIVACY_KINDS: tuple[tuple[str, str], ...] = tuple(
    (kind, PrivacyRecord.Kind(kind).label) for kind in FORMS
)


class PrivacyRecordNotFound(NotFound):
    """No such entry."""

    code = "privacy_record_not_found"
    message = _("没有这份台账")
    hint = _("请从个人信息保护台账的清单进入。")


@dataclass(frozen=True, slots=True)
class PrivacyRow:
    """One entry in a list; ``missing``: whom nobody has told yet of an incident."""

    id: int
    kind: str
    title: str
    state: str
    state_label: str
    until: date | None
    known_at: datetime | None
    opened_at: datetime
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrivacyStepView:
    """One thing that was done about an entry."""

    kind: str
    label: str
    note: str
    happened_at: datetime
    noted_at: datetime
    actor: Ref


@dataclass(frozen=True, slots=True)
class PrivacyEntry:
    """One entry with everything that was said and done, the latest step first."""

    row: PrivacyRow
    label: str
    form: Form
    said: dict[str, str]
    starts_on: date | None
    persons: int | None
    assessment_id: int | None
    assessment_title: str
    replaces_id: int | None
    revision: int
    author: Ref
    approver: Ref | None
    approved_at: datetime | None
    kept_until: date | None
    late: bool
    asks_not_to_tell: bool
    asked_by: Ref | None
    steps: tuple[PrivacyStepView, ...]

    @property
    def answers(self) -> tuple[tuple[str, str, bool], ...]:
        """What is asked, what was answered, and whether the answer is a word of ours."""
        return tuple(
            (f.label, dict(f.choices).get(self.said.get(f.name, ""), self.said.get(f.name, "")),
             bool(f.choices))
            for f in self.form.fields
        )  # fmt: skip


def list_privacy_records(
    access: Access, kind: str, state: str = "", before: int | None = None
) -> tuple[list[PrivacyRow], int | None]:
    """A page of one kind, the newest first, and the key of the next page. Two statements at most."""
    access.require(RIGHT)
    found = PrivacyRecord.objects.filter(kind=kind)
    if state:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    page = rows[:PAGE]
    steps: dict[int, list[str]] = {}
    if kind == PrivacyRecord.Kind.INCIDENT and page:
        told = PrivacyStep.objects.filter(record__in=page).order_by("pk")
        for record_id, step in told.values_list("record_id", "kind"):
            steps.setdefault(record_id, []).append(step)
    return [_row(r, steps.get(r.pk, [])) for r in page], page[-1].pk if len(rows) > PAGE else None


def standing_assessments(access: Access, ground: str = "") -> list[tuple[int, str]]:
    """Assessments that stand, by id and title, the newest first; of one ground only if it is given."""
    access.require(RIGHT)
    found = PrivacyRecord.objects.filter(kind="ASSESSMENT", state="STANDING")
    if ground:
        found = found.filter(said__ground=ground)
    return list(found.order_by("-pk").values_list("pk", "title")[:200])


def judges_without_entry(access: Access) -> list[str]:
    """What judges by itself in the platform and has no entry that stands, in the order of the form."""
    access.require(RIGHT)
    standing = PrivacyRecord.objects.filter(kind=PrivacyRecord.Kind.MODEL, state="STANDING")
    known = {*standing.values_list("said__judge", flat=True), "OTHER"}
    return [name for code, name in rules.JUDGES if code not in known]


@dataclass(frozen=True, slots=True)
class JudgeEntry:
    """The entry that stands for a model or automatic judge: who answers for it, and its version."""

    record_id: int
    owner: str
    version: str


def standing_judges(access: Access) -> dict[str, JudgeEntry]:
    """What stands in the register of models, the newest entry of each judge by its code."""
    access.require(RIGHT)
    standing = PrivacyRecord.objects.filter(kind=PrivacyRecord.Kind.MODEL, state="STANDING")
    return {
        said["judge"]: JudgeEntry(pk, said.get("owner", ""), said.get("version", ""))
        for pk, said in standing.order_by("pk").values_list("pk", "said")
    }


def see_privacy_record(access: Access, record_id: int) -> PrivacyEntry:
    """One entry. :raises PrivacyRecordNotFound: if there is none."""
    access.require(RIGHT)
    record = PrivacyRecord.objects.select_related("assessment").filter(pk=record_id).first()
    if record is None:
        raise PrivacyRecordNotFound
    return _entry(record, list(record.steps.order_by("pk")))


def privacy_export(access: Access, kind: str) -> Iterator[PrivacyEntry]:
    """Every entry of one kind, oldest first, for whoever the law lets look at them."""
    access.require(RIGHT)
    found = PrivacyRecord.objects.filter(kind=kind).select_related("assessment")
    for record in found.prefetch_related("steps").order_by("pk").iterator(chunk_size=200):
        yield _entry(record, sorted(record.steps.all(), key=lambda step: step.pk))


def _row(record: PrivacyRecord, steps: list[str]) -> PrivacyRow:
    incident = record.kind == PrivacyRecord.Kind.INCIDENT
    return PrivacyRow(
        id=record.pk, kind=record.kind, title=record.title, state=record.state,
        state_label=_state_label(record), until=record.until, known_at=record.known_at,
        opened_at=record.opened_at, missing=rules.missing_notices(steps) if incident else (),
    )  # fmt: skip


_STANDING = {
    "MODEL": _("使用中"),
    "INCIDENT": _("处理中"),
    "AUDIT": _("已完成"),
    "PROCESSOR": _("委托中"),
}


def _state_label(record: PrivacyRecord) -> str:
    if record.kind == "AUDIT" and record.state == "DRAFT":
        return _("待完成")
    if record.state == "STANDING":
        return _STANDING.get(record.kind, record.get_state_display())
    return record.get_state_display()


def _entry(record: PrivacyRecord, steps: list[PrivacyStep]) -> PrivacyEntry:
    kinds = [step.kind for step in steps]
    asked = [step.actor for step in steps if step.kind == PrivacyStep.Kind.NOT_TOLD_ASKED]
    asks = rules.asks_not_to_tell(kinds)
    return PrivacyEntry(
        row=_row(record, kinds), label=record.get_kind_display(), form=FORMS[record.kind],
        said=record.said, starts_on=record.starts_on, persons=record.persons,
        assessment_id=record.assessment_id,
        assessment_title=record.assessment.title if record.assessment else "",
        replaces_id=record.replaces_id, revision=record.revision,
        author=Ref.parse(record.author),
        approver=Ref.parse(record.approver) if record.approver else None,
        approved_at=record.approved_at,
        kept_until=rules.kept_until(record.approved_at or record.ended_at),
        late=rules.began_too_early(record.kind, record.starts_on, record.approved_at),
        asks_not_to_tell=asks, asked_by=Ref.parse(asked[-1]) if asks else None,
        steps=tuple(
            PrivacyStepView(
                step.kind, step.get_kind_display(), step.note, step.happened_at, step.noted_at,
                Ref.parse(step.actor),
            )
            for step in reversed(steps)
        ),
    )  # fmt: skip
