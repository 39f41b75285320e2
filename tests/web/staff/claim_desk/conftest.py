"""Those who may come to the desk, those who may not, and a claim that a person must look at."""

from dataclasses import dataclass

import pytest
import time_machine
from django.test import Client

from tests import cast, make
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref


@dataclass
class Staff:
    """Browsers of those who may come to the workbench, and of those who may not."""

    chen: Client  # assessor of branch A
    fu: Client  # reviewer of branch A
    zhu: Client  # registrar of branch A
    bai: Client  # assessor of branch B
    luo: Client  # no role
    lin: Client  # a customer
    nobody: Client


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


@pytest.fixture
def people():
    make.standards_in_force()
    return cast.assemble()


@pytest.fixture
def staff(people):
    def colleague(*roles):
        return signed_in(Ref("staff", make.staff(people.branch_a, *roles)))

    return Staff(
        chen=signed_in(people.as_chen), fu=colleague("REVIEWER"), zhu=colleague("REGISTRAR"),
        bai=signed_in(people.as_bai), luo=signed_in(people.as_luo), lin=signed_in(people.as_lin),
        nobody=Client(),
    )  # fmt: skip


@pytest.fixture
def claim(people):
    """Lin's claim of 12,000 yuan: a person must look at it."""
    make.consent(people.lin)
    number = make.policy(people.branch_a, holder_id=people.lin, agent_id=people.wei).number
    account = make.account(people.lin)
    made = make.claim_in_review(
        holder_id=people.lin, policy_number=number, account_id=account,
        invoices=[make.invoice(cast.LIN_NAME, each="6000.00", fund_paid="0.00")],
    )  # fmt: skip
    return made.claim_id
