"""What every test of standards starts from."""

from datetime import UTC, datetime

import pytest

from yilu.kernel.refs import Ref
from yilu.standards import operations

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Shanghai
ALICE, BOB = Ref("staff", 1), Ref("staff", 2)


@pytest.fixture
def catalogue(db):
    operations.load_catalogue(NOON)
