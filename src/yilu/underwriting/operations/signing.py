"""Sign with a one-time code to one's own phone, bound to what was shown (电子签名法 13–14)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.masks import mask_phone
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.underwriting import events
from yilu.underwriting.models import Application, Signature
from yilu.underwriting.queries.shown import conditions_shown, shown_now
from yilu.underwriting.rules.lifecycle import Action, State, possible

from .holding import hold, require_alone
from .refusals import (
    ApplicationNotFound,
    ChangedWhileSigning,
    ForTheCustomer,
    NoPhone,
    NotPossibleNow,
    WrongCode,
)

CODE_MINUTES = 5
TRIES = 5
CODES_AN_HOUR = 6
DOMAIN = "application signature"


class TooManyCodes(WrongCode):
    """Somebody asks for codes again and again."""

    code = "too_many_codes"
    message = "获取验证码过于频繁"
    hint = "请一小时后再试，或联系客服。"
    status = 429


@tx.use_case
def ask_signature(
    *, application_id: int, digest: str, actor: Ref, at: datetime, signer_id: int | None = None,
    purpose: str = "APPLICATION", access: people.Access | None = None,
) -> str:  # fmt: skip
    """
    Send the signer a code to their own phone, for exactly what they see; the masked phone.

    The signer is whoever asks, or at the counter the one named. An earlier code stops working.

    :raises ChangedWhileSigning: ``digest`` is not of what stands there now. :raises NoPhone: none on
        record. :raises TooManyCodes: six in an hour. :raises ApplicationNotFound: not theirs to sign.
    """
    application = _hold_to_sign(application_id, purpose, actor, access)
    signer = actor.id if actor.kind == "party" else signer_id
    if signer not in signers(application):
        raise ApplicationNotFound
    if digest != _digest(application, purpose):
        raise ChangedWhileSigning
    require_own_way(application, signer, purpose)
    return send_code(
        application.ref, application.number, {"application_id": application.pk}, signer_id=signer,
        purpose=purpose, digest=digest, at=at,
    )  # fmt: skip


@tx.step
def send_code(
    about: Ref, number: str, subject: Mapping[str, int], *, signer_id: int, purpose: str, digest: str,
    at: datetime,
) -> str:  # fmt: skip
    """
    Send a signer a code for exactly one content; the masked phone. ``subject`` names the column and
    number of what is signed.

    :raises NoPhone: none on record. :raises TooManyCodes: six in an hour.
    """
    contact = people.get_contact(Ref("party", signer_id))
    if not contact.phone:
        raise NoPhone
    lately = Signature.objects.filter(
        **subject, party_id=signer_id, sent_at__gt=at - timedelta(hours=1)
    ).count()
    if lately >= CODES_AN_HOUR:
        raise TooManyCodes
    code = f"{secrets.randbelow(1_000_000):06d}"
    made = Signature.objects.create(
        **subject, party_id=signer_id, purpose=purpose, digest=digest, code_hash="",
        phone=mask_phone(contact.phone), sent_at=at,
        code_expires_at=at + timedelta(minutes=CODE_MINUTES),
    )  # fmt: skip
    made.code_hash = _hashes(made.pk, code)[0]
    made.save(update_fields=["code_hash"])
    messaging.queue(
        "underwriting.sign_code", to=Ref("party", signer_id), about=about, at=at,
        facts={"code": code, "minutes": str(CODE_MINUTES), "number": number},
    )  # fmt: skip
    return made.phone


def sign(
    *, application_id: int, code: str, actor: Ref, at: datetime, door: str, signer_id: int | None = None,
    purpose: str = "APPLICATION", access: people.Access | None = None,
) -> bool:  # fmt: skip
    """
    Sign what the code was sent for; whether everybody who must has signed now.

    The try is counted in a transaction of its own, before it is compared: a refusal keeps the count.

    :raises WrongCode: wrong, used, too old, tried too often. :raises ChangedWhileSigning: something
        changed since the code was sent.
    """
    signer = actor.id if actor.kind == "party" else signer_id
    signature_id = count_try(
        "application_id", application_id, signer_id=signer, purpose=purpose, at=at
    )
    return _sign(
        application_id=application_id, signature_id=signature_id, code=code, actor=actor, at=at,
        door=door, purpose=purpose, access=access,
    )  # fmt: skip


@tx.use_case
def count_try(
    column: Literal["application_id", "family_id"], subject_id: int, *, signer_id: int | None,
    purpose: str, at: datetime,
) -> int | None:  # fmt: skip
    """Count a try on the latest code of a signer; the signature it is for, or None where none is left."""
    counted = tx.rows(
        f"""
        update underwriting_signature set attempts = attempts + 1
         where id = (select id from underwriting_signature
                      where {column} = %s::bigint and party_id = %s::bigint and purpose = %s
                      order by id desc limit 1)
           and signed_at is null and attempts < %s::int and code_expires_at > %s::timestamptz
        returning id
        """,
        [subject_id, signer_id, purpose, TRIES, at],
    )
    return int(counted[0][0]) if counted else None


@tx.step
def take_code(
    subject: Mapping[str, int], signature_id: int | None, code: str, *, digest: str, at: datetime,
    door: str,
) -> Signature:  # fmt: skip
    """
    Sign by a code what stands there now, ``digest``.

    :raises WrongCode: not the code. :raises ChangedWhileSigning: it was sent for other content.
    """
    found = Signature.objects.filter(pk=signature_id or 0, **subject, signed_at=None).first()
    given = code.strip()
    if found is None or not any(
        hmac.compare_digest(found.code_hash, each) for each in _hashes(found.pk, given)
    ):
        raise WrongCode
    if found.digest != digest:
        raise ChangedWhileSigning
    found.signed_at, found.door = at, door
    found.save(update_fields=["signed_at", "door"])
    return found


@tx.use_case
def _sign(
    *, application_id: int, signature_id: int | None, code: str, actor: Ref, at: datetime, door: str,
    purpose: str, access: people.Access | None,
) -> bool:  # fmt: skip
    application = _hold_to_sign(application_id, purpose, actor, access)
    found = take_code(
        {"application_id": application.pk}, signature_id, code,
        digest=_digest(application, purpose), at=at, door=door,
    )  # fmt: skip
    require_own_way(application, found.party_id, purpose)
    journal.record(
        events.ApplicationSigned(
            person_id=found.party_id, purpose=purpose, digest=found.digest, door=door
        ),
        about=application.ref, actor=actor, at=at, party=application.holder_id,
    )  # fmt: skip
    return not unsigned(application, purpose, found.digest)


def require_own_way(application: Application, signer_id: int, purpose: str) -> None:
    """:raises PartOfFamily: a holder signs a family's applications as one; an insured signs their own."""
    if purpose == "APPLICATION" and signer_id == application.holder_id:
        require_alone(application)


def signers(application: Application) -> tuple[int, ...]:
    """Who must sign: the holder, and the insured who is grown up and somebody else (保险法 34)."""
    from yilu.underwriting.rules.interest import Person, insured_must_sign

    insured = Person(application.insured_id or 0, application.rated_age, application.rated_sex)
    if insured_must_sign(insured=insured, relation=application.relation):
        assert application.insured_id is not None
        return application.holder_id, application.insured_id
    return (application.holder_id,)


def unsigned(application: Application, purpose: str, digest: str) -> tuple[int, ...]:
    """Those who must sign this very content and have not."""
    signed: Iterable[int] = Signature.objects.filter(
        application=application, purpose=purpose, digest=digest, signed_at__isnull=False
    ).values_list("party_id", flat=True)
    return tuple(each for each in signers(application) if each not in set(signed))


def _digest(application: Application, purpose: str) -> str:
    return (
        shown_now(application).digest
        if purpose == "APPLICATION"
        else conditions_shown(application).digest
    )


def _hashes(signature_id: int, code: str) -> list[str]:
    return sealing.keyed_digests(f"{signature_id}:{code}", DOMAIN)


def _hold_to_sign(
    application_id: int, purpose: str, actor: Ref, access: people.Access | None
) -> Application:
    """An application somebody may sign: the insured too, and never an agent."""
    if actor.kind == "agent":
        raise ForTheCustomer
    action = Action.SUBMIT if purpose == "APPLICATION" else Action.AGREE
    if actor.kind != "party":
        return hold(application_id, actor=actor, access=access, action=action)
    found = Application.objects.select_for_update(of=("self",)).filter(pk=application_id).first()
    if found is None or actor.id not in {found.holder_id, found.insured_id}:
        raise ApplicationNotFound
    if not possible(State(found.state), action):
        raise NotPossibleNow(State(found.state))
    return found
