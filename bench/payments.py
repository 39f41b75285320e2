"""Promising a payment, and bringing it to the bank and hearing of its end."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import bench

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PAYOUTS = 400
_tags = itertools.count(1)


@bench.measure("payments.request", unit="payouts/core-s", limit="insert")
def request() -> bench.Value:
    """One payout a use case: ownership of the account checked, row and event written, commit."""
    party_id, account_id = _beneficiary()
    ask = _asking(party_id, account_id)
    ask()
    with bench.statements() as sent:
        ask()
    with bench.core_seconds() as cpu:
        for _ in range(PAYOUTS):
            ask()
    return bench.Value(PAYOUTS / cpu.total, note=f"{len(sent)} statements each; {cpu}")


@bench.measure("payments.whole_way", unit="payouts/core-s")
def whole_way() -> bench.Value:
    """Taken up, sent to a bank inside the process, accepted, its signed notice heard, settled."""
    from django.conf import settings

    from yilu.gateways import bank, sandbox_bank
    from yilu.payments import jobs, operations

    party_id, account_id = _beneficiary()
    ask = _asking(party_id, account_id)
    fake = sandbox_bank.FakeBank(delay=1.0, now=AT.timestamp())
    settings.BANK_SECRET = fake.secret
    for _ in range(PAYOUTS):
        ask()
    with bank.use(fake), bench.core_seconds() as cpu:
        while jobs.send_due(AT, limit=50):
            continue
        fake.now += 5
        heard = 0
        while notices := fake.notices():
            for body, signature, timestamp in notices:
                operations.receive_bank_notice(
                    body=body, signature=signature, timestamp=timestamp,
                    at=datetime.fromtimestamp(int(timestamp), UTC),
                )  # fmt: skip
                heard += 1
    lines = fake.statement((AT + timedelta(hours=8)).date())
    with bench.core_seconds() as day:
        found = operations.reconcile(
            statement_date=(AT + timedelta(hours=8)).date(), lines=lines, at=AT + timedelta(days=1)
        )
    bench.also(
        "payments.reconcile", len(lines) / day.total, "lines/core-s",
        note=f"{len(lines):,} lines, {found:,} differences (payouts of other benchmarks)",
    )  # fmt: skip
    return bench.Value(heard / cpu.total, note=f"{heard} settled; {cpu}")


def _asking(party_id: int, account_id: int):
    from yilu.kernel import tx
    from yilu.kernel.refs import Ref
    from yilu.payments import operations

    @tx.use_case
    def ask() -> int:
        return operations.request_payout(
            about=Ref("claim", next(_tags)), to_party=party_id, account_id=account_id,
            amount=Decimal("1234.50"), purpose="CLAIM", key="final", at=AT,
        )  # fmt: skip

    return ask


def _beneficiary() -> tuple[int, int]:
    from yilu.gateways.sandbox_bank import card_ending
    from yilu.kernel.refs import SYSTEM
    from yilu.people import operations as people
    from yilu.people import queries

    n = next(_tags)
    offices = queries.list_offices()
    office_id = (
        offices[0].id
        if offices
        else people.open_office(code="HQ", name="总公司", level="HEAD", actor=SYSTEM, at=AT)
    )
    party_id = people.register_party(name="林客户", office_id=office_id, actor=SYSTEM, at=AT)
    account_id = people.add_account(
        party_id=party_id, bank_code="ICBC", number=card_ending("7777", n), holder_name="林客户",
        actor=SYSTEM, at=AT,
    )  # fmt: skip
    return party_id, account_id
