"""Money of a contract goes to nobody before it is known who they are (核实收款人身份, 反洗钱法 29-31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.payments import queries as payouts
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.policies import events
from yilu.policies.rules.identifying import must_be_known
from yilu.standards import queries as standards
from yilu.work import operations as work

QUEUE = "policies.payee_identity"
FROM = "policies.payee_checked_from"
PARTLY_ENDED = "SURRENDER"
"""What is paid because a contract ends, or a part of it: a number on record does not prove who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayOut:
    """
    A sum of a contract that goes to an account in its payee's own name (arguments of ``request_payout``).

    ``made_with``: whom the contract was made with or on; they were identified then. ``ends``: value or
    premiums go back because it ends or shrinks, and who asks for that is verified anew (令2025-11 13).
    ``proved``: for this very pay-out one colleague compared the payee with the original and another approved.
    ``on_record``: those of ``made_with`` whose number the caller has read already, so that it is not read again.
    """

    about: Ref
    to_party: int
    account_id: int
    amount: Decimal
    purpose: str
    key: str
    made_with: tuple[int, ...]
    ends: bool = False
    proved: bool = False
    on_record: tuple[int, ...] = ()


@tx.step
def pay_out(wanted: Sequence[PayOut], *, actor: Ref = SYSTEM, at: datetime) -> frozenset[PayOut]:
    """
    Promise these payments; those that wait because it must be known first who their payee is, and is not.

    For these the register is asked, staff have it on their desk, and where the register cannot tell the
    payee hears what to bring. Once known they go by themselves, once (``pay_identified``). It is found
    out about all of them together. :raises: as ``payments.request_payout``.
    """
    waits = _unknown(wanted, at)
    for each in wanted:
        asks = each in waits and not payouts.is_promised(each.about, each.key)
        payout_id = payments.request_payout(
            about=each.about, to_party=each.to_party, account_id=each.account_id,
            amount=each.amount, purpose=each.purpose, key=each.key, actor=actor, at=at,
            awaits_identity=each in waits,
        )  # fmt: skip
        if asks:
            _await(each, payout_id, at)
    return waits


def _unknown(wanted: Sequence[PayOut], at: datetime) -> frozenset[PayOut]:
    if not wanted:
        return frozenset()
    least = standards.figure(FROM, at)
    asked = [
        each for each in wanted
        if must_be_known(
            each.amount, least, party_to_contract=each.to_party in each.made_with,
            proved=each.proved,
        )
    ]  # fmt: skip
    on_record = {e for e in asked if e.to_party in e.made_with and not _ends(e)}
    anew = set(asked) - on_record
    today = day_of(at)
    parties = {e.to_party for e in on_record if e.to_party not in e.on_record}
    missing = people.unchecked(parties, today, contract=parties)
    missing_anew = people.unchecked({e.to_party for e in anew}, today)
    return frozenset(
        {e for e in on_record if e.to_party in missing}
        | {e for e in anew if e.to_party in missing_anew}
    )


def _ends(each: PayOut) -> bool:
    return each.ends or each.purpose == PARTLY_ENDED


def _await(each: PayOut, payout_id: int, at: datetime) -> None:
    party = people.get_party(each.to_party)
    journal.record(
        events.PayeeIdentityAwaited(payout_id=payout_id, amount=str(each.amount)),
        about=each.about, actor=SYSTEM, at=at, party=each.to_party,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=Ref("party", each.to_party), office_id=party.office_id, at=at,
        title="付款前核实收款人身份", amount=each.amount, party_id=each.to_party,
    )  # fmt: skip
    if not people_operations.ask_register_where_it_can_tell(each.to_party):
        _tell(each.to_party, each.about, at)


def _tell(party_id: int, about: Ref, at: datetime) -> None:
    """What to bring, once about each thing they are paid for."""
    messaging.queue(
        "policies.payee_identity", to=Ref("party", party_id), about=about, at=at, facts={},
        once=f"identity:{party_id}",
    )  # fmt: skip


@tx.step
def pay_identified(party_id: int, *, at: datetime) -> int:
    """Let go what waited for this person's identity, where it is known now; how many payments."""
    return _let_go([party_id], at)


@tx.step
def ask_for_original(party_id: int, *, at: datetime) -> None:
    """The register did not know them: they hear what to bring; staff have it on their desk."""
    for each in payouts.waiting_for_identity(party_id):
        _tell(party_id, Ref.parse(each.about), at)


@tx.use_case
def pay_who_is_known(*, at: datetime, after: int = 0, limit: int = 200) -> journal.Page:
    """By the clock: pay whose check no event told of (of the same moment, of a merged record); a page of payees."""
    waiting = payouts.payees_awaited(after=after, limit=limit)
    done = _let_go(waiting, at)
    return journal.Page(done, waiting[-1] if len(waiting) == limit else 0)


def _let_go(parties: Sequence[int], at: datetime) -> int:
    known = set(parties) - people.unchecked(parties, day_of(at))
    gone = payments.release_identified(parties=known, at=at)
    for each in gone:
        journal.record(
            events.PayeeIdentified(payout_id=each.id),
            about=each.about, actor=SYSTEM, at=at, party=each.to_party,
        )  # fmt: skip
        messaging.queue(
            "policies.payee_known", to=Ref("party", each.to_party), about=each.about, at=at,
            facts={"amount": str(each.amount)},
        )  # fmt: skip
    for party_id in sorted({each.to_party for each in gone}):
        work.close_items(about=Ref("party", party_id), at=at, queue=QUEUE)
    return len(gone)
