"""The journeys as shipped, an office, people who look after them."""

import pytest

from tests import make
from yilu.kernel import recall


@pytest.fixture
def shipped(db):
    recall.forget_all()
    make.standards_in_force()
    make.journeys_in_force()
    yield
    recall.forget_all()


@pytest.fixture
def office(shipped):
    return make.office()
