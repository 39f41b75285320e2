"""The evidence chain's arithmetic against public vectors, and against the plain definition."""

from __future__ import annotations

import base64
import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import data_folder
from yilu.journal.rules import merkle, tiles

LEAVES = [merkle.leaf_hash(str(n).encode()) for n in range(80)]
SIZES = st.integers(1, 70)


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return merkle.node_hash(plain_root(leaves[:k]), plain_root(leaves[k:]))


def node(level: int, index: int) -> bytes:
    return plain_root(LEAVES[index << level : (index + 1) << level])


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def vectors(kind: str):
    paths = sorted(data_folder("tlog", "vectors", kind).rglob("*.json"))
    for path in paths:
        vector = json.loads(path.read_text())
        vector["proof"] = [decoded(p) for p in vector.get("proof") or []]
        yield f"{path.parent.name}/{path.stem}", vector


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("inclusion", 98),
        ("consistency", 98),
        ("subtreeinclusion", 204),
        ("subtreeconsistency", 118),
    ],
)
def test_the_public_vectors_are_judged_as_they_must_be(kind, number):
    seen = 0
    for name, v in vectors(kind):
        if kind == "inclusion":
            good = merkle.verify_inclusion(
                v["leafIdx"], v["treeSize"], decoded(v["leafHash"]), v["proof"], decoded(v["root"])
            )
        elif kind == "subtreeinclusion":
            good = merkle.verify_subtree_inclusion(
                v["leafIdx"],
                v["start"],
                v["end"],
                decoded(v["leafHash"]),
                v["proof"],
                decoded(v["root"]),
            )
        elif kind == "consistency":
            good = merkle.verify_consistency(
                v["size1"], v["size2"], decoded(v["root1"]), decoded(v["root2"]), v["proof"]
            )
        else:
            good = merkle.verify_subtree_consistency(
                v["start"],
                v["end"],
                v["size"],
                decoded(v["root1"]),
                decoded(v["root2"]),
                v["proof"],
            )
        assert good is not v["wantErr"], f"{kind} {name}: {v['desc']}"
        seen += 1
    assert seen == number


def test_roots_follow_the_definition_at_every_size():
    frontier = merkle.Frontier()
    assert frontier.root() == plain_root([])
    for size in range(1, 81):
        frontier.append(LEAVES[size - 1])
        assert frontier.root() == merkle.root(size, node) == plain_root(LEAVES[:size])


def test_every_inclusion_proof_up_to_seventy_leaves_holds():
    for size in range(1, 71):
        root = plain_root(LEAVES[:size])
        for index in range(size):
            proof = merkle.prove_inclusion(index, size, node)
            assert merkle.verify_inclusion(index, size, LEAVES[index], proof, root)


def test_every_consistency_proof_up_to_seventy_leaves_holds():
    roots = [plain_root(LEAVES[:size]) for size in range(71)]
    for new in range(1, 71):
        for old in range(1, new + 1):
            proof = merkle.prove_consistency(old, new, node)
            assert merkle.verify_consistency(old, new, roots[old], roots[new], proof)


def test_every_subtree_proof_up_to_forty_leaves_holds():
    for size in range(1, 41):
        root = plain_root(LEAVES[:size])
        for start in range(size):
            for end in range(start + 1, size + 1):
                if merkle.is_subtree(start, end):
                    part = plain_root(LEAVES[start:end])
                    proof = merkle.prove_subtree_consistency(start, end, size, node)
                    assert merkle.verify_subtree_consistency(start, end, size, part, root, proof)


@given(SIZES, st.data())
def test_an_altered_inclusion_proof_fails(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.prove_inclusion(index, size, node)
    root = plain_root(LEAVES[:size])
    other = data.draw(st.integers(0, 79).filter(lambda n: n != index))

    assert not merkle.verify_inclusion(index, size, LEAVES[other], proof, root)
    assert not merkle.verify_inclusion(index, size, LEAVES[index], [*proof, LEAVES[0]], root)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        bit = data.draw(st.integers(0, 255))
        broken = bytearray(proof[place])
        broken[bit // 8] ^= 1 << bit % 8
        changed = [*proof[:place], bytes(broken), *proof[place + 1 :]]
        assert not merkle.verify_inclusion(index, size, LEAVES[index], changed, root)
        assert not merkle.verify_inclusion(index, size, LEAVES[index], proof[:-1], root)


@given(SIZES, st.data())
def test_a_rewritten_history_fails_the_consistency_proof(size, data):
    old = data.draw(st.integers(1, size))
    altered = data.draw(st.integers(0, old - 1))
    proof = merkle.prove_consistency(old, size, node)
    forged = [*LEAVES[:altered], merkle.leaf_hash(b"forged"), *LEAVES[altered + 1 : old]]

    root = plain_root(LEAVES[:size])
    assert not merkle.verify_consistency(old, size, plain_root(forged), root, proof)


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_a_leaf_outside_the_tree_has_no_proof(index):
    with pytest.raises(ValueError, match="no leaf"):
        merkle.prove_inclusion(index, 5, node)
    assert not merkle.verify_inclusion(index, 5, LEAVES[0], [], plain_root(LEAVES[:5]))


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [
        (0, 256, "000"),
        (5, 256, "005"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1234067, 256, "x001/x234/067"),
        (1234067, 8, "x001/x234/067.p/8"),
    ],
)
def test_tile_paths_are_written_as_the_format_says(number, width, path):
    assert tiles.tile_path(3, number, width) == f"tile/3/{path}"
    assert tiles.entries_path(number, width) == f"tile/entries/{path}"
    assert tiles.read_path(path) == (number, width)


@pytest.mark.parametrize(
    "path",
    ["", "0", "0000", "x000/000", "x001/00", "001/001", "x001", "000.p/0", "000.p/256", "000.p/",
     "000.p/08", "000.p/257", "-01", "٠٠٠", "000/", "../000", "x001/x000"],
)  # fmt: skip
def test_no_other_spelling_of_a_tile_path_is_read(path):
    with pytest.raises(ValueError, match="tile"):
        tiles.read_path(path)


@given(st.integers(0, 10**12), st.integers(1, 256))
def test_tile_paths_read_back(number, width):
    path = tiles.tile_path(0, number, width).removeprefix("tile/0/")
    assert tiles.read_path(path) == (number, width)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_read_back(leaves):
    assert tiles.read_bundle(tiles.bundle(leaves)) == leaves


def test_a_cut_bundle_is_refused():
    whole = tiles.bundle([b"abc"])
    for cut in range(1, len(whole)):
        with pytest.raises(ValueError, match="ends inside"):
            tiles.read_bundle(whole[:cut])


def stored(size: int, step: int):
    """A log of ``size`` leaves written in batches of ``step``: its leaves and tiles."""
    leaves = [merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(size)]
    kept: dict[tuple[int, int], bytes] = {}
    for start in range(0, size, step):
        edge = [
            kept.get((level, full), b"")[: 32 * width] if width else b""
            for level, full, width in tiles.widths(start)
        ]
        writer = tiles.TileWriter(start, edge)
        writer.append(leaves[start : start + step])
        kept.update(writer.finish())
        assert writer.size == min(start + step, size)
    return leaves, kept, writer.root()


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([1, 255, 256, 257, 600, 1024, 70_000]), st.integers(200, 40_000))
def test_tiles_hold_the_same_tree_however_it_was_written(size, step):
    leaves, kept, root = stored(size, step)
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(leaf)

    assert root == frontier.root()
    assert kept == stored(size, size)[1]
    for level, full, width in tiles.widths(size):
        for number in range(full):
            assert len(kept[level, number]) == 8192
            if level:
                below = kept[level - 1, number * 256]
                assert kept[level, number][:32] == tiles.tile_root(below)
        assert (level, full) not in kept if not width else len(kept[level, full]) == 32 * width


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_proofs_read_from_tiles_hold(data):
    leaves, kept, _ = LOG
    reader = tiles.TileReader(lambda level, number, width: kept[level, number][: 32 * width])
    size = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, size - 1))
    node = reader.node_of(size)
    root, old_root = merkle.root(size, node), merkle.root(old, reader.node_of(old))

    proof = merkle.prove_inclusion(index, size, node)
    assert merkle.verify_inclusion(index, size, leaves[index], proof, root)
    proof = merkle.prove_consistency(old, size, node)
    assert merkle.verify_consistency(old, size, old_root, root, proof)


LOG = stored(66_000, 66_000)
