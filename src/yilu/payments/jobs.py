"""Talk to the bank: bring it what is due out and in, ask about what is silent, fetch the daily statements."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings

from yilu.gateways import bank, collecting
from yilu.journal.operations import each_tick
from yilu.kernel.days import CHINA, day_of
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
    local = at.astimezone(CHINA)
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


@each_tick(seconds=3600)
def ask_for_parts(at: datetime) -> int:
    """Ask for the parts of agreed plans of repayment whose day comes near; the tick has no second helping."""
    operations.ask_for_parts(today=day_of(at), at=at)
    return 0


@each_tick(seconds=1)
def send_collections(at: datetime, limit: int = 100) -> int:
    """
    Hand due collections in as one batch; return how many were dealt with.

    Killed at any point it collects once: they are taken up in their own transaction first, carry one key
    for ever, and those that may have left before are asked about by that key before they go out again.
    """
    collector = collecting.chosen()
    if collector is None:
        return 0
    due = operations.take_due_collections(at=at, limit=limit)
    if not due:
        return 0
    known: dict[str, collecting.Answer] = {}
    try:
        asked = [each.bank_key for each in due if each.ask_first]
        known = collector.find(asked) if asked else {}
        for each in due:
            if each.order is None and each.bank_key not in known:
                operations.record_account_gone(due=each, at=at)
        orders = [e.order for e in due if e.order is not None and e.bank_key not in known]
        answers = [*known.values(), *(collector.collect(orders) if orders else ())]
    except bank.NotSent as trouble:
        log.warning("%s collections not sent: %s", len(due), trouble)
        operations.put_back_collections(due=due, at=at)
        return 0
    except bank.BankTrouble as trouble:
        log.warning("%s collections without an answer: %s", len(due), trouble)
        operations.record_silence(due=due, at=at)
        return 0
    operations.record_collection_answers(answers=answers, at=at)
    heard = {answer.key for answer in answers}
    silent = [each for each in due if each.bank_key not in heard and each.order is not None]
    if silent:
        operations.record_silence(due=silent, at=at)
    return len(due)


@each_tick(seconds=5)
def send_refunds(at: datetime, limit: int = BATCH) -> int:
    """Have wallets give back what is due, each under its own key."""
    collector = collecting.chosen()
    if collector is None:
        return 0
    done = 0
    while done < limit and (due := operations.take_due_refund(at=at)) is not None:
        state = ""
        try:
            state = collector.refund(due.bank_key, due.collection_key, due.amount)
        except bank.BankTrouble as trouble:
            log.warning("refund %s not done: %s", due.id, trouble)
        operations.record_refund(due=due, state=state, at=at)
        if not state:
            return 0
        done += 1
    return done


@each_tick(seconds=60)
def expire_collections(at: datetime) -> int:
    """End what nobody paid in time."""
    return operations.expire_collections(at=at)


@each_tick(seconds=600)
def fetch_collected(at: datetime) -> int:
    """Fetch and reconcile what the bank collected yesterday, once it is due; 1 if it was done."""
    collector = collecting.chosen()
    local = at.astimezone(CHINA)
    day = local.date() - timedelta(days=1)
    if collector is None or local.hour < STATEMENT_HOUR or queries.collections_reconciled(day):
        return 0
    try:
        lines = collector.statement(day)
    except bank.BankTrouble as trouble:
        log.warning("no list of collections of %s yet: %s", day, trouble)
        return 0
    operations.reconcile_collections(day=day, lines=lines, at=at)
    return 1
