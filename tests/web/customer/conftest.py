"""Everybody who may come to the customer's door, at one fixed noon."""

import pytest
import time_machine

from tests import cast, make
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.obligations import operations as obligations
from yilu.standards import operations as standards


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(make.NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(db):
    standards.load_catalogue(at=make.NOON)
    obligations.load_catalogue(at=make.NOON)
    return cast.assemble()


@pytest.fixture
def lin(people):
    return signed_in(people.as_lin)


@pytest.fixture
def zhou(people):
    return signed_in(people.as_zhou)


@pytest.fixture
def wei(people):
    return signed_in(people.as_wei)


@pytest.fixture
def chen(people):
    return signed_in(people.as_chen)


@pytest.fixture
def policy(people):
    return make.policy(people.branch_a, holder_id=people.lin, agent_id=people.wei)


@pytest.fixture
def account(people):
    return make.account(people.lin)


@pytest.fixture
def strangers(client, wei, chen):
    """A browser nobody signed in on, and people whose door this is not."""
    return {"nobody": client, "agent": wei, "staff": chen}


@pytest.fixture
def claim(people, policy, account):
    return make.reported_claim(policy, people.lin, account_id=account)


def as_lin(people) -> Ref:
    return people.as_lin
