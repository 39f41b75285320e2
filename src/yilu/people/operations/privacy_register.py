"""The register of personal data protection: assessments, processors, incidents, audits, models (个人信息保护台账)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import PrivacyRecord, PrivacyStep
from yilu.people.queries.personnel import head_office_id
from yilu.people.queries.privacy_register import PrivacyRecordNotFound
from yilu.people.rules import privacy_register as rules
from yilu.people.rules.privacy_register import BadPrivacyRecord
from yilu.people.rules.rights import Access

__all__ = [
    "BadPrivacyRecord",
    "NewPrivacyRecord",
    "NotTheAuthorOfIt",
    "PrivacyNoticesMissing",
    "PrivacyRecordMoved",
    "PrivacyRecordNotFound",
    "approve_privacy_record",
    "decide_not_to_tell",
    "end_privacy_record",
    "give_up_privacy_record",
    "note_privacy_work",
    "open_privacy_record",
    "send_privacy_record_back",
    "tell_of_incident",
    "write_privacy_record",
]
RIGHT = "people.privacy"
NOTE_MAX = 1000
TITLE_MAX = 100
PERSONS_MAX = 2_000_000_000
State, Kind, Step = PrivacyRecord.State, PrivacyRecord.Kind, PrivacyStep.Kind
WORK = {
    Kind.INCIDENT: Step.MEASURE, Kind.PROCESSOR: Step.SUPERVISED, Kind.AUDIT: Step.MEASURE,
    Kind.MODEL: Step.MEASURE,
}  # fmt: skip
"""What is noted of a standing entry, by its kind; an assessment is made anew instead."""
RENEWED = (Kind.ASSESSMENT, Kind.MODEL)
"""Made anew by their day: the new entry, once approved, ends the one before."""


class NotTheAuthorOfIt(NotAllowed):
    """Two people: whoever wrote or proposed it does not approve it."""

    code = "privacy_same_hands"
    message = _("编制或提出的人不能自己批准")
    hint = _("请由另一位负责个人信息保护的同事复核。")


class PrivacyRecordMoved(Refusal):
    """A colleague was quicker."""

    code = "privacy_record_moved"
    message = _("这份台账刚刚有变动，现在不能这样办理")
    hint = _("请刷新页面，看过最新内容后再办理。")


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
        _say(record, _drafted(record), actor, at)
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
        _say(record, fact, actor, at)
    _step(record, Step.DRAFTED, "", actor, at)
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
    record = _held(record_id, access)
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
    _step(record, Step.EDITED, "", actor, at)
    fact = events.PrivacyRecordEdited(
        record_id=record.pk, register=record.kind, revision=record.revision
    )
    _say(record, fact, actor, at)


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
    record = _held(record_id, access)
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
    _step(record, Step.APPROVED, _read_note(note, needed=False), actor, at)
    fact = events.PrivacyRecordApproved(
        record_id=record.pk,
        office_id=head_office_id(),
        register=record.kind,
        author=record.author,
        until=_iso(record.until),
    )
    _say(record, fact, actor, at)
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
    record = _held(record_id, access)
    if record.state != State.DRAFT or record.revision != revision:
        raise PrivacyRecordMoved
    if record.author == str(actor):
        raise NotTheAuthorOfIt
    _step(record, Step.SENT_BACK, _read_note(note), actor, at)
    fact = events.PrivacyRecordSentBack(record_id=record.pk, register=record.kind)
    _say(record, fact, actor, at)


@tx.use_case
def give_up_privacy_record(
    *, record_id: int, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A draft is not pursued; it stays to be read. A planned audit is never given up: it is due.

    :raises PrivacyRecordMoved: if it is no draft, or an audit.
    """
    record = _held(record_id, access)
    if record.state != State.DRAFT or record.kind == Kind.AUDIT:
        raise PrivacyRecordMoved
    _end(record, Step.GIVEN_UP, "GIVEN_UP", _read_note(note), actor, at)


@tx.use_case
def note_privacy_work(
    *, record_id: int, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Keep what was done about a standing entry: a measure, or how a processor was supervised.

    :raises PrivacyRecordMoved: where nothing is noted of such an entry, or it is over.
    """
    record = _held(record_id, access)
    work = WORK.get(Kind(record.kind))
    if record.state != State.STANDING or work is None:
        raise PrivacyRecordMoved
    _step(record, work, _read_note(note), actor, at)
    fact = events.PrivacyWorkNoted(record_id=record.pk, register=record.kind, work=work)
    _say(record, fact, actor, at)


@tx.use_case
def tell_of_incident(
    *, record_id: int, addressee: str, told_at: datetime | None, note: str, access: Access,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Keep that the authority (AUTHORITY) or the persons (PERSONS) were told: when, and how.

    Each may be told again: a first notice is often followed by a fuller one.

    :raises BadPrivacyRecord: before the incident was known, in the future, or without saying how.
    """
    record = _incident(record_id, access)
    if addressee not in ("AUTHORITY", "PERSONS"):
        raise BadPrivacyRecord(_("请选择通知了谁"))
    assert record.known_at is not None
    if told_at is None or not record.known_at <= told_at <= at:
        raise BadPrivacyRecord(_("通知的时间不能早于知悉时间，也不能晚于现在"))
    _step(record, Step[f"{addressee}_TOLD"], _read_note(note), actor, at, told_at)
    _notice(record, addressee, "TOLD", actor, at)


@tx.use_case
def decide_not_to_tell(
    *, record_id: int, agree: bool | None, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Whether the persons need not be told, because the measures keep harm away (个保法 57): one proposes
    it (``agree`` None), another agrees or refuses; both say why.

    :raises NotTheAuthorOfIt: for whoever proposed it. :raises PrivacyRecordMoved: where nothing is
        proposed, something is already, or they were told meanwhile.
    """
    record = _incident(record_id, access)
    steps = list(record.steps.order_by("pk").values_list("kind", "actor"))
    kinds = [kind for kind, _who in steps]
    if agree is None:
        if "PERSONS" not in rules.missing_notices(kinds) or rules.asks_not_to_tell(kinds):
            raise PrivacyRecordMoved
        outcome = "NOT_TOLD_ASKED"
    else:
        if not rules.asks_not_to_tell(kinds):
            raise PrivacyRecordMoved
        asked_by = [who for kind, who in steps if kind == Step.NOT_TOLD_ASKED][-1]
        if asked_by == str(actor):
            raise NotTheAuthorOfIt
        outcome = "NOT_TOLD_AGREED" if agree else "NOT_TOLD_REFUSED"
    _step(record, Step[outcome], _read_note(note), actor, at)
    _notice(record, "PERSONS", outcome, actor, at)


@tx.use_case
def end_privacy_record(
    *, record_id: int, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A processor has given back or deleted everything, an incident is dealt with, processing stopped.

    ``note`` says by what that is proved. :raises PrivacyNoticesMissing: for an incident nobody was
        told of. :raises PrivacyRecordMoved: if it does not stand; an audit is over by itself.
    """
    record = _held(record_id, access)
    if record.state != State.STANDING or record.kind == Kind.AUDIT:
        raise PrivacyRecordMoved
    if record.kind == Kind.INCIDENT:
        kinds = list(record.steps.order_by("pk").values_list("kind", flat=True))
        if rules.missing_notices(kinds):
            raise PrivacyNoticesMissing
    if record.kind == Kind.ASSESSMENT and _leans_on(record):
        raise BadPrivacyRecord(_("还有受托处理依据这份评估，不能结束"))
    _end(record, Step.ENDED, "DONE", _read_note(note), actor, at)


def _editable(record: PrivacyRecord) -> bool:
    return record.state == State.DRAFT or (
        record.kind == Kind.INCIDENT and record.state == State.STANDING
    )


def _held(record_id: int, access: Access) -> PrivacyRecord:
    access.require(RIGHT)
    found = PrivacyRecord.objects.select_for_update(of=("self",)).filter(pk=record_id).first()
    if found is None:
        raise PrivacyRecordNotFound
    return found


def _incident(record_id: int, access: Access) -> PrivacyRecord:
    record = _held(record_id, access)
    if record.kind != Kind.INCIDENT or record.state != State.STANDING:
        raise PrivacyRecordMoved
    return record


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
        record.assessment_id = _standing_assessment(new.assessment_id, held=record.pk is None)
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


def _standing_assessment(assessment_id: int | None, *, held: bool = False) -> int:
    """
    ``held``: until the new entry that leans on it is there to be seen, nobody ends the assessment.

    An entry that is there already is seen by whoever ends it, who holds the assessment first.
    """
    known = PrivacyRecord.objects.filter(
        pk=assessment_id or 0, kind=Kind.ASSESSMENT, state=State.STANDING
    )
    found = (known.select_for_update(of=("self",)) if held else known).first()
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
    _end(old, Step.REPLACED, "REPLACED", "", actor, at)


@tx.step
def _plan_again(done: PrivacyRecord, on: date, actor: Ref, at: datetime) -> None:
    said = {**done.said, "findings": "", "corrections": ""}
    planned = PrivacyRecord.objects.create(
        kind=done.kind, title=done.title, said=said, until=on, author=str(actor), opened_at=at,
        state=State.DRAFT,
    )  # fmt: skip
    _step(planned, Step.DRAFTED, "", actor, at)
    _say(planned, _drafted(planned), actor, at)


@tx.step
def _end(
    record: PrivacyRecord, kind: str, outcome: str, note: str, actor: Ref, at: datetime
) -> None:
    record.state, record.ended_at = State.ENDED, at
    record.save(update_fields=["state", "ended_at"])
    _step(record, kind, note, actor, at)
    fact = events.PrivacyRecordEnded(record_id=record.pk, register=record.kind, outcome=outcome)
    _say(record, fact, actor, at)


@tx.step
def _notice(record: PrivacyRecord, addressee: str, outcome: str, actor: Ref, at: datetime) -> None:
    fact = events.PrivacyNoticeRecorded(record_id=record.pk, addressee=addressee, outcome=outcome)
    _say(record, fact, actor, at)


@tx.step
def _step(
    record: PrivacyRecord, kind: str, note: str, actor: Ref, at: datetime,
    happened_at: datetime | None = None,
) -> None:  # fmt: skip
    PrivacyStep.objects.create(
        record=record, kind=kind, note=note, happened_at=happened_at or at, actor=str(actor),
        noted_at=at,
    )  # fmt: skip


@tx.step
def _say(record: PrivacyRecord, fact: object, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=Ref("privacy_record", record.pk), actor=actor, at=at)


def _drafted(record: PrivacyRecord) -> events.PrivacyRecordDrafted:
    return events.PrivacyRecordDrafted(
        record_id=record.pk,
        office_id=head_office_id(),
        register=record.kind,
        until=_iso(record.until),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read_note(note: str, *, needed: bool = True) -> str:
    text = note.strip()
    if (needed and not text) or len(text) > NOTE_MAX or "\x00" in text:
        raise BadPrivacyRecord(_("请写明情况和依据，不超过 1000 字"))
    return text
