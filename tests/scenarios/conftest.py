"""A working insurer for a story: a bank that answers, files that are kept, a clock of its own."""

import pytest

from tests import make
from tests.payments import desk as bank_desk
from tests.scenarios.world import World
from yilu.claims.rules import triage
from yilu.documents import jobs as reading
from yilu.kernel import recall


@pytest.fixture
def world(db, settings, tmp_path, monkeypatch):
    settings.FILES = tmp_path / "files"
    monkeypatch.setattr(triage, "is_drawn", lambda number, share: False)
    recall.forget_all()
    make.standards_in_force()
    with bank_desk.practice_bank(settings) as bank:
        world = World(bank)
        monkeypatch.setattr(reading, "_now", lambda: world.now)
        yield world
    recall.forget_all()


@pytest.fixture
def office(world):
    return make.office()
