"""Bank accounts: only the party's own are ever payable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yilu.kernel import masks, sealing
from yilu.kernel.errors import NotFound
from yilu.people.models import BankAccount
from yilu.people.rules.particulars import BANKS

NUMBER_PLACE = "people_bankaccount.number"


class AccountNotFound(NotFound):
    """No such account, a closed one, or somebody else's: the same words."""

    code = "account_not_found"
    message = "没有找到可用的收款账户"
    hint = "请选择或登记您本人名下的银行账户。"


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as screens and the payments room see it."""

    id: int
    party_id: int
    kind: str
    bank_code: str
    bank_name: str
    holder_name: str
    masked_number: str
    number_index: str
    verified: bool


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """What a payment instruction needs, unmasked: for the bank gateway's job alone."""

    account_id: int
    bank_code: str
    bank_name: str
    holder_name: str
    number: str

    def __repr__(self) -> str:
        return f"PaymentDetails(account_id={self.account_id})"


def get_payable_account(party_id: int, account_id: int) -> AccountView:
    """
    An account to which this party may be paid: active and in the party's own name (互联网办法 40).

    :raises AccountNotFound: in the same words for a wrong number, a closed account and somebody
        else's.
    """
    return _view(_own(party_id, account_id))


def list_accounts(party_id: int) -> list[AccountView]:
    """The party's active accounts, the latest first."""
    return [
        _view(a) for a in BankAccount.objects.filter(party_id=party_id, active=True).order_by("-pk")
    ]


def accounts_by_party(party_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The numbers of the parties' active accounts; one statement for all of them."""
    found: dict[int, set[int]] = {party_id: set() for party_id in party_ids}
    rows = BankAccount.objects.filter(party_id__in=found, active=True)
    for party_id, account_id in rows.values_list("party_id", "pk"):
        found[party_id].add(account_id)
    return {party_id: frozenset(accounts) for party_id, accounts in found.items()}


def list_banks() -> list[tuple[str, str]]:
    """The banks an account may be at, as code and Chinese name, in the order of a form."""
    return [(code, bank.name) for code, bank in BANKS.items()]


def get_payment_details(party_id: int, account_id: int) -> PaymentDetails:
    """The whole account number for a payment. :raises AccountNotFound: as get_payable_account."""
    account = _own(party_id, account_id)
    return PaymentDetails(
        account.pk,
        account.bank_code,
        account.bank_name,
        account.holder_name,
        opened_number(account),
    )


def list_payment_details(accounts: Iterable[tuple[int, int]]) -> dict[int, PaymentDetails]:
    """
    The whole account numbers for many payments, (party, account) each, by account; one statement.

    Closed accounts and those of somebody else are left out.
    """
    owners = {account_id: party_id for party_id, account_id in accounts}
    return {
        a.pk: PaymentDetails(a.pk, a.bank_code, a.bank_name, a.holder_name, opened_number(a))
        for a in BankAccount.objects.filter(pk__in=owners, active=True)
        if owners[a.pk] == a.party_id
    }


def clearing_code(bank_code: str) -> str:
    """The class of a bank in the interbank system (行别代码). :raises KeyError: no such bank."""
    return BANKS[bank_code].clearing_code


def bank_name(bank_code: str) -> str:
    """A bank's Chinese name. :raises KeyError: no such bank."""
    return BANKS[bank_code].name


def opened_number(account: BankAccount) -> str:
    """An account number in full. Only for this room."""
    return sealing.unseal(account.number, NUMBER_PLACE)


def _own(party_id: int, account_id: int) -> BankAccount:
    account = BankAccount.objects.filter(pk=account_id, party_id=party_id, active=True).first()
    if account is None:
        raise AccountNotFound()
    return account


def _view(account: BankAccount) -> AccountView:
    return AccountView(
        id=account.pk,
        party_id=account.party_id,
        kind=account.kind,
        bank_code=account.bank_code,
        bank_name=account.bank_name,
        holder_name=account.holder_name,
        masked_number=masks.mask_account(opened_number(account)),
        number_index=account.number_index,
        verified=account.verified_at is not None,
    )
