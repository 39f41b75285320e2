"""Conversations read once they are written up; a seat warned while typing."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from yilu.contact import queries as contact
from yilu.contact.queries import TurnView
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.quality import events, inspection_events
from yilu.quality.books import phrases, versions
from yilu.quality.books.phrases import Hit
from yilu.quality.models import Finding, Reading
from yilu.quality.operations.judging import QUEUE as MISRECORDED_QUEUE
from yilu.work import operations as work

AT_ONCE = 500
MISRECORDED = "complaint_not_recorded"


@tx.step
def read(conversation_id: int, *, at: datetime) -> int:
    """Read a conversation once for ever; how many findings it has. Without a seat there is none."""
    talk = contact.get_conversation(conversation_id)
    if talk.seat_id is None or Reading.objects.filter(pk=conversation_id).exists():
        return 0
    book = versions.phrases_on(day_of(at))
    turns = _turns(conversation_id)
    said = [turn for turn in turns if turn.who == "SEAT"]
    found = [
        ("FORBIDDEN", code, turn.id)
        for turn in said
        for code in dict.fromkeys(h.code for h in book.phrases.scan(phrases.tidy(turn.text)))
    ]
    if talk.channel in phrases.WRITTEN:
        found += [("MISSING", code, 0) for code in phrases.missing([t.text for t in said], book)]
    heard = [turn.text for turn in turns if turn.who == "CUSTOMER"]
    if talk.reason != "COMPLAINT" and phrases.reads_like_complaint(heard, book):
        found.append(("RECORD", MISRECORDED, 0))
    # Two workers may read at once: the key lets one of them write.
    made = tx.rows(
        "insert into quality_reading (conversation_id, office_id, seat_id, turns, findings, read_at)"
        " values (%s::bigint, %s::bigint, %s::bigint, %s::int, %s::int, %s::timestamptz)"
        " on conflict do nothing returning conversation_id",
        [talk.id, talk.office_id, talk.seat_id, len(said), len(found), at],
    )
    if not made:
        return 0
    rows = Finding.objects.bulk_create(
        Finding(
            conversation_id=talk.id, kind=kind, code=code, turn_id=turn_id, office_id=talk.office_id,
            seat_id=talk.seat_id, found_at=at,
        )
        for kind, code, turn_id in found
    )  # fmt: skip
    for row in rows:
        if row.kind == "RECORD":
            _doubt(row, talk.party_id, at)
    kinds = [kind for kind, _code, _turn in found]
    fact = events.ConversationRead(
        staff_id=talk.seat_id, forbidden=kinds.count("FORBIDDEN"), missing=kinds.count("MISSING"),
        misrecorded="RECORD" in kinds,
    )  # fmt: skip
    journal.record(
        fact, about=Ref("conversation", talk.id), actor=SYSTEM, at=at, party=talk.party_id
    )
    return len(found)


@tx.step
def read_heard(conversation_id: int, *, at: datetime) -> int:
    """
    Forbidden phrases in what a seat said on a call, where the conversation was read before; how many.

    One not read yet is read with its words when it is written up. Twice is once.
    """
    row = Reading.objects.select_for_update().filter(pk=conversation_id).first()
    if row is None:
        return 0
    told = versions.phrases_on(day_of(at)).phrases
    said = [turn for turn in _turns(conversation_id) if turn.who == "SEAT"]
    known = set(
        Finding.objects.filter(conversation_id=conversation_id, kind="FORBIDDEN").values_list(
            "code", "turn_id"
        )
    )
    found = [
        (code, turn.id)
        for turn in said
        for code in dict.fromkeys(h.code for h in told.scan(phrases.tidy(turn.text)))
        if (code, turn.id) not in known
    ]
    Finding.objects.bulk_create(
        Finding(
            conversation_id=conversation_id, kind="FORBIDDEN", code=code, turn_id=turn_id,
            office_id=row.office_id, seat_id=row.seat_id, found_at=at,
        )
        for code, turn_id in found
    )  # fmt: skip
    row.turns, row.findings = len(said), row.findings + len(found)
    row.save(update_fields=["turns", "findings"])
    return len(found)


@tx.use_case
def read_now(*, conversation_id: int, at: datetime) -> int:
    """The same as a use case of its own: for the demo."""
    return read(conversation_id, at=at)


@tx.use_case
def warn(
    *, conversation_id: int, text: str, staff_id: int, actor: Ref, at: datetime
) -> tuple[Hit, ...]:
    """
    What a seat should not send, before it is sent. Never holds the sending up; noted once a rule.

    Nothing is looked at but one's own conversation: the door has checked that.
    """
    talk = contact.get_conversation(conversation_id)
    hits = versions.phrases_on(day_of(at)).phrases.scan(phrases.tidy(text[:4000]))
    for code in dict.fromkeys(hit.code for hit in hits):
        row, made = Finding.objects.get_or_create(
            conversation_id=talk.id, kind="TYPED", code=code, turn_id=0,
            defaults={"office_id": talk.office_id, "seat_id": staff_id, "found_at": at},
        )  # fmt: skip
        if made:
            fact = events.PhraseTyped(code=code, staff_id=staff_id)
            journal.record(fact, about=Ref("conversation", talk.id), actor=actor, at=at)
        else:
            Finding.objects.filter(pk=row.pk).update(times=F("times") + 1)
    return hits


def _doubt(row: Finding, party_id: int | None, at: datetime) -> None:
    """Whoever handles complaints decides whether this was one."""
    about = Ref("finding", row.pk)
    fact = inspection_events.RecordDoubted(office_id=row.office_id)
    journal.record(fact, about=about, actor=SYSTEM, at=at, party=party_id)
    work.open_item(
        MISRECORDED_QUEUE, about=about, office_id=row.office_id, at=at, party_id=party_id,
        title="会话像投诉却没有登记为投诉，请核定", priority=20,
    )  # fmt: skip


def _turns(conversation_id: int) -> list[TurnView]:
    """All of them, however many."""
    turns = contact.turns_of(conversation_id, limit=AT_ONCE)
    while len(turns) % AT_ONCE == 0 and turns:
        more = contact.turns_of(conversation_id, after=turns[-1].id, limit=AT_ONCE)
        if not more:
            break
        turns += more
    return turns
