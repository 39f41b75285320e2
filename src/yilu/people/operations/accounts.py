"""Bank accounts: in the party's own name, or not at all."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import BankAccount, Consent, Party
from yilu.people.operations import rows
from yilu.people.operations.consents import take_consent
from yilu.people.queries.accounts import NUMBER_PLACE, AccountNotFound
from yilu.people.queries.parties import PartyNotFound
from yilu.people.queries.privacy import has_consent
from yilu.people.rules import particulars

AT_A_DOOR = ("party", "staff")
PROOFS = ("CARD_PHOTO", "BANK_CHECK", "PAID_BEFORE", "COUNTER")


class BadAccount(Invalid):
    """The account number or bank cannot be right."""

    code = "bad_account"
    message = "银行账户信息有误"
    hint = "请对照银行卡或存折核对后再提交。"


class HolderIsSomebodyElse(Refusal):
    """Benefits go to an account in the person's own name only (互联网办法 40)."""

    code = "holder_is_somebody_else"
    message = "户名与收款人姓名不一致"
    hint = "按规定，保险金只能支付到收款人本人名下的银行账户，请登记本人账户。"
    status = 422


class AccountConsentMissing(Refusal):
    """A person's account is kept with their separate consent only (个保法 28, 29)."""

    code = "account_consent_missing"
    message = _("登记银行账户需要本人单独同意")
    hint = _("请阅读并勾选同意；不同意的，可以到柜面咨询其他领款办法。")
    status = 403


@tx.use_case
def add_account(
    *,
    party_id: int,
    bank_code: str,
    number: str,
    holder_name: str,
    bank_name: str = "",
    kind: str = "CARD",
    agreed: str = "",
    actor: Ref,
    at: datetime,
) -> int:
    """
    Add an account to which the party may be paid (登记银行账户); returns its id.

    The same account again returns the first id and changes nothing. Where a person gives it at a
    door, their separate consent stands already or comes with it: ``agreed`` is the version of its text.

    :raises HolderIsSomebodyElse: if the holder's name is not the party's. :raises BadAccount: with
        what is wrong with number or bank. :raises PartyNotFound: if there is nobody.
    :raises AccountConsentMissing: no consent. :raises ConsentTextChanged: to an older text.
    """
    party = Party.objects.filter(pk=party_id, merged_into=None, erased_at=None).first()
    if party is None:
        raise PartyNotFound()
    if actor.kind in AT_A_DOOR and party.kind == Party.Kind.PERSON:
        _insist_on_consent(party_id, agreed, actor, at)
    account_id, is_new = _add(party, kind, bank_code, bank_name, number, holder_name, at, None)
    if is_new:
        _record_added(party_id, account_id, bank_code, actor, at)
    return account_id


@tx.step
def add_company_account(
    *,
    party_id: int,
    bank_code: str,
    number: str,
    holder_name: str,
    bank_name: str = "",
    actor: Ref,
    at: datetime,
) -> int:
    """
    ``add_account`` inside another use case, for an organisation: its own account, never a card (对公账户).

    :raises BadAccount, HolderIsSomebodyElse, PartyNotFound: as there, and for a person's card.
    """
    if problem := particulars.company_account_problem(particulars.tidy_account(number)):
        raise BadAccount(problem, hint=_("请对照开户许可证或开户证明核对后再提交。"))
    party = Party.objects.filter(
        pk=party_id, kind=Party.Kind.ORGANISATION, merged_into=None, erased_at=None
    ).first()
    if party is None:
        raise PartyNotFound()
    kind = BankAccount.Kind.ACCOUNT.value
    account_id, is_new = _add(party, kind, bank_code, bank_name, number, holder_name, at, None)
    if is_new:
        _record_added(party_id, account_id, bank_code, actor, at)
    return account_id


@tx.step
def _insist_on_consent(party_id: int, agreed: str, actor: Ref, at: datetime) -> None:
    if has_consent(party_id, Consent.Purpose.FINANCIAL):
        return
    if not agreed:
        raise AccountConsentMissing()
    channel = "APP" if actor.kind == "party" else "COUNTER"
    take_consent(
        party_id=party_id, purpose=Consent.Purpose.FINANCIAL, text_version=agreed, channel=channel,
        actor=actor, at=at,
    )  # fmt: skip


def _record_added(party_id: int, account_id: int, bank_code: str, actor: Ref, at: datetime) -> None:
    journal.record(
        events.AccountAdded(account_id=account_id, bank_code=bank_code),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip


@tx.use_case
def correct_account(
    *,
    party_id: int,
    account_id: int,
    bank_code: str,
    number: str,
    holder_name: str,
    bank_name: str = "",
    kind: str = "CARD",
    actor: Ref,
    at: datetime,
) -> int:
    """
    Put a right account in the place of a wrong one (更正银行账户); returns the new id.

    The wrong one is closed and kept; payments that failed go out again to the new one.

    :raises AccountNotFound: in the same words for somebody else's account.
    """
    party = Party.objects.filter(pk=party_id, merged_into=None, erased_at=None).first()
    wrong = (
        BankAccount.objects.select_for_update(of=("self",))
        .filter(pk=account_id, party_id=party_id, active=True)
        .first()
    )
    if party is None or wrong is None:
        raise AccountNotFound()
    tx.changed("update people_bankaccount set active = false where id = %s", [account_id])
    new_id, _is_new = _add(party, kind, bank_code, bank_name, number, holder_name, at, account_id)
    journal.record(
        events.AccountCorrected(account_id=new_id, replaces_account_id=account_id),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip
    return new_id


@tx.use_case
def close_account(*, party_id: int, account_id: int, actor: Ref, at: datetime) -> None:
    """Pay nothing more to an account (停用银行账户). :raises AccountNotFound: unless it is theirs."""
    closed = tx.changed(
        "update people_bankaccount set active = false where id = %s::bigint and party_id = %s::bigint and active",
        [account_id, party_id],
    )
    if not closed:
        raise AccountNotFound()
    journal.record(
        events.AccountClosed(account_id=account_id),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip


@tx.use_case
def verify_account(*, party_id: int, account_id: int, proof: str, actor: Ref, at: datetime) -> None:
    """
    Record that a witness confirmed the account (账户核验): one of ``PROOFS``. Twice is once.

    :raises AccountNotFound: unless it is the party's. :raises BadAccount: for another proof.
    """
    if proof not in PROOFS:
        raise BadAccount(_("请选择核验方式"))
    verified = tx.rows(
        """
        update people_bankaccount set verified_at = coalesce(verified_at, %s::timestamptz)
         where id = %s::bigint and party_id = %s::bigint and active
        returning verified_at = %s::timestamptz
        """,
        [at, account_id, party_id, at],
    )
    if not verified:
        raise AccountNotFound()
    if verified[0][0]:
        journal.record(
            events.AccountVerified(account_id=account_id, proof=proof),
            about=Ref("party", party_id), actor=actor, at=at, party=party_id,
        )  # fmt: skip


def _add(
    party: Party,
    kind: str,
    bank_code: str,
    bank_name: str,
    number: str,
    holder_name: str,
    at: datetime,
    replaces_id: int | None,
) -> tuple[int, bool]:
    bank = particulars.BANKS.get(bank_code)
    tidied = particulars.tidy_account(number)
    if kind not in BankAccount.Kind.values or bank is None:
        raise BadAccount(_("请选择开户银行和账户类别"))
    if problem := particulars.account_problem(kind, tidied):
        raise BadAccount(problem)
    if not particulars.same_name(holder_name, party.name):
        raise HolderIsSomebodyElse()
    indexes = sealing.blind_indexes(tidied, "account")
    same = BankAccount.objects.filter(party=party, number_index__in=indexes, active=True)
    if (known := same.values_list("pk", flat=True).first()) is not None:
        return known, False
    account_id = rows.add(
        BankAccount,
        party_id=party.pk,
        kind=kind,
        bank_code=bank_code,
        bank_name=bank_name.strip() or bank.name,
        holder_name=party.name,
        number=sealing.seal(tidied, NUMBER_PLACE),
        number_index=indexes[0],
        replaces_id=replaces_id,
        added_at=at,
    )
    if account_id is None:  # added by another request since we looked
        return same.values_list("pk", flat=True).get(), False
    return account_id, True
