"""
Personal data at rest: sealed with a key ring, found again through blind indexes.

A sealed value says which cipher and which key sealed it, so that keys can be rotated while the
house runs: the newest key seals, every key of the ring opens. It is bound to its place
(``table.column``): copied into another column it no longer opens.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD_BYTES = 2 + NONCE_BYTES + TAG_BYTES
"""How much longer a sealed value is than its plain text in UTF-8."""
INDEX_LENGTH = 26
"""A blind index: two hex digits of key id, then 96 bits of a keyed digest."""

CIPHERS = {"AES-GCM": 1, "SM4-GCM": 2}
"""The ciphers by name, with the byte that marks them in a sealed value."""

_RING_ENTRY = re.compile(r"([0-9]{1,3}):(\S{16,})")


class CannotUnseal(Exception):
    """The value was tampered with, belongs to another place, or its key has left the ring."""


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class _Sm4Gcm:
    """SM4 (GB/T 32907) in GCM, with the interface of cryptography's AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        sealer = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        sealer.authenticate_additional_data(associated_data or b"")
        return sealer.update(data) + sealer.finalize() + sealer.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        tag = data[-TAG_BYTES:]
        opener = Cipher(self._cipher, modes.GCM(nonce, tag)).decryptor()
        opener.authenticate_additional_data(associated_data or b"")
        return opener.update(data[:-TAG_BYTES]) + opener.finalize()


@dataclass(frozen=True, slots=True)
class _Ring:
    """The keys, newest first."""

    key_ids: tuple[int, ...]
    aeads: dict[tuple[int, int], _Aead]  # by (cipher byte, key id)
    roots: dict[int, bytes]
    newest: tuple[int, int]


def seal(text: str, place: str) -> bytes:
    """Seal a text for ``place`` ("people_party.phone") with the newest key."""
    return seal_bytes(text.encode(), place)


def unseal(sealed: bytes | memoryview, place: str) -> str:
    """Open what ``seal`` made for the same place. :raises CannotUnseal: in every other case."""
    return unseal_bytes(sealed, place).decode()


def seal_bytes(content: bytes, place: str) -> bytes:
    """Seal bytes, such as a file, for ``place`` with the newest key."""
    ring = _current_ring()
    nonce = os.urandom(NONCE_BYTES)
    return (
        bytes(ring.newest) + nonce + ring.aeads[ring.newest].encrypt(nonce, content, place.encode())
    )


def unseal_bytes(sealed: bytes | memoryview, place: str) -> bytes:
    """Open what ``seal_bytes`` made for the same place. :raises CannotUnseal: otherwise."""
    content = bytes(sealed)
    if len(content) < OVERHEAD_BYTES:
        raise CannotUnseal(f"{place}: too short to be a sealed value")
    aead = _current_ring().aeads.get((content[0], content[1]))
    if aead is None:
        raise CannotUnseal(f"{place}: sealed with key {content[1]}, which is not in the ring")
    nonce, body = content[2 : 2 + NONCE_BYTES], content[2 + NONCE_BYTES :]
    try:
        return aead.decrypt(nonce, body, place.encode())
    except InvalidTag:
        raise CannotUnseal(f"{place}: altered, or sealed for another place") from None


def is_outdated(sealed: bytes | memoryview) -> bool:
    """Whether a value was sealed with another key or cipher than the newest."""
    return tuple(bytes(sealed[:2])) != _current_ring().newest


def newest_prefix() -> bytes:
    """The two bytes every value sealed from now on begins with: to find outdated rows in SQL."""
    return bytes(_current_ring().newest)


def newest_index_prefix() -> str:
    """The two characters every blind index made from now on begins with."""
    return f"{_current_ring().newest[1]:02x}"


def blind_index(text: str, domain: str) -> str:
    """
    A keyed digest to find an equal value by, without opening anything.

    Values of one ``domain`` ("phone", "identity", "account") compare across tables; two domains
    never do. Normalise the text first. The index changes when the newest key does: look up with
    ``blind_indexes``.
    """
    return _index(_current_ring().newest[1], text, domain)


def blind_indexes(text: str, domain: str) -> list[str]:
    """The index under every key of the ring, newest first: ``where phone_index = any(%s)``."""
    return [_index(key_id, text, domain) for key_id in _current_ring().key_ids]


def keyed_digests(text: str, domain: str) -> list[str]:
    """
    Full-length keyed digests in hex, newest key first: keep the first, compare with every one.

    For one-time codes and the like, which nobody must be able to try out on a stolen copy.
    """
    return [
        hmac.digest(_index_key(key_id, domain), text.encode(), "sha256").hex()
        for key_id in _current_ring().key_ids
    ]


def _index(key_id: int, text: str, domain: str) -> str:
    digest = hmac.digest(_index_key(key_id, domain), text.encode(), "sha256")
    return f"{key_id:02x}{digest[:12].hex()}"


def _index_key(key_id: int, domain: str) -> bytes:
    return _derived(_current_ring().roots[key_id], f"yilu blind index: {domain}", 32)


def _current_ring() -> _Ring:
    # Settings are read each time so that a test may rotate; the ring itself is kept.
    return _ring(settings.SEALING_KEY, getattr(settings, "SEALING_CIPHER", "AES-GCM"))


@lru_cache(maxsize=8)
def _ring(keys: str, cipher: str) -> _Ring:
    """
    Read the ring: one bare secret (key 1), or "2:newest 1:older", newest first.

    :raises ValueError: if a secret is too short, an id repeats or the cipher is unknown.
    """
    if cipher not in CIPHERS:
        raise ValueError(f"SEALING_CIPHER is {cipher!r}; it must be one of {', '.join(CIPHERS)}")
    entries = keys.replace(",", " ").split()
    if all(_RING_ENTRY.fullmatch(entry) for entry in entries):
        secrets = [(int(e.partition(":")[0]), e.partition(":")[2]) for e in entries]
    else:
        secrets = [(1, keys)]
    ids = [key_id for key_id, _ in secrets]
    if not ids or len(set(ids)) < len(ids) or not all(1 <= key_id <= 255 for key_id in ids):
        raise ValueError("SEALING_KEY: each key needs an id of its own between 1 and 255")
    if any(len(secret) < 16 for _, secret in secrets):
        raise ValueError("SEALING_KEY: a secret needs at least 16 characters")
    roots = {key_id: hashlib.sha256(secret.encode()).digest() for key_id, secret in secrets}
    aeads: dict[tuple[int, int], _Aead] = {}
    for key_id, root in roots.items():
        aeads[CIPHERS["AES-GCM"], key_id] = AESGCM(_derived(root, "yilu sealing: AES-256-GCM", 32))
        aeads[CIPHERS["SM4-GCM"], key_id] = _Sm4Gcm(_derived(root, "yilu sealing: SM4-GCM", 16))
    return _Ring(tuple(ids), aeads, roots, (CIPHERS[cipher], ids[0]))


@lru_cache(maxsize=64)
def _derived(root: bytes, purpose: str, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=purpose.encode()).derive(
        root
    )
