"""Customers with their families, cards and policies, through the operations, a thousand at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from demo import names
from demo.world import World
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import full_years
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.policies import operations as policies
from yilu.products import queries as products

AT_ONCE = 500
SOCIAL = {"million-medical-social", "small-medical", "group-medical"}

# product, share of customers who hold it, lowest and highest sum, steps, yearly premium per sum, pay years
SHELF = (
    ("million-medical-social", 0.38, 2_000_000, 4_000_000, 1_000_000, "0.00018", 1),
    ("million-medical", 0.10, 2_000_000, 4_000_000, 1_000_000, "0.00036", 1),
    ("small-medical", 0.30, 5_000, 30_000, 5_000, "0.024", 1),
    ("accident", 0.34, 50_000, 500_000, 50_000, "0.0016", 1),
    ("critical-illness", 0.24, 100_000, 500_000, 50_000, "0.021", 20),
    ("hospital-allowance", 0.22, 100, 500, 50, "1.9", 1),
    ("term-life", 0.14, 300_000, 2_000_000, 100_000, "0.0024", 20),
    ("whole-life", 0.10, 100_000, 1_000_000, 50_000, "0.031", 10),
    ("endowment", 0.09, 50_000, 300_000, 10_000, "0.062", 10),
    ("annuity", 0.07, 5_000, 40_000, 1_000, "2.9", 10),
    ("group-medical", 0.16, 20_000, 100_000, 10_000, "0.013", 1),
)  # fmt: skip
ENTRY_AGES = {
    "million-medical-social": (0, 65), "million-medical": (0, 65), "small-medical": (0, 60),
    "accident": (0, 65), "critical-illness": (0, 60), "hospital-allowance": (0, 65),
    "term-life": (18, 60), "whole-life": (0, 70), "endowment": (0, 60), "annuity": (18, 55),
    "group-medical": (16, 65),
}  # fmt: skip


@dataclass
class Insured:
    """A customer of the demo and what they hold: product → policy number."""

    party_id: int
    person: names.Person
    office_id: int
    agent_id: int | None
    account_id: int = 0
    policies: dict[str, str] = field(default_factory=dict)
    policy_ids: dict[str, int] = field(default_factory=dict)
    since: dict[str, date] = field(default_factory=dict)


def build(
    world: World, at: datetime, chance: random.Random, count: int, say: Callable[[int, int], None]
) -> list[Insured]:
    """Register ``count`` customers, their cards, consents and policies."""
    made: list[Insured] = []
    agents = list(world.agents.items())
    for start in range(0, count, AT_ONCE):
        batch = [names.person(chance, start + n + 1) for n in range(min(AT_ONCE, count - start))]
        whose = [chance.choice(agents) if chance.random() < 0.85 else (None, 0) for _ in batch]
        offices = [office or chance.choice(list(world.agents.values())) for _, office in whose]
        ids = people.register_parties(
            parties=[
                people.NewParty(
                    name=p.name, office_id=office, identity_kind="RESIDENT_ID", identity_number=p.identity_number,
                    phone=p.phone, agent_id=agent, large_type=p.birth_date.year < 1958,
                )
                for p, (agent, _), office in zip(batch, whose, offices, strict=True)
            ],
            actor=SYSTEM, at=at,
        )  # fmt: skip
        customers = [
            Insured(party_id, p, office, agent)
            for party_id, p, (agent, _), office in zip(ids, batch, whose, offices, strict=True)
        ]
        _insure(customers, at, chance)
        made += customers
        say(len(made), count)
    return made


def open_account(customer: Insured, at: datetime) -> int:
    """The customer's card, registered when it is first needed."""
    if not customer.account_id:
        customer.account_id = people.add_account(
            party_id=customer.party_id, bank_code=customer.person.bank_code, number=customer.person.card,
            holder_name=customer.person.name, agreed=people_queries.consent_text("FINANCIAL").version,
            actor=Ref("party", customer.party_id), at=at,
        )  # fmt: skip
    return customer.account_id


def agree(customer: Insured, at: datetime, *purposes: str) -> None:
    """The customer's separate consents."""
    for purpose in purposes:
        people.give_consent(
            party_id=customer.party_id, purpose=purpose,
            text_version=people_queries.consent_text(purpose).version, channel="APP",
            actor=Ref("party", customer.party_id), at=at,
        )  # fmt: skip


def _insure(customers: list[Insured], at: datetime, chance: random.Random) -> None:
    wanted = [(c, new) for c in customers for new in _applications(c, at.date(), chance)]
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        issued = policies.issue_policies(new=[new for _, new in part], actor=SYSTEM, at=at)
        for (customer, new), policy in zip(part, issued, strict=True):
            customer.policies[new.product_code] = policy.number
            customer.policy_ids[new.product_code] = policy.id
            customer.since[new.product_code] = new.continuous_since or new.effective_on


def _applications(
    customer: Insured, today: date, chance: random.Random
) -> Iterator[policies.NewPolicy]:
    held = 0
    for product, share, low, high, step, rate, years in SHELF:
        if chance.random() > share and not (product == "accident" and held == 0):
            continue
        yearly = years == 1
        begun = today - timedelta(days=chance.randrange(40, 300 if yearly else 3200))
        first = begun - timedelta(days=365 * chance.randrange(0, 4)) if yearly else begun
        young, old = ENTRY_AGES[product]
        ages = [(day - customer.person.birth_date).days // 365.25 for day in (first, begun)]
        if not young + 1 <= ages[0] or not ages[1] <= old - 1:
            continue
        amount = Decimal(chance.randrange(low, high + 1, step))
        premium = _premium(product, customer.person, begun, amount, years, rate)
        if premium is None:
            continue
        held += 1
        yield policies.NewPolicy(
            product_code=product, holder_id=customer.party_id, insured_id=customer.party_id,
            office_id=customer.office_id, agent_id=customer.agent_id, effective_on=begun,
            continuous_since=first if yearly and first.year >= 2015 else None,
            sum_insured=amount, premium=premium, pay_years=years,
            channel="AGENT" if customer.agent_id else "ONLINE",
            with_social_insurance=product in SOCIAL,
        )  # fmt: skip


def _premium(
    product: str, person: names.Person, begun: date, amount: Decimal, years: int, rate: str
) -> Decimal | None:
    """What the product costs this person; a group product by a rate of its own. None: not sold so."""
    version = products.get_version_id(product, begun)
    if products.find_offering(version) is None:
        return max(Decimal("60.00"), (amount * Decimal(rate)).quantize(Decimal("0.01")))
    try:
        return products.price(
            version, sex="MALE" if person.sex == "M" else "FEMALE",
            age=full_years(person.birth_date, begun), sum_insured=amount, pay_years=years,
            pay_mode="YEARLY", with_social_insurance=product in SOCIAL, renewal=True,
        ).premium  # fmt: skip
    except products.PriceNotOffered:
        return None
