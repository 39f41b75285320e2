"""append_leaves … and the proofs, tiles and checkpoints that come of it."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from django.db import Error, connection

from tests.journal.happenings import KEEPER, NOON, BellRung, DoorClosed, happen
from yilu.journal import operations as journal
from yilu.journal import queries, signing
from yilu.journal.models import Checkpoint, Event, LeafBundle, LogPosition
from yilu.journal.rules import merkle, notes, tiles
from yilu.kernel import tx
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db(transaction=True)


def ring(times: int, door: int = 1) -> None:
    happen(*(BellRung(loudness=n) for n in range(times)), door=door)


def append_all(at=NOON) -> int:
    total = 0
    while done := journal.append_leaves(at):
        total += done
    return total


def ids() -> list[int]:
    return list(Event.objects.order_by("xact", "id").values_list("id", flat=True))


@contextmanager
def another_connection():
    """Work in a thread with its own connection while a block of ours goes on."""
    begun, finish = threading.Event(), threading.Event()

    @tx.use_case
    def slow() -> None:
        tx.changed("select pg_current_xact_id()")
        begun.set()
        finish.wait(20)
        journal.record(DoorClosed(), about=Ref("door", 9), actor=KEEPER, at=NOON)

    def run() -> None:
        try:
            slow()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(20)

    def let_it_finish() -> None:
        finish.set()
        thread.join(20)

    try:
        yield let_it_finish
    finally:
        let_it_finish()


def test_read_after_misses_no_late_commit():
    with another_connection() as let_it_finish:
        happen(DoorClosed(), door=2)  # begun later, committed earlier
        before, position = queries.read_after()
        let_it_finish()
    late, position = queries.read_after(position)

    assert before == []
    assert [str(e.about) for e in late] == ["door:9", "door:2"]
    assert late[0].id > late[1].id, "the later id belongs to the earlier transaction"
    assert queries.read_after(position) == ([], position)


def test_a_follower_hears_at_once_once_and_of_late_commits_too():
    ring(2)
    with another_connection():
        follower = queries.Follower()
        ring(3)
        at_once = follower.read()
        again = follower.read()
    late = follower.read()

    assert [event.kind for event in at_once] == ["tests.bell_rung"] * 3
    assert again == []
    assert [event.kind for event in late] == ["tests.door_closed"]
    assert follower.read() == []


def test_a_follower_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(queries.following, "KEPT_MAX", 3)
    with another_connection():
        follower = queries.Follower()
        heard = []
        for _ in range(3):
            ring(2)
            heard += follower.read()
        assert len(heard) == 6
    assert follower.read() == []  # what the very long transaction wrote is not told


def test_read_after_goes_on_where_it_stopped():
    ring(5)
    first, position = queries.read_after(limit=2)
    rest, position = queries.read_after(position)

    assert [e.facts["loudness"] for e in first + rest] == [0, 1, 2, 3, 4]
    ring(1)
    assert [e.facts["loudness"] for e in queries.read_after(position)[0]] == [0]


def test_makes_one_leaf_of_each_event_in_reading_order():
    ring(3)
    happen(DoorClosed(note="关"), party=5)

    assert append_all() == 4
    assert append_all() == 0

    assert LogPosition.objects.get().size == 4
    assert LeafBundle.objects.get().event_ids == ids()


def test_passes_over_no_late_commit():
    with another_connection() as let_it_finish:
        happen(DoorClosed(), door=2)
        assert append_all() == 0
        let_it_finish()

    assert append_all() == 2
    assert queries.verify_log().sound


def test_commits_to_the_event_as_the_canonical_form_says():
    happen(DoorClosed(note='引号" \n\x01 €'), door=3, party=77)
    append_all()
    row = Event.objects.get()
    written = {
        "about": "door:3",
        "actor": "staff:7",
        "at": "2026-11-02T04:00:00.000000Z",
        "facts": {"note": '引号" \n\x01 €'},
        "id": row.pk,
        "kind": "tests.door_closed",
        "party": 77,
        "recorded_at": row.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    plain = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    leaf = queries.inclusion_proof(row.pk).leaf

    assert leaf == sha256(bytes(row.nonce) + plain.encode()).digest()


def test_same_events_give_different_leaves():
    happen(DoorClosed())
    happen(DoorClosed())
    append_all()

    one, two = tiles.read_bundle(queries.entries(0, 2))
    assert one != two


@pytest.mark.parametrize("batch", [1, 37, 300, 10_000])
def test_keeps_the_same_tree_whatever_the_batches(batch):
    ring(700)
    for _ in range(40 if batch == 1 else 700 // batch + 1):
        journal.append_leaves(NOON, limit=batch)
    size = LogPosition.objects.get().size

    frontier = merkle.Frontier()
    for number in range(-(-size // 256)):
        for leaf in tiles.read_bundle(queries.entries(number, min(256, size - number * 256))):
            frontier.append(merkle.leaf_hash(leaf))
    journal.append_leaves(NOON + timedelta(seconds=2), limit=0)

    head = queries.find_checkpoint()
    assert (head.size, head.root) == (size, frontier.root())
    assert queries.verify_log().sound


def test_every_event_is_proven_and_every_earlier_log_too():
    ring(300)
    append_all()
    old = queries.find_checkpoint()
    ring(300)
    append_all(NOON + timedelta(seconds=5))
    new = queries.find_checkpoint()

    proofs = queries.inclusion_proofs(ids())
    assert [p.index for p in proofs] == list(range(600))
    assert all(p.holds() for p in proofs)
    assert {p.head.size for p in proofs} == {600}
    proof = queries.consistency_proof(old.size, new.size)
    assert merkle.verify_consistency(old.size, new.size, old.root, new.root, proof)


def test_a_proof_is_refused_until_a_checkpoint_covers_the_event():
    ring(1)
    (event_id,) = ids()
    with pytest.raises(queries.NotInLogYet):
        queries.inclusion_proof(event_id)
    with pytest.raises(queries.NotInLogYet):
        queries.checkpoint()

    append_all()
    ring(1)
    append_all(NOON + timedelta(milliseconds=500))  # appended, not yet signed
    with pytest.raises(queries.NotInLogYet):
        queries.inclusion_proof(ids()[-1])
    with pytest.raises(queries.NotInLogYet):
        queries.receipt(10**15)
    assert queries.inclusion_proof(event_id).holds()


@pytest.mark.parametrize(("old", "new"), [(0, 1), (2, 1), (1, 4), (-1, 2)])
def test_a_consistency_proof_between_sizes_the_log_never_had_is_refused(old, new):
    ring(3)
    append_all()
    with pytest.raises(queries.NoSuchSize):
        queries.consistency_proof(old, new)


def test_signs_at_most_each_second_and_nothing_twice():
    ring(1)
    append_all(NOON)
    ring(1)
    append_all(NOON + timedelta(milliseconds=900))
    assert Checkpoint.objects.count() == 1
    journal.append_leaves(NOON + timedelta(seconds=1))
    journal.append_leaves(NOON + timedelta(seconds=9))

    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [1, 2]


def test_signs_a_note_that_the_published_key_verifies():
    ring(2)
    append_all()
    text = queries.checkpoint()

    key = signing.Verifier.parse(queries.verifier_key())
    head = signing.open_checkpoint(text, [key])
    assert (head.origin, head.size) == (settings.LOG_ORIGIN, 2)
    with pytest.raises(notes.Malformed):
        signing.open_checkpoint(text.replace("\n2\n", "\n3\n"), [key])


def test_an_earlier_key_still_verifies_what_it_signed(settings):
    ring(1)
    append_all()
    old, text = queries.verifier_key(), queries.checkpoint()
    settings.LOG_KEY = "another secret"

    assert queries.verifier_key() != old
    with pytest.raises(notes.Malformed):
        signing.open_checkpoint(text)
    settings.LOG_OLD_KEYS = [old]
    assert signing.open_checkpoint(text).size == 1
    ring(1)
    append_all(NOON + timedelta(seconds=2))
    assert queries.verify_log().sound


def test_a_second_writer_beside_the_first_does_nothing():
    ring(3)
    taken: list[int] = []

    @tx.use_case
    def holding_the_lock() -> None:
        tx.rows("select pg_advisory_xact_lock(%s::bigint)", [journal.sequencing._LOCK])
        thread = threading.Thread(target=rival)
        thread.start()
        thread.join(20)

    def rival() -> None:
        try:
            taken.append(journal.append_leaves(NOON))
        finally:
            connection.close()

    holding_the_lock()

    assert taken == [0]
    assert append_all() == 3


def test_writers_at_once_make_one_log():
    ring(900)
    start = threading.Barrier(3)

    def work() -> None:
        start.wait(10)
        try:
            # One that comes while another writes takes nothing, so tries are not counted: only the end is.
            give_up = time.monotonic() + 60
            while not LogPosition.objects.filter(size=900) and time.monotonic() < give_up:
                journal.append_leaves(NOON, limit=50)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert LogPosition.objects.get().size == 900
    assert queries.verify_log().sound


def test_notices_a_cluster_whose_transactions_count_from_the_beginning_again():
    ring(1)
    append_all()
    LogPosition.objects.update(xact=2**60)

    with pytest.raises(journal.ClusterIsYounger):
        journal.append_leaves(NOON)


def test_serves_tiles_that_never_change():
    ring(300)
    append_all()
    full, partial = queries.tile(0, 0), queries.tile(0, 1, 44)
    ring(300)
    append_all()

    assert queries.tile(0, 0) == full
    assert queries.tile(0, 1, 44) == partial
    assert queries.tile(1, 0, 1) == tiles.tile_root(full)
    for level, number, width in [
        (0, 2, 200),
        (0, 3, 1),
        (1, 0, 3),
        (9, 0, 1),
        (0, 0, 0),
        (0, 0, 257),
    ]:
        with pytest.raises(queries.NoSuchTile):
            queries.tile(level, number, width)
    with pytest.raises(queries.NoSuchTile):
        queries.entries(2, 200)


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        ("an event", "update journal_event set facts = '{}'"),
        ("an event", "delete from journal_event"),
        ("a checkpoint", "update journal_checkpoint set note = ''"),
        ("a checkpoint", "delete from journal_checkpoint"),
        (
            "a tile's hash",
            "update journal_tile set hashes = overlay(hashes placing '\\x00' from 1 for 1)",
        ),
        ("a tile", "delete from journal_tile"),
        ("leaves", "update journal_leafbundle set leaves = 'x'::bytea"),
        ("leaves", "delete from journal_leafbundle"),
    ],
)
def test_the_database_refuses_to_change(what, sql):
    ring(3)
    append_all()
    with pytest.raises(Error, match=r"pgtrigger: Cannot|only grows"):
        tx.changed(sql)
