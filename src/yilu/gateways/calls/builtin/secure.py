"""
A browser's line: ICE finds the way, DTLS proves the other end, SRTP carries the sound.

The other end's certificate is known by its fingerprint, which came through our own signed-in page: a
line to anybody else is never opened (RFC 5763, RFC 8827).
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import aioice
import pylibsrtp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from yilu.gateways.calls.builtin.rtp import is_rtcp

log = logging.getLogger(__name__)

CONNECT_SECONDS = 20.0
_PROFILE = b"SRTP_AES128_CM_SHA1_80"
_KEY, _SALT = 16, 14
_CIPHERS = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384"
)


class LineFailed(Exception):
    """The other end was not found, or is another than its fingerprint says."""


class Finder(aioice.Connection):
    """ICE on the addresses we were given, loopback among them."""

    def __init__(self, addresses: Sequence[str], stun: tuple[str, int] | None = None) -> None:
        super().__init__(ice_controlling=False, stun_server=stun)
        self._addresses = list(addresses)

    async def gather_candidates(self) -> None:
        """The library looks at every address but loopback; we look at ours only."""
        if not self._local_candidates_start:
            self._local_candidates_start = True
            self._local_candidates += await self.get_component_candidates(
                component=1, addresses=self._addresses
            )
            self._local_candidates_end = True


@cache
def _identity() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """One certificate a process, signed by itself: browsers ask for nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "yilu switch")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365)).sign(key, hashes.SHA256())
    )  # fmt: skip
    return made, key


def fingerprint(certificate: x509.Certificate | None = None) -> str:
    """``AB:CD:…`` of SHA-256, ours where none is given."""
    raw = (certificate or _identity()[0]).fingerprint(hashes.SHA256()).hex().upper()
    return ":".join(raw[n : n + 2] for n in range(0, len(raw), 2))


class SecureLine:
    """One browser. ``on_packet`` hears every RTP packet, ``on_gone`` once that it ended."""

    def __init__(self, ice: aioice.Connection, theirs: str) -> None:
        self.ice, self._theirs = ice, theirs
        self.on_packet: Callable[[bytes], None] = lambda _data: None
        self.on_gone: Callable[[], None] = lambda: None
        self.open = False
        self._ssl = SSL.Connection(_context())
        self._ssl.set_accept_state()
        self._inward: pylibsrtp.Session | None = None
        self._outward: pylibsrtp.Session | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Connect, then carry packets until the other end goes."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self.ice.connect()
                await self._shake_hands()
            self._check_and_key()
            self.open = True
            while True:
                self._take(await self.ice.recv())
        except (ConnectionError, TimeoutError, LineFailed, SSL.Error, pylibsrtp.Error) as fault:
            log.info("a browser's line ended: %s", type(fault).__name__)
        finally:
            self.open = False
            with contextlib.suppress(ConnectionError):
                await self.ice.close()
            self.on_gone()

    def send(self, packet: bytes) -> None:
        """Send an RTP packet; without a line it is dropped."""
        if not self.open or self._outward is None:
            return
        task = asyncio.ensure_future(self._send(self._outward.protect(packet)))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def close(self) -> None:
        """End the line; ``run`` ends by it."""
        with contextlib.suppress(SSL.Error, ConnectionError):
            self._ssl.shutdown()
            await self._flush()
        with contextlib.suppress(ConnectionError):
            await self.ice.close()

    async def _send(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            await self.ice.send(data)

    async def _shake_hands(self) -> None:
        while True:
            try:
                self._ssl.do_handshake()
                await self._flush()
                return
            except SSL.WantReadError:
                await self._flush()
            try:
                async with asyncio.timeout(self._ssl.DTLSv1_get_timeout() or 1.0):
                    data = await self.ice.recv()
            except TimeoutError:
                self._ssl.DTLSv1_handle_timeout()
                continue
            if data and 19 < data[0] < 64:
                self._ssl.bio_write(data)

    async def _flush(self) -> None:
        while True:
            try:
                data = self._ssl.bio_read(1500)
            except SSL.Error:
                return
            await self.ice.send(data)

    def _check_and_key(self) -> None:
        certificate = self._ssl.get_peer_certificate(as_cryptography=True)
        if certificate is None or not hmac.compare_digest(fingerprint(certificate), self._theirs):
            raise LineFailed("fingerprint")
        if self._ssl.get_selected_srtp_profile() != _PROFILE:
            raise LineFailed("profile")
        secret = self._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (_KEY + _SALT))
        self._inward = _session(secret, 0, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self._outward = _session(secret, 1, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)

    def _take(self, data: bytes) -> None:
        if not data:
            return
        if 19 < data[0] < 64:
            self._ssl.bio_write(data)
            try:
                self._ssl.recv(1500)
            except SSL.ZeroReturnError:
                raise ConnectionError("closed by the browser") from None
            except SSL.Error:
                return
        elif 127 < data[0] < 192 and self._inward is not None:
            if is_rtcp(data):
                return
            try:
                packet = self._inward.unprotect(data)
            except pylibsrtp.Error:  # forged, or replayed
                return
            self.on_packet(packet)


def _context() -> SSL.Context:
    certificate, key = _identity()
    made = SSL.Context(SSL.DTLS_METHOD)
    made.set_options(SSL.OP_NO_TICKET)
    made.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_given: True)
    made.use_certificate(certificate)
    made.use_privatekey(key)
    made.set_cipher_list(_CIPHERS)
    made.set_tlsext_use_srtp(_PROFILE)
    return made


def _session(secret: bytes, which: int, kind: int) -> pylibsrtp.Session:
    key = secret[which * _KEY : (which + 1) * _KEY]
    salts = secret[2 * _KEY :]
    policy = pylibsrtp.Policy(
        key=key + salts[which * _SALT : (which + 1) * _SALT], ssrc_type=kind,
        srtp_profile=pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    )  # fmt: skip
    policy.window_size = 1024
    return pylibsrtp.Session(policy)
