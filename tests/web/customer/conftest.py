"""Everybody who may come to the customer's door, at one fixed noon."""

from dataclasses import dataclass

import pytest
import time_machine
from django.test import Client

from tests import cast, make
from tests.web.signing import signed_in
from yilu.claims import operations as claims
from yilu.gateways import bank
from yilu.journal import operations as journal
from yilu.kernel.refs import SYSTEM
from yilu.payments import operations as payments


@dataclass
class Browsers:
    """A browser for each person who may try this door."""

    lin: Client
    zhou: Client
    wei: Client
    chen: Client
    nobody: Client

    @property
    def outsiders(self) -> list[Client]:
        """Those whose door this is not."""
        return [self.nobody, self.wei, self.chen]


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(make.NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(db):
    make.standards_in_force()
    return cast.assemble()


@pytest.fixture
def browsers(people):
    return Browsers(
        signed_in(people.as_lin), signed_in(people.as_zhou), signed_in(people.as_wei),
        signed_in(people.as_chen), Client(),
    )  # fmt: skip


@pytest.fixture
def lin(browsers):
    return browsers.lin


@pytest.fixture
def zhou(browsers):
    return browsers.zhou


@pytest.fixture
def policy(people):
    return make.medical_policy(people.branch_a, holder_id=people.lin, agent_id=people.wei)


@pytest.fixture
def account(people):
    return make.account(people.lin)


@pytest.fixture
def claim(people, policy, account):
    """Lin's claim, just reported: papers are awaited."""
    make.consent(people.lin)
    made = make.reported_claim(people.lin, policy_number=policy.number, account_id=account)
    return made.claim_id


@pytest.fixture
def paid_claim(people, claim):
    """The same once the hospital has sent its invoice: small, clean, its payment promised."""
    claims.hand_in_invoices(
        claim_id=claim, provider_id=make.provider(people.branch_a).provider_id,
        invoices=[make.invoice(cast.LIN_NAME)], actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    return claim


@pytest.fixture
def offer(people, policy, account):
    """A ready claim waiting for Lin's tap."""
    make.consent(people.lin, "MEDICAL_DATA_FETCH")
    return claims.offer_proactive_claim(
        policy_number=policy.number, party_id=people.lin, claim_type="MEDICAL",
        provider_id=make.provider(people.branch_a).provider_id,
        invoices=[make.invoice(cast.LIN_NAME)], actor=SYSTEM, at=make.NOON,
    )  # fmt: skip


def bank_says(state: str, reason: str = "") -> None:
    """The bank answers the payment that is due, and everybody hears of it."""
    due = payments.take_due(at=make.NOON)
    assert due is not None
    answer = bank.Answer(state, "B1", reason)
    payments.record_answer(payout_id=due.id, answer=answer, at=make.NOON)
    journal.run_reactions(at=make.NOON)


@pytest.fixture
def returned_claim(paid_claim):
    """The bank sent the money back: the account must be corrected."""
    bank_says("REJECTED", "NAME_MISMATCH")
    return paid_claim


@pytest.fixture
def settled_claim(paid_claim):
    """The money has arrived."""
    bank_says("SETTLED")
    return paid_claim
