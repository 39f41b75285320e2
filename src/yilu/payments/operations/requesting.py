"""Promise a payment: the row that the sender will bring to the bank, exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import orjson
from django.utils.translation import gettext_noop as _

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import events
from yilu.payments.models import Payout


class NothingToPay(Invalid):
    """The amount is zero or less: that is a decision, not a payment."""

    code = "nothing_to_pay"
    message = "付款金额必须大于零"
    hint = "请核对理算结果；应付为零时请按零赔付结案。"


class NotTheirAccount(NotFound):
    """No usable account of the beneficiary's own by this number: a stranger's and none look the same."""

    code = "not_their_account"
    message = "没有找到收款人本人名下可用的收款账户"
    hint = "赔款只付至收款人本人账户，请先登记或更正收款账户。"


class KeyUsedForAnother(Refusal):
    """The same key was used for a payment of another amount or to another account."""

    code = "key_used_for_another"
    message = "该笔付款已经登记，且金额或收款账户与本次不同"
    hint = "请刷新页面核对已登记的付款，不要重复提交。"


# The account belongs to people. Its ownership is checked inside this statement, because between a
# question asked there and a row written here somebody could have closed the account.
_REQUEST = """
    insert into payments_payout (about, key, to_party_id, account_id, number_index, bank_name,
           masked_number, amount, currency, purpose, state, reason, bank_reference, replaces_id, held,
           attempts, due_at, problem, requested_at, identity_awaited_at)
    select %(about)s, %(key)s, account.party_id, account.id, account.number_index, account.bank_name,
           '', %(amount)s::numeric, 'CNY', %(purpose)s, 'REQUESTED', '', '', %(replaces)s::bigint,
           false, 0, %(at)s::timestamptz, '', %(at)s::timestamptz,
           case when %(awaited)s then %(at)s::timestamptz end
      from people_bankaccount account
     where account.id = %(account)s::bigint and account.party_id = %(party)s::bigint and account.active
    on conflict do nothing
    returning id
"""


@tx.step
def request_payout(
    *,
    about: Ref,
    to_party: int,
    account_id: int,
    amount: Decimal,
    purpose: str,
    key: str,
    at: datetime,
    actor: Ref = SYSTEM,
    awaits_identity: bool = False,
) -> int:
    """
    Promise a payment in yuan to an account in the beneficiary's own name; return the payout's id.

    The sender brings it to the bank soon after commit. The same ``key`` for the same subject again
    returns the first payout and changes nothing. With ``awaits_identity`` it waits until
    ``release_identified`` says that its payee is known.

    :raises NothingToPay: unless the amount is more than zero (two decimals at most).
    :raises NotTheirAccount: if the account is not the beneficiary's own, is closed, or unknown.
    :raises KeyUsedForAnother: if the key stands for another amount, purpose or account.
    """
    payout_id = insert_payout(
        about=about,
        to_party=to_party,
        account_id=account_id,
        amount=amount,
        purpose=purpose,
        key=key,
        at=at,
        awaits_identity=awaits_identity,
    )
    if payout_id is None:
        return _already_requested(about, key, to_party, account_id, amount, purpose)
    journal.record(
        events.PayoutRequested(subject=str(about), amount=str(yuan(amount)), purpose=purpose),
        about=Ref("payout", payout_id),
        actor=actor,
        at=at,
        party=to_party,
    )
    return payout_id


def insert_payout(
    *,
    about: Ref,
    to_party: int,
    account_id: int,
    amount: Decimal,
    purpose: str,
    key: str,
    at: datetime,
    replaces: int | None = None,
    awaits_identity: bool = False,
) -> int | None:
    """Write the row in one statement; None if the key is taken or the account is not theirs."""
    try:
        amount = yuan(amount)
    except ValueError:
        raise NothingToPay(_("付款金额必须是不超过两位小数的人民币金额")) from None
    if amount <= ZERO:
        raise NothingToPay
    if purpose not in Payout.Purpose.values:
        raise ValueError(f"no such purpose: {purpose}")
    made = tx.rows(
        _REQUEST,
        {
            "about": str(about), "key": key, "party": to_party, "account": account_id,
            "amount": amount, "purpose": purpose, "at": at, "replaces": replaces,
            "awaited": awaits_identity,
        },
    )  # fmt: skip
    return int(made[0][0]) if made else None


def _already_requested(
    about: Ref, key: str, to_party: int, account_id: int, amount: Decimal, purpose: str
) -> int:
    first = Payout.objects.filter(about=str(about), key=key).first()
    if first is None:
        raise NotTheirAccount
    same = (first.to_party_id, first.account_id, first.amount, first.purpose) == (
        to_party, account_id, yuan(amount), purpose,
    )  # fmt: skip
    if not same:
        raise KeyUsedForAnother
    return int(first.pk)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of many payments: as the arguments of ``request_payout``."""

    about: Ref
    to_party: int
    account_id: int
    amount: Decimal
    purpose: str
    key: str


_REQUEST_MANY = """
    insert into payments_payout (about, key, to_party_id, account_id, number_index, bank_name,
           masked_number, amount, currency, purpose, state, reason, bank_reference, replaces_id, held,
           attempts, due_at, problem, requested_at, lane)
    select row.about, row.key, account.party_id, account.id, account.number_index, account.bank_name,
           '', row.amount, 'CNY', row.purpose, 'REQUESTED', '', '', null,
           false, 0, %(at)s::timestamptz, '', %(at)s::timestamptz, 1
      from json_to_recordset(%(wanted)s::json) as row(n int, about text, key text, party bigint,
           account bigint, amount numeric, purpose text)
      join people_bankaccount account
        on account.id = row.account and account.party_id = row.party and account.active
     order by row.n
    on conflict do nothing
    returning about, id
"""


@tx.step
def request_payouts(*, wanted: Sequence[Wanted], at: datetime) -> dict[Ref, int]:
    """
    ``request_payout`` for many subjects, one payment each, in one statement; the ids by subject.

    They go to the bank after the payments of single cases: nobody's ten minutes stand behind a file.
    The events are the caller's to record (``say_requested``), in the order of its own. One that
    was promised before, or whose account is not theirs, is not in the answer.
    """
    given = [
        {
            "n": n, "about": str(w.about), "key": w.key, "party": w.to_party,
            "account": w.account_id, "amount": str(w.amount), "purpose": w.purpose,
        }
        for n, w in enumerate(wanted)
        if w.amount > ZERO
    ]  # fmt: skip
    rows = tx.rows(_REQUEST_MANY, {"at": at, "wanted": orjson.dumps(given).decode()})
    return {Ref.parse(about): int(payout_id) for about, payout_id in rows}


@tx.step
def say_requested(payout_id: int, wanted: Wanted, *, actor: Ref, at: datetime) -> None:
    """Record that a payment of ``request_payouts`` was promised."""
    journal.record(
        events.PayoutRequested(
            subject=str(wanted.about), amount=str(wanted.amount), purpose=wanted.purpose
        ),
        about=Ref("payout", payout_id), actor=actor, at=at, party=wanted.to_party,
    )  # fmt: skip
