"""Carry a verdict out, whoever gave it: keep it, move the application, tell the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.products import queries as products
from yilu.underwriting import events
from yilu.underwriting.catalogue import keeping
from yilu.underwriting.models import Application
from yilu.underwriting.queries.papers import needs_of
from yilu.underwriting.queries.reasons import kept
from yilu.underwriting.rules.lifecycle import AFTER_VERDICT, Action, State, possible
from yilu.underwriting.terms import OUTCOME_LABELS, Excluded, Outcome, RiderVerdict, Verdict
from yilu.work import operations as work

from . import pricing
from .holding import say_family_moved
from .lettering import LETTERS, names_of, write_letter
from .refusals import NotPossibleNow

QUEUE = "underwriting.review"
TEMPLATES = {
    State.ACCEPTED: "underwriting.accepted",
    State.OFFERED: "underwriting.offered",
    State.EXAMINATION: "underwriting.papers",
    State.REFERRED: "underwriting.referred",
    State.POSTPONED: "underwriting.postponed",
    State.DECLINED: "underwriting.declined",
}


@tx.step
def record_verdict(
    *,
    application: Application,
    verdict: Verdict,
    actor: Ref,
    at: datetime,
    words: str = "",
    machine: str = "",
    override_reason: str = "",
    postponed_to: date | None = None,
    missing: Sequence[str] = (),
    first: bool = False,
) -> int:
    """
    Keep a verdict on a locked application and carry it out; the decision's id.

    The price follows from ``verdict.extra_mortality``. ``words`` are for the customer (a person's;
    where empty, the reasons'). ``missing`` are papers asked for together with the examinations, once.
    ``first``: the verdict of the submission itself, which times itself.

    :raises NotPossibleNow: in a state in which nothing is decided.
    """
    if not possible(State(application.state), Action.DECIDE):
        raise NotPossibleNow(State(application.state))
    outcome = Outcome(verdict.outcome)
    price = _price(application, verdict)
    asked = [*verdict.examinations, *missing]
    row: dict[str, Any] = {
        "application": application.pk, "outcome": outcome.value,
        "extra_mortality": verdict.extra_mortality, "extra_premium": str(price[1]),
        "premium": str(price[0]), "exclusions": [asdict(e) for e in verdict.exclusions],
        "examinations": asked,
        "reasons": [kept(r) for r in verdict.reasons], "facts": verdict.digest, "machine": machine,
        "proposal": asdict(verdict.proposal) if verdict.proposal else {}, "words": words,
        "override_reason": override_reason, "postponed_to": postponed_to, "by": str(actor), "at": at,
        "state": AFTER_VERDICT[outcome.value].value, "expires": at + timedelta(days=keeping().offer_days),
        "first": first, "complete": application.complete_at is not None,
        "riders": _riders(application, verdict),
    }  # fmt: skip
    decision_id, ordinal = tx.rows(_DECIDE, [orjson.dumps(row, default=str).decode()])[0]
    _carry_over(application, row, decision_id, at)
    fact = events.ApplicationDecided(
        decision_id=decision_id, ordinal=ordinal, outcome=outcome.value,
        by_machine=actor == SYSTEM, office_id=application.office_id,
    )  # fmt: skip
    journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)
    if not first:
        say_family_moved(application, at=at)
    _ask_once(application, asked, len(verdict.examinations), decision_id, ordinal, at)
    _work(application, outcome, verdict, first, at)
    if outcome in LETTERS:
        papers = {n.code: n.name for n in needs_of(application)} if missing else {}
        write_letter(
            application, verdict, words=words, asked=names_of(asked, papers), actor=actor, at=at,
            until=postponed_to.isoformat() if postponed_to else "",
        )  # fmt: skip
    _tell(application, State(application.state), at)
    return int(decision_id)


# The decision and the application in one statement. The time it took is the database's own: from the
# beginning of the transaction to this very moment.
_DECIDE = """
    with told as (
        select * from jsonb_to_record(%s::jsonb) as r(application bigint, outcome text,
               extra_mortality int, extra_premium numeric, premium numeric, exclusions jsonb,
               examinations jsonb, reasons jsonb, facts text, machine text, proposal jsonb, words text,
               override_reason text, postponed_to date, by text, at timestamptz, state text,
               riders jsonb, expires timestamptz, first boolean, complete boolean)),
    made as (
        insert into underwriting_decision (application_id, ordinal, outcome, extra_mortality,
               extra_premium, premium, exclusions, examinations, reasons, facts, machine, proposal, words,
               override_reason, postponed_to, decided_by, decided_at)
        select application, (select count(*) + 1 from underwriting_decision d
                              where d.application_id = told.application),
               outcome, extra_mortality, extra_premium, premium, exclusions, examinations, reasons, facts,
               machine, proposal, words, override_reason, postponed_to, by, at
          from told
        returning id, ordinal),
    moved as (
        update underwriting_application a
           set state = told.state, decision_id = made.id, premium = told.premium,
               extra_premium = told.extra_premium, extra_mortality = told.extra_mortality,
               exclusions = told.exclusions, riders = told.riders, decided_at = told.at, changed_at = told.at,
               version = a.version + 1,
               submitted_at = case when told.first then told.at else a.submitted_at end,
               complete_at = case when told.first and told.complete then told.at else a.complete_at end,
               decided_in = case when told.first then
                   ceil(extract(epoch from clock_timestamp() - transaction_timestamp()) * 1000)::int
                   else a.decided_in end,
               expires_at = case when told.state in ('POSTPONED', 'DECLINED') then a.expires_at
                                 else told.expires end,
               ended_at = case when told.state in ('POSTPONED', 'DECLINED') then told.at end
          from told, made
         where a.id = told.application)
    select id, ordinal from made
"""


def _carry_over(
    application: Application, row: dict[str, Any], decision_id: int, at: datetime
) -> None:
    """What the statement wrote, on the object the caller goes on with."""
    application.state, application.decision_id = row["state"], decision_id
    application.premium = Decimal(row["premium"])
    application.extra_premium = Decimal(row["extra_premium"])
    application.extra_mortality, application.exclusions = row["extra_mortality"], row["exclusions"]
    application.decided_at, application.expires_at = at, row["expires"]
    application.riders = row["riders"]
    application.version += 1


def _price(application: Application, verdict: Verdict) -> tuple[Decimal, Decimal]:
    """The instalment and the extra in it."""
    if not verdict.extra_mortality:
        if not application.extra_mortality:
            return application.premium or Decimal(0), Decimal(0)
        price = pricing.with_loading(application, 0)
        return price.premium, Decimal(0)
    price = pricing.with_loading(application, verdict.extra_mortality)
    return price.premium, price.extra


def _riders(application: Application, verdict: Verdict) -> list[dict[str, Any]]:
    """
    The riders with what was said of them: each its own where the machine judged each; a person's
    loading and exclusions hold for the contract and its riders alike, but not for a waiver that hangs
    on somebody else's life, nor where they gave a rider terms of its own. One that a person refused is
    left out. A waiver waives what the contract costs now.
    """
    own = {each.code: each for each in verdict.riders}
    main = _price(application, verdict)[0]
    rows: list[dict[str, Any]] = []
    for rider in application.riders:
        said = own.get(rider["code"]) or (
            _as_before(rider, verdict) if rider.get("life") == "HOLDER" else verdict
        )
        if isinstance(said, RiderVerdict) and said.refused:
            continue
        if rider.get("life"):
            waived = pricing.waived_a_year(application.pay_mode, main, rows)
            rider = {**rider, "sum_insured": str(waived)}
        price = pricing.rider_price(application, rider, said.extra_mortality)
        rows.append(
            {
                **rider, "premium": str(price.premium), "extra_premium": str(price.extra),
                "extra_mortality": said.extra_mortality,
                "exclusions": [asdict(e) for e in said.exclusions],
            }
        )  # fmt: skip
    return rows


def _as_before(rider: dict[str, Any], verdict: Verdict) -> RiderVerdict:
    """What the tables said of somebody else's life stays where a person changes the contract's terms."""
    if not verdict.is_changed:
        return RiderVerdict(code=rider["code"])
    return RiderVerdict(
        code=rider["code"], extra_mortality=rider["extra_mortality"],
        exclusions=tuple(
            Excluded(code=e["code"], wording=e["wording"], icd_prefixes=tuple(e["icd_prefixes"]))
            for e in rider["exclusions"]
        ),
    )  # fmt: skip


def _ask_once(
    application: Application, asked: Sequence[str], examinations: int, decision_id: int, ordinal: int,
    at: datetime,
) -> None:  # fmt: skip
    """Everything still needed, asked for in one notice (服务规定 10–12)."""
    if application.state != State.EXAMINATION:
        return
    fact = events.PapersRequested(
        decision_id=decision_id, papers=tuple(asked), examination=examinations > 0, ordinal=ordinal
    )
    journal.record(fact, about=application.ref, actor=SYSTEM, at=at, party=application.holder_id)


def _work(
    application: Application, outcome: Outcome, verdict: Verdict, first: bool, at: datetime
) -> None:
    if outcome is not Outcome.REFER:
        if not first:  # nobody can have anything to do about it before
            work.close_items(about=application.ref, at=at, queue=QUEUE)
        return
    work.open_item(
        QUEUE, about=application.ref, office_id=application.office_id,
        title=f"{products.get_terms(application.product_version_id or 0).name}：人工核保"[:120], at=at,
        amount=application.sum_insured, party_id=application.insured_id,
    )  # fmt: skip


def _tell(application: Application, state: State, at: datetime) -> None:
    facts = {"number": application.number}
    if state is State.OFFERED:
        facts |= {"premium": f"{application.total_premium:.2f}"}
    messaging.queue(
        TEMPLATES[state], to=Ref("party", application.holder_id), about=application.ref, at=at,
        facts=facts, copy_agent=True,
    )  # fmt: skip


def label_of(outcome: str) -> str:
    """A verdict in Chinese."""
    return OUTCOME_LABELS[outcome]
