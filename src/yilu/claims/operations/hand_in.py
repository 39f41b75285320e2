"""Documents arrive: files of the customer's, data of a hospital's, what the machine has read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from yilu.claims import events
from yilu.claims.models import ClaimType, ContactNote
from yilu.claims.rules import promises
from yilu.claims.rules.case import for_another
from yilu.claims.rules.lifecycle import Action, State
from yilu.claims.rules.papers import File, Fulfilment
from yilu.documents import operations as documents
from yilu.documents import queries as files
from yilu.documents.operations import Receipt
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.policies.queries import ClaimablePolicy
from yilu.work import operations as work

from .again import anew_if_used
from .assess import BY_MACHINE, assess, recalculate
from .case import fulfilment_of, told_by_bills
from .holding import Held, hold, write
from .promising import by, due
from .refusals import ClaimNotFound, need_reason
from .supplement import receive_supplement

FILES_AT_ONCE_MAX = 20


class NothingHandedIn(Invalid):
    """No file came with the request."""

    code = "nothing_handed_in"
    message = "没有收到文件"
    hint = "请选择文件后再提交。"


class TooManyAtOnce(Invalid):
    """More files in one go than a request may carry."""

    code = "too_many_at_once"
    message = f"一次最多提交{FILES_AT_ONCE_MAX}份文件"
    hint = "请分几次提交。"


class AnotherPersonsInvoice(Invalid):
    """The file says, as data, that the invoice was made out to neither the insured nor the claimant."""

    code = "another_persons_invoice"
    message = "这张票据是开给别人的，不是被保险人的"
    hint = "请提交被保险人本人的票据。确是这次的费用、只是姓名写法不同的，请联系客服，由工作人员核对后收下。"


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as it is handed in: what it is said to be, its name and content."""

    kind: str
    filename: str
    content: bytes
    request_key: str = ""


@dataclass(frozen=True, slots=True)
class Fed:
    """An upload that a hospital's data became: settled from the start."""

    id: int
    kind: str = "INVOICE"
    state: str = "SETTLED"
    live: bool = True
    source: str = "FEED"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What became of a hand-in: the uploads, what is still missing, and where the claim stands."""

    upload_ids: tuple[int, ...]
    missing: tuple[str, ...]
    state: str


@anew_if_used
@tx.use_case
def hand_in_documents(
    *,
    claim_id: int,
    papers: Sequence[Paper] = (),
    actor: Ref,
    at: datetime,
    access: Access | None = None,
    receipt: Receipt | None = None,
) -> HandedIn:
    """
    Take files in for a claim; what can be read is read soon after, and the claim goes on by itself.

    Without ``papers``: the door has stored the files one by one and now says that they are here.

    The claimant may, staff with ``claims.register`` over the office, and whoever the door let in
    by an upload link (as the claimant). All files are taken or none. Staff may take in an invoice
    made out to somebody else: a person then decides what it is worth. They say by ``receipt`` on
    which earlier day the papers came (收到日): the law's periods count from there.

    :raises ClaimNotFound: no such claim, or not theirs. :raises NotPossibleNow: it is decided.
    :raises BadReceiptDay: a day that cannot be, or long ago without a reason.
    :raises NothingHandedIn, TooManyAtOnce: and every refusal of documents for a bad file.
    :raises AnotherPersonsInvoice: from anybody but staff.
    """
    if len(papers) > FILES_AT_ONCE_MAX:
        raise TooManyAtOnce
    held = hold(claim_id)
    _may_hand_in(held, actor, access)
    held.require(Action.HAND_IN)
    if actor.kind != "staff":
        _must_be_theirs(held, papers)
    came = None
    if actor.kind in documents.ON_PAPER:
        came = documents.checked_receipt(receipt, not_before=held.begun_on, at=at)
    upload_ids = tuple(
        documents.take_in(
            about=held.ref, party_id=held.claimant_id, kind=paper.kind, filename=paper.filename,
            content=paper.content, actor=actor, at=at, request_key=paper.request_key, receipt=came,
        )
        for paper in papers
    )  # fmt: skip
    state, fulfilment = _received(held, actor=actor, at=at, came=came)
    return HandedIn(upload_ids, tuple(n.code for n in fulfilment.missing), state.value)


@anew_if_used
@tx.use_case
def hand_in_invoices(
    *, claim_id: int, provider_id: int, invoices: Sequence[dict[str, Any]], actor: Ref, at: datetime
) -> HandedIn:
    """
    Take in what a hospital's system sends for a claim, and assess it at once where it is complete.

    The door has checked that the provider is who it says. Invoices as in
    ``documents.accept_invoice_feed``.

    :raises ClaimNotFound: if there is none. :raises NotPossibleNow: it is decided.
    :raises InvoiceFeedMalformed: an invoice that cannot be one.
    """
    held = hold(claim_id)
    state, upload_ids = take_invoices(
        held, provider_id=provider_id, invoices=invoices, actor=actor, at=at
    )
    return HandedIn(upload_ids, (), state.value)


@tx.step
def take_invoices(
    held: Held, *, provider_id: int, invoices: Sequence[dict[str, Any]], actor: Ref, at: datetime,
    policy: ClaimablePolicy | None = None,
) -> tuple[State, tuple[int, ...]]:  # fmt: skip
    """
    The step behind ``hand_in_invoices``, for a claim already held.

    :raises NothingHandedIn: without invoices. Each bad invoice is refused as documents refuses it.
    """
    held.require(Action.HAND_IN)
    if not invoices:
        raise NothingHandedIn
    upload_ids = tuple(
        documents.accept_invoice_feed(
            about=held.ref, party_id=held.claimant_id, provider_id=provider_id, invoice=invoice,
            actor=actor, at=at,
        )
        for invoice in invoices
    )  # fmt: skip
    state, _ = _received(held, actor=actor, at=at, fed=True, policy=policy)
    return state, upload_ids


@anew_if_used
@tx.use_case
def assess_claim(*, claim_id: int, actor: Ref, at: datetime) -> str:
    """
    Assess a claim as far as its papers reach, and return the state it is in afterwards.

    The machine may say yes (complete papers, green lane, at most 10,000 yuan, no doubt of any
    kind); only a person may say no. Assessing a claim that people have in hand calculates anew and
    decides nothing.

    :raises ClaimNotFound: if there is none.
    """
    return take_over(hold(claim_id), at=at).value


@anew_if_used
@tx.use_case
def send_to_review(
    *, claim_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> State:
    """
    Give a claim to an assessor although papers are missing: they cannot be had, or are not needed
    (从简办理). The reason stays in the log.

    :raises NotPossibleNow: people have it in hand, or it is decided. :raises ReasonMissing: no reason.
    """
    held = hold(claim_id)
    access.require("claims.register", office_id=held.office_id)
    held.require(Action.SEND_TO_REVIEW)
    ContactNote.objects.create(
        claim_id=held.id, kind=ContactNote.Kind.NOTE, text=need_reason(reason),
        written_by=str(actor), written_at=at,
    )  # fmt: skip
    return assess(held, at=at, by_hand="BY_HAND")


@anew_if_used
@tx.use_case
def take_over_documents(*, claim_id: int, actor: Ref, at: datetime) -> State:
    """
    Go on with a claim whose files have been read or confirmed, as far as they reach.

    :raises ClaimNotFound: if there is none.
    """
    return take_over(hold(claim_id), at=at)


@tx.step
def take_over(held: Held, *, at: datetime) -> State:
    """The step behind ``take_over_documents``: the reaction to what documents says."""
    if not held.can(Action.HAND_IN):
        return held.state
    uploads = files.list_uploads(held.ref)
    return _go_on(held, _fulfilment(held, uploads, False, at), _days(uploads), at=at)


@tx.step
def _received(
    held: Held,
    *,
    actor: Ref,
    at: datetime,
    fed: bool = False,
    policy: ClaimablePolicy | None = None,
    came: Receipt | None = None,
) -> tuple[State, Fulfilment]:
    """Say that papers arrived, and go on as far as they reach."""
    invoices = files.invoices_for(held.ref) if fed else None
    uploads: Sequence[File]
    days: dict[int, date] = {}
    if invoices and held.documents_at is None:
        # The hospital's data are the first that comes: there is nothing else to look for.
        uploads = [Fed(i.upload_id) for i in invoices]
    else:
        uploads = views = files.list_uploads(held.ref)
        days = _days(views)
    if not uploads:
        raise NothingHandedIn
    fulfilment = _fulfilment(held, uploads, fed, at)
    journal.record(
        events.DocumentsReceived(
            complete=fulfilment.handed_in, programme=held.programme,
            estimated_band=promises.estimated_band(held.claimed_amount),
            received_on=_first_day(held, days, at),
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if came is not None:
        held = _came_earlier(held, came, at)
    supplement = held.state is State.SUPPLEMENT
    if supplement:
        held = receive_supplement(held, actor=actor, at=at)
    goes_through = held.state in BY_MACHINE and fulfilment.complete
    if not goes_through:
        # Photographs come one by one: who hands in ten of them is thanked once.
        messaging.queue(
            "claims.documents_received", to=Ref("party", held.claimant_id), about=held.ref, at=at,
            facts={"claim": held.number, "by": by(promises.CHECKED, office_id=held.office_id, at=at)},
            once=f"{day_of(at)}/{'supplement' if supplement else 'papers'}",
        )  # fmt: skip
    return _go_on(held, fulfilment, days, at=at, policy=policy, invoices=invoices), fulfilment


def _days(uploads: Iterable[files.UploadView]) -> dict[int, date]:
    return {upload.id: upload.received_on for upload in uploads}


def _first_day(held: Held, days: Mapping[int, date], at: datetime) -> str:
    """The day claim and first papers were here, where it was before today; else empty."""
    first = max(min(days.values(), default=day_of(at)), held.begun_on)
    return first.isoformat() if first < day_of(at) else ""


def _came_earlier(held: Held, came: Receipt, at: datetime) -> Held:
    """The claim with the day on which the first of its papers was here before anybody typed it in."""
    first = came.from_when(at)
    if held.received_on is None:
        first = max(first, held.reported_at)
    first = min(held.documents_at or at, first)
    write(held, at=at, documents_at=first)
    return replace(held, documents_at=first, version=held.version + 1)


@tx.step
def _go_on(
    held: Held,
    fulfilment: Fulfilment,
    days: Mapping[int, date],
    *,
    at: datetime,
    policy: ClaimablePolicy | None = None,
    invoices: tuple[files.InvoiceView, ...] | None = None,
) -> State:
    on = fulfilment.complete_on(days) if held.registered_at is None else None
    completed = on is not None and on != held.complete_on
    if completed:
        held = replace(held, complete_on=on)
    if held.state in BY_MACHINE:
        if fulfilment.complete:
            known = invoices if invoices is not None else files.invoices_for(held.ref)
            if not any(i.registry_state == "WAITING" for i in known):
                if completed and on != day_of(at):
                    write(held, at=at, complete_on=on)
                    held = replace(held, version=held.version + 1)
                return assess(held, at=at, policy=policy, invoices=known)
            to = State.READING  # the registry's answer comes soon, and with it the next step
        elif fulfilment.reading or fulfilment.to_confirm:
            to = State.READING
        else:
            to = State.COLLECTING
        if fulfilment.to_confirm:
            _ask_to_confirm(held, at)
        elif held.state is State.READING and to is State.COLLECTING:
            work.close_items(about=held.ref, at=at, queue="documents.verify")
        if to is not held.state or held.documents_at is None or completed:
            write(
                held, at=at, state=to.value, documents_at=held.documents_at or at,
                complete_on=held.complete_on,
            )  # fmt: skip
        return to
    if held.can(Action.CALCULATE) and not fulfilment.reading and held.registered_at is not None:
        recalculate(held, at=at)
    elif held.can(Action.HAND_IN):
        write(held, at=at, documents_at=held.documents_at or at, complete_on=held.complete_on)
    return held.state


def _ask_to_confirm(held: Held, at: datetime) -> None:
    """What the machine could not read with certainty is compared by a person."""
    work.open_item(
        "documents.verify", about=held.ref, office_id=held.office_id, at=at, priority=30,
        title=f"{ClaimType(held.claim_type).label}：核对识别结果", party_id=held.claimant_id,
        amount=held.claimed_amount,
        due_at=due(promises.CHECKED, office_id=held.office_id, at=at),
    )  # fmt: skip


def _fulfilment(held: Held, uploads: Sequence[File], fed: bool, at: datetime) -> Fulfilment:
    fed = fed or any(u.source == "FEED" and u.live for u in uploads)
    kinds = {u.kind for u in uploads if u.live}
    bills = files.invoices_for(held.ref) if "INVOICE" in kinds and not fed else ()
    amount, inpatient = told_by_bills(held.claimed_amount, bills)
    return fulfilment_of(
        held, uploads, amount=amount,
        payee_is_insured=held.claimant_id == held.insured_id or held.claim_type != "DEATH",
        inpatient=True if "DISCHARGE" in kinds else inpatient, fed=fed, at=at,
    )  # fmt: skip


def _must_be_theirs(held: Held, papers: Sequence[Paper]) -> None:
    """:raises AnotherPersonsInvoice: only where the file itself says so; pictures are for people."""
    bills = (paper for paper in papers if paper.kind == "INVOICE")
    payers = [files.payer_as_data(paper.filename, paper.content) for paper in bills]
    if any(payers):
        theirs = people.list_parties({held.insured_id, held.claimant_id}).values()
        if any(for_another(payer, [each.name for each in theirs]) for payer in payers):
            raise AnotherPersonsInvoice


def _may_hand_in(held: Held, actor: Ref, access: Access | None) -> None:
    """:raises ClaimNotFound: in the same words for a stranger as for a wrong number."""
    if actor.kind == "party" and actor.id not in (held.claimant_id, held.insured_id):
        raise ClaimNotFound
    if actor.kind == "agent":
        policy = policies.get_policy(held.policy_id, held.loss_date, without_cover=True)
        if policy.agent_id != actor.id:
            raise ClaimNotFound
    if actor.kind == "staff":
        if access is None or access.staff_id != actor.id:
            raise ClaimNotFound
        access.require("claims.register", office_id=held.office_id)
