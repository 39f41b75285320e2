"""Fill in an application: who, which plan, who benefits. Half-filled forms are kept as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.policies.queries import shares_problem
from yilu.policies.queries.at_risk import LIVE, insured_contracts
from yilu.products import queries as products
from yilu.underwriting import events
from yilu.underwriting.models import Application
from yilu.underwriting.queries.facts import OPEN_STATES, earlier_applications
from yilu.underwriting.queries.waived_life import HOLDERS, waiver_in
from yilu.underwriting.rules import interest
from yilu.underwriting.rules.interest import Person
from yilu.underwriting.rules.lifecycle import Action, State, possible

from . import pricing
from .checking import have_identity_checked
from .holding import hold, hold_siblings, require_new_in_family, write
from .pricing import person
from .recordings import need_recording
from .refusals import AboveChildsLimit, BadBeneficiaries, BadInsured

STEPS = frozenset(
    {"people", "plan", "beneficiaries", "health", "means", "papers", "notices", "sign"}
)
DRAFT_MAX = 20_000


class BadDraft(Invalid):
    """More than any form of ours holds."""

    code = "bad_draft"
    message = _("填写的内容过长，没有保存")


@dataclass(frozen=True, slots=True)
class Rider:
    """A rider to be bought with the main contract: its code and sum insured."""

    code: str
    sum_insured: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What is to be bought: ``years`` None where the product has one term; ``occupation`` a code.

    ``riders`` are paid for with the main contract, in the same instalments.
    """

    sum_insured: Decimal
    pay_mode: str
    pay_years: int = 1
    years: int | None = None
    occupation: str = ""
    occupation_class: int = 1
    with_social_insurance: bool = False
    riders: tuple[Rider, ...] = ()


@dataclass(frozen=True, slots=True)
class Benefits:
    """Somebody named: their share of 1 and their order."""

    party_id: int
    share: Decimal
    ordinal: int = 1
    relation: str = ""


@tx.use_case
def save_draft(
    *, application_id: int, step: str, values: dict[str, Any], actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> None:  # fmt: skip
    """Keep a half-filled form of one step as it is; nothing is checked and nothing follows from it."""
    application = hold(application_id, actor=actor, access=access)
    if step not in STEPS or len(str(values)) > DRAFT_MAX:
        raise BadDraft
    if application.draft.get(step) != values:
        write(application, at, draft={**application.draft, step: values})


@tx.use_case
def set_insured(
    *, application_id: int, insured_id: int, relation: str, actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> None:  # fmt: skip
    """
    Say who is insured and what they are to the holder (保险法 31, 33).

    Another insured unsettles what depends on them: price, answers and beneficiaries are asked again.

    :raises BadInsured: no insurable interest, an age or a sex that is missing, a child by a stranger.
    """
    hold_siblings(application_id)
    application = hold(application_id, actor=actor, access=access)
    insure(application, insured_id=insured_id, relation=relation, actor=actor, at=at, access=access)


@tx.step
def insure(
    application: Application, *, insured_id: int, relation: str, actor: Ref, at: datetime,
    access: people.Access | None,
) -> None:  # fmt: skip
    """
    Set who is insured in a held application.

    :raises BadInsured: no insurable interest. :raises AlreadyInFamily: insured in a sibling already.
    """
    found = people.list_parties([application.holder_id, insured_id])
    if insured_id not in found or not _may_name(application, found[insured_id], actor, access):
        raise people.PartyNotFound
    today = day_of(at)
    said = interest.problem(
        holder=person(found[application.holder_id], today), insured=person(found[insured_id], today),
        relation=relation, pays_on_death=_pays_on_death(application.product_version_id),
    )  # fmt: skip
    if said:
        raise BadInsured(said)
    require_new_in_family(application, insured_id)
    if insured_id == application.insured_id:
        write(application, at, relation=relation)
        return
    write(
        application, at, insured_id=insured_id, relation=relation, premium=None, quoted_on=None, riders=[],
        answers={}, questionnaire="", beneficiaries=[], suitability={}, medical={},
    )  # fmt: skip
    have_identity_checked(application.pk, insured_id)


@tx.use_case
def choose_plan(
    *, application_id: int, plan: Plan, seen: Decimal, actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> Decimal:  # fmt: skip
    """
    Choose sum, term, way to pay and riders at the price shown (``seen``, one instalment of all); the
    instalment.

    :raises PriceNotOffered: an age, sum, term or class outside the product's range, saying which.
    :raises RiderNotOffered: a rider that does not go with the product.
    :raises StaleQuote: the price shown is not today's. :raises AboveChildsLimit: 保险法 33.
    """
    application = hold(application_id, actor=actor, access=access)
    today = day_of(at)
    offer = pricing.offer_of(application.product_version_id, today)
    insured = people.get_party(application.insured_id or application.holder_id)
    aged = person(insured, today)
    price = pricing.price_of(offer, aged, plan)
    riders = pricing.price_riders(offer, aged, plan, today, _holder_of(application, plan, today))
    total = sum((Decimal(r["premium"]) for r in riders), start=price.premium)
    pricing.require_seen(total, seen)
    require_childs_limit(application, aged, plan.sum_insured)
    write(
        application, at, product_version_id=offer.version_id, sum_insured=plan.sum_insured,
        years=plan.years, pay_years=plan.pay_years, pay_mode=plan.pay_mode,
        occupation=plan.occupation, occupation_class=plan.occupation_class,
        with_social_insurance=plan.with_social_insurance, rated_age=aged.age,
        rated_sex=aged.sex or "", premium=price.premium, extra_premium=Decimal(0), extra_mortality=0,
        riders=riders, quoted_on=today, suitability={},
        **({"questionnaire": ""} if _asks_holder_anew(application, riders) else {}),
    )  # fmt: skip
    need_recording(application, kind=offer.kind, over_a_year=offer.long_term, at=at)
    fact = events.PlanChosen(
        product=offer.code, version_id=offer.version_id, sum_insured=str(plan.sum_insured),
        premium=str(total), pay_years=plan.pay_years, pay_mode=plan.pay_mode,
    )  # fmt: skip
    journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)
    return total


def _holder_of(application: Application, plan: Plan, on: date) -> Person | None:
    """The holder, where riders may hang on them."""
    return person(people.get_party(application.holder_id), on) if plan.riders else None


def _asks_holder_anew(application: Application, riders: list[dict[str, Any]]) -> bool:
    """Whether a waiver was added and the holder has not answered for it: the health step opens again."""
    return waiver_in(riders) is not None and not any(
        code.startswith(HOLDERS) for code in application.answers
    )


@tx.use_case
def set_beneficiaries(
    *, application_id: int, named: Sequence[Benefits], actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> None:  # fmt: skip
    """
    Name who is paid on death, with shares and order; nobody: the heirs by law.

    :raises BadBeneficiaries: shares that do not make 100 %, an order with gaps, the insured, twice.
    """
    application = hold(application_id, actor=actor, access=access)
    if application.insured_id is None:
        raise BadInsured
    said = shares_problem([(b.ordinal, b.share) for b in named]) if named else ""
    said = said or interest.beneficiary_problem(
        [(b.party_id, b.ordinal) for b in named], application.insured_id
    )
    if said:
        raise BadBeneficiaries(said)
    found = people.list_parties([b.party_id for b in named])
    for each in named:
        if each.party_id not in found or not _may_name(
            application, found[each.party_id], actor, access
        ):
            raise people.PartyNotFound
    write(
        application, at,
        beneficiaries=[
            {"party_id": b.party_id, "share": str(b.share), "ordinal": b.ordinal, "relation": b.relation}
            for b in named
        ],
    )  # fmt: skip


@tx.use_case
def set_account(
    *, application_id: int, account_id: int | None, actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> None:  # fmt: skip
    """
    Say from which account of the holder's own later premiums are debited; None: the holder pays.

    :raises AccountNotFound: not the holder's own (互联网办法 40).
    """
    application = hold(application_id, actor=actor, access=access)
    if account_id is not None:
        people.get_payable_account(application.holder_id, account_id)
    method = "BANK_DEBIT" if account_id is not None else "SELF"
    write(application, at, account_id=account_id, pay_method=method)


def _may_name(
    application: Application, named: people.PartyView, actor: Ref, access: people.Access | None
) -> bool:
    """
    Whether this person may be written into this application: the holder, kin kept at the same office
    by the same agent, or whom the application named before. Strangers are never found by number.
    """
    if named.erased:
        return False
    known = {application.holder_id, application.insured_id}
    known |= {each["party_id"] for each in application.beneficiaries}
    return named.id in known or named.id in application.draft.get("kin", [])


def _pays_on_death(version_id: int | None) -> bool:
    if version_id is None:
        return False
    return "DEATH" in {b.claim_type for b in products.get_terms(version_id).benefits}


def require_childs_limit(application: Application, insured: Person, wanted: Decimal) -> None:
    """
    Hold what a child's death may bring against the law's ceiling, over all contracts and all other
    applications that may still become one.

    :raises AboveChildsLimit: it would be more (保险法 33).
    """
    terms = products.get_terms(application.product_version_id or 0)
    if not terms.minor_limits or insured.age is None or insured.age >= interest.ADULT:
        return
    contracts = (c.sum_insured for c in insured_contracts(insured.id) if c.state in LIVE)
    asked_for = (
        each.sum_insured for each in earlier_applications(application) if each.state in OPEN_STATES
    )
    others = sum((*contracts, *asked_for), start=Decimal(0))
    said = interest.minor_problem(
        age=insured.age, sum_on_death=wanted, other_sums=others, limits=terms.minor_limits
    )
    if said:
        raise AboveChildsLimit(said)


def may_fill(state: str) -> bool:
    """For screens: whether anything can still be filled in."""
    return possible(State(state), Action.FILL_IN)
