"""The policy as a document (电子保单): ordered when a policy is issued or reissued, signed for by its holder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.money import round_yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import add_years
from yilu.letters import operations as letters
from yilu.letters import queries as letter_queries
from yilu.people import queries as people
from yilu.policies.models import Beneficiary, Policy, SpecialExclusion
from yilu.policies.operations.changing import mark_received
from yilu.policies.queries.refusals import PolicyNotFound
from yilu.products import queries as products
from yilu.products.terms import Terms

KIND = "POLICY"
PER = 1000


class NotReadYet(Refusal):
    """A contract is signed for after it was opened, not before."""

    code = "policy_not_opened"
    message = _("请先打开电子保单看一看，再确认签收")
    hint = _("打开后回到这里签收；犹豫期从签收的次日起算。")


@tx.step
def issue_document(*, policy_id: int, actor: Ref, at: datetime, note: str = "") -> int:
    """
    Order the policy's document for its holder, from the contract as it stands; the letter's id.

    It is made after commit as PDF/A; its hash goes into the evidence chain with ``LetterIssued`` and a
    QR code on each page leads to the public check. A reissue (补发) says why in ``note``.

    :raises PolicyNotFound: there is no such policy.
    """
    policy = (
        Policy.objects.select_related("product_version", "office", "agent", "main")
        .filter(pk=policy_id)
        .first()
    )
    if policy is None:
        raise PolicyNotFound
    return letters.issue(
        kind=KIND,
        about=policy.ref,
        party_id=policy.holder_id,
        facts=_facts(policy, note),
        actor=actor,
        at=at,
    )


@tx.use_case
def sign_receipt(*, policy_id: int, letter_id: int, party_id: int, at: datetime) -> None:
    """
    The holder signs for the contract (保单签收回执): the cooling-off period runs from this day.

    Twice is once.

    :raises PolicyNotFound: another's policy or none. :raises NotReadYet: it was not opened yet.
    """
    policy = Policy.objects.filter(pk=policy_id, holder_id=party_id).first()
    letter = letter_queries.find_letter(letter_id)
    if policy is None or letter is None or letter.about != str(policy.ref) or letter.kind != KIND:
        raise PolicyNotFound
    if letter.delivered_at is None:
        raise NotReadYet
    if policy.received_on is None:
        mark_received(policy_id=policy_id, on=day_of(at), actor=Ref("party", party_id), at=at)


def _facts(policy: Policy, note: str) -> dict[str, Any]:
    terms = products.get_terms(policy.product_version_id)
    excluded = _excluded(terms)
    said = {each["number"] for each in excluded}
    facts: dict[str, Any] = {
        "policy": policy.number,
        "product": terms.name,
        "holder_id": policy.holder_id,
        "insured_id": policy.insured_id,
        "formed_on": policy.formed_on.isoformat(),
        "effective_on": policy.effective_on.isoformat(),
        "sum_insured": f"{policy.sum_insured:.2f}",
        "premium": f"{policy.premium:.2f}",
        "pay": _pay(policy),
        "channel": Policy.Channel(policy.channel).label,
        "office": policy.office.name,
        "benefits": [
            {"title": b.name, "note": products.words_of(b, policy.sum_insured)}
            for b in terms.benefits
        ],
        "clauses": [
            {"number": c.number, "text": f"{c.title}：{c.text}"}
            for c in terms.clauses
            if c.number not in said
        ],
    }
    if policy.ends_on is not None:
        facts["ends_on"] = policy.ends_on.isoformat()
    if policy.extra_premium:
        facts["extra_premium"] = f"{policy.extra_premium:.2f}"
    if policy.agent_id is not None:
        agent = people.get_agent(policy.agent_id)
        facts["agent"] = f"{agent.name}（{agent.code}）"
    if policy.main is not None:
        facts["main"] = policy.main.number
    if terms.cooling_off_days:
        facts["cooling_off"] = f"{terms.cooling_off_days} 日"
    parts = {
        "beneficiaries": _beneficiaries(policy.pk),
        "special": _special(policy.pk),
        "excluded": excluded,
        "values": _values(policy),
    }
    facts |= {name: rows for name, rows in parts.items() if rows}
    return facts | ({"note": note} if note else {})


def _pay(policy: Policy) -> str:
    mode = Policy.PayMode(policy.pay_mode).label
    if policy.pay_mode == Policy.PayMode.SINGLE or policy.pay_years == 1:
        return mode
    until = add_years(policy.effective_on, policy.pay_years)
    return f"{mode}，交 {policy.pay_years} 年（至 {until.isoformat()}）"


def _beneficiaries(policy_id: int) -> list[dict[str, Any]]:
    named = Beneficiary.objects.filter(policy_id=policy_id, party_id__isnull=False)
    return [
        {"party_id": each.party_id, "share": f"第 {each.ordinal} 顺位 {each.share * 100:.2f}%"}
        for each in named.order_by("ordinal", "pk")
    ]


def _special(policy_id: int) -> list[str]:
    return [
        each.wording for each in SpecialExclusion.objects.filter(policy_id=policy_id).order_by("pk")
    ]


def _excluded(terms: Terms) -> list[dict[str, str]]:
    numbers = dict.fromkeys(exclusion.clause for exclusion in terms.exclusions)
    return [
        {"number": number, "text": f"{terms.by_clause[number].title}：{terms.text_of(number)}"}
        for number in numbers
    ]


def _values(policy: Policy) -> list[dict[str, str]]:
    """The cash value at the end of every policy year, with all premiums paid and no loan."""
    if policy.rated_age is None:
        return []
    try:
        yearly: Sequence[Decimal] = products.cash_values(
            policy.product_version_id,
            sex=policy.rated_sex or "MALE",
            age=policy.rated_age,
            pay_years=policy.pay_years,
        )
    except products.PriceNotOffered:
        # A contract of before the published tables: its values are told on request.
        return []
    return [
        {
            "year": str(n),
            "on": _end_of(policy.effective_on, n),
            "value": f"{round_yuan(value * policy.sum_insured / PER):.2f}",
        }
        for n, value in enumerate(yearly, 1)
    ]


def _end_of(effective_on: date, year: int) -> str:
    return add_years(effective_on, year).isoformat()
