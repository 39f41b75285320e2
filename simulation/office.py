"""The office that works the claims: people with desks and hours, standards in force, customers insured."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from simulation.designs import Rules, yuan
from yilu.gateways.sandbox_bank import card_ending
from yilu.kernel.identity import check_character
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations import operations as obligations
from yilu.people import operations as people
from yilu.people import queries
from yilu.policies import operations as policies
from yilu.products import operations as products
from yilu.standards import operations as standards
from yilu.standards import queries as known
from yilu.work import operations as work

LONG_AGO = datetime(2018, 1, 1, tzinfo=UTC)
AT_ONCE = 200
PRODUCT = "group-medical"
PASSWORD = "simulation only, 2026"  # noqa: S105  (of nobody who could sign in anywhere)
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Person:
    """A customer with a policy and an account."""

    party_id: int
    policy_number: str
    account_id: int


@dataclass(slots=True)
class Office:
    """What was made before the first claim."""

    office_id: int
    provider_id: int
    intake: int
    assessors: list[int] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)
    customers: list[Person] = field(default_factory=list)


def build(rules: Rules, claims: int, begins: datetime) -> Office:
    """The insurer's office under a design's rules, with one insured customer a claim."""
    wording = products.CATALOGUE / PRODUCT / "terms.toml"  # the only one anybody here has
    products.publish_wording(path=wording, actor=SYSTEM, at=LONG_AGO)
    standards.load_catalogue(LONG_AGO)
    obligations.load_catalogue(LONG_AGO)
    work.declare_queues(at=LONG_AGO)
    head = people.open_office(code="HEAD", name="模拟公司", level="HEAD", actor=SYSTEM, at=LONG_AGO)
    keys = people.register_provider(
        code="H000001", name="模拟医院", kind="HOSPITAL", office_id=head, grade="三级甲等",
        actor=SYSTEM, at=LONG_AGO,
    )  # fmt: skip
    made = Office(head, keys.provider_id, rules.intake_staff)
    for n in range(rules.review_staff):
        made.assessors.append(_hire(head, f"assessor{n}", "ASSESSOR", yuan(rules.assessor_limit)))
    for n in range(rules.second_staff):
        made.seconds.append(_hire(head, f"second{n}", "TEAM_LEAD", yuan(10_000_000)))
    _set_triage(head, yuan(rules.straight_through_below))
    made.customers = _customers(head, claims, begins)
    return made


def _hire(office_id: int, username: str, role: str, limit: Decimal) -> int:
    staff_id = people.hire_staff(
        username=username, name="模拟员工", office_id=office_id, password=PASSWORD,
        totp_secret=TOTP_SECRET, actor=SYSTEM, at=LONG_AGO,
    )  # fmt: skip
    people.grant_role(
        staff_id=staff_id, role=role, office_id=office_id, amount_limit=limit, actor=SYSTEM,
        at=LONG_AGO,
    )  # fmt: skip
    return staff_id


def _set_triage(office_id: int, below: Decimal) -> None:
    """The design's own version of the triage grid, published as staff would publish it."""
    author, releaser = (
        _hire(office_id, f"editor{n}", "STANDARDS_EDITOR", Decimal(0)) for n in (1, 2)
    )
    edits = {"actor": Ref("staff", author), "at": LONG_AGO + timedelta(days=1)}
    standards.make_draft(code="claims.triage", note="模拟方案", **edits)
    draft = known.get_table("claims.triage", draft=True)
    columns = [c["name"] for c in (*draft.inputs, *draft.outputs)]
    # Positions count from 1, as the grid shows them.
    green = [n for n, row in enumerate(draft.rows, 1) if row[columns.index("lane")] == "GREEN"]
    cells = {(n, "amount"): f"<= {below}" for n in green}
    if below == 0:
        cells |= {(n, "lane"): "YELLOW" for n in green}
        cells |= {(n, "programme"): "STANDARD" for n in green}
    revision = standards.put_cells(
        code="claims.triage", cells=cells, revision=draft.revision, **edits
    )
    revision = standards.put_cases(
        code="claims.triage", revision=revision, **edits,
        cases=[c for c in draft.cases if c["expect"]["lane"] == "RED"],
    )  # fmt: skip
    standards.publish(
        code="claims.triage", revision=revision, actor=Ref("staff", releaser),
        at=LONG_AGO + timedelta(days=2),
    )  # fmt: skip


def _customers(office_id: int, count: int, begins: datetime) -> list[Person]:
    made: list[Person] = []
    for start in range(0, count, AT_ONCE):
        made += _some(office_id, start, min(AT_ONCE, count - start), begins)
    return made


def _some(office_id: int, start: int, count: int, begins: datetime) -> list[Person]:
    chance = random.Random(start)  # noqa: S311  (a simulation)
    told = []
    for n in range(start, start + count):
        body = f"3301{n // 500:02d}{chance.randrange(1972, 2000)}0615{n % 500 * 2:03d}"
        told.append(
            people.NewParty(
                name="林客户", office_id=office_id, identity_kind="RESIDENT_ID", phone=f"139{n:08d}",
                identity_number=body + check_character(body),
            )
        )  # fmt: skip
    ids = people.register_parties(parties=told, actor=SYSTEM, at=LONG_AGO)
    issued = policies.issue_policies(
        new=[
            policies.NewPolicy(
                product_code=PRODUCT, holder_id=party_id, insured_id=party_id,
                office_id=office_id, effective_on=(begins - timedelta(days=200)).date(),
                continuous_since=(begins - timedelta(days=900)).date(), sum_insured=Decimal(100_000),
                premium=Decimal("1300.00"), with_social_insurance=True,
            )
            for party_id in ids
        ],
        actor=SYSTEM, at=begins - timedelta(days=200),
    )  # fmt: skip
    made = []
    for n, (party_id, policy) in enumerate(zip(ids, issued, strict=True), start):
        for purpose in ("HEALTH_DATA", "MEDICAL_DATA_FETCH"):
            people.give_consent(
                party_id=party_id, purpose=purpose, channel="APP",
                text_version=queries.consent_text(purpose).version, actor=Ref("party", party_id),
                at=begins - timedelta(days=1),
            )  # fmt: skip
        account_id = people.add_account(
            party_id=party_id, bank_code="ICBC", number=card_ending("1001", n), holder_name="林客户",
            actor=SYSTEM, at=begins - timedelta(days=1),
        )  # fmt: skip
        made.append(Person(party_id, policy.number, account_id))
    return made
