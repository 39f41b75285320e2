"""
WeChat official account and WeCom: sending over their HTTP interfaces, and the sealed envelope of their callbacks.

``https://appid:secret@api.weixin.qq.com?templates=FILE&kind=template`` (or ``kind=subscribe``). FILE says which of
the templates registered there is ours and which fact fills which of its fields:
``{"claims.paid": {"id": "…", "fields": {"thing1": "title", "amount2": "amount"}}, "*": {…}}``.
``https://corpid:secret@qyapi.weixin.qq.com?agent=1000002`` sends WeCom texts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml import ElementTree as SafeTree

from yilu.gateways.accounts import Busy, NoAnswer, Notice, Refuses, ask
from yilu.gateways.sms import BadAddress, Place, registered

BUSY = frozenset([-1, 45009, 45011, 48006, 50002, 45033, 6000])
"""Busy, or too often: later may do."""
TOKEN_OLD = frozenset([40001, 40014, 42001])
FIELD_MAX = 20
"""How many letters a field of a registered template holds."""
FRESH_SECONDS = 300
BLOCK = 32


class _Interface(ABC):
    """What both have in common: a token for two hours, and answers with ``errcode``."""

    name = ""
    knows_key = True

    def __init__(self, place: Place) -> None:
        if place.scheme not in {"http", "https"} or not place.user or not place.password:
            raise BadAddress(f"{self.name} is given as https://id:secret@host?option=value")
        self.rate = place.number("rate", 0)
        self._place = place
        port = f":{place.port}" if place.port else ""
        self._base = f"{place.scheme}://{place.host}{port}"
        self._lock = threading.Lock()
        self._token, self._token_until = "", 0.0

    def send(self, notice: Notice) -> str:
        body = json.dumps(self._written(notice), ensure_ascii=False).encode()
        path = self._path(notice)
        answer = self._post(path, body, self._valid_token())
        if answer.get("errcode") in TOKEN_OLD:
            answer = self._post(path, body, self._valid_token(anew=True))
        code = answer.get("errcode", 0)
        if code in BUSY or code in TOKEN_OLD:
            raise Busy(f"{self.name} {code}")
        if code != 0 or answer.get("invaliduser"):
            raise Refuses(f"{self.name} {code}")
        return str(answer.get("msgid", ""))[:64] or notice.key

    def _post(self, path: str, body: bytes, token: str) -> dict[str, Any]:
        path = f"{path}?access_token={quote(token)}"
        _, answer = ask(self._base, "POST", path, body, {"Content-Type": "application/json"})
        if not isinstance(answer, dict) or not isinstance(answer.get("errcode", 0), int):
            raise NoAnswer("unreadable answer")
        return answer

    def _valid_token(self, *, anew: bool = False) -> str:
        with self._lock:
            if anew or time.monotonic() > self._token_until:
                try:
                    answer = self._fetch_token()
                except NoAnswer as trouble:
                    raise Busy(str(trouble)) from None
                if not isinstance(answer, dict) or not answer.get("access_token"):
                    raise Busy(f"{self.name} gives no token")
                self._token = str(answer["access_token"])
                self._token_until = time.monotonic() + float(answer.get("expires_in", 7200)) * 0.9
            return self._token

    @abstractmethod
    def _path(self, notice: Notice) -> str:
        """Where this notice is posted."""

    @abstractmethod
    def _fetch_token(self) -> Any:
        """A new token, as the platform answers it."""

    @abstractmethod
    def _written(self, notice: Notice) -> dict[str, Any]:
        """The notice as the platform takes it."""


class OfficialAccount(_Interface):
    """
    微信公众号: template or subscription messages; our key is their ``client_msg_id``.

    Whoever wrote to us is answered in our own words (客服消息), which WeChat takes for 48 hours; that
    interface knows no key: in doubt the answer may come twice, which is better than never.
    """

    name = "wechat"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._kind = place.options.get("kind", "template")
        if self._kind not in {"template", "subscribe"}:
            raise BadAddress("kind is template or subscribe")
        # Only a template message carries our key; a subscription message sent twice arrives twice.
        self.knows_key = self._kind == "template"
        self._templates = registered(place.options.get("templates", ""))

    def code_of(self, scene: str, seconds: int) -> str:
        """
        What a QR code says that opens the account and tells us ``scene`` (带参数二维码), for so many seconds.

        :raises Trouble: it does not answer, or will not.
        """
        asked = {
            "expire_seconds": seconds, "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }  # fmt: skip
        body, path = json.dumps(asked).encode(), "/cgi-bin/qrcode/create"
        answer = self._post(path, body, self._valid_token())
        if answer.get("errcode") in TOKEN_OLD:
            answer = self._post(path, body, self._valid_token(anew=True))
        if answer.get("errcode", 0) != 0 or not answer.get("url"):
            raise Refuses(f"{self.name} {answer.get('errcode', 0)}")
        return str(answer["url"])

    def _path(self, notice: Notice) -> str:
        kind = "template/send" if self._kind == "template" else "subscribe/bizsend"
        return f"/cgi-bin/message/{'custom/send' if notice.answers else kind}"

    def _fetch_token(self) -> Any:
        body = json.dumps(
            {
                "grant_type": "client_credential",
                "appid": self._place.user,
                "secret": self._place.password,
            }
        ).encode()
        return ask(
            self._base, "POST", "/cgi-bin/stable_token", body, {"Content-Type": "application/json"}
        )[1]

    def _written(self, notice: Notice) -> dict[str, Any]:
        if notice.answers:
            return {
                "touser": notice.address, "msgtype": "text", "text": {"content": notice.text},
            }  # fmt: skip
        known = self._templates.get(notice.template) or self._templates.get("*")
        if not known:
            raise Refuses("no template over there")
        values = {**notice.values, "title": notice.title, "text": notice.text}
        data = {
            field: {"value": values.get(fact, "")[:FIELD_MAX]}
            for field, fact in known.get("fields", {}).items()
        }
        written = {"touser": notice.address, "template_id": known["id"], "data": data}
        return {**written, "client_msg_id": notice.key} if self._kind == "template" else written


class WeCom(_Interface):
    """企业微信: a text from our application; the same text to the same person within half an hour is one."""

    name = "wecom"

    def _path(self, notice: Notice) -> str:
        return "/cgi-bin/message/send"

    def _fetch_token(self) -> Any:
        path = f"/cgi-bin/gettoken?corpid={quote(self._place.user)}&corpsecret={quote(self._place.password)}"
        return ask(self._base, "GET", path, None, {})[1]

    def _written(self, notice: Notice) -> dict[str, Any]:
        return {
            "touser": notice.address, "msgtype": "text",
            "agentid": int(self._place.number("agent", 0)), "text": {"content": notice.text},
            "enable_duplicate_check": 1, "duplicate_check_interval": 1800,
        }  # fmt: skip


# -- Callbacks -------------------------------------------------------------------------------------


class Forged(ValueError):
    """The callback is not from them, not for us, or too old."""


def signature_of(*parts: str) -> str:
    """SHA-1 over the sorted parts, as they sign every callback."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Envelope:
    """The sealed envelope of a callback: our token, the 43-letter key, and who we are to them."""

    token: str
    key: str
    receiver: str

    def check_greeting(self, signature: str, timestamp: str, nonce: str) -> None:
        """The first GET by which they see that we are here. :raises Forged:"""
        if not self.token or not _same(signature_of(self.token, timestamp, nonce), signature):
            raise Forged("wrong signature")

    def open(
        self, content: bytes, signature: str, timestamp: str, nonce: str, now: float
    ) -> Mapping[str, str]:
        """The fields inside. :raises Forged: for a wrong or old signature, a wrong key or receiver."""
        sealed = _fields(content).get("Encrypt", "")
        if not self.token or not _same(
            signature_of(self.token, timestamp, nonce, sealed), signature
        ):
            raise Forged("wrong signature")
        if not timestamp.isdigit() or abs(now - int(timestamp)) > FRESH_SECONDS:
            raise Forged("too old")
        return _fields(self._unsealed(sealed))

    def seal(self, content: bytes) -> str:
        """The other way: for answers, and for tests."""
        inner = (
            secrets.token_bytes(16)
            + len(content).to_bytes(4, "big")
            + content
            + self.receiver.encode()
        )
        filler = BLOCK - len(inner) % BLOCK
        sealer = self._cipher().encryptor()
        return base64.b64encode(
            sealer.update(inner + bytes([filler]) * filler) + sealer.finalize()
        ).decode()

    def _unsealed(self, sealed: str) -> bytes:
        try:
            opener = self._cipher().decryptor()
            inner = opener.update(base64.b64decode(sealed, validate=True)) + opener.finalize()
            inner = inner[: -inner[-1]] if 1 <= inner[-1] <= BLOCK else b""
            size = int.from_bytes(inner[16:20], "big")
            content, receiver = inner[20 : 20 + size], inner[20 + size :]
        except (ValueError, IndexError, binascii.Error):
            raise Forged("cannot be opened") from None
        if not _same(receiver.decode("utf-8", "replace"), self.receiver):
            raise Forged("for somebody else")
        return content

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.key + "=")
        if len(key) != 32:
            raise Forged("the key must have 43 letters")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _fields(content: bytes) -> Mapping[str, str]:
    try:
        root: Element = SafeTree.fromstring(content)
    except Exception:  # noqa: BLE001  (whatever an attacker makes of XML)
        raise Forged("not XML") from None
    return {child.tag: child.text or "" for child in root}
