"""Who a waiting report is about, who took it, and the report."""

from datetime import date

import pytest

from tests import make
from tests.claims.waiting.acts import keep


@pytest.fixture
def hua(office):
    """A customer who has agreed to nothing."""
    return make.party(office, birth_date=date(1985, 6, 15))


@pytest.fixture
def policy(office, hua):
    return make.medical_policy(office, holder_id=hua)


@pytest.fixture
def seat(office):
    """A colleague who takes reports: access and ref."""
    return make.colleague(office, "INTAKE")


@pytest.fixture
def lead(office):
    return make.colleague(office, "TEAM_LEAD")


@pytest.fixture
def kept(policy, hua, seat):
    """Hua's loss, reported by the seat."""
    return keep(policy, hua, seat)
