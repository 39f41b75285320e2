"""
The evidence log's key: Ed25519 signatures on checkpoints, as C2SP signed notes.

The key is derived from the secret ``YILU_LOG_KEY`` (made once and kept with the machine's secrets).
To change it, set a new secret and add the old key's verifier text to ``YILU_LOG_OLD_KEYS``, so that
older checkpoints still verify; publish the new verifier key where people look for it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from yilu.journal.rules import notes

_ED25519 = b"\x01"


@dataclass(frozen=True)
class Verifier:
    """Checks signatures of one key; written ``name+keyid+key``."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        public = base64.b64encode(_ED25519 + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{public}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read a verifier key. :raises notes.Malformed: if it is none, or its id is another's."""
        # The key itself may hold a plus sign; the name and the id never do.
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = notes.decode(encoded)
        if not notes.is_key_name(name) or len(raw) != 33 or raw[:1] != _ED25519:
            raise notes.Malformed("not an Ed25519 verifier key")
        made = cls(name, raw[1:])
        if made.key_id.hex() != key_id:
            raise notes.Malformed("the key id does not fit the key")
        return made

    def signed(self, note: notes.Note) -> bool:
        """Whether this key signed the note."""
        for each in note.signatures:
            if (each.name, each.key_id) == (self.name, self.key_id):
                try:
                    public = Ed25519PublicKey.from_public_bytes(self.key)
                    public.verify(each.signature, note.text.encode())
                except (InvalidSignature, ValueError):
                    return False
                return True
        return False


@lru_cache(4)
def _private(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(SHA256(), 32, None, b"yilu evidence log, Ed25519").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def verifier() -> Verifier:
    """The key that signs now."""
    public = _private(settings.LOG_KEY).public_key()
    return Verifier(settings.LOG_ORIGIN, public.public_bytes(Encoding.Raw, PublicFormat.Raw))


def verifiers() -> list[Verifier]:
    """The key that signs now, and those that signed before."""
    return [verifier(), *(Verifier.parse(text) for text in settings.LOG_OLD_KEYS)]


def sign(head: notes.TreeHead) -> str:
    """The signed checkpoint of a tree head."""
    text = head.text()
    signature = _private(settings.LOG_KEY).sign(text.encode())
    known = verifier()
    return str(notes.Note(text, (notes.Signature(known.name, known.key_id, signature),)))


def open_checkpoint(text: str, keys: list[Verifier] | None = None) -> notes.TreeHead:
    """
    The tree head of a checkpoint that one of the keys signed (ours, where none are given).

    :raises notes.Malformed: if it is no checkpoint, of another log, or nobody we trust signed it.
    """
    note = notes.read_note(text)
    head = notes.read_head(note.text)
    trusted = verifiers() if keys is None else keys
    if not any(key.name == head.origin and key.signed(note) for key in trusted):
        raise notes.Malformed("no trusted key signed this checkpoint")
    return head
