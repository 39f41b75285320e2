import pytest

from tests.journal import happenings
from yilu.journal import queries


@pytest.fixture(autouse=True)
def _fresh_start():
    happenings.diary.clear()
    queries.forget_tiles()
