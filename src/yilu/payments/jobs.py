"""Talk to the bank: bring it what is due, ask about what is silent, fetch the daily statement."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings

from yilu.gateways import bank
from yilu.journal.operations import each_tick
from yilu.payments import operations, queries, rules
from yilu.payments.operations import Due

log = logging.getLogger(__name__)

BATCH = 10
STATEMENT_HOUR = 6
"""The bank's statement of a day is there by six the next morning, Beijing time."""


@each_tick(seconds=1)
def send_due(at: datetime, limit: int = BATCH) -> int:
    """
    Bring due payments to the bank; return how many were dealt with.

    Killed at any point it pays once: a payment is taken up in its own transaction before the bank hears
    of it, carries one key for ever, and is asked about by that key before it is ever sent again.
    """
    teller = bank.chosen()
    if teller is None:
        return 0
    done, below = 0, rules.by_wire_below(settings.BANK_FILES)
    while done < limit and (due := operations.take_due(at=at, below=below)) is not None:
        if not _deliver(teller, due, at):
            return 0  # The bank is in trouble: leave it alone until the next tick.
        done += 1
    return done


def _deliver(teller: bank.Bank, due: Due, at: datetime) -> bool:
    unheard = not due.ask_first
    answer = None
    try:
        if due.ask_first:
            answer = teller.find(due.bank_key)
            unheard = answer is None
        if answer is None and due.no_account:
            operations.record_no_account(payout_id=due.id, attempts=due.attempts, at=at)
            return True
        if answer is None and due.instruction is None:
            operations.record_denied(payout_id=due.id, attempts=due.attempts, at=at)
            return True
        if answer is None and due.instruction is not None:
            answer = teller.send(due.instruction)
    except bank.NotSent as trouble:
        log.warning("payout %s not sent: %s", due.id, trouble)
        operations.record_not_sent(
            payout_id=due.id, attempts=due.attempts, unheard=unheard, problem=str(trouble), at=at
        )
        return False
    except bank.AnswerUnknown as trouble:
        log.warning("payout %s without an answer: %s", due.id, trouble)
        operations.record_no_answer(payout_id=due.id, attempts=due.attempts, at=at)
        return False
    except bank.BankRefuses as trouble:
        log.error("payout %s refused as a request: %s", due.id, trouble)
        operations.record_denied(payout_id=due.id, attempts=due.attempts, at=at)
        return True
    assert answer is not None
    operations.record_answer(payout_id=due.id, answer=answer, at=at)
    return True


@each_tick(seconds=600)
def fetch_statement(at: datetime) -> int:
    """Fetch and reconcile the latest statement that is due and not yet here; 1 if there was one."""
    teller = bank.chosen()
    local = at.astimezone(rules.BEIJING)
    day = local.date() - timedelta(days=1)
    if teller is None or local.hour < STATEMENT_HOUR or queries.is_reconciled(day, "WIRE"):
        return 0
    try:
        lines = teller.statement(day)
    except bank.BankTrouble as trouble:
        log.warning("no bank statement of %s yet: %s", day, trouble)
        return 0
    operations.reconcile(statement_date=day, lines=lines, at=at)
    return 1
