"""Begin a request, change what was filled in, have it ready for the customer to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from yilu.documents.operations import Receipt, checked_receipt
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.queries import Access, AgentAccess
from yilu.servicing import events, forms, frame
from yilu.servicing.frame import Case, Kind
from yilu.servicing.models import Request
from yilu.servicing.operations.continuing import CONTINUE
from yilu.servicing.operations.holding import (
    By,
    case_for,
    case_of,
    counted_on,
    hold,
    kind_of,
    move,
    opened_form,
    require_service,
    require_state,
    say,
    sealed_form,
)
from yilu.servicing.operations.refusals import (
    AccountOfSomebodyElse,
    AlreadyUnderWay,
    PersonUnclear,
    RequestNotFound,
)
from yilu.servicing.rules.standing import DRAFT, EDITABLE, OPEN, PREPARED
from yilu.work import operations as work


@tx.use_case
def start_request(
    *,
    kind: str,
    form: Mapping[str, Any],
    party_id: int,
    door: str,
    actor: Ref,
    at: datetime,
    policy_id: int | None = None,
    by: By = None,
    receipt: Receipt | None = None,
) -> int:
    """
    Keep what somebody filled in (填写保全申请) and return the request's id; nothing changes yet.

    ``form`` is text by field; persons as ``{"name", "identity"}``, shares as rows of ``name``,
    ``identity``, ``ordinal`` and ``share`` in percent. The same asked for again while it is still
    being filled in is the same request with the newer form. A colleague says by ``receipt`` on which
    earlier day the customer's paper came: where value goes back, that day's sums and periods count.

    :raises NotForThisRole, NotAtThisDoor, PolicyHasEnded, PolicyNotFound, UnknownKind: see there.
    :raises BadForm: with a sentence for each field. :raises AlreadyUnderWay: one is being handled.
    :raises BadReceiptDay: a day of receipt that cannot be, or long ago without a reason.
    :raises: whatever the kind refuses, with the reason and the way on.
    """
    chosen = kind_of(kind)
    office_id, agent_id = _place(party_id, actor, by)
    came = checked_receipt(receipt, not_before=None, at=at) if isinstance(by, Access) else None
    today = day_of(at)
    on = came.on if came and chosen.gives_back else today
    case = case_for(chosen, policy_id=policy_id, party_id=party_id, door=door, on=on)
    if case.contract is not None:
        office_id = case.policy.office_id
    if isinstance(by, Access):
        require_service(by, office_id, narrow=True)
    if not chosen.about_policy:
        policy_id = None
    earlier = (
        Request.objects.select_for_update(of=("self",))
        .filter(kind=kind, policy=policy_id, party_id=party_id, state__in=OPEN)
        .first()
    )
    if earlier is not None and earlier.state not in EDITABLE:
        raise AlreadyUnderWay
    if earlier is not None and isinstance(by, Access):
        require_service(by, office_id, narrow=earlier.prepared_by == str(actor))
    kept = _checked(chosen, case, form, office_id, actor, at)
    if earlier is not None:
        return _go_on(earlier, kept, door, actor, agent_id, came)
    row = Request(
        kind=kind, policy_id=policy_id, party_id=party_id, office_id=office_id, agent_id=agent_id,
        door=door, form=sealed_form(kept), started_at=at,
        prepared_by="" if actor.kind == "party" else str(actor),
        received_on=came.on if came else None, received_why=came.why if came else "",
    )  # fmt: skip
    try:
        with tx.savepoint():
            row.save()
    except IntegrityError:  # the same was begun by another request just now
        raise AlreadyUnderWay from None
    row.number = f"BQ{today:%Y}{row.pk:010d}"
    row.save(update_fields=["number"])
    fact = events.RequestStarted(
        request=kind, door=door, office_id=office_id, policy_id=policy_id or 0
    )
    say(row, fact, actor=actor, at=at)
    if door == frame.CUSTOMER and people.service_wishes(party_id).assisted:
        _accompany(row, chosen, actor, at)
    return int(row.pk)


def _accompany(row: Request, kind: Kind, actor: Ref, at: datetime) -> None:
    """Who asked for company (陪同办理) is called and goes through it with somebody."""
    row.way = Request.Way.ADVISER
    row.save(update_fields=["way"])
    say(row, events.ContinuationAsked(request=row.kind, way="ADVISER"), actor=actor, at=at)
    work.open_item(
        CONTINUE, about=row.ref, office_id=row.office_id, at=at,
        title=f"陪同办理：{kind.name} {row.number}", party_id=row.party_id,
    )  # fmt: skip


def _go_on(
    row: Request,
    kept: Mapping[str, Any],
    door: str,
    actor: Ref,
    agent_id: int | None,
    came: Receipt | None,
) -> int:
    """The half-filled one of before, with the newer form; a person may go on with a customer's."""
    row.form, row.quote, row.digest = sealed_form(kept), None, ""
    row.state = DRAFT
    if actor.kind != "party":
        row.door, row.prepared_by = door, str(actor)
        row.agent_id = row.agent_id or agent_id
    row.received_on, row.received_why = (came.on, came.why) if came else (None, "")
    row.phone_proved_at = None
    row.save()
    return int(row.pk)


@tx.use_case
def change_form(
    *, request_id: int, form: Mapping[str, Any], actor: Ref, at: datetime, by: By = None
) -> None:
    """
    Fill it in otherwise before it is confirmed; what was quoted no longer counts.

    :raises NotPossibleNow: it was handed in. :raises BadForm: see ``start_request``.
    """
    row = hold(request_id, actor, by, narrow=True)
    require_state(row, *EDITABLE)
    kind = kind_of(row.kind)
    case = case_of(row, kind, counted_on(row, kind, at))
    kept = _checked(kind, case, form, row.office_id, actor, at)
    row.form, row.quote, row.digest, row.phone_proved_at = sealed_form(kept), None, "", None
    row.save(update_fields=["form", "quote", "digest", "phone_proved_at"])


@tx.use_case
def prepare_request(*, request_id: int, actor: Ref, at: datetime, by: By) -> None:
    """
    Have it ready for the customer's own confirmation on their own device (代办).

    The agent or colleague fills in and explains; they confirm nothing and touch no money. Twice is
    once. :raises NotPossibleNow: it was handed in already.
    """
    row = hold(request_id, actor, by, narrow=True)
    if row.state == PREPARED:
        return
    require_state(row, DRAFT)
    kind = kind_of(row.kind)
    case = case_of(row, kind, counted_on(row, kind, at))
    kind.check(case, forms.read(kind, case, opened_form(row)))
    move(row, PREPARED)
    row.save(update_fields=["state"])
    say(row, events.RequestPrepared(request=row.kind, door=row.door), actor=actor, at=at)
    messaging.queue(
        "servicing.prepared", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind.name},
    )  # fmt: skip


def _place(party_id: int, actor: Ref, by: By) -> tuple[int, int | None]:
    """The office and agent that serve the customer, seen by whoever acts for them."""
    if isinstance(by, AgentAccess):
        party = people.see_party(by, party_id)
        return party.office_id, by.agent_id
    if isinstance(by, Access):
        party = people.get_party(party_id)
        return party.office_id, party.agent_id
    if actor != Ref("party", party_id):
        raise RequestNotFound
    party = people.get_party(party_id)
    return party.office_id, party.agent_id


def _checked(
    kind: Kind, case: Case, raw: Mapping[str, Any], office_id: int, actor: Ref, at: datetime
) -> dict[str, Any]:
    """Read, resolve persons, let the kind look at it; as plain text for keeping."""
    told = dict(raw)
    for field in kind.fields:
        if field.kind == frame.PERSON and isinstance(told.get(field.name), Mapping):
            told[field.name] = _person(told[field.name], office_id, case, actor, at)
        elif field.kind == frame.SHARES and isinstance(told.get(field.name), list | tuple):
            told[field.name] = [_share(row, office_id, case, actor, at) for row in told[field.name]]
        elif field.kind == frame.HEIRS and isinstance(told.get(field.name), list | tuple):
            told[field.name] = [_heir(row, office_id, case, actor, at) for row in told[field.name]]
    form = forms.read(kind, case, told)
    for field in kind.fields:
        if field.kind == frame.ACCOUNT and form[field.name] is not None:
            _own_account(case.asker_id, form[field.name])
    kind.check(case, form)
    return forms.kept(form) | forms.labels(kind, case, form)


def _own_account(party_id: int, account_id: int) -> None:
    try:
        people.get_payable_account(party_id, account_id)
    except people.AccountNotFound:
        raise AccountOfSomebodyElse from None


def _share(row: Any, office_id: int, case: Case, actor: Ref, at: datetime) -> dict[str, Any]:
    if not isinstance(row, Mapping) or "party" in row:
        return dict(row) if isinstance(row, Mapping) else {}
    percent = str(row.get("share", "")).replace("%", "").strip()
    return {
        "party": _person(row, office_id, case, actor, at),
        "ordinal": str(row.get("ordinal", "1")),
        "share": forms.part_of(percent),
    }


def _heir(row: Any, office_id: int, case: Case, actor: Ref, at: datetime) -> dict[str, Any]:
    if not isinstance(row, Mapping) or "party" in row:
        return dict(row) if isinstance(row, Mapping) else {}
    return {
        "party": _person(row, office_id, case, actor, at),
        "relation": str(row.get("relation", "")),
    }


def _person(told: Mapping[str, Any], office_id: int, case: Case, actor: Ref, at: datetime) -> str:
    """
    The customer somebody names by name and identity number; registered where nobody knew them.

    :raises PersonUnclear: the number is known under another name, or cannot be one.
    """
    name, number = str(told.get("name", "")).strip(), str(told.get("identity", "")).strip()
    if not name and not number:
        return ""
    known = people.match_person(name, number, today=case.on)
    if known is not None:
        return str(known)
    try:
        made = people_operations.register_kin(
            name=name, office_id=office_id, identity_kind="RESIDENT_ID", identity_number=number,
            phone=str(told.get("phone", "")).strip(), actor=actor, at=at,
        )  # fmt: skip
    except Refusal:
        raise PersonUnclear from None
    return str(made)
