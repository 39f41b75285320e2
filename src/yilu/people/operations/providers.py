"""Hospitals and pharmacies, and the keys with which their systems call ours."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Office, Party, Provider
from yilu.people.operations import accounts, authority, parties, rows
from yilu.people.queries.parties import identity_indexes
from yilu.people.rules import particulars

HOOK_PLACE = "people_provider.hook_secret"
GRADE_MAX = 20


class BadProvider(Invalid):
    """The particulars of a provider are malformed."""

    code = "bad_provider"
    message = "医疗机构资料有误"


class ProviderKnownAlready(Refusal):
    """Another provider has the code."""

    code = "provider_known_already"
    message = "该机构编码已登记"
    hint = "请核对医疗机构编码。"


class OrganisationNameDiffers(Refusal):
    """The credit code belongs to an organisation of another name."""

    code = "organisation_name_differs"
    message = _("这个统一社会信用代码已登记在另一个名称下")
    hint = _("请按营业执照或执业许可证核对机构名称和代码。")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProvider:
    """
    A hospital or pharmacy that we are going to pay: the institution, and the organisation behind it.

    ``credit_code``: its 统一社会信用代码; the account is in its own name, never a person's card.
    """

    code: str
    name: str
    kind: str
    office_id: int
    grade: str = ""
    credit_code: str
    bank_code: str
    bank_name: str = ""
    account_holder: str
    account_number: str


@dataclass(frozen=True, slots=True)
class EnrolledProvider:
    """A provider, the organisation as which it is paid, and its account."""

    provider_id: int
    party_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class ProviderKeys:
    """
    What a provider's system needs to call ours; shown once, only digest and sealed secret are kept.

    ``token`` goes into the Authorization header; with ``hook_secret`` calls are signed.
    """

    provider_id: int
    token: str
    hook_secret: str

    def __repr__(self) -> str:
        return f"ProviderKeys(provider_id={self.provider_id})"


@tx.use_case
def register_provider(
    *, code: str, name: str, kind: str, office_id: int, grade: str = "", actor: Ref, at: datetime
) -> ProviderKeys:
    """
    Register a hospital or pharmacy (医疗机构登记); returns its id and keys, shown this once.

    :raises ProviderKnownAlready: if another provider has the code. :raises BadProvider: with what
        is wrong with name, code, kind or office.
    """
    code, name = _checked(code, name, kind, office_id)
    authority.require(actor, "people.staff", office_id)
    keys = _add(code, name, kind, grade.strip(), office_id, actor, at)
    if keys is None:
        raise ProviderKnownAlready()
    return keys


@tx.step
def enrol_provider(*, told: NewProvider, actor: Ref, at: datetime) -> EnrolledProvider:
    """
    Register a provider with its organisation and account inside another use case (医疗机构登记). Twice is once.

    A provider registered before with the very same particulars is taken as it is. Its token is not
    shown: ``renew_provider_keys`` gives it one.

    :raises ProviderKnownAlready: the code is another's, or of another office.
    :raises OrganisationNameDiffers: the credit code is another's. :raises BadProvider,
        BadParticulars, BadAccount, HolderIsSomebodyElse: with what is wrong.
    """
    code, name = _checked(told.code, told.name, told.kind, told.office_id)
    authority.require(actor, "people.staff", told.office_id)
    grade = told.grade.strip()
    keys = _add(code, name, told.kind, grade, told.office_id, actor, at)
    provider_id = keys.provider_id if keys else _known(code, name, told.kind, grade, told.office_id)
    party_id = _organisation(name, told, actor, at)
    account_id = accounts.add_company_account(
        party_id=party_id, bank_code=told.bank_code, bank_name=told.bank_name,
        number=told.account_number, holder_name=told.account_holder, actor=actor, at=at,
    )  # fmt: skip
    return EnrolledProvider(provider_id, party_id, account_id)


@tx.use_case
def renew_provider_keys(*, provider_id: int, actor: Ref, at: datetime) -> ProviderKeys:
    """
    Give a provider new keys (更换密钥); the old ones stop working at once.

    :raises NotFound: if there is no such provider.
    """
    provider = Provider.objects.select_for_update().filter(pk=provider_id, active=True).first()
    if provider is None:
        raise NotFound()
    authority.require(actor, "people.staff", provider.office_id)
    token, secret = _new_keys()
    tx.changed(
        "update people_provider set token_hash = %s, hook_secret = %s where id = %s",
        [_digest(token), sealing.seal(secret, HOOK_PLACE), provider_id],
    )
    journal.record(
        events.ProviderKeysChanged(provider_id=provider_id),
        about=Ref("provider", provider_id), actor=actor, at=at,
    )  # fmt: skip
    return ProviderKeys(provider_id, token, secret)


def _checked(code: str, name: str, kind: str, office_id: int) -> tuple[str, str]:
    """Code and name as they are kept. :raises BadProvider: with what is wrong."""
    code, name = code.strip().upper(), particulars.tidy_name(name)
    if not name:
        raise BadProvider(_("请填写机构名称"))
    if problem := particulars.name_problem(name):
        raise BadProvider(problem)
    if not code or len(code) > 30 or kind not in Provider.Kind.values:
        raise BadProvider(_("请填写机构编码，并选择类别"))
    if not Office.objects.filter(pk=office_id, active=True).exists():
        raise BadProvider(_("管理机构不存在"))
    return code, name


def _add(
    code: str, name: str, kind: str, grade: str, office_id: int, actor: Ref, at: datetime
) -> ProviderKeys | None:
    """The new provider; None if the code is known."""
    if len(grade) > GRADE_MAX:
        raise BadProvider(_("等级不能超过20个字"))
    token, secret = _new_keys()
    provider_id = rows.add(
        Provider,
        code=code,
        name=name,
        kind=kind,
        grade=grade,
        office_id=office_id,
        token_hash=_digest(token),
        hook_secret=sealing.seal(secret, HOOK_PLACE),
        registered_at=at,
    )
    if provider_id is None:
        return None
    journal.record(
        events.ProviderRegistered(provider_id=provider_id, kind=kind),
        about=Ref("provider", provider_id), actor=actor, at=at,
    )  # fmt: skip
    return ProviderKeys(provider_id, token, secret)


def _known(code: str, name: str, kind: str, grade: str, office_id: int) -> int:
    """The provider that has the code already, if it is the very one that is told of."""
    same = Provider.objects.filter(
        code=code, name=name, kind=kind, grade=grade, office_id=office_id, active=True
    ).first()
    if same is None:
        raise ProviderKnownAlready()
    return same.pk


def _organisation(name: str, told: NewProvider, actor: Ref, at: datetime) -> int:
    """The organisation with the credit code: a customer of ours already, or registered now."""
    found = Party.objects.filter(
        identity_index__in=identity_indexes(told.credit_code, "CREDIT_CODE", day_of(at)),
        merged_into=None,
        erased_at=None,
    ).first()
    if found is None:
        return parties.register_kin(
            name=name, kind="ORGANISATION", identity_kind="CREDIT_CODE",
            identity_number=told.credit_code, office_id=told.office_id, actor=actor, at=at,
        )  # fmt: skip
    if not particulars.same_name(found.name, name):
        raise OrganisationNameDiffers
    return found.pk


def _new_keys() -> tuple[str, str]:
    return f"yilu_{secrets.token_urlsafe(32)}", secrets.token_urlsafe(32)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
