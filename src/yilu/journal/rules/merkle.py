"""
Merkle trees after RFC 6962 and their proofs, also of subtrees.

A proof is a sequence of 32-byte hashes from the leaves upward. Verifiers answer yes or no and never
raise for malformed proofs. Provers are given ``node(level, index)``, the hash over the ``2**level``
leaves beginning at ``index * 2**level``, for complete nodes only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a log without leaves."""

Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf's data."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """One hash over complete subtrees given from left (largest) to right (smallest)."""
    if not hashes:
        return EMPTY_ROOT
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result


class Frontier:
    """The right edge of a growing tree: enough to append leaves and to tell the root at any size."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} complete subtrees")
        self.size = size
        self._hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        hashes, size = self._hashes, self.size
        while size & 1:
            leaf = sha256(b"\x01" + hashes.pop() + leaf).digest()
            size >>= 1
        hashes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return fold(self._hashes)


def frontier_nodes(size: int) -> Iterator[tuple[int, int]]:
    """The (level, index) of the complete subtrees of a tree, from left to right."""
    return _span(0, size)


def root(size: int, node: Node) -> bytes:
    """The root of the first ``size`` leaves."""
    return fold([node(level, index) for level, index in _span(0, size)])


def is_subtree(start: int, end: int) -> bool:
    """Whether ``[start, end)`` is a subtree: it begins at a multiple of its size rounded up to 2^n."""
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def prove_inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    proof: list[bytes] = []
    start, end = 0, size
    # From the root down to the leaf; a proof is written from the leaf up.
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            proof.append(fold([node(*at) for at in _span(middle, end)]))
            end = middle
        else:
            proof.append(fold([node(*at) for at in _span(start, middle)]))
            start = middle
    return proof[::-1]


def prove_consistency(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of ``new`` leaves begins with that of ``old`` leaves."""
    if not 0 <= old <= new:
        raise ValueError(f"no consistency from {old} to {new}")
    return prove_subtree_consistency(0, old, new, node) if 0 < old < new else []


def prove_subtree_consistency(start: int, end: int, size: int, node: Node) -> list[bytes]:
    """The proof that the subtree ``[start, end)`` is part of the tree of ``size`` leaves."""
    if not is_subtree(start, end) or end > size:
        raise ValueError(f"[{start}, {end}) is no subtree of a tree of {size}")
    proof: list[bytes] = []
    low, high = 0, size
    known = True  # whether the verifier holds the hash of [start, end) within [low, high) already
    while (low, high) != (start, end):
        middle = low + _largest_power_below(high - low)
        if end <= middle:
            proof.append(fold([node(*at) for at in _span(middle, high)]))
            high = middle
        else:
            proof.append(fold([node(*at) for at in _span(low, middle)]))
            low = middle
            if start < middle:
                start, known = middle, False
    if not known:
        proof.append(fold([node(*at) for at in _span(start, end)]))
    return proof[::-1]


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof leads from the leaf hash at ``index`` to the root of ``size`` leaves."""
    if not 0 <= index < size or not _well_formed([leaf, root, *proof]):
        return False
    place, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            result = node_hash(sibling, result)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and result == root


def verify_subtree_inclusion(
    index: int, start: int, end: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether leaf ``index`` is in the subtree ``[start, end)`` whose hash is ``root``."""
    return is_subtree(start, end) and verify_inclusion(
        index - start, end - start, leaf, proof, root
    )


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """
    Whether the tree of ``new`` leaves begins with the tree of ``old`` leaves.

    Nothing can be said about a tree without leaves: that is a no.
    """
    if not 0 < old <= new:
        return False
    return verify_subtree_consistency(0, old, new, old_root, new_root, proof)


def verify_subtree_consistency(
    start: int, end: int, size: int, subtree: bytes, root: bytes, proof: Sequence[bytes]
) -> bool:
    """
    Whether the subtree ``[start, end)`` with that hash is part of the tree of ``size`` leaves.

    The empty subtree is part of every tree, with :data:`EMPTY_ROOT` and an empty proof.
    """
    if 0 <= start == end <= size:
        return subtree == EMPTY_ROOT and not proof
    if not is_subtree(start, end) or end > size or not _well_formed(proof):
        return False
    first, last, tree = start, end - 1, size - 1
    if last == tree:
        while first != last:
            first, last, tree = first >> 1, last >> 1, tree >> 1
    else:
        while first != last and last & 1:
            first, last, tree = first >> 1, last >> 1, tree >> 1
    rest = list(proof)
    if first == last:
        inner = outer = subtree
    elif rest:
        inner = outer = rest.pop(0)
    else:
        return False
    for sibling in rest:
        if tree == 0:
            return False
        if last & 1 or last == tree:
            if first < last:
                inner = node_hash(sibling, inner)
            outer = node_hash(sibling, outer)
            while not last & 1 and last:
                first, last, tree = first >> 1, last >> 1, tree >> 1
        else:
            outer = node_hash(outer, sibling)
        first, last, tree = first >> 1, last >> 1, tree >> 1
    return tree == 0 and inner == subtree and outer == root


def _well_formed(hashes: Sequence[bytes]) -> bool:
    return all(len(each) == HASH_BYTES for each in hashes)


def _largest_power_below(number: int) -> int:
    """The largest power of two smaller than ``number`` (at least 2)."""
    return 1 << ((number - 1).bit_length() - 1)


def _span(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete nodes that make up a subtree ``[start, end)``, from left to right."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level
