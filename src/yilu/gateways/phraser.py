"""
An OpenAI-compatible service that says an approved answer in other words.

It is given the approved answer and the question with numbers masked, nothing else, and whatever it
sends back is checked by whoever asked. It may be slow, wrong or away: after some failures it is left
alone for a while, and the answer is given as it was approved.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings

TIMEOUT_SECONDS = 2.0
FAILURES_MAX, REST_SECONDS = 3, 60.0
BYTES_MAX = 64 * 1024
ORDER = (
    "你是保险客服的文字编辑。把给出的标准答案改写得更口语、更贴合客户的问法。只能使用标准答案里的内容："
    "数字、期限、金额、法规、条款和引号里的名称必须原样保留，不得增加、删除或改变任何事实，不作承诺。只输出改写后的答案。"
)
log = logging.getLogger(__name__)


class Phraser(Protocol):
    """Says an answer in other words, or nothing."""

    def phrase(self, *, question: str, answer: str) -> str | None:
        """The answer in other words; None where there are none to be had now."""


@dataclass
class Breaker:
    """Leaves a service alone for a while after it failed several times in a row."""

    failures: int = 0
    rests_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def may_try(self, now: float) -> bool:
        """Whether it is worth asking."""
        return now >= self.rests_until

    def note(self, *, good: bool, now: float) -> None:
        """How it went."""
        with self._lock:
            self.failures = 0 if good else self.failures + 1
            if self.failures >= FAILURES_MAX:
                self.rests_until, self.failures = now + REST_SECONDS, 0


class ChatCompletions:
    """``POST {url}/chat/completions``."""

    def __init__(self, url: str, key: str, model: str) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._key = key
        self._model = model
        self.breaker = Breaker()

    def phrase(self, *, question: str, answer: str) -> str | None:
        """The answer in other words; None after a failure, or while it rests."""
        if not self.breaker.may_try(time.monotonic()):
            return None
        try:
            said = self._ask(question, answer)
        except (OSError, ValueError, KeyError, IndexError, TypeError) as problem:
            log.warning("no phrasing: %s", type(problem).__name__)
            self.breaker.note(good=False, now=time.monotonic())
            return None
        self.breaker.note(good=True, now=time.monotonic())
        return said or None

    def _ask(self, question: str, answer: str) -> str:
        body = {
            "model": self._model, "temperature": 0.3, "max_tokens": 600,
            "messages": [
                {"role": "system", "content": ORDER},
                {"role": "user", "content": f"客户的问法：{question}\n标准答案：{answer}"},
            ],
        }  # fmt: skip
        request = urllib.request.Request(  # noqa: S310  (the address is the operator's)
            self._url, json.dumps(body).encode(), method="POST",
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answered:  # noqa: S310
            told = json.loads(answered.read(BYTES_MAX))
        return str(told["choices"][0]["message"]["content"]).strip()


_made: dict[tuple[str, str, str], ChatCompletions] = {}


def phraser() -> Phraser | None:
    """The service that is set up; None where none is."""
    told = (settings.PHRASER_URL, settings.PHRASER_KEY, settings.PHRASER_MODEL)
    if not told[0]:
        return None
    if told not in _made:
        _made[told] = ChatCompletions(*told)
    return _made[told]
