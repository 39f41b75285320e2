"""Pieces come in order, once, unaltered; whoever looks later is told where it is broken."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOON
from tests.retention.sweep import swept
from tests.video.scene import Scene, later
from yilu.journal import queries as journal
from yilu.kernel import chained_pieces as chain
from yilu.video import operations, queries, storage
from yilu.video.models import Piece, Session
from yilu.video.rules import ice


@pytest.mark.django_db(transaction=True)
class TestPieces:
    def test_gaps_order_repeats_and_other_contents(self):
        scene = Scene().live()
        assert scene.record(1) == 1
        assert scene.record(1) == 1, "a repeat changes nothing"
        for number, take in ((3, 1), (0, 1), (2, 3), (2, 0)):
            with pytest.raises(operations.PieceOutOfOrder) as refused:
                scene.record(number, take=take)
            assert refused.value.expected == 2
            assert refused.value.status == 409
        with pytest.raises(operations.OtherPiece):
            scene.record(1, b"something else")
        for wrong in ({"content": b""}, {"content": b"x" * 2_000_000}, {"sha256": "0" * 64}):
            with pytest.raises(operations.BadPiece):
                scene.record(2, **wrong)
        assert scene.record(2) == 2
        assert scene.record(3, take=2) == 3, "a recorder that began anew"
        assert list(Piece.objects.values_list("number", "take")) == [(1, 1), (2, 1), (3, 2)]

    def test_nothing_is_recorded_before_or_after(self):
        scene = Scene().let_in()
        with pytest.raises(operations.NotNow):
            scene.record(1)
        scene.live()
        scene.record(1)
        scene.end()
        with pytest.raises(operations.NotNow):
            scene.record(2)
        other, actor = make.colleague(scene.office, "ASSESSOR")
        with pytest.raises(operations.NotTheSeat):
            scene.record(2, access=other, actor=actor)

    def test_numbers_go_on_after_a_drop(self):
        scene = Scene().live()
        scene.record(1)
        operations.drop_silent(at=later(60))
        scene.record(2)  # the last second arrives late
        scene.live(later(70))
        scene.record(3, take=2)
        scene.end()
        found = queries.recording(scene.session, scene.access)
        assert found.verdict.ok
        assert [(take.number, take.pieces) for take in found.takes] == [(1, 2), (2, 1)]
        assert b"".join(queries.take_of(scene.session, 2, scene.access)) == b"piece 3"

    def test_the_end_is_one_event_with_the_chains_head(self):
        scene = Scene().live()
        for number in (1, 2):
            scene.record(number)
        assert queries.recording(scene.session, scene.access) is None, "not before the end"
        scene.end()
        (ended,) = [e for e in journal.timeline(scene.about) if e.kind == "video.ended"]
        head = chain.begin(f"video:{scene.session}")
        for n in (1, 2):
            content = f"piece {n}".encode()
            head = chain.chain(
                head,
                number=n,
                take=1,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )
        assert (ended.facts["head"], ended.facts["pieces"]) == (head, 2)
        assert Session.objects.get().keep_until.year == NOON.year + 5

    @pytest.mark.parametrize(
        ("harm", "piece", "fault"),
        [("file", 2, "ALTERED"), ("gone", 2, "GONE"), ("row", 2, "CHAIN"), ("cut", 2, "MISSING"), ("tail", 3, "MISSING"), ("all", None, "HEAD")],
    )  # fmt: skip
    def test_whatever_is_done_to_it_is_named(self, harm, piece, fault):
        scene = Scene().live()
        for number in (1, 2, 3):
            scene.record(number)
        scene.end()
        second = Piece.objects.get(number=2)
        if harm == "file":
            storage.drawer.put(b"piece X", second.file)
        elif harm == "gone":
            storage.drawer.remove(second.file)
        elif harm == "row":  # file and digest exchanged together
            storage.drawer.put(b"piece X", second.file)
            Piece.objects.filter(pk=second.pk).update(sha256=hashlib.sha256(b"piece X").hexdigest())
        elif harm == "cut":
            second.delete()
        elif harm == "tail":
            Piece.objects.filter(number=3).delete()
        else:  # the last piece and its link made anew: only the evidence knows
            last = Piece.objects.get(number=3)
            storage.drawer.put(b"piece X", last.file)
            sha256 = hashlib.sha256(b"piece X").hexdigest()
            chained = chain.chain(second.chained, number=3, take=1, sha256=sha256, size=7)
            Piece.objects.filter(pk=last.pk).update(sha256=sha256, chained=chained)
        found = queries.recording(scene.session, scene.access).verdict
        assert (found.ok, found.piece, found.fault) == (False, piece, fault)

    def test_its_files_are_deleted_when_the_time_is_over(self):
        scene = Scene().live()
        scene.record(1)
        scene.end()
        until = Session.objects.get().keep_until
        assert swept(operations.forget_recordings, at=NOON.replace(year=until.year)) == 0
        assert swept(operations.forget_recordings, at=NOON.replace(year=until.year + 1)) == 1
        assert swept(operations.forget_recordings, at=NOON.replace(year=until.year + 1)) == 0
        assert not storage.drawer.has(Piece.objects.get().file)

    def test_whoever_plays_it_leaves_a_trace_and_strangers_cannot(self):
        scene = Scene().live()
        scene.record(1)
        scene.end()
        told = {"session_id": scene.session, "at": NOON}
        for take in (1, 2):
            other, actor = make.colleague(make.office(), "ASSESSOR")
            with pytest.raises(operations.SessionNotFound):
                operations.watch(take=take, access=other, actor=actor, **told)
        with pytest.raises(operations.SessionNotFound):
            operations.watch(take=2, access=scene.access, actor=scene.actor, **told)
        operations.watch(take=1, access=scene.access, actor=scene.actor, **told)
        seen = [e for e in journal.timeline(scene.about) if e.kind == "video.recording_watched"]
        assert [(e.actor, e.facts["take"]) for e in seen] == [(scene.actor, 1)]

    def test_at_rest_it_is_sealed(self, settings):
        scene = Scene().live()
        scene.record(1, b"the customer's face")
        kept = next((p for p in (settings.FILES / "video").rglob("*") if p.is_file()), None)
        assert kept is not None
        assert b"face" not in kept.read_bytes()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=6), st.data())
def test_any_change_of_any_piece_breaks_the_chain_there_or_before(contents, data):
    links, head = [], chain.begin("video:1")
    for n, content in enumerate(contents, 1):
        sha256 = hashlib.sha256(content).hexdigest()
        head = chain.chain(head, number=n, take=1, sha256=sha256, size=len(content))
        links.append(chain.Link(n, 1, sha256, len(content), head))
    whole = chain.verify(
        "video:1", links, lambda link: contents[link.number - 1], pieces=len(links), head=head
    )
    assert whole.ok
    harmed = data.draw(st.integers(1, len(links)))
    verdict = chain.verify(
        "video:1", links, lambda link: contents[link.number - 1] + (b"!" if link.number == harmed else b""),
        pieces=len(links), head=head,
    )  # fmt: skip
    assert (verdict.ok, verdict.piece, verdict.fault) == (False, harmed, "ALTERED")
    assert not chain.verify(
        "video:2", links, lambda link: contents[link.number - 1], pieces=len(links), head=head
    ).ok


def test_turn_passwords_are_coturns_and_end():
    (stun, turn) = ice.servers(["stun:a"], ["turn:a"], "secret", whose="seat-1", at=NOON)
    assert stun == {"urls": ["stun:a"]}
    until, _colon, whose = turn["username"].partition(":")
    assert (int(until) - int(NOON.timestamp()), whose) == (4 * 3600, "seat-1")
    # echo -n 1772611200:seat-1 | openssl dgst -sha1 -hmac secret -binary | base64
    assert turn["username"] == "1772611200:seat-1"
    assert turn["credential"] == "Najy8O64gv0UWVegj1miq/k1esI="
    assert ice.servers([], ["turn:a"], "", whose="x", at=NOON) == []
