"""What every operation on the register of personal data protection begins and ends with."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import PrivacyRecord, PrivacyStep
from yilu.people.queries.privacy_register import PrivacyRecordNotFound
from yilu.people.rules.privacy_register import BadPrivacyRecord
from yilu.people.rules.rights import Access

RIGHT = "people.privacy"
NOTE_MAX = 1000
State, Kind, Step = PrivacyRecord.State, PrivacyRecord.Kind, PrivacyStep.Kind


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


def held(record_id: int, access: Access) -> PrivacyRecord:
    """An entry, locked, for whoever may write. :raises PrivacyRecordNotFound: if there is none."""
    access.require(RIGHT)
    found = PrivacyRecord.objects.select_for_update(of=("self",)).filter(pk=record_id).first()
    if found is None:
        raise PrivacyRecordNotFound
    return found


@tx.step
def end_entry(
    record: PrivacyRecord, kind: str, outcome: str, note: str, actor: Ref, at: datetime
) -> None:
    """The entry is over; it stays to be read."""
    record.state, record.ended_at = State.ENDED, at
    record.save(update_fields=["state", "ended_at"])
    note_step(record, kind, note, actor, at)
    fact = events.PrivacyRecordEnded(record_id=record.pk, register=record.kind, outcome=outcome)
    say(record, fact, actor, at)


@tx.step
def note_step(
    record: PrivacyRecord, kind: str, note: str, actor: Ref, at: datetime,
    happened_at: datetime | None = None,
) -> None:  # fmt: skip
    """One more step in the history of an entry."""
    PrivacyStep.objects.create(
        record=record, kind=kind, note=note, happened_at=happened_at or at, actor=str(actor),
        noted_at=at,
    )  # fmt: skip


@tx.step
def say(record: PrivacyRecord, fact: object, actor: Ref, at: datetime) -> None:
    """Record an event about an entry."""
    journal.record(fact, about=Ref("privacy_record", record.pk), actor=actor, at=at)


def read_note(note: str, *, needed: bool = True) -> str:
    """What somebody wrote beside a step, tidied. :raises BadPrivacyRecord: missing, or too long."""
    text = note.strip()
    if (needed and not text) or len(text) > NOTE_MAX or "\x00" in text:
        raise BadPrivacyRecord(_("请写明情况和依据，不超过 1000 字"))
    return text
