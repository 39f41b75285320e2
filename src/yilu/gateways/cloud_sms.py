"""
Text messages through the two large clouds, which keep the texts as templates of their own.

``alibaba://key:secret@dysmsapi.aliyuncs.com?templates=FILE`` signs with ACS3-HMAC-SHA256,
``tencent://id:key@sms.tencentcloudapi.com?app=1400…&region=ap-guangzhou&templates=FILE`` with TC3-HMAC-SHA256
(``…+http://`` for a test server). FILE says which of their templates is ours: ``{"claims.paid": "SMS_1"}``, for
Tencent with the order of the facts: ``{"claims.paid": ["1", "claim", "amount"]}``. Receipts come to /hooks/sms.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from yilu.gateways.accounts import Busy, NoAnswer, ask
from yilu.gateways.sms import (
    Accepted,
    Answer,
    BadAddress,
    Lost,
    Place,
    Receipt,
    Refused,
    Text,
    Upward,
    international,
    registered,
)
from yilu.kernel.texts import keepable

LANES = 16
_NOTHING = hashlib.sha256(b"").hexdigest()


def acs3_authorization(
    key_id: str, secret: str, method: str, path: str, query: Mapping[str, str],
    headers: Mapping[str, str], body_hash: str,
) -> str:  # fmt: skip
    """The Authorization of an ACS3-HMAC-SHA256 request: every header given is signed."""
    asked = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(query.items()))
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    named = ";".join(sorted(lower))
    told = "".join(f"{name}:{lower[name]}\n" for name in sorted(lower))
    canonical = "\n".join([method, path, asked, told, named, body_hash])
    signed = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(secret.encode(), signed.encode(), "sha256").hex()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={named},Signature={signature}"


def tc3_authorization(
    key_id: str,
    secret: str,
    service: str,
    host: str,
    content_type: str,
    timestamp: int,
    body: bytes,
) -> str:
    """The Authorization of a TC3-HMAC-SHA256 POST: content type and host are signed."""
    canonical = "\n".join(
        ["POST", "/", "", f"content-type:{content_type}\nhost:{host}\n", "content-type;host",
         hashlib.sha256(body).hexdigest()]
    )  # fmt: skip
    day = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    signed = "\n".join(
        ["TC3-HMAC-SHA256", str(timestamp), scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, signed.encode(), "sha256").hex()
    return (
        f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, "
        f"SignedHeaders=content-type;host, Signature={signature}"
    )


class _Cloud(ABC):
    """What both have in common: one request a text, several at the same time."""

    name = "cloud"

    def __init__(self, place: Place) -> None:
        if not place.host or not place.user or not place.password:
            raise BadAddress(
                f"{place.scheme} is given as {place.scheme}://key:secret@host?templates=FILE"
            )
        self.rate = place.number("rate", 0)
        self._place = place
        self._templates = registered(place.options.get("templates", ""))
        plain = place.scheme.endswith("+http")
        self._host = f"{place.host}:{place.port}" if place.port else place.host
        self._base = f"{'http' if plain else 'https'}://{self._host}"

    def submit(self, texts: Sequence[Text]) -> list[Answer]:
        if not texts:
            return []
        with ThreadPoolExecutor(min(LANES, len(texts))) as pool:
            return list(pool.map(self._one, texts))

    def collect(self) -> tuple[list[Receipt], list[Upward]]:
        return [], []

    def _one(self, text: Text) -> Answer:
        if text.template not in self._templates:
            return Refused("NO_TEMPLATE_OVER_THERE", is_final=True)
        try:
            status, answer = self._ask(text, self._templates[text.template])
        except Busy as trouble:
            return Refused(str(trouble)[:40], is_final=False)
        except NoAnswer as trouble:
            return Lost(str(trouble)[:40])
        except (KeyError, TypeError, IndexError):
            return Refused("TEMPLATE_TABLE", is_final=True)
        try:
            return self._understood(status, answer)
        except (KeyError, TypeError, IndexError, AttributeError):
            return Lost("UNREADABLE")

    @abstractmethod
    def _ask(self, text: Text, template: Any) -> tuple[int, Any]:
        """Send one text: the status and what was answered."""

    @abstractmethod
    def _understood(self, status: int, answer: Any) -> Answer:
        """What an answer means."""


class AlibabaGateway(_Cloud):
    """阿里云短信 SendSms, version 2017-05-25: parameters in the query, an empty body."""

    name = "alibaba"
    BUSY = (
        "isp.",
        "Throttling",
        "ServiceUnavailable",
        "isv.AMOUNT_NOT_ENOUGH",
        "isv.OUT_OF_SERVICE",
    )

    def _ask(self, text: Text, template: Any) -> tuple[int, Any]:
        query = {
            "PhoneNumbers": text.number.removeprefix("+86").removeprefix("+"), "SignName": text.sign,
            "TemplateCode": str(template), "TemplateParam": json.dumps(dict(text.values)),
            "OutId": text.key,
        }  # fmt: skip
        headers = {
            "host": self._host, "x-acs-action": "SendSms", "x-acs-version": "2017-05-25",
            "x-acs-date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": secrets.token_hex(16), "x-acs-content-sha256": _NOTHING,
        }  # fmt: skip
        headers["Authorization"] = acs3_authorization(
            self._place.user, self._place.password, "POST", "/", query, headers, _NOTHING
        )
        path = "/?" + "&".join(f"{k}={quote(v, safe='~')}" for k, v in sorted(query.items()))
        return ask(self._base, "POST", path, b"", headers)

    def _understood(self, status: int, answer: Any) -> Answer:
        code = str(answer["Code"])
        if status == 200 and code == "OK":
            return Accepted((str(answer["BizId"]),))
        return Refused(code[:40], is_final=not code.startswith(self.BUSY))


class TencentGateway(_Cloud):
    """腾讯云短信 SendSms, version 2021-01-11: a JSON body."""

    name = "tencent"
    BUSY = ("RequestLimitExceeded", "InternalError", "FailedOperation.InsufficientBalance")

    def _ask(self, text: Text, template: Any) -> tuple[int, Any]:
        code, *facts = template if isinstance(template, list) else [template]
        body = json.dumps(
            {
                "PhoneNumberSet": [text.number], "SmsSdkAppId": self._place.options["app"],
                "TemplateId": str(code), "SignName": text.sign,
                "TemplateParamSet": [text.values[fact] for fact in facts], "SessionContext": text.key,
            }
        ).encode()  # fmt: skip
        timestamp = int(time.time())
        authorization = tc3_authorization(
            self._place.user, self._place.password, "sms", self._host, "application/json",
            timestamp, body,
        )  # fmt: skip
        headers = {
            "Host": self._host, "Content-Type": "application/json", "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11", "X-TC-Timestamp": str(timestamp),
            "X-TC-Region": self._place.options.get("region", "ap-guangzhou"),
            "Authorization": authorization,
        }  # fmt: skip
        return ask(self._base, "POST", "/", body, headers)

    def _understood(self, status: int, answer: Any) -> Answer:
        told = answer["Response"]
        code = str(told["Error"]["Code"] if "Error" in told else told["SendStatusSet"][0]["Code"])
        if code == "Ok":
            return Accepted((str(told["SendStatusSet"][0]["SerialNo"]),))
        return Refused(code[:40], is_final=not code.startswith(self.BUSY))


# -- What they post to us --------------------------------------------------------------------------


def read_posted(provider: str, content: Any) -> tuple[list[Receipt], list[Upward]]:
    """
    Receipts and replies as a cloud posts them, in lists.

    :raises ValueError: for what is none; then nothing of it is taken.
    """
    if provider not in _READERS or not isinstance(content, list) or len(content) > 1000:
        raise ValueError("not a list of reports")
    receipts: list[Receipt] = []
    replies: list[Upward] = []
    for each in content:
        try:
            read = _READERS[provider](each)
        except (KeyError, TypeError, AttributeError) as fault:
            raise ValueError(f"a report lacks {fault}") from None
        if isinstance(read, Receipt):
            receipts.append(read)
        else:
            replies.append(read)
    return receipts, replies


def _alibaba(each: Any) -> Receipt | Upward:
    if "biz_id" in each:
        reference, state = str(each["biz_id"]), str(each.get("err_code") or "")
        arrived = each["success"] is True
        proof = f"{reference}:{'DELIVERED' if arrived else state}"
        return Receipt(reference, arrived, state, proof, str(each.get("out_id", "")))
    return Upward(
        str(each["sequence_id"]), international(str(each["phone_number"])), str(each["content"])
    )


def _tencent(each: Any) -> Receipt | Upward:
    number = international(f"+{each.get('nationcode', '86')}{each['mobile']}")
    if "report_status" in each:
        reference, arrived = str(each["sid"]), each["report_status"] == "SUCCESS"
        state = str(each.get("errmsg", ""))
        return Receipt(reference, arrived, state, f"{reference}:{each['report_status']}:{state}")
    seen = f"{number}:{each['time']}:{each['text']}"
    return Upward(
        hashlib.sha256(keepable(seen).encode()).hexdigest()[:32], number, str(each["text"])
    )


_READERS = {"alibaba": _alibaba, "tencent": _tencent}
