"""Signed notes, checkpoints, proof files and the verifier anybody may run."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import data_folder
from tests.journal.happenings import NOON, BellRung, DoorClosed, happen
from tests.journal.test_merkle import LEAVES, node, plain_root
from yilu.journal import offline_verifier, queries, signing
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.journal.rules import leaves, merkle, notes, tiles

SAMPLE_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def test_the_public_sample_log_verifies():
    folder = data_folder("tlog", "sample_log")
    key = signing.Verifier.parse(SAMPLE_KEY)
    assert str(key) == SAMPLE_KEY

    entries = tiles.read_bundle((folder / tiles.entries_path(0, 15)).read_bytes())
    hashes = [merkle.leaf_hash(entry) for entry in entries]
    assert entries[:3] == [b"one", b"two", b"three"]
    heads = {}
    for size in range(16):
        text = (folder / f"checkpoint.{size}").read_text()
        heads[size] = signing.open_checkpoint(text, [key])
        assert heads[size].size == size
        assert offline_verifier.open_checkpoint(text, SAMPLE_KEY) == (size, heads[size].root)
    writer = tiles.TileWriter()
    for size in range(1, 16):
        writer.append(hashes[size - 1 : size])
        written = writer.edge()[0, 0]
        assert written == (folder / tiles.tile_path(0, 0, size)).read_bytes()
        assert writer.root() == heads[size].root
    reader = tiles.TileReader(
        lambda level, number, width: (folder / tiles.tile_path(level, number, width)).read_bytes()
    )
    for size in range(1, 16):
        for index in range(size):
            proof = merkle.prove_inclusion(index, size, reader.node_of(size))
            assert merkle.verify_inclusion(index, size, hashes[index], proof, heads[size].root)
        proof = merkle.prove_consistency(size, 15, reader.node_of(15))
        assert merkle.verify_consistency(size, 15, heads[size].root, heads[15].root, proof)


def test_a_checkpoint_of_the_sample_log_signed_by_another_key_is_refused():
    text = (data_folder("tlog", "sample_log") / "checkpoint").read_text()
    with pytest.raises(notes.Malformed):
        signing.open_checkpoint(text)
    with pytest.raises(offline_verifier.NotProven):
        offline_verifier.open_checkpoint(text, queries.verifier_key())


HEAD = notes.TreeHead("yilu.example/evidence", 5, plain_root(LEAVES[:5]))


def test_a_checkpoint_reads_back():
    text = signing.sign(HEAD)

    assert signing.open_checkpoint(text) == HEAD
    assert str(notes.read_note(text)) == text


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("\n5\n", "\n6\n"),
        lambda t: t.replace("\n5\n", "\n05\n"),
        lambda t: t.replace("\n5\n", "\n-5\n"),
        lambda t: t.replace("\n5\n", "\n٥\n"),
        lambda t: t.replace("yilu.example", "yilo.example", 1),
        lambda t: t.replace("— ", "- "),
        lambda t: t.rstrip("\n"),
        lambda t: t.replace("\n\n", "\n"),
        lambda t: t + "garbage\n",
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t[:-4] + ("AQ=\n" if t.endswith("AA=\n") else "AA=\n"),
        lambda t: "",
        lambda t: "\n\n",
        lambda t: t.split("\n\n")[0] + "\n\n",
    ],
)
def test_a_changed_checkpoint_is_refused(change):
    text = signing.sign(HEAD)

    with pytest.raises(notes.Malformed):
        signing.open_checkpoint(change(text))


def test_a_checkpoint_may_carry_further_signatures_and_extension_lines():
    extended = HEAD.text() + "an extension\n"
    signed = signing.verifier()
    signature = signing._private(signing.settings.LOG_KEY).sign(extended.encode())
    witness = notes.Signature("witness.example", b"abcd", bytes(64))
    note = notes.Note(extended, (witness, notes.Signature(signed.name, signed.key_id, signature)))

    assert signing.open_checkpoint(str(note)) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b",
        "a+00000000+AA==",
        SAMPLE_KEY.replace("33d7", "33d8"),
        SAMPLE_KEY[:-2],
        "a b+" + SAMPLE_KEY[25:],
    ],
)
def test_a_damaged_verifier_key_is_refused(text):
    with pytest.raises(notes.Malformed):
        signing.Verifier.parse(text)
    with pytest.raises(offline_verifier.NotProven):
        offline_verifier.open_checkpoint(signing.sign(HEAD), text)


@given(
    st.integers(0, 2**62),
    st.lists(st.binary(min_size=32, max_size=32), max_size=20),
    st.none() | st.binary(max_size=99),
)
def test_a_proof_file_reads_back(index, hashes, extra):
    proof = notes.ProofFile(index, tuple(hashes), signing.sign(HEAD), extra)

    assert notes.read_proof(str(proof)) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 1\n\nx\n",
        "c2sp.org/tlog-proof@v1\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n!\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 1\nextra AA==\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n" + 64 * ("A" * 43 + "=\n") + "\nx\n",
    ],
)
def test_a_damaged_proof_file_is_refused(text):
    with pytest.raises(notes.Malformed):
        notes.read_proof(text)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), JSON, max_size=5))
def test_the_canonical_form_is_what_any_json_library_writes(facts):
    made = leaves.canonical(
        id=1, kind="a", about="b:1", actor="c:1", party=None, at=NOON, recorded_at=NOON, facts=facts
    )
    plain = json.dumps(json.loads(made), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert made == plain.encode()
    assert json.loads(made)["facts"] == facts


def test_the_canonical_form_knows_one_way_to_write_a_time():
    from datetime import timezone

    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    assert leaves.in_utc(shanghai) == leaves.in_utc(NOON) == "2026-11-02T04:00:00.000000Z"
    assert leaves.in_utc(NOON + timedelta(microseconds=1)).endswith("00.000001Z")


def test_the_offline_verifier_shares_nothing_with_the_platform():
    path = Path(offline_verifier.__file__)
    imported = set()
    for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(each, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in each.names}
        elif isinstance(each, ast.ImportFrom):
            imported.add((each.module or "").split(".")[0])
    assert imported <= set(sys.stdlib_module_names) | {"cryptography"}


def test_the_offline_verifier_judges_every_path_as_the_platform_does():
    for size in range(1, 40):
        root = plain_root(LEAVES[:size])
        for index in range(size):
            path = merkle.prove_inclusion(index, size, node)
            assert offline_verifier.root_of(index, size, LEAVES[index], path) == root
        for old in range(1, size + 1):
            path = merkle.prove_consistency(old, size, node)
            old_root = plain_root(LEAVES[:old])
            assert offline_verifier.roots_of(old, size, path, old_root) == (old_root, root)


@pytest.mark.django_db(transaction=True)
class TestAReceipt:
    @pytest.fixture(autouse=True)
    def _log(self):
        happen(*(BellRung(loudness=n) for n in range(270)))
        happen(DoorClosed(note="关门"), party=3)
        while journal.append_leaves(NOON):
            pass
        self.event = Event.objects.latest("id")

    def run(self, *arguments: object) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", offline_verifier.__file__, *map(str, arguments)],
            capture_output=True, text=True, check=False, cwd="/",
        )  # fmt: skip
        assert not done.stderr
        return done.returncode, done.stdout

    def test_convinces_somebody_who_has_only_the_verifier(self, tmp_path):
        receipt = tmp_path / "receipt.tlog-proof"
        receipt.write_text(queries.receipt(self.event.pk))

        code, said = self.run(receipt, "--key", queries.verifier_key())

        assert code == 0
        assert "第 270 片叶子" in said
        assert "关门" in said

    def test_does_not_when_one_letter_of_the_event_was_changed(self, tmp_path):
        proof = notes.read_proof(queries.receipt(self.event.pk))
        forged = proof.extra.replace("关门".encode(), "开门".encode())
        receipt = tmp_path / "receipt.tlog-proof"
        receipt.write_text(
            str(notes.ProofFile(proof.index, proof.hashes, proof.checkpoint, forged))
        )

        code, said = self.run(receipt, "--key", queries.verifier_key())

        assert code == 1
        assert said.startswith("不成立 NO")

    def test_may_be_given_without_the_event(self):
        proof = queries.inclusion_proof(self.event.pk)
        key = queries.verifier_key()

        assert offline_verifier.check(proof.file(), key, proof.leaf)["index"] == 270
        for leaf in (None, bytes(32)):
            with pytest.raises(offline_verifier.NotProven):
                offline_verifier.check(proof.file(), key, leaf)
        with pytest.raises(offline_verifier.NotProven):
            offline_verifier.check(proof.file(), SAMPLE_KEY, proof.leaf)

    def test_that_was_kept_shows_that_the_log_only_grew(self, tmp_path):
        older = queries.checkpoint()
        happen(*(BellRung(loudness=n) for n in range(50)))
        while journal.append_leaves(NOON + timedelta(hours=1)):
            pass
        newer, key = queries.checkpoint(), queries.verifier_key()
        path = list(queries.consistency_proof(271, 321))

        assert offline_verifier.check_growth(older, newer, key, path) == (271, 321)
        for wrong in (path[1:], [*path, bytes(32)], [bytes(32), *path[1:]]):
            with pytest.raises(offline_verifier.NotProven):
                offline_verifier.check_growth(older, newer, key, wrong)
