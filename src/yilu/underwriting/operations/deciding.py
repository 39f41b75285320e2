"""An underwriter decides: on what they saw, within their authority, with reasons (人工核保)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed, Sentence, Stale, joined
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.products import queries as products
from yilu.standards import queries as standards
from yilu.underwriting import catalogue, events
from yilu.underwriting.models import Application, Decision, ProposedOpinion
from yilu.underwriting.queries.desk import Seen, is_in_scope, seen
from yilu.underwriting.queries.reasons import in_words
from yilu.underwriting.rules import opinion as rules
from yilu.underwriting.rules.lifecycle import Action, State, possible
from yilu.underwriting.rules.opinion import Kind, Opinion, Suggested
from yilu.underwriting.terms import LINE_OF_KIND, Outcome, Reason, RiderVerdict, Verdict
from yilu.work import operations as work

from . import pricing
from .holding import write
from .paying import ask_premium
from .refusals import ApplicationNotFound, BadReason, NotPossibleNow
from .verdicts import QUEUE, record_verdict

SECOND_QUEUE = "underwriting.second"
MONTH_DAYS = 30
REASON_MIN = 5


class StaleOpinion(Stale):
    """Something on the desk changed since the underwriter looked."""

    code = "stale_opinion"
    message = _("投保件在您查看之后有变动，请看过最新内容再决定")
    hint = _("页面已更新为最新内容；您填写的意见没有提交。")


class OpinionIncomplete(Invalid):
    """The opinion lacks something or cannot be carried out; it says what."""

    code = "opinion_incomplete"
    message = _("核保意见还不完整")
    hint = _("请按提示补充后再提交。")


class DepartureUnexplained(Invalid):
    """Departing from the machine's suggestion must be explained."""

    code = "departure_unexplained"
    message = _("结论与系统建议不同，请写明理由")
    hint = _("请说明为什么不采用系统建议（至少 5 个字）；理由留存备查，不发给客户。")


class OpinionWaits(NotAllowed):
    """A colleague's opinion waits for its second person."""

    code = "opinion_waits"
    message = _("这件投保已有同事的意见在等待复核")
    hint = _("请先复核或退回该意见。")
    status = 409


class OwnOpinion(NotAllowed):
    """Whoever proposed an opinion does not confirm it."""

    code = "own_opinion"
    message = _("不能复核自己提出的意见")
    hint = _("请由另一位有权限的核保员复核。")


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of an opinion: the state it led to, or ``second`` where another must confirm."""

    state: str
    outcome: str
    second: bool = False
    collection_id: int | None = None


@tx.use_case
def decide_by_person(
    *, application_id: int, opinion: Opinion, access: Access, actor: Ref, at: datetime
) -> Decided:
    """
    Decide a referred application: accept, offer changed conditions, ask for examinations, postpone,
    decline.

    Bound to what the person saw. Above their amount (the sum at risk), where ``underwriting.authority``
    wants a second person, and for a second request of examinations, it waits for one.

    :raises StaleOpinion: something changed. :raises NotPossibleNow: nothing to decide.
    :raises OpinionIncomplete, DepartureUnexplained: the opinion lacks something.
    :raises OpinionWaits: a colleague's waits. :raises NotAllowed: the right, over this office.
    """
    application = _hold(application_id, access)
    kind = _kind(opinion)
    access.require(rules.RIGHT_OF[kind], office_id=application.office_id)
    if opinion.refuses:
        access.require(rules.RIGHT_OF[Kind.DECLINE], office_id=application.office_id)
    if ProposedOpinion.objects.filter(application=application, state="WAITING").exists():
        raise OpinionWaits
    looked = seen(application)
    if looked.digest != opinion.digest:
        raise StaleOpinion
    machine = _machine(application)
    _require_whole(application, opinion, looked, machine, at)
    why = _why_second(application, opinion, looked, access, at)
    if why:
        return _propose(application, opinion, looked, why, actor, at)
    return _carry_out(application, opinion, looked, machine, actor, at)


@tx.use_case
def confirm_opinion(
    *, application_id: int, agrees: bool, digest: str, reason: str, access: Access, actor: Ref,
    at: datetime,
) -> Decided:  # fmt: skip
    """
    The second person: let a colleague's opinion stand, or send it back with a reason.

    :raises OwnOpinion: their own. :raises StaleOpinion: something changed since it was proposed.
    :raises NotPossibleNow: nothing waits. :raises NotAllowed: right, office or amount.
    :raises BadReason: sending back without one.
    """
    application = _hold(application_id, access)
    waiting = (
        ProposedOpinion.objects.select_for_update(of=("self",))
        .filter(application=application, state="WAITING")
        .first()
    )
    if waiting is None:
        raise NotPossibleNow(State(application.state))
    if waiting.proposed_by == str(actor):
        raise OwnOpinion
    opinion = Opinion.from_json(waiting.opinion)
    right = rules.RIGHT_OF[Kind.DECLINE if opinion.refuses else Kind(opinion.kind)]
    access.require(right, office_id=application.office_id, amount=waiting.amount)
    if not agrees:
        return _send_back(application, waiting, reason, actor, at)
    looked = seen(application)
    if digest != looked.digest or waiting.digest != _without_waiting(looked):
        raise StaleOpinion
    _settle(waiting, "CONFIRMED", reason.strip(), actor, at)
    work.close_items(about=application.ref, at=at, queue=SECOND_QUEUE, outcome="CONFIRMED")
    return _carry_out(
        application, opinion, looked, _machine(application), Ref.parse(waiting.proposed_by), at
    )


def _hold(application_id: int, access: Access) -> Application:
    found = Application.objects.select_for_update(of=("self",)).filter(pk=application_id).first()
    if found is None or not is_in_scope(found, access):
        raise ApplicationNotFound
    if not possible(State(found.state), Action.DECIDE) or found.state == State.SUBMITTED:
        raise NotPossibleNow(State(found.state))
    return found


def _kind(opinion: Opinion) -> Kind:
    try:
        return Kind(opinion.kind)
    except ValueError:
        raise OpinionIncomplete(_("请选择一种结论")) from None


def _machine(application: Application) -> Decision:
    found = application.decisions.filter(decided_by=str(SYSTEM)).order_by("-ordinal").first()
    assert found is not None
    return found


def suggestion_of(machine: Decision) -> Suggested:
    """What a verdict of the machine suggests to a person."""
    return rules.suggested(
        machine.outcome, machine.extra_mortality, [e["code"] for e in machine.exclusions],
        machine.proposal,
    )  # fmt: skip


def _require_whole(
    application: Application, opinion: Opinion, looked: Seen, machine: Decision, at: datetime
) -> None:
    offer = pricing.offer_of(application.product_version_id, day_of(at))
    assert application.sum_insured is not None
    found = rules.problems(
        opinion, line=looked.facts.line, sum_insured=application.sum_insured, least=offer.sum_from,
        step=offer.sum_step, examinations=catalogue.examinations(),
        riders={
            r["code"]: LINE_OF_KIND[products.get_terms(r["version_id"]).kind]
            for r in application.riders
        },
    )  # fmt: skip
    if found:
        raise OpinionIncomplete(joined(found))
    judged = {r["code"]: int(r["extra_mortality"]) for r in application.riders}
    departs = rules.departs(opinion, suggestion_of(machine), judged)
    if departs and len(opinion.override_reason.strip()) < REASON_MIN:
        raise DepartureUnexplained


def _why_second(
    application: Application, opinion: Opinion, looked: Seen, access: Access, at: datetime
) -> str:
    """Why another must confirm: ASKED_BEFORE, TABLE or AMOUNT; empty where nobody must."""
    if opinion.kind == Kind.EXAMINE:
        return "ASKED_BEFORE" if asked_before(application) else ""
    at_stake = looked.facts.sum_at_risk
    asked = standards.decide(
        "underwriting.authority",
        {"line": looked.facts.line.value, "outcome": opinion.outcome.value, "sum": at_stake},
        at,
    )
    if asked.outputs["second"]:
        return "TABLE"
    right = rules.RIGHT_OF[Kind(opinion.kind)]
    return "" if access.may(right, application.office_id, at_stake) else "AMOUNT"


def asked_before(application: Application) -> bool:
    """Whether examinations or papers were asked for already: that is done once (服务规定 11)."""
    return bool(application.decisions.filter(outcome="EXAMINE").exists())


def _propose(
    application: Application, opinion: Opinion, looked: Seen, why: str, actor: Ref, at: datetime
) -> Decided:
    made = ProposedOpinion.objects.create(
        application=application, opinion=opinion.as_json(), why_second=why,
        amount=looked.facts.sum_at_risk, digest=looked.digest, proposed_by=str(actor), proposed_at=at,
    )  # fmt: skip
    fact = events.OpinionProposed(
        proposed_id=made.pk, outcome=opinion.outcome.value, why=why, office_id=application.office_id
    )
    journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)
    work.close_items(about=application.ref, at=at, queue=QUEUE, outcome="PROPOSED")
    work.open_item(
        SECOND_QUEUE, about=application.ref, office_id=application.office_id, at=at, priority=30,
        title=f"核保意见待复核：{rules.KIND_LABELS[opinion.kind]}", amount=looked.facts.sum_at_risk,
        party_id=application.insured_id,
    )  # fmt: skip
    return Decided(application.state, opinion.outcome.value, second=True)


def _send_back(
    application: Application, waiting: ProposedOpinion, reason: str, actor: Ref, at: datetime
) -> Decided:
    if len(reason.strip()) < REASON_MIN:
        raise BadReason
    _settle(waiting, "SENT_BACK", reason.strip(), actor, at)
    journal.record(
        events.OpinionSentBack(proposed_id=waiting.pk),
        about=application.ref, actor=actor, at=at, party=application.holder_id,
    )  # fmt: skip
    work.close_items(about=application.ref, at=at, queue=SECOND_QUEUE, outcome="SENT_BACK")
    work.open_item(
        QUEUE, about=application.ref, office_id=application.office_id, at=at, priority=30,
        title="核保意见被退回", amount=waiting.amount, party_id=application.insured_id,
    )  # fmt: skip
    return Decided(application.state, "REFER")


def _settle(waiting: ProposedOpinion, state: str, why: str, actor: Ref, at: datetime) -> None:
    waiting.state, waiting.settled_by, waiting.settled_at = state, str(actor), at
    waiting.settled_why = why[:300]
    waiting.save(update_fields=["state", "settled_by", "settled_at", "settled_why"])


def _carry_out(
    application: Application, opinion: Opinion, looked: Seen, machine: Decision, actor: Ref,
    at: datetime,
) -> Decided:  # fmt: skip
    """What follows from an opinion that stands."""
    if opinion.sum_insured is not None:
        _reduce(application, opinion, at)
    verdict = Verdict(
        outcome=opinion.outcome, extra_mortality=opinion.extra_mortality,
        exclusions=opinion.exclusions, examinations=opinion.examinations,
        reasons=(
            *(_reason(each) for each in machine.reasons),
            *(_of_rider(each, application) for each in opinion.riders),
        ),
        digest=looked.facts_digest,
        riders=tuple(
            RiderVerdict(code=r.code, extra_mortality=r.extra_mortality, refused=r.refused)
            for r in opinion.riders
        ),
    )  # fmt: skip
    said = suggestion_of(machine)
    until = day_of(at) + timedelta(days=MONTH_DAYS * opinion.months) if opinion.months else None
    record_verdict(
        application=application, verdict=verdict, actor=actor, at=at, words=opinion.words.strip(),
        machine=(said.outcome or Outcome.REFER).value,
        override_reason=opinion.override_reason.strip()[:300], postponed_to=until,
    )  # fmt: skip
    work.close_items(about=application.ref, at=at, queue=QUEUE)
    collection = None
    if application.state == State.ACCEPTED and application.family_id is None:
        collection = ask_premium(application, at=at)
    return Decided(application.state, opinion.outcome.value, collection_id=collection)


def _reduce(application: Application, opinion: Opinion, at: datetime) -> None:
    """A smaller sum insured, at its own price; the customer agrees to both before anything holds."""
    application.sum_insured = opinion.sum_insured
    price = pricing.with_loading(application, 0)
    write(application, at, sum_insured=opinion.sum_insured, premium=price.premium)


def _reason(kept: dict[str, Any]) -> Reason:
    told = {name: value for name, value in kept.items() if name != "said"}
    return Reason(**{**told, "outcome": Outcome(kept["outcome"]), "in_words": in_words(kept)})


def _of_rider(terms: rules.RiderTerms, application: Application) -> Reason:
    """What a person said of one rider alone, kept with the decision."""
    version = next(r["version_id"] for r in application.riders if r["code"] == terms.code)
    name = products.get_terms(version).name
    if terms.refused:
        outcome, said = Outcome.DECLINE, Sentence(_("{name}：不予承保，其余照常"), name=name)
    elif terms.extra_mortality:
        said = Sentence(_("{name}：单独加费 {n} 点"), name=name, n=terms.extra_mortality)
        outcome = Outcome.LOADING
    else:
        outcome, said = Outcome.ACCEPT, Sentence(_("{name}：按标准体承保"), name=name)
    return Reason(condition="rider", outcome=outcome, points=terms.extra_mortality, in_words=said)


def _without_waiting(looked: Seen) -> str:
    """The digest of the desk as it was before the opinion was proposed."""
    return replace(looked, waiting=0).digest
