"""
Incoming mail: the insurer's mail server hands it to us by LMTP or SMTP, on an address of this machine only.

``YILU_MAIL_IN`` is lmtp://127.0.0.1:8024 or smtp://…. A mail is answered 250 only when it has been kept, so the
mail server keeps what we cannot take now. What a machine wrote is marked, or two machines answer each other for ever.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from yilu.kernel.texts import keepable

log = logging.getLogger(__name__)

BYTES_MAX = 10 * 1024 * 1024
TEXT_MAX = 4000
FILES_MAX = 10
"""So many attachments of one mail are looked at."""
_OURS = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
_FAILED = re.compile(r"^Action:\s*failed\b", re.MULTILINE | re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b", re.IGNORECASE)
_ENDS = {tag: re.compile(f"</{tag}>", re.IGNORECASE) for tag in ("script", "style")}
_QUOTE = re.compile(
    r"^(>|-{2,} ?原始邮件|-{2,} ?Original Message|在.{0,80}写道[:：]|On .{0,120}wrote:)"
)


class Unreadable(ValueError):
    """It is no mail, or nobody wrote it."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail, under the name its writer gave it; what it is nobody has looked at yet."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """
    A mail as we keep it. ``answers`` is the key of our message it answers, ``bounced`` of one that came back.

    ``is_automatic``: a machine wrote it (out of office, list, report); ``is_report``: about mail that came back.
    """

    message_id: str
    sender: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    answers: str = ""
    bounced: str = ""
    is_automatic: bool = False
    is_report: bool = False
    files: tuple[Attached, ...] = ()


def read_mail(content: bytes, return_path: str) -> Mail:
    """Read a mail as it came. :raises Unreadable:"""
    try:
        message = message_from_bytes(content, policy=policy.default)
        sender = parseaddr(str(message.get("From", "")))[1].lower()
        message_id = str(message.get("Message-ID", "")).strip()
        subject = str(message.get("Subject", "")).strip()
        text = _text(message)
        named = f"{message.get('In-Reply-To', '')} {message.get('References', '')}"
        files = _attached(message)
        automatic = _is_automatic(message, return_path)
        bounced = _bounced(message) if automatic else ""
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        raise Unreadable(type(fault).__name__) from None
    if "@" not in sender or not message_id or len(message_id) > 200:
        raise Unreadable("no sender or number")
    ours = _OURS.findall(named)
    return Mail(
        message_id, sender, keepable(subject[:200]), keepable(text), answers=ours[-1] if ours else "",
        bounced=bounced, is_automatic=automatic, is_report=_is_report(message), files=files,
    )  # fmt: skip


def _is_automatic(message: EmailMessage, return_path: str) -> bool:
    said = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return (
        said != "no"
        or precedence in {"bulk", "junk", "list", "auto_reply"}
        or message.get("List-Id") is not None
        or _is_report(message)
        or return_path in {"", "<>"}
    )


def _bounced(message: EmailMessage) -> str:
    """The key of our message that could not be delivered, as a delivery report says it (RFC 3464)."""
    if not _is_report(message):
        return ""
    failed, key = False, ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed = failed or bool(_FAILED.search(part.as_string()))
        elif kind in {"message/rfc822", "text/rfc822-headers"}:
            found = _OURS.search(part.as_string())
            key = found[1] if found else key
    return key if failed else ""


def _is_report(message: EmailMessage) -> bool:
    return message.get_content_type() == "multipart/report"


def _attached(message: EmailMessage) -> tuple[Attached, ...]:
    """Files that came with it, as far as they can be unpacked; empty ones are none."""
    if _is_report(message) or not message.is_multipart():
        return ()
    files = []
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            files.append(Attached(keepable(str(part.get_filename() or "")), content))
    return tuple(files[:FILES_MAX])


def _text(message: EmailMessage) -> str:
    """What was newly written: the plain text without what it quotes."""
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    text = str(body.get_content())
    if body.get_content_type() == "text/html":
        text = _words_of(text)
    lines = []
    for line in text.splitlines():
        if _QUOTE.match(line.strip()):
            break
        lines.append(line.rstrip())
    return "\n".join(lines).strip()[:TEXT_MAX]


def _words_of(html: str) -> str:
    """The text between tags. One pass, since anybody may write to us: no search begins anew at each tag."""
    shown: list[str] = []
    at, endless = 0, set()
    while (opens := html.find("<", at)) >= 0:
        hidden, ends = _HIDDEN.match(html, opens), None
        tag = "" if hidden is None else "script" if len(hidden[1]) == len("script") else "style"
        if hidden is not None and tag not in endless:
            ends = _ENDS[tag].search(html, hidden.end())
            if ends is None:
                endless.add(tag)
        after = ends.end() if ends else html.find(">", opens) + 1
        if not after:
            break
        shown += [html[at:opens], " "]
        at = after
    return "".join([*shown, html[at:]])


class Sink:
    """Takes mail as long as it is open; ``take`` keeps one and may raise: then the server keeps it."""

    def __init__(self, url: str, take: Callable[[Mail], None]) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"lmtp", "smtp"} or not parts.hostname:
            raise ValueError("YILU_MAIL_IN must look like lmtp://127.0.0.1:8024")
        kind = LMTP if parts.scheme == "lmtp" else SMTP
        handler = _Handler(take)

        class Listening(Controller):
            def factory(self) -> SMTP:
                return kind(handler, data_size_limit=BYTES_MAX, enable_SMTPUTF8=True)

        self._listening = Listening(handler, hostname=parts.hostname, port=parts.port or 8024)

    def __enter__(self) -> Sink:
        self._listening.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.stop()


class _Handler:
    def __init__(self, take: Callable[[Mail], None]) -> None:
        self._take = take

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            mail = read_mail(content, envelope.mail_from or "")
        except Unreadable as fault:
            log.warning("a mail cannot be read: %s", fault)
            return "554 5.6.0 not a mail we can read"
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._take, mail)
        except Exception as trouble:  # noqa: BLE001  (whatever it is, the mail server keeps the mail)
            log.error("a mail could not be kept: %s", type(trouble).__name__)
            return "451 4.3.0 try again later"
        return "250 2.0.0 kept"
