"""verify_log … whatever was done behind the platform's back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.journal.happenings import NOON, BellRung, DoorClosed, happen
from yilu.journal import operations as journal
from yilu.journal import queries, signing
from yilu.journal.models import Checkpoint, Event, LeafBundle, LogPosition
from yilu.journal.queries import verification
from yilu.journal.rules import merkle, notes, tiles

pytestmark = pytest.mark.django_db(transaction=True)


def make_log(events: int = 600) -> list[int]:
    """A log of some bundles with a checkpoint on the way; the events' ids in order."""
    happen(*(BellRung(loudness=n) for n in range(events // 2)))
    journal.append_leaves(NOON)
    happen(*(BellRung(loudness=n) for n in range(events - events // 2)))
    journal.append_leaves(NOON + timedelta(minutes=1))
    return list(Event.objects.order_by("xact", "id").values_list("id", flat=True))


def behind_our_back(sql: str, *parameters: object) -> None:
    """As somebody with the database's superuser would: past all triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(sql, parameters)
        assert cursor.rowcount > 0


def found() -> tuple[str, int | None]:
    problem = queries.verify_log().problem
    assert problem is not None
    return problem.kind, problem.event_id


def test_finds_a_true_log_sound_and_says_how_much_it_checked():
    make_log()
    seen = []

    verdict = queries.verify_log(progress=lambda done, of: seen.append((done, of)))

    assert (verdict.sound, verdict.size, verdict.checkpoints) == (True, 600, 2)
    assert seen[-1] == (600, 600)


def test_finds_an_empty_log_sound():
    assert queries.verify_log() == queries.Verdict(0, 0)
    happen(BellRung())
    assert queries.verify_log().sound


def test_leaves_events_that_are_not_in_the_log_yet_alone():
    make_log()
    happen(DoorClosed())

    assert queries.verify_log().size == 600


@pytest.mark.parametrize(
    "change",
    [
        "facts = '{\"loudness\": 99}'",
        "kind = 'tests.door_opened'",
        "subject = 'door:2'",
        "actor = 'staff:8'",
        "party_id = 4",
        "happened_at = happened_at - interval '1 microsecond'",
        "recorded_at = recorded_at + interval '1 day'",
        "nonce = decode('00112233445566778899aabbccddeeff', 'hex')",
    ],
)
def test_names_the_first_of_two_altered_events(change):
    ids = make_log()
    for place in (400, 310):
        behind_our_back(f"update journal_event set {change} where id = %s", ids[place])

    assert found() == ("ALTERED", ids[310])


@pytest.mark.parametrize("place", [0, 255, 256, 300, 599])
def test_names_a_deleted_event(place):
    ids = make_log()
    behind_our_back("delete from journal_event where id = %s", ids[place])

    assert found() == ("MISSING", ids[place])


def test_names_the_first_of_many_deleted_events():
    ids = make_log()
    behind_our_back("delete from journal_event where id >= %s and id < %s", ids[100], ids[500])

    assert found() == ("MISSING", ids[100])


@pytest.mark.parametrize("place", [0, 255, 256, 599])
def test_names_an_event_slipped_in(place):
    ids = make_log()
    behind_our_back(
        """
        insert into journal_event (id, kind, subject, actor, happened_at, facts, xact)
        select -1, kind, subject, actor, happened_at, facts, xact from journal_event where id = %s
        """,
        ids[place],
    )

    assert found() == ("INSERTED", -1)


def test_names_an_event_slipped_in_at_the_end():
    ids = make_log()
    first, last = Event.objects.get(pk=ids[0]), LogPosition.objects.get()
    behind_our_back(
        """
        insert into journal_event (id, kind, subject, actor, happened_at, facts, xact)
        values (%s, 'tests.bell_rung', 'door:1', 'staff:7', now(), '{}', %s)
        """,
        10**9,
        last.xact - 1,
    )

    assert first.xact < last.xact - 1
    assert found() == ("INSERTED", 10**9)


def test_names_the_first_of_two_swapped_events():
    ids = make_log()
    behind_our_back(
        "update journal_event set id = case id when %s then -%s else %s end where id in (%s, %s)",
        ids[10], ids[10], ids[10], ids[10], ids[400],
    )  # fmt: skip
    behind_our_back("update journal_event set id = %s where id = -%s", ids[400], ids[10])

    kind, event = found()
    assert event == ids[10]
    assert kind in {"ALTERED", "MOVED"}


def test_names_an_event_moved_to_another_place():
    ids = make_log()
    xact = Event.objects.get(pk=ids[599]).xact
    behind_our_back("update journal_event set xact = %s where id = %s", xact, ids[5])

    assert found() == ("MOVED", ids[5])


def test_notices_altered_leaves_though_the_event_is_whole():
    ids = make_log()
    behind_our_back(
        "update journal_leafbundle set leaves = overlay(leaves placing '\\xff00' from 65 for 2) where number = 1"
    )

    assert found() == ("LEAVES", ids[258])


def test_notices_a_leaf_given_to_another_event():
    make_log()
    behind_our_back(
        "update journal_leafbundle set event_ids[3] = event_ids[4], event_ids[4] = event_ids[3] where number = 0"
    )

    assert found()[0] in {"MOVED", "INSERTED"}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_notices_a_bundle_that_is_gone(number):
    make_log()
    behind_our_back("delete from journal_leafbundle where number = %s", number)

    assert found()[0] == "LEAVES"


@pytest.mark.parametrize(("level", "number"), [(0, 0), (0, 2), (1, 0)])
@pytest.mark.parametrize(
    "change",
    [
        "update journal_tile set hashes = overlay(hashes placing '\\xffff' from 33 for 2)",
        "delete from journal_tile",
    ],
)
def test_notices_an_altered_or_missing_tile(level, number, change):
    make_log()
    behind_our_back(f"{change} where level = %s and number = %s", level, number)

    assert found()[0] == "TILE"


def test_notices_a_log_cut_short():
    ids = make_log()
    event = Event.objects.get(pk=ids[449])
    behind_our_back("delete from journal_event where id > %s", ids[449])
    behind_our_back(
        "update journal_logposition set size = 450, xact = %s, event_id = %s", event.xact, event.pk
    )

    assert found()[0] == "CUT"


def rewrite_everything(*, sign: bool) -> None:
    """What somebody with the whole database could do: change an event and make the log anew."""
    size = LogPosition.objects.get().size
    heads = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    behind_our_back(
        "update journal_event set facts = '{\"loudness\": 7}' where facts = '{\"loudness\": 5}'"
    )
    rows = verification.rows.next_rows(0, 0, size)
    leaves = [verification.rows.leaf_data(row) for row in rows]
    writer = tiles.TileWriter()
    roots = {}
    for n, leaf in enumerate(leaves, 1):
        writer.append([merkle.leaf_hash(leaf)])
        if n in heads:
            roots[n] = writer.root()
    for (level, number), hashes in {**writer.finish(), **writer.edge()}.items():
        behind_our_back(
            "update journal_tile set hashes = %s where level = %s and number = %s",
            hashes,
            level,
            number,
        )
    for bundle in LeafBundle.objects.all():
        part = b"".join(leaves[bundle.number * 256 : bundle.number * 256 + 256])
        behind_our_back(
            "update journal_leafbundle set leaves = %s where number = %s", part, bundle.number
        )
    for n in heads if sign else ():
        note = signing.sign(notes.TreeHead("yilu.example/evidence", n, roots[n]))
        behind_our_back(
            "update journal_checkpoint set root = %s, note = %s where size = %s", roots[n], note, n
        )


def test_notices_a_log_rewritten_by_somebody_without_the_key():
    ids = make_log()
    rewrite_everything(sign=False)

    verdict = queries.verify_log()

    assert verdict.problem.kind == "CHECKPOINT"
    assert verdict.problem.event_id == ids[0], (
        "the first event the last true checkpoint does not cover"
    )
    assert "0 至 299" in verdict.problem.message


def test_notices_a_checkpoint_that_nobody_signed():
    make_log()
    behind_our_back(
        "update journal_checkpoint set note = replace(note, 'yilu', 'yiluo') where size = 600"
    )

    assert found()[0] == "CHECKPOINT"


def test_notices_a_log_rewritten_by_somebody_with_the_key_by_a_checkpoint_kept_elsewhere():
    make_log(400)
    kept = queries.checkpoint()
    happen(*(BellRung(loudness=n) for n in range(300)))
    journal.append_leaves(NOON + timedelta(hours=1))
    assert queries.verify_log(kept).sound

    rewrite_everything(sign=True)

    assert queries.verify_log().sound, "nothing inside tells"
    problem = queries.verify_log(kept).problem
    assert problem.kind == "CHECKPOINT"
    assert "您保存的" in problem.message


def test_refuses_a_kept_checkpoint_of_another_log():
    make_log()
    other = signing.sign(notes.TreeHead("another.example/log", 1, bytes(32)))

    assert queries.verify_log(other).problem.kind == "CHECKPOINT"
    assert queries.verify_log("nonsense").problem.kind == "CHECKPOINT"


def test_refuses_a_kept_checkpoint_of_more_leaves_than_there_are():
    make_log()
    ahead = signing.sign(notes.TreeHead("yilu.example/evidence", 10_000, bytes(32)))

    assert queries.verify_log(ahead).problem.kind == "CUT"


def test_goes_on_in_bounded_steps_however_long_the_log_is(
    monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(verification, "BUNDLES", 2)
    make_log(1400)

    with django_assert_max_num_queries(20):
        verdict = queries.verify_log()

    assert (verdict.sound, verdict.size) == (True, 1400)
    behind_our_back("delete from journal_event where id = (select max(id) from journal_event)")
    assert found()[0] == "MISSING"
