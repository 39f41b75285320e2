"""Send what is due, take in what came back over the lines; the network is in ``posting`` and ``channels``."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from yilu.gateways import sms
from yilu.journal.operations import each_tick, through
from yilu.kernel.errors import Refusal
from yilu.messaging import channels, operations, posting
from yilu.messaging.operations import Inbound, Report

log = logging.getLogger(__name__)

BATCH = 200


@each_tick(seconds=0.05, own_thread=True)
def send_due(at: datetime, limit: int = BATCH) -> int:
    """
    Send what is due and may be sent at this hour; return how many messages were dealt with.

    Each message has one sender at a time and one key for ever. Its outcome is noted for the whole
    batch at once; killed in between, the mailbox holds it once, e-mail carries the same Message-ID, and
    what a gateway would take twice is in doubt instead of sent twice. Receipts and replies that came
    over the gateways' lines since are taken in first.
    """
    take_in(at)
    batch = operations.take_due(at=at, limit=limit)
    if not batch:
        return 0
    operations.record_outcomes(outcomes=posting.post(batch, at), at=at)
    return len(batch)


def take_in(at: datetime) -> int:
    """
    Note the receipts and replies that the open lines to gateways have brought.

    They are kept here until the database has them: a gateway says each thing once.
    """
    count = 0
    for gateway in channels.text_gateways():
        before, new = _unsaved.pop(gateway.name, ([], [])), gateway.collect()
        receipts, replies = [*before[0], *new[0]], [*before[1], *new[1]]
        if not receipts and not replies:
            continue
        try:
            operations.take_receipts(
                reports=[_report(gateway.name, receipt) for receipt in receipts], at=at
            )
        except Exception:
            _unsaved[gateway.name] = receipts, replies
            raise
        for reply in replies:
            _take_reply(gateway.name, reply, at)
        count += len(receipts) + len(replies)
    return count


_unsaved: dict[str, tuple[list[sms.Receipt], list[sms.Upward]]] = {}


def _report(gateway: str, receipt: sms.Receipt) -> Report:
    outcome = "DELIVERED" if receipt.arrived else "FAILED"
    return Report(gateway, receipt.reference, outcome, receipt.proof, receipt.key, receipt.code)


def _take_reply(gateway: str, reply: sms.Upward, at: datetime) -> None:
    try:
        operations.take_reply(
            inbound=Inbound("SMS", gateway, reply.proof, reply.number, reply.text), at=at
        )
    except Refusal as refused:
        log.warning("a reply over %s cannot be read: %s", gateway, refused.code)


@each_tick(seconds=5)
def reconcile_receipts(at: datetime) -> int:
    """Match reports that came before the answer they belong to."""
    return through(partial(operations.reconcile_receipts, at=at))


@each_tick(seconds=60)
def settle_doubts(at: datetime) -> int:
    """Decide about messages of which no receipt came in time."""
    return operations.settle_doubts(at=at)


@each_tick(seconds=3600)
def forget_secrets(at: datetime) -> int:
    """Erase one-time codes and links of a week ago."""
    return operations.forget_secrets(at=at)
