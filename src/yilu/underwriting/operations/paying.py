"""Ask for the first premium; once it is in, the policy is issued (首期保险费与承保)."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.payments import queries as collections
from yilu.policies import operations as policies
from yilu.policies.operations import documenting
from yilu.products import queries as products
from yilu.underwriting import events
from yilu.underwriting.models import Application
from yilu.underwriting.rules.lifecycle import State
from yilu.work import operations as work

from .declared import hand_over
from .on_record import confirmed_on_record
from .recordings import open_check
from .renewal import begin_consent

log = logging.getLogger(__name__)
FOLLOW_UP = "underwriting.follow_up"
PROBLEM = "underwriting.issue_problem"
CHANNEL_OF = {"APP": "ONLINE", "AGENT": "AGENT", "COUNTER": "COUNTER"}


def collection_key(application_id: int) -> str:
    """What the first premium goes by: one collection an application, for ever."""
    return f"application:{application_id}:first"


@tx.step
def ask_premium(application: Application, *, at: datetime) -> int:
    """
    Let the holder pay the first premium, from an account or wallet of their own (互联网办法 40).

    The application then waits for the money. Asking twice is asking once.
    """
    assert application.premium is not None
    collection_id = payments.request_collection(
        key=collection_key(application.pk), payer_id=application.holder_id, method="WECHAT",
        amount=application.total_premium, about=application.ref, at=at, expires_at=application.expires_at,
    )  # fmt: skip
    tx.changed(
        """
        update underwriting_application
           set state = 'AWAITING_PAYMENT', collection_id = %s::bigint, changed_at = %s::timestamptz
         where id = %s::bigint and state in ('ACCEPTED', 'OFFERED', 'AWAITING_PAYMENT')
        """,
        [collection_id, at, application.pk],
    )
    application.state, application.collection_id = State.AWAITING_PAYMENT.value, collection_id
    fact = events.PremiumAsked(
        collection_id=collection_id, amount=f"{application.total_premium:.2f}"
    )
    journal.record(fact, about=application.ref, actor=SYSTEM, at=at, party=application.holder_id)
    return collection_id


@tx.step
def issue_when_paid(
    application_id: int, *, collection_id: int, amount: str, at: datetime
) -> int | None:
    """
    The first premium is in: issue the policy; its id. None where there is nothing to issue any more.

    Runs once for the money (a reaction), and again without harm: the state and the policy of the
    application are looked at under a lock. Money for an application that
    has ended goes back by itself, the way it came; where the contract could not be made although
    nothing has ended, a person decides, and the money stays visible.
    """
    application = (
        Application.objects.select_for_update(of=("self",)).filter(pk=application_id).first()
    )
    if application is None or application.policy_id is not None:
        return None
    journal.record(
        events.PremiumArrived(
            collection_id=collection_id, amount=amount, office_id=application.office_id
        ),
        about=application.ref, actor=SYSTEM, at=at, party=application.holder_id,
    )  # fmt: skip
    if application.state != State.AWAITING_PAYMENT:
        _give_back(application, collection_id, amount, at)
        return None
    try:
        with tx.savepoint():
            main = _new(application, at)
            issued = policies.issue(new=main, actor=SYSTEM, at=at)
            _issue_riders(application, main, issued, at)
    except Refusal as refused:
        log.warning("an application could not be issued: %s", refused.code)
        _ask_a_person(application, at)
        return None
    _finish(application, issued, at)
    return int(issued.id)


def _new(application: Application, at: datetime) -> policies.NewPolicy:
    assert application.sum_insured is not None
    assert application.premium is not None
    assert application.insured_id is not None
    return policies.NewPolicy(
        product_code=products.get_terms(application.product_version_id or 0).code,
        holder_id=application.holder_id, insured_id=application.insured_id,
        office_id=application.office_id, agent_id=application.agent_id,
        channel=CHANNEL_OF[application.channel], formed_on=_formed_on(application, at),
        effective_on=day_of(at) + timedelta(days=1), sum_insured=application.sum_insured,
        premium=application.premium, extra_premium=application.extra_premium,
        pay_mode=application.pay_mode, pay_years=application.pay_years or 1, years=application.years,
        with_social_insurance=application.with_social_insurance,
        occupation_class=application.occupation_class or 1, rated_age=application.rated_age,
        rated_sex=application.rated_sex, pay_method=application.pay_method or "SELF",
        premium_account_id=application.account_id,
        beneficiaries=tuple(
            policies.NewBeneficiary(
                party_id=b["party_id"], share=Decimal(b["share"]), ordinal=b["ordinal"]
            )
            for b in application.beneficiaries
        ),
        exclusions=tuple(
            (e["code"], e["wording"], tuple(e["icd_prefixes"])) for e in application.exclusions
        ),
    )  # fmt: skip


def _issue_riders(
    application: Application, main: policies.NewPolicy, issued: policies.Issued, at: datetime
) -> None:
    """Each rider as a policy of its own that names its main, in the same breath: all or none."""
    rows = []
    for rider in application.riders:
        new = replace(
            main, product_code=rider["code"], main_id=issued.id, beneficiaries=(),
            sum_insured=Decimal(rider["sum_insured"]), premium=Decimal(rider["premium"]),
            extra_premium=Decimal(rider["extra_premium"]), **_rated(main, rider),
            exclusions=tuple(
                (e["code"], e["wording"], tuple(e["icd_prefixes"])) for e in rider["exclusions"]
            ),
        )  # fmt: skip
        made = policies.issue(new=new, actor=SYSTEM, at=at)
        rows.append({**rider, "policy_id": made.id})
    application.riders = rows


def _rated(main: policies.NewPolicy, rider: dict[str, Any]) -> dict[str, Any]:
    """Whose life a rider hangs on, and for how long: the main contract's insured for a year at a time."""
    if not rider.get("life"):
        return {"pay_years": 1, "years": None}
    return {
        "insured_id": rider["party_id"], "rated_age": rider["rated_age"], "rated_sex": rider["rated_sex"],
        "pay_years": rider["pay_years"], "years": rider["years"], "occupation_class": 1,
        "with_social_insurance": False,
    }  # fmt: skip


def _formed_on(application: Application, at: datetime) -> date:
    """The day both agreed; the day of the application where the wording was replaced meanwhile."""
    agreed = day_of(application.agreed_at or application.decided_at or at)
    code = products.get_terms(application.product_version_id or 0).code
    if products.find_version_id(code, agreed) == application.product_version_id:
        return agreed
    return day_of(application.submitted_at or at)


def _finish(application: Application, issued: policies.Issued, at: datetime) -> None:
    complete = application.complete_at or application.submitted_at or at
    terms = products.get_terms(application.product_version_id or 0)
    application.state, application.policy_id = State.ISSUED.value, issued.id
    application.paid_at = application.issued_at = application.ended_at = application.changed_at = at
    application.complete_at, application.declared_at = complete, at
    application.version += 1
    hand_over(application)
    begin_consent(application, at)
    application.save(
        update_fields=[
            "state", "policy", "paid_at", "issued_at", "ended_at", "changed_at", "complete_at", "version",
            "riders", "declared_at",
        ]
    )  # fmt: skip
    decided = application.decided_at or at
    # We owe the verdict from the day all is there, and the policy as soon as the money is: the days
    # in between are the customer's, to agree and to pay.
    fact = events.ApplicationIssued(
        policy_id=issued.id, product=terms.code, office_id=application.office_id,
        long_term=terms.long_term, seconds=max(0, int((decided - complete).total_seconds())),
    )  # fmt: skip
    about = application.ref
    journal.record(fact, about=about, actor=SYSTEM, at=at, party=application.holder_id)
    for policy_id in (issued.id, *(rider["policy_id"] for rider in application.riders)):
        documenting.issue_document(policy_id=policy_id, actor=SYSTEM, at=at)
    messaging.queue(
        "underwriting.issued", to=Ref("party", application.holder_id), about=about, at=at,
        facts={"policy": issued.number, "days": str(terms.cooling_off_days)}, copy_agent=True,
    )  # fmt: skip
    open_check(application, until=at + timedelta(days=terms.cooling_off_days), at=at)
    if terms.long_term:
        _open_follow_up(application, issued, terms.cooling_off_days, at)


def _open_follow_up(
    application: Application, issued: policies.Issued, cooling_off: int, at: datetime
) -> None:
    """
    The new-policy follow-up, due within the cooling-off period (服务规定 15; 健康保险办法 44).

    A family is followed up in one talk: what is issued later stands beside the first.
    """
    until = at + timedelta(days=cooling_off)
    policy = Ref("policy", issued.id)
    beside = _first_of_family(application)
    if beside is None:
        work.open_item(
            FOLLOW_UP, about=policy, office_id=application.office_id,
            title=f"新单回访 {issued.number}", at=at, due_at=until, party_id=application.holder_id,
        )  # fmt: skip
    by = Ref.parse(application.prepared_by)
    fact = events.FollowUpOpened(
        policy_id=issued.id, until=day_of(until).isoformat(), office_id=application.office_id,
        beside_policy=beside or 0, sold_by="" if by.kind == "party" else str(by),
        on_record=confirmed_on_record(application),
    )  # fmt: skip
    journal.record(fact, about=policy, actor=SYSTEM, at=at, party=application.holder_id)


def _first_of_family(application: Application) -> int | None:
    """The policy issued first to the same family, where another was."""
    if application.family_id is None:
        return None
    others = Application.objects.filter(family_id=application.family_id, policy_id__isnull=False)
    found = others.exclude(pk=application.pk).order_by("issued_at", "pk")
    return found.values_list("policy_id", flat=True).first()


@tx.step
def stop_collecting(application: Application, *, actor: Ref, at: datetime) -> bool:
    """
    Take back what was asked for an application and has not been paid; whether nothing is under way.

    A payment for a family is taken back as a whole; the others are asked for anew
    (``family_paying.ask_premiums_again``).
    """
    if application.family_id is None or application.collection_id is None:
        return payments.cancel_collection(key=collection_key(application.pk), actor=actor, at=at)
    asked = collections.get_collection(application.collection_id)
    if asked.state == "CANCELLED":
        return True
    return payments.cancel_collection(key=asked.key, actor=actor, at=at)


def _give_back(application: Application, collection_id: int, amount: str, at: datetime) -> None:
    """What was paid for an application that has ended goes back; a person where it cannot."""
    try:
        payments.refund_collection(
            collection_id=collection_id,
            amount=Decimal(amount),
            key=f"not_issued:{application.pk}" if application.family_id else "not_issued",
            actor=SYSTEM,
            at=at,
        )
    except Refusal as refused:
        log.warning("a first premium could not be given back: %s", refused.code)
        _ask_a_person(application, at)
        return
    messaging.queue(
        "underwriting.returned", to=Ref("party", application.holder_id), about=application.ref, at=at,
        facts={"application": application.number, "amount": amount},
    )  # fmt: skip


def _ask_a_person(application: Application, at: datetime) -> None:
    work.open_item(
        PROBLEM, about=application.ref, office_id=application.office_id,
        title="保险费已到账，未能出单：请核对并承保或原路退回", at=at, priority=10,
        amount=application.total_premium, party_id=application.holder_id,
    )  # fmt: skip
