"""A family, a death, a hurt hand: what the tests of hard cases begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests import make
from tests.documents.papers import picture
from yilu.claims import operations, queries
from yilu.claims.operations import Loss, Paper, Passing, Verdict
from yilu.kernel.refs import Ref
from yilu.policies.operations import NewBeneficiary

DIED = date(2026, 2, 20)


@dataclass
class Office:
    """The people of one branch, each as (access, ref)."""

    id: int

    def __post_init__(self) -> None:
        self.chen = make.colleague(self.id, "ASSESSOR")
        self.fu = make.colleague(self.id, "REVIEWER")
        self.zhu = make.colleague(self.id, "TEAM_LEAD")
        self.cha = make.colleague(self.id, "INVESTIGATOR")


def told(claim: Any, who: Any, **more: Any) -> dict[str, Any]:
    """The usual arguments of an operation on a claim."""
    return {"claim_id": claim.claim_id, "access": who[0], "actor": who[1], "at": make.NOON} | more


def in_review(office: Office, number: str, claimant: int, claim_type: str, **more: Any) -> Any:
    """A claim reported by its claimant with an account, waiting for a person."""
    reported = make.reported_claim(
        claimant, policy_number=number, claim_type=claim_type, office_id=office.id, **more
    )
    operations.send_to_review(
        claim_id=reported.claim_id, reason="资料从简，转人工", access=registrar(office)[0],
        actor=registrar(office)[1], at=make.NOON,
    )  # fmt: skip
    return reported


def registrar(office: Office) -> Any:
    """Somebody who registers claims."""
    if not hasattr(office, "zhao"):
        office.zhao = make.colleague(office.id, "REGISTRAR")  # type: ignore[attr-defined]
    return office.zhao  # type: ignore[attr-defined]


def death(office: Office, *named: tuple[int, str, int], claimant: int | None = None) -> Any:
    """
    A death claim over 100,000 yuan; ``named``: (party, share, order).

    The claimant is the first named, else somebody new; the insured is ``reported.insured``.
    """
    insured = make.insured(office.id, name="林先生")
    claimant = claimant or (named[0][0] if named else make.insured(office.id, name="林太太"))
    policy = make.policy(
        office.id, holder_id=insured if named else claimant, insured_id=insured, product_code="term-life", sum_insured=Decimal(100_000),
        premium=Decimal("600.00"), effective_on=date(2023, 3, 1), pay_years=20,
        with_social_insurance=False,
        beneficiaries=tuple(
            NewBeneficiary(party_id=p, share=Decimal(s), ordinal=o) for p, s, o in named
        ),
    )  # fmt: skip
    make_consent(claimant)
    claim = in_review(
        office, policy.number, claimant, "DEATH", loss_date=DIED, loss=Loss(passing=Passing(died_on=DIED))
    )  # fmt: skip
    return Death(claim.claim_id, insured, claimant, policy.id)


@dataclass(frozen=True)
class Death:
    """A death claim and its people."""

    claim_id: int
    insured: int
    claimant: int
    policy_id: int

    @property
    def ref(self) -> Ref:
        return Ref("claim", self.claim_id)


def make_consent(party_id: int) -> None:
    """Agreed to the handling of health data, once."""
    from yilu.people import queries

    if not queries.has_consent(party_id, "HEALTH_DATA"):
        make.consent(party_id)


def relative(office: Office, name: str, born: date = date(1990, 1, 1)) -> int:
    """Somebody with an identity number."""
    return make.party(office.id, name=name, birth_date=born, identity_number=make.resident_id(born))


def calculated(claim: Any, office: Office) -> None:
    """Have a sum on the file."""
    operations.calculate_claim(**told(claim, office.chen, chosen=operations.Chosen()))


def paper(kind: str = "OTHER") -> Paper:
    """A photograph that proves something."""
    return Paper(kind, "照片.png", picture())


def approve(office, claim):
    """Approved, by a second colleague too where the sum wants one."""
    seen = queries.desk(claim.claim_id, office.chen[0], make.NOON)
    verdict = Verdict(digest=seen.digest, kind="APPROVE", reason="事实清楚，属于保险责任")
    made = operations.decide(**told(claim, office.chen, verdict=verdict))
    if made.second:
        seen = queries.desk(claim.claim_id, office.fu[0], make.NOON)
        operations.confirm_decision(
            **told(claim, office.fu, digest=seen.digest, agrees=True, reason="")
        )


def large():
    """Bills beyond the machine under any of the policies."""
    return [make.invoice(each="12000.00", fund_paid="0.00", admitted_on="2026-02-20")]
