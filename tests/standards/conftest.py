"""What every test of standards starts from."""

from datetime import UTC, datetime

import pytest

from tests import make
from yilu.kernel.refs import Ref

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Shanghai
ALICE, BOB = Ref("staff", 1), Ref("staff", 2)


@pytest.fixture
def catalogue(db):
    make.house_standards(NOON)
