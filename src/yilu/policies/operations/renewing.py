"""Renew a one-year contract: the holder's consent, the year after it, and calling that off before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal, Sentence, Stale
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.policies import events
from yilu.policies.models import Beneficiary, Policy, RenewalConsent, SpecialExclusion
from yilu.policies.operations.guards import InsuredDied, PolicyStateStale
from yilu.policies.operations.holding import refuse_if_held
from yilu.policies.operations.issuing import Issued, NewBeneficiary, NewPolicy, issue
from yilu.policies.operations.ledger import post
from yilu.policies.operations.standing import end_policy
from yilu.policies.queries.refusals import PolicyNotFound
from yilu.policies.queries.values import balances
from yilu.policies.rules import due_date, renewing
from yilu.products import queries as products

RENEWABLE_FROM = ("IN_FORCE", "GRACE", "EXPIRED")


class NotRenewable(Refusal):
    """The contract is not of a kind that is renewed."""

    code = "not_renewable"
    message = _("这张保单不办理续保")
    hint = _("长期保单按期交费即可；不能续保的一年期保单，到期前可以选择其他产品。")


class TooEarlyToRenew(Refusal):
    """The next year's premium may not be taken yet (意外险办法 17(8))."""

    code = "too_early_to_renew"
    message = _("还不能交下一年度的保险费")
    hint = _("续保保险费最早在保险期间届满前 60 天收取；到时我们会提醒您。")


class AlreadyRenewed(Stale):
    """The next year is paid."""

    code = "already_renewed"
    message = _("下一年度已经续保，不用再交")
    hint = _("请刷新页面查看下一年度的保单。")


class ConsentNotTheirs(Refusal):
    """Only the holder may let us renew by ourselves."""

    code = "renewal_consent_not_theirs"
    message = _("自动续保只能由投保人本人同意或撤回")
    hint = _("请由投保人本人登录办理，或致电客服核实身份后办理。")


class ConsentTextChanged(Invalid):
    """What was agreed to is not the text that is in use."""

    code = "renewal_consent_text"
    message = _("自动续保的说明已经更新")
    hint = _("请阅读最新的说明后再确认。")


class YearHasBegun(Stale):
    """The year has begun: from now on it is surrendered, not called off."""

    code = "year_has_begun"
    message = _("新的保险年度已经开始，不能再撤销续保")
    hint = _("如不再需要这份保障，请在保全大厅申请退保。")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextYear:
    """What the year after a contract is concluded on (下一年度): wording, premium, age it was priced for."""

    policy_id: int
    version_id: int
    premium: Decimal
    extra_premium: Decimal
    rated_age: int


@tx.use_case
def agree_to_renewal(
    *, policy_id: int, holder_id: int, text_version: str, way: str, actor: Ref, at: datetime
) -> None:
    """
    The holder lets us renew by ourselves from now on (互联网办法 21); agreeing twice is agreeing once.

    ``actor`` is who wrote it down: the holder, or a colleague on the phone or at the counter.

    :raises PolicyNotFound: no such policy. :raises ConsentNotTheirs: not the holder.
    :raises NotRenewable: not a one-year contract that is renewed. :raises ConsentTextChanged: another text.
    """
    note_consent(
        policy_id=policy_id, holder_id=holder_id, text_version=text_version, way=way, actor=actor, at=at
    )  # fmt: skip


@tx.step
def note_consent(
    *, policy_id: int, holder_id: int, text_version: str, way: str, actor: Ref, at: datetime,
    signed_at: datetime | None = None,
) -> None:  # fmt: skip
    """
    ``agree_to_renewal`` inside another use case.

    ``signed_at``: they signed it with the application, then, and to the text that was in use then.
    """
    policy = _held(policy_id)
    if policy.holder_id != holder_id:
        raise ConsentNotTheirs
    if not renewing.is_renewable(products.get_terms(policy.product_version_id)):
        raise NotRenewable
    if text_version not in (renewing.TEXTS if signed_at else (renewing.TEXT_NOW,)):
        raise ConsentTextChanged
    first = policy.lineage_id or policy.pk
    known = RenewalConsent.objects.filter(policy_id=first, withdrawn_at=None).first()
    if known is not None and known.holder_id == holder_id:
        return
    if known is not None:  # the former holder's ended with their contract
        _withdraw(known, actor, at)
    RenewalConsent.objects.create(
        policy_id=first, holder_id=holder_id, text_version=text_version,
        way=RenewalConsent.Way(way), given_at=signed_at or at, given_by=str(actor),
    )  # fmt: skip
    fact = events.RenewalAgreed(text_version=text_version, way=way)
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=holder_id)


@tx.use_case
def withdraw_renewal_consent(*, policy_id: int, holder_id: int, actor: Ref, at: datetime) -> bool:
    """
    The holder takes their word back; whether there was one. Nothing is debited for the next year any more.

    :raises PolicyNotFound: no such policy. :raises ConsentNotTheirs: not the holder.
    """
    return take_consent_back(policy_id=policy_id, holder_id=holder_id, actor=actor, at=at)


@tx.step
def take_consent_back(*, policy_id: int, holder_id: int, actor: Ref, at: datetime) -> bool:
    """``withdraw_renewal_consent`` inside another use case."""
    policy = _held(policy_id)
    if policy.holder_id != holder_id:
        raise ConsentNotTheirs
    known = RenewalConsent.objects.filter(
        policy_id=policy.lineage_id or policy.pk, withdrawn_at=None
    ).first()
    if known is None:
        return False
    _withdraw(known, actor, at)
    fact = events.RenewalConsentWithdrawn(text_version=known.text_version)
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=holder_id)
    return True


def _withdraw(known: RenewalConsent, actor: Ref, at: datetime) -> None:
    known.withdrawn_at, known.withdrawn_by = at, str(actor)
    known.save(update_fields=["withdrawn_at", "withdrawn_by"])


@tx.step
def renew(*, year: NextYear, about: Ref, actor: Ref, at: datetime) -> Issued:
    """
    Conclude the year after a contract, its first premium paid; it begins when the old year ends: no gap.

    A contract of its own, under the wording and at the premium that were offered: beneficiaries, agreed
    exclusions and the way to pay go on; waiting periods were served (健康保险办法 27 counts from the first
    cover), and the two years of 保险法 16 run from the first contract, because nothing was asked anew.
    Whether the time to pay is over is for the caller, who knows when the payment was made.

    :raises NotRenewable: the wording knows of none. :raises TooEarlyToRenew: saying from when.
    :raises AlreadyRenewed: the year is paid. :raises PolicyStateStale: the contract ended otherwise.
    :raises InsuredDied: nobody to insure. :raises PremiumHeld: a question is open.
    """
    policy = _held(year.policy_id)
    day, ends_on = day_of(at), _ends_on(policy)
    require_open(policy.product_version_id, ends_on, day)
    if policy.state not in RENEWABLE_FROM or (policy.ended_on or ends_on) < ends_on:
        raise PolicyStateStale
    if _following(policy.pk).exists():
        raise AlreadyRenewed
    refuse_if_held(policy.pk)
    if people.died_on(policy.insured_id) is not None:
        raise InsuredDied
    terms = products.get_terms(year.version_id)
    made = issue(
        new=NewPolicy(
            product_code=terms.code, product_version_id=year.version_id, holder_id=policy.holder_id,
            insured_id=policy.insured_id, office_id=policy.office_id, agent_id=policy.agent_id,
            channel=policy.channel, formed_on=min(day, ends_on), effective_on=ends_on,
            continuous_since=policy.continuous_since, sum_insured=policy.sum_insured,
            premium=year.premium, extra_premium=year.extra_premium, pay_mode=policy.pay_mode,
            pay_years=policy.pay_years, paid_to=_second_due(ends_on, policy.pay_mode),
            with_social_insurance=policy.with_social_insurance, main_id=policy.main_id,
            occupation_class=policy.occupation_class, rated_age=year.rated_age,
            rated_sex=policy.rated_sex, pay_method=policy.pay_method,
            premium_account_id=policy.premium_account_id, renews_id=policy.pk,
            lineage_id=policy.lineage_id or policy.pk, paid_about=about,
            contested_since=policy.contested_since or policy.formed_on,
            beneficiaries=tuple(
                NewBeneficiary(party_id=b.party_id, share=b.share, ordinal=b.ordinal)
                for b in Beneficiary.objects.filter(policy=policy, kind="NAMED").order_by("pk")
                if b.party_id is not None
            ),
            exclusions=tuple(
                (e.code, e.wording, tuple(e.icd_prefixes))
                for e in SpecialExclusion.objects.filter(policy=policy).order_by("pk")
            ),
        ),
        actor=actor,
        at=at,
    )  # fmt: skip
    fact = events.PolicyRenewed(
        next_id=made.id, starts_on=ends_on.isoformat(), version_id=year.version_id,
        premium=str(year.premium),
    )  # fmt: skip
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return made


@tx.step
def call_off_renewal(*, policy_id: int, about: Ref, actor: Ref, at: datetime) -> Decimal:
    """
    Undo the next year before it begins; what was paid for it, which the caller gives back in full.

    ``policy_id`` is the new contract: it never gave cover. Twice is once, the second time for nothing.

    :raises NotRenewable: not a renewal. :raises YearHasBegun: cover has begun.
    """
    policy = _held(policy_id)
    if policy.renews_id is None:
        raise NotRenewable
    if policy.ending == Policy.Ending.NOT_BEGUN:
        return ZERO
    if day_of(at) >= policy.effective_on or policy.state not in ("IN_FORCE", "GRACE"):
        raise YearHasBegun
    paid = balances(policy_id)["premium"]
    if paid:
        legs = {"customer": paid, "premium": -paid}
        post(policy_id=policy_id, entry="CALLED_OFF", legs=legs, about=about, actor=actor, at=at)
    end_policy(policy_id=policy_id, ending="NOT_BEGUN", on=day_of(at), actor=actor, at=at)
    fact = events.RenewalCalledOff(renewed_id=policy.renews_id, paid=str(paid))
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return paid


def require_open(version_id: int, ends_on: date, day: date) -> None:
    """:raises NotRenewable, TooEarlyToRenew: whether the next year's premium may be taken on a day."""
    terms = products.get_terms(version_id)
    if not renewing.is_renewable(terms):
        raise NotRenewable
    opens = renewing.opens_on(terms, ends_on)
    if day < opens:
        raise TooEarlyToRenew(
            Sentence(_("{day} 起才能交下一年度的保险费，现在收取违反监管规定"), day=opens)
        )


def _held(policy_id: int) -> Policy:
    policy = Policy.objects.select_for_update(of=("self",)).filter(pk=policy_id).first()
    if policy is None:
        raise PolicyNotFound
    return policy


def _ends_on(policy: Policy) -> date:
    if policy.ends_on is None:
        raise NotRenewable
    return policy.ends_on


def _following(policy_id: int) -> QuerySet[Policy]:
    return Policy.objects.filter(renews_id=policy_id).exclude(ending=Policy.Ending.NOT_BEGUN)


def _second_due(starts_on: date, pay_mode: str) -> date | None:
    return None if pay_mode == "SINGLE" else due_date(starts_on, 1, pay_mode)
