"""Somebody has every file of recordings read now: of all, or of some days."""

import hashlib
from datetime import date, timedelta

import pytest

from tests import make
from tests.audit.recorded import filmed, rung
from tests.servicing.hall import NOON
from yilu.audit import jobs, operations, queries
from yilu.audit.models import MoneyDifference, MoneyRun
from yilu.contact import storage
from yilu.contact.models import CallPiece
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.underwriting import storage as sales
from yilu.underwriting.models import Application, Recording
from yilu.video import storage as videos
from yilu.video.models import Piece
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
AUDITOR = Ref("staff", 7)
DAY = timedelta(days=1)


def read(first=None, last=None, *, limit=20, at=NOON):
    """One reading from beginning to end; the run."""
    run_id = operations.start_reading(first=first, last=last, actor=AUDITOR, at=at)
    while operations.read_batch(run_id=run_id, at=at, limit=limit):
        pass
    return MoneyRun.objects.get(pk=run_id)


def lose(recording_id, number):
    """Take away a file of a call; what it held."""
    piece = CallPiece.objects.get(recording=recording_id, number=number)
    content = storage.drawer.get(piece.file)
    storage.drawer.remove(piece.file)
    return piece, content


def told(run):
    return run.looked_at, run.files, run.differences


def test_every_file_is_read_and_a_lost_one_is_a_difference_until_it_is_back():
    office = make.office()
    policy = make.policy(office).id
    calls = [rung(policy) for _n in range(3)]
    piece, content = lose(calls[1], 2)
    run = read(limit=2)
    assert (run.state, run.total, *told(run)) == ("FINISHED", 3, 3, 9, 1)
    row = MoneyDifference.objects.get()
    assert (row.policy_id, row.place, row.actual) == (policy, "2/3", "NO_FILE")
    assert Item.objects.get(queue_id="audit.money").office_id == office
    assert Event.objects.get(kind="audit.recordings_read").facts == {
        "recordings": 3, "files": 9, "differences": 1, "whole": True,
    }  # fmt: skip
    assert told(read()) == (3, 9, 1)
    assert MoneyDifference.objects.count() == 1, "the same loss is one, however often it is found"
    storage.drawer.put(content, piece.file)
    assert told(read()) == (3, 9, 0)
    assert MoneyDifference.objects.get().state == "GONE"


def test_what_belongs_to_no_policy_is_told_with_the_run():
    make.office()
    piece, _content = lose(rung(None), 3)
    read()
    run = queries.latest_run(operations.FILES)
    about = Ref("conversation", piece.recording.conversation_id)
    [lone] = run.unplaced
    assert (lone.about, lone.place, lone.actual) == (about, "3/3", "NO_FILE")
    assert not MoneyDifference.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "found"), [(None, None, 3), (0, 0, 1), (0, None, 2), (None, 0, 2), (2, 9, 0)]
)
def test_only_the_days_asked_for_are_read(first, last, found):
    policy, today = make.policy(make.office()).id, day_of(NOON)
    for moved in (-1, 0, 1):
        rung(policy, pieces=1, began_at=NOON + moved * DAY)
    span = [None if n is None else today + n * DAY for n in (first, last)]
    run = read(*span)
    assert (run.total, run.looked_at) == (found, found)


def test_video_and_sale_recordings_are_read_too():
    office = make.office()
    policy = make.policy(office)
    session = filmed(policy.id, office, pieces=1)
    holder = session.party_id
    digest = hashlib.sha256(b"film").hexdigest()
    Piece.objects.create(
        session=session, number=1, take=1, sha256="0" * 64, chained="c", size=4, at=NOON,
        file=videos.drawer.keep(b"film", digest),
    )  # fmt: skip
    applied = Application.objects.create(
        number="T1", state="DRAFT", channel="APP", holder_id=holder, office_id=office, policy_id=policy.id,
        prepared_by="staff:1", request_key="T1", started_at=NOON, changed_at=NOON, expires_at=NOON,
    )  # fmt: skip
    steps = [
        {"code": "A", "sha256": digest, "file": sales.drawer.keep(b"film", digest)},
        {"code": "B", "sha256": digest, "file": "ab/gone"},
        {"code": "C", "sha256": digest, "file": ""},
    ]
    Recording.objects.create(application=applied, steps=steps, finished_at=NOON)
    assert told(read()) == (2, 3, 2)
    found = MoneyDifference.objects.order_by("about").values_list("about", "place", "actual")
    assert list(found) == [
        (f"application:{applied.pk}", "2/3", "NO_FILE"),
        (f"video:{session.pk}", "1/1", "OTHER_FILE"),
    ]


def test_one_at_a_time_and_it_can_be_stopped():
    rung(make.policy(make.office()).id)
    run_id = operations.start_reading(first=None, last=None, actor=AUDITOR, at=NOON)
    with pytest.raises(operations.AlreadyReading):
        operations.start_reading(first=None, last=None, actor=AUDITOR, at=NOON)
    operations.stop_reading(run_id=run_id, actor=AUDITOR, at=NOON)
    operations.stop_reading(run_id=run_id, actor=AUDITOR, at=NOON + DAY)
    assert not operations.read_batch(run_id=run_id, at=NOON)
    run = MoneyRun.objects.get()
    assert (run.state, run.finished_at, run.files) == ("STOPPED", NOON, 0)
    assert Event.objects.get(kind="audit.recordings_read").facts["whole"] is False


def test_days_the_wrong_way_round_are_refused():
    with pytest.raises(operations.BadSpan):
        read(date(2026, 3, 2), date(2026, 3, 1))
    assert not MoneyRun.objects.exists()


def test_the_worker_goes_on_with_it_and_begins_none():
    rung(make.policy(make.office()).id)
    assert jobs.read_recordings(NOON) == 0
    operations.start_reading(first=None, last=None, actor=AUDITOR, at=NOON)
    jobs.read_recordings(NOON)
    assert MoneyRun.objects.get().state == "FINISHED"
