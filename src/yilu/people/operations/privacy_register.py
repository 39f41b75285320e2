"""The register of personal data protection: assessments, processors, incidents, audits, models (个人信息保护台账)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import PrivacyRecord
from yilu.people.queries.personnel import head_office_id
from yilu.people.rules import privacy_register as rules
from yilu.people.rules.privacy_register import BadPrivacyRecord
from yilu.people.rules.rights import Access

from .privacy_holding import (
    RIGHT,
    Kind,
    NotTheAuthorOfIt,
    PrivacyRecordMoved,
    State,
    Step,
    end_entry,
    held,
    note_step,
    read_note,
    say,
)

TITLE_MAX = 100
PERSONS_MAX = 2_000_000_000
WORK = {
    Kind.INCIDENT: Step.MEASURE, Kind.PROCESSOR: Step.SUPERVISED, Kind.AUDIT: Step.MEASURE,
    Kind.MODEL: Step.MEASURE,
}  # fmt: skip
"""What is noted of a standing entry, by its kind; an assessment is made anew instead."""
RENEWED = (Kind.ASSESSMENT, Kind.MODEL)
"""Made anew by their day: the new entry, once approved, ends the one before."""


class PrivacyNoticesMissing(Refusal):
    """An incident is not over before those were told whom the law names."""

    code = "privacy_notices_missing"
    message = _("还没有通知主管部门，或还没有通知个人（或两人同意不通知），不能结束")
    hint = _("请先登记通知，再结束这起事件。")


@dataclass(frozen=True, slots=True)
class NewPrivacyRecord:
    """What somebody writes into the register; which days and numbers count depends on the kind."""

    kind: str
    title: str
    said: Mapping[str, str] = field(default_factory=dict)
    starts_on: date | None = None
    until: date | None = None
    known_at: datetime | None = None
    persons: int | None = None
    assessment_id: int | None = None
    replaces_id: int | None = None


@tx.use_case
def open_privacy_record(*, new: NewPrivacyRecord, access: Access, actor: Ref, at: datetime) -> int:
    """
    Write a new entry; its id. It waits for another person's approval, but an incident stands at once.

    :raises BadPrivacyRecord: naming what the law asks for and is missing; a processor without a
        standing assessment of handing data on; an incident known only in the future.
    """
    access.require(RIGHT)
    record = PrivacyRecord(kind=new.kind, author=str(actor), opened_at=at)
    _fill(record, new, at)
    if rules.FORMS[new.kind].seconded:
        record.state = State.DRAFT
        record.save()
        say(record, _drafted(record), actor, at)
    else:
        record.state = State.STANDING
        record.save()
        assert record.known_at is not None
        fact = events.PrivacyIncidentReported(
            record_id=record.pk,
            office_id=head_office_id(),
            persons=record.persons or 0,
            known_at=record.known_at.isoformat(),
        )
        say(record, fact, actor, at)
    note_step(record, Step.DRAFTED, "", actor, at)
    return record.pk


@tx.use_case
def write_privacy_record(
    *, record_id: int, revision: int, new: NewPrivacyRecord, access: Access, actor: Ref, at: datetime
) -> None:  # fmt: skip
    """
    Say anew what a draft, or an incident of which more is known, says; who writes last is its author.

    A planned audit keeps the day by which it is due: postponing it would hide that it is late.

    :raises PrivacyRecordMoved: if it was changed since, or stands approved. :raises
        BadPrivacyRecord: as for a new one.
    """
    record = held(record_id, access)
    if not _editable(record) or record.revision != revision or record.kind != new.kind:
        raise PrivacyRecordMoved
    due, known = record.until, record.known_at
    _fill(record, new, at)
    if record.kind == Kind.AUDIT:
        record.until = due
    if record.kind == Kind.INCIDENT:
        record.known_at = known
    record.author, record.revision = str(actor), revision + 1
    record.save()
    note_step(record, Step.EDITED, "", actor, at)
    fact = events.PrivacyRecordEdited(
        record_id=record.pk, register=record.kind, revision=record.revision
    )
    say(record, fact, actor, at)


@tx.use_case
def approve_privacy_record(
    *, record_id: int, revision: int, note: str = "", next_on: date | None = None, access: Access,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Let an entry stand: the second of two people. A new assessment or review ends the one that it replaces.

    An audit that is approved is done: ``next_on`` plans the next one, whose clock begins with it.

    :raises NotTheAuthorOfIt: for whoever wrote it last. :raises PrivacyRecordMoved: if it is no
        draft (any more) or was edited since. :raises BadPrivacyRecord: an audit without a later day
        for the next one; a processor whose assessment stands no more.
    """
    record = held(record_id, access)
    if record.state != State.DRAFT or record.revision != revision:
        raise PrivacyRecordMoved
    if record.author == str(actor):
        raise NotTheAuthorOfIt
    rules.check_whole(record.kind, record.said)
    if record.kind == Kind.AUDIT and (next_on is None or next_on <= day_of(at)):
        raise BadPrivacyRecord(_("请写明下一次审计最迟哪天完成"))
    if record.kind == Kind.PROCESSOR:
        _standing_assessment(record.assessment_id)
    record.state, record.approver, record.approved_at = State.STANDING, str(actor), at
    record.save(update_fields=["state", "approver", "approved_at"])
    note_step(record, Step.APPROVED, read_note(note, needed=False), actor, at)
    fact = events.PrivacyRecordApproved(
        record_id=record.pk,
        office_id=head_office_id(),
        register=record.kind,
        author=record.author,
        until=_iso(record.until),
    )
    say(record, fact, actor, at)
    if record.replaces_id is not None:
        _replaced(record.replaces_id, actor, at)
    if record.kind == Kind.AUDIT and next_on is not None:
        _plan_again(record, next_on, actor, at)


@tx.use_case
def send_privacy_record_back(
    *, record_id: int, revision: int, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say what a draft still lacks. :raises NotTheAuthorOfIt: for its author, who simply edits it.

    :raises PrivacyRecordMoved, BadPrivacyRecord: edited since; without a word why.
    """
    record = held(record_id, access)
    if record.state != State.DRAFT or record.revision != revision:
        raise PrivacyRecordMoved
    if record.author == str(actor):
        raise NotTheAuthorOfIt
    note_step(record, Step.SENT_BACK, read_note(note), actor, at)
    fact = events.PrivacyRecordSentBack(record_id=record.pk, register=record.kind)
    say(record, fact, actor, at)


@tx.use_case
def give_up_privacy_record(
    *, record_id: int, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A draft is not pursued; it stays to be read. A planned audit is never given up: it is due.

    :raises PrivacyRecordMoved: if it is no draft, or an audit.
    """
    record = held(record_id, access)
    if record.state != State.DRAFT or record.kind == Kind.AUDIT:
        raise PrivacyRecordMoved
    end_entry(record, Step.GIVEN_UP, "GIVEN_UP", read_note(note), actor, at)


@tx.use_case
def note_privacy_work(
    *, record_id: int, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Keep what was done about a standing entry: a measure, or how a processor was supervised.

    :raises PrivacyRecordMoved: where nothing is noted of such an entry, or it is over.
    """
    record = held(record_id, access)
    work = WORK.get(Kind(record.kind))
    if record.state != State.STANDING or work is None:
        raise PrivacyRecordMoved
    note_step(record, work, read_note(note), actor, at)
    fact = events.PrivacyWorkNoted(record_id=record.pk, register=record.kind, work=work)
    say(record, fact, actor, at)


@tx.use_case
def end_privacy_record(
    *, record_id: int, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A processor has given back or deleted everything, an incident is dealt with, processing stopped.

    ``note`` says by what that is proved. :raises PrivacyNoticesMissing: for an incident nobody was
        told of. :raises PrivacyRecordMoved: if it does not stand; an audit is over by itself.
    """
    record = held(record_id, access)
    if record.state != State.STANDING or record.kind == Kind.AUDIT:
        raise PrivacyRecordMoved
    if record.kind == Kind.INCIDENT:
        kinds = list(record.steps.order_by("pk").values_list("kind", flat=True))
        if rules.missing_notices(kinds):
            raise PrivacyNoticesMissing
    if record.kind == Kind.ASSESSMENT and _leans_on(record):
        raise BadPrivacyRecord(_("还有受托处理依据这份评估，不能结束"))
    end_entry(record, Step.ENDED, "DONE", read_note(note), actor, at)


def _editable(record: PrivacyRecord) -> bool:
    return record.state == State.DRAFT or (
        record.kind == Kind.INCIDENT and record.state == State.STANDING
    )


def _fill(record: PrivacyRecord, new: NewPrivacyRecord, at: datetime) -> None:
    record.said = rules.read_answers(new.kind, new.said)
    record.title = new.title.strip()
    if not record.title or len(record.title) > TITLE_MAX or "\x00" in record.title:
        raise BadPrivacyRecord(_("请写一个名称，不超过 100 字"))
    form = rules.FORMS[new.kind]
    rules.check_days(new.kind, new.starts_on, new.until)
    record.starts_on = new.starts_on if form.starts else None
    record.until = new.until if form.until else None
    if new.kind == Kind.INCIDENT:
        if new.known_at is None or new.known_at > at:
            raise BadPrivacyRecord(_("请写明什么时候知道的，不能晚于现在"))
        if new.persons is None or not 0 <= new.persons <= PERSONS_MAX:
            raise BadPrivacyRecord(_("请写明大约涉及多少人，还不清楚的写 0"))
        record.known_at, record.persons = new.known_at, new.persons
    if new.kind == Kind.PROCESSOR:
        record.assessment_id = _standing_assessment(new.assessment_id, locked=record.pk is None)
    if new.kind == Kind.MODEL and new.starts_on is not None and new.starts_on > day_of(at):
        raise BadPrivacyRecord(_("最近一次复核的日子不能在今天以后"))
    if new.kind in RENEWED and new.replaces_id is not None:
        old = PrivacyRecord.objects.filter(
            pk=new.replaces_id, kind=new.kind, state=State.STANDING
        ).first()
        if old is None:
            raise BadPrivacyRecord(_("要取代的那一份已不在有效状态"))
        if new.kind == Kind.MODEL and old.said["judge"] != record.said["judge"]:
            raise BadPrivacyRecord(_("复核的应是同一种模型或自动判断，请另行登记"))
        record.replaces_id = old.pk


def _standing_assessment(assessment_id: int | None, *, locked: bool = False) -> int:
    """
    ``locked``: until the new entry that leans on it is there to be seen, nobody ends the assessment.

    An entry that is there already is seen by whoever ends it, who holds the assessment first.
    """
    known = PrivacyRecord.objects.filter(
        pk=assessment_id or 0, kind=Kind.ASSESSMENT, state=State.STANDING
    )
    found = (known.select_for_update(of=("self",)) if locked else known).first()
    if found is None or found.said.get("ground") != "HANDED_ON":
        raise BadPrivacyRecord(
            _("委托处理前应有已批准的影响评估"), hint=_("请先做“委托处理、向他人提供或公开”的影响评估，再登记受托方。")
        )  # fmt: skip
    return found.pk


def _leans_on(record: PrivacyRecord) -> bool:
    return PrivacyRecord.objects.filter(assessment=record).exclude(state=State.ENDED).exists()


@tx.step
def _replaced(record_id: int, actor: Ref, at: datetime) -> None:
    """The entry before; processors that stood on an assessment stand on the new one."""
    old = PrivacyRecord.objects.select_for_update(of=("self",)).get(pk=record_id)
    if old.state != State.STANDING:
        raise PrivacyRecordMoved
    newer = PrivacyRecord.objects.filter(replaces=old, state=State.STANDING).latest("pk")
    if newer.said.get("ground") != old.said.get("ground") and _leans_on(old):
        raise BadPrivacyRecord(_("还有受托处理依据原来的评估，评估原因不能改"))
    PrivacyRecord.objects.filter(assessment=old).exclude(state=State.ENDED).update(assessment=newer)
    end_entry(old, Step.REPLACED, "REPLACED", "", actor, at)


@tx.step
def _plan_again(done: PrivacyRecord, on: date, actor: Ref, at: datetime) -> None:
    said = {**done.said, "findings": "", "corrections": ""}
    planned = PrivacyRecord.objects.create(
        kind=done.kind, title=done.title, said=said, until=on, author=str(actor), opened_at=at,
        state=State.DRAFT,
    )  # fmt: skip
    note_step(planned, Step.DRAFTED, "", actor, at)
    say(planned, _drafted(planned), actor, at)


def _drafted(record: PrivacyRecord) -> events.PrivacyRecordDrafted:
    return events.PrivacyRecordDrafted(
        record_id=record.pk,
        office_id=head_office_id(),
        register=record.kind,
        until=_iso(record.until),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
