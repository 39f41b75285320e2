"""Agreements, given one by one and taken back as easily; requests about one's own data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal, Stale
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Consent, DataRequest, Party
from yilu.people.operations import authority, rows
from yilu.people.operations.erasing import let_erasure_lapse
from yilu.people.queries.parties import PartyNotFound
from yilu.people.queries.privacy import DataRequestNotFound, consent_text
from yilu.people.queries.service import guardians_of
from yilu.people.rules.particulars import age_on, is_child
from yilu.people.rules.sign_in import DATA_REQUEST_DAYS, SIGN_IN_AGE

CHANNELS = ("APP", "COUNTER", "PHONE", "PAPER", "AGENT")


class ConsentTextChanged(Stale):
    """The person read an older version of the text than the one in force."""

    code = "consent_text_changed"
    message = "同意书内容已更新"
    hint = "请阅读最新内容后再确认。"


class BadConsent(Invalid):
    """There is no such purpose or channel."""

    code = "bad_consent"
    message = "同意事项不正确"


class NotTheirChild(Invalid):
    """A parent agrees for a child under fourteen, and for nobody else (个保法 31)."""

    code = "not_their_child"
    message = _("监护人单独同意只用于不满十四周岁的未成年人")
    hint = _("由孩子的父母或者其他监护人同意；已满十四周岁的，由本人同意。")


class ReasonNeeded(Invalid):
    """Declining needs a reason, which the person is told."""

    code = "reason_needed"
    message = "请填写不予办理的理由"
    hint = "理由将告知客户。"


class WishMissing(Invalid):
    """Nobody can correct what was not named."""

    code = "wish_missing"
    message = "请写明哪一项不对、应当是什么"
    hint = "例如：我的生日登记错了，应当是 1961 年 3 月 5 日。"


class OnlyAPersonDeclines(Refusal):
    """The machine never refuses a person's request by itself."""

    code = "only_a_person_declines"
    message = "不予办理须由工作人员作出"


@tx.use_case
def give_consent(
    *, party_id: int, purpose: str, text_version: str, channel: str, actor: Ref, at: datetime,
    given_by: int | None = None,
) -> None:  # fmt: skip
    """``take_consent`` as a use case of its own, with the same refusals."""
    take_consent(
        party_id=party_id, purpose=purpose, text_version=text_version, channel=channel,
        given_by=given_by, actor=actor, at=at,
    )  # fmt: skip


@tx.step
def take_consent(
    *, party_id: int, purpose: str, text_version: str, channel: str, actor: Ref, at: datetime,
    given_by: int | None = None,
) -> None:  # fmt: skip
    """
    Agree to one purpose under the text in force (给予同意). Twice is once.

    One call, one purpose: a separate consent is never bundled (个保法 29). For a child's data
    (``CHILD_DATA``) the parent agrees, who is named in ``given_by``; nobody else agrees for another.

    :raises ConsentTextChanged: if the text read is no longer the one in force.
    :raises BadConsent: for an unknown purpose. :raises PartyNotFound: if there is nobody.
    :raises NotTheirChild: for a child's data, of whoever is fourteen or gave it themselves.
    """
    if purpose not in Consent.Purpose.values or channel not in CHANNELS:
        raise BadConsent()
    if text_version != consent_text(purpose).version:
        raise ConsentTextChanged()
    known = Party.objects.filter(merged_into=None, erased_at=None)
    party = known.filter(pk=party_id).first()
    if party is None:
        raise PartyNotFound()
    if purpose == Consent.Purpose.CHILD_DATA:
        parent = known.filter(pk=given_by or 0).exclude(pk=party_id).first()
        today = day_of(at)
        if parent is None or not is_child(party.birth_date, today):
            raise NotTheirChild()
        if parent.birth_date is None or age_on(parent.birth_date, today) < SIGN_IN_AGE:
            raise NotTheirChild()
    elif given_by is not None:
        raise BadConsent()
    added = rows.add(
        Consent,
        party_id=party_id,
        given_by_id=given_by,
        purpose=purpose,
        text_version=text_version,
        channel=channel,
        given_at=at,
    )
    if added is not None:
        journal.record(
            events.ConsentGiven(purpose=purpose, text_version=text_version, channel=channel),
            about=Ref("party", party_id), actor=actor, at=at, party=party_id,
        )  # fmt: skip


@tx.use_case
def give_consents(
    *, party_ids: Sequence[int], purpose: str, text_version: str, channel: str, at: datetime
) -> int:
    """
    ``give_consent`` of many people to one purpose, each by themselves, as the forms of a group say;
    how many had not agreed before. Two statements and their events, however many they are.

    :raises ConsentTextChanged, BadConsent: as there. :raises PartyNotFound: if one of them is nobody.
    """
    if purpose not in Consent.Purpose.values or channel not in CHANNELS:
        raise BadConsent()
    if purpose == Consent.Purpose.CHILD_DATA:
        raise BadConsent()
    if text_version != consent_text(purpose).version:
        raise ConsentTextChanged()
    wanted = set(party_ids)
    known = Party.objects.filter(pk__in=wanted, merged_into=None, erased_at=None).count()
    if known != len(wanted):
        raise PartyNotFound()
    added = tx.rows(
        """
        insert into people_consent (party_id, purpose, text_version, channel, given_at)
        select party, %s, %s, %s, %s::timestamptz from unnest(%s::bigint[]) as party
            on conflict do nothing
        returning party_id
        """,
        [purpose, text_version, channel, at, sorted(wanted)],
    )
    for (party_id,) in added:
        journal.record(
            events.ConsentGiven(purpose=purpose, text_version=text_version, channel=channel),
            about=Ref("party", party_id), actor=Ref("party", party_id), at=at, party=party_id,
        )  # fmt: skip
    return len(added)


@tx.use_case
def withdraw_consent(*, party_id: int, purpose: str, actor: Ref, at: datetime) -> None:
    """``take_consent_back`` as a use case of its own. :raises BadConsent: for an unknown purpose."""
    take_consent_back(party_id=party_id, purpose=purpose, actor=actor, at=at)


@tx.step
def take_consent_back(*, party_id: int, purpose: str, actor: Ref, at: datetime) -> None:
    """
    Take an agreement back (撤回同意; 个保法 15); what was done before stays lawful. Twice is once.

    With that to one's accounts they are closed: nothing more is paid to them or taken from them.
    What was agreed for a child is taken back by who gave it, by a guardian, or by the child itself.

    :raises BadConsent: for an unknown purpose. :raises PartyNotFound: somebody else's child.
    """
    if purpose not in Consent.Purpose.values:
        raise BadConsent()
    if purpose == Consent.Purpose.CHILD_DATA and not _may_take_back(party_id, actor):
        raise PartyNotFound()
    withdrawn = tx.changed(
        """
        update people_consent set withdrawn_at = %s
         where party_id = %s::bigint and purpose = %s and withdrawn_at is null
        """,
        [at, party_id, purpose],
    )
    if withdrawn:
        journal.record(
            events.ConsentWithdrawn(purpose=purpose),
            about=Ref("party", party_id), actor=actor, at=at, party=party_id,
        )  # fmt: skip
        if purpose == Consent.Purpose.FINANCIAL:
            _close_accounts(party_id, actor, at)


def _may_take_back(party_id: int, actor: Ref) -> bool:
    if actor.kind != "party" or actor.id == party_id:
        return True
    agreed = Consent.objects.filter(
        party_id=party_id, purpose=Consent.Purpose.CHILD_DATA, given_by_id=actor.id
    )
    return agreed.exists() or any(g.guardian_id == actor.id for g in guardians_of(party_id))


@tx.step
def _close_accounts(party_id: int, actor: Ref, at: datetime) -> None:
    closed = tx.rows(
        "update people_bankaccount set active = false where party_id = %s::bigint and active returning id",
        [party_id],
    )
    for (account_id,) in closed:
        journal.record(
            events.AccountClosed(account_id=account_id),
            about=Ref("party", party_id), actor=actor, at=at, party=party_id,
        )  # fmt: skip


@tx.use_case
def open_data_request(*, party_id: int, kind: str, wish: str = "", actor: Ref, at: datetime) -> int:
    """``note_data_request`` as a use case of its own, with the same refusals."""
    return note_data_request(party_id=party_id, kind=kind, wish=wish, actor=actor, at=at)


@tx.step
def note_data_request(*, party_id: int, kind: str, wish: str = "", actor: Ref, at: datetime) -> int:
    """
    Ask to see, copy, correct or delete one's data (个人信息权利请求); returns the request's id.

    While one of a kind is open, asking again returns it and changes nothing.

    Rooms above follow the event: somebody gets it to do, a clock runs, the person is told.

    :raises Invalid: for an unknown kind. :raises PartyNotFound: if there is nobody.
    :raises WishMissing: a correction that does not say what is wrong.
    """
    if kind not in DataRequest.Kind.values:
        raise Invalid(_("请选择请求类别"))
    party = Party.objects.filter(pk=party_id, merged_into=None, erased_at=None).first()
    if party is None:
        raise PartyNotFound()
    if kind == DataRequest.Kind.CORRECT and not wish.strip():
        raise WishMissing()
    request_id = rows.add(
        DataRequest,
        party_id=party_id,
        kind=kind,
        wish=wish.strip()[:2000],
        opened_at=at,
        due_at=at + timedelta(days=DATA_REQUEST_DAYS),
    )
    if request_id is None:
        return DataRequest.objects.get(party_id=party_id, kind=kind, state="OPEN").pk
    journal.record(
        events.DataRequestOpened(request_id=request_id, kind=kind, office_id=party.office_id),
        about=Ref("data_request", request_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip
    return request_id


@tx.use_case
def answer_data_request(
    *, request_id: int, fulfil: bool, answer: str, actor: Ref, at: datetime
) -> None:
    """
    Close a request as done, or declined with the reason the person is told (答复请求).

    ``answer`` is what the person reads, up to 2,000 characters.

    :raises DataRequestNotFound: none is open. :raises NotAllowed: without ``people.register`` there.
    :raises OnlyAPersonDeclines: the platform cannot decline. :raises ReasonNeeded: to decline.
    """
    close_data_request(request_id=request_id, fulfil=fulfil, answer=answer, actor=actor, at=at)


@tx.step
def close_data_request(
    *, request_id: int, fulfil: bool, answer: str, actor: Ref, at: datetime
) -> None:
    """The step behind ``answer_data_request``, with the same refusals."""
    request = _open(request_id)
    authority.require(actor, "people.register", request.party.office_id)
    if not fulfil and actor.kind != "staff":
        raise OnlyAPersonDeclines()
    if not fulfil and not answer.strip():
        raise ReasonNeeded()
    _close(request, "DONE" if fulfil else "DECLINED", answer, actor, at)


@tx.use_case
def withdraw_data_request(*, request_id: int, actor: Ref, at: datetime) -> None:
    """Take one's own request back (撤回请求). :raises DataRequestNotFound: if it is not one's own."""
    request = _open(request_id)
    if actor != Ref("party", request.party_id):
        raise DataRequestNotFound()
    _close(request, "WITHDRAWN", "", actor, at)


def _open(request_id: int) -> DataRequest:
    request = (
        DataRequest.objects.select_for_update(of=("self",))
        .select_related("party")
        .filter(pk=request_id, state="OPEN")
        .first()
    )
    if request is None:
        raise DataRequestNotFound()
    return request


def _close(request: DataRequest, state: str, answer: str, actor: Ref, at: datetime) -> None:
    let_erasure_lapse(request, actor=actor, at=at)
    DataRequest.objects.filter(pk=request.pk).update(
        state=state, answer=answer.strip()[:2000], closed_at=at
    )
    journal.record(
        events.DataRequestClosed(request_id=request.pk, kind=request.kind, outcome=state),
        about=Ref("data_request", request.pk), actor=actor, at=at, party=request.party_id,
    )  # fmt: skip
