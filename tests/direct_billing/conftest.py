"""Standards in force, noon, and one hospital."""

import pytest
import time_machine

from tests import make
from tests.direct_billing.stage import Hospital
from yilu.kernel import recall


@pytest.fixture
def hospital(db):
    """A hospital that bills directly, at noon."""
    recall.forget_all()
    make.standards_in_force()
    with time_machine.travel(make.NOON, tick=False):
        yield Hospital(make.office())
    recall.forget_all()
