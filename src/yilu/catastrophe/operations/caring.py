"""Reach those affected, and open their claims before they ask (联系客户，主动报案)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.catastrophe import events
from yilu.catastrophe.models import Affected, CasualtyRow, Event, OpenedClaim
from yilu.catastrophe.rules.labels import CLAIM_TYPES, CONTACTS, REACHED
from yilu.claims.operations import Loss, Passing, Report
from yilu.claims.operations.report import take_report
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.policies.queries import ClaimablePolicy
from yilu.work import operations as work

from .confirming import say_confirmed
from .declaring import may_handle
from .refusals import AffectedNotFound, EventNotFound, EventOver, NothingToOpen, OnlyInDrill

PRACTICE_INJURY = Decimal("2000.00")
"""What a practised claim of an injured person comes to: nobody has bills in a drill."""


class UnknownContact(Invalid):
    """An attempt ends in one of the ways listed."""

    code = "unknown_contact"
    message = _("请选择联系结果")


class DeadNotReached(Invalid):
    """Of somebody listed as dead the family was reached, or the list is wrong."""

    code = "dead_not_reached"
    message = _("名单上这位客户已遇难，不能记“已联系上本人”")
    hint = _(
        "联系上的是家属，请选“已联系上家属”；本人平安无事的，说明名单或匹配有误，请选“不是本人（匹配有误）”，再重新核对。"
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """A claim that was, or can be, opened: for which policy, of which type, in whose name."""

    policy: ClaimablePolicy
    claim_type: str
    claimant_id: int | None


@tx.use_case
def record_contact(
    *, affected_id: int, outcome: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say how an attempt to reach a customer or the family ended.

    Reached closes the work; not reached leaves it. 不是本人 takes the confirmation back: the line
    waits for a person again.

    :raises AffectedNotFound: none, or not theirs. :raises UnknownContact: none of ours.
    :raises DeadNotReached: the list says that they died.
    :raises EventOver: ended. :raises NothingToOpen: claims are open, so they cannot be the wrong one.
    """
    affected = _hold(affected_id, access)
    if outcome not in CONTACTS:
        raise UnknownContact
    if outcome == "WRONG_PERSON":
        _release(affected, actor, at)
        return
    if outcome == "REACHED" and affected.condition == "DEAD":
        raise DeadNotReached
    reached = outcome in REACHED
    affected.attempts += 1
    affected.contact = outcome
    if reached and affected.contacted_at is None:
        affected.contacted_at = at
    affected.save(update_fields=["attempts", "contact", "contacted_at"])
    journal.record(
        events.CustomerContacted(affected_id=affected.pk, outcome=outcome, reached=reached),
        about=affected.ref, actor=actor, at=at,
        party=None if affected.event.drill else affected.party_id,
    )  # fmt: skip
    if reached:
        work.close_items(about=affected.ref, at=at, queue="catastrophe.contact", outcome=outcome)


@tx.use_case
def open_claims(*, affected_id: int, access: Access, actor: Ref, at: datetime) -> list[int]:
    """
    Report, for an affected customer, what their policies answer for; ids of what was opened.

    Real claims go through claims' own report with the programme 灾害应急; in a drill only the practice
    line is kept. Twice opens nothing twice.

    :raises AffectedNotFound: none, or not theirs. :raises NothingToOpen: no policy answers.
    :raises EventOver: ended.
    """
    affected = _hold(affected_id, access)
    return _open(affected, affected.event, actor, at)


_NEAR = """
    select 1 from catastrophe_event e
      join people_office lead on lead.id = e.office_id
      join people_party p on p.id = %(party)s::bigint
      join people_office own on own.id = p.office_id
     where e.id = %(event)s::bigint
       and (own.path like lead.path || '%%'
            or exists (select from catastrophe_affected a
                        where a.event_id = e.id and a.party_id = p.id))
"""


@tx.use_case
def report_myself(*, event_id: int, actor: Ref, at: datetime) -> list[int]:
    """
    One tap of a customer who says that they were hurt in an event (一键报案); what was opened.

    Where no policy answers, nothing is opened and somebody is asked to call them.

    For customers of the lead office and those below, and whoever is known to be affected.

    :raises EventNotFound: no open event near them, or a drill.
    """
    if actor.kind != "party":
        raise EventNotFound
    event = (
        Event.objects.select_for_update(of=("self",))
        .filter(pk=event_id, state=Event.State.OPEN, drill=False)
        .first()
    )
    if event is None or not tx.rows(_NEAR, {"event": event_id, "party": actor.id}):
        raise EventNotFound
    party = people.get_party(actor.id)
    affected, is_new = Affected.objects.get_or_create(
        event=event, party_id=party.id,
        defaults={
            "source": Affected.Source.SELF, "condition": "INJURED", "office_id": party.office_id,
            "confirmed_at": at, "confirmed_by": str(actor),
        },
    )  # fmt: skip
    try:
        opened = _open(affected, event, actor, at)
    except NothingToOpen:
        opened = []  # somebody will call them all the same
    if opened and affected.contacted_at is None:
        affected.contacted_at, affected.contact = at, "REACHED"
        affected.save(update_fields=["contacted_at", "contact"])
        work.close_items(about=affected.ref, at=at, queue="catastrophe.contact")
    if is_new:
        say_confirmed(affected, event, actor, at)
    return opened


@tx.use_case
def practise_payment(*, affected_id: int, access: Access, actor: Ref, at: datetime) -> int:
    """
    In a drill, say that the opened claims are paid; no money moves. How many were.

    :raises OnlyInDrill: for a real event. :raises AffectedNotFound: none, or not theirs.
    """
    affected = _hold(affected_id, access)
    if not affected.event.drill:
        raise OnlyInDrill
    done = affected.claims.filter(paid_at=None).update(paid_at=at)
    if done:
        journal.record(
            events.AffectedPaid(affected_id=affected.pk, claim_id=0, drill=True),
            about=affected.ref, actor=actor, at=at,
        )  # fmt: skip
    return done


@tx.step
def note_paid(*, claim_id: int, amount: Decimal, at: datetime) -> None:
    """The money of a claim arrived: it counts for the event it was opened under, if any."""
    opened = (
        OpenedClaim.objects.select_for_update(of=("self",))
        .select_related("affected")
        .filter(claim_id=claim_id)
        .first()
    )
    if opened is None:
        return
    first = opened.paid_at is None
    opened.amount = (opened.amount or Decimal("0.00")) + amount
    opened.paid_at = opened.paid_at or at
    opened.save(update_fields=["amount", "paid_at"])
    if first:
        journal.record(
            events.AffectedPaid(affected_id=opened.affected_id, claim_id=claim_id, drill=False),
            about=opened.affected.ref, actor=Ref("claim", claim_id), at=at,
            party=opened.affected.party_id,
        )  # fmt: skip


def openings_for(party_id: int, condition: str, on: date) -> list[Opening]:
    """What may be opened for somebody of a condition: one claim a policy; no claimant if none is known."""
    types = CLAIM_TYPES.get(condition, ())
    found: dict[int, Opening] = {}
    for claim_type in types:
        for policy in policies.for_insured_at_loss(party_id, on, claim_type):
            claimant = policy.insured_id if condition != "DEAD" else _heir(policy)
            found.setdefault(policy.id, Opening(policy, claim_type, claimant))
    return list(found.values())


def _heir(policy: ClaimablePolicy) -> int | None:
    """Who may claim a death benefit: a named beneficiary, else the holder if that is somebody else."""
    for each in policies.beneficiaries_for(policy.id, "DEATH"):
        if each.party_id is not None and each.party_id != policy.insured_id:
            return each.party_id
    return policy.holder_id if policy.holder_id != policy.insured_id else None


def _open(affected: Affected, event: Event, actor: Ref, at: datetime) -> list[int]:
    on = day_of(event.occurred_at)
    opened = []
    for opening in openings_for(affected.party_id, affected.condition, on):
        if opening.claimant_id is None and not event.drill:
            continue  # the heirs must be found first: contact is waiting for that
        known = affected.claims.filter(policy_id=opening.policy.id, claim_type=opening.claim_type)
        if (before := known.first()) is not None:
            opened.append(before.pk)
            continue
        claim_id = None if event.drill else _report(opening, event, on, actor, at)
        if not event.drill and (
            claim_id is None or OpenedClaim.objects.filter(claim_id=claim_id).exists()
        ):
            continue
        made = OpenedClaim.objects.create(
            affected=affected, policy_id=opening.policy.id, claim_type=opening.claim_type,
            claim_id=claim_id, opened_at=at,
            amount=_practised(opening) if event.drill else None,
        )  # fmt: skip
        opened.append(made.pk)
        journal.record(
            events.ClaimOpened(
                affected_id=affected.pk, claim_id=claim_id or 0, claim_type=opening.claim_type,
                drill=event.drill,
            ),
            about=affected.ref, actor=actor, at=at, party=None if event.drill else affected.party_id,
        )  # fmt: skip
    if not opened:
        raise NothingToOpen
    return opened


def _practised(opening: Opening) -> Decimal:
    return opening.policy.contract.sum_insured if opening.claim_type == "DEATH" else PRACTICE_INJURY


def _report(opening: Opening, event: Event, on: date, actor: Ref, at: datetime) -> int | None:
    """A real claim through claims' own report; None where that is refused for this policy."""
    claimant = opening.claimant_id
    assert claimant is not None
    death = opening.claim_type == "DEATH"
    accounts = people.list_accounts(claimant)
    report = Report(
        policy_number=opening.policy.number, claimant_id=claimant, claim_type=opening.claim_type,
        loss_date=on, channel="PROACTIVE", request_key=f"disaster:{event.pk}:{opening.policy.id}",
        loss=Loss(cause="ACCIDENT", event_on=on, passing=Passing(died_on=on) if death else None),
        account_id=accounts[0].id if accounts else None,
        programme="DISASTER" if "GREEN_LANE" in event.measures else "STANDARD",
    )  # fmt: skip
    try:
        policy = policies.get_claimable(opening.policy.number, claimant, on)
        with tx.savepoint():
            return take_report(report=report, actor=actor, at=at, policy=policy).claim_id
    except Refusal:
        return None


def _release(affected: Affected, actor: Ref, at: datetime) -> None:
    if affected.claims.exists():
        raise NothingToOpen(
            _("已经为该客户报案，不能改为匹配有误"), hint=_("请先在赔案中撤案，再更正名单。")
        )
    row = affected.row
    if row is not None:
        row.state, row.decided_by, row.decided_at = CasualtyRow.State.TO_CONFIRM, "", None
        row.save(update_fields=["state", "decided_by", "decided_at"])
    journal.record(
        events.CustomerReleased(affected_id=affected.pk), about=affected.ref, actor=actor, at=at
    )
    work.close_items(about=affected.ref, at=at, outcome="WRONG_PERSON")
    affected.delete()


def _hold(affected_id: int, access: Access) -> Affected:
    affected = (
        Affected.objects.select_for_update(of=("self",))
        .select_related("event", "row")
        .filter(pk=affected_id)
        .first()
    )
    access.require("catastrophe.handle")
    if affected is None:
        raise AffectedNotFound
    try:
        may_handle(affected.event.office_id, access)
    except EventNotFound:
        raise AffectedNotFound from None
    if affected.event.state == Event.State.CLOSED:
        raise EventOver
    return affected
