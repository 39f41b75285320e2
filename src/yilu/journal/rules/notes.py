"""
Signed notes, checkpoints and proof files as text: C2SP signed-note, tlog-checkpoint, tlog-proof.

Only the writing and reading of the formats; signatures are made and checked in ``signing.py``.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_SIGNATURE = "— "


class Malformed(ValueError):
    """A text is not of the format it claims."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, the first four bytes naming the key, and the rest."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        return f"{_SIGNATURE}{self.name} {_encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(each.line() for each in self.signatures)


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says: the log's name, how many leaves, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A ``.tlog-proof`` file: which leaf, its path to the root, the checkpoint, and extra data."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        lines = [PROOF_HEADER]
        if self.extra is not None:
            lines.append(f"extra {_encode(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [_encode(each) for each in self.hashes]
        return "\n".join(lines) + "\n\n" + self.checkpoint


def read_note(text: str) -> Note:
    """Read a signed note. :raises Malformed: if it is none."""
    body, gap, signed = text.rpartition("\n\n")
    if not gap or not signed.endswith("\n"):
        raise Malformed("a signed note ends with signature lines after an empty line")
    if any(ord(char) < 0x20 and char != "\n" for char in text):
        raise Malformed("a note holds no control characters")
    return Note(body + "\n", tuple(_read_signature(line) for line in signed[:-1].split("\n")))


def _read_signature(line: str) -> Signature:
    name, gap, encoded = line.removeprefix(_SIGNATURE).partition(" ")
    if not line.startswith(_SIGNATURE) or not gap or not is_key_name(name):
        raise Malformed("a signature line reads: — name base64")
    raw = decode(encoded)
    if len(raw) < 5:
        raise Malformed("a signature is too short")
    return Signature(name, raw[:4], raw[4:])


def read_head(text: str) -> TreeHead:
    """Read a checkpoint's text (extension lines are allowed). :raises Malformed: if it is none."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Malformed("a checkpoint has a name, a size and a root")
    origin, size, root = lines[:3]
    if not is_whole_number(size):
        raise Malformed("a checkpoint's size is a whole number")
    decoded = decode(root)
    if len(decoded) != 32:
        raise Malformed("a root has 32 bytes")
    return TreeHead(origin, int(size), decoded)


def read_proof(text: str) -> ProofFile:
    """Read a proof file. :raises Malformed: if it is none."""
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != PROOF_HEADER:
        raise Malformed(f"a proof file begins with {PROOF_HEADER}")
    lines = lines[1:]
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode(lines.pop(0).removeprefix("extra "))
    index = lines.pop(0).removeprefix("index ") if lines and lines[0].startswith("index ") else ""
    if not is_whole_number(index):
        raise Malformed("a proof file names the leaf's index")
    hashes = tuple(decode(line) for line in lines)
    if len(hashes) > 63 or any(len(each) != 32 for each in hashes):
        raise Malformed("a proof is up to 63 hashes of 32 bytes")
    return ProofFile(int(index), hashes, checkpoint, extra)


def is_key_name(name: str) -> bool:
    """Whether a key may be called that: not empty, no spaces, no plus sign."""
    return bool(name) and "+" not in name and not any(char.isspace() for char in name)


def is_whole_number(text: str) -> bool:
    """ASCII decimal without leading zeroes, below 2^63."""
    plain = text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")
    return plain and len(text) < 20 and int(text) < 1 << 63


def decode(text: str) -> bytes:
    """Standard base64, padded, nothing else. :raises Malformed: otherwise."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("not base64") from None
    if _encode(raw) != text:
        raise Malformed("not base64 as it is written")
    return raw


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
