"""
Check a receipt (.tlog-proof) from the insurer's evidence log, without the insurer.

This one file is all that is needed, with Python 3.9 or newer and the package ``cryptography``:

    python offline_verifier.py receipt.tlog-proof --key 'yilu.example/evidence+1a2b3c4d+AbCd…'

``--key`` is the log's public key as the insurer publishes it. The receipt holds an event, the
signed head of the log (the checkpoint) and the path between them. If the check says yes, the log's
owner had committed to exactly this event when the checkpoint was signed. With ``--leaf`` or
``--data`` a receipt without the event is checked for what you hold. With ``--older`` and
``--consistency`` it is checked that a log only grew since a checkpoint you kept.

It shares no code with the platform that makes the receipts: formats are C2SP tlog-proof,
tlog-checkpoint and signed-note; the tree is that of RFC 6962. Licence: Apache-2.0.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NONCE_BYTES = 16


class NotProven(Exception):
    """The file does not prove what it says; the text tells why."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """The root that a path leads to from a leaf's hash, walking down the tree's shape."""
    if not 0 <= index < size:
        raise NotProven(f"there is no leaf {index} in a tree of {size}")
    turns = []
    while size > 1:
        left = 1 << ((size - 1).bit_length() - 1)  # leaves of the left subtree
        if index < left:
            turns.append("sibling right")
            size = left
        else:
            turns.append("sibling left")
            index, size = index - left, size - left
    if len(turns) != len(path):
        raise NotProven(f"the path has {len(path)} hashes, the tree needs {len(turns)}")
    for turn, sibling in zip(reversed(turns), path):  # noqa: B905  (Python 3.9 has no strict)
        leaf = node_hash(leaf, sibling) if turn == "sibling right" else node_hash(sibling, leaf)
    return leaf


def roots_of(old: int, new: int, path: list[bytes], old_root: bytes) -> tuple[bytes, bytes]:
    """The two roots that a consistency path leads to (RFC 6962, 2.1.2)."""
    if not 0 < old <= new:
        raise NotProven(f"nothing can be said from {old} leaves to {new}")
    if old == new:
        if path:
            raise NotProven("two equal sizes need no path")
        return old_root, old_root
    rest = list(path)

    def walk(old: int, new: int, known: bool) -> tuple[bytes, bytes]:
        if old == new:
            only = old_root if known else take()
            return only, only
        left = 1 << ((new - 1).bit_length() - 1)
        if old <= left:
            before, after = walk(old, left, known)
            return before, node_hash(after, take())
        before, after = walk(old - left, new - left, False)
        sibling = take()
        return node_hash(sibling, before), node_hash(sibling, after)

    def take() -> bytes:
        if not rest:
            raise NotProven("the path is too short")
        return rest.pop(0)

    found = walk(old, new, True)
    if rest:
        raise NotProven("the path is too long")
    return found


def decode(text: str) -> bytes:
    """Strict base64."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotProven("the file holds a damaged line") from None
    if base64.b64encode(raw).decode() != text:
        raise NotProven("the file holds a damaged line")
    return raw


def open_checkpoint(note: str, key: str) -> tuple[int, bytes]:
    """The size and root of a checkpoint that the key signed."""
    name, _, rest = key.partition("+")
    key_id, _, encoded = rest.partition("+")
    public = decode(encoded)
    expected = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    if len(public) != 33 or public[0] != 1 or expected.hex() != key_id:
        raise NotProven("the key is not a verifier key: name+id+key")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != name or not lines[1].isascii() or not lines[1].isdigit():
        raise NotProven("the checkpoint is not of the log this key belongs to")
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        signer, _, encoded = rest.partition(" ")
        if dash != "—" or signer != name:
            continue
        signature = decode(encoded)
        if signature[:4] == expected:
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], text.encode())
            except InvalidSignature:
                raise NotProven("the checkpoint's signature is wrong") from None
            return int(lines[1]), decode(lines[2])
    raise NotProven("the checkpoint is not signed by this key")


def read_proof(text: str) -> tuple[int, list[bytes], str, bytes | None]:
    """The index, path, checkpoint and extra data of a proof file."""
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise NotProven("this is not a .tlog-proof file")
    extra = decode(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
    number = lines.pop(0)[6:] if lines and lines[0].startswith("index ") else ""
    if not (number.isascii() and number.isdigit()):
        raise NotProven("the file names no leaf")
    return int(number), [decode(line) for line in lines], checkpoint, extra


def check(text: str, key: str, leaf: bytes | None = None) -> dict[str, object]:
    """
    Check a proof file against the log's key.

    :param leaf: the 32 bytes of the leaf's data, where the file does not carry the event.
    :returns: what is proven: the leaf's index, the log's size, and the event where it is there.
    :raises NotProven: if anything does not fit.
    """
    index, path, checkpoint, extra = read_proof(text)
    size, root = open_checkpoint(checkpoint, key)
    event = None
    if extra is not None:
        carried = hashlib.sha256(extra).digest()
        if leaf is not None and leaf != carried:
            raise NotProven("the file carries another event than the leaf you gave")
        leaf = carried
        event = json.loads(extra[NONCE_BYTES:].decode())
    if leaf is None:
        raise NotProven("the file carries no event: give --leaf or --data")
    if root_of(index, size, leaf_hash(leaf), path) != root:
        raise NotProven("the event is not in the log at that place")
    return {"index": index, "size": size, "event": event}


def check_growth(older: str, newer: str, key: str, path: list[bytes]) -> tuple[int, int]:
    """
    Check that the log of the newer checkpoint begins with that of the older one.

    :raises NotProven: if it does not, or a checkpoint is not signed by the key.
    """
    old_size, old_root = open_checkpoint(older, key)
    new_size, new_root = open_checkpoint(newer, key)
    if roots_of(old_size, new_size, path, old_root) != (old_root, new_root):
        raise NotProven("the log was rewritten since the older checkpoint")
    return old_size, new_size


def _read(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns 0 for yes and 1 for no."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("file", help="the .tlog-proof file, or with --older the newer checkpoint")
    parser.add_argument("--key", required=True, help="the log's verifier key: name+id+key")
    parser.add_argument("--leaf", help="the leaf's data in hex")
    parser.add_argument("--data", help="a file with nonce and event, whose SHA-256 is the leaf")
    parser.add_argument("--older", help="a checkpoint kept earlier")
    parser.add_argument("--consistency", help="a file with the consistency path, base64 lines")
    asked = parser.parse_args(arguments)
    say = sys.stdout.write
    try:
        if asked.older:
            path = (
                [decode(line) for line in _read(asked.consistency).split()]
                if asked.consistency
                else []
            )
            old, new = check_growth(_read(asked.older), _read(asked.file), asked.key, path)
            say(f"成立 YES: 日志只增未改 the log only grew, {old} -> {new}\n")
            return 0
        leaf = bytes.fromhex(asked.leaf) if asked.leaf else None
        if asked.data:
            with open(asked.data, "rb") as file:
                leaf = hashlib.sha256(file.read()).digest()
        found = check(_read(asked.file), asked.key, leaf)
    except (NotProven, OSError, ValueError) as problem:
        say(f"不成立 NO: {problem}\n")
        return 1
    say(f"成立 YES: 第 {found['index']} 片叶子 leaf {found['index']} of {found['size']}\n")
    if found["event"] is not None:
        say(json.dumps(found["event"], ensure_ascii=False, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
