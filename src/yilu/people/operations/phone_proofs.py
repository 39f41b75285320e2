"""
That a phone is in somebody's hand before it becomes theirs, and that a caller is who they say.

Tries are counted before they are checked, in a transaction of their own, as for signing in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yilu.kernel import sealing, tx
from yilu.kernel.errors import Refusal
from yilu.kernel.phones import is_mobile
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.models import Party
from yilu.people.operations.limits import spend
from yilu.people.operations.sign_in import mobile_number
from yilu.people.queries.parties import opened
from yilu.people.queries.service import CODE_PHONE_PLACE
from yilu.people.rules import sign_in as rules

CALLER_LIMITS = (rules.Limit(5, 3600), rules.Limit(10, 86400))
TAIL = 6
FAREWELL = timedelta(days=2)
"""How long a message to a phone that was given up may still be on its way."""


class PhoneNotProved(Refusal):
    """The code is wrong, used, too old or tried too often: never said which."""

    code = "phone_not_proved"
    message = _("验证码不正确，或已失效")
    hint = _("请核对新手机号收到的验证码，或重新获取。")
    status = 422


@dataclass(frozen=True, slots=True)
class IssuedProof:
    """A code to deliver to ``to``, which stands for the phone itself; forgotten once it is sent."""

    to: Ref
    code: str

    def __repr__(self) -> str:
        return f"IssuedProof(to={self.to}, code=******)"


@tx.use_case
def send_phone_proof(*, party_id: int, phone: str, at: datetime) -> IssuedProof:
    """
    Make a code that proves a phone somebody wants to be reached by (新手机号验证).

    :raises NotAMobile: no mobile number. :raises TooOften: the same limits as for signing in.
    """
    number = mobile_number(phone)
    index = sealing.blind_index(number, "phone")
    spend([(f"code:phone:{index}", rules.CODE_LIMITS_BY_PHONE)], at=at)
    code = "".join(secrets.choice("0123456789") for _ in range(rules.CODE_DIGITS))
    digest = _hashes(party_id, number, code)[0]
    return IssuedProof(_kept(number, party_id, digest, None, at, at + rules.CODE_LIFETIME), code)


@tx.step
def still_reach(*, phone: str, at: datetime) -> Ref | None:
    """
    Whom to send a last word to a phone that is about to be nobody's here; None where it is no mobile.

    Kept for ``FAREWELL``, sealed, and it proves nothing.
    """
    if not phone or not is_mobile(phone):
        return None
    return _kept(phone, 0, "", at, at, at + FAREWELL)


def _kept(
    number: str, party_id: int, digest: str, used_at: datetime | None, at: datetime, until: datetime
) -> Ref:
    made = tx.rows(
        """
        insert into people_onetimecode
               (audience, phone_index, phone, owner_id, code_hash, attempts, used_at, issued_at, expires_at)
        values ('phone', %s, %s, %s::bigint, %s, 0, %s::timestamptz, %s::timestamptz, %s::timestamptz)
        returning id
        """,
        [
            sealing.blind_index(number, "phone"), sealing.seal(number, CODE_PHONE_PLACE), party_id,
            digest, used_at, at, until,
        ],
    )  # fmt: skip
    return Ref("code", int(made[0][0]))


def prove_phone(*, party_id: int, phone: str, code: str, at: datetime) -> None:
    """
    Check the code: five minutes, five tries, one use.

    :raises PhoneNotProved: in one set of words for every cause. :raises NotAMobile: no mobile.
    """
    if not _prove(party_id=party_id, number=mobile_number(phone), code=code.strip(), at=at):
        raise PhoneNotProved


@tx.use_case
def _prove(*, party_id: int, number: str, code: str, at: datetime) -> bool:
    tried = tx.rows(
        """
        update people_onetimecode as one
           set attempts = one.attempts + 1,
               used_at = case when one.code_hash = any(%(hashes)s::text[]) then %(at)s::timestamptz end
         where one.id = (select id from people_onetimecode
                          where audience = 'phone' and phone_index = any(%(indexes)s::text[])
                            and owner_id = %(party)s::bigint
                          order by id desc limit 1)
           and one.used_at is null and one.attempts < %(tries)s and one.expires_at > %(at)s::timestamptz
        returning one.used_at is not null
        """,
        {
            "hashes": _hashes(party_id, number, code), "at": at, "party": party_id,
            "indexes": sealing.blind_indexes(number, "phone"), "tries": rules.CODE_TRIES,
        },
    )  # fmt: skip
    return bool(tried and tried[0][0])


@tx.use_case
def check_caller(
    *, party_id: int, identity_tail: str, birth_date: date | None, at: datetime
) -> bool:
    """
    Whether a caller knows the last six signs of the identity number and the date of birth (电话核身).

    :raises TooOften: five tries an hour and ten a day for one customer, whoever asks.
    """
    spend([(f"caller:{party_id}", CALLER_LIMITS)], at=at)
    party = Party.objects.filter(pk=party_id, merged_into=None, erased_at=None).first()
    if party is None:
        return False
    number = opened(party, "identity")
    tail = identity_tail.strip().upper()
    knows = len(tail) == TAIL and secrets.compare_digest(
        number[-TAIL:].encode(), tail.encode("ascii", "replace")
    )
    return knows and birth_date is not None and birth_date == party.birth_date


def _hashes(party_id: int, number: str, code: str) -> list[str]:
    return sealing.keyed_digests(f"phone:{party_id}:{number}:{code}", "one-time code")
