import pytest

from tests.journal import happenings


@pytest.fixture(autouse=True)
def _fresh_diary():
    happenings.diary.clear()
