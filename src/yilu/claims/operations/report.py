"""Take the first notice of a loss (报案), whichever door it came through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import orjson

from yilu.claims import events
from yilu.claims.models import Channel, ClaimType, ContactNote
from yilu.claims.rules import promises
from yilu.claims.rules.lifecycle import State
from yilu.claims.rules.loss import NOTHING_SAID, Loss
from yilu.documents import operations as documents
from yilu.documents.operations import Receipt
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.money import yuan
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.queries.claimants import ClaimantFacts, claimant_facts
from yilu.policies import queries as policies
from yilu.policies.queries import ClaimablePolicy
from yilu.standards import queries as standards
from yilu.work import operations as work

from .assess import assess
from .case import cover_questions
from .holding import hold
from .let_in import against
from .promising import by, due
from .refusals import BadAmount
from .unreportable import (
    BadRequestKey,
    ClaimantNotEntitled,
    DeceasedClaimant,
    LossInFuture,
    SaidOtherwise,
    SubmittedTwice,
    UnknownClaimType,
)
from .whose_consent import ConsentMissing, acts_for, claimant_agrees

WITH_CONSULTANT = frozenset({ClaimType.CRITICAL_ILLNESS, ClaimType.DEATH, ClaimType.DISABILITY})
"""Grave losses get a person of their own from the first day (专属理赔顾问)."""
WITH_INTAKE = frozenset({Channel.PHONE, Channel.AGENT})
"""Doors after which somebody explains what is needed; the phone's page explains it by itself."""


@dataclass(frozen=True, slots=True)
class Reported:
    """
    What became of a report. A new one in ``state`` REVIEW is with a person: its cover is in question.

    ``claim_id`` and ``number`` are of the claim that goes on. Where the loss had been reported
    before, that is the first claim, and ``merged_from`` is the number of this second report.
    """

    claim_id: int
    number: str
    state: str
    is_new: bool
    merged_from: str = ""
    checklist: standards.Checklist | None = None

    @property
    def ref(self) -> Ref:
        """What events, documents and work call the claim."""
        return Ref("claim", self.claim_id)


@dataclass(frozen=True, slots=True)
class Assignment:
    """
    The insured had somebody else paid in their place (收款委托), such as the hospital itself.

    ``kept_as`` names the record in which they said so: evidence the programme has checked.
    """

    party_id: int
    kept_as: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What is said when a loss is reported. Amounts in yuan; ``loss`` codes as in rules.loss.

    With an ``assignment`` the account is the assignee's own.
    """

    policy_number: str
    claimant_id: int
    claim_type: str
    loss_date: date
    channel: str
    request_key: str
    loss: Loss = NOTHING_SAID
    claimed_amount: Decimal | None = None
    account_id: int | None = None
    # DISASTER: a declared emergency, in which nobody is asked for consent first (个保法 13 之四).
    programme: Literal["STANDARD", "DISASTER"] = "STANDARD"
    assignment: Assignment | None = None
    # How the customer came to our pages, as the event says it: see ClaimReported.
    came_by: str = ""
    # The earlier day on which a report on paper reached us or our agent: staff and agents only.
    receipt: Receipt | None = None


@tx.use_case
def report_claim(
    *, report: Report, actor: Ref, at: datetime, access: people.Access | None = None
) -> Reported:
    """
    Take a report and start the clocks on it.

    The claimant must be holder, insured or named beneficiary; an agent must be the one of record
    and staff (``access``) need ``claims.register`` over the policy's office. Sending the same
    ``request_key`` of the same claimant again returns the first claim and changes nothing. A loss
    already reported joins the first claim (并案), whose number is returned.

    Only a person refuses. A loss for which there is no cover by our records (lapsed, ended, rescinded),
    or of a sort that the wording does not name, is registered at once and goes to an assessor with that
    reason: whether the lapse was right or the wording means it after all is theirs to judge, in writing
    and open to appeal, and the law's clocks run meanwhile. Refused is what is no claim on this contract
    at all: a contract that is not there or not theirs, a day that has not come, a day before the
    contract began (another day or another contract is meant; nothing was promised yet that could be
    disputed), somebody who may not claim this benefit.

    :raises PolicyNotFound: no such policy, or not theirs: in the same words.
    :raises PolicyNotInForce: the day of loss is before the contract's first day.
    :raises LossInFuture: the day of loss has not come. :raises UnknownClaimType: no such type.
    :raises ClaimantNotEntitled: somebody else must claim this. :raises DeceasedClaimant: they have died.
    :raises ConsentMissing: no separate consent for health data.
    :raises AccountNotFound: the account is not the payee's own.
    :raises BadAmount: negative, enormous or more than two decimals.
    :raises SaidOtherwise: the ``request_key`` was used for another loss.
    :raises BadReceiptDay: a day of receipt that cannot be, or long ago without a reason.
    """
    return take_report(report=report, actor=actor, at=at, access=access)


@tx.step
def take_report(
    *,
    report: Report,
    actor: Ref,
    at: datetime,
    access: people.Access | None = None,
    policy: ClaimablePolicy | None = None,
    arrives_complete: bool = False,
    waited: Receipt | None = None,
    unable: bool = False,
    let_in: bool = False,
) -> Reported:
    """
    The step behind ``report_claim``, for use cases that go on with the claim at once.

    ``policy`` spares the look-up where the caller has just made it. ``arrives_complete``: the
    documents follow in the same breath, so nobody is asked for any. ``waited``: the report was here
    since that day and waited for a consent; it counts whoever made it and however long that took.
    ``unable``: two people found that the insured cannot say whether they agree. ``let_in``: they were
    treated on our word; a death, a consent taken back and another claim for the loss do not turn
    the bill away, a person judges it beside them.
    """
    check_words(report, at)
    came = waited if waited is not None and waited.on < day_of(at) else None
    if waited is None and actor.kind in ("staff", "agent"):
        came = documents.checked_receipt(report.receipt, not_before=report.loss_date, at=at)
    report = replace(report, receipt=came)
    if policy is None:
        policy = find_policy(report, actor, access)
    facts = check_people(report, policy, unable=unable, let_in=let_in)
    checklist = standards.checklist(report.claim_type, at)
    in_question = bool(cover_questions(policy, report.claim_type))
    row = row_of(report, policy, facts, checklist.version, at)
    if let_in:
        row["reasons"] = against(
            policy_id=policy.id, claim_type=report.claim_type, loss_date=report.loss_date,
            died=facts.died, consents=facts.consents, at=at,
        )  # fmt: skip
        made = tx.rows(_INSERT_ANYWAY, [None, orjson.dumps(row).decode()])
        if not made:  # the patient reported it in this very moment: sent again, a person has both
            raise SubmittedTwice
    else:
        made = tx.rows(_INSERT, [orjson.dumps(row).decode()])
    if not made:
        return _known_already(row, policy, actor, at, checklist)
    claim_id, number = made[0]
    say_reported(
        Ref("claim", claim_id), number, report, policy, actor, at, arrives_complete,
        in_question or facts.died,
    )  # fmt: skip
    state = State.REPORTED
    if in_question:  # nobody gathers papers before a person has looked whether there was cover
        state = assess(hold(claim_id), at=at, policy=policy)
    return Reported(claim_id, number, state.value, True, checklist=checklist)


def check_words(report: Report, at: datetime) -> None:
    """Everything that can be said to be wrong without looking anything up."""
    if report.claim_type not in ClaimType.values or report.channel not in Channel.values:
        raise UnknownClaimType
    if not 0 < len(report.request_key) <= 64:
        raise BadRequestKey
    if report.loss_date > day_of(at):
        raise LossInFuture
    if report.claimed_amount is not None:
        try:
            amount = yuan(report.claimed_amount)
        except (ValueError, TypeError):
            raise BadAmount("申请金额有误") from None
        if amount < 0:
            raise BadAmount("申请金额不能为负数")
    report.loss.check(report.loss_date, day_of(at))


def find_policy(report: Report, actor: Ref, access: people.Access | None) -> ClaimablePolicy:
    """
    The policy, where this actor may report on it for this claimant; its cover may be in question.

    :raises PolicyNotFound: not theirs. :raises PolicyNotInForce: a loss before its first day.
    """
    policy = get_claimable(report.policy_number, report.claimant_id, report.loss_date)
    if actor.kind == "party" and actor.id != report.claimant_id:
        raise policies.PolicyNotFound
    if actor.kind == "agent" and policy.agent_id != actor.id:
        raise policies.PolicyNotFound
    if actor.kind == "staff":
        if access is None or access.staff_id != actor.id:
            raise NotAllowed
        access.require("claims.register", office_id=policy.office_id)
    return policy


def get_claimable(policy: str | int, claimant_id: int, loss_date: date) -> ClaimablePolicy:
    """The claimant's policy for a loss, covered or not. :raises: as ``find_policy``."""
    found = policies.get_claimable(policy, claimant_id, loss_date, without_cover=True)
    if loss_date < found.contract.effective_on:
        found.cover_on(loss_date)
    return found


def check_people(
    report: Report, policy: ClaimablePolicy, *, unable: bool = False, let_in: bool = False
) -> ClaimantFacts:
    """Entitlement, consent and account of those concerned, in one statement; ``let_in`` as in ``take_report``."""
    death = report.claim_type == ClaimType.DEATH
    if death and report.claimant_id == policy.insured_id:
        raise DeceasedClaimant
    if not death and policy.asker == "BENEFICIARY":
        raise ClaimantNotEntitled
    for_another = claimant_agrees(report.claim_type, policy.insured_birth_date, on=report.loss_date)
    giver = report.claimant_id if for_another else policy.insured_id
    facts = claimant_facts(
        report.claimant_id, consent_of=giver, purpose="HEALTH_DATA",
        payee_id=_payee(report, policy, for_another), account_id=report.account_id,
    )  # fmt: skip
    if facts is None:
        raise policies.PolicyNotFound
    if let_in:
        return facts
    if facts.died:
        raise DeceasedClaimant
    if not facts.consents and not unable and report.programme != "DISASTER":
        if for_another or not acts_for(report.claimant_id, policy.insured_id):
            raise ConsentMissing(giver)
        if not people.has_consent(report.claimant_id, "HEALTH_DATA"):
            raise ConsentMissing(report.claimant_id)
    return facts


def _payee(report: Report, policy: ClaimablePolicy, claimant: bool) -> int:
    if report.assignment is not None:
        return report.assignment.party_id
    return report.claimant_id if claimant else policy.insured_id


_COLUMNS = """
    policy_id, insured_id, claimant_id, office_id, account_id, assignee_id, assignment, claim_type,
    loss_date, loss, channel, programme, lane, band, state, reasons, claimed_amount, paid_amount, checklist_version,
    request_key, phone_index, account_index, identity_known, outcome, version, reported_at, changed_at,
    received_on
"""
_TYPED = """
    policy_id bigint, insured_id bigint, claimant_id bigint, office_id bigint, account_id bigint,
    assignee_id bigint, assignment text, claim_type text, loss_date date, loss jsonb, channel text, programme text, lane text, band text,
    state text, reasons jsonb, claimed_amount numeric, paid_amount numeric, checklist_version int,
    request_key text, phone_index text, account_index text, identity_known boolean, outcome text,
    version int, reported_at timestamptz, changed_at timestamptz, received_on date
"""
# One insert finds out everything: the tap came before (claim_once_per_tap), the loss is being
# handled (claim_once_per_loss, and the states a person has in hand), or the claim is new. The
# number is the day in China, the serial, and nothing that could be guessed from a policy.
_INSERT = f"""
    insert into claims_claim (id, number, merged_into_id, {_COLUMNS})
    select id, 'C' || to_char(reported_at at time zone 'Asia/Shanghai', 'YYYYMMDD') || lpad(id::text, 8, '0'),
           null, {_COLUMNS}
      from (select nextval(pg_get_serial_sequence('claims_claim', 'id')) as id, r.*
              from jsonb_to_record(%s::jsonb) as r({_TYPED})) as given
     where not exists (select 1 from claims_claim first
                        where first.policy_id = given.policy_id and first.claim_type = given.claim_type
                          and first.loss_date = given.loss_date
                          and first.state in ('REVIEW', 'SUPPLEMENT', 'INVESTIGATING', 'SECOND_REVIEW')
                          and not (first.claimant_id = given.claimant_id
                                   and first.request_key = given.request_key))
    on conflict do nothing
    returning id, number
"""
# Beside whatever is there: merged into another claim or, with none named, standing by itself.
_INSERT_ANYWAY = f"""
    insert into claims_claim (id, number, merged_into_id, {_COLUMNS})
    select id, 'C' || to_char(reported_at at time zone 'Asia/Shanghai', 'YYYYMMDD') || lpad(id::text, 8, '0'),
           %s::bigint, {_COLUMNS}
      from (select nextval(pg_get_serial_sequence('claims_claim', 'id')) as id, r.*
              from jsonb_to_record(%s::jsonb) as r({_TYPED})) as given
    on conflict do nothing
    returning id, number
"""
_BEFORE = """
    select (c.policy_id, c.claim_type, c.loss_date) = (%s::bigint, %s, %s::date),
           c.id, c.number, c.state, f.id, f.number, f.state
      from claims_claim c left join claims_claim f on f.id = c.merged_into_id
     where c.claimant_id = %s::bigint and c.request_key = %s
"""
_SAME_LOSS = """
    select id, number, state from claims_claim
     where policy_id = %s::bigint and claim_type = %s and loss_date = %s::date
       and state in ('REPORTED', 'COLLECTING', 'READING', 'ASSESSING', 'REVIEW', 'SUPPLEMENT',
                     'INVESTIGATING', 'SECOND_REVIEW')
     order by id limit 1
       for share
"""


def row_of(
    report: Report,
    policy: ClaimablePolicy,
    facts: ClaimantFacts,
    checklist_version: int,
    at: datetime,
) -> dict[str, object]:
    """The columns of a new claim."""
    amount = None if report.claimed_amount is None else yuan(report.claimed_amount)
    return {
        "policy_id": policy.id, "insured_id": policy.insured_id, "claimant_id": report.claimant_id,
        "office_id": policy.office_id, "account_id": report.account_id,
        "assignee_id": None if report.assignment is None else report.assignment.party_id,
        "assignment": "" if report.assignment is None else str(report.assignment.kept_as),
        "claim_type": report.claim_type, "loss_date": report.loss_date,
        "loss": report.loss.as_json(), "channel": report.channel, "programme": report.programme,
        "lane": "", "band": promises.band_of(amount), "state": State.REPORTED.value, "reasons": [],
        "claimed_amount": None if amount is None else str(amount), "paid_amount": "0.00",
        "checklist_version": checklist_version, "request_key": report.request_key,
        "phone_index": facts.phone_index,
        # A hospital's account is everybody's: it says nothing about who shares what.
        "account_index": "" if report.assignment else facts.account_index,
        "identity_known": facts.identity_known, "outcome": "", "version": 1, "reported_at": at,
        "changed_at": at, "received_on": report.receipt and report.receipt.on,
    }  # fmt: skip


def _known_already(
    row: dict[str, object],
    policy: ClaimablePolicy,
    actor: Ref,
    at: datetime,
    checklist: standards.Checklist,
) -> Reported:
    """Nothing was inserted: the same tap again, or the same loss from another hand."""
    what = [policy.id, row["claim_type"], row["loss_date"]]
    if before := tx.rows(_BEFORE, [*what, row["claimant_id"], row["request_key"]]):
        same, own_id, own_number, state, first_id, first_number, first_state = before[0]
        if not same:
            raise SaidOtherwise
        if first_id is None:
            return Reported(own_id, own_number, state, False, checklist=checklist)
        return Reported(first_id, first_number, first_state, False, own_number, checklist)
    first = tx.rows(_SAME_LOSS, what)
    if not first:
        # The first was decided in this very moment: sent again, the report stands by itself.
        raise SubmittedTwice
    first_id, first_number, first_state = first[0]
    merged = tx.rows(
        _INSERT_ANYWAY,
        [first_id, orjson.dumps(row | {"state": State.MERGED.value, "outcome": "MERGED"}).decode()],
    )
    if not merged:
        raise SubmittedTwice
    second_id, second_number = merged[0]
    claimant = int(str(row["claimant_id"]))
    journal.record(
        events.ClaimMerged(into_claim_id=first_id),
        about=Ref("claim", second_id), actor=actor, at=at, party=claimant,
    )  # fmt: skip
    _tell_claimant(Ref("claim", first_id), first_number, claimant, policy, at, promises.GUIDANCE)
    return Reported(first_id, first_number, first_state, False, second_number, checklist)


@tx.step
def say_reported(
    ref: Ref,
    number: str,
    report: Report,
    policy: ClaimablePolicy,
    actor: Ref,
    at: datetime,
    arrives_complete: bool,
    in_question: bool = False,
) -> None:
    """
    Record a new claim, tell the claimant, and open what people have to do about it.

    ``in_question``: an assessor has it in the same breath, and says so to the claimant.
    """
    journal.record(
        events.ClaimReported(
            policy_id=policy.id, claim_type=report.claim_type,
            loss_date=report.loss_date.isoformat(), channel=report.channel, office_id=policy.office_id,
            came_by=report.came_by, life_insurance=policy.terms.is_life,
            received_on=report.receipt.on.isoformat() if report.receipt else "",
        ),
        about=ref, actor=actor, at=at, party=report.claimant_id,
    )  # fmt: skip
    if report.receipt is not None and report.receipt.why:
        ContactNote.objects.create(
            claim_id=ref.id, kind=ContactNote.Kind.NOTE, text=report.receipt.why,
            written_by=str(actor), written_at=at,
        )  # fmt: skip
    if report.claim_type == ClaimType.DEATH:
        # From now on nobody changes anything in their name: a new beneficiary would be void.
        people_operations.note_death(
            party_id=policy.insured_id, died_on=report.loss_date, about=ref, at=at
        )
    promise = promises.CONTACT if report.channel in WITH_INTAKE else promises.GUIDANCE
    template = "claims.reported_complete" if arrives_complete else "claims.reported"
    if report.claim_type == "DISABILITY" and not arrives_complete:
        template, promise = "claims.reported_disability", promises.CONTACT
    if report.assignment is not None:
        template = "claims.reported_directly"
    if not in_question:
        _tell_claimant(ref, number, report.claimant_id, policy, at, promise, template)
    if arrives_complete:
        return
    label = ClaimType(report.claim_type).label
    if report.claim_type in WITH_CONSULTANT:
        work.open_item(
            "claims.consultant", about=ref, office_id=policy.office_id,
            title=f"{label}：联系客户，全程陪同", at=at, priority=30, party_id=report.claimant_id,
            due_at=due(promises.CONTACT, office_id=policy.office_id, at=at),
        )  # fmt: skip
    if report.channel in WITH_INTAKE and not in_question:
        work.open_item(
            "claims.intake", about=ref, office_id=policy.office_id,
            title=f"{label}报案：说明所需资料", at=at, amount=report.claimed_amount,
            party_id=report.claimant_id,
            due_at=due(promises.CONTACT, office_id=policy.office_id, at=at),
        )  # fmt: skip


def _tell_claimant(
    ref: Ref,
    number: str,
    claimant_id: int,
    policy: ClaimablePolicy,
    at: datetime,
    promise: promises.Promise,
    template: str = "claims.reported",
) -> None:
    messaging.queue(
        template, to=Ref("party", claimant_id), about=ref, at=at, copy_agent=True,
        facts={"claim": number, "by": by(promise, office_id=policy.office_id, at=at)},
    )  # fmt: skip
