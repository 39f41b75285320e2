"""Requests as customers, agents and staff see them (我的办理、保全工作台)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from yilu.documents import queries as documents
from yilu.documents.queries import UploadView
from yilu.kernel import masks
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.letters import queries as letters
from yilu.letters.queries import LetterView
from yilu.obligations import queries as obligations
from yilu.payments import queries as payments
from yilu.people import queries as people
from yilu.people.queries import Access, AgentAccess
from yilu.servicing import forms, frame
from yilu.servicing.frame import Field, Kind, Quote
from yilu.servicing.kinds import KINDS
from yilu.servicing.models import Agreement, Request
from yilu.servicing.operations.effecting import COLLECT
from yilu.servicing.operations.holding import kind_of, opened_form, quote_from
from yilu.servicing.operations.refusals import RequestNotFound
from yilu.servicing.papers import papers_of, required
from yilu.servicing.proofs import still_serves
from yilu.servicing.rules.standing import EDITABLE, OPEN, SUBMITTED, step_of
from yilu.standards.queries import ChecklistItem

PAGE = 50


@dataclass(frozen=True, slots=True)
class FormRow:
    """One thing that was filled in, as it may be shown: numbers masked."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """Somebody who must agree, and what they said; ``mine``: the reader answers it."""

    party_id: int
    name: str
    role: str
    role_label: str
    answer: str
    answer_label: str
    proof_label: str
    answered_at: datetime | None
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request in a list."""

    id: int
    number: str
    kind: str
    name: str
    state: str
    state_label: str
    policy_id: int | None
    policy_number: str
    party_id: int
    pays: Decimal
    collects: Decimal
    step: int
    started_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None
    open: bool
    editable: bool
    second: str
    blocked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView(RequestRow):
    """One request with everything its page shows; ``raw`` is the form for filling in again."""

    what: Kind
    product_name: str
    door: str
    door_label: str
    form: tuple[FormRow, ...]
    raw: Mapping[str, Any]
    quote: Quote | None
    digest: str
    refer: str
    way: str
    way_label: str
    wish: str
    appointed_at: datetime | None
    proof: str
    proof_label: str
    verified_at: datetime | None
    phone_proved_at: datetime | None
    agreements: tuple[AgreementRow, ...]
    instead: str
    awaits_identity: bool
    """The money waits until it is known who its payee is."""
    missing: tuple[str, ...]
    missing_at: datetime | None
    papers: tuple[ChecklistItem, ...]
    papers_at: datetime | None
    delay: str
    prepared_by: str
    prepared_name: str
    decided_by: str
    reasons: tuple[str, ...]
    effect: tuple[FormRow, ...]
    effective_on: date | None
    amount: Decimal
    office_id: int
    agent_id: int | None
    collection_id: int | None
    uploads: tuple[UploadView, ...]
    letters: tuple[LetterView, ...]
    clocks: tuple[Any, ...]
    promise: Any
    applied_at: datetime | None
    accepted_at: datetime | None
    collected_at: datetime | None
    received_on: date | None
    received_why: str

    @property
    def ref(self) -> Ref:
        """What events, clocks, letters and work call it."""
        return Ref("servicing_request", self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow(RequestRow):
    """A request in the desk's list."""

    customer: str
    office_id: int
    door: str
    door_label: str
    refer: str
    way_label: str
    amount: Decimal


def list_for_customer(party_id: int, *, limit: int = PAGE) -> tuple[RequestRow, ...]:
    """Somebody's requests, the latest first; those given up before handing in are left out."""
    found = _related().filter(party_id=party_id).exclude(state="WITHDRAWN", confirmed_at=None)
    return tuple(_row(r) for r in found.order_by("-pk")[:limit])


def list_to_agree(party_id: int) -> tuple[RequestRow, ...]:
    """What waits for somebody's agreement: as the insured, as an heir, or as guardian of one."""
    whose = (party_id, *people.wards_of(party_id))
    waits = Agreement.objects.filter(request=OuterRef("pk"), party__in=whose, answer="WAITING")
    found = _related().filter(Exists(waits), state__in=["CONFIRMED", "IN_REVIEW"])
    found = found.exclude(party_id=party_id)
    return tuple(_row(r) for r in found.order_by("-pk")[:PAGE])


def list_for_agent(access: AgentAccess, *, limit: int = PAGE) -> tuple[RequestRow, ...]:
    """What an agent prepared, the latest first."""
    found = _related().filter(agent_id__in=access.agent_ids, door=frame.AGENT)
    return tuple(_row(r) for r in found.order_by("-pk")[:limit])


def list_of_policy(policy_id: int, *, limit: int = PAGE) -> tuple[RequestRow, ...]:
    """A policy's requests, the latest first; the asker's right to the policy is the caller's."""
    found = _related().filter(policy_id=policy_id).exclude(state__in=EDITABLE)
    return tuple(_row(r) for r in found.order_by("-pk")[:limit])


def policies_of(request_ids: Iterable[int]) -> dict[int, int]:
    """The policy of each request that is about one; one statement."""
    wanted = list(request_ids)
    if not wanted:
        return {}
    rows = Request.objects.filter(pk__in=wanted).values_list("pk", "policy_id")
    return {request_id: policy_id for request_id, policy_id in rows if policy_id is not None}


def list_for_staff(
    access: Access, *, which: str = "review", after: int | None = None, limit: int = PAGE
) -> tuple[WorkRow, ...]:
    """
    The desk's list, the oldest first: ``review``, ``continue`` (the customer wants somebody),
    ``agree`` (others must agree), ``money``, ``counter`` (begun by staff and not handed in), or ``ended`` (the latest first).
    """
    offices = access.offices_for("servicing.view")
    found = _related().select_related("party").filter(office_id__in=offices)
    filters = {
        "review": Q(state="IN_REVIEW"),
        "continue": Q(state__in=EDITABLE) & ~Q(way="") & ~Q(door="COUNTER"),
        "money": Q(state="WAITING_MONEY"),
        "counter": Q(state__in=EDITABLE, door="COUNTER"),
        "agree": Q(state="CONFIRMED"),
        "ended": Q(state__in=["DONE", "REFUSED", "WITHDRAWN"], confirmed_at__isnull=False),
    }
    found = found.filter(filters.get(which, filters["review"]))
    if which == "ended":
        found = found.filter(pk__lt=after) if after else found
        return tuple(_work_row(r) for r in found.order_by("-pk")[:limit])
    found = found.filter(pk__gt=after) if after else found
    return tuple(_work_row(r) for r in found.order_by("pk")[:limit])


def get_for_customer(request_id: int, party_id: int, at: datetime) -> RequestView:
    """One's own request. :raises RequestNotFound: a stranger's and a wrong number alike."""
    return _view(_find(Q(pk=request_id, party_id=party_id)), at)


def get_for_second_party(request_id: int, party_id: int, at: datetime) -> RequestView:
    """What somebody is asked to agree to. :raises RequestNotFound: not asked."""
    whose = (party_id, *people.wards_of(party_id))
    row = _find(Q(pk=request_id, agreements__party__in=whose) & ~Q(party_id=party_id))
    view = _view(row, at)
    return replace(
        view,
        agreements=tuple(replace(a, mine=a.party_id in whose) for a in view.agreements),
        form=_form_rows(view.what, view.raw, row, other=True),
    )


def get_for_agent(request_id: int, access: AgentAccess, at: datetime) -> RequestView:
    """What an agent prepared for a customer of theirs. :raises RequestNotFound: any other."""
    return _view(_find(Q(pk=request_id, agent_id__in=access.agent_ids, door=frame.AGENT)), at)


def get_for_staff(request_id: int, access: Access, at: datetime) -> RequestView:
    """One request for staff. :raises RequestNotFound: none. :raises NotAllowed: right or branch lacks."""
    row = _find(Q(pk=request_id))
    access.require("servicing.view", office_id=row.office_id)
    return _view(row, at)


def _related() -> QuerySet[Request]:
    return Request.objects.select_related("policy")


def _find(where: Q) -> Request:
    row = Request.objects.select_related("policy__product_version").filter(where).first()
    if row is None:
        raise RequestNotFound
    return row


def _values(row: Request) -> dict[str, Any]:
    kind = KINDS.get(row.kind)
    return {
        "id": row.pk, "number": row.number or "", "kind": row.kind,
        "name": kind.name if kind else row.kind, "state": row.state,
        "state_label": _state_label(row), "policy_id": row.policy_id,
        "policy_number": row.policy.number if row.policy else "", "party_id": row.party_id,
        "pays": row.pays, "collects": row.collects, "step": step_of(row.state),
        "started_at": row.started_at, "confirmed_at": row.confirmed_at, "ended_at": row.ended_at,
        "open": row.state in OPEN, "editable": row.state in EDITABLE, "second": row.second,
        "blocked": row.blocked,
    }  # fmt: skip


def _state_label(row: Request) -> str:
    """In plain words: who is waited for; a draft that a colleague goes on with is not being filled in."""
    if row.state == "CONFIRMED":
        kind = KINDS.get(row.kind)
        heirs = kind is not None and kind.second_party == frame.HEIR
        return _("等其他继承人同意") if heirs else _("等被保险人确认")
    if row.way and row.state in EDITABLE:
        return _("等工作人员接办")
    return str(Request.State(row.state).label)


def _row(row: Request) -> RequestRow:
    return RequestRow(**_values(row))


def _work_row(row: Request) -> WorkRow:
    return WorkRow(
        **_values(row), customer=masks.mask_name(row.party.name), office_id=row.office_id,
        door=row.door, door_label=str(Request.Door(row.door).label), refer=row.refer,
        way_label=str(Request.Way(row.way).label) if row.way else "", amount=row.amount,
    )  # fmt: skip


def _view(row: Request, at: datetime) -> RequestView:
    kind = kind_of(row.kind)
    raw = opened_form(row)
    submitted = row.state in SUBMITTED
    collection = (
        payments.find_collection(f"{row.ref}:{COLLECT}")
        if row.state == "WAITING_MONEY" and row.collected_at is None and row.collects
        else None
    )
    return RequestView(
        **_values(row), what=kind,
        product_name=row.policy.product_version.name if row.policy else "",
        door=row.door, door_label=str(Request.Door(row.door).label),
        form=_form_rows(kind, raw, row), raw=raw,
        quote=quote_from(row.quote) if row.quote else None, digest=row.digest, refer=row.refer,
        way=row.way, way_label=str(Request.Way(row.way).label) if row.way else "", wish=row.wish,
        appointed_at=row.appointed_at,
        proof=row.proof,
        proof_label=str(Request.Proof(row.proof).label) if row.proof else "",
        verified_at=row.verified_at, phone_proved_at=row.phone_proved_at,
        agreements=_agreements(row), instead=row.instead,
        awaits_identity=row.state == "WAITING_MONEY" and row.applied_at is not None
        and any(p.awaits_identity for p in payments.list_payouts(row.ref)),
        missing=tuple(row.missing), missing_at=row.missing_at,
        papers=_papers(row, kind), papers_at=row.papers_at, delay=row.delay, prepared_by=row.prepared_by,
        prepared_name=_name_of(row.prepared_by), decided_by=row.decided_by,
        reasons=tuple(row.reasons), effect=tuple(FormRow(a, b) for a, b in row.effect),
        effective_on=row.effective_on, amount=row.amount, office_id=row.office_id,
        agent_id=row.agent_id, collection_id=collection.id if collection else None,
        uploads=tuple(documents.list_uploads(row.ref)), letters=letters.list_letters(row.ref),
        clocks=tuple(obligations.list_clocks(row.ref, at)) if row.confirmed_at or row.way else (),
        promise=obligations.next_promise(row.ref, at) if submitted or row.way else None,
        applied_at=row.applied_at, accepted_at=row.accepted_at, collected_at=row.collected_at,
        received_on=row.received_on, received_why=row.received_why,
    )  # fmt: skip


def _papers(row: Request, kind: Kind) -> tuple[ChecklistItem, ...]:
    holder_id = row.policy.holder_id if row.policy else None
    return papers_of(kind, party_id=row.party_id, holder_id=holder_id, begun_at=row.started_at)


def _name_of(who: str) -> str:
    if not who:
        return ""
    ref = Ref.parse(who)
    return people.names_of([ref]).get(ref, "")


def _agreements(row: Request) -> tuple[AgreementRow, ...]:
    if not row.second:
        return ()
    found = list(row.agreements.order_by("pk"))
    names = people.list_parties([each.party_id for each in found])
    return tuple(
        AgreementRow(
            party_id=each.party_id, name=names[each.party_id].name, role=each.role,
            role_label=str(Agreement.Role(each.role).label), answer=each.answer,
            answer_label=str(Agreement.Answer(each.answer).label),
            proof_label=str(Agreement.Proof(each.proof).label) if each.proof else "",
            answered_at=each.answered_at,
        )
        for each in found
    )  # fmt: skip


def _form_rows(
    kind: Kind, raw: Mapping[str, Any], row: Request, *, other: bool = False
) -> tuple[FormRow, ...]:
    """``other``: for somebody who is asked to agree, whom the asker's account does not concern."""
    shown = []
    for field in kind.fields:
        if other and field.kind == frame.ACCOUNT:
            continue
        if field.name not in raw and field.kind != frame.YES_NO:
            continue
        text = raw.get(forms.label_of(field.name)) or _text_of(field, raw.get(field.name), row)
        shown.append(FormRow(field.label, text))
    return tuple(shown)


def _text_of(field: Field, value: Any, row: Request) -> str:
    if field.kind == frame.YES_NO:
        return _("是") if value else _("否")
    if field.kind == frame.PHONE:
        return masks.mask_phone(str(value))
    if field.kind == frame.EMAIL:
        return masks.mask_email(str(value))
    if field.kind == frame.IDENTITY:
        return masks.mask_identity(str(value))
    if field.kind == frame.MONEY:
        return f"{Decimal(str(value)):,.2f} 元"
    if field.kind == frame.CHOICE and not callable(field.choices):
        return dict(field.choices).get(str(value), str(value))
    if field.kind == frame.ACCOUNT:
        for account in people.list_accounts(row.party_id):
            if str(account.id) == str(value):
                return f"{account.bank_name} {account.masked_number}"
        return "—"
    if field.kind == frame.PERSON:
        found = people.list_parties([int(str(value))])
        return next((p.name for p in found.values()), "—")
    if field.kind == frame.HEIRS:
        names = people.list_parties([int(each["party"]) for each in value])
        relations = dict(field.choices) if not callable(field.choices) else {}
        return "；".join(
            f"{names[int(each['party'])].name}（{relations.get(each['relation'], '')}）"
            for each in value
        )
    if field.kind == frame.SHARES:
        names = people.list_parties([int(s["party"]) for s in value])
        return "；".join(
            f"{s['ordinal']}. {names[int(s['party'])].name}"
            f" {(Decimal(s['share']) * 100).normalize():f}%"
            for s in value
        )
    return str(value)


@dataclass(frozen=True, slots=True)
class Needs:
    """What is still to be proved or handed in before somebody may confirm."""

    code: bool
    new_phone: bool
    papers: bool
    document: bool

    @property
    def nothing(self) -> bool:
        """Ready to confirm."""
        return not (self.code or self.new_phone or self.papers or self.document)


WAYS = tuple((str(way), str(way.label)) for way in Request.Way if way)
"""How a customer may go on where the page cannot finish it: code and label."""
SEEN = tuple((code, str(Request.Proof(code).label)) for code in ("FACE", "VIDEO"))
"""How a colleague makes sure who asks: code and label."""


def needs(view: RequestView, at: datetime, *, attended: bool = False) -> Needs:
    """What a confirmation of this request still needs, at the customer's door or attended."""
    kind = view.what
    proved = still_serves(view.verified_at, at, attended=attended)
    return Needs(
        code=(attended or kind.moves_money or kind.proves) and not proved,
        new_phone=kind.changes_phone
        and not still_serves(view.phone_proved_at, at, attended=attended),
        document=attended and kind.changes_phone and view.proof in dict(SEEN) and not view.uploads,
        papers=required(view.papers) and not attended and not view.uploads,
    )
