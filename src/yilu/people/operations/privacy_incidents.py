"""Who is told of an incident with personal data, and that the persons need not be (个保法 57)."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import PrivacyRecord
from yilu.people.rules import privacy_register as rules
from yilu.people.rules.privacy_register import BadPrivacyRecord
from yilu.people.rules.rights import Access

from .privacy_holding import (
    Kind,
    NotTheAuthorOfIt,
    PrivacyRecordMoved,
    State,
    Step,
    held,
    note_step,
    read_note,
    say,
)


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
    note_step(record, Step[f"{addressee}_TOLD"], read_note(note), actor, at, told_at)
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
    note_step(record, Step[outcome], read_note(note), actor, at)
    _notice(record, "PERSONS", outcome, actor, at)


def _incident(record_id: int, access: Access) -> PrivacyRecord:
    record = held(record_id, access)
    if record.kind != Kind.INCIDENT or record.state != State.STANDING:
        raise PrivacyRecordMoved
    return record


@tx.step
def _notice(record: PrivacyRecord, addressee: str, outcome: str, actor: Ref, at: datetime) -> None:
    fact = events.PrivacyNoticeRecorded(record_id=record.pk, addressee=addressee, outcome=outcome)
    say(record, fact, actor, at)
