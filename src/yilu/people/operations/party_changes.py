"""Change what is known about somebody, and who signs in with a phone."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal, Stale
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import IdentityCheck, Party
from yilu.people.operations.parties import AlreadyRegistered
from yilu.people.operations.party_checks import NewParty, check, check_places, taken
from yilu.people.operations.search_keys import keep_keys
from yilu.people.queries.parties import PartyNotFound, opened


class PhoneSignsInSomebodyElse(Refusal):
    """
    The phone signs in another customer; a family shares it, or it has a new owner.

    The words say nothing of that: whose number it is, and that it is anybody's, is not ours to tell.
    """

    code = "phone_not_for_sign_in"
    message = _("这个手机号不能用来登录")
    hint = _("请核对号码，或换一个只由本人使用的手机号。没有任何变更。")


class TakenMeanwhile(Stale):
    """Another request gave the phone or the identity number to somebody else just now."""

    code = "taken_meanwhile"
    message = "该证件号码或手机号刚刚被其他客户使用"
    hint = "请刷新后核对，再重新提交。"


class CannotSignIn(Refusal):
    """No mobile phone is known, or the person is a minor or an organisation."""

    code = "cannot_sign_in"
    message = "该客户不能凭手机号登录"
    hint = "请先登记本人的手机号码；未成年人由监护人办理。"


CHANGEABLE = frozenset(field.name for field in fields(NewParty)) - {"kind"}


@tx.use_case
def change_party(*, party_id: int, changes: dict[str, Any], actor: Ref, at: datetime) -> None:
    """``change_particulars`` as a use case of its own, with the same refusals."""
    change_particulars(party_id=party_id, changes=changes, actor=actor, at=at)


@tx.step
def change_particulars(*, party_id: int, changes: dict[str, Any], actor: Ref, at: datetime) -> None:
    """
    Change particulars (客户资料变更): keys are fields of ``NewParty``; the others stay.

    A changed phone ends the person's sessions: whoever holds the old phone is out.

    :raises PartyNotFound: if there is nobody. :raises BadParticulars: with what is wrong.
    :raises AlreadyRegistered: if the identity number is somebody else's.
    :raises PhoneSignsInSomebodyElse: if somebody who signs in takes a phone that signs in another.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise TypeError(f"a party has no {', '.join(sorted(unknown))}")
    party = _locked(party_id)
    present = told_of(party)
    kept = present
    if "identity_number" in changes:
        # A resident number says sex and birth date itself: the old ones must not contradict it.
        kept = replace(present, sex=None, birth_date=None)
    wanted = replace(kept, **changes)
    checked = check(wanted, day_of(at))
    if (wanted.office_id, wanted.agent_id) != (present.office_id, present.agent_id):
        check_places([wanted])
    identities, phones = taken([checked], except_id=party_id)
    if identities:
        raise AlreadyRegistered()
    new_phone = checked.phone != present.phone
    if new_phone and party.signs_in and phones:
        raise PhoneSignsInSomebodyElse()
    columns = checked.columns()
    if new_phone:
        columns["signs_in"] = checked.may_sign_in and not phones
        columns["session_epoch"] = party.session_epoch + 1
    try:
        with tx.savepoint():
            Party.objects.filter(pk=party_id).update(**columns)
    except IntegrityError:  # somebody took the identity number or the phone since we looked
        raise TakenMeanwhile() from None
    if (checked.name, checked.identity) != (present.name, present.identity_number):
        # What was checked was the name and number of before.
        IdentityCheck.objects.filter(party_id=party_id, state__in=["WAITING", "STANDS"]).update(
            state="OVER"
        )
    keep_keys(party_id, checked)
    _say_changed(party_id, tuple(sorted(changes)), actor, at)


@tx.use_case
def set_preferences(
    *,
    party_id: int,
    language: str | None = None,
    large_type: bool | None = None,
    actor: Ref,
    at: datetime,
) -> None:
    """``choose_display`` as a use case of its own, with the same refusals."""
    choose_display(party_id=party_id, language=language, large_type=large_type, actor=actor, at=at)


@tx.step
def choose_display(
    *,
    party_id: int,
    language: str | None = None,
    large_type: bool | None = None,
    actor: Ref,
    at: datetime,
) -> None:
    """
    Choose the language and the large type of one's pages (显示偏好).

    :raises Invalid: for a language we do not speak. :raises PartyNotFound: if there is nobody.
    """
    if language is not None and language not in Party.Language.values:
        raise Invalid(_("不支持的语言"))
    changes = {"language": language, "large_type": large_type}
    given = {key: value for key, value in changes.items() if value is not None}
    if given and not Party.objects.filter(pk=party_id, erased_at=None).update(**given):
        raise PartyNotFound()
    if given:
        _say_changed(party_id, tuple(sorted(given)), actor, at)


@tx.step
def give_sign_in(*, party_id: int, phone: str, actor: Ref, at: datetime) -> None:
    """
    Give somebody a phone to sign in with (登录号码变更): the caller has seen to it that they are who they
    say and that the phone is in their hand. All their sessions end, also where the number stays (a card made
    anew): whoever holds the old phone is out.

    :raises CannotSignIn: no mobile phone, a minor or an organisation; nothing has changed.
    :raises PhoneSignsInSomebodyElse: it signs in another customer, or does since a moment ago.
    :raises PartyNotFound, BadParticulars: see ``change_particulars``.
    """
    party = _locked(party_id)
    checked = check(replace(told_of(party), phone=phone), day_of(at))
    if not checked.may_sign_in:
        raise CannotSignIn()
    if taken([checked], except_id=party_id)[1]:
        raise PhoneSignsInSomebodyElse()
    columns = checked.columns()
    columns |= {"signs_in": True, "session_epoch": party.session_epoch + 1}
    try:
        with tx.savepoint():
            Party.objects.filter(pk=party_id).update(**columns)
    except IntegrityError:  # it was given to somebody else at the same time: the same words
        raise PhoneSignsInSomebodyElse() from None
    keep_keys(party_id, checked)
    # The phone is named even where the number stays: it is in another hand, and payouts are looked at.
    _say_changed(party_id, ("phone", "signs_in"), actor, at)


@tx.step
def keep_until(*, party_id: int, on: date) -> None:
    """
    Say until when the law wants this person's records kept; it only ever moves later.

    Called by the rooms that know contracts and claims, in their own use case.
    """
    tx.changed(
        """
        update people_party set keep_until = %s::date
         where id = %s::bigint and (keep_until is null or keep_until < %s::date)
        """,
        [on, party_id, on],
    )


def told_of(party: Party) -> NewParty:
    """What is known about somebody, in the form in which it is told."""
    return NewParty(
        name=party.name,
        office_id=party.office_id,
        kind=party.kind,
        sex=party.sex,
        birth_date=party.birth_date,
        identity_kind=party.identity_kind,
        identity_number=opened(party, "identity"),
        phone=opened(party, "phone"),
        email=opened(party, "email"),
        agent_id=party.agent_id,
        language=party.language,
        large_type=party.large_type,
    )


def _locked(party_id: int) -> Party:
    party = (
        Party.objects.select_for_update(of=("self",))
        .filter(pk=party_id, merged_into=None, erased_at=None)
        .first()
    )
    if party is None:
        raise PartyNotFound()
    return party


def _say_changed(party_id: int, names: tuple[str, ...], actor: Ref, at: datetime) -> None:
    journal.record(
        events.PartyChanged(party_id=party_id, fields=names),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip
