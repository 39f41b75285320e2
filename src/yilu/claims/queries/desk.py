"""The claim desk: everything needed to decide, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from yilu.claims.models import (
    Calculation,
    Claim,
    ContactNote,
    Decision,
    Investigation,
    KnowledgeEvent,
    SupplementNotice,
)
from yilu.claims.operations.diagnosed import codes_in
from yilu.claims.rules import agreed, authority, lifecycle
from yilu.claims.rules.case import REASON_LABELS
from yilu.claims.rules.digest import desk_digest
from yilu.claims.rules.lifecycle import ACTION_LABELS, Action, State
from yilu.documents import queries as documents
from yilu.journal import queries as journal
from yilu.kernel.refs import Ref
from yilu.letters import queries as letters
from yilu.obligations import queries as obligations
from yilu.payments import queries as payments
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.risk import queries as risks
from yilu.work import queries as work

from . import records
from .cards import get_for_staff, list_related
from .papers import checklist_rows
from .reopened import reopenings_of
from .views import ClaimCard, ClaimDesk, DeskAction

DESK_ACTIONS = (
    Action.SEND_TO_REVIEW, Action.CALCULATE, Action.APPROVE, Action.PROPOSE, Action.DECLINE, Action.SEND_BACK,
    Action.REQUEST_SUPPLEMENT, Action.RECEIVE_SUPPLEMENT, Action.INVESTIGATE,
    Action.STATE_COMPLEX, Action.TELL_PROGRESS,
    Action.END_INVESTIGATION, Action.NOTE_GROUND, Action.PAY_UNDISPUTED, Action.GRANT_EX_GRATIA,
    Action.CORRECT_ACCOUNT, Action.MERGE, Action.WITHDRAW, Action.REOPEN,
)  # fmt: skip
NOTES_MAX = 100


def desk(claim_id: int, access: people.Access, at: datetime) -> ClaimDesk:
    """
    Everything about a claim for a member of staff who may view its office.

    ``digest`` goes back with a decision: it names exactly what is shown here. Signals are shown to
    those with ``risk.view`` only.

    :raises ClaimNotFound: in the same words for another office's claim and one that is not there.
    """
    card = get_for_staff(claim_id, access)
    claim = Claim.objects.get(pk=card.id)
    uploads = documents.list_uploads(card.ref)
    latest = Calculation.objects.filter(claim_id=card.id).order_by("-ordinal").first()
    decisions = list(
        Decision.objects.filter(claim_id=card.id).select_related("finding").order_by("-pk")
    )
    looked_into = list(Investigation.objects.filter(claim_id=card.id).order_by("-pk"))
    notes = list(ContactNote.objects.filter(claim_id=card.id).order_by("-pk")[:NOTES_MAX])
    events = journal.timeline(card.ref)
    parties = people.list_parties([card.claimant_id, card.insured_id])
    policy = policies.get_policy(claim.policy_id, claim.loss_date, without_cover=True)
    names = people.names_of(
        _refs(
            [e.actor for e in events],
            [n.written_by for n in notes],
            [x for d in decisions for x in (d.decided_by, d.approved_by)],
            [latest.made_by] if latest else [],
            [i.opened_by for i in looked_into],
            [Ref("staff", claim.consultant_id)] if claim.consultant_id else [],
        )
    )
    verdict = _verdict(latest, policy)
    signals = risks.claim_signals(card.ref)
    clocks = obligations.list_clocks(card.ref, at)
    return ClaimDesk(
        card=card,
        digest=desk_digest(
            claim_id=card.id, version=card.version, calculation=latest.digest if latest else "",
            uploads=[(u.id, u.state, u.version) for u in uploads],
            signals=[(s.signal, s.severity, s.measure, s.cleared_at is not None) for s in signals],
        ),
        policy=policy,
        claimant=parties.get(card.claimant_id),
        insured=parties.get(card.insured_id),
        account=_account(claim),
        checklist=checklist_rows(claim, uploads, at),
        uploads=uploads,
        invoices=documents.invoices_for(card.ref),
        calculation=records.calculation(latest, names) if latest else None,
        machine_verdict=verdict,
        reasons=reasons_of(claim.reasons, policy, claim.loss_date),
        signals=signals if access.may("risk.view") else (),
        decisions=tuple(records.decision(d, names) for d in decisions),
        reopenings=reopenings_of(card.id, decisions),
        supplements=tuple(
            records.supplement(s)
            for s in SupplementNotice.objects.filter(claim_id=card.id).order_by("-pk")
        ),
        investigations=tuple(records.investigation(i, names) for i in looked_into),
        knowledge=tuple(
            records.knowledge(k) for k in KnowledgeEvent.objects.filter(claim_id=card.id).order_by("-pk")
        ),
        notes=tuple(records.note(n, names) for n in notes),
        clocks=tuple(clocks),
        items=work.open_items(card.ref, at),
        payouts=tuple(records.payout(p) for p in payments.list_payouts(card.ref)),
        letters=tuple(records.letter(n) for n in letters.list_letters(card.ref)),
        timeline=records.timeline(events, names, clocks),
        related=list_related(card),
        actions=actions_for(card, access),
        loss=claim.loss,
        consultant=names.get(Ref("staff", claim.consultant_id or 0), ""),
        law_clauses=tuple(authority.LAW),
        agreed=agreed.beside(policy.agreed, codes_in(card.ref)) if policy.agreed else (),
    )  # fmt: skip


def reasons_of(
    codes: Iterable[str], policy: policies.ClaimablePolicy, loss_date: date
) -> tuple[str, ...]:
    """Why a person has it; where our records show no cover, since when and why as well."""
    said = []
    for code in codes:
        said.append(REASON_LABELS.get(code, code))
        if code == "NO_COVER" and (why := policy.why_not_covered(loss_date)):
            said.append(why)
    return tuple(said)


def actions_for(card: ClaimCard, access: people.Access) -> tuple[DeskAction, ...]:
    """What this person may do now, by the table of transitions; what lacks only the right says so."""
    state, found = State(card.state), []
    for action in DESK_ACTIONS:
        who = [w for w in lifecycle.who_may(state, action) if w.startswith("claims.")]
        if not who:
            continue
        allowed = any(access.may(right, office_id=card.office_id) for right in who)
        needs = () if allowed else tuple(people.RIGHTS[right] for right in who)
        found.append(DeskAction(action.value, ACTION_LABELS[action], allowed, needs))
    return tuple(found)


def _account(claim: Claim) -> people.AccountView | None:
    if claim.account_id is None or claim.account is None:
        return None
    try:
        return people.get_payable_account(claim.account.party_id, claim.account_id)
    except people.AccountNotFound:
        return None


def _verdict(latest: Calculation | None, policy: policies.ClaimablePolicy) -> str:
    if latest is None:
        return ""
    return authority.verdict(
        benefit=latest.benefit, has_grounds=bool(latest.result["refusal_grounds"]),
        has_shortfalls=bool(latest.result["shortfalls"]) or policy.cover.state == "NONE",
    )  # fmt: skip


def _refs(*groups: Iterable[Ref | str]) -> set[Ref]:
    found = {r if isinstance(r, Ref) else Ref.parse(r) for group in groups for r in group if r}
    return {r for r in found if r.kind in ("staff", "agent", "provider")}
