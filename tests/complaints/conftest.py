"""What every test of complaints begins with."""

import pytest

from tests.complaints.house import House


@pytest.fixture
def house():
    return House()
