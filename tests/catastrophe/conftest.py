import pytest

from tests.catastrophe.story import Story


@pytest.fixture
def story(db):
    return Story()
