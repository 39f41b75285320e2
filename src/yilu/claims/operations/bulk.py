"""
Many reports of a hospital's at once, each with its invoices: what ``report_with_invoices`` does for one.

The same pure rules, a few statements for the whole chunk: everything is read, everything is worked
out, and whatever goes straight through is written set by set. A report about which there is the
least doubt is not touched here: it is left to the single path, which knows what to do with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.claims import events
from yilu.claims.models import Channel
from yilu.claims.rules import case as cases
from yilu.claims.rules import promises, triage
from yilu.claims.rules.calculation import calculate
from yilu.claims.rules.lifecycle import State
from yilu.documents.operations import feed
from yilu.documents.queries.uploads import InvoiceView, view_of_feed
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters.operations import issuing
from yilu.messaging import operations as messaging
from yilu.payments.operations import requesting
from yilu.people.queries import claimants
from yilu.policies.operations import using
from yilu.policies.queries.claimable import ClaimablePolicy, get_many_claimable
from yilu.policies.queries.used import benefit_uses
from yilu.policies.terms import NOTHING_USED, Used
from yilu.risk import operations as risk
from yilu.standards import queries as standards

from . import assess, granting, identifying
from .case import NOTHING_CHOSEN, Case, fulfilment_of, payee_of
from .hand_in import Fed
from .holding import Held
from .promising import by
from .report import Report, check_words, row_of, say_reported

CHUNK_MAX = 500
"""How many reports one transaction takes: beyond it nothing gets cheaper, only longer."""
PURPOSES = ("HEALTH_DATA", "MEDICAL_DATA_FETCH")


class Overtaken(Exception):
    """Somebody else was quicker with one of the chunk: nothing of it may stand, all goes singly."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One report with its invoices, as ``report_with_invoices`` takes them."""

    report: Report
    invoices: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Settled:
    """A report that went straight through: its claim, and what it pays."""

    claim_id: int
    number: str
    state: str
    benefit: Decimal
    billed: Decimal


@dataclass(frozen=True, slots=True)
class _Given:
    """A report whose words and invoices are in order."""

    place: int
    report: Report
    fed: tuple[feed.Fed, ...]
    invoices: tuple[InvoiceView, ...]


@dataclass(slots=True)
class _Draft:
    """A report on its way through the chunk, worked out; its case is held once it has a number."""

    given: _Given
    policy: ClaimablePolicy
    row: dict[str, object]
    case: Case
    route: triage.Route
    compared: risk.Compared


@tx.step
def settle_plain(
    visits: Sequence[Visit], *, provider_id: int, actor: Ref, at: datetime
) -> dict[int, Settled]:
    """
    Report, assess and approve all those of ``visits`` that go straight through; by their place.

    Rows, events, clocks, messages, letters and payments are those of the single path. A place that
    is not in the answer was not touched: give it to ``report_with_invoices``. Of several visits of
    one person or on one policy only the first is taken: the others come after it.

    The step holds no claim's row: two reports of one loss at the very same moment are told apart by
    the invoice, which counts for one claim only.

    :raises Overtaken: where one of them was reported by somebody else in between; the use case must
        not go on, and the chunk goes singly.
    """
    if len(visits) > CHUNK_MAX:
        raise ValueError(f"at most {CHUNK_MAX} visits at once")
    given = _in_order(visits, provider_id, at)
    known = feed.known_invoices([fed for each in given for fed in each.fed])
    at_hand = iter(range(sum(len(each.fed) for each in given)))
    given = [each for each in given if not known & {next(at_hand) for _ in each.fed}]
    drafts = _worked_out(given, at)
    raised = risk.would_raise([d.compared for d in drafts], at)
    plain = [d for d, is_raised in zip(drafts, raised, strict=True) if not is_raised]
    return _written(plain, provider_id, actor, at) if plain else {}


# -- reading -----------------------------------------------------------------------------------


def _in_order(visits: Sequence[Visit], provider_id: int, at: datetime) -> list[_Given]:
    """
    Those whose words and invoices are in order, and that share nothing with one before them in the
    chunk: no policy, no person, no invoice, none that looks like it.
    """
    found, seen, today = [], set[str](), day_of(at)
    for place, visit in enumerate(visits):
        report = replace(visit.report, channel=Channel.PROVIDER.value)
        mine = {f"policy:{report.policy_number}", f"party:{report.claimant_id}"}
        try:
            fed = tuple(feed.Fed.read(invoice, today) for invoice in visit.invoices)
            check_words(report, at)
        except Refusal:
            continue
        invoices = tuple(view_of_feed(f.row, 0, provider_id) for f in fed)
        mine |= {f"invoice:{i.number}:{i.code}" for i in invoices}
        mine |= {f"look:{look}" for look in cases.traits_of(invoices)}
        if fed and report.account_id is not None and not seen & mine and len(mine) > 2:
            if len({(i.number, i.code) for i in invoices}) == len(invoices):
                found.append(_Given(place, report, fed, invoices))
        seen |= mine
    return found


def _worked_out(given: list[_Given], at: datetime) -> list[_Draft]:
    """Those that the calculation and the tables would let pass, worked out."""
    asked = [(g.report.policy_number, g.report.claimant_id, g.report.loss_date) for g in given]
    known = [(g, p) for g, p in zip(given, get_many_claimable(asked), strict=True) if p is not None]
    facts = claimants.many_claimant_facts([_asked(g.report, p) for g, p in known], PURPOSES)
    used = benefit_uses([p.id for _, p in known])
    drafts, phones = [], set[str]()
    for (each, policy), fact in zip(known, facts, strict=True):
        # Exactly an adult's own living benefit, agreed to, and known to whom it goes.
        if fact is None or not fact.consents or not _for_themselves(each.report, policy):
            continue
        shared = bool(fact.phone_index) and fact.phone_index in phones
        phones.add(fact.phone_index)
        if shared:
            continue
        checklist = standards.checklist(each.report.claim_type, at)
        row = row_of(each.report, policy, fact, checklist.version, at)
        case = _case(
            _held(row, each.report, at),
            policy,
            each.invoices,
            used.get(policy.id, NOTHING_USED),
            at,
        )
        route = assess.route_of(case, (), at)
        if _passes(case, route, at):
            drafts.append(_Draft(each, policy, row, case, route, assess.compared(case)))
    return drafts


def _for_themselves(report: Report, policy: ClaimablePolicy) -> bool:
    """The insured claims a living benefit that the policy promises."""
    promised = report.claim_type in policy.terms.claim_types
    return promised and report.claim_type != "DEATH" and policy.insured_id == report.claimant_id


def _asked(report: Report, policy: ClaimablePolicy) -> claimants.Asked:
    assigned = report.assignment
    return claimants.Asked(
        party_id=report.claimant_id, consent_of=policy.insured_id,
        payee_id=policy.insured_id if assigned is None else assigned.party_id,
        account_id=report.account_id,
    )  # fmt: skip


def _held(row: dict[str, Any], report: Report, at: datetime) -> Held:
    """The claim as the single path would hold it, before it has a number."""
    return Held(
        id=0, number="", policy_id=row["policy_id"], insured_id=row["insured_id"],
        claimant_id=row["claimant_id"], office_id=row["office_id"], account_id=row["account_id"],
        assignee_id=row["assignee_id"], claim_type=row["claim_type"], loss_date=report.loss_date,
        loss=report.loss, channel=row["channel"], programme=row["programme"], lane="",
        band=row["band"], state=State.REPORTED, reasons=(), claimed_amount=report.claimed_amount,
        benefit_amount=None, paid_amount=ZERO, phone_index=row["phone_index"],
        account_index=row["account_index"], identity_known=row["identity_known"],
        consultant_id=None, merged_into_id=None, version=1, reported_at=at, documents_at=None,
        registered_at=None, decided_at=None,
    )  # fmt: skip


def _case(
    held: Held, policy: ClaimablePolicy, invoices: tuple[Any, ...], used: Used, at: datetime
) -> Case:
    today = day_of(at)
    facts = cases.facts_of(
        claim_type=held.claim_type, loss_date=held.loss_date, loss=held.loss, papers=invoices,
        contract=policy.contract, cover=policy.cover, reported_on=today,
    )  # fmt: skip
    calculation = calculate(facts, policy.terms, used)
    doubts = cases.doubts_about(
        invoices, insured_name=policy.insured_name, loss_date=held.loss_date,
        effective_on=policy.contract.effective_on, today=today,
    )  # fmt: skip
    return Case(
        held=held, policy=policy, invoices=invoices, chosen=NOTHING_CHOSEN, calculation=calculation,
        digest=calculation.digest(), inputs_digest=calculation.inputs_digest(),
        billed=sum((i.total for i in invoices if i.total is not None), ZERO), doubts=doubts,
    )  # fmt: skip


def _passes(case: Case, route: triage.Route, at: datetime) -> bool:
    """Whether the single path would approve it in the same breath, whatever risk has to say."""
    calculation = case.calculation
    if not route.straight_through or calculation.benefit <= ZERO:
        return False
    if calculation.ends_policy or calculation.waived_from is not None:
        return False
    known = case.held.identity_known and case.held.assignee_id is None
    if not known and calculation.benefit >= standards.figure(identifying.FROM, at):
        return False  # the single path looks who is paid
    fulfilment = fulfilment_of(
        case.held, [Fed(n) for n, _ in enumerate(case.invoices, 1)], amount=case.held.claimed_amount,
        payee_is_insured=True, inpatient=None, fed=True, at=at,
    )  # fmt: skip
    return fulfilment.complete


# -- writing -----------------------------------------------------------------------------------

_TYPED = """
    n int, policy_id bigint, insured_id bigint, claimant_id bigint, office_id bigint,
    account_id bigint, assignee_id bigint, assignment text, claim_type text, loss_date date, loss jsonb,
    channel text, programme text, lane text, band text, state text, reasons jsonb,
    claimed_amount numeric, benefit_amount numeric, paid_amount numeric, checklist_version int,
    request_key text, phone_index text, account_index text, identity_known boolean, outcome text,
    version int, reported_at timestamptz, changed_at timestamptz
"""
_NAMES = ", ".join(part.split()[0] for part in _TYPED.split(",") if part.split()[0] != "n")
_OPEN = "('REPORTED', 'COLLECTING', 'READING', 'ASSESSING', 'REVIEW', 'SUPPLEMENT', 'INVESTIGATING', 'SECOND_REVIEW')"
# Written in the state they reach in this very transaction: nobody ever sees them in another.
_INSERT = f"""
    with given as (
        select nextval(pg_get_serial_sequence('claims_claim', 'id')) as id, r.*
          from (select * from jsonb_to_recordset(%s::jsonb) as r({_TYPED}) order by n) r
         where not exists (select 1 from claims_claim first
                            where first.policy_id = r.policy_id and first.claim_type = r.claim_type
                              and first.loss_date = r.loss_date and first.state in {_OPEN})
    ), made as (
        insert into claims_claim (id, number, merged_into_id, documents_at, registered_at, decided_at,
               {_NAMES})
        select id, 'C' || to_char(reported_at at time zone 'Asia/Shanghai', 'YYYYMMDD') || lpad(id::text, 8, '0'),
               null, reported_at, reported_at, reported_at, {_NAMES}
          from given
            on conflict do nothing
        returning id, number
    )
    select given.n, made.id, made.number from given join made using (id)
"""
_KEEP = """
    with given as (
        select * from jsonb_to_recordset(%(kept)s::jsonb) as r(claim bigint, inputs jsonb, result jsonb,
               benefit numeric, inputs_digest text, digest text, rule text)
    ), calculated as (
        insert into claims_calculation (claim_id, ordinal, chosen, inputs, result, benefit,
               inputs_digest, digest, made_by, made_at)
        select claim, 1, '{}', inputs, result, benefit, inputs_digest, digest, %(by)s::text,
               %(at)s::timestamptz
          from given
        returning id, claim_id
    ), decided as (
        insert into claims_decision (claim_id, calculation_id, kind, state, amount, digest,
               machine_verdict, machine_amount, overrides, override_reason, reason, clause, on_scene,
               decided_by, decided_at, approved_by, rule)
        select claim, calculated.id, 'APPROVE', 'STANDS', benefit, digest, 'PAY',
               benefit, false, '', '', '', false, %(by)s::text, %(at)s::timestamptz, '', rule
          from given join calculated on claim_id = claim
        returning id, claim_id, calculation_id
    )
    select claim_id, calculation_id, id from decided
"""


def _written(
    drafts: list[_Draft], provider_id: int, actor: Ref, at: datetime
) -> dict[int, Settled]:
    drafts = _reported(drafts, at)
    if not drafts:
        return {}
    uploads = _handed_in(drafts, provider_id, actor, at)
    results = [d.case.calculation.as_plain() for d in drafts]
    kept = _kept(drafts, results, at)
    try:
        using.record_benefit_uses(
            used=[
                using.BenefitUse(
                    d.case.held.policy_id, d.case.held.ref, d.case.calculation.uses,
                    d.case.calculation.seen,
                )
                for d in drafts
            ],
            at=at,
        )  # fmt: skip
    except using.UseChanged:
        raise Overtaken from None
    wanted = [_wanted(d.case) for d in drafts]
    payouts = requesting.request_payouts(wanted=wanted, at=at)
    if len(payouts) != len(drafts):
        raise Overtaken
    risk.keep_traces([(d.case.held.ref, d.compared) for d in drafts])
    issuing.issue_many(letters=_letters(drafts, results, at), actor=SYSTEM, at=at)
    for n, draft in enumerate(drafts):
        _say(
            draft, uploads[n], kept[draft.case.held.id], payouts, wanted[n], provider_id, actor, at
        )
    return {
        d.given.place: Settled(
            d.case.held.id, d.case.held.number, State.PAYING.value, d.case.calculation.benefit,
            d.case.billed,
        )
        for d in drafts
    }  # fmt: skip


def _reported(drafts: list[_Draft], at: datetime) -> list[_Draft]:
    """Write the claims; without those whose loss is known already: they go singly."""
    rows = []
    for n, d in enumerate(drafts):
        benefit, claimed = d.case.calculation.benefit, d.case.held.claimed_amount
        rows.append(
            d.row
            | {
                "n": n, "state": State.PAYING.value, "lane": d.route.lane, "version": 2,
                "programme": d.route.programme, "band": promises.band_of(benefit),
                "benefit_amount": str(benefit),
                "claimed_amount": str(d.case.billed if claimed is None else claimed),
            }
        )  # fmt: skip
    made = {n: (claim_id, number) for n, claim_id, number in tx.rows(_INSERT, [_json(rows)])}
    known = [d for n, d in enumerate(drafts) if n in made]
    for n, draft in enumerate(drafts):
        if n in made:
            claim_id, number = made[n]
            draft.case = replace(
                draft.case, held=replace(draft.case.held, id=claim_id, number=number)
            )
    return known


def _handed_in(drafts: list[_Draft], provider_id: int, actor: Ref, at: datetime) -> list[list[int]]:
    fed = [(d.case.held.ref, d.case.held.claimant_id, each) for d in drafts for each in d.given.fed]
    try:
        ids = iter(feed.accept_invoice_feeds(fed=fed, provider_id=provider_id, actor=actor, at=at))
    except feed.FedBefore:
        raise Overtaken from None
    return [[next(ids) for _ in d.given.fed] for d in drafts]


def _kept(
    drafts: list[_Draft], results: list[dict[str, Any]], at: datetime
) -> dict[int, tuple[int, int]]:
    """Keep every calculation and decision; their ids by claim."""
    rows = [
        {
            "claim": d.case.held.id, "inputs": orjson.Fragment(d.case.calculation.inputs_text),
            "result": result, "benefit": str(d.case.calculation.benefit),
            "inputs_digest": d.case.inputs_digest, "digest": d.case.digest, "rule": d.route.rule[:120],
        }
        for d, result in zip(drafts, results, strict=True)
    ]  # fmt: skip
    made = tx.rows(_KEEP, {"kept": _json(rows), "by": str(SYSTEM), "at": at})
    return {
        claim_id: (calculation_id, decision_id) for claim_id, calculation_id, decision_id in made
    }


def _wanted(case: Case) -> requesting.Wanted:
    payee = payee_of(case.held, case.policy)
    assert case.held.account_id is not None
    return requesting.Wanted(
        case.held.ref,
        payee,
        case.held.account_id,
        case.calculation.benefit,
        "CLAIM",
        f"claim:{payee}",
    )


def _letters(
    drafts: list[_Draft], results: list[dict[str, Any]], at: datetime
) -> list[issuing.Ordered]:
    return [
        issuing.Ordered(
            "STATEMENT", d.case.held.ref, d.case.held.claimant_id,
            granting.statement_facts(d.case, d.case.calculation.benefit, result, at),
        )
        for d, result in zip(drafts, results, strict=True)
    ]  # fmt: skip


def _say(
    draft: _Draft,
    uploads: list[int],
    kept: tuple[int, int],
    payouts: dict[Ref, int],
    wanted: requesting.Wanted,
    provider_id: int,
    actor: Ref,
    at: datetime,
) -> None:
    """The events and messages of one claim, in the order in which the single path says them."""
    case, route = draft.case, draft.route
    held, benefit = case.held, str(case.calculation.benefit)
    say_reported(held.ref, held.number, draft.given.report, draft.policy, actor, at, True)
    for upload_id in uploads:
        feed.say_fed(
            upload_id, about=held.ref, party_id=held.claimant_id, provider_id=provider_id,
            actor=actor, at=at,
        )  # fmt: skip
    _record(
        events.DocumentsReceived(
            complete=True, programme=held.programme,
            estimated_band=promises.estimated_band(held.claimed_amount),
        ),
        held, actor, at,
    )  # fmt: skip
    assess.say_registered(case, route, at)
    calculation_id, decision_id = kept
    assess.say_calculated(case, calculation_id, SYSTEM, at)
    _record(
        events.ClaimApproved(
            decision_id=decision_id, benefit=benefit, decided_by=str(SYSTEM),
            programme=route.programme, pay_by=case.pay_by(at),
        ),
        held, SYSTEM, at,
    )  # fmt: skip
    payout_id = payouts[held.ref]
    requesting.say_requested(payout_id, wanted, actor=SYSTEM, at=at)
    _record(
        events.PayoutPromised(payout_id=payout_id, amount=benefit, programme=route.programme),
        held, SYSTEM, at,
    )  # fmt: skip
    promise = promises.PAID.get(route.programme, promises.PAID["STANDARD"])
    messaging.queue(
        granting.approval_message(held), to=Ref("party", held.claimant_id), about=held.ref, at=at,
        copy_agent=True,
        facts={
            "claim": held.number, "amount": benefit,
            "by": by(promise, office_id=held.office_id, at=at),
        },
    )  # fmt: skip


def _record(fact: Any, held: Held, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=held.ref, actor=actor, at=at, party=held.claimant_id)


def _json(rows: list[Any]) -> str:
    return orjson.dumps(rows).decode()
