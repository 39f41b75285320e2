"""
Text messages to practise with: nothing leaves; the last four digits of the number choose what happens.

Any other number takes the text and reports its arrival with the next collection.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence

from yilu.gateways.sms import Accepted, Answer, Lost, Place, Receipt, Refused, Text, Upward

BEHAVIOURS = {
    "0001": "refuses for good: no such number",
    "0002": "is busy",
    "0003": "takes it, but its answer is lost",
    "0004": "takes it and reports that it did not arrive",
    "0005": "takes it and never reports",
    "0006": "takes it, and the customer answers TD",
}
"""By the last four digits of the number."""


class SandboxGateway:
    """A gateway inside our own process."""

    def __init__(self, place: Place) -> None:
        self.name = "sandbox"
        self.rate = place.number("rate", 0)
        self._lock = threading.Lock()
        self._receipts: list[Receipt] = []
        self._replies: list[Upward] = []
        self.taken = 0

    def submit(self, texts: Sequence[Text]) -> list[Answer]:
        with self._lock:
            return [self._take(text) for text in texts]

    def collect(self) -> tuple[list[Receipt], list[Upward]]:
        with self._lock:
            found = self._receipts, self._replies
            self._receipts, self._replies = [], []
        return found

    def _take(self, text: Text) -> Answer:
        ending = text.number[-4:]
        if ending == "0001":
            return Refused("NO_SUCH_NUMBER", is_final=True)
        if ending == "0002":
            return Refused("BUSY", is_final=False)
        self.taken += 1
        if ending == "0003":
            return Lost("TIMEOUT")
        references = tuple(uuid.uuid4().hex for _ in text.parts)
        if ending != "0005":
            arrived = ending != "0004"
            code = "DELIVRD" if arrived else "UNDELIV"
            self._receipts += [
                Receipt(name, arrived, code, f"{name}:{code}", text.key) for name in references
            ]
        if ending == "0006":
            self._replies.append(Upward(uuid.uuid4().hex, text.number, "TD"))
        return Accepted(references)
