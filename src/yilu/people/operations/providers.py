"""Hospitals and pharmacies, and the keys with which their systems call ours."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Office, Provider
from yilu.people.operations import authority, rows
from yilu.people.rules import particulars

HOOK_PLACE = "people_provider.hook_secret"


class BadProvider(Invalid):
    """The particulars of a provider are malformed."""

    code = "bad_provider"
    message = "医疗机构资料有误"


class ProviderKnownAlready(Refusal):
    """Another provider has the code."""

    code = "provider_known_already"
    message = "该机构编码已登记"
    hint = "请核对医疗机构编码。"


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
    code, name = code.strip().upper(), particulars.tidy_name(name)
    if problem := particulars.name_problem(name):
        raise BadProvider(problem)
    if not code or len(code) > 30 or kind not in Provider.Kind.values:
        raise BadProvider(_("请填写机构编码，并选择类别"))
    if not Office.objects.filter(pk=office_id, active=True).exists():
        raise BadProvider(_("管理机构不存在"))
    authority.require(actor, "people.staff", office_id)
    token, secret = _new_keys()
    provider_id = rows.add(
        Provider,
        code=code,
        name=name,
        kind=kind,
        grade=grade.strip(),
        office_id=office_id,
        token_hash=_digest(token),
        hook_secret=sealing.seal(secret, HOOK_PLACE),
        registered_at=at,
    )
    if provider_id is None:
        raise ProviderKnownAlready()
    journal.record(
        events.ProviderRegistered(provider_id=provider_id, kind=kind),
        about=Ref("provider", provider_id), actor=actor, at=at,
    )  # fmt: skip
    return ProviderKeys(provider_id, token, secret)


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


def _new_keys() -> tuple[str, str]:
    return f"yilu_{secrets.token_urlsafe(32)}", secrets.token_urlsafe(32)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
