"""Who asks, proved just now: a code to one's own phone, a code to the new one, or a person who looked."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.people.queries import Access
from yilu.servicing import events
from yilu.servicing.frame import COUNTER
from yilu.servicing.models import Request
from yilu.servicing.operations.holding import hold, opened_form, require_state, say
from yilu.servicing.operations.refusals import (
    CallerNotVerified,
    NotPossibleNow,
    ProofNeeded,
    RequestNotFound,
)
from yilu.servicing.proofs import SEEN, still_serves
from yilu.servicing.rules.standing import CONFIRMED, DRAFT, EDITABLE, PREPARED

CODE_MINUTES = "5"


def send_code(*, request_id: int, actor: Ref, at: datetime, address: str = "") -> None:
    """
    Send the sign-in code again, to the phone the customer signs in with (验证码核身).

    :raises RequestNotFound: not theirs. :raises TooOften: the limits of signing in.
    """
    _mine(request_id, actor)
    send_own_code(actor=actor, at=at, address=address)


def send_own_code(*, actor: Ref, at: datetime, address: str = "") -> None:
    """To the phone somebody signs in with. :raises TooOften: the limits of signing in."""
    phone = people_queries.get_contact(actor).phone
    issued = people.request_code(phone=phone, at=at, address=address)
    if issued.to == actor:
        _send(actor, actor, issued.code, at)


def verify_code(*, request_id: int, code: str, actor: Ref, at: datetime) -> None:
    """
    Check the code; for a quarter of an hour the request may move money.

    :raises CodeRefused: in one set of words for every cause. :raises RequestNotFound: not theirs.
    """
    _mine(request_id, actor)
    phone = people_queries.get_contact(actor).phone
    if people.sign_in_with_code(phone=phone, code=code, at=at) != actor:
        raise people.CodeRefused
    _note(request_id=request_id, proof="CODE", by=None, actor=actor, at=at)


def send_code_to_new_phone(
    *, request_id: int, actor: Ref, at: datetime, by: Access | None = None
) -> None:
    """
    Send a code to the phone that is to become theirs; a colleague (``by``) has it sent for a customer
    they identified, who tells them the code.

    :raises ProofNeeded: a colleague has not made sure yet who asks. :raises TooOften: the limits of
        signing in. :raises RequestNotFound: not theirs. :raises NotAllowed: staff without the right.
    :raises PhoneSignsInSomebodyElse: it is the colleague's own phone, which no customer's becomes.
    """
    row = _for_new_phone(request_id, actor, by, at)
    issued = people.send_phone_proof(party_id=row.party_id, phone=_new_phone(row), at=at)
    template = "people.sign_in_code" if by is None else "people.phone_proof"
    _send(issued.to, row.ref, issued.code, at, template)


def verify_new_phone(
    *, request_id: int, code: str, actor: Ref, at: datetime, by: Access | None = None
) -> None:
    """
    Check the new phone's code. :raises PhoneNotProved: in one set of words for every cause.

    :raises: otherwise as ``send_code_to_new_phone``.
    """
    row = _for_new_phone(request_id, actor, by, at)
    people.prove_phone(party_id=row.party_id, phone=_new_phone(row), code=code, at=at)
    _note_phone(request_id=request_id, by=by, actor=actor, at=at)


@tx.use_case
def note_identity_seen(
    *, request_id: int, proof: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A colleague has compared the person with the original of their identity card (人证核对).

    :raises Invalid: neither face to face nor by video. :raises NotAllowed: without the right.
    """
    if proof not in SEEN:
        raise Invalid(_("请选择核身方式"))
    _note_step(request_id, proof, access, actor, at)


def check_caller(
    *, request_id: int, identity_tail: str, birth_date: date | None, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    A caller says the last six signs of their identity number and their date of birth (电话核身).

    :raises CallerNotVerified: they do not fit; what does not is not said. :raises TooOften: tried
        too often for this customer.
    """
    row = Request.objects.filter(pk=request_id).first()
    if row is None:
        raise RequestNotFound
    access.require("servicing.handle", office_id=row.office_id)
    if not people.check_caller(
        party_id=row.party_id, identity_tail=identity_tail, birth_date=birth_date, at=at
    ):
        raise CallerNotVerified
    _note(request_id=request_id, proof="CALL", by=access, actor=actor, at=at)


@tx.use_case
def _note(*, request_id: int, proof: str, by: Access | None, actor: Ref, at: datetime) -> None:
    _note_step(request_id, proof, by, actor, at)


@tx.step
def _note_step(request_id: int, proof: str, by: Access | None, actor: Ref, at: datetime) -> None:
    row = hold(request_id, actor, by)
    require_state(row, DRAFT, PREPARED, CONFIRMED)
    row.proof, row.verified_at = proof, at
    row.save(update_fields=["proof", "verified_at"])
    say(row, events.IdentityChecked(request=row.kind, proof=proof), actor=actor, at=at)


@tx.use_case
def _note_phone(*, request_id: int, by: Access | None, actor: Ref, at: datetime) -> None:
    row = hold(request_id, actor, by)
    require_state(row, DRAFT, PREPARED)
    row.phone_proved_at = at
    row.save(update_fields=["phone_proved_at"])
    say(row, events.NewPhoneProved(request=row.kind), actor=actor, at=at)


def _for_new_phone(request_id: int, actor: Ref, by: Access | None, at: datetime) -> Request:
    """The request whose new phone is to be proved, for the customer or whoever has identified them."""
    if by is None:
        return _mine(request_id, actor)
    row = Request.objects.filter(pk=request_id).first()
    if row is None:
        raise RequestNotFound
    by.require("servicing.handle", office_id=row.office_id)
    if row.door != COUNTER or row.state not in EDITABLE or not _new_phone(row):
        raise NotPossibleNow
    if not still_serves(row.verified_at, at, attended=True):
        raise ProofNeeded
    if people_queries.get_contact(actor).phone == _new_phone(row):
        raise people.PhoneSignsInSomebodyElse
    return row


def _mine(request_id: int, actor: Ref) -> Request:
    row = Request.objects.filter(pk=request_id, party_id=actor.id).first()
    if row is None or actor.kind != "party":
        raise RequestNotFound
    return row


def _new_phone(row: Request) -> str:
    return str(opened_form(row).get("phone", ""))


def _send(
    to: Ref, about: Ref, code: str, at: datetime, template: str = "people.sign_in_code"
) -> None:
    messaging.send_message(
        template=template, to=to, about=about,
        facts={"code": code, "minutes": CODE_MINUTES}, actor=to, at=at,
    )  # fmt: skip
