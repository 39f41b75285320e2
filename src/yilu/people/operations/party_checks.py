"""What is told about somebody, checked and sealed before it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yilu.kernel import identity as identities
from yilu.kernel import sealing, tx
from yilu.kernel.errors import Invalid
from yilu.kernel.phones import is_mobile, read_phone
from yilu.kernel.words import marked as _
from yilu.people.models import Party
from yilu.people.queries.parties import PLACES
from yilu.people.rules import particulars
from yilu.people.rules.sign_in import SIGN_IN_AGE

OLDEST_AGE = 130


class BadParticulars(Invalid):
    """Name, identity number, date of birth, phone or address cannot be right."""

    code = "bad_particulars"
    message = "客户资料有误"
    hint = "请对照证件核对后再提交。"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    """What is told about somebody; sex and birth date are read from a resident number."""

    name: str
    office_id: int
    kind: str = "PERSON"
    sex: str | None = None
    birth_date: date | None = None
    identity_kind: str | None = None
    identity_number: str = ""
    phone: str = ""
    email: str = ""
    agent_id: int | None = None
    language: str = "zh-hans"
    large_type: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Particulars that may be kept: normalised, with what they are found by, not yet sealed."""

    told: NewParty
    name: str
    sex: str | None
    birth_date: date | None
    identity: str
    phone: str
    email: str
    identity_indexes: list[str]
    phone_indexes: list[str]
    may_sign_in: bool

    def columns(self) -> dict[str, Any]:
        """The row, sealed; sealed values as bytes."""
        told = self.told
        return {
            "kind": told.kind,
            "name": self.name,
            "sex": self.sex,
            "birth_date": self.birth_date,
            "identity_kind": told.identity_kind if self.identity else None,
            "identity": _sealed(self.identity, "identity"),
            "identity_index": self.identity_indexes[0] if self.identity else None,
            "phone": _sealed(self.phone, "phone"),
            "phone_index": self.phone_indexes[0] if self.phone else None,
            "email": _sealed(self.email, "email"),
            "office_id": told.office_id,
            "agent_id": told.agent_id,
            "language": told.language,
            "large_type": told.large_type,
        }


def check(told: NewParty, today: date) -> Checked:
    """
    Normalise what was told and see whether it can be right; offices and agents are not looked up.

    :raises BadParticulars: with a Chinese sentence that repeats no number.
    """
    name = particulars.tidy_name(told.name)
    if problem := particulars.name_problem(name):
        raise BadParticulars(problem)
    if told.kind not in Party.Kind.values or told.language not in Party.Language.values:
        raise BadParticulars(_("客户类别或语言不正确"))
    if told.sex is not None and told.sex not in Party.Sex.values:
        raise BadParticulars(_("性别不正确"))
    identity, sex, birth_date = _identity(told, today)
    if birth_date is not None and not (
        birth_date <= today and particulars.age_on(birth_date, today) <= OLDEST_AGE
    ):
        raise BadParticulars(
            _("出生日期不可能"), hint=_("出生日期不能晚于今天，也不能早于130年前。")
        )
    phone = _phone(told.phone)
    email = told.email.strip()
    if email and (problem := particulars.email_problem(email)):
        raise BadParticulars(problem)
    grown_up = birth_date is None or particulars.age_on(birth_date, today) >= SIGN_IN_AGE
    return Checked(
        told=told,
        name=name,
        sex=sex,
        birth_date=birth_date,
        identity=identity,
        phone=phone,
        email=email,
        identity_indexes=sealing.blind_indexes(f"{told.identity_kind}:{identity}", "identity")
        if identity
        else [],
        phone_indexes=sealing.blind_indexes(phone, "phone") if phone else [],
        may_sign_in=bool(phone)
        and grown_up
        and told.kind == Party.Kind.PERSON
        and is_mobile(phone),
    )


@tx.step
def check_places(everybody: Sequence[NewParty]) -> None:
    """:raises BadParticulars: if an office or agent is missing or closed, in one statement."""
    offices = {told.office_id for told in everybody}
    agents = {told.agent_id for told in everybody if told.agent_id is not None}
    [(offices_found, agents_found)] = tx.rows(
        """
        select (select count(*) from people_office where id = any(%s::bigint[]) and active),
               (select count(*) from people_agent where id = any(%s::bigint[]) and active)
        """,
        [list(offices), list(agents)],
    )
    if offices_found != len(offices):
        raise BadParticulars(_("服务机构不存在或已关闭"))
    if agents_found != len(agents):
        raise BadParticulars(_("服务代理人不存在或已离职"))


@tx.step
def taken(everybody: Iterable[Checked], except_id: int = 0) -> tuple[set[str], set[str]]:
    """Which identity indexes are registered, and which phone indexes sign somebody in."""
    identity_indexes = [index for each in everybody for index in each.identity_indexes]
    phone_indexes = [index for each in everybody for index in each.phone_indexes]
    found = tx.rows(
        """
        select identity_index, null from people_party
         where identity_index = any(%s::text[]) and merged_into_id is null and id <> %s::bigint
         union all
        select null, phone_index from people_party
         where phone_index = any(%s::text[]) and signs_in and merged_into_id is null and id <> %s::bigint
        """,
        [identity_indexes, except_id, phone_indexes, except_id],
    )
    return {row[0] for row in found if row[0]}, {row[1] for row in found if row[1]}


def _identity(told: NewParty, today: date) -> tuple[str, str | None, date | None]:
    if not told.identity_number.strip():
        if told.identity_kind:
            raise BadParticulars(_("请填写证件号码"))
        return "", told.sex, told.birth_date
    if not told.identity_kind:
        raise BadParticulars(_("请选择证件类型"))
    if (told.identity_kind == "CREDIT_CODE") != (told.kind == Party.Kind.ORGANISATION):
        raise BadParticulars(_("单位客户请使用统一社会信用代码，个人客户请使用个人证件"))
    try:
        read = identities.read_identity(told.identity_kind, told.identity_number, today=today)
    except identities.Malformed as problem:
        raise BadParticulars(str(problem)) from None
    if read.birth_date and told.birth_date and read.birth_date != told.birth_date:
        raise BadParticulars(_("出生日期与证件号码不一致"))
    if read.sex and told.sex and read.sex != told.sex:
        raise BadParticulars(_("性别与证件号码不一致"))
    return read.number, read.sex or told.sex, read.birth_date or told.birth_date


def _phone(phone: str) -> str:
    if not phone.strip():
        return ""
    try:
        return read_phone(phone)
    except ValueError as problem:
        raise BadParticulars(str(problem)) from None


def _sealed(text: str, field: str) -> bytes:
    return sealing.seal(text, PLACES[field]) if text else b""
