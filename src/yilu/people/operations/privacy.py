"""Show and hand out personal data: each leaves its mark in the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import masks, tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import events, queries
from yilu.people.models import BankAccount, Consent, Party
from yilu.people.operations import authority
from yilu.people.operations.limits import spend
from yilu.people.queries.accounts import AccountNotFound, opened_number
from yilu.people.queries.parties import PartyNotFound, opened
from yilu.people.queries.service import postal_address
from yilu.people.rules import sign_in as rules


class BadReason(Invalid):
    """Seeing private data needs one of the known reasons."""

    code = "bad_reason"
    message = "请选择查看敏感信息的原因"


@tx.use_case
def unmask(
    *,
    actor: Ref,
    party_id: int,
    field: str,
    reason: str,
    at: datetime,
    account_id: int | None = None,
) -> str:
    """
    Show one private field in full (查看敏感信息); every time is recorded and counted.

    ``field`` is one of name, phone, identity, email, account (with ``account_id``); ``reason`` one
    of ``queries.UNMASK_REASONS``. Staff need people.unmask over the person's office; agents see
    their own customers' names and phones; everybody sees their own.

    :raises PartyNotFound: in the same words for strangers. :raises TooOften: beyond the hourly or
        daily number. :raises BadReason: if the reason is none of ours. :raises AccountNotFound:
        unless the account is the person's.
    """
    if field not in rules.UNMASK_FIELDS or (field == "account") != (account_id is not None):
        raise Invalid(_("没有这一项信息"))
    if reason not in rules.UNMASK_REASONS or (reason == "OWN_DATA") != (
        actor == Ref("party", party_id)
    ):
        raise BadReason()
    party = _party_for(actor, party_id, field)
    spend([(f"unmask:{actor}", rules.UNMASK_LIMITS)], at=at)
    journal.record(
        events.PersonalDataShown(party_id=party_id, field=field, reason=reason),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip
    if field == "name":
        return party.name
    if account_id is not None:
        account = BankAccount.objects.filter(pk=account_id, party_id=party_id).first()
        if account is None:
            raise AccountNotFound()
        return opened_number(account)
    return opened(party, field)


@tx.use_case
def export_personal_data(
    *, party_id: int, actor: Ref, at: datetime, masked: bool = False
) -> dict[str, Any]:
    """
    Everything this room holds about a person, for a copy they asked for (提供副本; 个保法 45).

    The person themselves, or staff who may register people in the office. ``masked``: numbers
    are shortened as on screens, for copies that nobody's identity was checked for again.

    :raises PartyNotFound: in the same words for strangers. :raises TooOften: as for ``unmask``.
    """
    party = Party.objects.filter(pk=party_id, merged_into=None, erased_at=None).first()
    if party is None:
        raise PartyNotFound()
    if actor != Ref("party", party_id):
        _require_or_hide(actor, "people.register", party.office_id)
    spend([(f"unmask:{actor}", rules.UNMASK_LIMITS)], at=at)
    journal.record(
        events.PersonalDataExported(party_id=party_id),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip
    seen = queries.get_party(party_id)
    return {
        "姓名": party.name,
        "性别": party.get_sex_display() if party.sex else "",
        "出生日期": party.birth_date.isoformat() if party.birth_date else "",
        "证件类型": party.get_identity_kind_display() if party.identity_kind else "",
        "证件号码": seen.masked_identity if masked else opened(party, "identity"),
        "电话": seen.masked_phone if masked else opened(party, "phone"),
        "邮箱": seen.masked_email if masked else opened(party, "email"),
        "通信地址": postal_address(party_id),
        "语言": party.get_language_display(),
        "登记时间": party.registered_at.isoformat(),
        "银行账户": _accounts(party_id, masked),
        "同意记录": [
            {
                "目的": c.get_purpose_display(),
                "文本版本": c.text_version,
                "同意时间": c.given_at.isoformat(),
                "撤回时间": c.withdrawn_at.isoformat() if c.withdrawn_at else "",
            }
            for c in Consent.objects.filter(party_id=party_id).order_by("pk")
        ],
    }


def _accounts(party_id: int, masked: bool) -> list[dict[str, str]]:
    found = []
    for account in BankAccount.objects.filter(party_id=party_id).order_by("pk"):
        number = opened_number(account)
        found.append(
            {
                "开户行": account.bank_name,
                "户名": account.holder_name,
                "账号": masks.mask_account(number) if masked else number,
                "登记时间": account.added_at.isoformat(),
            }
        )
    return found


def _party_for(actor: Ref, party_id: int, field: str) -> Party:
    party = Party.objects.filter(pk=party_id, merged_into=None, erased_at=None).first()
    if party is None:
        raise PartyNotFound()
    if actor == Ref("party", party_id):
        return party
    if actor.kind == "agent":
        if (
            field not in ("name", "phone")
            or party.agent_id not in queries.agent_access(actor.id).agent_ids
        ):
            raise PartyNotFound()
        return party
    _require_or_hide(actor, "people.unmask", party.office_id)
    return party


def _require_or_hide(actor: Ref, right: str, office_id: int) -> None:
    """Staff without the right at all are told so; somebody else's customer is simply not found."""
    if actor == SYSTEM:
        return
    if actor.kind != "staff":
        raise PartyNotFound()
    try:
        authority.require(actor, right, office_id)
    except queries.OutsideOffices:
        raise PartyNotFound() from None
