"""What was said on a call: kept in a chain, closed, heard by few, forgotten in its time."""

import hashlib
from datetime import timedelta

import pytest

from tests import make
from tests.contact.desk import Desk, person
from tests.contact.test_ivr_calls import Line
from tests.make import NOON
from tests.retention.sweep import swept
from yilu.contact import jobs, operations, queries, storage
from yilu.contact.models import Call, CallPiece, CallRecording, Conversation
from yilu.contact.operations import calling
from yilu.contact.queries import takes_of
from yilu.gateways.calls.builtin import audio
from yilu.gateways.speech import Heard
from yilu.gateways.speech.fake import FakeSpeech
from yilu.journal import queries as journal
from yilu.kernel import tx
from yilu.quality.models import Finding, Reading
from yilu.quality.operations import reading

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = b"\x10\x20" * 8000


@pytest.fixture
def talk():
    """A call that a seat has answered."""
    desk = Desk()
    seat = desk.seat({"general": 1, "claims": 1})
    line = Line()
    line.keys("0")
    operations.accept(conversation_id=line.row.pk, **seat.told(line.at))
    return desk, seat, line


def keep(number, content=SECOND, take=1, key="c1", sha256=None, at=NOON):
    return operations.record_piece(
        driver="fake", key=key, number=number, take=take, content=content, at=at,
        sha256=sha256 or hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


def close(line):
    line.tell("released")
    return operations.close_recordings(at=line.at + timedelta(minutes=1))


def events(line, kind):
    return [e for e in journal.timeline(line.row.ref) if e.kind == f"contact.{kind}"]


def test_pieces_follow_one_another_and_the_end_is_one_event_with_the_chains_head(talk):
    _desk, seat, line = talk
    assert [keep(1), keep(1), keep(2, b"\x11\x12" * 4), keep(3, take=2)] == [1, 1, 2, 3]
    assert queries.standing("fake", "c1") == (3, 2)
    assert operations.close_recordings(at=line.at) == [], "not while they talk"
    assert not queries.recording_of(line.row.pk, seat.access).closed
    assert len(close(line)) == 1
    assert operations.close_recordings(at=line.at + timedelta(hours=1)) == []
    [closed] = events(line, "recording_closed")
    found = queries.recording_of(line.row.pk, seat.access)
    assert (closed.facts["pieces"], closed.facts["head"]) == (3, found.head)
    assert found.verdict.ok
    assert queries.sound_of(line.row.pk, seat.access) == SECOND + b"\x11\x12" * 4 + SECOND
    assert [len(content) for _begins, content in takes_of(found.id)] == [16_008, 16_000]
    with pytest.raises(operations.RecordingClosed):
        keep(4)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"number": 3}, operations.RecordingPieceOutOfOrder),
        ({"number": 0}, operations.RecordingPieceOutOfOrder),
        ({"number": 2, "take": 3}, operations.RecordingPieceOutOfOrder),
        ({"number": 1, "content": b"\x01\x02"}, operations.OtherRecordingPiece),
        ({"number": 2, "content": b""}, operations.BadRecordingPiece),
        ({"number": 2, "content": b"\x01"}, operations.BadRecordingPiece),
        ({"number": 2, "content": b"\x01\x02" * 600_000}, operations.BadRecordingPiece),
        ({"number": 2, "sha256": "0" * 64}, operations.BadRecordingPiece),
        ({"number": 2, "key": "unknown"}, operations.CallNotFound),
    ],
)  # fmt: skip
def test_a_piece_that_does_not_fit_changes_nothing(talk, wrong, refusal):
    keep(1)
    with pytest.raises(refusal):
        keep(**wrong)
    assert CallPiece.objects.count() == 1
    assert CallRecording.objects.get().pieces == 1


def test_an_altered_and_a_lost_piece_are_named(talk):
    _desk, seat, line = talk
    for number in (1, 2):
        keep(number)
    close(line)
    second = CallPiece.objects.get(number=2)
    storage.drawer.put(b"\x10\x21" * 8000, second.file)
    verdict = queries.recording_of(line.row.pk, seat.access).verdict
    assert (verdict.ok, verdict.piece, verdict.fault) == (False, 2, "ALTERED")
    storage.drawer.remove(second.file)
    assert queries.recording_of(line.row.pk, seat.access).verdict.fault == "GONE"


def test_the_seat_and_its_supervisor_may_hear_and_leave_a_trace_and_nobody_else(talk):
    desk, seat, line = talk
    keep(1)
    close(line)
    strangers = [person(desk.office, "CALL_AGENT"), person(make.office(), "SERVICE_MANAGER")]
    for who in strangers:
        with pytest.raises(operations.RecordingNotFound):
            operations.hear_recording(conversation_id=line.row.pk, **who.told(line.at))
        with pytest.raises(operations.RecordingNotFound):
            queries.sound_of(line.row.pk, who.access)
    assert events(line, "recording_heard") == []
    for who in (seat, desk.boss):
        operations.hear_recording(conversation_id=line.row.pk, **who.told(line.at))
    assert len(events(line, "recording_heard")) == 2


def test_it_is_kept_as_long_as_managers_say(talk):
    make.figure_set("contact.recordings_kept_months", "6")
    _desk, _seat, line = talk
    keep(1)
    close(line)
    assert swept(operations.forget_recordings, at=line.at + timedelta(days=180)) == 0
    assert swept(operations.forget_recordings, at=line.at + timedelta(days=190)) == 1


def test_after_its_time_the_files_are_gone_and_the_digests_stay(talk):
    _desk, seat, line = talk
    keep(1)
    close(line)
    file = CallPiece.objects.get().file
    assert swept(operations.forget_recordings, at=line.at + timedelta(days=365 * 4)) == 0
    later = line.at + timedelta(days=365 * 5 + 3)
    assert swept(operations.forget_recordings, at=later) == 1
    assert swept(operations.forget_recordings, at=later) == 0
    assert not storage.drawer.has(file)
    found = queries.recording_of(line.row.pk, seat.access)
    assert found.forgotten_at == later
    assert CallPiece.objects.get().sha256


def test_a_switch_that_begins_again_releases_what_ended_while_it_was_away(talk):
    _desk, _seat, line = talk
    other = Line(key="c2")
    keep(1)
    assert operations.release_lost(driver="builtin", at=line.at) == 0
    assert operations.release_lost(driver="fake", at=line.at) == 2
    assert operations.release_lost(driver="fake", at=line.at) == 0
    assert (line.row.state, line.row.ending) == ("WRAPPING", "DONE")
    assert other.row.state == "CLOSED"
    assert len(operations.close_recordings(at=line.at + timedelta(minutes=1))) == 1
    with pytest.raises(operations.CallNotFound):
        line.tell(digits="1")


def test_sound_brought_to_a_page_is_joined_as_the_call_stands(settings):
    settings.SWITCH_URL = "http://127.0.0.1:9"
    desk = Desk()
    seat = desk.seat({"general": 1, "claims": 1})
    line = Line()
    Call.objects.update(driver="web")
    told = {"driver": "web", "key": "c1", "at": NOON}
    assert operations.open_sound(**told) == ()
    known = {k.name: k.value for k in queries.known_in(line.row.pk, at=NOON)}
    assert known["way"] == calling.WITH_SOUND
    Call.objects.update(driver="fake")
    line.keys("0")
    Call.objects.update(driver="web")
    assert [type(verb).__name__ for verb in operations.open_sound(**told)] == ["Enqueue"]
    operations.accept(conversation_id=line.row.pk, **seat.told(line.at))
    bridge, record = operations.open_sound(**told)
    assert (bridge.seat, record.of) == (f"seat:{seat.staff_id}", "talk")
    Conversation.objects.filter(pk=line.row.pk).update(state="WRAPPING")
    Call.objects.update(released_at=NOON)
    with pytest.raises(operations.CallNotFound):
        operations.open_sound(**told)


@pytest.mark.parametrize(("url", "jobs"), [("", 0), ("http://127.0.0.1:9", 1)])
def test_a_call_of_a_page_is_told_to_the_switch_where_there_is_one(
    settings, url, jobs, monkeypatch
):
    settings.SWITCH_URL = url
    Desk()
    line = Line()
    Call.objects.update(driver="web")
    deferred = []
    monkeypatch.setattr(calling.journal, "defer", lambda *a, **k: deferred.append(k))
    tx.use_case(calling.tell_exchange)(line.row.pk, "bridge", "seat:3", key="event:1")
    assert [each["driver"] for each in deferred] == ["web"] * jobs


def test_each_side_is_written_down_by_itself_once_and_read_by_quality(talk, monkeypatch):
    _desk, seat, line = talk
    loud = audio.interleaved(*(audio.tone(p, seconds=1, level=0.5) for p in (300, 400)))
    keep(1, loud)
    keep(
        2,
        audio.interleaved(audio.SILENCE, audio.tone(300, seconds=1, level=0.5)),
        2,
        at=NOON + timedelta(seconds=10),
    )
    line.tell("released")
    operations.wrap_up(
        conversation_id=line.row.pk, reason="CONSULT", sub_reason="product", resolved=True,
        **seat.told(line.at),
    )  # fmt: skip
    reading.read_now(conversation_id=line.row.pk, at=line.at)
    [number] = operations.close_recordings(at=line.at + timedelta(minutes=1), transcribe=True)
    heard = FakeSpeech(
        [Heard(0.0, 0.4, "我要理赔")],
        [Heard(0.5, 0.9, "这不归我管，你去找别人")],
        [Heard(0, 1, "再见")],
    )
    monkeypatch.setattr(jobs.speech, "transcriber", lambda: heard)
    for _n in range(2):
        jobs.transcribe(number)
    assert len(heard.asked) == 3, (
        "the silent side is not listened to; the second time finds it done"
    )
    spoken = [(t.who, t.text) for t in queries.turns_of(line.row.pk)][-3:]
    assert spoken == [
        ("CUSTOMER", "我要理赔"),
        ("SEAT", "这不归我管，你去找别人"),
        ("SEAT", "再见"),
    ]
    assert len(events(line, "recording_transcribed")) == 1
    for _n in range(2):
        tx.use_case(reading.read_heard)(line.row.pk, at=line.at)
    assert Reading.objects.get().turns == 2
    assert Reading.objects.get().findings == Finding.objects.count()
    monkeypatch.setattr(jobs.speech, "transcriber", lambda: None)
    jobs.transcribe(number)
