"""A claim as the customer sees it: every step, who holds it, what it waits for, by when, by which law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from yilu.claims.models import (
    Calculation,
    Channel,
    Claim,
    Decision,
    IdentityWait,
    Payee,
    Rating,
    SupplementNotice,
)
from yilu.claims.rules import lifecycle
from yilu.claims.rules.case import ABOUT_COVER, FOR_CUSTOMERS
from yilu.claims.rules.lifecycle import NOTHING_DUE, Action, State
from yilu.documents import queries as documents
from yilu.journal import queries as journal
from yilu.kernel import masks
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.letters import queries as letters
from yilu.obligations import queries as obligations
from yilu.payments import queries as payments
from yilu.people import queries as people

from . import records
from .cards import IDENTITY_FIRST, get_for_agent, get_for_customer
from .consultants import consultant_of
from .fetched import fetched_for
from .papers import checklist_rows
from .reopened import own_appeal
from .unpaid import WAITING
from .views import ClaimCard, ClaimProgress, PayeeRow, ProgressStep, RatingView

STEPS = (("REPORT", _("报案")), ("PAPERS", _("提交资料")), ("REVIEW", _("审核")), ("DECIDE", _("核定")),
         ("PAY", _("付款")), ("DONE", _("到账")))  # fmt: skip
_NOW = {
    State.REPORTED: "PAPERS", State.COLLECTING: "PAPERS", State.READING: "PAPERS",
    State.SUPPLEMENT: "PAPERS", State.ASSESSING: "REVIEW", State.REVIEW: "REVIEW",
    State.INVESTIGATING: "REVIEW", State.SECOND_REVIEW: "DECIDE", State.APPROVED: "PAY",
    State.PAYING: "PAY", State.PAYOUT_PROBLEM: "PAY", State.DECLINED: "DECIDE",
}  # fmt: skip
_HOLDER = {
    State.REPORTED: _("您"), State.COLLECTING: _("您"), State.SUPPLEMENT: _("您"), State.READING: _("系统"),
    State.ASSESSING: _("系统"), State.REVIEW: _("理赔人员"), State.INVESTIGATING: _("调查人员"),
    State.SECOND_REVIEW: _("复核人员"), State.APPROVED: _("您"), State.PAYING: _("银行"),
    State.PAYOUT_PROBLEM: _("您"),
}  # fmt: skip
_CUSTOMER_ACTIONS = (
    Action.HAND_IN, Action.WITHDRAW, Action.CORRECT_ACCOUNT, Action.REOPEN, Action.RATE,
)  # fmt: skip
CARD = ("BANK_CARD",)
_REPORTED_TO_AGENTS = ("HAND_IN",)


def get_progress(claim_id: int, viewer: Ref | people.AgentAccess, at: datetime) -> ClaimProgress:
    """
    Everything about a claim that its customer may see; an agent sees it without sums and letters.

    ``viewer`` is the customer's ref, or an agent's ref or access. A bounded number of statements.

    :raises ClaimNotFound: in the same words for a stranger's claim and one that is not there.
    """
    if isinstance(viewer, Ref) and viewer.kind == "agent":
        viewer = people.agent_access(viewer.id)
    if isinstance(viewer, people.AgentAccess):
        return _for_agent(_build(get_for_agent(claim_id, viewer), None, at))
    return _build(get_for_customer(claim_id, viewer.id), viewer.id, at)


def progress(claim_id: int, at: datetime) -> ClaimProgress:
    """The same for a caller that has settled who may see the claim, such as an upload link's door."""
    claim = Claim.objects.only("claimant_id").filter(pk=claim_id).first()
    return get_progress(claim_id, Ref("party", claim.claimant_id if claim else 0), at)


def _build(card: ClaimCard, party_id: int | None, at: datetime) -> ClaimProgress:
    claim = Claim.objects.get(pk=card.id)
    uploads = documents.list_uploads(card.ref)
    latest = Calculation.objects.filter(claim_id=card.id).order_by("-ordinal").first()
    decided = _standing(card)
    decision = decided if decided and decided.state == "STANDS" else None
    notice = SupplementNotice.objects.filter(claim_id=card.id, received_at=None).first()
    events = records.for_customer(journal.timeline(card.ref))
    clocks = tuple(c for c in obligations.list_clocks(card.ref, at) if c.for_customer)
    promise = obligations.next_promise(card.ref, at)
    rating = Rating.objects.filter(claim_id=card.id).first()
    several = card.claim_type == "DEATH" or claim.divided
    payees = Payee.objects.filter(claim_id=card.id, direct=False) if several else ()
    paid_out = payments.list_payouts(card.ref)
    paid_to = _paid_to(claim)
    unknown = card.state in WAITING and IdentityWait.objects.filter(
        claim_id=card.id, party_id=party_id or card.claimant_id, until=None
    ).exists()  # fmt: skip
    return ClaimProgress(
        card=card,
        steps=steps_of(
            claim, promise.citation if promise else "", IDENTITY_FIRST if unknown else card.waits_for
        ),
        promise=promise,
        clocks=clocks,
        checklist=tuple(
            row for row in checklist_rows(claim, uploads, at) if not (paid_to and row.kinds == CARD)
        ),
        # The sum is shown once it stands; before that it is work in progress of ours.
        calculation=records.calculation(latest, {}) if latest and decision else None,
        decision=records.decision(decision, {}) if decision else None,
        supplement=records.supplement(notice) if notice else None,
        payouts=tuple(
            replace(records.payout(p), account=paid_to) if p.to_party == claim.assignee_id
            else records.payout(p)
            for p in paid_out
            if party_id is None or p.to_party == party_id or card.claimant_id == party_id
        ),
        letters=tuple(
            records.letter(n) for n in letters.list_letters(card.ref)
            if party_id is None or n.party_id == party_id
        ),
        timeline=records.timeline(events, {}),
        account=_account(claim, party_id),
        rating=RatingView(rating.stars, rating.recommend, rating.comment, rating.rated_at) if rating else None,
        can=can_do(
            State(card.state), rated=rating is not None, card=card, party_id=party_id,
            share_waits=any(y.party_id == party_id and y.payout_id is None for y in payees),
            own_account=not paid_to,
        ),
        payees=tuple(
            PayeeRow(
                y.party_id, y.share, y.amount, y.account_id is not None, y.for_party_id is not None
            )
            for y in payees
        ),
        own_part_paid=_own_part_paid([y for y in payees if y.party_id == party_id], paid_out),
        consultant=consultant_of(claim),
        fetched=fetched_for(card.id, at),
        appeal=None if decision else own_appeal(card.id, party_id, claim.reasons),
        cover_question="" if decision else _cover_question(claim.reasons),
        identity_awaited=unknown,
        paid_to=paid_to,
    )  # fmt: skip


def _own_part_paid(own: Sequence[Payee], paid_out: Iterable[payments.PayoutView]) -> bool:
    """Whether all that is the viewer's to receive has arrived, whatever the others still wait for."""
    if not own or any(y.payout_id is None for y in own):
        return False
    receivers = {y.party_id for y in own}
    standing = [
        p.state for p in paid_out
        if p.to_party in receivers and p.state not in ("REJECTED", "CANCELLED")
    ]  # fmt: skip
    return bool(standing) and set(standing) == {"SETTLED"}


def _paid_to(claim: Claim) -> str:
    """Who is paid instead of the claimant, as the claimant may read it; empty where nobody is."""
    if claim.assignee_id is None:
        return ""
    name = people.get_party(claim.assignee_id).name
    return name if claim.channel == Channel.PROVIDER else masks.mask_name(name)


def _cover_question(reasons: Iterable[str]) -> str:
    return next((FOR_CUSTOMERS[code] for code in ABOUT_COVER if code in reasons), "")


def _standing(card: ClaimCard) -> Decision | None:
    return (
        Decision.objects.filter(claim_id=card.id, state="STANDS")
        .exclude(kind="ADVANCE")
        .order_by("-pk")
        .first()
    )


def _account(claim: Claim, party_id: int | None) -> str:
    if (
        claim.assignee_id is not None
        or claim.account_id is None
        or (party_id is not None and party_id != claim.claimant_id)
    ):
        return ""
    owner = claim.account.party_id if claim.account else claim.insured_id
    try:
        found = people.get_payable_account(owner, claim.account_id)
    except people.AccountNotFound:
        return ""
    return f"{found.bank_name} {found.masked_number}"


def can_do(
    state: State, *, rated: bool, card: ClaimCard, party_id: int | None, share_waits: bool = False,
    own_account: bool = True,
) -> tuple[str, ...]:  # fmt: skip
    """
    The actions open to the customer now; withdrawing and appealing are the claimant's alone.

    CORRECT_ACCOUNT is named where money waits for an account, not whenever one may be changed, and never
    where somebody else is paid (``own_account``).
    """
    found = []
    for action in _CUSTOMER_ACTIONS:
        if action is Action.CORRECT_ACCOUNT:
            if own_account and (state in (State.PAYOUT_PROBLEM, State.APPROVED) or share_waits):
                found.append(action.value)
            continue
        if lifecycle.CUSTOMER not in lifecycle.who_may(state, action):
            continue
        if action is Action.RATE and rated:
            continue
        if action in (Action.WITHDRAW, Action.REOPEN) and party_id not in (None, card.claimant_id):
            continue
        found.append(action.value)
    return tuple(found)


def steps_of(claim: Claim, law: str, waits_for: str) -> tuple[ProgressStep, ...]:
    """The six steps: what is done and when, what happens now, what comes."""
    state = State(claim.state)
    now = _NOW.get(state)
    order = [code for code, _label_of in STEPS]
    if state in (State.PAID, State.CLOSED) and claim.outcome == "PAID":
        reached = len(order)
    elif now is not None:
        reached = order.index(now)
    else:
        reached = _reached(claim)
    ended = now is None
    made = []
    for n, (code, label) in enumerate(STEPS):
        if n < reached:
            status = "DONE"
        elif ended or (state is State.DECLINED and n > reached):
            status = "SKIPPED"
        else:
            status = "NOW" if n == reached else "LATER"
        is_now = status == "NOW"
        made.append(
            ProgressStep(
                code, _label(code, label, state, status, claim.outcome == "ZERO"), status, _when(claim, code),
                _holder(claim, State.APPROVED if waits_for == IDENTITY_FIRST else state) if is_now else "", waits_for if is_now else "",
                law if is_now else "",
            )
        )  # fmt: skip
    return tuple(made)


def _holder(claim: Claim, state: State) -> str:
    """Whose turn it is. Money that goes to somebody else is never the customer's to put right."""
    if claim.assignee_id is not None and state in (State.APPROVED, State.PAYOUT_PROBLEM):
        return _("理赔人员")
    return _HOLDER.get(state, "")


def _label(code: str, label: str, state: State, status: str, nothing_due: bool) -> str:
    if status == "NOW" and code == "PAPERS" and state is State.SUPPLEMENT:
        return _("补充资料")
    if code == "DECIDE" and state is State.DECLINED:
        return NOTHING_DUE if nothing_due else _("不予赔付")
    if status == "NOW" and code == "REVIEW" and state is State.INVESTIGATING:
        return _("调查核实")
    return label


def _reached(claim: Claim) -> int:
    if claim.decided_at:
        return 4
    return 2 if claim.registered_at else 1


def _when(claim: Claim, code: str) -> datetime | None:
    return {
        "REPORT": claim.reported_at, "PAPERS": claim.documents_at, "REVIEW": claim.registered_at,
        "DECIDE": claim.decided_at, "PAY": None,
        "DONE": claim.closed_at if claim.outcome == "PAID" else None,
    }[code]  # fmt: skip


def _for_agent(full: ClaimProgress) -> ClaimProgress:
    """Without sums, letters, accounts and decisions: an agent helps, but need not know them."""
    bare = replace(
        full.card, claimed_amount=None, benefit_amount=None, paid_amount=full.card.paid_amount * 0
    )
    return replace(
        full, card=bare, calculation=None, decision=None, payouts=(), letters=(), account="", paid_to="",
        payees=(), can=tuple(c for c in full.can if c in _REPORTED_TO_AGENTS),
        timeline=tuple(
            replace(row, detail="") for row in full.timeline
        ),
    )  # fmt: skip


def status_api(claim_id: int, party_id: int, at: datetime) -> dict[str, Any]:
    """
    Where a claim stands, as plain values for the API: codes, Chinese labels, ISO times, amounts as text.

    :raises ClaimNotFound: as ``get_for_customer``.
    """
    card = get_for_customer(claim_id, party_id)
    promise = obligations.next_promise(card.ref, at)
    return {
        "number": card.number,
        "state": card.state,
        "state_label": card.state_label,
        "waits_for": card.waits_for,
        "claim_type": card.claim_type,
        "loss_date": card.loss_date.isoformat(),
        "reported_at": card.reported_at.isoformat(),
        "claimed_amount": None if card.claimed_amount is None else str(card.claimed_amount),
        "benefit_amount": None if card.benefit_amount is None else str(card.benefit_amount),
        "paid_amount": str(card.paid_amount),
        "next_promise": promise
        and {
            "says": promise.says, "due_at": promise.due_at.isoformat(), "citation": promise.citation,
        },
        "version": card.version,
    }  # fmt: skip
