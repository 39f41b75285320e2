"""Agents and those whose door this is not."""

import pytest
import time_machine
from django.test import Client

from tests import cast, make
from tests.web.signing import signed_in


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(make.NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(db):
    make.standards_in_force()
    return cast.assemble()


@pytest.fixture
def wei(people):
    """Lin's own agent."""
    return signed_in(people.as_wei)


@pytest.fixture
def qian(people):
    """An agent of another branch."""
    return signed_in(people.as_qian)


@pytest.fixture
def outsiders(people):
    """Nobody, a customer and a member of staff."""
    return [Client(), signed_in(people.as_lin), signed_in(people.as_chen)]


@pytest.fixture
def policy(people):
    return make.medical_policy(people.branch_a, holder_id=people.lin, agent_id=people.wei)


@pytest.fixture
def claim(people, policy):
    make.consent(people.lin)
    make.consent(people.lin, "AGENT_COPY")
    return make.reported_claim(people.lin, policy_number=policy.number).claim_id
