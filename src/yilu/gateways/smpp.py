"""
Text messages over SMPP 3.4: ``smpp://name:password@host:port?source=10690000&rate=200&window=50``.

``smpps://`` uses TLS. Options: ``source`` our number, ``national=1`` numbers without +86, ``system_type``.
Receipts and replies come back over the same line. A text that was on its way when the line broke is Lost.
"""

from __future__ import annotations

import asyncio
import hashlib
import re

import smpp34

from yilu.gateways.lines import Line, part_header
from yilu.gateways.sms import BadAddress, Place, Receipt, Refused, Text, Upward, international
from yilu.kernel import short_texts

BUSY = frozenset([0x08, 0x14, 0x45, 0x58])
"""System error, queue full, submit failed, throttled: later may do. Everything else is for good."""
ARRIVED, IN_BETWEEN = "DELIVRD", frozenset(["ACCEPTD", "ENROUTE"])
_STATES = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD"}  # fmt: skip
_RECEIPT = re.compile(rb"id:(?P<id>\S+).*?stat:(?P<stat>[A-Z]+)", re.DOTALL)
RECEIPT_CLASS, HAS_HEADER = 0x04, 0x40
RECEIPTED_ID, MESSAGE_STATE = 0x001E, 0x0427


class SmppGateway(Line):
    """One line to an operator's message centre, as transceiver."""

    def __init__(self, place: Place) -> None:
        if not place.host or not place.user:
            raise BadAddress("SMPP is given as smpp://name:password@host:port?source=…")
        super().__init__()
        self.name = place.options.get("name", "smpp")
        self.rate = place.number("rate", 0)
        self._place = place
        self._window = int(place.number("window", 50))
        self._session: smpp34.Smsc | None = None
        self._client: smpp34.Client | None = None

    def is_open(self) -> bool:
        return self._session is not None

    async def _connect(self) -> None:
        self._client = smpp34.Client(
            self._place.host, self._place.port or 2775, self._place.user, self._place.password,
            bind_type="TRX", system_type=self._place.options.get("system_type", ""),
            tls=self._place.scheme == "smpps", window_size=self._window, inbound_capacity=10_000,
        )  # fmt: skip
        session = await self._client.connect()
        self._session = session
        self._listening = asyncio.create_task(self._listen(session))

    async def _hang_up(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.unbind()
        if self._client is not None:
            await self._client.stop()

    async def _submit_part(self, text: Text, place: int, reference: int) -> str | Refused:
        session = self._session
        if session is None:
            return Refused("NO_LINE", is_final=False)
        alphabet = short_texts.alphabet_of(text.text)
        content = short_texts.encode_as(text.parts[place], alphabet)
        several = len(text.parts) > 1
        if several:
            content = part_header(reference, len(text.parts), place + 1) + content
        answer = await session.submit_sm(
            self._written(text.number), content, source_addr=self._place.options.get("source", ""),
            dest_addr_ton=1, dest_addr_npi=1, data_coding=8 if alphabet == "UCS2" else 0,
            esm_class=HAS_HEADER if several else 0, registered_delivery=1,
        )  # fmt: skip
        if answer.is_success and answer.message_id:
            return str(answer.message_id)
        return Refused(f"0x{answer.command_status:02X}", answer.command_status not in BUSY)

    def _written(self, number: str) -> str:
        digits = number.removeprefix("+")
        return digits.removeprefix("86") if self._place.options.get("national") == "1" else digits

    async def _listen(self, session: smpp34.Smsc) -> None:
        while True:
            event = await session.next()
            if isinstance(event, smpp34.Disconnected):
                if self._session is session:
                    self._session = None
                return
            if event.esm_class & 0x3C == RECEIPT_CLASS:
                if (receipt := read_receipt(event)) is not None:
                    self.keep(receipt)
            elif (reply := self._read_reply(event)) is not None:
                self.keep(reply)

    def _read_reply(self, event: smpp34.DeliverSmEvent) -> Upward | None:
        content = self.joined(
            event.source_addr, event.short_message, has_header=bool(event.esm_class & HAS_HEADER)
        )
        if content is None:
            return None
        text = short_texts.decoded(content, "UCS2" if event.data_coding == 8 else "GSM7")
        # The protocol numbers no reply: the same words of the same number at the same moment are one.
        seen = f"{event.source_addr}:{asyncio.get_running_loop().time():.3f}:{text}"
        return Upward(
            hashlib.sha256(seen.encode()).hexdigest()[:32], international(event.source_addr), text
        )


def read_receipt(event: smpp34.DeliverSmEvent) -> Receipt | None:
    """A delivery receipt by its optional parameters or its text; None where it says nothing final."""
    reference = state = ""
    for tlv in event.tlvs:
        if tlv.tag == RECEIPTED_ID:
            reference = tlv.as_string() or ""
        elif tlv.tag == MESSAGE_STATE:
            state = _STATES.get(tlv.as_int() or 0, "")
    if said := _RECEIPT.search(event.short_message):
        reference = reference or said["id"].decode("ascii", "replace")
        state = state or said["stat"].decode("ascii", "replace")
    if not reference or not state or state in IN_BETWEEN:
        return None
    return Receipt(reference, state == ARRIVED, state, f"{reference}:{state}"[:100])
